# SPDX-License-Identifier: ISC
# Promise: what an operator does in the main window reaches the real daemon, and its history comes back.
source [file join [file dirname [info script]] view.tcl]

proc real_desk {daemon} {
    set desk [desk -s [$daemon unix] --max-windows 1]
    main_window
    return $desk
}

# The only pending question becomes so.
proc pending_becomes {daemon condition} {
    until 15000 {[set alerts [pending $daemon]; set a [lindex $alerts 0]; expr $condition]} {$condition: [pending $daemon]}
}

test question_is_claimed_noted_snoozed_answered_and_found_in_the_history {
    screen
    set d [daemon]
    set job [ask $d --title Backup "Insert tape 2"]
    pending_is $d 1
    set desk [real_desk $d]
    until 10000 {[windows {opdesk \(1\)}] ne ""} "listed"
    keys Home ctrl+i
    pending_becomes $d {[dict exists $a claimed_by]}
    keys ctrl+r
    pending_becomes $d {![dict exists $a claimed_by]}
    keys ctrl+n
    xd type "the blue one"
    xd key Return
    pending_becomes $d {[dict exists $a note] && [dict get $a note] eq "the blue one"}
    keys Home ctrl+s
    xd key Return
    pending_becomes $d {[dict exists $a ring_in_ms] && [dict get $a ring_in_ms] > 200000}
    shot view-real-detail
    keys ctrl+n
    xd type "was in the drawer"
    keys alt+o
    equal [$job wait] 0
    equal [$job out] Ok\n
    until 10000 {[windows opdesk] ne ""} "gone from the list"
    keys ctrl+h Home
    shot view-real-history
    set found [dict get [q $d history --json] out]
    matches $found "was in the drawer"
    # its whole life, where it was shown included
    regexp {"id":"([^"]+)"} $found - id
    set tool [Peer new [$d unix] tool]
    set life [dict get [$tool call alert.show id $id] life]
    set what [lmap line $life {dict get $line what}]
    equal [lrange $what 0 5] {asked shown claimed released note snoozed}
    equal [lsort [lrange $what 6 end]] {answered note}
    matches [dict get [lindex $life 1] note] "^.+:\\d+"
    equal [$desk err] ""
}

# Two desks of one user: each of them is told, once, and a desk that is started anew is the same one.
test life_tells_on_which_desks_it_was_shown {
    set d [daemon]
    set here [screen]
    set first [real_desk $d]
    set there [screen]
    set second [real_desk $d]
    set job [ask $d --title Backup "Insert tape 2"]
    foreach display [list $here $there] {
        set ::env(DISPLAY) $display
        windows_are 1 {mediachanged: Backup}
    }
    $second signal KILL
    $second wait
    set second [real_desk $d]
    windows_are 1 {mediachanged: Backup}
    set id [dict get [lindex [pending $d] 0] id]
    set tool [Peer new [$d unix] tool]
    proc shown_on {tool id} {
        return [lsort [lmap line [dict get [$tool call alert.show id $id] life] {
            expr {[dict get $line what] eq "shown" ? [regsub {^.*(:\d+).*$} [dict get $line note] {\1}] : [continue]}
        }]]
    }
    until 10000 {[shown_on $tool $id] eq [lsort [list $here $there]]} {[shown_on $tool $id]}
    set ::env(DISPLAY) $here
    q $d answer $id Ok
    equal [$job wait] 0
    equal [shown_on $tool $id] [lsort [list $here $there]]
    equal [$first err] ""
}

test several_are_answered_and_one_is_withdrawn {
    screen
    set d [daemon]
    for {set n 0} {$n < 30} {incr n} {
        lappend jobs [ask $d --title "Volume $n" "Insert volume $n"]
    }
    set last [ask $d --kind yesno --title Release "May it go out?"]
    pending_is $d 31
    set desk [real_desk $d]
    until 10000 {[windows {opdesk \(31\)}] ne ""} "listed"
    keys ctrl+f
    xd type volume
    keys Return
    drawn
    keys ctrl+a alt+o
    xd key Return
    foreach job $jobs {
        equal [$job wait] 0
    }
    until 10000 {[windows {opdesk \(1\)}] ne ""} "one is left"
    keys ctrl+f Escape Return Home Delete
    xd type "not today"
    xd key Return
    equal [$last wait] 5 "withdrawn"
    until 10000 {[windows opdesk] ne ""} "none is left"
    shot view-real-answered
    equal [$desk err] ""
}

# The first level works, the second does not: the list and the question say both.
test escalation_and_its_failure_are_shown {
    screen
    set d [daemon -conf "escalate { after = \"1s\"\n command = \"true\" }\nescalate { after = \"2s\"\n command = \"false\" }"]
    set job [ask $d --title Backup "Insert tape 2"]
    pending_is $d 1
    set desk [real_desk $d]
    pending_becomes $d {[dict exists $a escalation_error]}
    xd windowactivate --sync [main_window]
    keys Home
    # by the words of its state
    keys ctrl+f
    xd type "escalation failed"
    keys Return Home
    shot view-real-escalated
    until 20000 {[keys Home alt+o; $job ended]} "answered"
    equal [$job status] 0
    until 10000 {[windows opdesk] ne ""} "gone from the list"
    keys alt+2 Home
    until 10000 {[regexp escalated [dict get [q $d history --json] out]]} "in the history"
    shot view-real-escalated-history
    equal [$desk err] ""
}

test server_is_tested_and_added {
    screen
    set d [daemon]
    set other [daemon]
    ask $other --title Other "Which?"
    pending_is $other 1
    set desk [real_desk $d]
    keys ctrl+k
    focus_on [lindex [windows_are 1 Connections] 0]
    xd type [$other unix]
    xd key Tab Return
    # plain TCP may ask, and not look
    shot connection-real-good
    xd key shift+Tab Return
    until 10000 {[windows {opdesk \(1\)}] ne ""} "its question is listed"
    xd type [$d tcp]
    xd key Tab Return
    shot connection-real-denied
    equal [$desk err] ""
}

finish
