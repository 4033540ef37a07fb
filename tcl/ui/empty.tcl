# SPDX-License-Identifier: ISC
# What a list says when it is empty: what the matter is, with which server, and what to do.  Each returns
# the arguments of opdesk::widget::table::say after the tree: HEAD HINT CODE BUTTON.
namespace eval opdesk::ui::empty {
    namespace import ::msgcat::mc
    # more servers are not named one by one
    variable max_named 3
}

# No question waits: all is well, or somebody must be connected first.
proc opdesk::ui::empty::waiting {} {
    variable max_named
    set up [Of up]
    if {![llength $up]} {
        return [disconnected [mc "Add the mediachanged whose questions to show."]]
    }
    set away [lsearch -all -inline -not -regexp [opdesk::app::servers::of mediachanged] ^([join $up |])$]
    if {[llength $away]} {
        return [list [mc "No questions are waiting where this desk is connected."] \
            "[mc "Nothing is known of these servers:"]\n[Reasons $away]" "" [Connections]]
    }
    return [list [mc "No questions are waiting."] \
        [mc "A job asks with mediachangec; its question opens a window here.\nTry it in a terminal:"] \
        [join [lmap index [lrange $up 0 [expr {$max_named - 1}]] {Try $index}] \n]]
}

# A command that asks where this desk looks.
proc opdesk::ui::empty::Try {index} {
    set endpoint [dict get [opdesk::app::servers::get $index] endpoint]
    if {![regexp {^[\w:/.@+-]+$} $endpoint]} {
        set endpoint '[string map {' '\\''} $endpoint]'
    }
    return [mc "mediachangec -s %s \"Insert tape 2\"" [opdesk::app::words::line $endpoint]]
}

# No server can be asked for anything.
proc opdesk::ui::empty::disconnected {add_hint} {
    set servers [opdesk::app::servers::of mediachanged]
    if {![llength [opdesk::app::servers::listed]]} {
        return [list [mc "This desk has no server."] $add_hint "" [Connections]]
    }
    if {![opdesk::app::helper::running]} {
        set reason [Reason [lindex [opdesk::app::servers::listed] 0]]
        return [list [mc "The helper is not running."] [mc "It is started again by itself: %s" $reason]]
    }
    if {![llength $servers]} {
        return [Foreign]
    }
    if {[llength $servers] > 1} {
        return [list [mc "None of the %d servers can be asked." [llength $servers]] [Reasons $servers] "" [Connections]]
    }
    return [One [opdesk::app::servers::get [lindex $servers 0]]]
}

# The only server, and what to do about it.
proc opdesk::ui::empty::One {server} {
    set endpoint [Name $server]
    set reason [opdesk::app::words::line [dict get $server reason]]
    switch [dict get $server state] {
        connecting { return [list [mc "Connecting to %s …" $endpoint]] }
        denied { return [list [mc "Not allowed to see the questions of %s." $endpoint] \
            "[mc "It says: %s." [string trimright $reason .]] [Permission [dict get $server endpoint]]"] }
        failed { return [list [mc "%s cannot be used." $endpoint] \
            "[mc "It is not tried again by itself, because: %s." [string trimright $reason .]] [Failure $reason]" \
            "" [Connections]] }
    }
    # of something that speaks another language (lib/ev/conn.c)
    set hint [expr {[regexp {^a message of \d+ bytes} $reason]
        ? [mc "What answers there speaks another language: is the port right? It is tried again by itself; F5 tries now."]
        : [mc "Is the name right, and is mediachanged running there? It is tried again by itself; F5 tries now."]}]
    return [list [mc "Not connected to %s." $endpoint] "[string trimright $reason .].\n$hint" "" [Connections]]
}

# How to be let in, by the way that leads there.
proc opdesk::ui::empty::Permission {endpoint} {
    if {[regexp {^(unix|ssh):} $endpoint]} {
        return [mc "Your user there must be in the group that its configuration names as operators."]
    }
    return [mc "Over plain TCP one may ask, but not see questions: connect by ssh:USER@HOST."]
}

proc opdesk::ui::empty::Failure {reason} {
    if {[regexp {protocol|refused} $reason]} {
        return [mc "Desk and server must be of versions that understand each other. F5 tries again."]
    }
    return [mc "Correct the name in the connections."]
}

# There are daemons, but none has questions.
proc opdesk::ui::empty::Foreign {} {
    set server [opdesk::app::servers::get [lindex [opdesk::app::servers::listed] 0]]
    return [list [mc "This desk has no server with questions."] \
        [mc "%1\$s is %2\$s. Add a mediachanged." [Name $server] \
        [opdesk::app::words::line [dict get $server program] 40]] "" [Connections]]
}

# --- pieces ---

# Those servers that have questions and are in a state.
proc opdesk::ui::empty::Of {state} {
    return [lmap index [opdesk::app::servers::of mediachanged] {
        if {[dict get [opdesk::app::servers::get $index] state] ne $state} {
            continue
        }
        set index
    }]
}

proc opdesk::ui::empty::Name {server} {
    return [opdesk::app::words::line [dict get $server endpoint] 80]
}

proc opdesk::ui::empty::Reason {index} {
    return [opdesk::app::words::line [dict get [opdesk::app::servers::get $index] reason]]
}

# A line for each of the first few; without a time to the next try, which would not be kept up.
proc opdesk::ui::empty::Reasons {servers} {
    variable max_named
    set lines [lmap index [lrange $servers 0 [expr {$max_named - 1}]] {
        set server [dict replace [opdesk::app::servers::get $index] retry_ms 0]
        set _ "[Name $server]: [opdesk::app::words::server $server 0]"
    }]
    if {[llength $servers] > $max_named} {
        lappend lines [mc "and %d more" [expr {[llength $servers] - $max_named}]]
    }
    return [join $lines \n]
}

proc opdesk::ui::empty::Connections {} {
    return [list [mc "Connections …"] opdesk::ui::connection::show]
}
