# SPDX-License-Identifier: ISC
# Promise: whatever kills the publisher, at any step, what servers read is whole, the old outputs or the new ones, and
# the next publisher completes or repeats; a full disk is said and harmless.
# Needs a build with OPDESK_TEST_BUILD (daemon/ipadmd/publication.h numbers the places).
source [file join [file dirname [info script]] .. harness.tcl]
need git

proc settings {home {more ""}} {
    return "publish {
        generators = {\"bind\", \"hosts\"} directory = \"$home/published\" name_servers = {\"ns1.s2.example.org\"}
        delay = \"20ms\" serial = \"count\" reload = {\"$home/reload\"} $more
    }"
}

proc home {} {
    set home [tmp home[incr ::harness::counter]]
    file mkdir $home
    write $home/reload "#!/bin/sh\ntest ! -e $home/fail\n"
    file attributes $home/reload -permissions 0755
    return $home
}

set files [list Subnet_2.sdb [subnet_text 2 ns1:192.0.2.53:::: tug1:192.0.2.33::::]]

# The set that servers read: every file of its record is there, and it is of one commit.
proc whole {home} {
    set record [contents $home/published/current/record]
    matches $record {(?n)^end \d+$}
    foreach {- path} [regexp -all -inline -line {^file \S+ \d+ \d+ (.*)$} $record] {
        check {[file size $home/published/current/$path] > 0} $path
    }
    return [string match *lamp* [contents $home/published/current/bind/zones/s2.example.org]]
}

# Publish, and look at every moment until that is done.
proc publish_and_look {p home} {
    set id [$p begin sdb.publish]
    until 20000 {[whole $home] in {0 1} && [$p has $id]}
    return [$p end $id]
}

# 1 staged … 8 trusted; 9 burnt and 10 back need a failure
foreach place {1 2 3 4 5 6 8} {
    test "killed at place $place: old or new, and the next one completes it" [format {
        set home [home]
        set marker $home/marker
        set d [ipadmd -files $::files -conf [settings $home] -env [list OPDESK_PUBLISH_DIES "%d $marker"]]
        set p [$d peer]
        $p call sdb.publish
        check {![whole $home]}
        write $marker ""
        $p call sdb.subscribe
        $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34
        until 20000 {![file exists $marker]}
        equal [dict get [publish_and_look $p $home] commit] [$d git {rev-parse main}]
        check {[whole $home]}
        check {![file exists $home/published/unproven]}
        check {![dict exists [$p call sdb.status] since_at]}
        matches [$d log] {publisher: ended by signal 9}
    } $place]
}

foreach place {9 10} {
    test "killed while it goes back, at place $place" [format {
        set home [home]
        set marker $home/marker
        set d [ipadmd -files $::files -conf [settings $home] -env [list OPDESK_PUBLISH_DIES "%d $marker"]]
        set p [$d peer]
        $p call sdb.publish
        write $home/fail ""
        write $marker ""
        $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34
        until 20000 {![file exists $marker]}
        equal [dict get [publish_and_look $p $home] state] failed
        check {![whole $home]}
        file delete $home/fail
        equal [dict get [$p call sdb.publish] state] published
        check {[whole $home]}
        check {![file exists $home/published/unproven]}
    } $place]
}

test "all of the daemon killed after the switch: the next start proves it" {
    set home [home]
    set marker $home/marker
    set d [ipadmd -files $::files -conf [settings $home] -env [list OPDESK_PUBLISH_DIES "5 $marker"]]
    set p [$d peer]
    $p call sdb.publish
    $p close
    write $home/fail ""
    write $marker ""
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34
    until 20000 {![file exists $marker]}
    $d crash
    whole $home
    $d start
    # servers do not take it: back, and said
    set p [$d peer]
    until 20000 {![catch {dict get [$p call sdb.status] last state} state] && $state eq "failed"}
    check {![whole $home]}
    check {[dict exists [$p call sdb.status] since_at]}
    file delete $home/fail
    equal [dict get [$p call sdb.publish] state] published
    check {[whole $home]}
}

test "killed at random, again and again" {
    set home [home]
    set d [ipadmd -files $::files -conf [settings $home]]
    set p [$d peer]
    $p call sdb.publish
    for {set i 0} {$i < 10} {incr i} {
        $p call sdb.add id [uuid] file Subnet_2 name n$i address 192.0.2.[expr {100 + $i}]
        $d kill [lindex {publisher engine publisher} [expr {$i % 3}]]
        until 20000 {![catch {$p call sdb.status}]}
        whole $home
    }
    until 20000 {[string match *n9* [contents $home/published/current/bind/zones/s2.example.org]]}
    whole $home
    check {[llength [glob $home/published/set-*]] <= 3}
}

test "the published directory cannot be made: said, and editing goes on" {
    set home [home]
    write $home/published "a file"
    set d [ipadmd -files $::files -conf [settings $home]]
    set p [$d peer]
    until 20000 {[dict exists [$p call sdb.status] last]}
    matches [dict get [$p call sdb.status] last reason] {published: Not a directory}
    equal [fails {$p call sdb.publish}] unavailable
    $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34
    file delete $home/published
    until 20000 {[file exists $home/published/current]}
    check {[whole $home]}
}

finish
