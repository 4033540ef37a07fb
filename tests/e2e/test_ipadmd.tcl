# SPDX-License-Identifier: ISC
# Promise: subnet files are listed, read, checked and searched from afar; a change is in the file and in a
# history that ordinary git reads, with who made it; two editors merge or conflict, and nothing is lost.
source [file join [file dirname [info script]] .. harness.tcl]
need git

set tug tug1:192.0.2.33:0200c0ffee01:ferry::bridge
set lamp lamp:192.0.2.34:0200c0ffee02:::no\ alias

test list_shows_title_network_counts_and_one_bad_file_does_not_end_it {
    set d [ipadmd -files [list \
        Subnet_10.sdb [subnet_text 10] Subnet_2.sdb [subnet_text 2 $::tug $::lamp] \
        Subnet_3.sdb [subnet_text 3 bad_name:192.0.4.1::::] notes.txt x Subnet_x.sdb y]]
    file link -symbolic [$d subnet Subnet_4.sdb] /etc/passwd
    file mkdir [$d subnet Subnet_5.sdb]
    set files [dict get [[$d peer] call sdb.list] files]
    equal [lmap f $files {dict get $f file}] \
        {Subnet_2.sdb Subnet_3.sdb Subnet_4.sdb Subnet_5.sdb Subnet_10.sdb}
    lassign $files two three four five
    equal [dict get $two title] "Subnet 2, Test"
    equal [dict get $two network] 192.0.2.0/24
    equal [dict get $two nodes] 2
    equal [list [dict get $two used] [dict get $two usable] [dict get $two free]] {3 254 251}
    equal [dict get $two errors] 0
    check {[dict get $three errors] >= 2}
    matches [dict get $four error] {symbolic link}
    matches [dict get $five error] {not a regular}
}

test names_that_are_none_are_refused {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]]]
    set p [$d peer]
    foreach name {../x ../Subnet_2.sdb /etc/passwd Subnet_02.sdb Subnet_2.sdb/ ./Subnet_2.sdb {} Subnet_2.sdb-lock
        Subnet_2AB.sdb SUBNET_2.sdb} {
        foreach {method args} [list sdb.get {} sdb.lock {} sdb.log {} sdb.blame {} sdb.diff {} sdb.free {} \
            sdb.unlock {} sdb.check {} sdb.remove [list id [uuid] node x] \
            sdb.put [list id [uuid] base "" text! [list bin x]]] {
            equal [fails {$p call $method file $name {*}$args}] bad_request "$method $name"
        }
    }
    equal [fails {get $p Subnet_9}] not_found
    equal [dict get [get $p Subnet_2] file] Subnet_2.sdb
    equal [lsort [glob -tails -directory [$d dir]/subnets *]] Subnet_2.sdb
}

test put_is_in_the_file_and_in_the_history {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug]]]
    set p [$d peer]
    set got [get $p Subnet_2.sdb]
    equal [dict get $got text] [subnet_text 2 $::tug]
    equal [dict get $got version] [must git hash-object [$d subnet Subnet_2.sdb]]
    set text [subnet_text 2 $::tug $::lamp]
    set id [uuid]
    set done [put $p Subnet_2.sdb [dict get $got version] $text message "lamp for the pier"]
    equal [contents [$d subnet Subnet_2.sdb]] $text
    equal [dict get $done merged] 0
    equal [lmap n [dict get $done nodes] {dict get $n name}] lamp
    equal [dict get [lindex [dict get $done nodes] 0] line] 8
    equal [$d git {log -1 --format=%an%n%ae%n%s%n%H}] \
        "$::tcl_platform(user)\n$::tcl_platform(user)@local\nlamp for the pier\n[dict get $done commit]"
    equal [$d git {show HEAD:Subnet_2.sdb}]\n $text
    $d git {fsck --strict}
    # the file that was there before is in the history as found
    equal [llength [split [$d git {log --format=%s}] \n]] 2
    equal [glob -nocomplain -directory [$d dir]/subnets .*.new .*.part] ""
    check {![file exists [$d state]/pending]}
    matches [contents [$d state]/audit.log] "\"method\":\"sdb.put\",\"file\":\"Subnet_2.sdb\",\"result\":\"ok\""
}

test the_same_id_twice_is_one_change {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug]]]
    set p [$d peer]
    set id [uuid]
    set one [$p call sdb.allocate id $id file Subnet_2 name buoy]
    set two [$p call sdb.allocate id $id file Subnet_2 name buoy]
    equal [dict get $one commit] [dict get $two commit]
    equal [dict get $one nodes] [dict get $two nodes]
    $d crash
    $d start
    set p [$d peer]
    equal [dict get [$p call sdb.allocate id $id file Subnet_2 name buoy] nodes] [dict get $one nodes]
    equal [regexp -all -line ^buoy [contents [$d subnet Subnet_2.sdb]]] 1
}

test two_editors_merge_by_node_or_conflict {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug $::lamp]]]
    set p [$d peer]
    set base [dict get [get $p Subnet_2] version]
    put $p Subnet_2 $base [subnet_text 2 [string map {bridge harbour} $::tug] $::lamp]
    set done [put $p Subnet_2 $base [subnet_text 2 $::tug [string map {alias beacon} $::lamp]]]
    equal [dict get $done merged] 1
    equal [contents [$d subnet Subnet_2.sdb]] \
        [subnet_text 2 [string map {bridge harbour} $::tug] [string map {alias beacon} $::lamp]]
    set before [contents [$d subnet Subnet_2.sdb]]
    set code [catch {put $p Subnet_2 $base [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]} message options]
    equal $code 1
    lassign [dict get $options -errorcode] - name data
    equal $name conflict
    set conflict [lindex [dict get $data conflicts] 0]
    equal [dict get $conflict kind] line
    matches [dict get $conflict base] bridge
    matches [dict get $conflict mine] mole
    matches [dict get $conflict theirs] harbour
    equal [contents [$d subnet Subnet_2.sdb]] $before
    equal [fails {put $p Subnet_2 0123456789012345678901234567890123456789 $before}] conflict
    equal [fails {put $p Subnet_2 "" [subnet_text 2]}] conflict "there already"
}

test a_new_error_is_refused_and_an_old_one_does_not_keep_anybody_from_mending {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug other:192.0.9.1:::: far:192.0.9.2::::] \
        Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    set code [catch {$p call sdb.add id [uuid] file Subnet_3 name x address 192.0.3.9 ethernet 0200c0ffee01} message options]
    equal $code 1
    lassign [dict get $options -errorcode] - name data
    equal $name bad_request
    equal [dict get [lindex [dict get $data findings] 0] code] mac_twice
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3]
    # one of two errors mended
    $p call sdb.change id [uuid] file Subnet_2 node far address 192.0.2.9
    equal [dict get [$p call sdb.check file Subnet_2] errors] 1
    set found [$p call sdb.check file Subnet_3 text! [list bin [subnet_text 3 a:192.0.3.300::::]]]
    equal [dict get [lindex [dict get $found findings] 0] code] address_bad
    equal [fails {$p call sdb.add id [uuid] file Subnet_3 name a:b address 192.0.3.9}] bad_request
    equal [fails {$p call sdb.add id [uuid] file Subnet_3 name a address 192.0.3.9 comment "a\nb"}] bad_request
}

test nodes_are_added_changed_removed_found {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug] Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_3 name buoy address 192.0.3.7 comment "Green light"
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 {buoy:192.0.3.7::::Green light}]
    $p call sdb.change id [uuid] file Subnet_3 node 192.0.3.7 ethernet 020000000001
    $p call sdb.change id [uuid] file Subnet_3 node BUOY comment ""
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 {buoy:192.0.3.7:020000000001:::}]
    set found [$p call sdb.search text BRIDGE]
    equal [lmap n [dict get $found nodes] {list [dict get $n file] [dict get $n line] [dict get $n name]}] \
        {{Subnet_2.sdb 7 tug1}}
    $p call sdb.remove id [uuid] file Subnet_3 node buoy
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3]
    equal [fails {$p call sdb.remove id [uuid] file Subnet_3 node buoy}] not_found
    # a new file
    put $p Subnet_4 "" [subnet_text 4]
    equal [contents [$d subnet Subnet_4.sdb]] [subnet_text 4]
}

test addresses_are_given_once {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 a:192.0.2.2:::: b:192.0.2.4::::]]]
    set p [$d peer]
    equal [dict get [$p call sdb.free file Subnet_2 limit 3] addresses] {192.0.2.3 192.0.2.5 192.0.2.6}
    set offer [$p call sdb.offer file Subnet_2 ethernet 02:00:00:00:00:09]
    equal [dict get $offer address] 192.0.2.3
    equal [dict get [$p call sdb.offer file Subnet_2 ethernet 020000000009] address] 192.0.2.3
    equal [dict get [$p call sdb.free file Subnet_2 limit 1] addresses] 192.0.2.5
    set row [$p call sdb.allocate id [uuid] file Subnet_2 name row count! {int 3}]
    equal [lmap n [dict get $row nodes] {list [dict get $n name] [dict get $n address]}] \
        {{row-1 192.0.2.5} {row-2 192.0.2.6} {row-3 192.0.2.7}}
    set one [$p call sdb.allocate id [uuid] file Subnet_2 name mine ethernet 020000000009]
    equal [dict get [lindex [dict get $one nodes] 0] address] 192.0.2.3
    # many at once
    set peers {}
    set calls {}
    for {set i 0} {$i < 10} {incr i} {
        lappend peers [set q [$d peer]]
        for {set n 0} {$n < 5} {incr n} {
            lappend calls $q [$q begin sdb.allocate id [uuid] file Subnet_2 name host$i-$n]
        }
    }
    set given {}
    foreach {q id} $calls {
        lappend given [dict get [lindex [dict get [$q end $id 60000] nodes] 0] address]
    }
    equal [llength [lsort -unique $given]] 50
    equal [dict get [$p call sdb.check] errors] 0
}

test an_edit_by_hand_is_noticed_and_kept {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug]]]
    set p [$d peer]
    $p call sdb.subscribe
    set base [dict get [get $p Subnet_2] version]
    # as vi does: another file renamed over it
    write [$d dir]/new [subnet_text 2 $::tug $::lamp]
    file rename -force [$d dir]/new [$d subnet Subnet_2.sdb]
    until 10000 {[lsearch -index 0 [$p notes] sdb.changed] >= 0}
    set note [lindex [lsearch -inline -index 0 [$p notes] sdb.changed] 1]
    equal [list [dict get $note file] [dict get $note foreign] [dict get $note gone]] {Subnet_2.sdb 1 0}
    matches [$d git {log -1 --format=%B}] {by other means.*Change: foreign}
    # a put from before it merges
    set done [put $p Subnet_2 $base [subnet_text 2 [string map {bridge mole} $::tug]]]
    equal [dict get $done merged] 1
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]
    $p forget
    file delete [$d subnet Subnet_2.sdb]
    until 10000 {[lsearch -index 0 [$p notes] sdb.changed] >= 0}
    equal [dict get [lindex [lsearch -inline -index 0 [$p notes] sdb.changed] 1] gone] 1
    equal [$d git {ls-tree --name-only HEAD}] ""
    # while the daemon is away
    $d stop
    write [$d subnet Subnet_2.sdb] [subnet_text 2 $::lamp]
    $d start
    equal [$d git {show HEAD:Subnet_2.sdb}]\n [subnet_text 2 $::lamp]
}

# In place, of the same size, its time set back, in the moment in which it was read: what the hand wrote stands
# against the very next change of another file, and in the very next answer.
test an_edit_that_neither_time_nor_size_shows_is_noticed {
    set other [string map {192.0.2.33 192.0.1.99} $::tug]
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1] Subnet_2.sdb [subnet_text 2 $::tug]]]
    set p [$d peer]
    set path [$d subnet Subnet_2.sdb]
    foreach node [list $other $::tug $other $::tug $other $::tug] {
        get $p Subnet_2
        must touch -r $path [$d dir]/time
        set f [open $path r+]
        puts -nonewline $f [subnet_text 2 $node]
        close $f
        must touch -r [$d dir]/time $path
        if {$node eq $other} {
            equal [fails {$p call sdb.add id [uuid] file Subnet_1 name y address 192.0.1.99}] bad_request
        } else {
            $p call sdb.add id [uuid] file Subnet_1 name y address 192.0.1.99
            $p call sdb.remove id [uuid] file Subnet_1 node y
        }
        equal [dict get [get $p Subnet_2] text] [subnet_text 2 $node]
    }
    equal [dict get [$p call sdb.check] errors] 0
}

test history_is_shown_compared_blamed_and_reverted {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug] Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    set added [dict get [$p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34 message "for the pier"] commit]
    $p call sdb.change id [uuid] file Subnet_2 node tug1 comment mole message "moved"
    $p call sdb.add id [uuid] file Subnet_3 name x address 192.0.3.3
    set log [$p call sdb.log file Subnet_2]
    equal [lmap c [dict get $log commits] {dict get $c message}] \
        {moved {for the pier} {2 files edited by other means}}
    equal [lmap c [dict get [$p call sdb.log file Subnet_2 node lamp] commits] {dict get $c message}] {{for the pier}}
    set page [$p call sdb.log limit 1]
    equal [dict get $page more] 1
    equal [dict get [lindex [dict get $page commits] 0] files] Subnet_3.sdb
    set next [$p call sdb.log limit 1 before [dict get [lindex [dict get $page commits] 0] commit]]
    equal [dict get [lindex [dict get $next commits] 0] message] moved
    set shown [$p call sdb.show file Subnet_2 commit [string range $added 0 9]]
    equal [dict get $shown text] [subnet_text 2 $::tug lamp:192.0.2.34::::]
    equal [dict get [$p call sdb.diff file Subnet_2] changes] \
        [list [list what changed old $::tug new [string map {bridge mole} $::tug]]]
    equal [lmap c [dict get [$p call sdb.diff file Subnet_2 to $added] changes] {dict get $c what}] added
    set blame [dict get [$p call sdb.blame file Subnet_2] nodes]
    equal [lmap n $blame {list [dict get $n name] [dict get $n message]}] {{tug1 moved} {lamp {for the pier}}}
    equal [dict get [lindex [dict get [$p call sdb.blame file Subnet_2 node 192.0.2.34] nodes] 0] commit] $added
    equal [fails {$p call sdb.blame file Subnet_2 node nobody}] not_found
    # what came later stays
    $p call sdb.revert id [uuid] file Subnet_2 undo $added
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug]]
    $p call sdb.revert id [uuid] file Subnet_2 to $added message "as it was"
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug lamp:192.0.2.34::::]
    equal [fails {$p call sdb.revert id [uuid] file Subnet_2}] bad_request
    equal [fails {$p call sdb.show file Subnet_2 commit 0123456789}] not_found
    equal [fails {$p call sdb.publish}] unavailable
}

finish
