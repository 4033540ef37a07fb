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
    # so many questions are looked at in one piece
    variable slice 500
    variable looking ""
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

# How many are due, is one of them critical, and when the next of the others will be ("" = none): of these
# alerts together with `sum`, what was found before.
proc opdesk::app::ring::due {alerts now {sum {0 0 ""}}} {
    lassign $sum n critical next
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
    variable looking
    variable gap_ms
    set now [opdesk::app::clock::now]
    if {$looking ne ""} {
        # in a burst there is always something new: it waits for the round that is under way
        At [expr {$now + $gap_ms}] $now
    } else {
        Look [dict keys [opdesk::app::alerts::all]] {0 0 ""}
    }
}

# A slice of the questions, and of what is to be drawn; ten thousand in one piece would be felt.
proc opdesk::app::ring::Look {keys sum} {
    variable slice
    variable looking ""
    set alerts {}
    foreach key [lrange $keys 0 $slice-1] {
        if {[opdesk::app::alerts::exists $key]} {
            dict set alerts $key [opdesk::app::alerts::get $key]
        }
    }
    set now [opdesk::app::clock::now]
    set sum [due $alerts $now $sum]
    set rest [lrange $keys $slice end]
    if {[llength $rest]} {
        set looking [after idle [list [namespace current]::LookSoon $rest $sum]]
    } else {
        Found $now {*}$sum
    }
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::ring::LookSoon {keys sum} {
    variable looking [after 0 [list [namespace current]::Look $keys $sum]]
}

proc opdesk::app::ring::Found {now n critical coming} {
    variable interval_ms
    variable bell
    variable last
    if {$n > 0} {
        set last $now
        if {[opdesk::app::quiet::allows $critical]} {
            {*}$bell
        }
        Apart $now
        At [expr {$now + $interval_ms}] $now
    }
    if {$coming ne ""} {
        opdesk::app::windows::Later
        At $coming $now
    }
}

# It has rung: for what came while the others were looked at it rings after the gap.
proc opdesk::app::ring::Apart {now} {
    variable timer
    variable next
    variable gap_ms
    if {$timer ne "" && $next < $now + $gap_ms} {
        after cancel $timer
        set timer ""
        At [expr {$now + $gap_ms}] $now
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
