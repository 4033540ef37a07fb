# SPDX-License-Identifier: ISC
# The daemon of these tests: as the harness's Daemon, but the program is testd.
source [file join [file dirname [info script]] .. harness.tcl]

oo::class create Testd {
    superclass Daemon
    variable job port dir conf args env wrap

    method launch {} {
        my End
        write $dir/testd.conf [with_personality $conf]\n
        set job [Job new -env $env {*}$wrap [my program] -f -c $dir/testd.conf --state $dir/state \
            --log-level [my level] --listen tcp:127.0.0.1:$port --listen unix:$dir/sock {*}[lrange $args 2 end]]
    }
    # A test may put another one there.
    method program {} {
        if {![file exists $dir/testd]} {
            file copy [bin testd] $dir/testd
        }
        return $dir/testd
    }
    # A log of many thousand lines would be read again at every look.
    method level {} {
        return [expr {[string match *log_level* $conf] ? "notice" : "debug"}]
    }
    # The first pid of a part, once it runs.
    method one {part} {
        until 5000 {[llength [my part $part]] >= 1} "a $part"
        return [lindex [my part $part] 0]
    }
    # A client of the one-line protocol.
    method line {text} {
        set peer [Peer new [my tcp]]
        $peer send $text
        return $peer
    }
}

proc testd {args} {
    return [Testd new $args]
}

proc line_gets {peer text} {
    until 10000 {[$peer closed]}
    equal [$peer received] $text
}

# Wait until so many log lines match.
proc logs {d pattern {count 1}} {
    until 10000 {[$d logged $pattern] >= $count} $pattern
}

# How many questions wait in the engine.
proc waiting {d} {
    set peer [Peer new [$d unix] tool]
    set count [dict get [$peer call alert.list] count]
    $peer destroy
    return $count
}

# No sanitizer has complained.
proc clean {d} {
    equal [$d logged {(?i)sanitizer|runtime error|assertion}] 0
}
