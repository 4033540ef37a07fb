# SPDX-License-Identifier: ISC
# Closed questions of all servers, newest first, as a list of any length of which the pages around what is
# looked at are kept.  Each server gives its own by descending time of their end; they are merged by it, and a row of one server is given out only when every other server has shown its next one or has no
# more.  How far each server had come is kept for each page, so that a page that was let go comes again.
#   signal  history reset | rows FROM ALERTS | state | later
# An alert has `server` as in alerts.tcl, and of its text no more than a line needs.
namespace eval opdesk::app::history {
    namespace import ::msgcat::mc
    variable query {}
    # by server: {rows asked before more busy error}; rows: come, not given out; asked, before: the place,
    # {closed_at seq}, of what came, and of what was given out, last; "" at the beginning
    variable feeds {}
    # the page that the feeds give next; the one that is being filled, "" for none, and its rows so far
    variable at 0
    variable filling ""
    variable collected {}
    # rows by page; by page: what `before` of each server was where it begins
    variable pages {}
    variable cursors {}
    # rows that have been reached, and whether there are no more
    variable count 0
    variable whole 0
    # pages that are short because something went wrong
    variable broken {}
    # the first and the last row that is looked at
    variable wanted {0 0}
    variable generation 0
    variable calls {}
    # questions that have ended since the search began
    variable later 0
    # rows of the first page, which is to be there at once, and of the others
    variable first_page 100
    variable page 400
    variable max_pages 8
    # rows of one call: so many are unpacked in one piece
    variable per_call 200
    # pages that are let go: to free one takes milliseconds, so that each has a turn of the loop for itself
    variable dropped {}
    variable sweeping ""
    # rows beyond what is looked at that are fetched beforehand
    variable ahead 30
    variable max_text 300
    # a page is taken in by slices of that long
    variable slicing ""
    variable slice_us 4000
    variable timeout_ms 30000
}

# Is it a search for something, and not for all?
proc opdesk::app::history::is_limited {} {
    variable query
    return [expr {[dict size $query] > 0}]
}

# Search anew.  query: text, host, since_at, until_at, each absent or not empty.
proc opdesk::app::history::search {new} {
    variable pages
    variable query $new
    Drop [dict keys $pages]
    variable count 0
    variable whole 0
    variable wanted {0 0}
    variable filling ""
    variable broken {}
    variable at 0
    variable later 0
    variable generation
    variable calls
    incr generation
    set old $calls
    set calls {}
    foreach call $old {
        opdesk::app::servers::cancel $call
    }
    set servers [lmap server [opdesk::app::servers::of mediachanged] {
        if {![opdesk::app::servers::up $server]} {
            continue
        }
        set server
    }]
    variable cursors [dict create 0 [concat {*}[lmap server $servers {list $server ""}]]]
    Feeds [dict get $cursors 0]
    opdesk::app::signal::emit history reset
    Look
}

# These rows are looked at.
proc opdesk::app::history::want {first last} {
    variable wanted [list $first $last]
    Look
}

# Try again where something went wrong.
proc opdesk::app::history::resume {} {
    variable pages
    variable broken
    variable cursors
    variable at
    if {[error] eq "" || [busy]} {
        return
    }
    foreach page $broken {
        dict unset pages $page
    }
    set at [lindex [lsort -integer $broken] 0]
    set broken {}
    Feeds [dict get $cursors $at]
    Look
}

# Rows that have been reached.
proc opdesk::app::history::count {} {
    variable count
    return $count
}

# The alert in a row, "" when it is not here now.
proc opdesk::app::history::row {number} {
    variable pages
    set page [PageOf $number]
    if {![dict exists $pages $page]} {
        return ""
    }
    return [lindex [dict get $pages $page] [expr {$number - [First $page]}]]
}

# How many have ended since: the next search may find them.
proc opdesk::app::history::later {} {
    variable later
    return $later
}

proc opdesk::app::history::Alert {event key alert} {
    variable later
    if {$event in {closed absent}} {
        incr later
        opdesk::app::signal::emit history later
    }
}

# Something is on its way.
proc opdesk::app::history::busy {} {
    variable filling
    return [expr {$filling ne ""}]
}

proc opdesk::app::history::has_more {} {
    variable whole
    variable feeds
    return [expr {!$whole && [dict size $feeds]}]
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

# --- pages ---

proc opdesk::app::history::PageOf {row} {
    variable first_page
    variable page
    return [expr {$row < $first_page ? 0 : 1 + ($row - $first_page) / $page}]
}

proc opdesk::app::history::First {number} {
    variable first_page
    variable page
    return [expr {$number ? $first_page + ($number - 1) * $page : 0}]
}

proc opdesk::app::history::Size {number} {
    variable first_page
    variable page
    return [expr {$number ? $page : $first_page}]
}

# The page that is missing most: of what is looked at, then of what is near it; "" for none.
proc opdesk::app::history::Missing {} {
    variable wanted
    variable ahead
    variable pages
    variable count
    variable whole
    lassign $wanted first last
    foreach row [list $first $last [expr {$last + $ahead}] [expr {max($first - $ahead, 0)}]] {
        set row [expr {$whole ? min($row, $count - 1) : min($row, $count)}]
        if {$row >= 0 && ![dict exists $pages [PageOf $row]]} {
            return [PageOf $row]
        }
    }
    return ""
}

# One page at a time; after an error none before `resume` or the next search.
proc opdesk::app::history::Look {} {
    variable filling
    variable collected
    variable cursors
    variable at
    if {$filling ne "" || [nobody] || [error] ne "" || [set page [Missing]] eq ""} {
        return
    }
    if {$page != $at} {
        set at $page
        Feeds [dict get $cursors $page]
    }
    set filling $page
    set collected {}
    Fill
    opdesk::app::signal::emit history state
}

proc opdesk::app::history::Feeds {cursor} {
    variable feeds {}
    dict for {server before} $cursor {
        dict set feeds $server [dict create rows {} asked $before before $before more 1 busy 0 error {}]
    }
}

# Some milliseconds at a time: between two slices the screen is drawn and the operator heard.
proc opdesk::app::history::Fill {} {
    variable filling
    variable collected
    variable slicing
    variable slice_us
    after cancel $slicing
    if {$filling eq ""} {
        return
    }
    set end [expr {[clock microseconds] + $slice_us}]
    while {[llength $collected] < [Size $filling] && [set server [Newest]] ne ""} {
        lappend collected [Take $server]
        if {[clock microseconds] > $end} {
            set slicing [after 0 [namespace current]::Fill]
            return
        }
    }
    if {[llength $collected] == [Size $filling] || ![llength [Those busy]]} {
        Filled
    }
}

# The page is there, or no more of it can come.
proc opdesk::app::history::Filled {} {
    variable filling
    variable collected
    variable pages
    variable cursors
    variable feeds
    variable count
    variable whole
    variable broken
    variable at
    set page $filling
    set filling ""
    dict set pages $page $collected
    if {[error] ne ""} {
        lappend broken $page
    }
    set end [expr {[First $page] + [llength $collected]}]
    if {$end >= $count} {
        set count $end
        set whole [expr {[error] eq "" && [lsearch -exact [dict values [Left]] 1] < 0}]
    }
    set at [expr {$page + 1}]
    if {[error] eq ""} {
        # a page that is short does not say where the next one begins
        dict set cursors $at [dict map {server feed} $feeds {dict get $feed before}]
    }
    LetGo
    if {[llength $collected]} {
        opdesk::app::signal::emit history rows [First $page] $collected
    }
    Look
}

# By server: has it more?
proc opdesk::app::history::Left {} {
    variable feeds
    return [dict map {server feed} $feeds {expr {[dict get $feed more] || [llength [dict get $feed rows]]}}]
}

# Of too many pages those go that are farthest from what is looked at.
proc opdesk::app::history::LetGo {} {
    variable pages
    variable wanted
    variable max_pages
    set middle [PageOf [lindex $wanted 0]]
    set by_distance [lsort -integer -index 0 [lmap page [dict keys $pages] {
        list [expr {abs($page - $middle)}] $page
    }]]
    Drop [lmap far [lrange $by_distance $max_pages end] {lindex $far 1}]
}

proc opdesk::app::history::Drop {numbers} {
    variable pages
    variable dropped
    variable sweeping
    foreach page $numbers {
        lappend dropped [dict get $pages $page]
        dict unset pages $page
    }
    if {[llength $dropped] && $sweeping eq ""} {
        set sweeping [after idle [namespace current]::SweepSoon]
    }
}

# After what is to be drawn.
proc opdesk::app::history::SweepSoon {} {
    variable sweeping [after 0 [namespace current]::Sweep]
}

proc opdesk::app::history::Sweep {} {
    variable dropped
    variable sweeping ""
    set dropped [lrange $dropped 1 end]
    Drop {}
}

# --- from the servers ---

# The server with the newest row; "" when there is none or one must be asked first.
proc opdesk::app::history::Newest {} {
    variable feeds
    set newest ""
    set when -1
    set asked 0
    dict for {server feed} $feeds {
        set rows [dict get $feed rows]
        if {![llength $rows]} {
            if {[dict get $feed more] && [dict get $feed error] eq ""} {
                Ask $server
                set asked 1
            }
        } elseif {[lindex [Place [lindex $rows 0]] 0] > $when} {
            set when [lindex [Place [lindex $rows 0]] 0]
            set newest $server
        }
    }
    return [if {!$asked} {set newest}]
}

# Where a row stands among those of its server.
proc opdesk::app::history::Place {alert} {
    return [list [opdesk::app::alerts::field $alert closed_at 0] [dict get $alert seq]]
}

proc opdesk::app::history::Take {server} {
    variable feeds
    variable max_text
    set rows [dict get $feeds $server rows]
    dict set feeds $server rows [lrange $rows 1 end]
    set alert [lindex $rows 0]
    dict set feeds $server before [Place $alert]
    set text [string range [opdesk::app::alerts::field $alert text] 0 $max_text]
    return [dict replace [dict remove $alert labels kind] server $server text $text]
}

proc opdesk::app::history::Ask {server} {
    variable feeds
    variable query
    variable generation
    variable calls
    variable filling
    variable per_call
    variable timeout_ms
    if {[dict get $feeds $server busy]} {
        return
    }
    dict set feeds $server busy 1
    set params [dict replace $query limit [expr {min([Size $filling], $per_call)}] by_end 1]
    lassign [dict get $feeds $server asked] before_at before_seq
    if {$before_seq ne ""} {
        set params [dict replace $params before_at $before_at before_seq $before_seq]
    }
    lappend calls [opdesk::app::servers::call $server alert.history $params \
        [list [namespace current]::Page $generation $server] $timeout_ms]
}

# A page of an older search is nobody's.
proc opdesk::app::history::Page {of server status value} {
    variable feeds
    variable generation
    variable calls
    if {$of != $generation} {
        return
    }
    dict set feeds $server busy 0
    if {![llength [Those busy]]} {
        set calls {}
    }
    if {$status eq "error"} {
        dict set feeds $server error [dict get $value message]
    } else {
        set rows [dict get $value alerts]
        dict set feeds $server rows $rows
        dict set feeds $server more [expr {[opdesk::app::alerts::field $value more 0] && [llength $rows]}]
        if {[llength $rows]} {
            dict set feeds $server asked [Place [lindex $rows end]]
        }
    }
    Fill
    opdesk::app::signal::emit history state
}

opdesk::app::signal::on alert opdesk::app::history::Alert
