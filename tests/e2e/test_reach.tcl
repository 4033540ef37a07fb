# SPDX-License-Identifier: ISC
# Promise: an asker never waits blindly.  Nobody there is status 4 with a helpful sentence, a second
# server takes over from one that is down, and a restart of the daemon is survived.
source [file join [file dirname [info script]] .. harness.tcl]

# A loopback port where nobody listens.
proc closed_port {} {
    set s [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    close $s
    return $port
}

test no_daemon_is_4_and_says_what_to_do {
    set port [closed_port]
    set r [run [bin mediachangec] -s tcp:127.0.0.1:$port --connect-timeout 1s "question"]
    equal [dict get $r status] 4
    equal [dict get $r out] ""
    matches [dict get $r err] "tcp:127.0.0.1:$port.*refused"
    matches [dict get $r err] "mediachanged"
    set r [run [bin mediachangec] -s unix:[tmp nothing.sock] --connect-timeout 1s "question"]
    equal [dict get $r status] 4
    set r [run [bin mediachangeq] -s tcp:127.0.0.1:$port list]
    equal [dict get $r status] 4
    matches [dict get $r err] "refused"
}

test unknown_host_is_4 {
    set r [run [bin mediachangec] --connect-timeout 2s no-such-host.invalid "question"]
    equal [dict get $r status] 4
    matches [dict get $r err] {no-such-host\.invalid}
}

test server_that_never_speaks_is_given_up {
    set s [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    set r [run [bin mediachangec] -s tcp:127.0.0.1:$port --connect-timeout 500ms "question"]
    equal [dict get $r status] 4 $r
    close $s
}

test without_desk_it_says_so_and_waits {
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    until 5000 {[regexp -nocase {nobody|no desk|no operator} [$job err]]} {[$job err]}
    check {![$job ended]}
    q $d answer $id Ok
    equal [$job wait] 0
}

test with_a_desk_it_is_silent {
    set d [daemon]
    set desk [Desk new [$d unix]]
    set job [ask $d "question"]
    equal [$job wait] 0
    equal [$job err] ""
}

test require_desk_without_one_is_4_and_leaves_nothing {
    set d [daemon -conf "desk_grace = \"200ms\""]
    set r [run [bin mediachangec] -s [$d tcp] --require-desk "question"]
    equal [dict get $r status] 4
    equal [dict get $r out] ""
    equal [pending $d] {}
}

test require_desk_with_one_asks {
    set d [daemon]
    set desk [Desk new [$d unix]]
    set r [run [bin mediachangec] -s [$d tcp] --require-desk "question"]
    equal [dict get $r out] "Ok\n"
}

test check_tells_whether_somebody_could_be_reached {
    set d [daemon]
    set r [run [bin mediachangec] --check -s [$d tcp]]
    equal [list [dict get $r status] [dict get $r out]] [list 4 "0\n"]
    matches [dict get $r err] {no desk is there at tcp:127}
    set desk [Desk new [$d unix] {apply {alert {return ""}}}]
    until 5000 {[dict get [run [bin mediachangec] --check [regsub tcp: [$d tcp] {}]] status] == 0}
    equal [dict get [run [bin mediachangec] --check -s [$d tcp]] out] "1\n"
    set port [closed_port]
    # the next one, as for a question
    set r [run [bin mediachangec] --check --quiet -s tcp:127.0.0.1:$port -s [$d unix]]
    equal [list [dict get $r status] [dict get $r out]] {0 {}}
    set r [run [bin mediachangec] --check --connect-timeout 500ms -s tcp:127.0.0.1:$port]
    equal [list [dict get $r status] [dict get $r out]] {4 {}}
    matches [dict get $r err] {refused; is mediachanged running}
    equal [dict get [run [bin mediachangec] --check -s [$d tcp] --exit-map unreachable=9] status] 0
    equal [dict get [run [bin mediachangec] --check -s [$d tcp] "a message"] status] 64
    equal [pending $d] {}
    $desk destroy
}

test second_server_takes_over {
    set d [daemon]
    set desk [Desk new [$d unix]]
    set r [run [bin mediachangec] -s tcp:127.0.0.1:[closed_port] -s unix:[tmp none] -s [$d tcp] "q"]
    equal [dict get $r status] 0 $r
    equal [dict get $r out] "Ok\n"
    equal [llength [$desk events]] 2
}

test waiting_asker_survives_a_crash_and_a_stop_of_the_daemon {
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $d crash
    $d start
    until 15000 {[dict get [lindex [pending $d] 0] waiting] == 1} "reconnected"
    equal [$d stop] 0
    check {![$job ended]}
    $d start
    until 15000 {[dict get [lindex [pending $d] 0] waiting] == 1} "reconnected again"
    equal [dict get [lindex [pending $d] 0] id] $id
    q $d answer $id Cancel
    equal [$job wait] 1
    equal [$job out] "Cancel\n"
}

test daemon_that_is_gone_for_good_ends_the_wait_at_the_deadline {
    set d [daemon]
    set job [ask $d --timeout 1500ms "question"]
    pending_is $d 1
    $d crash
    equal [$job wait 10000] 3 [$job err]
}

finish
