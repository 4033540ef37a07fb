# SPDX-License-Identifier: ISC
# Tries an endpoint: a link is opened, the program that hello names is asked whether we may do our work
# there, and it is closed again.  One at a time; a new one ends the one before without a word.
namespace eval opdesk::app::trial {
    namespace import ::msgcat::mc
    variable prefix {}
    variable link ""
    variable timer ""
    variable number 0
    variable limit_ms 15000
    # by program: {METHOD PROC}, the question and what to tell of its answer
    variable questions {
        mediachanged {alert.stats Waiting}
        ipadmd {sdb.list Files}
    }
    variable program ""
}

# Later {*}prefix STATUS TEXT PROGRAM, once: ok and how many questions wait (mediachanged) or files there are
# (ipadmd), denied or failed and why, other and what program it is.  PROGRAM: "" when that is not known.
proc opdesk::app::trial::start {endpoint callback} {
    variable prefix
    variable timer
    variable number
    variable limit_ms
    variable program ""
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
    variable program
    set callback $prefix
    stop
    {*}$callback $status $text $program
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
        up { Ask $params }
        down - failed { End failed [opdesk::app::alerts::field $params reason [mc "not connected"]] }
    }
}

# A daemon that does not say what it is is one of the first ones: mediachanged.
proc opdesk::app::trial::Ask {params} {
    variable link
    variable number
    variable questions
    variable program [opdesk::app::alerts::field $params program]
    if {$program eq ""} {
        set program mediachanged
    }
    if {![dict exists $questions $program]} {
        End other $program
        return
    }
    lassign [dict get $questions $program] method tell
    opdesk::app::rpc::call $link $method {} [list [namespace current]::Asked $number $tell]
}

proc opdesk::app::trial::Waiting {value} {
    return [opdesk::app::alerts::field $value pending 0]
}

proc opdesk::app::trial::Files {value} {
    return [llength [dict get $value files]]
}

proc opdesk::app::trial::Asked {n tell status value} {
    variable number
    if {$n != $number || ![running]} {
        return
    }
    if {$status eq "ok"} {
        End ok [$tell $value]
    } elseif {[dict get $value name] eq "denied"} {
        End denied [dict get $value message]
    } else {
        End failed [dict get $value message]
    }
}

opdesk::app::signal::on notify opdesk::app::trial::Notify
