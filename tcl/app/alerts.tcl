# SPDX-License-Identifier: ISC
# The pending questions of all servers, by key SERVER/ID, as the daemons tell them: a snapshot on
# every connection, then changes.  A question is the daemon's dict (docs/protocol.md, An alert) with
# `server`, and its durations turned into points of opdesk::app::clock: born_ms, ring_ms, and
# due_ms when there is a deadline.
#   signal  alert added | changed KEY ALERT
#   signal  alert closed KEY ALERT       answered, expired or withdrawn: ALERT says how
#   signal  alert absent KEY ALERT       not in the new snapshot: it ended while we were away
#   signal  alert ring KEY ALERT         an operator wants attention anew
namespace eval opdesk::app::alerts {
    variable alerts {}
    # by server, while its snapshot is taken in: {list at now ended timer}
    variable feeds {}
    variable slice 50
}

proc opdesk::app::alerts::exists {key} {
    variable alerts
    return [dict exists $alerts $key]
}

proc opdesk::app::alerts::get {key} {
    variable alerts
    return [dict get $alerts $key]
}

# All of them: KEY ALERT …, in the order of arrival.
proc opdesk::app::alerts::all {} {
    variable alerts
    return $alerts
}

proc opdesk::app::alerts::count {} {
    variable alerts
    return [dict size $alerts]
}

# A field, or what stands for it when the daemon left it out.
proc opdesk::app::alerts::field {alert name {default ""}} {
    return [expr {[dict exists $alert $name] ? [dict get $alert $name] : $default}]
}

proc opdesk::app::alerts::Local {server alert now} {
    dict set alert server $server
    dict set alert born_ms [expr {$now - [field $alert age_ms 0]}]
    dict set alert ring_ms [expr {$now + [field $alert ring_in_ms 0]}]
    if {[dict exists $alert left_ms]} {
        dict set alert due_ms [expr {$now + [dict get $alert left_ms]}]
    }
    return $alert
}

# One question as it is now.
proc opdesk::app::alerts::change {server alert now} {
    variable alerts
    variable feeds
    set key $server/[dict get $alert id]
    set known [dict exists $alerts $key]
    if {$known && [field $alert version 0] < [field [dict get $alerts $key] version 0]} {
        return
    }
    set alert [Local $server $alert $now]
    if {[dict get $alert state] ne "pending"} {
        dict unset alerts $key
        if {[dict exists $feeds $server]} {
            dict set feeds $server ended [dict get $alert id] 1
        }
        opdesk::app::signal::emit alert closed $key $alert
        return
    }
    if {$known && [field $alert cut 0] && ![field [dict get $alerts $key] cut 0]} {
        # the whole text has been fetched already
        dict set alert text [dict get $alerts $key text]
        dict unset alert cut
    }
    dict set alerts $key $alert
    opdesk::app::signal::emit alert [expr {$known ? "changed" : "added"}] $key $alert
}

# Everything that is pending on a server.
proc opdesk::app::alerts::snapshot {server list now} {
    variable alerts
    variable feeds
    set there {}
    foreach alert $list {
        dict set there $server/[dict get $alert id] 1
    }
    foreach key [dict keys $alerts $server/*] {
        if {![dict exists $there $key]} {
            set alert [dict get $alerts $key]
            dict unset alerts $key
            opdesk::app::signal::emit alert absent $key $alert
        }
    }
    if {[dict exists $feeds $server]} {
        after cancel [dict get $feeds $server timer]
    }
    dict set feeds $server [dict create list $list at 0 now $now ended {} timer {}]
    Feed $server
}

# A long snapshot is taken in by slices, so that the desk stays alive meanwhile.  What has ended since
# it was made does not come back with it.
proc opdesk::app::alerts::Feed {server} {
    variable feeds
    variable slice
    dict with feeds $server {}
    set next [expr {$at + $slice}]
    foreach alert [lrange $list $at $next-1] {
        if {![dict exists $ended [dict get $alert id]]} {
            change $server $alert $now
        }
    }
    if {$next < [llength $list]} {
        dict set feeds $server at $next
        dict set feeds $server timer [after idle [list [namespace current]::FeedSoon $server]]
    } else {
        dict unset feeds $server
    }
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::alerts::FeedSoon {server} {
    variable feeds
    dict set feeds $server timer [after 0 [list [namespace current]::Feed $server]]
}

proc opdesk::app::alerts::Ring {server ids now} {
    variable alerts
    foreach id $ids {
        set key $server/$id
        if {[dict exists $alerts $key]} {
            dict set alerts $key ring_ms $now
            opdesk::app::signal::emit alert ring $key [dict get $alerts $key]
        }
    }
}

# The whole text of a question that came cut.
proc opdesk::app::alerts::fetch {key} {
    lassign [split $key /] server id
    opdesk::app::servers::call $server alert.show [dict create id $id] \
        [list [namespace current]::Fetched $server]
}

proc opdesk::app::alerts::Fetched {server status value} {
    if {$status eq "ok"} {
        change $server $value [opdesk::app::clock::now]
    }
}

# --- from the wire ---

proc opdesk::app::alerts::Subscribe {server} {
    opdesk::app::servers::call $server alert.subscribe {} [list [namespace current]::Subscribed $server]
}

proc opdesk::app::alerts::Subscribed {server status value} {
    if {$status eq "ok"} {
        snapshot $server [dict get $value alerts] [opdesk::app::clock::now]
    } elseif {[dict get $value name] ni {unavailable cancelled}} {
        opdesk::app::servers::refused $server [dict get $value message]
    }
}

proc opdesk::app::alerts::Note {server method params} {
    switch $method {
        alert.changed { change $server $params [opdesk::app::clock::now] }
        alert.ring { Ring $server [dict get $params ids] [opdesk::app::clock::now] }
        server.reset { Subscribe $server }
    }
}

opdesk::app::signal::on server.up opdesk::app::alerts::Subscribe
opdesk::app::signal::on server.note opdesk::app::alerts::Note
