# SPDX-License-Identifier: ISC
# Promise: the history is found by words, host and time, its pages come as one scrolls, each row once.
source [file join [file dirname [info script]] view.tcl]

# N closed questions, newest first.
proc many {n} {
    for {set seq $n} {$seq > 0} {incr seq -1} {
        lappend past [closed $seq]
    }
    return $past
}

# What the last search asked for.  The list is drawn later, when the answer has come: `drawn` waits for it.
proc asked {fake n} {
    until 15000 {[llength [$fake calls alert.history]] >= $n} {$n searches: [llength [$fake calls alert.history]]}
    return [lindex [$fake calls alert.history] end 2]
}

test history_is_shown_and_a_question_in_full {
    lassign [with_view] fake desk
    set past [many 12]
    set id [dict get [lindex $past 0] id]
    $fake past $past
    $fake lives $id [list [dict create at [clock milliseconds] what asked by root@alpha.example] \
        [dict create at [clock milliseconds] what answered by anna@beta note Ok]]
    keys ctrl+h
    equal [asked $fake 1] {limit 100 by_end 1}
    drawn
    keys Home
    equal [called $fake alert.show 1] $id
    shot history
    keys ctrl+h
    equal [$desk err] ""
}

test pages_come_as_one_scrolls_and_each_row_once {
    lassign [with_view] fake desk
    $fake past [many 1150]
    keys ctrl+h
    asked $fake 1
    stays 500 {[llength [$fake calls alert.history]] == 1} "no page that nobody wants to see"
    until 30000 {[keys End; llength [$fake calls alert.history]] == 7} "all pages"
    set before [lmap call [lrange [$fake calls alert.history] 1 end] {dict get [lindex $call 2] before_seq}]
    equal $before {1051 851 651 451 251 51}
    # the last row is the oldest
    set oldest [dict get [lindex [many 1] 0] seq]
    until 10000 {[keys End; llength [$fake calls alert.show]]} "selected"
    stays 500 {[llength [$fake calls alert.history]] == 7} "there are no more"
    shot history-end
    equal [$desk err] ""
}

# More rows come while the one that is selected is on its way: it is not asked for again.
test selected_one_is_asked_for_once {
    lassign [with_view] fake desk
    set past [many 350]
    $fake past $past
    $fake hold alert.show
    keys ctrl+h
    asked $fake 1
    drawn
    keys Home
    equal [called $fake alert.show 1] [dict get [lindex $past 0] id]
    xd mousemove --window [main_window] 400 300
    until 15000 {[xd click --repeat 30 --delay 2 5; llength [$fake calls alert.history]] >= 3} "more rows"
    drawn
    equal [llength [$fake calls alert.show]] 1
    equal [$desk err] ""
}

test pages_that_were_let_go_come_again {
    lassign [with_view] fake desk
    set past [many 4000]
    $fake past $past
    keys ctrl+h
    until 30000 {[keys End; llength [$fake calls alert.history]] == 21} "all pages"
    until 10000 {[llength [keys End; set shown [$fake calls alert.show]]]
        && [dict get [lindex $shown end 2] id] eq [dict get [lindex $past end] id]} "the oldest is selected"
    keys Home
    until 10000 {[dict get [lindex [$fake calls alert.show] end 2] id] eq [dict get [lindex $past 0] id]} \
        "the newest again"
    equal [lindex [$fake calls alert.history] end 2] {limit 100 by_end 1} "its page was asked for again"
    equal [llength [$fake calls alert.history]] 22
    shot history-again
    equal [$desk err] ""
}

test search_by_words_host_and_time {
    lassign [with_view] fake desk
    $fake past [many 30]
    keys ctrl+h
    asked $fake 1
    keys ctrl+f
    xd type "tape 17"
    until 10000 {[dict exists [asked $fake 2] text]} "searched"
    until 10000 {[dict get [asked $fake 2] text] eq "tape 17"} "with all words"
    keys Tab
    xd type "alpha"
    until 10000 {[dict exists [asked $fake 3] host] && [dict get [asked $fake 3] host] eq "alpha"} "by host"
    keys Tab
    choose_below 2
    until 10000 {[dict exists [asked $fake 4] since_at]} "by time"
    check {abs([clock milliseconds] - 86400000 - [dict get [asked $fake 4] since_at]) < 60000} "the last day"
    equal [dict get [asked $fake 4] text] "tape 17"
    shot history-found
    equal [$desk err] ""
}

test search_between_two_points_of_time {
    lassign [with_view] fake desk
    $fake past [many 30]
    keys ctrl+h
    asked $fake 1
    keys ctrl+f Tab Tab
    choose_below 6
    drawn
    xd type "2026-11-20"
    set want [clock scan "2026-11-20 00:00" -format "%Y-%m-%d %H:%M"]000
    until 10000 {[catch {dict get [lindex [$fake calls alert.history] end 2] since_at} since] == 0 && $since eq $want} "from"
    keys Tab
    xd type "2026-11-2"
    xd type "2 14:30"
    set want [clock scan "2026-11-22 14:30" -format "%Y-%m-%d %H:%M"]000
    until 10000 {[catch {dict get [lindex [$fake calls alert.history] end 2] until_at} until] == 0 && $until eq $want} "until"
    shot history-times
    set n [llength [$fake calls alert.history]]
    xd type x
    stays 800 {[llength [$fake calls alert.history]] == $n} "what is no time is not asked for"
    shot history-times-wrong
    xd key BackSpace Escape
    until 10000 {![dict exists [lindex [$fake calls alert.history] end 2] until_at]} "without an end again"
    equal [$desk err] ""
}

test search_that_finds_nothing_says_what_to_do {
    lassign [with_view] fake desk
    keys ctrl+h ctrl+f
    xd type "nowhere"
    until 10000 {[dict exists [asked $fake 1] text]} "searched"
    shot history-nothing
    # a way out: the button below the words
    until 10000 {[
        xd mousemove --window [main_window] 530 257 click 1
        expr {![dict exists [lindex [$fake calls alert.history] end 2] text]}
    ]} "all of it"
    equal [$desk err] ""
}

test what_ends_meanwhile_comes_at_once_or_when_it_is_asked_for {
    lassign [with_view] fake desk
    lassign [listed $fake one two three] one two three
    set past [many 5]
    $fake past $past
    keys ctrl+h
    asked $fake 1
    # one looks at the newest, and has selected nothing
    set past [linsert $past 0 [closed 6]]
    $fake past $past
    $fake alert $one state answered answer Ok by anna@beta
    asked $fake 2
    drawn
    keys Home
    set selected [dict get [lindex $past 0] id]
    equal [lindex [called $fake alert.show 1] end] $selected
    # now it would move under the hand
    set past [linsert $past 0 [closed 7]]
    $fake past $past
    $fake alert $two state answered answer Ok by anna@beta
    windows_are 1 {opdesk \(1\)}
    drawn
    stays 1200 {[llength [$fake calls alert.history]] == 2}
    shot history-later
    set shown [llength [$fake calls alert.show]]
    keys ctrl+r
    asked $fake 3
    # the same one is selected
    equal [lindex [called $fake alert.show [expr {$shown + 1}]] end] $selected
    # in another view meanwhile
    keys alt+1
    drawn
    $fake alert $three state answered answer Ok by anna@beta
    windows_are 1 opdesk
    keys alt+2
    asked $fake 4
    equal [$desk err] ""
}

proc clipboard {} {
    set f [tmp clipboard.tcl]
    write $f {fconfigure stdout -encoding utf-8; wm withdraw .; catch {puts -nonewline [clipboard get]}; exit}
    return [dict get [run [auto_execok wish8.6] $f] out]
}

test rows_are_copied_one_whole_and_several_as_a_table {
    lassign [with_view] fake desk
    set past [many 12]
    lset past 1 [dict replace [lindex $past 1] note "in the\tleft drive"]
    $fake past $past
    set id [dict get [lindex $past 0] id]
    $fake lives $id [list [dict create at [clock milliseconds] what asked by root@alpha.example] \
        [dict create at [clock milliseconds] what shown by anna@beta note beta:0]]
    keys ctrl+h
    asked $fake 1
    drawn
    keys Home
    called $fake alert.show 1
    until 15000 {[keys ctrl+c; drawn; string match "*on the desk beta:0*" [set text [clipboard]]]} "one whole"
    matches $text {^Backup 12\nFrom alpha.example .*Insert tape 12\n.*What happened \(times: .*asked by root@alpha.example}
    keys shift+Down shift+Down ctrl+c
    drawn
    set lines [split [string trimright [clipboard] \n] \n]
    equal [llength $lines] 4
    equal [lmap line $lines {llength [split $line \t]}] {7 7 7 7}
    matches [lindex $lines 2] {^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\t(?:warning|critical|info)\t.*Backup 11: Insert tape 11\t.*\tin the left drive$}
    keys ctrl+a ctrl+c
    drawn
    equal [llength [split [string trimright [clipboard] \n] \n]] 13
    equal [$desk err] ""
}

test history_that_fails_says_so_and_can_be_asked_again {
    lassign [with_view] fake desk
    $fake past_fails 1
    keys ctrl+h
    asked $fake 1
    drawn
    shot history-failed
    $fake past_fails 0
    $fake past [many 3]
    # the button that says so
    xd mousemove --window [main_window] 530 262 click 1
    asked $fake 2
    equal [$desk err] ""
}

test history_without_a_server_is_searched_when_one_is_there {
    screen
    set fake [Operated new]
    $fake refuse_endpoint tcp:alpha.example:8979
    set desk [$fake desk]
    main_window
    until 10000 {[llength [$fake calls link.open]]} "opened"
    keys ctrl+h
    shot history-no-server
    $fake past [many 3]
    $fake state up
    asked $fake 1
    equal [$desk err] ""
}

finish
