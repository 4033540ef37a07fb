# SPDX-License-Identifier: ISC
# Promise: whatever kills the committer, at any step of a commit, the file is the old or the new one, the
# history agrees with it, and the change that was asked for is not lost.
# Needs a build with OPDESK_TEST_BUILD (daemon/ipadmd/commit.c).
source [file join [file dirname [info script]] .. harness.tcl]
need git

set old [subnet_text 2 tug1:192.0.2.33::::bridge]
set new [subnet_text 2 tug1:192.0.2.33::::bridge lamp:192.0.2.34::::]

# An ipadmd whose committer dies, once, at a place; the marker of that.
proc dying {place args} {
    set marker [tmp marker$place-[incr ::harness::counter]]
    set d [ipadmd -files [list Subnet_2.sdb $::old] -env [list OPDESK_COMMIT_DIES "$place $marker"] {*}$args]
    write $marker ""
    return [list $d $marker]
}

proc died {marker} {
    if {[file exists $marker]} {
        skip test-build "nobody died: was ipadmd built with OPDESK_TEST_BUILD?"
    }
}

# File, history and pending agree.
proc consistent {d} {
    equal [$d git {show HEAD:Subnet_2.sdb}]\n [contents [$d subnet Subnet_2.sdb]]
    $d git {fsck --strict}
    check {![file exists [$d state]/pending]}
    equal [glob -nocomplain -directory [$d dir]/subnets .Subnet*] ""
}

proc ready_again {peer} {
    until 20000 {![catch {get $peer Subnet_2}] && ![catch {$peer call sdb.free file Subnet_2}]}
}

# 1 objects, 2 pending, 3 written, 4 exchanged, 5 synced, 6 moved, 7 done
foreach place {1 2 3 4 5 6 7} {
    test "killed at place $place: old or new, and the same id completes it" [format {
        lassign [dying %d] d marker
        set p [$d peer]
        set base [dict get [get $p Subnet_2] version]
        set id [uuid]
        set call [list $p call sdb.put id $id file Subnet_2 base $base text! [list bin $::new]]
        equal [fails $call] unavailable
        died $marker
        ready_again $p
        check {[contents [$d subnet Subnet_2.sdb]] in [list $::old $::new]}
        consistent $d
        # from step 2 on it is completed without being asked again
        if {%d >= 2} {
            equal [contents [$d subnet Subnet_2.sdb]] $::new
        }
        equal [dict get [{*}$call] version] [must git hash-object [$d subnet Subnet_2.sdb]]
        equal [contents [$d subnet Subnet_2.sdb]] $::new
        consistent $d
        equal [regexp -all {Change: [0-9a-f]+-} [$d git {log --format=%%B}]] 1 "one commit"
    } $place $place]

    test "all killed at place $place, the file edited by hand meanwhile: both are kept" [format {
        lassign [dying %d] d marker
        set p [$d peer]
        set base [dict get [get $p Subnet_2] version]
        $p begin sdb.put id [uuid] file Subnet_2 base $base text! [list bin $::new] message mine
        until 20000 {![file exists $marker]}
        $d crash
        set there [contents [$d subnet Subnet_2.sdb]]
        check {$there in [list $::old $::new]}
        write [$d subnet Subnet_2.sdb] [string map {bridge mole} $there]
        $d start
        set text [contents [$d subnet Subnet_2.sdb]]
        matches $text {tug1:192.0.2.33::::mole}
        if {%d >= 2} {
            matches $text {lamp:192.0.2.34} "the pending change is not lost"
            matches [$d git {log --format=%%s}] {mine}
        }
        consistent $d
    } $place $place]
}

test "an edit by hand in the moment of the exchange is put back and merged" {
    lassign [dying 4] d marker
    # Between the writing of the new version and the exchange: the committer is stopped there by its death,
    # so the displaced version is laid out by hand as the exchange would have left it.
    set p [$d peer]
    set base [dict get [get $p Subnet_2] version]
    $p begin sdb.put id [uuid] file Subnet_2 base $base text! [list bin $::new]
    until 20000 {![file exists $marker]}
    $d crash
    set displaced [file join [$d dir] subnets .Subnet_2.sdb.new]
    if {![file exists $displaced]} {
        # another committer was quicker than the crash, and has completed it
        consistent $d
        return
    }
    equal [contents $displaced] $::old
    write $displaced [string map {bridge mole} $::old]
    $d start
    equal [contents [$d subnet Subnet_2.sdb]] [string map {bridge mole} $::new]
    consistent $d
    matches [$d git {log --format=%B}] {Change: foreign}
}

test "a pending change that conflicts with an edit by hand is kept as a draft" {
    lassign [dying 2] d marker
    set p [$d peer]
    set base [dict get [get $p Subnet_2] version]
    $p begin sdb.put id [uuid] file Subnet_2 base $base text! [list bin [string map {bridge mine} $::old]]
    until 20000 {![file exists $marker]}
    $d crash
    if {![file exists [$d state]/pending]} {
        consistent $d
        return
    }
    write [$d subnet Subnet_2.sdb] [string map {bridge theirs} $::old]
    $d start
    equal [contents [$d subnet Subnet_2.sdb]] [string map {bridge theirs} $::old]
    consistent $d
    set draft [$d git {for-each-ref --format=%(refname) refs/drafts}]
    matches [$d git [list show $draft:Subnet_2.sdb]] {mine}
    matches [$d log] {kept as refs/drafts}
    set p [$d peer]
    set mine [lindex [dict get [$p call draft.list file Subnet_2] drafts] 0]
    equal [dict get $mine base] $base
    equal [dict get [$p call draft.get id [dict get $mine id]] text] [string map {bridge mine} $::old]
}

test "committer, reader, engine and worker killed at random: files and history stay right" {
    set d [ipadmd -files [list Subnet_2.sdb $::old]]
    set p [$d peer]
    set done 0
    for {set i 0} {$i < 12} {incr i} {
        set id [uuid]
        set part [lindex {committer reader engine committer} [expr {$i % 4}]]
        $p begin sdb.add id $id file Subnet_2 name host$i address 192.0.2.[expr {100 + $i}]
        $d kill $part
        until 20000 {![catch {$p call sdb.add id $id file Subnet_2 name host$i address 192.0.2.[expr {100 + $i}]}]}
    }
    set text [contents [$d subnet Subnet_2.sdb]]
    for {set i 0} {$i < 12} {incr i} {
        equal [regexp -all -line ^host$i: $text] 1 host$i
    }
    consistent $d
}

finish
