# SPDX-License-Identifier: ISC
# Promise: whoever tried to change what, from where, and what became of it, refusals included, is a line of the
# audit log; the log can be rotated at any time.
source [file join [file dirname [info script]] .. harness.tcl]
need git

proc lines {d} {
    return [lmap line [split [string trim [contents [$d state]/audit.log]] \n] {json $line}]
}

test every_change_and_every_refusal_is_a_line {
    set me $::tcl_platform(user)@local
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2] Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    set q [$d peer]
    $q call sdb.list
    set done [$p call sdb.add id [uuid] file Subnet_2 name a address 192.0.2.3]
    fails {$p call sdb.add id [uuid] file Subnet_2 name "b\"\n" address 192.0.2.4}
    fails {$p call sdb.add id [uuid] file ../x name b address 192.0.2.4}
    $p call sdb.lock file Subnet_3
    fails {$q call sdb.unlock file Subnet_9}
    fails {$q call sdb.remove id [uuid] file Subnet_3 node x}
    fails {commit $q [list [list Subnet_2 "" x] [list Subnet_3 "" x]]}
    $q call draft.save id [uuid] file Subnet_3 base "" text! {bin x}
    equal [lmap l [lines $d] {list [dict get $l method] [expr {[dict exists $l file] ? [dict get $l file] : ""}] [dict get $l result]}] [list {*}{
        {sdb.add Subnet_2.sdb ok} {sdb.add Subnet_2.sdb bad_request} {sdb.add {} bad_request} {sdb.lock Subnet_3.sdb ok}
        {sdb.unlock Subnet_9.sdb ok} {sdb.remove Subnet_3.sdb locked} {sdb.commit {} locked} {draft.save Subnet_3.sdb ok}
    }]
    set lines [lines $d]
    equal [dict get [lindex $lines 0] commit] [dict get $done commit]
    equal [dict get [lindex $lines 6] files] "Subnet_2.sdb Subnet_3.sdb"
    foreach line $lines {
        matches [dict get $line at] {^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$}
        equal [dict get $line who] $me
        matches [dict get $line from] {local}
        equal [dict exists $line why] [expr {[dict get $line result] ne "ok"}]
    }
    equal [file attributes [$d state]/audit.log -permissions] 00600
}

test it_is_rotated_by_moving_it_away {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]]]
    set p [$d peer]
    $p call sdb.lock file Subnet_2
    file rename [$d state]/audit.log [$d state]/audit.log.1
    $p call sdb.unlock file Subnet_2
    equal [lmap l [lines $d] {dict get $l method}] sdb.unlock
    matches [contents [$d state]/audit.log.1] {sdb.lock}
    # a link in its place is not followed
    file delete [$d state]/audit.log
    file link -symbolic [$d state]/audit.log /dev/null
    $p call sdb.lock file Subnet_2
    until 5000 {[$d logged {audit.log: a line was lost}] == 1}
}

finish
