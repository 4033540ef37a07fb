# SPDX-License-Identifier: ISC
# Promise: a daemon of root becomes the configured user for good once its sockets are open; anybody
# else is told that he cannot.
source [file join [file dirname [info script]] common.tcl]

set is_root [expr {[exec id -u] == 0}]
# The folders of a test are closed to others.
file attributes [tmp .] -permissions 0711

proc field {pid name} {
    regexp -line "^$name:\\s+(.*)$" [contents /proc/$pid/status] - value
    return $value
}

if {$is_root} {
    test every_process_is_the_user_and_nobody_more {
        set d [testd -conf {user = "nobody"}]
        set peer [Peer new [$d unix] tool]
        set nobody [exec id -u nobody]
        set group [exec id -g nobody]
        foreach pid [$d tree] {
            equal [field $pid Uid] [join [lrepeat 4 $nobody] \t]
            equal [field $pid Gid] [join [lrepeat 4 $group] \t]
            equal [field $pid CapEff] 0000000000000000
            check {0 ni [field $pid Groups]}
        }
        equal [file attributes [$d dir]/sock -owner] nobody
        equal [file attributes [$d state] -owner] nobody
        equal [file attributes [$d state] -permissions] 040700
        equal [dict get [$peer call alert.list] count] 0
        clean $d
    }

    test user_can_reload_and_restart_in_place {
        set d [testd -conf {user = "nobody"}]
        set peer [Peer new [$d unix] tool]
        write [$d dir]/testd.conf [with_personality "user = \"nobody\"\ngreeting = \"two\""]
        [$d job] signal HUP
        logs $d {greeting: two}
        [$d job] signal USR2
        until 10000 {[llength [regexp -all -inline -line {^ready$} [[$d job] out]]] == 2}
        equal [dict get [$peer call alert.list] count] 0
        equal [$d stop] 0
    }

    test group_alone {
        set d [testd -conf {group = "nogroup"}]
        set group [exec getent group nogroup | cut -d: -f3]
        equal [field [$d one engine] Gid] [join [lrepeat 4 $group] \t]
        equal [field [$d one engine] Groups] "$group "
        equal [lindex [field [$d one engine] Uid] 0] 0
    }
}

test others_are_told {
    write [tmp user.conf] "user = \"root\"\n"
    set command [list [bin testd] -f -c [tmp user.conf] --state [tmp s] --listen tcp:127.0.0.1:0]
    if {$::is_root} {
        file copy [bin testd] [tmp testd]
        lset command 0 [tmp testd]
        set command [list setpriv --reuid=nobody --clear-groups {*}$command]
    }
    set r [run {*}$command]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {only a daemon that root starts can change them}
}

test unknown_names_are_told {
    write [tmp user.conf] "user = \"no-such-user\"\n"
    matches [dict get [run [bin testd] --check -c [tmp user.conf]] err] \
        {user.conf:1: user: there is no user "no-such-user"}
    write [tmp user.conf] "group = \"no-such-group\"\n"
    matches [dict get [run [bin testd] --check -c [tmp user.conf]] err] \
        {user.conf:1: group: there is no group "no-such-group"}
}

finish
