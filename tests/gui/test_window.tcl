# SPDX-License-Identifier: ISC
# Promise: a question opens a window that is safe under the fingers, and its answer goes where it
# belongs, exactly once.
source [file join [file dirname [info script]] desk.tcl]
source [file join [file dirname [info script]] typist.tcl]

# The label that the desk sent for a question, when it has come.
proc answer_of {fake id} {
    until 10000 {[set sent [lsearch -inline -index {2 1} [$fake calls alert.answer] $id]] ne ""} "answer"
    return [dict get [lindex $sent 2] label]
}

proc accept {fake id} {
    foreach call [$fake calls alert.answer] {
        lassign $call - msgid params
        if {[dict get $params id] eq $id} {
            $fake alert $id state answered answer [dict get $params label] by root
            $fake reply $msgid [$fake wire $id]
        }
    }
}

proc with_desk {args} {
    screen
    set fake [Fake new]
    set desk [$fake desk {*}$args]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    return [list $fake $desk]
}

test window_of_a_question_opens_with_its_text {
    lassign [with_desk] fake desk
    $fake alert [uuid] title "Backup of alpha"
    windows_are 1 {mediachanged: Backup of alpha}
    shot window-question
    equal [$desk err] ""
}

test return_answers_after_the_safe_second_and_not_before {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    set w [lindex [windows_are 1 mediachanged] 0]
    set at [clock milliseconds]
    focus_on $w
    while {[clock milliseconds] - $at < 600} {
        xd key Return
    }
    equal [$fake calls alert.answer] "" "a key before the safe second"
    until 10000 {[xd key Return; llength [$fake calls alert.answer]]} "the answer"
    check {[clock milliseconds] - $at >= 1000}
    equal [answer_of $fake $id] Ok
    accept $fake $id
    windows_are 0 mediachanged
    equal [llength [$fake calls alert.answer]] 1
    equal [$desk err] ""
}

test critical_question_has_no_button_under_return {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id severity critical
    focus_on [lindex [windows_are 1 mediachanged] 0]
    stays 2000 {[xd key Return; llength [$fake calls alert.answer]] == 0} "no default on critical ones"
    xd key Tab Tab Return
    equal [answer_of $fake $id] Cancel
}

test escape_puts_aside_on_this_desk {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    focus_on [lindex [windows_are 1 mediachanged] 0]
    until 10000 {[xd key Escape; llength [windows mediachanged]] == 0} "put aside"
    equal [$fake calls alert.answer] "" "putting aside answers nothing"
    shot list-aside
    # it is still in the list, and Return there opens it again
    focus_on [main_window]
    xd key Down Return
    windows_are 1 mediachanged
    equal [$desk err] ""
}

test two_questions_have_two_windows_and_each_its_answer {
    lassign [with_desk] fake desk
    set first [uuid]
    set second [uuid]
    $fake alert $first title first
    $fake alert $second title second kind yesno labels {Yes No}
    set w1 [lindex [windows_are 1 {mediachanged: first}] 0]
    set w2 [lindex [windows_are 1 {mediachanged: second}] 0]
    until 5000 {[apart [list [place_of $w1] [place_of $w2]]]} "one covers the other"
    focus_on $w2
    until 10000 {[xd key alt+n; llength [$fake calls alert.answer]]} "the second's answer"
    equal [answer_of $fake $second] No
    accept $fake $second
    windows_are 0 {mediachanged: second}
    focus_on $w1
    until 10000 {[xd key alt+o; llength [$fake calls alert.answer]] == 2} "the first's answer"
    equal [answer_of $fake $first] Ok
    equal [$desk err] ""
}

# The path of the socket is long, and so is what is said when it is gone.
test windows_that_grow_do_not_cover_each_other {
    screen 1900x1700 192
    set fake [Fake new]
    set path unix:/srv/[string repeat "backup-host-of-the-harbour-office/" 2]mediachanged.sock
    set desk [Job new -env [list OPDESK_FAKE_PORT [$fake port]] [bin opdesk] \
        --helper [file join $::desk_folder fake-helper.tcl] -s $path]
    main_window
    foreach n {1 2 3} {
        $fake alert [uuid] title "number $n"
    }
    set heights [lmap w [windows_are 3 {mediachanged: number .}] {lindex [place_of $w] 3}]
    $fake state down "cannot connect to $path: No such file or directory" 4000
    # the desktop may tell its font just now: one after the other they go to other places then
    until 10000 {[
        set places [lmap w [windows {mediachanged: number .}] {place_of $w}]
        expr {[llength $places] == 3 && [lindex $places 0 3] > 1.5 * [lindex $heights 0]
            && [lindex $places 1 3] > 1.5 * [lindex $heights 1]
            && [lindex $places 2 3] > 1.5 * [lindex $heights 2] && [apart $places]}
    ]} {they say it, and are apart: $places}
    shot windows-grown-192
    equal [$desk err] ""
}

# The main window leaves no room beside it.
test window_opens_beside_the_questions_that_are_listed {
    screen 1600x1000
    file mkdir $::env(HOME)/.local/state/opdesk
    write $::env(HOME)/.local/state/opdesk/desk "main.place = 1560x900+10+10\n"
    set fake [Fake new]
    set desk [$fake desk]
    foreach n {1 2 3 4 5 6} {
        $fake alert [uuid] title "listed $n" ring_in_ms 3600000
    }
    windows_are 1 {opdesk \(6\)}
    $fake alert [uuid] title urgent
    lassign [place_of [lindex [windows_are 1 {mediachanged: urgent}] 0]] x y
    shot window-beside-list
    check {$y > 320} "$x $y"
    equal [$desk err] ""
}

test another_window_keeps_every_key {
    lassign [with_desk] fake desk
    typist
    set n 0
    typing_until {[if {[incr n] % 3 == 1} {$fake alert [uuid] title "number $n"}
        llength [windows {mediachanged: .*}]] == 3}
    equal [$fake calls alert.answer] ""
    shot window-while-typing
    equal [$desk err] ""
}

test desk_that_starts_takes_no_keys {
    screen
    set fake [Fake new]
    $fake alert [uuid]
    typist
    set desk [$fake desk]
    typing_until {[llength [windows mediachanged]] == 1 && [llength [windows {opdesk.*}]] == 1}
    equal [$fake calls alert.answer] ""
}

test at_most_max_windows_open_by_themselves {
    lassign [with_desk --max-windows 2] fake desk
    foreach title {one two three} {
        $fake alert [uuid] title $title
    }
    windows_are 2 {mediachanged: .*}
    focus_on [lindex [windows_are 1 {mediachanged: one}] 0]
    until 10000 {[xd key Escape; llength [windows {mediachanged: one}]] == 0} "put aside"
    windows_are 1 {mediachanged: three}
}

test answered_elsewhere_says_who_and_closes {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    windows_are 1 mediachanged
    $fake alert $id state answered answer Ok by anna@beta
    until 5000 {[xd getwindowname [lindex [windows {opdesk.*}] 0]] eq "opdesk"} "gone from the list"
    windows_are 1 {mediachanged: Answered by anna@beta: Ok}
    shot window-answered-elsewhere
    windows_are 0 {mediachanged.*} 6000
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test too_late_answer_says_so_and_is_not_repeated {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    focus_on [lindex [windows_are 1 mediachanged] 0]
    until 10000 {[xd key Return; llength [$fake calls alert.answer]]} "answer"
    $fake alert $id state answered answer Cancel by anna@beta
    lassign [lindex [$fake calls alert.answer] 0] - msgid
    $fake refuse $msgid already_answered [$fake wire $id]
    until 5000 {[xd getwindowname [lindex [windows {opdesk.*}] 0]] eq "opdesk"} "gone from the list"
    windows_are 1 {mediachanged: Too late. Answered by anna@beta: Cancel..*}
    shot window-too-late
    xd key Escape
    windows_are 0 {mediachanged.*}
    equal [$desk err] ""
}

test failed_answer_is_sent_again_under_the_same_id {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    focus_on [lindex [windows_are 1 mediachanged] 0]
    until 10000 {[xd key Return; llength [$fake calls alert.answer]]} "answer"
    lassign [lindex [$fake calls alert.answer] 0] - msgid params
    $fake refuse $msgid unavailable
    until 10000 {[xd key Return; llength [$fake calls alert.answer]] == 2} "sent again"
    shot window-failed
    equal [dict get [lindex [$fake calls alert.answer] 1 2] answer_id] [dict get $params answer_id]
    accept $fake $id
    windows_are 0 mediachanged
    equal [$desk err] ""
}

test text_question_sends_what_was_typed {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id kind text
    focus_on [lindex [windows_are 1 mediachanged] 0]
    until 10000 {[xd type x; xd key Return; llength [$fake calls alert.answer]]} "answer"
    set params [lindex [$fake calls alert.answer] 0 2]
    equal [dict get $params label] Ok
    matches [dict get $params text] {^x+$}
}

finish
