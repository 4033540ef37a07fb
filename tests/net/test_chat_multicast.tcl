# SPDX-License-Identifier: ISC
# Promise: with multicast a text leaves the server once, however many hear it, by IPv4 and by IPv6; only the
# members of its channel hear it, and who has left its group does not.
source [file join [file dirname [info script]] net.tcl]

# Datagrams that a host has sent.
proc sent_by {host six} {
    set file [expr {$six ? "snmp6" : "snmp"}]
    set text [exec ip netns exec [ns $host] cat /proc/net/$file]
    if {$six} {
        regexp {Udp6OutDatagrams\s+(\d+)} $text - n
    } else {
        regexp {\nUdp: \d+ \d+ \d+ (\d+)} $text - n
    }
    return $n
}

proc members {host group} {
    return [llength [lsearch -all [exec ip -n [ns $host] maddr show dev v0] $group]]
}

# Three on host a, of whom one is in another channel; the server is on b.
proc multicast_chat {six where duty cafe} {
    two_hosts ipv6
    set chat [opchatd -wrap [on b] -udp *:2027 -conf "
        multicast = true
        interface = \"v0\"
        channel \"duty\" { description = \"on duty\" group = \"$duty\" }
        channel \"cafe\" { description = \"else\" group = \"$cafe\" }"]
    foreach {nick channel} {lena duty tom duty rick cafe} {
        set $nick [Job new -pipe 1 {*}[on a] [bin opchat] -n $nick -c $channel $where]
        hears [set $nick] [expr {$nick eq "tom" ? "* you are in duty (2)" : "* you are in $channel (1)"}]
    }
    hears $lena "* tom came into duty"
    equal [members a $duty] 1
    equal [members a $cafe] 1
    set before [sent_by b $six]
    foreach n {1 2 3 4 5} {
        types $lena "line $n"
        hears $lena "\[duty\] lena: line $n"
        hears $tom "\[duty\] lena: line $n"
    }
    set sent [expr {[sent_by b $six] - $before}]
    # one each; somebody may have said that he is here
    check {$sent >= 5 && $sent <= 8} "$sent datagrams"
    types $rick "coffee?"
    hears $rick {[cafe] rick: coffee?}
    check {![regexp {line 1} [$rick out]] && ![regexp coffee [$lena out]]} "each hears his own channel"
    types $tom "/part duty"
    hears $tom "* you left duty"
    types $lena "he has gone"
    hears $lena {[duty] lena: he has gone}
    types $tom /channels
    hears $tom "* 2 channels"
    check {![regexp {he has gone} [$tom out]]} "who has left does not hear it"
    types $lena /quit
    equal [$lena wait] 0
    until 10000 {[members a $duty] == 0} "nobody is in the group"
}

test "by IPv4" {
    multicast_chat 0 10.9.0.2 239.255.27.1 239.255.27.2
}

test "by IPv6" {
    multicast_chat 1 {[2001:db8::2]} ff15::2027:1 ff15::2027:2
}

finish
