# SPDX-License-Identifier: ISC
# Promise: a call that only looks and is cancelled is answered at once, even by a reader that stands
# still, and the reader stops looking: the next one has its answer soon.  A change is not made unless
# its writing has begun; checkers of cancelled calls are killed; megabytes in flight hold nothing up.
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

test a_change_that_waits_is_not_made {
    lassign [old_subnet] d p
    set change [list sdb.add id [uuid] file Subnet_2 name last address 192.0.2.200]
    $d kill committer STOP
    set id [$p begin {*}$change]
    $p notify {$/cancel} msgid $id
    $p call sdb.list
    $d kill committer CONT
    equal [fails {$p end $id}] cancelled
    check {![string match *\nlast:* [contents [$d subnet Subnet_2.sdb]]]}
    # asked again it is another matter
    check {[dict exists [$p call {*}$change] commit]}
    set id [$p begin {*}$change]
    $p notify {$/cancel} msgid $id
    catch {$p end $id}
    matches [contents [$d subnet Subnet_2.sdb]] {(?n)^last\M}
}

# An aliases table whose checker stands still; its pid is in the file `checking`.
proc slow_checker {} {
    set home [tmp slow[incr ::harness::counter]]
    file mkdir $home
    write $home/checker "#!/bin/sh\ntest -e $home/slow || exit 0\necho \$\$ >$home/checking\nsleep 600\n"
    file attributes $home/checker -permissions 0755
    write $home/aliases "root: joe\n"
    set d [ipadmd -conf "file \"aliases\" {\n path = \"$home/aliases\"\n type = \"text\"\n
        checker = {\"$home/checker\", \"%f\"}\n checker_time = \"60s\"\n}"]
    write $home/slow ""
    return [list $d [$d peer] $home]
}
proc cancelled_while_checked {p home args} {
    set id [$p begin {*}$args]
    until 15000 {[file exists $home/checking] && [contents $home/checking] ne ""} "the checker runs"
    set pid [string trim [contents $home/checking]]
    file delete $home/checking
    $p notify {$/cancel} msgid $id
    equal [fails {$p end $id 5000}] cancelled
    until 5000 {![file exists /proc/$pid]} "the checker is killed"
}

test the_checker_of_a_cancelled_call_is_killed {
    lassign [slow_checker] d p home
    cancelled_while_checked $p $home sdb.check file aliases
    set text "root: lena\n"
    set change [list sdb.put id [uuid] file aliases base [version_of $p aliases] text! [list bin $text]]
    cancelled_while_checked $p $home {*}$change
    equal [contents $home/aliases] "root: joe\n"
    file delete $home/slow
    $p call {*}$change
    equal [contents $home/aliases] $text
}

# Outputs of many hosts.
proc large_publisher {} {
    set text "Title = big\nDomain = big.example.org\nBase_IP = 10.2.0.0\nSubnet_Mask = 255.255.0.0\n__NODES__\n"
    for {set i 0} {$i < 6000} {incr i} {
        append text [format "h%d:10.2.%d.%d:0200c0ff%04x:::\n" $i [expr {$i / 250}] [expr {$i % 250 + 1}] $i]
    }
    set home [tmp published[incr ::harness::counter]]
    set d [ipadmd -files [list Subnet_2.sdb $text] -conf "publish {\n directory = \"$home\"
        generators = {\"hosts\", \"kea\", \"dnsmasq\", \"dhcpd\"}\n command_limit = \"100s\"
        checkers = {\"kea4:\", \"dnsmasq:\", \"dhcpd:\"}\n}"]
    return [list $d [$d peer]]
}

test a_cancelled_preview_ends {
    lassign [large_publisher] d p
    set began [clock milliseconds]
    for {set i 0} {$i < 4} {incr i} {
        $p call sdb.preview
    }
    set whole_ms [expr {[clock milliseconds] - $began}]
    set calls {}
    for {set i 0} {$i < 4} {incr i} {
        lappend calls [$p begin sdb.preview]
    }
    set began [clock milliseconds]
    cancel $p $calls
    $p call sdb.list
    set left_ms [expr {[clock milliseconds] - $began}]
    check {$left_ms < $whole_ms / 2} "$left_ms ms of $whole_ms"
}

test who_gives_up_a_publication_waits_no_longer {
    lassign [large_publisher] d p
    until 20000 {![catch {$d part publisher} pids] && [llength $pids]} "a publisher"
    $d kill publisher STOP
    set id [$p begin sdb.publish wait 1]
    $p call sdb.status
    $p notify {$/cancel} msgid $id
    equal [fails {$p end $id 5000}] cancelled
    $d kill publisher CONT
    $p call sdb.publish wait 1
}

finish
