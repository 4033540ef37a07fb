# SPDX-License-Identifier: ISC
# Which questions have a window of their own.  At most `max` open by themselves, the critical and the
# oldest first; the others wait in the list.  Put aside by the operator: in the list only, on this
# desk only, until somebody asks for attention anew.
#   signal  window open KEY ALERT ASKED-FOR     ASKED-FOR: by the operator, it may take the keyboard
#   signal  window close KEY
#   signal  window aside KEY                    the operator has put it aside
#   signal  window ended KEY ALERT              answered and so on: show how, briefly
namespace eval opdesk::app::windows {
    variable max 3
    variable open {}
    variable aside {}
    variable filling ""
}

proc opdesk::app::windows::configure {n} {
    variable max $n
    Later
}

# As many may be open by themselves.
proc opdesk::app::windows::max {} {
    variable max
    return $max
}

proc opdesk::app::windows::is_open {key} {
    variable open
    return [expr {$key in $open}]
}

proc opdesk::app::windows::is_aside {key} {
    variable aside
    return [dict exists $aside $key]
}

# The operator asked for it: always obeyed.
proc opdesk::app::windows::show {key} {
    variable aside
    dict unset aside $key
    if {![opdesk::app::alerts::exists $key]} {
        return
    }
    if {[is_open $key]} {
        opdesk::app::signal::emit window raise $key
        return
    }
    Open $key 1
}

proc opdesk::app::windows::put_aside {key} {
    variable aside
    dict set aside $key 1
    Close $key
    opdesk::app::signal::emit window aside $key
    if {[opdesk::app::alerts::exists $key]} {
        opdesk::app::signal::emit alert changed $key [opdesk::app::alerts::get $key]
    }
}

# It has been put off for all desks: away until its time comes.
proc opdesk::app::windows::later {key} {
    Close $key
    if {[opdesk::app::alerts::exists $key]} {
        opdesk::app::signal::emit alert changed $key [opdesk::app::alerts::get $key]
    }
}

proc opdesk::app::windows::Open {key asked} {
    variable open
    lappend open $key
    set alert [opdesk::app::alerts::get $key]
    opdesk::app::signal::emit window open $key $alert $asked
    opdesk::app::signal::emit alert changed $key $alert
    if {[opdesk::app::alerts::field $alert cut 0]} {
        opdesk::app::alerts::fetch $key
    }
}

proc opdesk::app::windows::Close {key} {
    if {[Forget $key]} {
        opdesk::app::signal::emit window close $key
    }
}

# Its place is free for the next.
proc opdesk::app::windows::Forget {key} {
    variable open
    if {$key ni $open} {
        return 0
    }
    set open [lsearch -all -inline -not -exact $open $key]
    Later
    return 1
}

# Once for all that happens in this turn of the loop.
proc opdesk::app::windows::Later {} {
    variable filling
    if {$filling eq ""} {
        set filling [after idle [namespace current]::Fill]
    }
}

# One a turn: to make a window takes a while.
proc opdesk::app::windows::Fill {} {
    variable open
    variable max
    variable filling ""
    if {[llength $open] < $max && [set key [Next [opdesk::app::clock::now]]] ne ""} {
        Open $key 0
        Later
    }
}

# Claimed and snoozed ones (their time to ring is to come) stay in the list.
proc opdesk::app::windows::Next {now} {
    variable aside
    variable open
    set found ""
    dict for {key alert} [opdesk::app::alerts::all] {
        if {[dict get $alert ring_ms] > $now || [dict exists $aside $key] || $key in $open} {
            continue
        }
        if {[opdesk::app::words::severity $alert] eq "critical"} {
            return $key
        }
        if {$found eq ""} {
            set found $key
        }
    }
    return $found
}

proc opdesk::app::windows::Alert {event key alert} {
    variable open
    variable max
    variable aside
    switch $event {
        added - changed {
            if {[llength $open] < $max && ![is_open $key]} {
                Later
            }
        }
        ring {
            dict unset aside $key
            Later
        }
        dropped {
            dict unset aside $key
            Close $key
        }
        closed {
            dict unset aside $key
            if {[Forget $key]} {
                opdesk::app::signal::emit window ended $key $alert
            }
        }
        absent {
            dict unset aside $key
            if {[Forget $key]} {
                lassign [split $key /] server id
                opdesk::app::servers::call $server alert.show [dict create id $id] \
                    [list [namespace current]::Shown $key $alert]
            }
        }
    }
}

# How a question ended that was open here while the server was away.
proc opdesk::app::windows::Shown {key alert status value} {
    set value [dict merge $alert [expr {$status eq "ok" ? $value : {state gone}}]]
    opdesk::app::signal::emit window ended $key $value
}

opdesk::app::signal::on alert opdesk::app::windows::Alert
