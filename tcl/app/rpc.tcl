# SPDX-License-Identifier: ISC
# Calls over the helper's pipe.  Every call ends exactly once: {*}CALLBACK ok RESULT, or
# {*}CALLBACK error {name NAME message TEXT ?data …?} with a name of lib/err.h; always later, never
# from inside `call`.
#   signal  notify LINK METHOD PARAMS
namespace eval opdesk::app::rpc {
    namespace import ::msgcat::mc
    variable calls {}
    variable last 0
    # the helper holds the time limit; this much later we stop waiting for the helper itself
    variable grace_ms 5000
}

proc opdesk::app::rpc::call {link method params callback {timeout_ms 60000}} {
    variable calls
    variable last
    variable grace_ms
    set id [incr last]
    set timer [after [expr {$timeout_ms + $grace_ms}] [list [namespace current]::Fail $id timeout \
        [mc "the helper does not answer"]]]
    dict set calls $id [list $callback $timer $link]
    try {
        set limit [expr {$link == 0 ? {} : $timeout_ms}]
        opdesk::app::helper::send [opdesk::codec call $link $id $method $params {*}$limit]
    } trap {OPDESK} {message options} {
        set name [lindex [dict get $options -errorcode] 2]
        after 0 [list [namespace current]::Fail $id $name $message]
    }
    return $id
}

# Give a call up: it ends with `cancelled`, and whoever works on it stops where it can.  One that has ended
# is nothing.
proc opdesk::app::rpc::cancel {id} {
    variable calls
    if {![dict exists $calls $id]} {
        return
    }
    try {
        opdesk::app::helper::send [opdesk::codec notify 0 {$/cancel} [dict create link [lindex [dict get $calls $id] 2] msgid $id]]
    } trap {OPDESK} {} {
        after 0 [list [namespace current]::Fail $id cancelled [mc "it was given up"]]
    }
}

proc opdesk::app::rpc::Fail {id name message} {
    End $id error [dict create name $name message $message]
}

# A call that has ended already, by its time limit say, ends only once.
proc opdesk::app::rpc::End {id status value} {
    variable calls
    if {![dict exists $calls $id]} {
        return
    }
    lassign [dict get $calls $id] callback timer link
    dict unset calls $id
    after cancel $timer
    {*}$callback $status $value
}

proc opdesk::app::rpc::Receive {message} {
    switch [dict get $message type] {
        response {
            set failed [dict exists $message error]
            End [dict get $message msgid] [expr {$failed ? "error" : "ok"}] \
                [dict get $message [expr {$failed ? "error" : "result"}]]
        }
        notify {
            opdesk::app::signal::emit notify [dict get $message link] \
                [dict get $message method] [dict get $message params]
        }
    }
}

# Nothing that was on its way will be answered now; a caller that fails does not keep the others from
# hearing it.
proc opdesk::app::rpc::Helper {state {reason ""}} {
    variable calls
    if {$state eq "down"} {
        foreach id [dict keys $calls] {
            if {[catch {Fail $id unavailable $reason} message options]} {
                {*}[interp bgerror {}] $message $options
            }
        }
    }
}

opdesk::app::helper::receive opdesk::app::rpc::Receive
opdesk::app::signal::on helper opdesk::app::rpc::Helper
