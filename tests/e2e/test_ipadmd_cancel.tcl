# SPDX-License-Identifier: ISC
# Promise: a call that only looks and is cancelled is answered at once, even by a reader that stands
# still, and the reader stops looking: the next one has its answer soon.  A change is finished.
source [file join [file dirname [info script]] .. harness.tcl]
need git

proc old_subnet {} {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]]]
    set p [$d peer]
    for {set i 0} {$i < 40} {incr i} {
        $p call sdb.add id [uuid] file Subnet_2 name host$i address 192.0.2.[expr {$i + 10}]
    }
    return [list $d $p]
}

# Calls that walk the whole history, for a node that was never there.
proc walks {p} {
    set calls {}
    for {set i 0} {$i < 25} {incr i} {
        lappend calls [$p begin sdb.log file Subnet_2 node nobody]
    }
    return $calls
}
proc cancel {p calls} {
    foreach id $calls {
        $p notify {$/cancel} msgid $id
    }
    foreach id $calls {
        equal [fails {$p end $id 5000}] cancelled
    }
}

test a_cancelled_walk_is_answered_at_once_and_ends {
    lassign [old_subnet] d p
    set began [clock milliseconds]
    foreach id [walks $p] {
        equal [dict get [$p end $id] commits] {}
    }
    set whole_ms [expr {[clock milliseconds] - $began}]

    $d kill reader STOP
    cancel $p [walks $p]
    set next [$p begin sdb.list]
    $d kill reader CONT
    set began [clock milliseconds]
    $p end $next
    set stopped_ms [expr {[clock milliseconds] - $began}]
    check {$stopped_ms < $whole_ms / 2} "$stopped_ms ms of $whole_ms"

    set calls [walks $p]
    set began [clock milliseconds]
    cancel $p $calls
    $p call sdb.list
    set running_ms [expr {[clock milliseconds] - $began}]
    check {$running_ms < $whole_ms / 2} "$running_ms ms of $whole_ms"
}

test a_client_that_goes_leaves_no_work_behind {
    lassign [old_subnet] d p
    set began [clock milliseconds]
    foreach id [walks $p] {
        $p end $id
    }
    set whole_ms [expr {[clock milliseconds] - $began}]
    set other [$d peer]
    walks $other
    $p call sdb.status
    set began [clock milliseconds]
    $other destroy
    $p call sdb.list
    set left_ms [expr {[clock milliseconds] - $began}]
    check {$left_ms < $whole_ms / 2} "$left_ms ms of $whole_ms"
}

test a_change_that_has_begun_is_finished {
    lassign [old_subnet] d p
    $d kill committer STOP
    set id [$p begin sdb.add id [uuid] file Subnet_2 name last address 192.0.2.200]
    $p notify {$/cancel} msgid $id
    $p call sdb.list
    $d kill committer CONT
    check {[dict exists [$p end $id] commit]}
    matches [contents [$d subnet Subnet_2.sdb]] {(?n)^last\M}
}

finish
