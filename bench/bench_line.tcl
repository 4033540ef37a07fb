# SPDX-License-Identifier: ISC
# (b) Connect, one line, answer, close, beside a bare forking server in C and Net::Server::Fork.
test line {
    need perl taskset
    set bare [Job new {*}[pinned [bench fork_server]]]
    until 5000 {[regexp {listening (\S+)} [$bare out] - bare_at]}
    # a free port: let the kernel name one and give it back
    set probe [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $probe -sockname] 2]
    close $probe
    set perl [Job new {*}[pinned [list perl $::here/net_server_fork.pl $port]]]
    until 10000 {![catch {close [socket 127.0.0.1 $port]}]}
    set d [measured_daemon]
    pin_tree [$d tree]
    foreach desk [info class instances Job] {
        pin_tree [$desk pid]
    }
    foreach {name at} [list ours [$d tcp] bare $bare_at perl tcp:127.0.0.1:$port] {
        dict set scripts $name "value connections \[pinned \[bench line_clients $at 16 $::seconds\]\]"
    }
    set values [alternate $::runs $scripts]
    figure "one-line questions, 16 clients, one core" 1/s [dict get $values ours] \
        "bare fork server in C" [dict get $values bare] {>= 0.5}
    figure "  the same" 1/s [dict get $values ours] Net::Server::Fork [dict get $values perl] {>= 5.0}
}
