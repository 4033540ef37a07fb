# SPDX-License-Identifier: ISC
# Programs of others (a player, notify-send, gsettings, xdg-open): always a list, never a shell, for a
# bounded time (timeout(1) ends them) and with a bounded output.  The loop never waits for one.
namespace eval opdesk::app::program {
    variable running 0
    # more at once are refused: something is wrong then
    variable max_running 8
    variable max_output 65536
    # how long a program that has closed its output may take to end
    variable ending_ms 1000
}

# Start it; later {*}prefix STATUS OUTPUT, with its exit status, or "" when it could not be started or
# did not end.  No word may begin as one of Tcl's redirections does.  Its standard error is not ours to show.
proc opdesk::app::program::run {command seconds {prefix ""}} {
    variable running
    variable max_running
    if {$running >= $max_running || [lsearch -regexp $command {^(2?>|[<|&])}] >= 0} {
        after 0 [list [namespace current]::Tell $prefix "" ""]
        return
    }
    try {
        set chan [open |[list timeout -k 1 $seconds {*}$command </dev/null 2>/dev/null] r]
    } on error {} {
        after 0 [list [namespace current]::Tell $prefix "" ""]
        return
    }
    incr running
    fconfigure $chan -blocking 0 -encoding utf-8
    fileevent $chan readable [list [namespace current]::Readable $chan $prefix ""]
}

proc opdesk::app::program::Readable {chan prefix output} {
    variable max_output
    variable ending_ms
    append output [read $chan 4096]
    if {[eof $chan]} {
        fileevent $chan readable {}
        Ending $chan $prefix $output [expr {[opdesk::app::clock::now] + $ending_ms}]
    } elseif {[string length $output] > $max_output} {
        End $chan $prefix $output
    } else {
        fileevent $chan readable [list [namespace current]::Readable $chan $prefix $output]
    }
}

# It is waited for only when it has ended.
proc opdesk::app::program::Ending {chan prefix output until} {
    if {[Ended [pid $chan]]} {
        fconfigure $chan -blocking 1
        End $chan $prefix $output
    } elseif {[opdesk::app::clock::now] < $until} {
        after 10 [list [namespace current]::Ending $chan $prefix $output $until]
    } else {
        End $chan $prefix $output
    }
}

proc opdesk::app::program::Ended {pid} {
    if {[catch {open /proc/$pid/stat} stat]} {
        return 1
    }
    try {
        return [regexp {\) Z} [read $stat]]
    } finally {
        close $stat
    }
}

proc opdesk::app::program::End {chan prefix output} {
    variable running
    incr running -1
    set waited [fconfigure $chan -blocking]
    set status [expr {$waited ? 0 : ""}]
    if {[catch {close $chan} message options] && $waited} {
        set code [dict get $options -errorcode]
        set status [expr {[lindex $code 0] eq "CHILDSTATUS" ? [lindex $code 2] : ""}]
    }
    Tell $prefix $status $output
}

proc opdesk::app::program::Tell {prefix status output} {
    if {$prefix ne ""} {
        uplevel #0 [list {*}$prefix $status $output]
    }
}
