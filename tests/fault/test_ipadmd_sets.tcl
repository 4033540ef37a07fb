# SPDX-License-Identifier: ISC
# Promise: whatever kills the committer between any two steps of a change of several files, all of them are old
# or all are new, in the directory and in the history; an edit by hand in the meantime is kept, too.
# Needs a build with OPDESK_TEST_BUILD (daemon/ipadmd/commit.c).
source [file join [file dirname [info script]] .. harness.tcl]
need git

# Subnet_2 changes, Subnet_3 is new, Subnet_4 goes, Subnet_5 changes.
set before [list Subnet_2.sdb [subnet_text 2 tug:192.0.2.9::::bridge] Subnet_4.sdb [subnet_text 4] \
    Subnet_5.sdb [subnet_text 5]]
set after [list Subnet_2.sdb [subnet_text 2 tug:192.0.2.9::::bridge lamp:192.0.2.10::::] \
    Subnet_3.sdb [subnet_text 3 a:192.0.3.9::::] Subnet_5.sdb [subnet_text 5 b:192.0.5.9::::]]

proc dying {place} {
    set marker [tmp marker[incr ::harness::counter]]
    set d [ipadmd -files $::before -env [list OPDESK_COMMIT_DIES "$place $marker"]]
    write $marker ""
    return [list $d $marker]
}

proc there {d} {
    set files {}
    foreach path [lsort [glob -nocomplain -directory [$d dir]/subnets *]] {
        lappend files [file tail $path] [contents $path]
    }
    return $files
}

proc in_history {d} {
    set files {}
    foreach name [$d git {ls-tree --name-only HEAD}] {
        lappend files $name [$d git [list show HEAD:$name]]\n
    }
    return $files
}

proc consistent {d} {
    $d git {fsck --strict}
    equal [in_history $d] [there $d]
    check {![file exists [$d state]/pending]}
    equal [glob -nocomplain -directory [$d dir]/subnets .S*] ""
}

proc changes {p} {
    set texts $::after
    return [list [list Subnet_2 [version_of $p Subnet_2] [dict get $texts Subnet_2.sdb]] \
        [list Subnet_3 "" [dict get $texts Subnet_3.sdb]] [list Subnet_4 [version_of $p Subnet_4]] \
        [list Subnet_5 [version_of $p Subnet_5] [dict get $texts Subnet_5.sdb]]]
}

# 4.N: N of the four files are exchanged
foreach place {1 2 3 4.1 4.2 4.3 4.4 5 6 7} {
    test "killed at place $place: all old or all new, and the same id completes it" [format {
        lassign [dying %1$s] d marker
        set p [$d peer]
        set call [list commit $p [changes $p] id [uuid] message mine]
        equal [fails $call] unavailable
        if {[file exists $marker]} {
            skip test-build "nobody died: was ipadmd built with OPDESK_TEST_BUILD?"
        }
        until 20000 {![catch {$p call sdb.free file Subnet_2}]}
        equal [there $d] [expr {%1$s < 2 ? $::before : $::after}]
        consistent $d
        equal [llength [dict get [{*}$call] files]] 4
        equal [there $d] $::after
        consistent $d
        equal [regexp -all {Change: [0-9a-f]+-} [$d git {log --format=%%B}]] 1
    } $place]

    test "all killed at place $place, one file edited by hand meanwhile: it is kept, and the change, too" [format {
        lassign [dying %1$s] d marker
        set p [$d peer]
        $p begin sdb.commit id [uuid] message mine changes! [list arr [lmap c [changes $p] {one_change {*}$c}]]
        until 20000 {![file exists $marker]}
        $d crash
        set path [$d subnet Subnet_2.sdb]
        write $path [string map {bridge mole} [contents $path]]
        $d start
        set want [expr {%1$s < 2 ? $::before : $::after}]
        dict set want Subnet_2.sdb [string map {bridge mole} [dict get $want Subnet_2.sdb]]
        equal [there $d] $want
        consistent $d
    } $place]
}

test "an edit by hand that conflicts with one half of a pending set: all of it is a draft, nothing half done" {
    foreach place {2 3 4.1} {
        lassign [dying $place] d marker
        set p [$d peer]
        set changes [changes $p]
        $p begin sdb.commit id [uuid] message mine changes! [list arr [lmap c $changes {one_change {*}$c}]]
        until 20000 {![file exists $marker]}
        $d crash
        if {![file exists [$d state]/pending]} {
            # another committer was quicker than the crash
            consistent $d
            continue
        }
        write [$d subnet Subnet_5.sdb] [subnet_text 5 c:192.0.5.9::::]
        $d start
        set want $::before
        dict set want Subnet_5.sdb [subnet_text 5 c:192.0.5.9::::]
        equal [there $d] $want
        consistent $d
        set draft [$d git {for-each-ref --format=%(refname) refs/drafts}]
        matches [$d git [list show $draft:Subnet_2.sdb]] {lamp}
    }
}

finish
