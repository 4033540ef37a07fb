# SPDX-License-Identifier: ISC
# Promise: with `desk = auto` a question that no desk shows brings one up, on the daemon's own display and
# in its language; it is started again when it has died, and ends with the daemon.
source [file join [file dirname [info script]] desk.tcl]

# A daemon that may start desks; one of root may not, so it is nobody's then.
proc auto_daemon {env} {
    set dir [tmp auto[incr ::harness::counter]]
    file mkdir $dir/run
    file attributes $dir/run -permissions 0700
    set wrap {}
    if {[exec id -u] == 0} {
        file attributes $::harness::tmp -permissions 0711
        exec chown -R 65534:65534 $dir
        set wrap {setpriv --reuid=65534 --regid=65534 --clear-groups}
    }
    return [daemon -dir $dir -wrap $wrap -args {--desk auto} -conf {desk_wait = "100ms"
desk_pause = "1s"} -env [list OPDESK_RUNTIME $dir/run HOME $dir/run {*}$env]]
}

proc desks_of {daemon} {
    return [lmap pid [$daemon tree] {
        if {[catch {contents /proc/$pid/comm} comm] || [string trim $comm] ne "opdesk"} {
            continue
        }
        set pid
    }]
}

test question_brings_up_a_desk {
    screen
    set d [auto_daemon {}]
    equal [desks_of $d] {}
    set job [ask $d --require-desk --title Backup "Insert tape 2"]
    focus_on [lindex [windows_are 1 {mediachanged: Backup}] 0]
    shot auto-desk
    until 10000 {[xd key Return; windows {mediachanged: Backup}] eq ""} "answered"
    equal [$job wait] 0
    equal [$job out] Ok\n
}

test dead_desk_is_started_again {
    screen
    set d [auto_daemon {}]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    set first [desks_of $d]
    exec kill -KILL {*}$first
    until 15000 {[llength [set second [desks_of $d]]] == 1 && $second ne $first} "a second desk"
    windows_are 1 {mediachanged: Backup}
}

test desk_ends_with_the_daemon {
    screen
    set d [auto_daemon {}]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    set pid [desks_of $d]
    equal [$d stop] 0
    until 10000 {![running $pid]} "the desk has ended"
}

test desk_has_the_language_of_the_daemon {
    screen
    set d [auto_daemon {LANG de_DE.UTF-8}]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    focus_on [main_window]
    xd key F1
    windows_are 1 {Tasten von opdesk}
}

finish
