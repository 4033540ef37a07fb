# SPDX-License-Identifier: ISC
# Promise: when the disk fails a sync or a write, nobody is told what is not sure: the storer starts
# anew, what was on its way is asked again, each asker gets one answer and the history has the same.
# Needs a build with OPDESK_TEST_BUILD (a VFS that fails, daemon/mediachanged/sqlite_fault.c).
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

# A daemon whose every storer fails the n-th call of a kind once `armed` exists.
proc failing_daemon {kind n armed} {
    return [daemon -conf {log_level = "debug"} -env [list OPDESK_FAULT_$kind $n OPDESK_FAULT_ARM $armed]]
}

proc check_failed {d} {
    if {![$d logged {storer: ended: .*alerts\.db: .+: a new one starts}]} {
        skip test-build "nothing failed: was mediachanged built with OPDESK_TEST_BUILD?"
    }
}

proc ended_all {jobs} {
    foreach job [dict values $jobs] {
        if {![$job ended]} {
            return 0
        }
    }
    return 1
}

# What every question came to, by the history: text → {state answer}.
proc history {d} {
    set tool [Peer new [$d unix] tool]
    foreach alert [dict get [$tool call alert.history limit 1000] alerts] {
        dict lappend found [dict get $alert text] [list [dict get $alert state] \
            [expr {[dict exists $alert answer] ? [dict get $alert answer] : ""}]]
    }
    $tool destroy
    return $found
}

foreach {kind calls} {SYNC {2 3} WRITE {3 8} FULL {9}} {
    foreach n $calls {
        test questions_go_on_when_${kind}_${n}_of_every_storer_fails [list apply [list {kind n} {
            set armed [tmp armed$kind$n]
            set d [failing_daemon $kind $n $armed]
            set desk [Job new tclsh8.6 -encoding utf-8 $::here/desk.tcl $::harness::bin [$d unix] $n 1]
            set tool [Peer new [$d unix] tool]
            until 10000 {[dict get [$tool call alert.stats] desks] == 1}
            # the first commit of a log syncs its header, too: from now on each commit is one sync
            $tool call alert.ask id [uuid] text "asked before" wait 0
            write $armed ""
            for {set i 0} {$i < 5} {incr i} {
                dict set jobs "question $i" [ask $d --connect-timeout 60s "question $i"]
            }
            # a storer's second sync comes after a good one, so all goes on; but a commit takes many
            # writes: with one of them failing for ever nothing can be kept until that ends
            if {$kind ne "SYNC"} {
                until 20000 {[$d logged {debug: store: given up}] >= 2 || [ended_all $jobs]}
                file delete $armed
            }
            dict for {text job} $jobs {
                check {[$job wait 60000] in {0 1}} [$job describe]
            }
            check_failed $d
            # however often it has ended
            check {[$d logged {storer: ended}] == 1 + [$d logged {storer: works again}]} [$d log]
            file delete $armed
            until 20000 {![catch {history $d} history]}
            dict for {text job} $jobs {
                equal [dict get $history $text] \
                    [list [list answered [string trimright [$job out] \n]]] $text
            }
        }] $kind $n]
    }
}

test question_that_cannot_be_kept_is_not_accepted {
    set armed [tmp armed]
    set d [failing_daemon SYNC 1 $armed]
    set kept [ask $d "asked before"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    write $armed ""
    set peer [Peer new [$d tcp] asker]
    set lost [uuid]
    equal [fails {$peer call alert.ask id $lost text "not kept" wait 0}] unavailable
    check_failed $d
    equal [lsearch -index 0 [$peer notes] alert.accepted] -1
    file delete $armed
    # the same id, asked again, is accepted once
    until 20000 {[fails {$peer call alert.ask id $lost text "not kept" wait 0}] ne "unavailable"}
    equal [llength [pending_is $d 2]] 2
    q $d answer $id Ok
    equal [$kept wait] 0
}

test answer_that_cannot_be_kept_is_not_given {
    set armed [tmp armed]
    set d [failing_daemon SYNC 1 $armed]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set tool [Peer new [$d unix] tool]
    write $armed ""
    equal [fails {$tool call alert.answer id $id answer_id [uuid] label Ok}] unavailable
    check_failed $d
    check {![$job ended]}
    file delete $armed
    set code ""
    until 20000 {[set code [fails {$tool call alert.answer id $id answer_id [uuid] label Cancel}]] ne "unavailable"}
    # whichever won: one, and the same for all
    $job wait
    equal [$job out] "[dict get [$tool call alert.show id $id] answer]\n"
}

# As one that a broken library ends: the store is never open.
test storer_that_dies_at_each_start_ends_the_start {
    check {[catch {daemon -env {OPDESK_FAULT_DIE 1}} said]} "was mediachanged built with OPDESK_TEST_BUILD?"
    matches $said {ended with 69: }
    equal [regexp -all {mediachanged: [^\n]*/state: the store cannot be opened: its process ended 4 times: signal 9} $said] 1 $said
}

test storer_that_dies_later_is_tried_again_and_told_once {
    set armed [tmp armed]
    set d [daemon -env [list OPDESK_FAULT_DIE 1 OPDESK_FAULT_ARM $armed]]
    set peer [Peer new [$d tcp] asker]
    $peer call alert.ask id [uuid] text "asked before" wait 0
    write $armed ""
    $d kill storer
    # for five seconds the next one is waited for
    equal [fails {$peer call alert.ask id [uuid] text "not kept" wait 0}] unavailable
    equal [$d logged {storer: ended: signal 9: a new one starts}] 1
    equal [$d logged {storer}] 1 [$d log]
    file delete $armed
    until 20000 {[fails {$peer call alert.ask id [uuid] text "asked after" wait 0}] ne "unavailable"}
    until 20000 {[$d logged {storer: works again: it had ended [2-9] times in [2-9] s$}] == 1}
    equal [$d logged {storer}] 2 [$d log]
}

finish
