# SPDX-License-Identifier: ISC
# Promise: a question with a time limit ends by it, with status 3 and the stated default, also when the
# daemon was down meanwhile; one that nobody waits for any more is kept and marked.
source [file join [file dirname [info script]] .. harness.tcl]

test deadline_is_3_and_silent_without_default {
    set d [daemon]
    set r [run [bin mediachangec] -s [$d tcp] --timeout 100ms "quick"]
    equal [dict get $r status] 3
    equal [dict get $r out] ""
    check {[dict get $r err] ne ""}
    equal [pending $d] {}
}

test deadline_prints_the_default_and_is_3 {
    set d [daemon]
    set r [run [bin mediachangec] -s [$d tcp] --timeout 100ms --default Cancel "quick"]
    equal [dict get $r status] 3
    equal [dict get $r out] "Cancel\n"
}

test default_must_be_one_of_the_labels {
    set d [daemon]
    set r [run [bin mediachangec] -s [$d tcp] --timeout 100ms --default Perhaps "quick"]
    check {[dict get $r status] in {64 70 77}} $r
    equal [pending $d] {}
}

test late_answer_changes_nothing {
    set d [daemon]
    set r [run [bin mediachangec] -s [$d tcp] --json --timeout 100ms "quick"]
    set id [dict get [json [dict get $r out]] id]
    set late [q $d answer $id Ok]
    check {[dict get $late status] != 0}
    set tool [Peer new [$d unix] tool]
    equal [dict get [$tool call alert.show id $id] state] expired
    equal [fails {$tool call alert.answer id $id answer_id [uuid] label Ok}] already_answered
}

test deadline_passes_while_the_daemon_is_down {
    set d [daemon]
    set job [ask $d --timeout 2s --key k "short"]
    pending_is $d 1
    $d crash
    set end [expr {[clock milliseconds] + 2100}]
    until 5000 {[clock milliseconds] > $end}
    $d start
    equal [$job wait] 3 [$job err]
    equal [pending $d] {}
}

test deadline_survives_a_restart {
    set d [daemon]
    set job [ask $d --timeout 1h "long"]
    pending_is $d 1
    $d crash
    $d start
    set alert [lindex [pending_is $d 1] 0]
    check {[dict get $alert left_ms] > 3500000 && [dict get $alert left_ms] < 3600000}
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0
}

test question_without_asker_is_marked_and_its_answer_kept {
    set d [daemon -conf "lease = \"1s\""]
    set job [ask $d --key k "left alone"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    equal [dict get [lindex [pending $d] 0] orphaned] 0
    $job signal KILL
    until 5000 {[dict get [lindex [pending $d] 0] orphaned] == 1}
    q $d answer $id Ok
    equal [dict get [run [bin mediachangec] -s [$d tcp] --key k "left alone"] out] "Ok\n"
}

test no_wait_is_never_an_orphan {
    set d [daemon -conf "lease = \"1s\""]
    set r [run [bin mediachangec] -s [$d tcp] --no-wait --key later "see to it"]
    equal [dict get $r status] 0 $r
    set id [dict get [lindex [pending $d] 0] id]
    stays 1500 {[dict get [lindex [pending $d] 0] orphaned] == 0}
    q $d answer $id Cancel
    equal [dict get [run [bin mediachangec] -s [$d tcp] --no-wait --key other "x"] status] 0
}

test orphan_is_withdrawn_in_the_end {
    set d [daemon -conf "lease = \"1s\"\norphan_keep = \"1s\""]
    set job [ask $d "left alone"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $job signal KILL
    pending_is $d 0
    set tool [Peer new [$d unix] tool]
    equal [dict get [$tool call alert.show id $id] state] withdrawn
}

finish
