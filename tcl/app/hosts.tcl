# SPDX-License-Identifier: ISC
# The hosts that send beacons: who is alive, who has fallen silent, whose clock is off.  A host is a dict
# {address silent clock offset_ms heard_ms seen_ms period_ms beacons}: clock good off zone; heard_ms its last
# beacon by opdesk::app::clock, seen_ms the same since 1970.
#   signal  hosts HOST       something of it is another now, "" = all are gone
#   signal  hosts.state      how the link is (`server`)
namespace eval opdesk::app::hosts {
    namespace import ::msgcat::mc
    variable index ""
    variable hosts {}
}

# Listen, when somebody looks; once.
proc opdesk::app::hosts::start {} {
    variable index
    if {$index eq ""} {
        set index [opdesk::app::servers::add watch:[opdesk::app::preferences::get beacon_group] beacons]
    }
}

# Another group.
proc opdesk::app::hosts::Preference {name} {
    variable index
    variable hosts
    if {$name ne "beacon_group" || $index eq ""} {
        return
    }
    set old $index
    set index ""
    set hosts {}
    opdesk::app::servers::remove $old
    opdesk::app::signal::emit hosts ""
    start
}

proc opdesk::app::hosts::server {} {
    variable index
    return [expr {$index ne "" && [opdesk::app::servers::exists $index] ? [opdesk::app::servers::get $index] : {}}]
}

proc opdesk::app::hosts::all {} {
    variable hosts
    return [dict keys $hosts]
}

proc opdesk::app::hosts::get {host} {
    variable hosts
    return [dict get $hosts $host]
}

# silent, off, zone or alive: the worst of it.
proc opdesk::app::hosts::state {host} {
    variable hosts
    set one [dict get $hosts $host]
    if {[dict get $one silent]} {
        return silent
    }
    return [dict get {good alive off off zone zone} [dict get $one clock]]
}

# How many there are in each state: {silent N off N zone N alive N}.
proc opdesk::app::hosts::counts {} {
    set counts {silent 0 off 0 zone 0 alive 0}
    foreach host [all] {
        dict incr counts [state $host]
    }
    return $counts
}

proc opdesk::app::hosts::Note {server method params} {
    variable index
    variable hosts
    if {$server ne $index || $method ne "watch.host"} {
        return
    }
    set host [dict get $params host]
    dict set params heard_ms [expr {[opdesk::app::clock::now] - [dict get $params age_ms]}]
    dict set hosts $host [dict remove $params host age_ms]
    opdesk::app::signal::emit hosts $host
}

proc opdesk::app::hosts::State {server} {
    variable index
    if {$server eq $index} {
        opdesk::app::signal::emit hosts.state
    }
}

# --- sentences ---

# What the list says of the state of a host.
proc opdesk::app::hosts::words {host now} {
    set one [get $host]
    switch [state $host] {
        silent { return [mc "silent (%s)" [opdesk::app::words::duration [expr {$now - [dict get $one heard_ms]}]]] }
        off { return [mc "clock off"] }
        zone { return [mc "time zone?"] }
    }
    return [mc "alive"]
}

proc opdesk::app::hosts::heard {host now} {
    set ms [expr {$now - [dict get [get $host] heard_ms]}]
    return [expr {$ms < 1000 ? [mc "now"] : [mc "%s ago" [opdesk::app::words::duration $ms]]}]
}

# +0.012 s, −3 min 20 s
proc opdesk::app::hosts::offset {host} {
    set ms [dict get [get $host] offset_ms]
    if {abs($ms) < 60000} {
        return [string map {- −} [format "%+.3f s" [expr {$ms / 1000.0}]]]
    }
    return "[expr {$ms < 0 ? "−" : "+"}][opdesk::app::words::duration [expr {abs($ms)}]]"
}

opdesk::app::signal::on servers opdesk::app::hosts::State
opdesk::app::signal::on server.note opdesk::app::hosts::Note
opdesk::app::signal::on preferences opdesk::app::hosts::Preference
