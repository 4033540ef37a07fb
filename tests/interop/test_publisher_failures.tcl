# SPDX-License-Identifier: ISC
# Promise: when a checker, a reload command or a probe says no, servers are given what they had before, every
# session is told why, the commit stays, and mending the cause publishes it.  The brake holds until confirmed.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] publisher.tcl]
need named dig git

proc program {path text} {
    write $path "#!/bin/sh\n$text\n"
    file attributes $path -permissions 0755
    return $path
}

proc add_beam {p} {
    $p call sdb.add id [uuid] file Subnet_7 name beam address 192.0.2.40
}

# Nothing of the commit is served; all sessions know.
proc unpublished {d p done state step} {
    equal [dict get $done state] $state $done
    if {$step ne ""} {
        equal [dict get $done step] $step $done
    }
    equal [answer beam.pilots.example.org A] {}
    equal [answer tug1.pilots.example.org A] 192.0.2.33
    set status [$p call sdb.status]
    check {[dict exists $status since_at]} $status
    equal [dict get $status last state] $state
    check {[dict get $status published commit] ne [$d git {rev-parse main}]}
    equal [dict get [lindex [heard $p sdb.published] end] reason] [dict get $done reason]
    matches [$d git {log -1 --format=%s}] {node added}
}

proc published {d p} {
    set done [publish_now $p]
    check {[dict get $done state] in {published unchanged}} $done
    until 10000 {[answer beam.pilots.example.org A] eq "192.0.2.40"}
    check {![dict exists [$p call sdb.status] since_at]}
}

test "a checker that refuses" {
    set home [publishing_home]
    set checker [program $home/checker "test -e $home/refuse || exec named-checkzone \"\$@\"
echo \"\$1: I do not like this\"; exit 1"]
    lassign [publisher_and_named $home -more "[with_probe] checkers = {\"zone: $checker\"}"] d p
    write $home/refuse ""
    add_beam $p
    set done [publish_now $p]
    unpublished $d $p $done failed check
    matches [dict get [lindex [dict get $done output] end] text] {I do not like this}
    file delete $home/refuse
    published $d $p
}

test "a checker that hangs is ended" {
    set home [publishing_home]
    set checker [program $home/checker "test -e $home/hang || exit 0\nexec sleep 600"]
    lassign [publisher_and_named $home -more "command_limit = \"1s\" checkers = {\"$checker\"}"] d p
    publish_now $p
    write $home/hang ""
    add_beam $p
    set done [publish_now $p]
    unpublished $d $p $done failed check
    matches [dict get [lindex [dict get $done output] end] text] {killed: not done after 1000 ms}
}

test "a reload command that fails: back to the outputs of before" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    publish_now $p
    set before [file readlink $home/published/current]
    set serial [serial pilots.example.org]
    write $home/reload-fails ""
    add_beam $p
    set done [publish_now $p]
    unpublished $d $p $done failed reload
    matches [dict get $done reason] {exit status 3; what was published before is in its place again, but not served}
    equal [file readlink $home/published/current] $before
    matches [dict get [lindex [dict get $done output] 0] text] {no such luck}
    file delete $home/reload-fails
    published $d $p
    # what servers may have seen is not used again
    check {[serial pilots.example.org] > $serial + 1}
}

test "a reload command that hangs is ended, with what it started" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more "command_limit = \"1s\""] d p
    publish_now $p
    write $home/reload-hangs ""
    add_beam $p
    set done [publish_now $p]
    unpublished $d $p $done failed reload
    file delete $home/reload-hangs
    published $d $p
}

test "a server that still has the old serial: back, and told" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more "probe = {\"127.0.0.1:$::port\"} probe_limit = \"1500ms\""] d p
    publish_now $p
    $p forget
    write $home/reload-forgets ""
    add_beam $p
    set done [publish_now $p]
    unpublished $d $p $done failed probe
    matches [dict get $done reason] {serves \S+ with serial \d+, not \d+; what was published before is served again}
    equal [lmap note [heard $p sdb.publishing] {dict get $note step}] \
        {generate check switch reload probe switch reload probe}
    file delete $home/reload-forgets
    published $d $p
}

test "a failure is tried again by itself" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more "[with_probe] retry = \"300ms\""] d p
    publish_now $p
    write $home/reload-fails ""
    add_beam $p
    until 20000 {[llength [lsearch -all [heard $p sdb.published] *failed*]] >= 2}
    file delete $home/reload-fails
    until 20000 {[answer beam.pilots.example.org A] eq "192.0.2.40"}
}

test "the brake holds until it is confirmed, and only for what was looked at" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    publish_now $p
    set got [get $p Subnet_8]
    put $p Subnet_8 [dict get $got version] \
        [regsub {(__NODES__\n).*} [dict get $got text] "\\1ns1:198.51.100.53::::\n"]
    set done [publish_now $p]
    equal [dict get $done state] braked
    check {[dict get $done brake before] > [dict get $done brake after]}
    equal [answer shore.pilots.example.org A] 198.51.100.7
    set preview [$p call sdb.preview]
    equal [dict get $preview brake] [dict get $done brake]
    # somebody commits something else meanwhile
    $p call sdb.add id [uuid] file Subnet_7 name late address 192.0.2.41
    equal [dict get [publish_now $p confirm! true commit [dict get $done commit]] state] braked
    equal [dict get [publish_now $p confirm! true commit [$d git {rev-parse main}]] state] published
    equal [answer shore.pilots.example.org A] {}
    equal [answer late.pilots.example.org A] 192.0.2.41
    matches [contents [$d state]/audit.log] {"method":"sdb.publish","result":"ok"}
}

test "files with errors: that part is left out; strict publishes nothing" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    publish_now $p
    # by hand, as ipadmd would refuse it
    write [$d subnet .new] "[contents [$d subnet Subnet_7.sdb]]twin:192.0.2.33::::\ngood:192.0.2.50::::\n"
    file rename -force [$d subnet .new] [$d subnet Subnet_7.sdb]
    until 20000 {[answer good.pilots.example.org A] eq "192.0.2.50"}
    equal [answer twin.pilots.example.org A] {}
    check {[dict get [$p call sdb.status] last errors] > 0}
    $d destroy

    set home [publishing_home]
    set files [dict merge [example_files] [list Subnet_7.sdb \
        "[contents [file join $::data Subnet_7.sdb]]twin:192.0.2.33::::\n"]]
    set d [publisher $home -files $files -more "strict = yes"]
    set p [$d peer]
    set done [publish_now $p]
    equal [dict get $done state] refused
    check {![file exists $home/published/current]}
}

test "a lost record does not let serials fall; zones served before by others neither" {
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    for {set i 0} {$i < 3} {incr i} {
        $p call sdb.add id [uuid] file Subnet_7 name n$i address 192.0.2.4$i
        publish_now $p
    }
    set serial [serial pilots.example.org]
    check {$serial >= 4}
    write $home/published/current/record "rubbish"
    publish_now $p
    check {[serial pilots.example.org] > $serial}
    set serial [serial pilots.example.org]
    # all is lost: the server is asked
    $d kill publisher STOP
    file delete -force {*}[glob $home/published/*]
    $d kill publisher KILL
    set done [publish_now $p]
    equal [dict get $done state] published
    check {[serial pilots.example.org] > $serial}
}

finish
