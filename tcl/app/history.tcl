# SPDX-License-Identifier: ISC
# Closed questions of all servers, newest first, a page at a time: each server gives its own by
# descending number; they are merged by the time they were asked.  A row of one server is given out
# only when every other server has shown its next one or has no more.
#   signal  history reset | rows ALERTS | state
# An alert has `server` as in alerts.tcl.  Nothing is kept here but what is not given out yet.
namespace eval opdesk::app::history {
    namespace import ::msgcat::mc
    variable query {}
    # by server: {rows before more busy error}; rows: come, not given out
    variable feeds {}
    variable wanted 0
    variable given 0
    variable generation 0
    # rows of the first page, which is to be there at once, and of the others
    variable first_page 100
    variable page 400
    variable timeout_ms 30000
}

# Search anew.  query: text, host, since_at, until_at, each absent or not empty.
proc opdesk::app::history::search {new} {
    variable query $new
    variable feeds {}
    variable wanted 0
    variable given 0
    variable generation
    incr generation
    foreach server [opdesk::app::servers::of mediachanged] {
        if {[opdesk::app::servers::up $server]} {
            dict set feeds $server {rows {} before 0 more 1 busy 0 error {}}
        }
    }
    opdesk::app::signal::emit history reset
    more
}

# Another page, please.
proc opdesk::app::history::more {} {
    variable wanted
    if {$wanted == 0} {
        set wanted [Page_size]
        Give
        opdesk::app::signal::emit history state
    }
}

proc opdesk::app::history::Page_size {} {
    variable given
    variable page
    variable first_page
    return [expr {$given ? $page : $first_page}]
}

proc opdesk::app::history::busy {} {
    return [expr {[llength [Those busy]] > 0}]
}

# There is more than has been given out.
proc opdesk::app::history::has_more {} {
    variable feeds
    dict for {server feed} $feeds {
        if {[dict get $feed more] || [llength [dict get $feed rows]]} {
            return 1
        }
    }
    return 0
}

# What went wrong, "" when nothing did.
proc opdesk::app::history::error {} {
    variable feeds
    foreach server [Those error] {
        return [dict get $feeds $server error]
    }
    return ""
}

# No server could be asked.
proc opdesk::app::history::nobody {} {
    variable feeds
    return [expr {![dict size $feeds]}]
}

# Servers in whose feed a thing is there.
proc opdesk::app::history::Those {what} {
    variable feeds
    set found {}
    dict for {server feed} $feeds {
        if {[dict get $feed $what] ni {0 {}}} {
            lappend found $server
        }
    }
    return $found
}

proc opdesk::app::history::Give {} {
    variable wanted
    variable given
    set rows {}
    while {$wanted > 0 && [set server [Newest]] ne ""} {
        lappend rows [Take $server]
        incr wanted -1
    }
    if {![busy]} {
        # no more can come
        set wanted 0
    }
    if {[llength $rows]} {
        incr given [llength $rows]
        opdesk::app::signal::emit history rows $rows
    }
}

# The server with the newest row; "" when there is none or one must be asked first.
proc opdesk::app::history::Newest {} {
    variable feeds
    set newest ""
    set at -1
    set asked 0
    dict for {server feed} $feeds {
        set rows [dict get $feed rows]
        if {![llength $rows]} {
            if {[dict get $feed more] && [dict get $feed error] eq ""} {
                Ask $server
                set asked 1
            }
        } elseif {[opdesk::app::alerts::field [lindex $rows 0] created_at 0] > $at} {
            set at [opdesk::app::alerts::field [lindex $rows 0] created_at 0]
            set newest $server
        }
    }
    return [expr {$asked ? "" : $newest}]
}

proc opdesk::app::history::Take {server} {
    variable feeds
    set rows [dict get $feeds $server rows]
    dict set feeds $server rows [lrange $rows 1 end]
    return [dict replace [lindex $rows 0] server $server]
}

proc opdesk::app::history::Ask {server} {
    variable feeds
    variable query
    variable generation
    variable timeout_ms
    if {[dict get $feeds $server busy]} {
        return
    }
    dict set feeds $server busy 1
    set params [dict replace $query limit [Page_size]]
    if {[dict get $feeds $server before]} {
        dict set params before_seq [dict get $feeds $server before]
    }
    opdesk::app::servers::call $server alert.history $params \
        [list [namespace current]::Page $generation $server] $timeout_ms
}

# A page of an older search is nobody's.
proc opdesk::app::history::Page {of server status value} {
    variable feeds
    variable generation
    if {$of != $generation} {
        return
    }
    dict set feeds $server busy 0
    if {$status eq "error"} {
        dict set feeds $server error [dict get $value message]
    } else {
        set rows [dict get $value alerts]
        dict set feeds $server rows $rows
        dict set feeds $server more [expr {[opdesk::app::alerts::field $value more 0] && [llength $rows]}]
        if {[llength $rows]} {
            dict set feeds $server before [dict get [lindex $rows end] seq]
        }
    }
    Give
    opdesk::app::signal::emit history state
}
