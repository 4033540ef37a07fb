# SPDX-License-Identifier: ISC
# Promise: whoever has the lock of a subnet is asked for it, and gives it or not; what was edited is kept.
source [file join [file dirname [info script]] subnet.tcl]
source [file join $here gaps.tcl]

proc note {peer method} {
    return [lindex [lsearch -inline -index 0 [$peer notes] $method] 1]
}

test the_owner_is_asked_and_gives_it {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    keys Home F2
    typed barge
    keys Return
    set peer [$d peer]
    until 10000 {![catch {$peer call sdb.nudge file Subnet_7.sdb message "the pilots wait"}]} "asked"
    # the keyboard stays where it is: in the table
    keys F2
    typed lighter
    keys Return
    shot subnet-wanted
    keys ctrl+F9
    until 10000 {![catch {$peer call sdb.lock file Subnet_7.sdb}]} "the lock is free"
    shot subnet-given
    until 10000 {[llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/Subnet_7.*.????????]]} "a draft"
    equal [$desk err] ""
}

# An editor whose lock somebody asks for; its desk tells who has the keyboard.
proc asked_editor {d} {
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [ipadm $d]
    unset ::env(OPDESK_GAPS)
    editor Subnet_7.sdb lamp
    set peer [$d peer]
    until 10000 {![catch {$peer call sdb.nudge file Subnet_7.sdb}]} "asked"
    return [list $desk $peer]
}

test bar_that_asks_is_in_the_round_of_f6_and_escape_leaves_it {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    lassign [asked_editor $d] desk peer
    until 20000 {[keys F6; string match *.wanted.give [lindex [keyboard] 0]]} "the bar"
    shot subnet-wanted-focus
    keys Escape
    until 10000 {[string match *.nodes.* [lindex [keyboard] 0]]} "back in the nodes"
    shot subnet-wanted-later
    equal [catch {$peer call sdb.lock file Subnet_7.sdb}] 1
    equal [$desk err] ""
}

test bar_that_asks_is_reached_and_pressed_by_tab {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    lassign [asked_editor $d] desk peer
    until 20000 {[keys ISO_Left_Tab; string match *.wanted.give [lindex [keyboard] 0]]} "the bar"
    keys space
    until 10000 {![catch {$peer call sdb.lock file Subnet_7.sdb}]} "the lock is free"
    equal [$desk err] ""
}

test lock_whose_time_is_up_is_taken_over {
    screen 1280x900
    set d [ipadmd -conf {lock = 3s} -files [harbour]]
    file mkdir [$d state]/locks
    set link [$d state]/locks/Subnet_7.sdb-lock
    set desk [ipadm $d]
    must ln -s "tom@local:4711 session [uuid]" $link
    editor Subnet_7.sdb lamp
    until 10000 {[keys F9; expr {![catch {file readlink $link} owner] && ![string match tom@* $owner]}]} "taken over"
    keys Home F2
    typed barge
    keys Return
    until 10000 {[llength [windows {\*Subnet 7.*}]]} "it can be edited"
    shot subnet-taken-over
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    equal [$desk err] ""
}

test who_asks_sees_that_the_owner_was_told {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set session [uuid]
    set owner [$d peer]
    $owner call sdb.subscribe session $session
    file mkdir [$d state]/locks
    must ln -s "tom@local:4711 session $session" [$d state]/locks/Subnet_7.sdb-lock
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    keys shift+F9
    until 10000 {[note $owner sdb.wanted] ne ""} "told"
    equal [dict get [note $owner sdb.wanted] file] Subnet_7.sdb
    shot subnet-asked
    equal [$desk err] ""
}

finish
