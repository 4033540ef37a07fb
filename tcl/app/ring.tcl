# SPDX-License-Identifier: ISC
# The bell: at once for a new question, then every `interval_ms` while any is due, once for all of
# them.  Due: pending, not put aside on this desk, not claimed or snoozed (its ring_ms has come).  In
# quiet hours only while a critical one is due.
namespace eval opdesk::app::ring {
    variable interval_ms 15000
    variable bell {}
    variable timer ""
    variable next 0
    # many questions at once ring once
    variable gap_ms 1000
    variable last 0
}

proc opdesk::app::ring::configure {interval prefix} {
    variable interval_ms $interval
    variable bell $prefix
}

proc opdesk::app::ring::is_due {key alert now} {
    return [expr {[dict get $alert ring_ms] <= $now && ![opdesk::app::windows::is_aside $key]}]
}

proc opdesk::app::ring::is_critical {key} {
    return [expr {[opdesk::app::words::severity [opdesk::app::alerts::get $key]] eq "critical"}]
}

# How many are due, is one of them critical, and when the next of the others will be ("" = none).
proc opdesk::app::ring::due {alerts now} {
    set n 0
    set critical 0
    set next ""
    dict for {key alert} $alerts {
        if {[is_due $key $alert $now]} {
            incr n
            set critical [expr {$critical || [opdesk::app::words::severity $alert] eq "critical"}]
        } elseif {![opdesk::app::windows::is_aside $key]} {
            set at [dict get $alert ring_ms]
            set next [expr {$next eq "" ? $at : min($at, $next)}]
        }
    }
    return [list $n $critical $next]
}

proc opdesk::app::ring::At {when now} {
    variable timer
    variable next
    if {$timer ne "" && $next <= $when} {
        return
    }
    after cancel $timer
    set next $when
    set timer [after [expr {max($when - $now, 0)}] [namespace current]::Turn]
}

proc opdesk::app::ring::Turn {} {
    variable timer ""
    variable interval_ms
    variable bell
    variable last
    set now [opdesk::app::clock::now]
    lassign [due [opdesk::app::alerts::all] $now] n critical next
    if {$n > 0} {
        set last $now
        if {[opdesk::app::quiet::allows $critical]} {
            {*}$bell
        }
        At [expr {$now + $interval_ms}] $now
    }
    if {$next ne ""} {
        opdesk::app::windows::Later
        At $next $now
    }
}

proc opdesk::app::ring::Alert {event key alert} {
    variable last
    variable gap_ms
    variable interval_ms
    set now [opdesk::app::clock::now]
    switch $event {
        added - ring { At [expr {max([dict get $alert ring_ms], $last + $gap_ms, $now)}] $now }
        changed { At [expr {max([dict get $alert ring_ms], $last + $interval_ms, $now)}] $now }
    }
}

opdesk::app::signal::on alert opdesk::app::ring::Alert
