# SPDX-License-Identifier: ISC
# Hosts of a test's own: network namespaces on one bridge, 10.9.0.N/24 each, gone when the test ends.
#   hosts NAME …   makes them; `on NAME` is the command prefix that runs a program there.
need ip
proc hosts {args} {
    variable host_names
    set bridge [Netns bridge]
    if {[catch {exec ip netns add $bridge} message]} {
        skip netns "no network namespaces here: $message"
    }
    at_end [list exec ip netns del $bridge]
    exec ip -n $bridge link set lo up
    exec ip -n $bridge link add br0 type bridge mcast_snooping 0
    exec ip -n $bridge link set br0 up
    set n 0
    foreach name $args {
        set ns [Netns $name]
        incr n
        exec ip netns add $ns
        at_end [list exec ip netns del $ns]
        exec ip -n $ns link set lo up
        exec ip -n $ns link add eth0 type veth peer name v$n netns $bridge
        exec ip -n $bridge link set v$n master br0 up
        exec ip -n $ns addr add 10.9.0.$n/24 brd + dev eth0
        exec ip -n $ns link set eth0 up
        exec ip -n $ns route add 224.0.0.0/4 dev eth0
    }
}

proc Netns {name} {
    return opdesk-[pid]-$name
}

proc on {name} {
    return [list ip netns exec [Netns $name]]
}
