# SPDX-License-Identifier: ISC
# Promise: a desk over ssh, with a real sshd, works as one on the daemon's host, and nothing of it is left
# behind, however it ends: neither its helper, nor ssh, nor the session at the far end.
set here [file dirname [file normalize [info script]]]
source [file join $here desk.tcl]
source [file join $here .. interop sshd.tcl]

proc desk_over {sshd} {
    set desk [Job new -env [list OPDESK_SSH [$sshd ssh]] [bin opdesk] -s ssh:desk]
    main_window
    return $desk
}

# The helper of a desk and the ssh of that.
proc below {desk} {
    until 15000 {[llength [set helper [children_of [$desk pid]]]] == 1
        && [llength [set ssh [children_of $helper]]] == 1} "helper and ssh"
    return [list $helper $ssh]
}

# A file of a process, "" when that has gone.
proc of_process {path} {
    return [if {![catch {contents $path} text]} {set text}]
}

# Sessions at the far end that relay to this test's daemon.
proc sessions {} {
    return [lmap path [glob -nocomplain /proc/\[0-9\]*/cmdline] {
        if {![string match "*mediachanged\0--stdio\0*" [of_process $path]]
            || ![string match "*OPDESK_RUNTIME=$::env(OPDESK_RUNTIME)\0*" [of_process [file dirname $path]/environ]]} {
            continue
        }
        set path
    }]
}

proc press {title label} {
    focus_on [lindex [windows_are 1 $title] 0]
    until 10000 {[xd key $label; llength [windows $title]] == 0} "answered"
}

proc keys_quit {desk} {
    focus_on [main_window]
    xd key ctrl+q
    equal [$desk wait] 0
    equal [$desk err] ""
}

test question_is_answered_over_ssh_whatever_is_killed_and_nothing_is_left {
    need_sshd
    screen
    set d [daemon -args {--listen unix:}]
    set sshd [Sshd new]
    set desk [desk_over $sshd]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    # each of them in turn; with the helper goes its ssh
    foreach victim {1 0 1 0} {
        set processes [below $desk]
        exec kill -KILL [lindex $processes $victim]
        until 15000 {![running [lindex $processes 1]]} "the old ssh has ended"
        until 15000 {[set new [below $desk]] ne $processes && [lindex $new 1] ne [lindex $processes 1]} "others"
        until 15000 {[llength [sessions]] == 1} {one session: [sessions]}
    }
    press {mediachanged: Backup} Return
    equal [$job wait] 0
    # the desk itself, in the middle of a question
    set job [ask $d --title Again "Insert tape 3"]
    windows_are 1 {mediachanged: Again}
    set processes [below $desk]
    $desk signal KILL
    $desk wait
    foreach process $processes {
        until 10000 {![running $process]} "$process has ended"
    }
    until 15000 {![llength [sessions]]} {no session is left: [sessions]}
    # and the question is there on the next one
    set desk [desk_over $sshd]
    press {mediachanged: Again} Return
    equal [$job wait] 0
    keys_quit $desk
    until 10000 {![llength [sessions]]} {no session is left: [sessions]}
}

finish_sshd
