# SPDX-License-Identifier: ISC
# Which questions this desk has shown, and which somebody has read here.
#   shown   its window has opened, or it was read: its server is told, once, and again on the next
#           connection if that did not arrive, so that its life says where it was to be seen
#   read    it was selected in the list for a moment, its window had the keyboard or was put aside, or
#           something was done with it; until then it is new, and stands out in the list
#   signal  seen KEY        it is no longer new
namespace eval opdesk::app::seen {
    # by key: does the server know?
    variable shown {}
    variable read {}
    variable timeout_ms 15000
}

proc opdesk::app::seen::is_new {key} {
    variable read
    return [expr {![dict exists $read $key]}]
}

# How many of those that wait are new.
proc opdesk::app::seen::news {} {
    variable read
    return [expr {[opdesk::app::alerts::count] - [dict size $read]}]
}

proc opdesk::app::seen::read {key} {
    variable read
    if {[is_new $key] && [opdesk::app::alerts::exists $key]} {
        dict set read $key 1
        opdesk::app::signal::emit seen $key
    }
}

proc opdesk::app::seen::shown {key} {
    variable shown
    if {![dict exists $shown $key] && [opdesk::app::alerts::exists $key]} {
        dict set shown $key 0
        Tell $key
    }
}

proc opdesk::app::seen::Tell {key} {
    variable timeout_ms
    lassign [split $key /] server id
    opdesk::app::servers::call $server alert.shown [dict create id $id desk [opdesk::app::answers::desk]] \
        [list [namespace current]::Told $key] $timeout_ms
}

# A server that does not want to know is not told again.
proc opdesk::app::seen::Told {key status value} {
    variable shown
    if {[dict exists $shown $key]
        && ($status eq "ok" || [dict get $value name] ni {unavailable timeout cancelled})} {
        dict set shown $key 1
    }
}

proc opdesk::app::seen::Up {server} {
    variable shown
    dict for {key told} $shown {
        if {!$told && [string match $server/* $key]} {
            Tell $key
        }
    }
}

proc opdesk::app::seen::Window {event key args} {
    switch $event {
        open {
            shown $key
            if {[lindex $args 1]} {
                read $key
            }
        }
        aside { read $key }
    }
}

proc opdesk::app::seen::Answer {event key args} {
    read $key
}

proc opdesk::app::seen::Action {event method key args} {
    read $key
}

proc opdesk::app::seen::Alert {event key alert} {
    variable shown
    variable read
    if {$event in {closed absent dropped}} {
        dict unset shown $key
        dict unset read $key
    }
}

opdesk::app::signal::on alert opdesk::app::seen::Alert
opdesk::app::signal::on window opdesk::app::seen::Window
opdesk::app::signal::on answer opdesk::app::seen::Answer
opdesk::app::signal::on action opdesk::app::seen::Action
opdesk::app::signal::on server.up opdesk::app::seen::Up
