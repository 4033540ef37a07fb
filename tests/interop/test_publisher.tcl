# SPDX-License-Identifier: ISC
# Promise: what is committed through ipadmd is served by a real named for every node, forward and backward;
# serials rise with every change, deletions too; changes by hand are published as well; many commits are one
# publish.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] publisher.tcl]
need named dig git

# {name address} of every node, from the hosts file that is published beside the zones.
proc nodes {home} {
    set found {}
    foreach line [split [contents $home/published/current/dnsmasq/hosts] \n] {
        if {$line ne "" && ![string match "#*" $line]} {
            lappend found [list [lindex [split $line { }] 1] [lindex [split $line { }] 0]]
        }
    }
    return $found
}

proc serves_every_node {home count} {
    check {[llength [nodes $home]] == $count}
    foreach node [nodes $home] {
        lassign $node name address
        set type [expr {[string match *:* $address] ? "AAAA" : "A"}]
        check {$address in [answer $name $type]} "$name $address"
        set back [string trimright [lindex [answer [reverse $address] PTR] end] .]
        equal $back [string map {virtual-b virtual-a} $name] $address
    }
}

test "a commit is served for every node; a deletion raises the serial; what is untouched keeps it" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    equal [dict get [publish_now $p] state] unchanged
    serves_every_node $home 15
    set before [serial pilots.example.org]
    set kept [serial links.example.org]
    $p call sdb.add id [uuid] file Subnet_7 name beam address 192.0.2.40
    set done [publish_now $p]
    check {[dict get $done state] in {published unchanged}} $done
    equal [answer beam.pilots.example.org A] 192.0.2.40
    equal [lindex [answer 40.2.0.192.in-addr.arpa PTR] end] beam.pilots.example.org.
    set after [serial pilots.example.org]
    check {$after > $before}
    $p call sdb.remove id [uuid] file Subnet_7 node beam
    publish_now $p
    equal [answer beam.pilots.example.org A] {}
    check {[serial pilots.example.org] > $after}
    equal [serial links.example.org] $kept
    serves_every_node $home 15
    set status [$p call sdb.status]
    check {![dict exists $status since_at]} $status
    equal [dict get $status published commit] [$d git {rev-parse main}]
    equal [dict get $status generators] {bind kea dhcpd dnsmasq hosts}
}

test "an edit by hand is published" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    set text [contents [$d subnet Subnet_7.sdb]]
    write [$d subnet .new] [string map {lamp:192.0.2.34 mole:192.0.2.35} $text]
    file rename -force [$d subnet .new] [$d subnet Subnet_7.sdb]
    until 20000 {[answer mole.pilots.example.org A] eq "192.0.2.35"} {[$d log]}
    equal [answer lamp.pilots.example.org A] {}
}

test "many commits are one publish, and every session hears the steps" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more "delay = \"1m\""] d p
    publish_now $p
    write $home/reloads ""
    set before [serial pilots.example.org]
    $p forget
    for {set i 0} {$i < 10} {incr i} {
        $p call sdb.add id [uuid] file Subnet_8 name host$i address 198.51.100.[expr {100 + $i}]
    }
    equal [dict get [publish_now $p] state] published
    until 20000 {[answer host9.pilots.example.org A] eq "198.51.100.109"}
    equal [serial pilots.example.org] [expr {$before + 1}] "one serial for all"
    check {[regexp -all {reload bind} [contents $home/reloads]] == 1}
    set steps [lmap note [heard $p sdb.publishing] {dict get $note step}]
    equal $steps {generate check switch reload}
    set note [lindex [heard $p sdb.published] 0]
    equal [dict get $note state] published
    equal [dict get $note commit] [$d git {rev-parse main}]
    set commits [split [$d git {rev-list --max-count=64 main}] \n]
    check {[llength $commits] > 10}
    equal [dict get $note commits] $commits
    equal [dict get [lindex [heard $p sdb.publishing] 0] commits] $commits
}

test "who waits has what was committed before; nothing new is unchanged and reloads nothing" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    publish_now $p
    write $home/reloads ""
    equal [dict get [publish_now $p] state] unchanged
    equal [contents $home/reloads] ""
    # a change that no output shows
    set got [get $p Subnet_7]
    put $p Subnet_7 [dict get $got version] [dict get $got text]#\n
    equal [dict get [publish_now $p] state] unchanged
    equal [dict get [$p call sdb.status] published commit] [$d git {rev-parse main}]
}

finish
