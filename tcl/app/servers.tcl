# SPDX-License-Identifier: ISC
# The servers of this desk, each under a number that is never used again, and the state of the link to
# each.  A server is a dict {endpoint link state reason retry_ms program version you operator}: link ""
# while there is none; state connecting up down failed denied; retry_ms: when it is tried again, by
# opdesk::app::clock, 0 = not known; program and the rest: what its daemon said last, "" or 0 before.  What a
# view has added for itself (a chat, beacons) has `params` more for link.open, and is not `listed`.  `kept`: it
# is to be there at the next start as well.
#   signal  servers INDEX           something changed
#   signal  server.up INDEX         subscribe now
#   signal  server.removed INDEX    it is no longer one of this desk
#   signal  server.note INDEX METHOD PARAMS
namespace eval opdesk::app::servers {
    namespace import ::msgcat::mc
    # by number
    variable servers {}
    variable last -1
    # a daemon that is silent so long is gone
    variable silence_ms 60000
}

# For links that are opened from now on.
proc opdesk::app::servers::configure {ms} {
    variable silence_ms $ms
}

proc opdesk::app::servers::start {endpoints} {
    variable servers {}
    variable last -1
    foreach endpoint $endpoints {
        New $endpoint
    }
}

proc opdesk::app::servers::New {endpoint {program ""} {params {}} {kept 1}} {
    variable servers
    variable last
    dict set servers [incr last] \
        [dict create endpoint $endpoint link "" state connecting reason "" retry_ms 0 program $program version "" \
        you "" operator 0 params $params kept $kept]
    return $last
}

# The numbers there are.
proc opdesk::app::servers::all {} {
    variable servers
    return [dict keys $servers]
}

proc opdesk::app::servers::exists {index} {
    variable servers
    return [dict exists $servers $index]
}

# Of those that are kept.
proc opdesk::app::servers::endpoints {} {
    return [lmap index [listed] {
        if {![dict get [get $index] kept]} {
            continue
        }
        dict get [get $index] endpoint
    }]
}

# Is there one of that endpoint?  It is kept from now on.
proc opdesk::app::servers::keep {endpoint} {
    foreach index [listed] {
        if {[dict get [get $index] endpoint] eq $endpoint} {
            Set $index kept 1
            return 1
        }
    }
    return 0
}

proc opdesk::app::servers::get {index} {
    variable servers
    return [dict get $servers $index]
}

proc opdesk::app::servers::up {index} {
    return [expr {[exists $index] && [dict get [get $index] state] eq "up"}]
}

# Those that somebody named as servers of this desk, and that are told and kept as such.
proc opdesk::app::servers::listed {} {
    return [lmap index [all] {
        if {[regexp {^(chat|watch):} [dict get [get $index] endpoint]]} {
            continue
        }
        set index
    }]
}

# The servers whose daemon is that program, or has not said yet what it is.
proc opdesk::app::servers::of {program} {
    return [lmap index [all] {
        if {[dict get [get $index] program] ni [list "" $program]} {
            continue
        }
        set index
    }]
}

# Those whose daemon is known to be that program: it said so, or was added as one.
proc opdesk::app::servers::known {program} {
    return [lmap index [all] {
        if {[program $index] ne $program} {
            continue
        }
        set index
    }]
}

proc opdesk::app::servers::program {index} {
    return [if {[exists $index]} {dict get [get $index] program}]
}

# Who we are to that server, in the fields that name people; "" when it has not said.
proc opdesk::app::servers::you {index} {
    return [if {[exists $index]} {dict get [get $index] you}]
}

# One more; connected at once.  Its number.  `program`: what its daemon is expected to be.
proc opdesk::app::servers::add {endpoint {program ""} {params {}} {kept 1}} {
    set index [New $endpoint $program $params $kept]
    if {[opdesk::app::helper::running]} {
        Open $index
    }
    opdesk::app::signal::emit servers $index
    return $index
}

proc opdesk::app::servers::remove {index} {
    variable servers
    set link [dict get [get $index] link]
    dict unset servers $index
    if {$link ne ""} {
        opdesk::app::rpc::call 0 link.close [dict create link $link] [namespace current]::Ignore
    }
    opdesk::app::signal::emit server.removed $index
}

# As opdesk::app::rpc::call, on the link of a server.
proc opdesk::app::servers::call {index method params callback args} {
    if {![exists $index] || [set link [dict get [get $index] link]] eq ""} {
        set reason [if {[exists $index]} {dict get [get $index] reason} else {mc "the server was removed"}]
        after 0 [list {*}$callback error [dict create name unavailable message $reason]]
        return
    }
    return [opdesk::app::rpc::call $link $method $params $callback {*}$args]
}

# Give up what `call` returned; "" is nothing.
proc opdesk::app::servers::cancel {call} {
    if {$call ne ""} {
        opdesk::app::rpc::cancel $call
    }
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
    if {[exists $index]} {
        dict set servers $index [dict merge [get $index] $args]
        opdesk::app::signal::emit servers $index
    }
}

proc opdesk::app::servers::Ignore {args} {}

proc opdesk::app::servers::Helper {state {reason ""}} {
    foreach i [all] {
        if {$state eq "down"} {
            Set $i link "" state down reason $reason retry_ms 0
        } else {
            Open $i
        }
    }
}

proc opdesk::app::servers::Open {index} {
    variable silence_ms
    Set $index state connecting reason ""
    opdesk::app::rpc::call 0 link.open \
        [dict merge [dict get [get $index] params] \
        [dict create endpoint [dict get [get $index] endpoint] dead_ms $silence_ms]] \
        [list [namespace current]::Opened $index]
}

proc opdesk::app::servers::Opened {index status value} {
    if {![exists $index]} {
        # removed while it was opened
        if {$status eq "ok"} {
            opdesk::app::rpc::call 0 link.close [dict create link [dict get $value link]] \
                [namespace current]::Ignore
        }
    } elseif {$status eq "error"} {
        Set $index link "" state failed reason [dict get $value message]
    } else {
        Set $index link [dict get $value link]
    }
}

proc opdesk::app::servers::Find {link} {
    variable servers
    dict for {index server} $servers {
        if {[dict get $server link] eq $link} {
            return $index
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
    set index [Find $link]
    if {$index >= 0} {
        opdesk::app::signal::emit server.note $index $method $params
    }
}

proc opdesk::app::servers::LinkState {params} {
    set index [Find [dict get $params link]]
    if {$index < 0} {
        return
    }
    set params [dict merge {reason "" retry_ms 0} $params]
    set retry [dict get $params retry_ms]
    foreach name {program version you operator} {
        if {[dict exists $params $name]} {
            Set $index $name [dict get $params $name]
        }
    }
    Set $index state [dict get $params state] reason [dict get $params reason] \
        retry_ms [expr {$retry > 0 ? [opdesk::app::clock::now] + $retry : 0}]
    if {[dict get $params state] eq "up"} {
        opdesk::app::signal::emit server.up $index
    }
}

opdesk::app::signal::on helper opdesk::app::servers::Helper
opdesk::app::signal::on notify opdesk::app::servers::Notify
