# SPDX-License-Identifier: ISC
# Promise: several files are changed at once or not at all: one check of what comes out, one commit, which can
# be taken back as a whole.
source [file join [file dirname [info script]] .. harness.tcl]
need git

set node tug:%s:0200c0ffee01:::pier

proc two {} {
    return [list Subnet_2.sdb [subnet_text 2 [format $::node 192.0.2.9]] Subnet_3.sdb [subnet_text 3]]
}

proc both {d two three} {
    equal [contents [$d subnet Subnet_2.sdb]] $two
    equal [contents [$d subnet Subnet_3.sdb]] $three
    equal [$d git {show HEAD:Subnet_2.sdb}]\n $two
    equal [$d git {show HEAD:Subnet_3.sdb}]\n $three
}

test a_node_moves_from_one_subnet_to_another {
    set d [ipadmd -files [two]]
    set p [$d peer]
    set moved [subnet_text 3 [format $::node 192.0.3.9]]
    set v2 [version_of $p Subnet_2]
    set v3 [version_of $p Subnet_3]
    # the half alone fails: its Ethernet address would be there twice
    equal [fails {put $p Subnet_3 $v3 $moved}] bad_request
    set id [uuid]
    $p call sdb.subscribe
    set call [list commit $p [list [list Subnet_3 $v3 $moved] [list Subnet_2 $v2 [subnet_text 2]]] id $id message "to the mole"]
    set done [{*}$call]
    both $d [subnet_text 2] $moved
    equal [lmap f [dict get $done files] {dict get $f file}] {Subnet_3.sdb Subnet_2.sdb}
    equal [lmap n [dict get [lindex [dict get $done files] 0] nodes] {dict get $n address}] 192.0.3.9
    equal [$d git {log -1 --format=%H%n%s}] "[dict get $done commit]\nto the mole"
    # everybody is told of each file
    until 5000 {[llength [lsearch -all -index 0 [$p notes] sdb.changed]] == 2}
    equal [lsort -unique [lmap n [$p notes] {dict get [lindex $n 1] commit}]] [dict get $done commit]
    matches [contents [$d state]/audit.log] {"method":"sdb.commit","files":"Subnet_3.sdb Subnet_2.sdb","result":"ok"}
    # the same id again
    equal [dict get [{*}$call] commit] [dict get $done commit]
    equal [llength [split [$d git {log --format=%s}] \n]] 2
    # and back, all of it; first only to see what that would be
    set dry [$p call sdb.revert id [uuid] undo [dict get $done commit] dry! true]
    equal [lmap f [dict get $dry files] {dict get $f file}] {Subnet_2.sdb Subnet_3.sdb}
    equal [lmap f [dict get $dry files] {lmap c [dict get $f diff changes] {dict get $c what}}] {added removed}
    both $d [subnet_text 2] $moved
    equal [regexp -all {sdb.revert} [contents [$d state]/audit.log]] 0
    set back [$p call sdb.revert id [uuid] undo [dict get $done commit]]
    both $d {*}[dict values [two]]
    equal [llength [dict get $back files]] 2
}

test one_bad_half_changes_nothing {
    set d [ipadmd -files [two]]
    set p [$d peer]
    set v2 [version_of $p Subnet_2]
    set v3 [version_of $p Subnet_3]
    lassign [dict values [two]] old2 old3
    set good [subnet_text 3 lamp:192.0.3.4::::]
    equal [fails {commit $p [list [list Subnet_3 $v3 $good] [list Subnet_2 $v2 [subnet_text 2 x:192.0.9.9::::]]]}] bad_request
    equal [fails {commit $p [list [list Subnet_3 $v3 $good] [list Subnet_2 0123456789012345678901234567890123456789 $old2]]}] conflict
    equal [fails {commit $p [list [list Subnet_3 $v3 $good] [list Subnet_3 $v3 $good]]}] bad_request
    equal [fails {commit $p [list [list Subnet_3 $v3 $good] [list ../Subnet_2 $v2 $good]]}] bad_request
    equal [fails {commit $p {}}] bad_request
    set q [$d peer]
    $q call sdb.lock file Subnet_2
    equal [fails {commit $p [list [list Subnet_3 $v3 $good] [list Subnet_2 $v2 [subnet_text 2]]]}] locked
    $q call sdb.unlock file Subnet_2
    both $d $old2 $old3
    equal [llength [split [$d git {log --format=%s}] \n]] 1
    equal [glob -nocomplain -directory [$d dir]/subnets .S*] ""
    matches [contents [$d state]/audit.log] {"files":"Subnet_3.sdb Subnet_2.sdb","result":"bad_request"}
}

test what_moved_on_is_merged_file_by_file {
    set d [ipadmd -files [two]]
    set p [$d peer]
    set v2 [version_of $p Subnet_2]
    set v3 [version_of $p Subnet_3]
    $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.4
    set done [commit $p [list [list Subnet_2 $v2 [subnet_text 2]] [list Subnet_3 $v3 [subnet_text 3 [format $::node 192.0.3.9]]]]]
    both $d [subnet_text 2 lamp:192.0.2.4::::] [subnet_text 3 [format $::node 192.0.3.9]]
    equal [lmap f [dict get $done files] {dict get $f merged}] {1 0}
    # a set that asks for what is there already changes nothing
    set none [commit $p [list [list Subnet_2 [version_of $p Subnet_2] [contents [$d subnet Subnet_2.sdb]]]]]
    check {![dict exists $none commit]}
}

test files_come_and_go {
    set d [ipadmd -files [two]]
    set p [$d peer]
    $p call sdb.subscribe
    set v2 [version_of $p Subnet_2]
    equal [fails {commit $p [list {Subnet_2 0123456789012345678901234567890123456789}]}] conflict
    set done [commit $p [list [list Subnet_2 $v2] [list Subnet_4 "" [subnet_text 4 [format $::node 192.0.4.9]]]] message "renumbered"]
    check {![file exists [$d subnet Subnet_2.sdb]]}
    equal [$d git {ls-tree --name-only HEAD}] "Subnet_3.sdb\nSubnet_4.sdb"
    check {![dict exists [lindex [dict get $done files] 0] version]}
    until 5000 {[llength [lsearch -all -index 0 [$p notes] sdb.changed]] == 2}
    equal [lsort [lmap n [$p notes] {dict get [lindex $n 1] gone}]] {0 1}
    equal [fails {get $p Subnet_2}] not_found
    $p call sdb.revert id [uuid] undo [dict get $done commit]
    equal [contents [$d subnet Subnet_2.sdb]] [lindex [two] 1]
    check {![file exists [$d subnet Subnet_4.sdb]]}
    equal [glob -nocomplain -directory [$d dir]/subnets .S*] ""
    $d git {fsck --strict}
}

test many_files_at_once {
    set files {}
    for {set i 1} {$i <= 100} {incr i} {
        lappend files Subnet_$i.sdb [subnet_text $i a:192.0.$i.9::::]
    }
    set d [ipadmd -files $files]
    set p [$d peer]
    set changes {}
    foreach row [dict get [$p call sdb.list] files] {
        set i [regexp -inline {\d+} [dict get $row file]]
        lappend changes [list [dict get $row file] [dict get $row version] [subnet_text $i b:192.0.$i.9::::]]
    }
    equal [llength [dict get [commit $p $changes] files]] 100
    equal [contents [$d subnet Subnet_77.sdb]] [subnet_text 77 b:192.0.77.9::::]
    equal [llength [split [$d git {diff --name-only HEAD~1 HEAD}] \n]] 100
}

finish
