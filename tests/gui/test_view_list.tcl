# SPDX-License-Identifier: ISC
# Promise: the list shows what waits, as it was left: filtered, sorted, scrolled, with the selection
# where it was; and the pane beside it what is selected.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] gaps.tcl]

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

# The keyboard goes to the list, by a click where no row is.
proc focus_list {} {
    lassign [place_of [main_window]] x y width height
    xd mousemove [expr {$x + 400}] [expr {$y + 290}] click 1
}

test filter_that_finds_nothing_says_so {
    lassign [with_view] fake desk
    listed $fake one two
    keys ctrl+f
    xd type nowhere
    shot view-filter-nothing
    keys Home ctrl+i
    stays 500 {[$fake calls alert.claim] eq ""} "nothing is selected"
    # a way out: the button below the words
    xd mousemove --window [main_window] 530 226 click 1
    drawn
    keys Home
    focus_list
    keys Home ctrl+i
    called $fake alert.claim 1
    equal [$desk err] ""
}

# How many are found stands beside the words.
test count_of_the_filter_follows_what_a_question_becomes {
    lassign [with_view] fake desk
    lassign [listed $fake "backup of alpha" "backup of beta"] alpha beta
    lassign [place_of [main_window]] x y
    set count "pixels [expr {$x + 330}] [expr {$y + 50}] 160 24"
    # Return: the words count at once
    foreach {words name} {backup both raid none} {
        keys ctrl+f Escape ctrl+f
        xd type $words
        keys Return
        drawn
        set $name [look $count]
    }
    check {$none ne $both} "the counts differ"
    foreach id [list $alpha $beta] {
        $fake alert $id title "raid of alpha" ring_in_ms 3600000
    }
    until 10000 {[look $count] eq $both} "2 of 2"
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

test question_that_rests_in_the_pane_is_fetched_once_a_version_and_told_as_shown {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    keys Down
    called $fake alert.shown 1
    equal [param $fake alert.shown id] $one
    matches [param $fake alert.shown desk] .
    # a note of somebody else's is another version; the row that shows it is drawn while it is being fetched
    $fake hold alert.show
    $fake alert $one note "on its way"
    called $fake alert.show 2
    drawn
    $fake hold ""
    $fake reply [lindex [$fake calls alert.show] end 1] [$fake wire $one]
    drawn
    stays 500 {[llength [$fake calls alert.show]] == 2}
    keys Down
    called $fake alert.shown 2
    keys Up
    called $fake alert.show 4
    stays 1500 {[llength [$fake calls alert.show]] == 4 && [llength [$fake calls alert.shown]] == 2}
    equal [$desk err] ""
}

# What somebody copies from the list is what is selected; so the selection tells where the arrow went.
proc goes_to {fake id} {
    set before [llength [$fake calls alert.claim]]
    keys ctrl+i
    called $fake alert.claim [expr {$before + 1}]
    equal [param $fake alert.claim id] $id
}

test arrow_goes_on_beside_a_question_that_has_ended {
    lassign [with_view] fake desk
    lassign [listed $fake one two three] one two three
    drawn
    keys Down Down
    goes_to $fake $two
    keys alt+o
    called $fake alert.answer 1
    until 10000 {[windows {opdesk \(2\)}] ne ""} "answered"
    drawn
    keys Down
    goes_to $fake $three
    keys alt+o
    called $fake alert.answer 2
    until 10000 {[windows {opdesk \(1\)}] ne ""} "answered"
    drawn
    # it was the last one of the list
    keys Down
    goes_to $fake $one
    equal [$desk err] ""
}

# A press of the button by the keyboard takes the button away.
test keys_stay_in_the_list_when_the_button_that_had_them_has_gone {
    lassign [with_view] fake desk
    lassign [listed $fake one two] one two
    keys Down
    drawn
    # text of the pane, note, Save note, Ok
    keys Tab Tab Tab Tab space
    called $fake alert.answer 1
    equal [param $fake alert.answer label] Ok
    until 10000 {[windows {opdesk \(1\)}] ne ""} "answered"
    drawn
    keys Down
    goes_to $fake $two
    equal [$desk err] ""
}

# The title of the question so far below the upper edge of the window.
proc title_at {below} {
    lassign [place_of [main_window]] x y width height
    xd mousemove [expr {$x + 400}] [expr {$y + $below}] click 1
    keys ctrl+c
    set f [tmp clipboard.tcl]
    write $f {wm withdraw .; catch {puts -nonewline [clipboard get]}; exit}
    drawn
    return [lindex [split [dict get [run [auto_execok wish8.6] $f] out] \n] 0]
}

test list_that_was_scrolled_stays_while_rows_come_and_go_above {
    lassign [with_view] fake desk
    for {set i 100} {$i < 160} {incr i} {
        lappend titles "q$i"
    }
    set ids [listed $fake {*}$titles]
    # by question, at its end
    keys ctrl+4 End
    drawn
    set there [title_at 200]
    check {$there in [lrange $titles 20 end]} $there
    foreach title {aaa1 aaa2 aaa3} {
        $fake alert [uuid] title $title ring_in_ms 3600000
    }
    windows_are 1 {opdesk \(63\)}
    drawn
    equal [title_at 200] $there
    foreach id [lrange $ids 0 4] {
        $fake alert $id state withdrawn
    }
    windows_are 1 {opdesk \(58\)}
    drawn
    equal [title_at 200] $there
    equal [$desk err] ""
}

# Draw the edge of a column in the heading.
proc draw_edge {from to} {
    lassign [place_of [main_window]] x y width height
    set y [expr {$y + 100}]
    xd mousemove $from $y mousedown 1 mousemove [expr {($from + $to) / 2}] $y mousemove $to $y mouseup 1
}
proc kept {name} {
    set text [contents [file join $::env(HOME) .local state opdesk desk]]
    return [if {[regexp -line "^$name = (.*)\$" $text - value]} {set value}]
}

# How wide ten digits are in a font {SIZE FAMILY}, "" for that of Tk.
proc digits {font} {
    set f [tmp measure.tcl]
    write $f {
        lassign $argv size family
        font configure TkDefaultFont -size $size {*}[expr {$family eq "" ? {} : [list -family $family]}]
        puts [font measure TkDefaultFont 0000000000]
        exit
    }
    lassign $font size family
    return [string trim [dict get [run [auto_execok wish8.6] $f [expr {$size eq "" ? 10 : $size}] $family] out]]
}

test long_values_get_room_and_the_rest_is_told_at_the_pointer {
    lassign [with_view 1280x900] fake desk
    lassign [listed $fake one two] one two
    $fake alert $one claimed_by operations.night@backup-host.harbour.example claim_left_ms 3600000
    $fake alert $two escalated 2 ring_in_ms 8100000
    drawn
    lassign [place_of [main_window]] x y width
    # no room for all of who has claimed it
    xd mousemove [expr {$x + $width - 60}] [expr {$y + 127}]
    windows_are 1 {operations\.night@backup-host\.harbour\.example}
    shot list-tip
    xd key Down
    windows_are 0 {operations.*}
    # its state is whole
    xd mousemove [expr {$x + 790}] [expr {$y + 154}]
    stays 1000 {[windows {▲ escalated.*}] eq ""} "its column has become wide enough"
    equal [$desk err] ""
}

test widths_that_were_drawn_are_there_at_the_next_start {
    lassign [with_view] fake desk
    listed $fake one
    # the font of the desktop, where there is one, is known to the second start from the beginning
    if {[auto_execok gsettings] ne ""} {
        until 10000 {[kept desktop.colours] ne ""} "the desktop was asked"
    }
    keys ctrl+q
    equal [$desk wait] 0
    set desk [view_of $fake]
    windows_are 1 {opdesk \(1\)}
    drawn
    equal [kept list.widths] ""
    # right of the sign, 34 pixels, and of the age, 12 digits wide
    set edge [expr {[lindex [place_of [main_window]] 0] + 1 + 34 + 12 * [digits [kept desktop.font]] / 10}]
    draw_edge $edge [expr {$edge + 60}]
    until 10000 {[kept list.widths] ne ""} "kept"
    set first [lindex [kept list.widths] 0]
    keys ctrl+q
    equal [$desk wait] 0
    set desk [view_of $fake]
    windows_are 1 {opdesk \(1\)}
    drawn
    set edge [expr {[lindex [place_of [main_window]] 0] + 1 + 34 + $first}]
    draw_edge $edge [expr {$edge + 30}]
    until 10000 {[lindex [kept list.widths] 0] != $first} "kept again"
    check {abs([lindex [kept list.widths] 0] - $first - 30) <= 4} [kept list.widths]
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

test menu_of_the_window_by_its_key {
    lassign [with_view] fake desk
    opens {keys F10}
    # under the connections: the preferences
    xd key Down Down Return
    windows_are 1 Preferences
    equal [$desk err] ""
}

test menu_by_its_key_has_what_can_be_done {
    lassign [with_view] fake desk
    set id [listed $fake one]
    keys Home
    drawn
    opens {xd key shift+F10}
    shot view-menu
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

# The list has only their beginning, the server has all.
test long_texts_are_fetched_before_they_are_copied {
    lassign [with_view] fake desk
    foreach name {one two} {
        set id [uuid]
        $fake alert $id title $name text "the beginning" cut 1 ring_in_ms 3600000
        $fake quietly $id text "the beginning and the end of $name" cut 0
    }
    windows_are 1 {opdesk \(2\)}
    keys Home ctrl+a ctrl+c
    called $fake alert.show 2
    drawn
    set f [tmp clipboard.tcl]
    write $f {wm withdraw .; catch {puts -nonewline [clipboard get]}; exit}
    set want "one\nthe beginning and the end of one\ntwo\nthe beginning and the end of two\n"
    until 8000 {[dict get [run [auto_execok wish8.6] $f] out] eq $want} "the clipboard"
    equal [$desk err] ""
}

test server_that_is_away_is_named_where_one_would_answer {
    lassign [with_view] fake desk
    listed $fake one
    keys Down
    $fake state down "connection refused" 4000
    drawn
    # the row is kept up once a second
    stays 1200 {1} "the state of the row"
    shot view-away
    keys alt+o ctrl+i
    stays 500 {[$fake calls alert.answer] eq "" && [$fake calls alert.claim] eq ""} "nothing would arrive"
    $fake state up
    until 10000 {[llength [$fake calls alert.subscribe]] == 2} "subscribed"
    drawn
    keys alt+o
    called $fake alert.answer 1
    equal [$desk err] ""
}

finish
