# SPDX-License-Identifier: ISC
# (b) Connect, one line, answer, close, beside a bare forking server in C and Net::Server::Fork.
proc line_figures {where pin aims} {
    bare fork_server bare_at
    set port [free_port]
    set perl [Job new {*}[{*}$pin [list perl $::here/net_server.pl Fork $port]]]
    until 10000 {![catch {close [socket 127.0.0.1 $port]}]}
    set d [measured_daemon]
    set multiplex [measured_daemon "personality = multiplex"]
    if {$pin eq "pinned"} {
        pin_tree [$d tree]
        pin_tree [$multiplex tree]
        foreach job [info class instances Job] {
            pin_tree [$job pid]
        }
    }
    foreach {name at} [list ours [$d tcp] multiplex [$multiplex tcp] bare $bare_at perl tcp:127.0.0.1:$port] {
        dict set scripts $name \
            "value connections \[$pin \[bench line_clients $at 16 $::seconds\]\]"
    }
    set values [alternate $::runs $scripts]
    figure "one-line questions, 16 clients, $where" 1/s [dict get $values ours] \
        "bare fork server in C" [dict get $values bare] [lindex $aims 0]
    figure "  the same" 1/s [dict get $values ours] Net::Server::Fork [dict get $values perl] \
        [lindex $aims 1]
    figure "  multiplexed workers" 1/s [dict get $values multiplex] \
        "bare fork server in C" [dict get $values bare] [lindex $aims 0]
    harness::Cleanup
}

test line {
    need perl taskset
    line_figures "all cores" unpinned {{>= 0.5} {>= 5.0}}
    line_figures "one core" pinned {"" ""}
}
