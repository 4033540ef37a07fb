# SPDX-License-Identifier: ISC
# Round trips of framed RPC beside ZeroMQ, nanomsg and bare sockets: over TCP and UNIX sockets, one and 32 in
# flight, small messages and of 4 KiB.  An answer of ours is parsed and checked, a peer's is bytes.

# The kinds, and the program of each.
set rpc_programs {peer rpc  toolkit rpc  bare rpc  zmq rpc_zmq  nanomsg rpc_nanomsg}

# An endpoint that nothing uses.
proc free_endpoint {transport} {
    if {$transport eq "UNIX"} {
        return unix:[tmp]
    }
    return tcp:127.0.0.1:[free_port]
}

# {KIND ROUND-TRIPS-A-SECOND} of all kinds, in turn.
proc round_trips {transport window bytes pin} {
    foreach {kind program} $::rpc_programs {
        set at [free_endpoint $transport]
        set server [Job new {*}[$pin [bench $program serve $kind $at $window $bytes]]]
        until 5000 {[string match *ready* [$server out]]} [$server describe]
        dict set scripts $kind \
            "value calls \[$pin \[bench $program call $kind $at $window $bytes $::short\]\]"
    }
    set values [alternate $::runs $scripts]
    harness::Cleanup
    return $values
}

proc rpc_figures {transport window bytes {pin pinned} {where "one core"}} {
    set values [round_trips $transport $window $bytes $pin]
    set what "$transport, $window in flight, $bytes bytes, $where"
    foreach {peer name aim} {zmq ZeroMQ {>= 1.0} nanomsg nanomsg {>= 1.0} bare "bare sockets" ""} {
        figure $what 1/s [dict get $values peer] $name [dict get $values $peer] $aim
        set what "  the same"
    }
    figure "  toolkit" 1/s [dict get $values toolkit] ZeroMQ [dict get $values zmq] {>= 1.0}
}

test rpc {
    need taskset
    foreach transport {TCP UNIX} {
        foreach window {1 32} {
            foreach bytes {32 4096} {
                rpc_figures $transport $window $bytes
            }
        }
    }
    foreach window {1 32} {
        rpc_figures TCP $window 32 unpinned "all cores"
    }
}
