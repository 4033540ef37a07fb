# SPDX-License-Identifier: ISC
# Promise: what is on the networks of this host is found over every interface, once for each address;
# interfaces are listed with all they have.
source [file join [file dirname [info script]] net.tcl]

test "an announced echo server is found over two interfaces" {
    two_hosts
    server [on b] echod -q --announce
    set r [opnet [on a] discover -v -t 900ms]
    equal [dict get $r status] 0 [dict get $r err]
    equal [lsort [split [string trimright [dict get $r out] \n] \n]] [list \
        "echo           0.1.0    udp:10.9.0.2:7" "echo           0.1.0    udp:10.9.1.2:7"]
    matches [dict get $r err] {asking 10\.9\.0\.255 on v0.*asking 239\.255\.89\.78 on v0.*asking 10\.9\.1\.255 on v1}
    set r [opnet [on a] discover --first -t 10s --json]
    equal [llength [split [string trimright [dict get $r out] \n] \n]] 1
    equal [dict get [json [dict get $r out]] program] echo
    # only the one that is asked for answers, and only who is asked
    equal [dict get [opnet [on a] discover -t 300ms --program opchatd] status] 1
    matches [dict get [opnet [on a] discover -t 300ms --program mediachangd] err] \
        {none of ours is called "mediachangd": mediachanged, ipadmd}
    equal [dict get [opnet [on a] discover -t 300ms 10.9.0.2] out] "echo           0.1.0    udp:10.9.0.2:7\n"
}

test "by IPv6: at an address of the link, and at the others; only who listens to it" {
    two_hosts ipv6
    set echo [server [on b] echod -q --announce -l *:0]
    set chat [opchatd -wrap [on b] -udp 0.0.0.0:2027]
    set r [opnet [on a] discover -v -t 900ms]
    set port [port_of $echo]
    set found [lsort [split [string trimright [dict get $r out] \n] \n]]
    # five of the echo server, two of the chat, by IPv4
    equal [llength $found] 7 $found
    equal [lsearch -all -inline $found *db8*] [list "echo           0.1.0    udp:\[2001:db8::2\]:$port"]
    foreach zone {v0 v1} {
        matches [join $found \n] "(?n)^echo +0\\.1\\.0 +udp:\\\[fe80::\[0-9a-f:\]+%$zone\\\]:$port\$"
    }
    equal [llength [lsearch -all $found opchatd*10.9.*]] 2
    matches [dict get $r err] {asking ff12::efff:594e on v1}
    # what was found can be used
    set where [lindex [lindex [lsearch -inline $found *%v1*] 0] end]
    regexp {udp:(.*)$} [lsearch -inline $found *%v1*] - where
    equal [dict get [run -in hello {*}[on a] [bin opnet] echo --plain $where] status] 0
    set one [json [lindex [split [dict get [opnet [on a] discover -t 300ms --json 2001:db8::2] out] \n] 0]]
    equal [list [dict get $one address] [dict get $one endpoint]] [list 2001:db8::2 "udp:\[2001:db8::2\]:$port"]
    regexp {\[(.*)\]} $where - host
    equal [llength [split [string trimright [dict get [opnet [on a] discover -t 300ms $host] out] \n] \n]] 1
    foreach {bad why} {fe80::1 {is of a link} fe80::1%nowhere {no interface} 2001:db8::zz {is no address}} {
        set r [opnet [on a] discover $bad]
        equal [dict get $r status] 64
        matches [dict get $r err] $why
    }
}

test "a chat server is found by IPv6 where there is nothing else" {
    two_hosts ipv6
    foreach host {a b} {
        foreach i {0 1} {
            exec ip -n [ns $host] -4 addr flush dev v$i
        }
    }
    set chat [opchatd -wrap [on b] -udp *:2027]
    set lena [Job new -pipe 1 {*}[on a] [bin opchat] -n lena -c duty]
    hears $lena "* you are in duty (1)"
    matches [$lena err] {Found a server at (2001:db8::2|fe80::)}
    types $lena "by IPv6"
    hears $lena {[duty] lena: by IPv6}
}

# A daemon of that name on host b, at a port of IPv6 alone.
proc daemon_by_ipv6 {name port args} {
    set dir [tmp $name]
    file mkdir $dir/subnets
    write $dir/conf "listen = {\"tcp:\[2001:db8::2\]:$port\"}\n"
    set job [Job new {*}[on b] [bin $name] -f -c $dir/conf --state $dir/state {*}[string map [list DIR $dir] $args]]
    until 20000 {[$job ended] || [regexp -line {^ready$} [$job out]]} {[$job describe]}
    check {![$job ended]} [$job describe]
    return $job
}

test "mediachanged and ipadmd are found by IPv6 where there is nothing else" {
    two_hosts ipv6
    foreach host {a b} {
        foreach i {0 1} {
            exec ip -n [ns $host] -4 addr flush dev v$i
        }
    }
    daemon_by_ipv6 mediachanged 8979 --desk none
    daemon_by_ipv6 ipadmd 8980 --directory DIR/subnets
    foreach {program endpoint} {mediachanged {tcp:[2001:db8::2]:8979} ipadmd {tcp:[2001:db8::2]:8980}} {
        set r [opnet [on a] discover -t 900ms --program $program]
        equal [dict get $r status] 0 $r
        equal [lsort -unique [split [string trimright [dict get $r out] \n] \n]] \
            [list [format "%-14s 0.1.0    %s" $program $endpoint]]
    }
}

test "interfaces come and go" {
    two_hosts
    exec ip -n [ns b] link del v1
    server [on b] echod -q --announce
    # On a link without a broadcast address only the group leads there.
    foreach round {1 2} {
        exec ip -n [ns b] link add late type veth peer name late netns [ns a]
        exec ip -n [ns a] addr add 10.9.2.1/30 dev late
        exec ip -n [ns b] addr add 10.9.2.2/30 dev late
        exec ip -n [ns a] link set late up
        exec ip -n [ns b] link set late up
        until 10000 {[string match "*udp:10.9.2.2:7*" [dict get [opnet [on a] discover -t 300ms] out]]}
        exec ip -n [ns b] link del late
        equal [dict get [opnet [on a] discover -t 600ms] out] "echo           0.1.0    udp:10.9.0.2:7\n"
    }
}

test "daemons that listen wider than loopback are found, and no others" {
    two_hosts
    set d [daemon -wrap [on b] -args {--listen tcp:*:8979}]
    write [tmp ipadmd.conf] "listen = {\"unix:[tmp ipadmd.sock]\", \"tcp:10.9.1.2:8980\"}\n"
    file mkdir [tmp subnets]
    set ipadmd [Job new {*}[on b] [bin ipadmd] -f -c [tmp ipadmd.conf] --state [tmp ipadmd-state] \
        --directory [tmp subnets]]
    until 20000 {[$ipadmd ended] || [regexp -line {^ready$} [$ipadmd out]]} {[$ipadmd describe]}
    check {![$ipadmd ended]} [$ipadmd err]
    set chat [opchatd -wrap [on b] -udp *:2027]
    set found [lsort [split [string trimright [dict get [opnet [on a] discover -t 1500ms] out] \n] \n]]
    equal $found [list "ipadmd         0.1.0    tcp:10.9.1.2:8980" \
        "mediachanged   0.1.0    tcp:10.9.0.2:8979" "mediachanged   0.1.0    tcp:10.9.1.2:8979" \
        "opchatd        0.1.0    udp:10.9.0.2:2027" "opchatd        0.1.0    udp:10.9.1.2:2027"]
    # turned off by a reload
    write [$d dir]/mediachanged.conf "discovery = no\n"
    [$d job] signal HUP
    until 10000 {[dict get [opnet [on a] discover -t 300ms --program mediachanged] status] == 1}
    # and gone with the daemon
    $ipadmd signal TERM
    equal [$ipadmd wait] 0
    equal [$chat stop] 0
    equal [dict get [opnet [on a] discover -t 300ms] status] 1
    # a daemon on loopback says nothing, even there
    set quiet [list [daemon -wrap [on a]] [opchatd -wrap [on a]]]
    equal [dict get [opnet [on a] discover -t 300ms] status] 1
}

test "nobody: said, 1" {
    two_hosts
    set r [opnet [on a] discover -t 200ms]
    equal [dict get $r status] 1
    matches [dict get $r err] "nobody answered"
}

test "interfaces are listed" {
    two_hosts
    set r [opnet [on a] interfaces]
    matches [dict get $r out] {(?n)^v1 +10\.9\.1\.1 +255\.255\.255\.0 +10\.9\.1\.255 +up broadcast running multicast$}
    foreach line [split [string trimright [dict get [opnet [on a] interfaces --json] out] \n] \n] {
        set i [json $line]
        if {[dict get $i interface] eq "v0" && [dict exists $i broadcast]} {
            equal [dict get $i netmask] 255.255.255.0
            equal [dict get $i prefix] 24
        }
    }
}

finish
