# SPDX-License-Identifier: ISC
# Promise: people on three hosts of one network find the server by broadcast and chat, by unicast and by
# multicast, two of them on one host; who has gone is noticed.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] .. harness netns.tcl]

proc client {host nick args} {
    set job [Job new -pipe 1 {*}[on $host] [bin opchat] -n $nick -i eth0 {*}$args]
    hears $job "* logged in as $nick"
    return $job
}

proc server {args} {
    return [opchatd -wrap [on server] -udp *:2027 {*}$args]
}

test found_by_broadcast_and_heard_by_all {
    hosts server a b
    set d [server]
    set lena [client a lena -c duty]
    matches [$lena err] {Broadcasting for a server on 10\.9\.0\.255}
    matches [$lena err] {Found a server at 10\.9\.0\.1}
    set tom [client b tom -c duty]
    hears $lena "* tom came into duty"
    types $tom "from host b"
    hears $lena {[duty] tom: from host b}
}

test nobody_there_is_said {
    hosts a
    set job [Job new {*}[on a] [bin opchat] -n lena]
    equal [$job wait] 1
    matches [$job err] {no server answers: name its host}
}

test multicast_reaches_each_member_once_and_nobody_else {
    hosts server a b
    set d [server -conf {multicast = true}]
    set lena [client a lena -c duty]
    hears $lena "* you are in duty (1)"
    # two clients on one host, each in a channel of its own
    set tom [client b tom -c duty]
    set eva [client b eva -c cafe]
    hears $eva "* you are in cafe (1)"
    hears $lena "* tom came into duty"
    types $lena "to the duty channel"
    hears $tom {[duty] lena: to the duty channel}
    hears $lena {[duty] lena: to the duty channel}
    types $eva "to the cafe"
    hears $eva {[cafe] eva: to the cafe}
    types $lena "last words"
    hears $tom {[duty] lena: last words}
    check {![string match "*duty*" [$eva out]]} [$eva out]
    check {![string match "*cafe*" [$tom out]]} [$tom out]
    equal [regexp -all {to the duty channel} [$tom out]] 1
    # joined later, heard from then on
    types $eva "/join duty"
    hears $eva "* you are in duty (3)"
    types $tom "now three"
    hears $eva {[duty] tom: now three}
    types $eva "/part duty"
    hears $eva "* you left duty"
    types $tom "two again"
    hears $lena {[duty] tom: two again}
    types $eva "still in the cafe"
    hears $eva {[cafe] eva: still in the cafe}
    check {![string match "*two again*" [$eva out]]} [$eva out]
}

test a_host_that_vanished_is_timed_out_and_the_others_are_told {
    hosts server a b
    set d [server -conf {multicast = true
        silent = "2s"}]
    set lena [client a lena -c duty]
    set tom [client b tom -c duty]
    hears $lena "* tom came into duty"
    exec ip -n [Netns b] link set eth0 down
    # the check comes every 30 s; lena has to say something to stay
    until 45000 {[string match "*tom left duty*" [$lena out]] || [apply {lena {types $lena /users; return 0}} $lena]}
    hears $lena "* tom left duty"
}

finish
