# SPDX-License-Identifier: ISC
# Promise: asking twice is the same as asking once.  A key joins the question that waits, fetches an
# answer that nobody got, and makes the next attempt after that.
source [file join [file dirname [info script]] .. harness.tcl]

test same_key_joins_and_all_get_the_one_answer {
    set d [daemon]
    set jobs {}
    foreach i {1 2 3} {
        lappend jobs [ask $d --key vol-2 "Insert volume 2"]
    }
    set tool [Peer new [$d unix] tool]
    until 10000 {[llength [set all [dict get [$tool call alert.list] alerts]]] == 1
        && [dict get [lindex $all 0] waiting] == 3}
    q $d answer [dict get [lindex $all 0] id] Cancel
    foreach job $jobs {
        equal [$job wait] 1
        equal [$job out] "Cancel\n"
    }
}

test answer_is_kept_for_a_client_killed_before_it_came {
    set d [daemon]
    set job [ask $d --key vol-3 "Insert volume 3"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $job signal KILL
    $job wait
    q $d answer $id Cancel
    set again [run [bin mediachangec] -s [$d tcp] --key vol-3 "Insert volume 3"]
    equal [dict get $again status] 1
    equal [dict get $again out] "Cancel\n"
    equal [pending $d] {}
}

test answer_is_kept_over_a_restart_of_the_daemon {
    set d [daemon]
    set job [ask $d --key vol-3 "Insert volume 3"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $job signal KILL
    $job wait
    q $d answer $id Ok
    $d crash
    $d start
    set again [run [bin mediachangec] -s [$d tcp] --key vol-3 "Insert volume 3"]
    equal [dict get $again out] "Ok\n"
}

test delivered_answer_makes_the_next_ask_a_new_attempt {
    set d [daemon]
    foreach attempt {1 2 3} {
        set job [ask $d --key vol-4 "Insert volume 4"]
        set alert [lindex [pending_is $d 1] 0]
        equal [dict get $alert attempt] $attempt
        lappend ids [dict get $alert id]
        q $d answer [dict get $alert id] Ok
        equal [$job wait] 0
    }
    equal [llength [lsort -unique $ids]] 3
}

test a_question_without_waiting_is_asked_again_after_its_answer {
    set d [daemon]
    foreach attempt {1 2} {
        equal [dict get [run [bin mediachangec] -s [$d tcp] --no-wait --key vol-5 "Volume 5?"] status] 0
        set alert [lindex [pending_is $d 1] 0]
        equal [dict get $alert attempt] $attempt
        q $d answer [dict get $alert id] Cancel
    }
}

test key_belongs_to_its_asker {
    set d [daemon -conf "insecure_operators = {\"127.0.0.2\"}"]
    set over_tcp [ask $d --key vol "over TCP"]
    set over_unix [Job new [bin mediachangec] -s [$d unix] --key vol "over UNIX"]
    foreach alert [pending_is $d 2] {
        q $d answer [dict get $alert id] [expr {[dict get $alert text] eq "over TCP" ? "Ok" : "Cancel"}]
    }
    equal [$over_tcp wait] 0
    equal [$over_unix wait] 1
}

test same_id_same_body_gets_the_same_answer {
    set d [daemon]
    set id [uuid]
    set job [ask $d --id $id "once"]
    pending_is $d 1
    $job signal KILL
    $job wait
    set again [ask $d --id $id "once"]
    until 5000 {[dict get [lindex [pending $d] 0] waiting] == 1}
    equal [llength [pending $d]] 1
    q $d answer $id Ok
    equal [$again wait] 0
    set third [run [bin mediachangec] -s [$d tcp] --id $id "once"]
    equal [dict get $third out] "Ok\n"
}

test same_id_other_body_is_a_conflict {
    set d [daemon]
    set id [uuid]
    set peer [Peer new [$d tcp] asker]
    $peer begin alert.ask id $id text "one"
    pending_is $d 1
    equal [fails {$peer call alert.ask id $id text "another"}] conflict
    set r [run [bin mediachangec] -s [$d tcp] --id $id "a third"]
    check {[dict get $r status] ni {0 1 2 3 4 5}} "status of a conflict: $r"
    equal [dict get $r out] ""
    equal [dict get [lindex [pending $d] 0] text] one
}

test same_id_other_asker_is_a_conflict {
    set d [daemon]
    set id [uuid]
    set over_tcp [Peer new [$d tcp] asker]
    $over_tcp begin alert.ask id $id text "one"
    pending_is $d 1
    set over_unix [Peer new [$d unix] asker]
    equal [fails {$over_unix call alert.ask id $id text "one"}] conflict
}

test unconfirmed_answer_is_delivered_until_confirmed {
    set d [daemon]
    set id [uuid]
    set peer [Peer new [$d tcp] asker]
    set call [$peer begin alert.ask id $id key k text "one"]
    pending_is $d 1
    q $d answer $id Ok
    equal [dict get [$peer end $call] answer] Ok
    # not confirmed: another ask under the key gets it too
    set next [$peer call alert.ask id [uuid] key k text "one"]
    equal [dict get $next id] $id
    equal [dict get $next answer] Ok
    $peer call alert.confirm id $id
    $peer begin alert.ask id [uuid] key k text "one"
    equal [dict get [lindex [pending_is $d 1] 0] attempt] 2
}

finish
