# SPDX-License-Identifier: ISC
# Promise: a one-line client, which cannot come back, survives the death of the engine and of the
# storer: its worker keeps the connection and asks again.
source [file join [file dirname [info script]] .. harness.tcl]

foreach part {engine storer} {
    test line_client_survives_the_death_of_the_$part [string map [list @ $part] {
        set d [daemon]
        set peer [Peer new [$d tcp]]
        $peer send "question\n"
        set id [dict get [lindex [pending_is $d 1] 0] id]
        foreach round {1 2 3} {
            set pid [$d part @]
            check {[llength $pid] == 1} "the @: $pid"
            exec kill -KILL $pid
            until 10000 {[$d part @] ni [list "" $pid]}
            set left [pending_is $d 1]
            equal [dict get [lindex $left 0] id] $id
            until 10000 {[dict get [lindex [pending $d] 0] waiting] == 1}
        }
        check {![$peer closed]}
        equal [$peer received] ""
        equal [dict get [q $d answer $id Cancel] status] 0
        until 5000 {[$peer closed]}
        equal [$peer received] "Cancel\n"
    }]
}

test answer_given_at_the_moment_of_death_is_one {
    set d [daemon]
    for {set i 0} {$i < 15} {incr i} {
        set peer [Peer new [$d tcp]]
        $peer send "question $i\n"
        set id [dict get [lindex [pending_is $d 1] 0] id]
        set tool [Peer new [$d unix] tool]
        $tool begin alert.answer id $id answer_id [uuid] label Cancel
        $d kill [lindex {engine storer} [expr {$i % 2}]]
        # the operator that heard nothing tries again, with another label
        set tried ""
        until 15000 {[catch {
            set again [Peer new [$d unix] tool]
            set tried [fails {$again call alert.answer id $id answer_id [uuid] label Ok}]
        }] == 0 && ($tried eq "already_answered" || [string match "no error*" $tried])} $tried
        until 15000 {[$peer closed]}
        set answer [dict get [[Peer new [$d unix] tool] call alert.show id $id] answer]
        equal [$peer received] "$answer\n"
        $peer destroy
    }
}

finish
