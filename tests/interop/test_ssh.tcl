# SPDX-License-Identifier: ISC
# Promise: over ssh, with a real sshd, everything works as over the UNIX socket of the daemon there:
# operators' tools, askers and links of the desk; a lost ssh is made again; and when ssh cannot get
# through, its own words say why.
set here [file dirname [file normalize [info script]]]
source [file join $here .. harness.tcl]
source [file join $here .. harness helper.tcl]
source [file join $here sshd.tcl]

# A daemon that sessions of sshd find.
proc daemon_here {} {
    return [daemon -args {--listen unix:}]
}

# mediachangeq over ssh.
proc q_ssh {sshd host args} {
    return [run -env [list OPDESK_SSH [$sshd ssh]] [bin mediachangeq] -s ssh:$host {*}$args]
}

proc ssh_of {pid} {
    until 10000 {[llength [set found [children_of $pid]]] == 1} "ssh of $pid"
    return $found
}

test tool_lists_and_answers {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set r [q_ssh $sshd desk list]
    equal [dict get $r status] 0 [dict get $r err]
    matches [dict get $r out] "Insert volume 2"
    set r [q_ssh $sshd $::tcl_platform(user)@desk/mediachanged answer $id Ok]
    equal [dict get $r status] 0 [dict get $r err]
    equal [$job wait] 0
    # the daemon saw the user that ssh logged in, on its UNIX socket
    matches [dict get [q $d show $id] out] $::tcl_platform(user)
}

test asker_gets_its_answer_and_confirms_it {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    foreach round {1 2} {
        set job [Job new -env [list OPDESK_SSH [$sshd ssh]] \
            [bin mediachangec] -s ssh:desk --key tape "Insert volume $round"]
        set alert [lindex [pending_is $d 1] 0]
        # a new question only because the first answer was confirmed
        equal [dict get $alert attempt] $round
        equal [dict get [q $d answer [dict get $alert id] Ok] status] 0
        equal [$job wait] 0 [$job err]
        equal [$job out] "Ok\n"
    }
}

test asker_survives_the_death_of_ssh {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    set job [Job new -env [list OPDESK_SSH [$sshd ssh]] \
        [bin mediachangec] -s ssh:desk "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    exec kill -KILL [ssh_of [$job pid]]
    until 20000 {[string match "*asking again*" [$job err]]}
    equal [dict get [q_ssh $sshd desk answer $id Ok] status] 0
    equal [$job wait] 0 [$job err]
    equal [$job out] "Ok\n"
}

# A Ctrl-C is for the whole process group; the ssh that carries the withdrawal must not hear it.
test interrupted_asker_withdraws {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    set job [Job new -env [list OPDESK_SSH [$sshd ssh]] \
        [bin mediachangec] -s ssh:desk "Insert volume 2"]
    pending_is $d 1
    exec kill -INT -- -[$job pid]
    equal [$job wait] SIGINT
    pending_is $d 0
    matches [dict get [q $d history] out] withdrawn
}

test link_goes_up_and_survives_the_death_of_ssh {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    set h [Helper new -env [list OPDESK_SSH [$sshd ssh]]]
    set link [$h open ssh:desk]
    $h reaches $link up
    equal [dict get [$h call $link alert.subscribe] alerts] {}
    foreach signal {KILL TERM} {
        exec kill -$signal [ssh_of [[$h job] pid]]
        matches [$h reaches $link down] .
        $h reaches $link up
    }
    set job [ask $d "Insert volume 2"]
    pending_is $d 1
    equal [llength [dict get [$h call $link alert.list] alerts]] 1
    # the remote end goes: the daemon there stops
    set old [ssh_of [[$h job] pid]]
    $d stop
    $h reaches $link down
    until 10000 {![running $old]} "the old ssh is ended and reaped"
    $d start
    $h reaches $link up
    equal [$h stop] 0
}

test reasons_are_those_of_ssh {
    need_sshd
    set sshd [Sshd new]
    set h [Helper new -env [list OPDESK_SSH [$sshd ssh]]]
    foreach {host reason} {
        wrongkey {Permission denied \(publickey\)$}
        stranger {Host key verification failed$}
        closed {Connection refused$}
        desk/no-such-program {no-such-program: .*not found$}
        desk {mediachanged: no daemon at unix:.*/run/mediachanged\.sock: .*; is it running\?$}
    } {
        set r [q_ssh $sshd $host list]
        equal [dict get $r status] 4
        matches [string trim [dict get $r err]] "cannot reach mediachanged through ssh:.*$reason"
        set link [$h open ssh:$host]
        matches [$h reaches $link down] $reason
        $h call 0 link.close link $link
    }
    set r [run -env [list OPDESK_SSH [$sshd ssh]] \
        [bin mediachangec] -s ssh:wrongkey --connect-timeout 4s question]
    equal [dict get $r status] 4
    matches [dict get $r err] {Permission denied \(publickey\)}
    equal [$h stop] 0
}

test asker_goes_on_to_the_next_server {
    need_sshd
    set d [daemon_here]
    set sshd [Sshd new]
    set job [Job new -env [list OPDESK_SSH [$sshd ssh]] \
        [bin mediachangec] -s ssh:wrongkey -s ssh:desk question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d answer $id Cancel
    equal [$job wait] 1 [$job err]
}

test nothing_but_hosts_and_programs_is_passed_to_ssh {
    set marker [tmp marker]
    set ssh [tmp ssh]
    write $ssh "#!/bin/sh\necho run >>$marker\n"
    file attributes $ssh -permissions 0700
    set h [Helper new -env [list OPDESK_SSH $ssh]]
    foreach endpoint {ssh:-oProxyCommand=x ssh:me@-oProxyCommand=x ssh: ssh:@h {ssh:h/p;q} {ssh:h/p q} ssh:h/-p} {
        set r [run -env [list OPDESK_SSH $ssh] [bin mediachangeq] -s $endpoint list]
        equal [dict get $r status] 64 $endpoint
        equal [fails [list $h open $endpoint]] bad_request
    }
    check {![file exists $marker]}
    equal [$h stop] 0
}

test subnets_are_edited_over_ssh {
    need_sshd
    set d [ipadmd -args {--listen unix:} -files [list Subnet_2.sdb [subnet_text 2]]]
    set sshd [Sshd new]
    write [tmp editor] "echo lamp:192.0.2.9:::: >>\"\$1\"\n"
    set env [list OPDESK_SSH [$sshd ssh] VISUAL "sh [tmp editor]" TMPDIR $::harness::tmp]
    set r [run -env $env [bin ipadmc] -s ssh:desk allocate 2 buoy]
    equal [dict get $r out] "192.0.2.2 buoy\n" [dict get $r err]
    set r [run -env $env [bin ipadmc] -s ssh:desk edit 2 -m "a lamp"]
    equal [dict get $r status] 0 [dict get $r err]
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 buoy:192.0.2.2:::: lamp:192.0.2.9::::]
}

finish_sshd
