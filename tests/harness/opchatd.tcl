# SPDX-License-Identifier: ISC
# An opchatd of the test's own, on a port of loopback that the kernel chose: a Daemon in all else.
#   opchatd ?-conf TEXT? ?-args LIST? ?-wrap COMMAND? ?-udp WHERE?
oo::class create Opchatd {
    superclass Daemon
    variable job dir conf args env wrap port where

    constructor {arguments} {
        set where [expr {[dict exists $arguments -udp] ? [dict get $arguments -udp] : "127.0.0.1:0"}]
        next [dict merge [dict remove $arguments -udp] [list -dir [tmp opchatd[incr ::harness::counter]]]]
    }

    method launch {} {
        my End
        write $dir/opchatd.conf $conf\n
        set job [Job new -env $env {*}$wrap [bin opchatd] -f -c $dir/opchatd.conf --state $dir/state \
            --listen unix:$dir/sock --udp $where {*}[lrange $args 2 end]]
    }
    method ready {{ms 20000}} {
        until $ms {[$job ended] || [regexp -line {^ready$} [$job out]]} "ready: [$job describe]"
        if {[$job ended]} {
            error "opchatd ended with [$job status]: [$job err]"
        }
        regexp -line {chat: at udp:\S+:(\d+)$} [$job err] - port
        set where [regsub {:0$} $where :$port]
    }
    method at {} {
        return 127.0.0.1:$port
    }
}

proc opchatd {args} {
    return [Opchatd new $args]
}

# A client in the background that has logged in; `arguments` are more of its options.
proc chatter {where nick args} {
    set job [Job new -pipe 1 [bin opchat] -n $nick {*}$args $where]
    hears $job "* logged in as $nick"
    return $job
}

proc types {job line} {
    puts [$job chan] $line
    flush [$job chan]
}

# Wait until the client has printed the line.
proc hears {job line {ms 15000}} {
    until $ms {$line in [split [$job out] \n] || [$job ended]} "\"$line\": [$job describe]"
    check {$line in [split [$job out] \n]} [$job describe]
}

# What the administrator gets.
proc admin {daemon args} {
    return [run [bin opchat] -s [$daemon unix] --admin {*}$args]
}
