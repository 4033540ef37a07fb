# SPDX-License-Identifier: ISC
# Two hosts of a test's own: network namespaces `a` (10.9.0.1, 10.9.1.1) and `b` (10.9.0.2, 10.9.1.2),
# joined by two veth pairs, v0 and v1; with IPv6 (2001:db8::1, 2001:db8::2 on v0, and addresses of the links) when
# `two_hosts` is told so.  And the programs of opnet as jobs.
source [file join [file dirname [info script]] .. harness.tcl]

namespace eval net {
    variable hosts {}
}

# They live until the end of the running test.
proc two_hosts {{ipv6 ""}} {
    need ip
    foreach name {a b} {
        set ns opdesk-[pid]-$name
        if {[catch {exec ip netns add $ns} message]} {
            skip netns $message
        }
        at_end [list exec ip netns del $ns]
        dict set ::net::hosts $name $ns
        foreach {name value} [list accept_dad 0 disable_ipv6 [expr {$ipv6 eq ""}]] {
            foreach which {all default} {
                exec ip netns exec $ns sh -c "echo $value > /proc/sys/net/ipv6/conf/$which/$name"
            }
        }
        exec ip -n $ns link set lo up
    }
    foreach i {0 1} {
        exec ip -n [ns a] link add v$i type veth peer name v$i netns [ns b]
        foreach {name host} {a 1 b 2} {
            exec ip -n [ns $name] addr add 10.9.$i.$host/24 brd + dev v$i
            exec ip -n [ns $name] link set v$i up
            if {$ipv6 ne "" && $i == 0} {
                exec ip -n [ns $name] addr add 2001:db8::$host/64 dev v0 nodad
            }
        }
    }
    # The kernel makes them when it has noticed that both ends are up.
    foreach name [expr {$ipv6 eq "" ? {} : {a b}}] {
        until 10000 {[regexp -all {inet6 fe80} [exec ip -n [ns $name] -6 addr show scope link]] >= 2} "addresses of the links"
    }
}

proc ns {name} {
    return [dict get $::net::hosts $name]
}

# The words that run a program on a host.
proc on {name} {
    return [list ip netns exec [ns $name]]
}

# opnet to its end: status, out, err.  `words` are put before it (on …).
proc opnet {words args} {
    return [run {*}$words [bin opnet] {*}$args]
}

# An opnet server that is ready; its ports are in its output: "listening udp:ADDRESS:PORT".
proc server {words args} {
    set job [Job new {*}$words [bin opnet] {*}$args]
    until 10000 {[$job ended] || [regexp -line {^ready$} [$job out]]} {[$job describe]}
    check {![$job ended]} [$job err]
    return $job
}

proc port_of {job {protocol udp}} {
    check {[regexp -line "^listening $protocol:.*:(\\d+)\$" [$job out] - port]} [$job out]
    return $port
}

# A bad network (harness/relay.pl) in front of a port of this host: its own port.
proc relay {port args} {
    need perl
    set job [Job new perl $::net::relay 127.0.0.1:0 127.0.0.1:$port {*}$args]
    until 10000 {[$job ended] || [regexp {listening (\d+)} [$job out] - own]} {[$job describe]}
    return $own
}
set ::net::relay [file join [file dirname [file normalize [info script]]] .. harness relay.pl]
