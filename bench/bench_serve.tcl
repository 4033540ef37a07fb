# SPDX-License-Identifier: ISC
# The server framework's personalities with a handler that answers lines, beside Net::Server's and bare C: connect,
# one line, answer, close; and round trips on connections that are held.

proc net_server {personality} {
    set port [free_port]
    Job new perl $::here/net_server.pl $personality $port
    until 10000 {![catch {close [socket 127.0.0.1 $port]}]}
    return tcp:127.0.0.1:$port
}

# The figures of one load: `word` of `driver ENDPOINT CLIENTS SECONDS`.
proc serve_figures {what ends driver word clients} {
    dict for {name at} $ends {
        dict set scripts $name "value $word \[bench $driver $at $clients $::short\]"
    }
    set values [alternate $::runs $scripts]
    foreach {ours peer} {
        fork "bare fork server in C"
        fork Net::Server::Fork
        fork Net::Server::PreFork
        multiplex "bare epoll loop in C"
        multiplex Net::Server::Multiplex
    } {
        figure "$what, $clients clients, $ours" 1/s [dict get $values $ours] \
            $peer [dict get $values $peer]
    }
}

test serve {
    need perl
    echod fork fork
    echod multiplex multiplex
    bare fork_server "bare fork server in C"
    bare loop_server "bare epoll loop in C"
    foreach name {fork multiplex "bare fork server in C" "bare epoll loop in C"} {
        dict set ends $name [set $name]
    }
    foreach personality {Fork PreFork Multiplex} {
        dict set ends Net::Server::$personality [net_server $personality]
    }
    serve_figures "connections" $ends line_clients connections 16
    serve_figures "round trips" $ends line_trips trips 16
    serve_figures "round trips" $ends line_trips trips 64
}
