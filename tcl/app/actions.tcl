# SPDX-License-Identifier: ISC
# What an operator does to questions apart from answering: claim, release, snooze, withdraw, note.  Each
# works on a list of keys; the daemon's reply is taken in like any change.
#   signal  action done METHOD KEY
#   signal  action failed METHOD KEY MESSAGE
namespace eval opdesk::app::actions {
    namespace import ::msgcat::mc
    variable claim_ms 3600000
    # keys to come {METHOD KEY PARAMS …}, and how many are on their way
    variable queue {}
    variable sent 0
    variable at_once 16
}

proc opdesk::app::actions::claim {keys} {
    variable claim_ms
    Each alert.claim $keys [dict create for_ms $claim_ms]
}

proc opdesk::app::actions::release {keys} {
    Each alert.claim $keys [dict create for_ms 0]
}

# 0 ms: it rings again.
proc opdesk::app::actions::snooze {keys ms} {
    Each alert.snooze $keys [dict create for_ms $ms]
}

proc opdesk::app::actions::withdraw {keys reason} {
    set max [opdesk::system limit alert.withdraw reason]
    Each alert.withdraw $keys [expr {$reason eq "" ? {} : [dict create reason [opdesk::app::words::cut $reason $max]]}]
}

proc opdesk::app::actions::note {keys text} {
    Each alert.note $keys [dict create note [opdesk::app::words::cut $text [opdesk::system limit alert.note note]]]
}

# How long until tomorrow at eight, by the clock on the wall.
proc opdesk::app::actions::until_morning {now_s} {
    set day [clock format [clock add $now_s 1 day] -format %Y-%m-%d]
    return [expr {([clock scan "$day 08:00" -format "%Y-%m-%d %H:%M"] - $now_s) * 1000}]
}

proc opdesk::app::actions::Each {method keys params} {
    variable queue
    foreach key $keys {
        lappend queue $method $key $params
    }
    More
}

proc opdesk::app::actions::More {} {
    variable queue
    variable sent
    variable at_once
    while {[llength $queue] && $sent < $at_once} {
        set queue [lassign $queue method key params]
        if {[opdesk::app::alerts::exists $key]} {
            incr sent
            lassign [split $key /] server id
            opdesk::app::servers::call $server $method [dict merge [dict create id $id] $params] \
                [list [namespace current]::Done $method $key] 15000
        }
    }
}

proc opdesk::app::actions::Done {method key status value} {
    variable sent
    incr sent -1
    if {$status eq "ok"} {
        opdesk::app::signal::emit action done $method $key
        Take $key $value
    } elseif {[dict get $value name] eq "already_answered" && [dict exists $value data]} {
        set data [dict get $value data]
        dict set data server [lindex [split $key /] 0]
        opdesk::app::signal::emit action failed $method $key \
            [mc "Too late. %s." [opdesk::app::words::ending $data]]
        Take $key $data
    } else {
        opdesk::app::signal::emit action failed $method $key \
            [mc "Not done: %s." [string trimright [opdesk::app::words::line [dict get $value message]] .]]
    }
    More
}

proc opdesk::app::actions::Take {key alert} {
    if {[dict exists $alert id] && [dict exists $alert state]} {
        lassign [split $key /] server
        opdesk::app::alerts::change $server $alert [opdesk::app::clock::now]
    }
}
