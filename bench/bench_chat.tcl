# SPDX-License-Identifier: ISC
# What one says to 1,000 users of opchatd, each a whole client: texts delivered per second and the server's
# processor time for one, by a datagram for each user and by one to the group; beside bare loops that send as many.
# Server and users are on two hosts (network namespaces on one bridge), in both cases; the group of the bare loop
# is none of opchatd's.
shared harness/netns.tcl

set chat_users 1000
set chat_bytes 100

# The users of a server at `at`; they are there when this returns.
proc chatters {at pid} {
    set job [Job new -pipe 1 {*}[on users] {*}[bench chatters $at $::chat_users $pid]]
    until 120000 {[string match *ready* [$job out]] || [$job ended]}
    check {![$job ended]} [$job describe]
    return $job
}

# One speaks: {DELIVERED-A-SECOND US-OF-THE-SERVER}.
proc speak {chatters} {
    set before [llength [split [$chatters out] \n]]
    puts [$chatters chan] "$::short $::chat_bytes"
    until 30000 {[llength [split [$chatters out] \n]] > $before || [$chatters ended]}
    check {![$chatters ended]} [$chatters describe]
    regexp {delivered (\S+) busy (\S+) lost (\S+)\n$} [$chatters out] - delivered busy lost
    check {$lost == 0}
    return [list $delivered $busy]
}

proc bare_chat {how} {
    set job [Job new {*}[on server] {*}[bench fanout_server 10.9.0.1 $how]]
    until 5000 {[regexp {listening (\S+)} [$job out] - at]}
    return [chatters $at [$job pid]]
}

proc our_chat {conf} {
    set d [opchatd -wrap [on server] -udp 10.9.0.1:0 \
        -conf "members = {\"allow all\"}\nper_minute = 100000\nburst = 10000\n$conf"]
    return [chatters 10.9.0.1:[$d port] [$d part engine]]
}

# `scripts`: NAME → the users of a server.
proc chat_figures {what servers} {
    dict for {name chatters} $servers {
        dict set scripts $name [list speak $chatters]
    }
    set values [alternate $::runs $scripts]
    foreach peer [lrange [dict keys $servers] 1 end] {
        foreach {figure unit at} {"texts delivered" 1/s 0 "  the server's time for one" us 1} {
            figure "$what, $::chat_users users: $figure" $unit [lmap run [dict get $values ours] {lindex $run $at}] \
                $peer [lmap run [dict get $values $peer] {lindex $run $at}]
        }
    }
}

test chat {
    hosts server users
    chat_figures unicast [list ours [our_chat ""] \
        "bare sendto" [bare_chat sendto] "bare sendmmsg" [bare_chat sendmmsg]]
    harness::Cleanup
    hosts server users
    chat_figures multicast [list ours [our_chat "multicast = true\ninterface = eth0"] \
        "bare multicast" [bare_chat 239.255.77.1]]
}
