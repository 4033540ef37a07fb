# SPDX-License-Identifier: ISC
# Promise: a question that has lost its point is withdrawn: by TERM or INT to the asker, by an operator,
# by the death of a one-line client; and the desks hear it.
source [file join [file dirname [info script]] .. harness.tcl]

foreach signal {TERM INT} {
    test ${signal}_withdraws_and_dies_by_it [string map [list @ $signal] {
        set d [daemon]
        set desk [Desk new [$d unix] {apply {alert {return ""}}}]
        set job [ask $d "question"]
        pending_is $d 1
        $job signal @
        equal [$job wait 5000] SIG@
        equal [$job out] ""
        until 2000 {[dict get [lindex [$desk events] end] state] eq "withdrawn"}
        equal [pending $d] {}
    }]
}

# What was said to an engine that is dead before it has heard dies with it.
test term_while_the_engine_is_restarted_withdraws_all_the_same {
    set d [daemon]
    set jobs [list [ask $d "question"] [ask $d --key k "with a key"] [ask $d --key k "with a key"]]
    until 10000 {[lmap a [pending $d] {dict get $a waiting}] in {{1 2} {2 1}}}
    $d kill engine STOP
    foreach job $jobs {
        $job signal TERM
    }
    foreach job $jobs {
        equal [$job wait 5000] SIGTERM
    }
    $d kill engine
    # no lease, which is 30 s, and no orphan
    pending_is $d 0
    set tool [Peer new [$d unix] tool]
    set ends [lmap a [dict get [$tool call alert.history] alerts] {dict get $a reason}]
    equal $ends {{mediachangec was ended by a signal} {mediachangec was ended by a signal}}
}

test term_before_anything_answers_ends_it_too {
    set silent [socket -server {apply {{chan args} {set ::harness::silent $chan}} } \
        -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $silent -sockname] 2]
    set job [Job new [bin mediachangec] 127.0.0.1:$port question]
    until 5000 {[info exists ::harness::silent]}
    $job signal TERM
    equal [$job wait 5000] SIGTERM
    close $silent
}

test operator_withdraws_and_the_asker_gets_5 {
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    equal [dict get [q $d withdraw $id] status] 0
    equal [$job wait] 5
    equal [$job out] ""
    check {[$job err] ne ""}
}

test withdrawing_what_is_answered_says_so {
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d answer $id Ok
    $job wait
    set r [q $d withdraw $id]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {(?i)answered}
}

test joined_asker_that_goes_leaves_the_others_theirs {
    set d [daemon]
    set first [ask $d --key k "question"]
    set second [ask $d --key k "question"]
    until 5000 {[llength [set all [pending $d]]] == 1 && [dict get [lindex $all 0] waiting] == 2}
    $second signal KILL
    until 5000 {[dict get [lindex [pending $d] 0] waiting] == 1}
    q $d answer [dict get [lindex $all 0] id] Ok
    equal [$first wait] 0
}

test line_client_that_vanishes_withdraws_at_once {
    set d [daemon]
    set peer [Peer new [$d tcp]]
    $peer send "question\n"
    pending_is $d 1
    # longer than a second after the line, or it would count as a half-close
    set end [expr {[clock milliseconds] + 1200}]
    until 3000 {[clock milliseconds] > $end}
    $peer close
    pending_is $d 0
}

finish
