# SPDX-License-Identifier: ISC
# Promise: every action on questions works from the main window, by keys, on the questions that are
# selected and on no other.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] gaps.tcl]

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

# The question's text is put into the line; it is longer than a note may be.
test note_that_is_too_long_is_told_and_not_sent {
    lassign [with_view] fake desk
    set id [uuid]
    $fake alert $id title "" text [string repeat "tape " 400]abcde ring_in_ms 3600000
    windows_are 1 {opdesk \(1\)}
    keys Home ctrl+c ctrl+n ctrl+v Return
    drawn
    shot note-too-long
    keys alt+o
    drawn
    equal [list [$fake calls alert.note] [$fake calls alert.answer]] {{} {}}
    keys ctrl+n End {*}[lrepeat 6 BackSpace] Return
    called $fake alert.note 1
    equal [param $fake alert.note note] [string trim [string repeat "tape " 400]]
    equal [$desk err] ""
}

test reason_that_is_too_long_is_told_and_not_cut {
    lassign [with_view] fake desk
    $fake alert [uuid] title "" text [string repeat "tape " 40]x ring_in_ms 3600000
    windows_are 1 {opdesk \(1\)}
    keys Home ctrl+c Delete ctrl+v Return
    drawn
    shot reason-too-long
    equal [$fake calls alert.withdraw] {}
    keys End BackSpace BackSpace Return
    called $fake alert.withdraw 1
    equal [param $fake alert.withdraw reason] [string trim [string repeat "tape " 40]]
    equal [$desk err] ""
}

test note_that_did_not_arrive_is_there_to_be_saved_again {
    lassign [with_view] fake desk
    set id [listed $fake one]
    $fake hold alert.note
    keys Home ctrl+n
    xd type "in the left drive"
    xd key Return
    called $fake alert.note 1
    $fake refuse [lindex [$fake calls alert.note] end 1] timeout nil "no answer in time"
    drawn
    $fake hold ""
    keys ctrl+n Return
    called $fake alert.note 2
    equal [param $fake alert.note note] "in the left drive"
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
    set ::env(OPDESK_GAPS) [gaps_file]
    at_end {unset -nocomplain ::env(OPDESK_GAPS)}
    lassign [with_view] fake desk
    set ids [listed $fake one two three four five]
    # they are counted before their rows are there, and keys mean rows
    until 10000 {[rows_shown] == 5} "rows"
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

# While the desk stands still: it hears all of them at once.
test keys_that_are_quicker_than_the_bar_are_for_it {
    lassign [with_view] fake desk
    listed $fake one
    keys Home
    drawn
    $desk signal STOP
    xd key Delete
    xd type "no tape"
    xd key Return
    $desk signal CONT
    called $fake alert.withdraw 1
    equal [param $fake alert.withdraw reason] "no tape"
    listed $fake two three four
    keys Home
    drawn
    $desk signal STOP
    xd key ctrl+a alt+o Return
    $desk signal CONT
    called $fake alert.answer 3
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

finish
