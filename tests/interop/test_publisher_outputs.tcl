# SPDX-License-Identifier: ISC
# Promise: Kea, dhcpd and dnsmasq accept what is published; a filter takes the place of a generator or changes
# what was made, and serials follow; a preview says beforehand what publishing then does.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] publisher.tcl]
need named-checkzone named-checkconf kea-dhcp4 kea-dhcp6 dhcpd dnsmasq git

proc program {path text} {
    write $path "#!/bin/sh\n$text\n"
    file attributes $path -permissions 0755
    return $path
}

# An ipadmd that has published, without servers.
proc published {home args} {
    set d [publisher $home {*}$args]
    set p [$d peer]
    set done [publish_now $p]
    check {[dict get $done state] in {published unchanged}} $done
    return [list $d $p]
}

proc current {home file} {
    return [contents $home/published/current/$file]
}

proc zone_serial {home zone} {
    regexp {SOA \S+ \S+ (\d+)} [current $home bind/zones/$zone] - serial
    return $serial
}

test "the real servers accept all of it; who may read it does" {
    set home [publishing_home]
    lassign [published $home -more "require_checkers = yes"] d p
    check_dhcp $home/published/current
    must named-checkconf $home/published/current/bind/named.conf
    must named-checkconf -z $home/published/current/bind/named.conf
    equal [dict get [$p call sdb.status] missing] {}
    equal [file attributes $home/published/current/bind/named.conf -permissions] 00644
    equal [file attributes $home/published -permissions] 040755
    check {[llength [glob $home/published/set-*]] <= 2}
}

test "a checker that is not installed is said, and can be required" {
    set home [publishing_home]
    lassign [published $home -more "checkers = {\"kea4: /nonexistent/kea\", \"dhcpd:\"}"] d p
    equal [dict get [$p call sdb.status] missing] kea4
    matches [$d log] {/nonexistent/kea: not installed}
    $d destroy
    set home [publishing_home]
    set d [publisher $home -more "checkers = {\"kea4: /nonexistent/kea\"} require_checkers = yes"]
    set done [publish_now [$d peer]]
    equal [dict get $done step] check
    matches [dict get $done reason] {/nonexistent/kea is not installed}
}

test "a filter takes the place of a generator" {
    set home [publishing_home]
    set filter [program $home/filter "mkdir -p \"\$3/hosts\" && cat \"\$2\"/Subnet_7.sdb >\"\$3/hosts/\$1\""]
    lassign [published $home -more "filter = {\"hosts: $filter mine\"}"] d p
    matches [current $home hosts/mine] {tug1:192.0.2.33}
    check {![file exists $home/published/current/hosts/hosts]}
    $p call sdb.add id [uuid] file Subnet_7 name beam address 192.0.2.40
    equal [dict get [publish_now $p] state] published
    matches [current $home hosts/mine] {beam:192.0.2.40}
    check {![file exists $home/published/input]}
}

test "a filter changes a zone: its serial rises with what the filter makes, and only then" {
    set home [publishing_home]
    set filter [program $home/filter "cat $home/more >>\"\$2/bind/zones/links.example.org\""]
    write $home/more "; nothing\n"
    lassign [published $home -more "filter = {\"$filter\"}"] d p
    set serial [zone_serial $home links.example.org]
    $p call sdb.add id [uuid] file Subnet_7 name beam address 192.0.2.40
    publish_now $p
    equal [zone_serial $home links.example.org] $serial
    write $home/more "extra A 192.0.2.99\n"
    equal [dict get [publish_now $p] state] published
    equal [zone_serial $home links.example.org] [expr {$serial + 1}]
    equal [dict get [publish_now $p] state] unchanged
    # what it breaks, the checker finds
    write $home/more "extra A 192.0.2\n"
    set done [publish_now $p]
    equal [dict get $done step] check
    matches [dict get [lindex [dict get $done output] end] text] {near '192.0.2': bad dotted quad}
    matches [current $home bind/zones/links.example.org] {extra A 192.0.2.99}
}

test "a filter that fails publishes nothing" {
    set home [publishing_home]
    set filter [program $home/filter "test -e $home/good || { echo 'cannot'; exit 9; }"]
    write $home/good ""
    lassign [published $home -more "filter = {\"$filter\"}"] d p
    file delete $home/good
    $p call sdb.add id [uuid] file Subnet_7 name beam address 192.0.2.40
    set done [publish_now $p]
    equal [dict get $done state] failed
    matches [dict get $done reason] {status 9}
    check {[string first beam [current $home bind/zones/pilots.example.org]] < 0}
}

test "a preview says what publishing then does, and does nothing" {
    set home [publishing_home]
    lassign [published $home -more "delay = \"1m\""] d p
    set before [file readlink $home/published/current]
    set preview [$p call sdb.preview]
    equal [dict get $preview files] {}
    set got [get $p Subnet_7]
    set text [string map {lamp:192.0.2.34 beam:192.0.2.40} [dict get $got text]]
    set preview [$p call sdb.preview file Subnet_7 text! [list bin $text]]
    equal [file readlink $home/published/current] $before
    foreach file [dict get $preview files] {
        dict set of [dict get $file path] $file
    }
    set zone [dict get $of bind/zones/pilots.example.org]
    equal [dict get $zone what] changed
    equal [dict get $zone generator] bind
    equal [dict get $zone serial_new] [expr {[dict get $zone serial_old] + 1}]
    matches [dict get $zone diff] {(?n)^-lamp A 192.0.2.34}
    matches [dict get $zone diff] {(?n)^\+beam A 192.0.2.40}
    check {[dict exists $of kea/subnet4.json]}
    check {![dict exists $of bind/zones/links.example.org]}
    # and so it is
    put $p Subnet_7 [dict get $got version] $text
    equal [dict get [publish_now $p] state] published
    equal [zone_serial $home pilots.example.org] [dict get $zone serial_new]
    equal [dict get [$p call sdb.preview] files] {}
}

test "a preview of a change set, of a removal, of an error" {
    set home [publishing_home]
    lassign [published $home] d p
    set change {map {file {str Subnet_61} base {str ""} gone true}}
    set preview [$p call sdb.preview changes! [list arr [list $change]]]
    set removed [lsearch -inline [dict get $preview files] {*links.example.org*removed*}]
    equal [dict get $removed path] bind/zones/links.example.org
    equal [dict get $removed records_old] 2
    equal [dict get $preview more] 0
    set text "[dict get [get $p Subnet_7] text]twin:192.0.2.33::::\n"
    set preview [$p call sdb.preview file Subnet_7 text! [list bin $text]]
    check {[dict get $preview errors] > 0}
    check {[lsearch [dict get $preview findings] *node_left_out*] >= 0}
    equal [fails {$p call sdb.preview file Subnet_7}] bad_request
    equal [fails {$p call sdb.preview file ../etc text! {bin x}}] bad_request
}

test "new settings count at once" {
    set home [publishing_home]
    set d [publisher $home]
    set p [$d peer]
    publish_now $p
    write [$d dir]/ipadmd.conf [publish_section $home "ttl = \"2h\""]
    [$d job] signal HUP
    until 20000 {[string match "*TTL 7200*" [current $home bind/zones/pilots.example.org]]} {[$d log]}
    # a bad file changes nothing
    write [$d dir]/ipadmd.conf [publish_section $home "probe = {\"not an address\"}"]
    [$d job] signal HUP
    until 10000 {[$d logged {not ADDRESS}] > 0}
}

test "operators publish; the brake is for admins; both are in the audit log" {
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set home [publishing_home]
    file attributes $::harness::tmp -permissions 0755
    set d [ipadmd -files [example_files] -conf "operators = nogroup\nsocket_mode = \"0666\"\n[publish_section $home]"]
    file attributes [$d dir] -permissions 0755
    set q [Peer new [$d unix] tool {setpriv --reuid=65534 --regid=65534 --clear-groups}]
    check {[dict get [publish_now $q] state] in {published unchanged}}
    equal [fails {$q call sdb.publish confirm! true}] denied
    set log [contents [$d state]/audit.log]
    matches $log {"who":"nobody@local",[^\n]*"method":"sdb.publish","result":"ok"}
    matches $log {"who":"nobody@local",[^\n]*"method":"sdb.publish","result":"denied"}
}

test "what is not configured is said" {
    set d [ipadmd -files [example_files]]
    set p [$d peer]
    equal [fails {$p call sdb.publish}] unavailable
    equal [fails {$p call sdb.preview}] unavailable
    equal [dict get [$p call sdb.status] enabled] 0
}

test "bad settings name what is wrong" {
    foreach {more pattern} {
        "filter = {\"dns: x\"}" {filter: dns: x: nothing of this name is made}
        "checkers = {\"zones: x\"}" {checkers: zones: x: nothing of this name}
        "reload = {\"bind:\"}" {reload: bind:: no command}
        "probe = {\"ns1:53\"}" {probe: ns1:53: not ADDRESS}
        "dhcp_name_servers = {\"ns1\"}" {dhcp_name_servers: ns1: not an address}
        "hostmaster = \"nobody\"" {hostmaster is not a mail address}
    } {
        set home [publishing_home]
        write $home/conf "publish { generators = {\"bind\"} name_servers = {\"ns1.example.org\"} $more }\n"
        set r [run [bin ipadmd] --check -c $home/conf]
        equal [dict get $r status] 78
        matches [dict get $r err] $pattern
    }
}

finish
