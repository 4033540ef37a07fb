# SPDX-License-Identifier: ISC
# The servers of this desk, numbered from 0, and the state of the link to each.  A server is a dict
# {endpoint link state reason retry_ms}: link "" while there is none; state connecting up down
# failed denied; retry_ms: when it is tried again, by opdesk::app::clock, 0 = not known.
#   signal  servers INDEX           something changed
#   signal  server.up INDEX         subscribe now
#   signal  server.note INDEX METHOD PARAMS
namespace eval opdesk::app::servers {
    variable servers {}
}

proc opdesk::app::servers::start {endpoints} {
    variable servers {}
    foreach endpoint $endpoints {
        lappend servers [dict create endpoint $endpoint link "" state connecting reason "" retry_ms 0]
    }
}

proc opdesk::app::servers::count {} {
    variable servers
    return [llength $servers]
}

proc opdesk::app::servers::get {index} {
    variable servers
    return [lindex $servers $index]
}

proc opdesk::app::servers::up {index} {
    return [expr {[dict get [get $index] state] eq "up"}]
}

# As opdesk::app::rpc::call, on the link of a server.
proc opdesk::app::servers::call {index method params callback args} {
    set link [dict get [get $index] link]
    if {$link eq ""} {
        after 0 [list {*}$callback error [dict create name unavailable \
            message [dict get [get $index] reason]]]
        return
    }
    opdesk::app::rpc::call $link $method $params $callback {*}$args
}

# Try now instead of waiting.
proc opdesk::app::servers::retry {index} {
    set link [dict get [get $index] link]
    if {$link ne ""} {
        opdesk::app::rpc::call 0 link.retry [dict create link $link] [namespace current]::Ignore
    }
}

# The server is there, but does not let us do our work.
proc opdesk::app::servers::refused {index reason} {
    Set $index state denied reason $reason retry_ms 0
}

proc opdesk::app::servers::Set {index args} {
    variable servers
    lset servers $index [dict merge [lindex $servers $index] $args]
    opdesk::app::signal::emit servers $index
}

proc opdesk::app::servers::Ignore {args} {}

proc opdesk::app::servers::Helper {state {reason ""}} {
    for {set i 0} {$i < [count]} {incr i} {
        if {$state eq "down"} {
            Set $i link "" state down reason $reason retry_ms 0
        } else {
            Set $i state connecting reason ""
            opdesk::app::rpc::call 0 link.open [dict create endpoint [dict get [get $i] endpoint]] \
                [list [namespace current]::Opened $i]
        }
    }
}

proc opdesk::app::servers::Opened {index status value} {
    if {$status eq "error"} {
        Set $index link "" state failed reason [dict get $value message]
    } else {
        Set $index link [dict get $value link]
    }
}

# A link's first state may be told before its number is.
proc opdesk::app::servers::Find {link endpoint} {
    for {set i 0} {$i < [count]} {incr i} {
        if {[dict get [get $i] link] eq $link} {
            return $i
        }
    }
    for {set i 0} {$i < [count]} {incr i} {
        if {[dict get [get $i] link] eq "" && [dict get [get $i] endpoint] eq $endpoint} {
            Set $i link $link
            return $i
        }
    }
    return -1
}

proc opdesk::app::servers::Notify {link method params} {
    if {$link == 0} {
        if {$method eq "link.state"} {
            LinkState $params
        }
        return
    }
    set index [Find $link ""]
    if {$index >= 0} {
        opdesk::app::signal::emit server.note $index $method $params
    }
}

proc opdesk::app::servers::LinkState {params} {
    set index [Find [dict get $params link] \
        [expr {[dict exists $params endpoint] ? [dict get $params endpoint] : ""}]]
    if {$index < 0} {
        return
    }
    set params [dict merge {reason "" retry_ms 0} $params]
    set retry [dict get $params retry_ms]
    Set $index state [dict get $params state] reason [dict get $params reason] \
        retry_ms [expr {$retry > 0 ? [opdesk::app::clock::now] + $retry : 0}]
    if {[dict get $params state] eq "up"} {
        opdesk::app::signal::emit server.up $index
    }
}

opdesk::app::signal::on helper opdesk::app::servers::Helper
opdesk::app::signal::on notify opdesk::app::servers::Notify
