# SPDX-License-Identifier: ISC
# Promise: whoever has the lock of a subnet is asked for it, and gives it or not; what was edited is kept.
source [file join [file dirname [info script]] subnet.tcl]

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
    # "Give it", in the bar below the one that says whose it is
    click $id 1070 52
    until 10000 {![catch {$peer call sdb.lock file Subnet_7.sdb}]} "the lock is free"
    shot subnet-given
    until 10000 {[llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/Subnet_7.*]]} "a draft"
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
