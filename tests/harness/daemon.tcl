# SPDX-License-Identifier: ISC
# A mediachanged of the test's own: private state, a TCP port that the kernel chose, a UNIX socket.
# It is ready when the object exists; it starts no desk unless told to (-args {--desk …}).  After kill and start it keeps its port and its state.
#   Daemon new ?-conf TEXT? ?-args LIST? ?-env {NAME VALUE …}? ?-wrap COMMAND? ?-dir FOLDER?
# COMMAND runs the daemon with its own arguments appended (nsenter …).
# OPDESK_TEST_PERSONALITY puts its value in front of every configuration: some files of tests run under
# each personality.
proc personality {} {
    return [expr {[info exists ::env(OPDESK_TEST_PERSONALITY)] ? $::env(OPDESK_TEST_PERSONALITY) : "fork"}]
}
proc with_personality {conf} {
    if {[regexp -line {^personality} $conf]} {
        return $conf
    }
    return "personality = \"[personality]\"\nworkers = 2\n$conf"
}

# What is about the process of a connection has no meaning when there is none.
proc fork_test {name body} {
    if {[personality] eq "fork"} {
        uplevel 1 [list test $name $body]
    }
}

oo::class create Daemon {
    variable job port dir conf args env wrap log starts

    constructor {arguments} {
        set options [dict merge {-conf "" -args {} -env {} -wrap {} -dir ""} $arguments]
        set dir [dict get $options -dir]
        if {$dir eq ""} {
            set dir [tmp daemon[incr ::harness::counter]]
        }
        file mkdir $dir
        set conf [dict get $options -conf]
        set args [list --desk none {*}[dict get $options -args]]
        set env [dict get $options -env]
        set wrap [dict get $options -wrap]
        set port 0
        set starts 0
        set log ""
        set job ""
        my start
    }

    destructor {
        my End
    }

    method End {} {
        if {$job ne ""} {
            append log [$job err]
            set parts [my tree]
            $job destroy
            set job ""
            send_signal KILL {*}$parts
        }
    }

    # Start it (again) on the same state and port, and wait until it is ready.
    method start {} {
        my launch
        my ready
    }
    method launch {} {
        my End
        write $dir/mediachanged.conf [with_personality $conf]\n
        set job [Job new -env $env {*}$wrap [bin mediachanged] -f -c $dir/mediachanged.conf \
            --state $dir/state --listen tcp:127.0.0.1:$port --listen unix:$dir/sock {*}$args]
        incr starts
    }
    method ready {{ms 20000}} {
        until $ms {[$job ended] || [regexp -line {^ready$} [$job out]]} "ready: [$job describe]"
        if {[$job ended]} {
            error "mediachanged ended with [$job status]: [$job err]"
        }
        regexp -line {^listening tcp:127\.0\.0\.1:(\d+)$} [$job out] - port
    }

    method job {} {
        return $job
    }
    method pid {} {
        return [$job pid]
    }
    method port {} {
        return $port
    }
    method tcp {} {
        return tcp:127.0.0.1:$port
    }
    method unix {} {
        return unix:$dir/sock
    }
    method dir {} {
        return $dir
    }
    method state {} {
        return $dir/state
    }
    method log {} {
        return $log[expr {$job eq "" ? "" : [$job err]}]
    }
    # How many lines of the log match.
    method logged {pattern} {
        return [regexp -all -line -- $pattern [my log]]
    }

    # SIGTERM and wait: the exit status.
    method stop {} {
        $job signal TERM
        $job wait
        set status [$job status]
        my End
        return $status
    }
    # kill -9 of all its processes at once, as a power cut does.
    method crash {} {
        set parts [my tree]
        send_signal KILL {*}$parts
        $job wait
        my End
    }

    # All its processes, the acceptor first.
    method tree {} {
        return [tree_of [$job pid]]
    }
    # Pids of a part, by the name that it gives itself: acceptor, engine, storer, worker.
    method part {name} {
        if {$name eq "acceptor"} {
            return [$job pid]
        }
        set found {}
        foreach pid [my tree] {
            # the kernel keeps fifteen characters: opdesk:committe
            if {![catch {contents /proc/$pid/comm} comm]
                && [string trim $comm] eq [string range opdesk:$name 0 14] && [running $pid]} {
                lappend found $pid
            }
        }
        return $found
    }
    method kill {name {signal KILL}} {
        send_signal $signal {*}[my part $name]
    }
}

# A fresh daemon; options as above.
proc daemon {args} {
    return [Daemon new $args]
}

# mediachangec in the background over TCP; `args` are its options and the message.
proc ask {daemon args} {
    return [Job new [bin mediachangec] -s [$daemon tcp] {*}$args]
}

# mediachangeq to its end, as an operator: a dict of status, out, err.
proc q {daemon args} {
    return [run [bin mediachangeq] -s [$daemon unix] {*}$args]
}

# The pending questions, as mediachangeq --json gives them to `jq`-like use: through RPC here.
proc pending {daemon} {
    set peer [Peer new [$daemon unix] tool]
    set alerts [dict get [$peer call alert.list] alerts]
    $peer destroy
    return $alerts
}

# Wait until n questions are pending; them.
proc pending_is {daemon n {ms 15000}} {
    set peer [Peer new [$daemon unix] tool]
    until $ms {[llength [set alerts [dict get [$peer call alert.list] alerts]]] == $n} "$n pending"
    $peer destroy
    return $alerts
}
