# SPDX-License-Identifier: ISC
# Promise: mediachangeq shows, answers, claims, snoozes, finds and follows questions; --json gives a
# program the same; ids may be shortened while they are unique.
source [file join [file dirname [info script]] .. harness.tcl]

test list_shows_what_waits {
    set d [daemon]
    set r [q $d list]
    equal [dict get $r status] 0
    set job [ask $d --title Nightly "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set r [q $d list]
    matches [dict get $r out] "Insert volume 2"
    matches [dict get $r out] [string range $id 0 5]
    # an alert a line
    set lines [split [string trimright [dict get [q $d --json list] out] \n] \n]
    equal [llength $lines] 1
    set alert [json [lindex $lines 0]]
    equal [dict get $alert id] $id
    equal [dict get $alert labels] {Ok Cancel}
}

test text_from_outside_cannot_drive_the_terminal {
    set d [daemon]
    set job [ask $d "evil \033\[2J\u009b31m\u202e text \a"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    foreach command [list list [list show $id]] {
        set out [dict get [q $d {*}$command] out]
        check {![regexp {[\033\a\u009b\u202e]} $out]} $command
        matches $out "evil" $command
    }
}

test show_has_the_whole_life {
    set d [daemon]
    set job [ask $d --tag tape "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d claim $id
    q $d answer $id Ok --note "in the left drive"
    $job wait
    set r [q $d show $id]
    equal [dict get $r status] 0
    matches [dict get $r out] "Insert volume 2"
    matches [dict get $r out] "in the left drive"
    set alert [json [dict get [q $d --json show $id] out]]
    equal [dict get $alert answer] Ok
    equal [dict get $alert note] "in the left drive"
    check {[dict get $alert by] ne ""}
    check {[llength [dict get $alert life]] >= 3}
}

test prefix_is_enough_while_unique {
    set d [daemon]
    set one [ask $d --id aaaaaaaa-1111-4111-8111-111111111111 one]
    set two [ask $d --id aaaabbbb-1111-4111-8111-111111111111 two]
    pending_is $d 2
    set r [q $d answer aaaa Ok]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {(?i)(unique|ambiguous|several|more than one)}
    equal [llength [pending $d]] 2
    equal [dict get [q $d answer aaaab Cancel] status] 0
    equal [$two wait] 1
    set r [q $d answer ffff Ok]
    check {[dict get $r status] != 0}
    matches [dict get $r err] "ffff"
    q $d answer aaaaa Ok
    equal [$one wait] 0
}

test wrong_label_is_refused_and_names_the_right_ones {
    set d [daemon]
    set job [ask $d --kind yesno question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set r [q $d answer $id Maybe]
    check {[dict get $r status] != 0}
    matches [dict get $r err] "Yes.*No"
    equal [llength [pending $d]] 1
}

test second_answer_loses_and_learns_who_won {
    set d [daemon]
    set job [ask $d question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    equal [dict get [q $d answer $id Ok] status] 0
    set r [q $d answer $id Cancel]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {(?i)already answered}
    matches [dict get $r err] "Ok"
    equal [$job wait] 0
}

test claim_and_snooze_silence_and_say_who {
    set d [daemon]
    set job [ask $d question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    equal [dict get [lindex [pending $d] 0] ring_in_ms] 0
    equal [dict get [q $d claim $id] status] 0
    set alert [lindex [pending $d] 0]
    check {[dict get $alert claimed_by] ne ""}
    check {[dict get $alert ring_in_ms] > 3000000}
    set r [q $d snooze $id 10m]
    equal [dict get $r status] 0
    matches [dict get $r out] {claimed by .+, silent for \d+ (min|h)}
    check {[dict get [lindex [pending $d] 0] ring_in_ms] > 500000}
    check {[dict get [q $d snooze $id tomorrow] status] != 0}
}

test snooze_that_ends_rings_anew_on_every_desk {
    set d [daemon]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    set job [ask $d question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $desk call alert.snooze id $id for_ms 300
    until 5000 {[lsearch -index 0 [$desk notes] alert.ring] >= 0}
    set note [lindex [$desk notes] [lsearch -index 0 [$desk notes] alert.ring]]
    equal [dict get [lindex $note 1] ids] [list $id]
}

test history_finds_and_filters {
    set d [daemon]
    set desk [Desk new [$d unix]]
    foreach text {"insert alpha" "insert beta" "clean the drive"} {
        equal [dict get [run [bin mediachangec] -s [$d tcp] $text] status] 0
    }
    set r [q $d history]
    equal [dict get $r status] 0
    check {[string first "clean the drive" [dict get $r out]] < [string first "insert alpha" [dict get $r out]]}
    set r [q $d history --text BETA]
    matches [dict get $r out] "insert beta"
    check {![string match "*alpha*" [dict get $r out]]}
    check {![string match "*beta*" [dict get [q $d history --since 0s] out]]}
    matches [dict get [q $d history --since 1h] out] "insert beta"
    matches [dict get [q $d history --until 0s] out] "insert beta"
    check {![string match "*beta*" [dict get [q $d history --until 1h] out]]}
    check {![string match "*beta*" [dict get [q $d history --since 2h --until 1h] out]]}
    equal [dict get [q $d history --since 1h --until 2h] status] 64
    equal [dict get [q $d stats --until 2h] status] 64
    check {![string match "*beta*" [dict get [q $d history --host no-such-host] out]]}
}

test history_pages_through_all {
    set d [daemon]
    set desk [Desk new [$d unix]]
    set peer [Peer new [$d tcp] asker]
    for {set i 0} {$i < 25} {incr i} {
        $peer begin alert.ask id [uuid] text "number $i"
    }
    set tool [Peer new [$d unix] tool]
    until 10000 {[dict get [$tool call alert.stats] answered] == 25}
    set seen {}
    set page [$tool call alert.history limit 10]
    while 1 {
        foreach alert [dict get $page alerts] {
            lappend seen [dict get $alert seq]
        }
        if {![dict get $page more]} {
            break
        }
        set page [$tool call alert.history limit 10 before_seq [lindex $seen end]]
    }
    equal $seen [lsort -integer -decreasing -unique $seen]
    equal [llength $seen] 25
}

# The first to be asked ends last; three pages' worth are in the order of their end for the tool, too.
test history_is_in_the_order_of_the_end {
    set d [daemon]
    set tool [Peer new [$d unix] tool]
    for {set i 0} {$i < 5} {incr i} {
        $tool call alert.ask id [lindex [lappend ids [uuid]] end] text "number $i" wait 0
    }
    foreach i {3 1 4 2 0} {
        $tool call alert.answer id [lindex $ids $i] answer_id [uuid] label Ok
    }
    set page [$tool call alert.history limit 2 by_end 1]
    while 1 {
        foreach alert [dict get $page alerts] {
            lappend seen [lindex [dict get $alert text] 1]
        }
        if {![dict get $page more]} {
            break
        }
        set page [$tool call alert.history limit 2 by_end 1 before_at [dict get $alert closed_at] \
            before_seq [dict get $alert seq]]
    }
    equal $seen {0 2 4 1 3}
    equal [regexp -all -inline {number \d} [dict get [q $d history] out]] {{number 0} {number 2} {number 4} {number 1} {number 3}}
    matches [dict get [q $d history] out] {^ID +ENDED +FROM}
}

test follow_prints_each_event_as_it_comes {
    set d [daemon]
    set follow [Job new [bin mediachangeq] -s [$d unix] follow]
    set tool [Peer new [$d unix] tool]
    until 5000 {[llength [$tool call alert.stats]] > 0}
    set job [ask $d "something to follow"]
    until 10000 {[string match "*something to follow*" [$follow out]]}
    set id [dict get [lindex [pending $d] 0] id]
    # a change that no column shows
    $tool call alert.shown id $id desk here
    q $d answer $id Cancel
    until 10000 {[regexp {Cancel} [$follow out]]}
    equal [regexp -all {waiting} [$follow out]] 1 [$follow out]
    $follow signal INT
    check {[$follow wait 5000] in {0 SIGINT 130}}
}

test follow_goes_on_after_a_restart {
    set d [daemon]
    set follow [Job new [bin mediachangeq] -s [$d unix] --json follow]
    set job [ask $d "before"]
    until 10000 {[string match "*before*" [$follow out]]}
    $d crash
    $d start
    set job2 [ask $d "after"]
    until 20000 {[string match "*after*" [$follow out]]} {[$follow describe]}
    foreach line [split [string trimright [$follow out] \n] \n] {
        json $line
    }
}

# A list tells about 2 KiB of each, and a snapshot comes in parts of 256 KiB.
test follow_prints_nothing_twice_however_much_waits {
    set d [daemon]
    set asker [Peer new [$d unix] asker]
    set calls {}
    for {set i 0} {$i < 180} {incr i} {
        lappend calls [$asker begin alert.ask id [set id [uuid]] title [string repeat t 200] \
            text [string repeat x 600] tags [lrepeat 16 [string repeat g 60]] wait 0]
    }
    foreach call $calls {
        $asker end $call
    }
    set follow [Job new [bin mediachangeq] -s [$d unix] --json follow]
    until 20000 {[regexp -all {\n} [$follow out]] == 180}
    $d crash
    until 20000 {[string match "*ing again*" [$follow err]]} {[$follow err]}
    $d start
    until 20000 {[string match "*connected again*" [$follow err]]} {[$follow err]}
    q $d withdraw $id
    until 20000 {[string match "*withdrawn*" [$follow out]]}
    equal [regexp -all {\n} [$follow out]] 181
    equal [regexp -all {connection lost} [$follow err]] 1
}

test follow_waits_for_a_daemon_that_cannot_answer {
    set fakes [Job new perl [file join [file dirname [info script]] .. harness manners.pl] unable]
    until 10000 {[regexp {^(\d+) unable} [$fakes out] - port]}
    set follow [Job new [bin mediachangeq] -s tcp:127.0.0.1:$port follow]
    until 10000 {[$follow err] ne ""}
    equal [$follow err] "mediachangeq: follow: the store is away; trying again until it is back\n"
    check {![$follow ended]}
    # it is there, which is more than nobody
    set r [run [bin mediachangec] --check --connect-timeout 300ms -s tcp:127.0.0.1:$port]
    equal [dict get $r status] 4
    matches [dict get $r err] {mediachanged at \S+ cannot do it now: the store is away}
}

test stats_count {
    set d [daemon]
    set desk [Desk new [$d unix] {apply {alert {expr {[dict get $alert text] eq "wait" ? "" : "Ok"}}}}]
    run [bin mediachangec] -s [$d tcp] one
    run [bin mediachangec] -s [$d tcp] --timeout 50ms wait
    set job [ask $d wait]
    pending_is $d 1
    set tool [Peer new [$d unix] tool]
    set stats [$tool call alert.stats]
    foreach {key want} {asked 3 answered 1 expired 1 withdrawn 0 pending 1 desks 1} {
        equal [dict get $stats $key] $want $key
    }
    equal [dict get [q $d stats] status] 0
    equal [dict get [json [dict get [q $d --json stats] out]] asked] 3
}

test wrong_use_is_64 {
    foreach arguments {{} {dance} {answer} {answer x} {snooze x} {list extra} {history --since yesterday} {--bad list}
        {-s ftp:host list}} {
        set r [run [bin mediachangeq] -s tcp:127.0.0.1:1 {*}$arguments]
        equal [dict get $r status] 64 "mediachangeq $arguments: $r"
    }
}

test late_answer_is_told_how_the_question_ended {
    set d [daemon]
    set r [run [bin mediachangec] -s [$d tcp] --json --timeout 100ms "quick"]
    set r [q $d answer [dict get [json [dict get $r out]] id] Ok]
    equal [dict get $r status] 1
    matches [dict get $r err] {too late: its time was up .* ago}
    set job [ask $d "withdrawn"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d withdraw $id
    set r [q $d claim $id]
    matches [dict get $r err] {too late: withdrawn by .* ago}
    # a typed answer is what a line shows
    set job [ask $d --ask-text "which?"]
    matches [dict get [q $d answer [dict get [lindex [pending_is $d 1] 0] id] "TAPE 7"] out] {"TAPE 7" by}
    matches [dict get [q $d history] out] {"TAPE 7" by}
    matches [dict get [q $d claim $id 31d] err] {at most 30d}
}

test stats_of_nothing_answered_have_no_times {
    set out [dict get [q [daemon] stats] out]
    matches $out {Answered\s+0}
    check {![string match "* ms*" $out]} $out
}

test history_tells_a_default_from_an_answer {
    set d [daemon]
    equal [dict get [run [bin mediachangec] --timeout 10ms --default Cancel -s [$d unix] late] status] 3
    matches [dict get [q $d history] out] {Cancel by default +late}
}

test a_host_without_address_is_no_daemon {
    set r [run [bin mediachangeq] -s nowhere.invalid list]
    equal [dict get $r status] 4
    matches [dict get $r err] {cannot find the host of tcp:nowhere.invalid:8979}
}

test where_it_was_shown_is_a_line_of_its_life_once_also_across_a_restart {
    set d [daemon]
    set job [ask $d "Insert tape 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    foreach desk {lamp:0 lamp:0 buoy:1} {
        set tool [Peer new [$d unix] tool]
        equal [$tool call alert.shown id $id desk $desk] {}
        $tool destroy
    }
    $d crash
    $d start
    pending_is $d 1
    set tool [Peer new [$d unix] tool]
    $tool call alert.shown id $id desk lamp:0
    set life [dict get [$tool call alert.show id $id] life]
    equal [lmap line $life {dict get $line what}] {asked shown shown}
    equal [lmap line [lrange $life 1 end] {dict get $line note}] {lamp:0 buoy:1}
    matches [dict get [q $d show $id] out] {shown.*lamp:0}
    equal [fails {$tool call alert.shown id [uuid] desk lamp:0}] not_found
    equal [fails {$tool call alert.shown id $id}] bad_request
}

finish
