# SPDX-License-Identifier: ISC
# Promise: nc, and Perl programs that behave as the originals do, talk with ours in both directions.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

proc answer_the_only_one {d label} {
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get [q $d answer [dict get $alert id] $label] status] 0
    return $alert
}

test nc_gets_its_answer {
    need nc
    set d [daemon]
    set nc [Job new -in "Insert volume 2\n" nc 127.0.0.1 [$d port]]
    equal [dict get [answer_the_only_one $d Ok] text] "Insert volume 2"
    $nc wait
    equal [$nc raw] "Ok\n"
}

test nc_with_half_close_gets_its_answer {
    need nc
    set d [daemon]
    set nc [Job new -in "Insert volume 2\n" nc -N 127.0.0.1 [$d port]]
    pending_is $d 1
    # well past the second within which an end of input counts as a half-close
    stays 1500 {[llength [pending $d]] == 1}
    answer_the_only_one $d Cancel
    $nc wait
    equal [$nc raw] "Cancel\n"
}

test nc_half_close_without_newline_is_a_line {
    need nc
    set d [daemon]
    set nc [Job new -in "no newline" nc -N 127.0.0.1 [$d port]]
    equal [dict get [answer_the_only_one $d Ok] text] "no newline"
    $nc wait
    equal [$nc raw] "Ok\n"
}

test nc_on_the_unix_socket_is_named {
    need nc
    set d [daemon]
    set nc [Job new -in "local\n" nc -U [string range [$d unix] 5 end]]
    set alert [answer_the_only_one $d Ok]
    equal [dict get $alert from] "$::tcl_platform(user) (local)"
    $nc wait
    equal [$nc raw] "Ok\n"
}

test killed_nc_withdraws_its_question {
    need nc
    set d [daemon]
    set nc [Job new -pipe 1 nc 127.0.0.1 [$d port]]
    puts [$nc chan] "question"
    flush [$nc chan]
    pending_is $d 1
    set later [expr {[clock milliseconds] + 1200}]
    until 3000 {[clock milliseconds] > $later}
    $nc signal KILL
    pending_is $d 0
}

test original_client_with_our_daemon {
    need perl
    foreach {label} {Ok Cancel} {
        set d [daemon]
        set client [Job new perl $::here/original_client.pl 127.0.0.1 [$d port] "Insert volume 2"]
        equal [dict get [answer_the_only_one $d $label] text] "Insert volume 2"
        $client wait
        equal [$client raw] "$label\n"
    }
}

test our_client_with_the_original_daemon {
    need perl
    foreach {answer status} {Ok 0 Cancel 1} {
        set server [Job new perl $::here/original_server.pl $answer 1]
        until 5000 {[regexp {port (\d+)\n} [$server out] - port]}
        set r [run [bin mediachangec] --line 127.0.0.1:$port "Insert volume 2"]
        equal [dict get $r status] $status $r
        equal [dict get $r out] "$answer\n"
        $server wait
        matches [$server out] {line Insert volume 2\n}
    }
}

test our_client_with_a_daemon_that_hangs_up_is_no_answer {
    need perl
    set server [socket -server {apply {{chan args} {
        fconfigure $chan -blocking 0
        fileevent $chan readable [list apply {chan {gets $chan; close $chan}} $chan]
    }}} -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $server -sockname] 2]
    set r [run [bin mediachangec] --line --connect-timeout 2s 127.0.0.1:$port "Insert volume 2"]
    close $server
    check {[dict get $r status] ni {0 1 2 3}} $r
    equal [dict get $r out] ""
    check {[dict get $r err] ne ""}
}

finish
