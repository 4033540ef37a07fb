# SPDX-License-Identifier: ISC
# Promise: every action on questions works from the main window, by keys, on the questions that are
# selected and on no other.
source [file join [file dirname [info script]] view.tcl]

test filter_leaves_what_has_all_words {
    lassign [with_view] fake desk
    lassign [listed $fake "backup of alpha" "backup of beta" "raid of gamma"] alpha beta gamma
    keys ctrl+f
    xd type "beta BACK"
    keys Down Down ctrl+i
    equal [called $fake alert.claim 1] $beta
    shot view-filter
    # Escape in the filter brings all of them back
    keys ctrl+f Escape Down Home ctrl+a ctrl+i
    equal [lsort [lrange [called $fake alert.claim 3] 1 end]] [lsort [list $alpha $gamma]] "all but the claimed one"
    equal [$desk err] ""
}

test filter_that_finds_nothing_says_so {
    lassign [with_view] fake desk
    listed $fake one two
    keys ctrl+f
    xd type nowhere
    shot view-filter-nothing
    keys Home ctrl+i
    stays 500 {[$fake calls alert.claim] eq ""} "nothing is selected"
    equal [$desk err] ""
}

# The first row of the list becomes this one.
proc first_is {fake id} {
    until 10000 {[
        keys Home ctrl+n
        xd type x
        keys Return
        set last [lindex [$fake calls alert.note] end 2]
        expr {$last eq "" ? "" : [dict get $last id]}
    ] eq $id} "first in the list"
}

test order_by_column_is_remembered {
    lassign [with_view] fake desk
    lassign [listed $fake "b second" "c third" "a first"] b c a
    keys ctrl+4
    first_is $fake $a
    keys ctrl+4
    first_is $fake $c
    keys ctrl+q
    equal [$desk wait] 0
    set fake2 [Operated new]
    set desk [view_of $fake2]
    lassign [listed $fake2 "b second" "c third" "a first"] b c a
    first_is $fake2 $c
    equal [$desk err] ""
}

test order_by_click_on_a_heading {
    lassign [with_view] fake desk
    lassign [listed $fake "b second" "c third" "a first"] b c a
    # the heading of the questions' column
    xd mousemove --window [main_window] 420 98 click 1
    first_is $fake $a
    shot view-sorted
    equal [$desk err] ""
}

test claim_and_release {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home ctrl+i
    equal [called $fake alert.claim 1] $id
    equal [param $fake alert.claim for_ms] 3600000
    shot view-claimed
    until 10000 {[keys ctrl+r; llength [$fake calls alert.claim]] == 2} "released"
    equal [param $fake alert.claim for_ms] 0
    equal [$desk err] ""
}

test snooze_by_its_menu {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home ctrl+s
    shot view-snooze
    xd key Return
    equal [called $fake alert.snooze 1] $id
    equal [param $fake alert.snooze for_ms] 300000
    keys ctrl+s
    xd key --delay 25 Down Down Down Down Down Return
    called $fake alert.snooze 2
    set left [param $fake alert.snooze for_ms]
    set at [clock format [expr {([clock milliseconds] + $left + 30000) / 1000}] -format "%j %H:%M"]
    equal $at [clock format [clock add [clock seconds] 1 day] -format "%j 08:00"] "until tomorrow at eight"
    equal [$desk err] ""
}

test note_alone_and_with_an_answer {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    keys Home ctrl+n
    xd type "ask anna"
    keys Return
    equal [called $fake alert.note 1] $one
    equal [param $fake alert.note note] "ask anna"
    keys ctrl+n
    xd type "done"
    keys alt+o
    equal [called $fake alert.answer 1] $one
    equal [param $fake alert.answer note] done
    equal [param $fake alert.answer label] Ok
    # what was typed for one does not go with another
    keys ctrl+n
    xd type "mine"
    keys Escape
    equal [$fake calls alert.answer] [lrange [$fake calls alert.answer] 0 0]
    equal [$desk err] ""
}

test withdraw_with_a_reason_after_it_was_said_what_it_does {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home Delete
    drawn
    xd type "wrong host"
    shot view-withdraw
    equal [$fake calls alert.withdraw] ""
    keys Return
    equal [called $fake alert.withdraw 1] $id
    equal [param $fake alert.withdraw reason] "wrong host"
    until 10000 {[windows opdesk] ne ""} "gone from the list"
    shot view-withdrawn
    equal [$desk err] ""
}

test withdraw_can_be_left_by_escape {
    lassign [with_view] fake desk
    listed $fake one
    keys Home Delete Escape Return
    stays 500 {[$fake calls alert.withdraw] eq ""} "nothing was withdrawn"
}

test several_are_answered_after_a_line_has_said_which {
    lassign [with_view] fake desk
    set ids [listed $fake one two three four five]
    keys Home shift+Down shift+Down shift+Down alt+c
    shot view-several
    stays 500 {[$fake calls alert.answer] eq ""} "not before it is confirmed"
    # one of them is answered elsewhere meanwhile
    $fake alert [lindex $ids 2] state answered answer Ok by anna
    until 5000 {[windows {opdesk \(4\)}] ne ""} "gone"
    keys Return
    equal [lsort [called $fake alert.answer 3]] [lsort [lreplace [lrange $ids 0 3] 2 2]]
    equal [lsort -unique [lmap call [$fake calls alert.answer] {dict get [lindex $call 2] label}]] Cancel
    until 5000 {[windows {opdesk \(1\)}] ne ""} "the fifth is left"
    shot view-several-done
    equal [$desk err] ""
}

test several_of_different_kinds_cannot_be_answered_together {
    lassign [with_view] fake desk
    listed $fake one
    $fake alert [uuid] title two kind yesno labels {Yes No} ring_in_ms 3600000
    until 5000 {[windows {opdesk \(2\)}] ne ""} "listed"
    keys Home ctrl+a alt+o alt+y Return
    shot view-different
    stays 500 {[$fake calls alert.answer] eq ""} "no answer for both"
    equal [$desk err] ""
}

# The keys come in one go, before the pane has heard of the second question.
test key_behind_an_arrow_is_for_the_question_the_arrow_went_to {
    lassign [with_view] fake desk
    lassign [listed $fake one two three] one two three
    keys Home
    drawn
    xd key --delay 0 Down ctrl+i Down alt+o
    equal [called $fake alert.claim 1] $two
    equal [called $fake alert.answer 1] $three
    equal [$desk err] ""
}

# Eight sentences do not fit beside each other: they are in a menu, and Alt works as ever.
test many_long_answers_are_in_a_menu {
    lassign [with_view 1280x800] fake desk
    foreach n {1 2 3 4 5 6 7 8} {
        lappend labels "Use drive number $n, which is in the cabinet of room 2.14, $n"
    }
    set id [uuid]
    $fake alert $id title drives kind labels labels $labels ring_in_ms 3600000
    until 5000 {[windows {opdesk \(1\)}] ne ""} "listed"
    keys Home
    drawn
    shot view-answers-in-a-menu
    keys alt+e
    equal [called $fake alert.answer 1] $id
    equal [param $fake alert.answer label] [lindex $labels 2]
    equal [$desk err] ""
}

test text_question_is_answered_in_the_pane {
    lassign [with_view] fake desk
    set id [uuid]
    $fake alert $id title label kind text ring_in_ms 3600000
    until 5000 {[windows {opdesk \(1\)}] ne ""} "listed"
    keys Home
    drawn
    keys Tab Tab
    xd type "TAPE07"
    shot view-text
    keys alt+o
    equal [called $fake alert.answer 1] $id
    equal [param $fake alert.answer text] TAPE07
    equal [$desk err] ""
}

test ended_question_stays_in_the_pane_and_no_key_reaches_the_next {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    keys Home
    $fake alert $one state answered answer Ok by anna@beta
    until 5000 {[windows {opdesk \(1\)}] ne ""} "gone"
    keys alt+o alt+c Return ctrl+i
    shot view-ended
    stays 500 {[$fake calls alert.answer] eq "" && [$fake calls alert.claim] eq ""} "nothing is selected"
    equal [$desk err] ""
}

test long_text_is_fetched_whole_with_its_life {
    lassign [with_view] fake desk
    set id [uuid]
    set now [clock milliseconds]
    $fake lives $id [list [dict create at [expr {$now - 9000}] what asked by root@alpha.example] \
        [dict create at [expr {$now - 8000}] what claimed by anna@beta] \
        [dict create at [expr {$now - 7000}] what note by anna@beta note "tape 2 is on its way"]]
    $fake quietly $id title "A long one" text "[string repeat {Many words of it. } 80]" created_at $now
    $fake alert $id ring_in_ms 3600000
    until 5000 {[windows {opdesk \(1\)}] ne ""} "listed"
    keys Home
    called $fake alert.show 1
    shot view-detail
    equal [$desk err] ""
}

test reconnection_shows_everything_once {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    keys Home ctrl+a
    $fake state down "connection refused" 60000
    $fake quietly $one state answered answer Ok by anna
    set three [uuid]
    $fake quietly $three title three ring_in_ms 3600000
    shot view-down
    $fake state up
    until 10000 {[llength [$fake calls alert.subscribe]] == 2} "subscribed again"
    until 5000 {[windows {opdesk \(2\)}] ne ""} "two are left"
    until 5000 {[keys ctrl+a ctrl+i; llength [$fake calls alert.claim]] >= 2} "both"
    equal [lsort [called $fake alert.claim 2]] [lsort [list $two $three]]
    equal [$desk err] ""
}

test snapshot_that_comes_in_parts {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    # the beginning, the rest as changes, and that it is complete: `two` is not there any more
    $fake part $one
    $fake notify 7 server.reset {map {}}
    until 5000 {[llength [$fake calls alert.subscribe]] == 2} "subscribed again"
    stays 300 {[windows {opdesk \(2\)}] ne ""} "nothing is taken away before it is complete"
    $fake quietly $two state withdrawn
    $fake notify 7 alert.complete {map {}}
    until 5000 {[windows {opdesk \(1\)}] ne ""} "the other one has ended"
    equal [$desk err] ""
}

# A note can be written: the list of what waits has the keyboard.
proc list_has_the_keys {fake n} {
    keys Home ctrl+n
    drawn
    xd type x
    xd key Return
    called $fake alert.note $n
}

test views_are_reached_by_keys {
    lassign [with_view] fake desk
    $fake past [list [closed 1]]
    listed $fake one
    keys ctrl+Tab
    until 10000 {[llength [$fake calls alert.history]] == 1} "the next: the history"
    keys ctrl+shift+Tab
    list_has_the_keys $fake 1
    keys alt+2
    drawn
    keys ctrl+f
    xd type tape
    until 10000 {[dict exists [lindex [$fake calls alert.history] end 2] text]} "by number"
    # round at the end: subnets, hosts, chat, then what waits
    keys ctrl+Tab ctrl+Tab ctrl+Tab ctrl+Tab
    list_has_the_keys $fake 2
    equal [$desk err] ""
}

test menu_by_its_key_has_what_can_be_done {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home
    drawn
    xd key shift+F10
    shot view-menu
    until 5000 {[windows {#waiting.*}] ne "" || [windows menu] ne ""} "the menu is open: [windows .*]"
    # under the two answers: open, I am on it
    xd key Down Down Down Down Return
    equal [called $fake alert.claim 1] $id
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test text_is_copied_by_its_key {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home ctrl+c
    drawn
    set f [tmp clipboard.tcl]
    write $f {wm withdraw .; puts -nonewline [clipboard get]; exit}
    until 8000 {[dict get [run [auto_execok wish8.6] $f] out] eq "one\nInsert tape 2\n"} "the clipboard"
    equal [$desk err] ""
}

finish
