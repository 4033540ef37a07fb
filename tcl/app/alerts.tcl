# SPDX-License-Identifier: ISC
# The pending questions of all servers, by key SERVER/ID, as the daemons tell them: a snapshot on
# every connection, then changes.  A question is the daemon's dict (docs/protocol.md, An alert) with
# `server`, and its durations turned into points of opdesk::app::clock: born_ms, ring_ms, and
# due_ms when there is a deadline.
#   signal  alert added | changed KEY ALERT
#   signal  alert closed KEY ALERT       answered, expired or withdrawn: ALERT says how
#   signal  alert absent KEY ALERT       not in the new snapshot: it ended while we were away
#   signal  alert ring KEY ALERT         an operator wants attention anew
#   signal  alert dropped KEY ALERT      its server is no longer one of this desk
#   signal  alerts.trouble SERVER MESSAGE     what waits there could not be read: it is tried again; "": it has been
namespace eval opdesk::app::alerts {
    variable alerts {}
    # by server, while its snapshot is taken in: {list at now ended more seen timer}
    variable feeds {}
    variable slice 50
    # until a subscription that failed is tried again
    variable again_ms 5000
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
    if {[dict exists $alert $name]} {
        return [dict get $alert $name]
    }
    return $default
}

proc opdesk::app::alerts::Local {server alert now} {
    dict set alert server $server
    dict set alert born_ms [expr {$now - [field $alert age_ms 0]}]
    dict set alert ring_ms [expr {$now + [field $alert ring_in_ms 0]}]
    foreach {from to} {left_ms due_ms claim_left_ms claim_ms} {
        if {[dict exists $alert $from]} {
            dict set alert $to [expr {$now + [dict get $alert $from]}]
        }
    }
    return $alert
}

# One question as it is now.
proc opdesk::app::alerts::change {server alert now} {
    variable alerts
    variable feeds
    set key $server/[dict get $alert id]
    set known [dict exists $alerts $key]
    if {[dict exists $feeds $server]} {
        dict set feeds $server seen $key 1
    }
    if {$known && [field $alert version 0] < [field [dict get $alerts $key] version 0]} {
        return
    }
    set alert [Local $server $alert $now]
    if {$known} {
        # reckoned once: what comes later has been on its way for another while
        dict set alert born_ms [dict get $alerts $key born_ms]
    }
    if {[dict get $alert state] ne "pending"} {
        dict unset alerts $key
        if {[dict exists $feeds $server]} {
            dict set feeds $server ended [dict get $alert id] 1
        }
        if {$known} {
            # once, though the reply to what ended it and the change may both tell
            opdesk::app::signal::emit alert closed $key $alert
        }
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

# What is pending on a server: all of it, or with `more` its beginning, and the rest comes as changes
# until `alert.complete`.  What has not been told of by then is no longer pending.
proc opdesk::app::alerts::snapshot {server list now {more 0}} {
    variable feeds
    Drop $server
    dict set feeds $server \
        [dict create list $list at 0 now $now ended {} more $more seen {} timer {}]
    foreach alert $list {
        dict set feeds $server seen $server/[dict get $alert id] 1
    }
    if {!$more} {
        Absent $server
    }
    Feed $server
}

proc opdesk::app::alerts::Absent {server} {
    variable alerts
    variable feeds
    foreach key [dict keys $alerts $server/*] {
        if {![dict exists $feeds $server seen $key]} {
            set alert [dict get $alerts $key]
            dict unset alerts $key
            opdesk::app::signal::emit alert absent $key $alert
        }
    }
}

# The rest of a snapshot has come.
proc opdesk::app::alerts::Complete {server} {
    variable feeds
    if {[dict exists $feeds $server] && [dict get $feeds $server more]} {
        Absent $server
        dict set feeds $server more 0
        Feed $server
    }
}

# Give up taking in a snapshot.
proc opdesk::app::alerts::Drop {server} {
    variable feeds
    if {[dict exists $feeds $server]} {
        after cancel [dict get $feeds $server timer]
        dict unset feeds $server
    }
}

# The server is no longer one of this desk.
proc opdesk::app::alerts::forget {server} {
    variable alerts
    Drop $server
    foreach key [dict keys $alerts $server/*] {
        set alert [dict get $alerts $key]
        dict unset alerts $key
        opdesk::app::signal::emit alert dropped $key $alert
    }
}

# A long snapshot is taken in by slices, so that the desk stays alive meanwhile.  What has ended since
# it was made does not come back with it.
proc opdesk::app::alerts::Feed {server} {
    variable feeds
    variable slice
    foreach name {list at now} {
        set $name [dict get $feeds $server $name]
    }
    set next [expr {$at + $slice}]
    foreach alert [lrange $list $at $next-1] {
        if {![dict exists $feeds $server ended [dict get $alert id]]} {
            change $server $alert $now
        }
    }
    if {$next < [llength $list]} {
        dict set feeds $server at $next
        dict set feeds $server timer [after idle [list [namespace current]::FeedSoon $server]]
    } elseif {[dict get $feeds $server more]} {
        dict set feeds $server list {}
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

# The whole of a question, pending or not, with its `life`: later {*}prefix STATUS VALUE as of a call.
proc opdesk::app::alerts::fetch {key {prefix ""}} {
    lassign [split $key /] server id
    opdesk::app::servers::call $server alert.show [dict create id $id] \
        [list [namespace current]::Fetched $server $prefix]
}

proc opdesk::app::alerts::Fetched {server prefix status value} {
    if {$status eq "ok"} {
        dict set value server $server
    }
    if {$status eq "ok" && [Tells $server/[dict get $value id] $value]} {
        change $server [dict remove $value life] [opdesk::app::clock::now]
    }
    if {$prefix ne ""} {
        {*}$prefix $status $value
    }
}

# Is it more than is known?  Who fetches a question because it has changed must not hear from that fetch
# that it has.
proc opdesk::app::alerts::Tells {key alert} {
    variable alerts
    if {![exists $key]} {
        return 0
    }
    set known [dict get $alerts $key]
    return [expr {[field $known cut 0] || [field $alert version 0] > [field $known version 0]}]
}

# --- from the wire ---

# Other daemons have no questions.
proc opdesk::app::alerts::Subscribe {server} {
    if {$server ni [opdesk::app::servers::of mediachanged]} {
        return
    }
    opdesk::app::servers::call $server alert.subscribe {} [list [namespace current]::Subscribed $server]
}

proc opdesk::app::alerts::Subscribed {server status value} {
    if {$status eq "ok"} {
        opdesk::app::signal::emit alerts.trouble $server ""
        snapshot $server [dict get $value alerts] [opdesk::app::clock::now] [field $value more 0]
        return
    }
    switch [dict get $value name] {
        unavailable - cancelled {}
        denied - unknown_method - bad_request {
            opdesk::app::servers::refused $server [dict get $value message]
        }
        default { Again $server [dict get $value message] }
    }
}

# It is connected, and yet it did not say what waits: a list that is not known must not look empty.
proc opdesk::app::alerts::Again {server message} {
    variable again_ms
    opdesk::app::signal::emit alerts.trouble $server $message
    after $again_ms [list [namespace current]::SubscribeIfUp $server]
}

proc opdesk::app::alerts::SubscribeIfUp {server} {
    if {[opdesk::app::servers::up $server]} {
        Subscribe $server
    }
}

proc opdesk::app::alerts::Note {server method params} {
    switch $method {
        alert.changed { change $server $params [opdesk::app::clock::now] }
        alert.complete { Complete $server }
        alert.ring { Ring $server [dict get $params ids] [opdesk::app::clock::now] }
        server.reset { Subscribe $server }
    }
}

opdesk::app::signal::on server.up opdesk::app::alerts::Subscribe
opdesk::app::signal::on server.removed opdesk::app::alerts::forget
opdesk::app::signal::on server.note opdesk::app::alerts::Note
