# SPDX-License-Identifier: ISC
# Tries an endpoint: a link is opened, asked whether we may see questions when it is a mediachanged, and
# closed again.  One at a time; a new one ends the one before without a word.
namespace eval opdesk::app::trial {
    namespace import ::msgcat::mc
    variable prefix {}
    variable link ""
    variable timer ""
    variable number 0
    variable limit_ms 15000
}

# Later {*}prefix STATUS TEXT, once: ok and how many questions wait, denied or failed and why, other and
# what program it is.
proc opdesk::app::trial::start {endpoint callback} {
    variable prefix
    variable timer
    variable number
    variable limit_ms
    stop
    set prefix $callback
    incr number
    set timer [after $limit_ms [list [namespace current]::End failed \
        [mc "no answer within %d s" [expr {$limit_ms / 1000}]]]]
    opdesk::app::rpc::call 0 link.open [dict create endpoint $endpoint] \
        [list [namespace current]::Opened $number]
}

proc opdesk::app::trial::running {} {
    variable prefix
    return [expr {[llength $prefix] > 0}]
}

proc opdesk::app::trial::stop {} {
    variable prefix {}
    variable link
    variable timer
    after cancel $timer
    Close $link
    set link ""
}

proc opdesk::app::trial::Close {link} {
    if {$link ne ""} {
        opdesk::app::rpc::call 0 link.close [dict create link $link] [namespace current]::Ignore
    }
}

proc opdesk::app::trial::Ignore {args} {}

proc opdesk::app::trial::End {status text} {
    variable prefix
    set callback $prefix
    stop
    {*}$callback $status $text
}

proc opdesk::app::trial::Opened {n status value} {
    variable number
    variable link
    if {$n != $number || ![running]} {
        if {$status eq "ok"} {
            Close [dict get $value link]
        }
    } elseif {$status eq "error"} {
        End failed [dict get $value message]
    } else {
        set link [dict get $value link]
    }
}

proc opdesk::app::trial::Notify {from method params} {
    variable link
    variable number
    if {$method ne "link.state" || $link eq "" || [dict get $params link] ne $link} {
        return
    }
    switch [dict get $params state] {
        up {
            set program [opdesk::app::alerts::field $params program]
            if {$program ni {"" mediachanged}} {
                End other $program
                return
            }
            opdesk::app::rpc::call $link alert.stats {} [list [namespace current]::Asked $number]
        }
        down - failed { End failed [opdesk::app::alerts::field $params reason [mc "not connected"]] }
    }
}

proc opdesk::app::trial::Asked {n status value} {
    variable number
    if {$n != $number || ![running]} {
        return
    }
    if {$status eq "ok"} {
        End ok [opdesk::app::alerts::field $value pending 0]
    } elseif {[dict get $value name] eq "denied"} {
        End denied [dict get $value message]
    } else {
        End failed [dict get $value message]
    }
}

opdesk::app::signal::on notify opdesk::app::trial::Notify
