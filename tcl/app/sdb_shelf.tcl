# SPDX-License-Identifier: ISC
# Drafts on the servers: the same as those on this disk (app/sdb_draft.tcl), a moment later, so that they are
# offered on every desk of this user.  Each editor keeps its own under an id of its own; a draft that was
# opened here from another desk goes when what came of it is stored or thrown away here, not before.
#   signal  draft KEY       the server has one now, or none any more
#   signal  draft.failed KEY MESSAGE     it could not be kept there
namespace eval opdesk::app::sdb_shelf {
    # by server: by id {file base saved message}, saved in milliseconds
    variable lists {}
    variable timers {}
    # ids of drafts that were stored or thrown away: what of them is on its way still goes when it arrives
    variable dropped {}
    variable pause_ms 3000
    # a large text takes its time on the way
    variable large_bytes 500000
    variable large_pause_ms 30000
    # versions that are looked through for the one that a draft started from
    variable max_versions 50
}

# --- what there is ---

proc opdesk::app::sdb_shelf::Up {server} {
    if {[opdesk::app::servers::program $server] eq "ipadmd"} {
        opdesk::app::servers::call $server draft.list {} [list [namespace current]::Listed $server]
    }
}

proc opdesk::app::sdb_shelf::Listed {server status value} {
    variable lists
    if {$status ne "ok"} {
        return
    }
    set list {}
    foreach draft [dict get $value drafts] {
        dict set list [dict get $draft id] [Entry $draft]
    }
    dict set lists $server $list
    foreach key [keys $server] {
        opdesk::app::signal::emit draft $key
    }
}

proc opdesk::app::sdb_shelf::Entry {draft} {
    return [dict create file [dict get $draft file] base [opdesk::app::sdb_list::field $draft base] \
        saved [opdesk::app::sdb_list::field $draft saved_at 0]]
}

proc opdesk::app::sdb_shelf::List {server} {
    variable lists
    return [expr {[dict exists $lists $server] ? [dict get $lists $server] : ""}]
}

# Keys of the files that a server has drafts of.
proc opdesk::app::sdb_shelf::keys {server} {
    set keys {}
    dict for {id draft} [List $server] {
        dict set keys $server/[dict get $draft file] 1
    }
    return [dict keys $keys]
}

# The drafts of a file, the newest first: a list of {ID SAVED}.
proc opdesk::app::sdb_shelf::of {key} {
    lassign [split $key /] server file
    set found {}
    dict for {id draft} [List $server] {
        if {[dict get $draft file] eq $file} {
            lappend found [list $id [dict get $draft saved]]
        }
    }
    return [lsort -integer -decreasing -index 1 $found]
}

# --- keeping ---

proc opdesk::app::sdb_shelf::save_later {key} {
    variable timers
    variable pause_ms
    variable large_bytes
    variable large_pause_ms
    if {![dict exists $timers $key]} {
        set bytes [string length [opdesk::app::sdb_edit::base [opdesk::app::sdb_work::get $key doc]]]
        dict set timers $key [after [expr {$bytes > $large_bytes ? $large_pause_ms : $pause_ms}] \
            [list [namespace current]::save $key]]
    }
}

proc opdesk::app::sdb_shelf::Cancel {key} {
    variable timers
    if {[dict exists $timers $key]} {
        after cancel [dict get $timers $key]
        dict unset timers $key
    }
}

# At once.  What is as it was on the server needs none; without a connection there is the one on this disk.
# {*}KEPT when it is there, and nothing has been edited since.
proc opdesk::app::sdb_shelf::save {key {kept {}}} {
    Cancel $key
    lassign [split $key /] server file
    if {![opdesk::app::sdb_work::exists $key] || ![opdesk::app::servers::up $server]} {
        return
    }
    if {![opdesk::app::sdb_work::modified $key]} {
        Drop $key [opdesk::app::sdb_work::get $key draft_id]
        return
    }
    set id [opdesk::app::sdb_work::get $key draft_id]
    opdesk::app::servers::call $server draft.save [dict create id $id file $file \
        base [opdesk::app::sdb_work::get $key version] \
        text [opdesk::app::sdb_edit::text [opdesk::app::sdb_work::get $key doc]]] \
        [list [namespace current]::Saved $key $id $kept] 60000
}

# A connection that was lost is told elsewhere; all else means that other desks have no draft.
proc opdesk::app::sdb_shelf::Saved {key id kept status value} {
    variable lists
    variable timers
    variable dropped
    if {$status eq "ok"} {
        dict set lists [lindex [split $key /] 0] $id [Entry $value]
        opdesk::app::signal::emit draft $key
        if {[dict exists $dropped $id]} {
            Drop $key $id
        } elseif {![dict exists $timers $key]} {
            {*}$kept
        }
    } elseif {[dict get $value name] ni {unavailable cancelled timeout}} {
        opdesk::app::signal::emit draft.failed $key [opdesk::app::words::line [dict get $value message]]
    }
}

# Those that the open editor of a file stands for: its own, and the one it was opened from.
proc opdesk::app::sdb_shelf::Ids {key} {
    return [list [opdesk::app::sdb_work::get $key draft_id] {*}[opdesk::app::sdb_work::get $key adopted]]
}

# It was stored, or thrown away.
proc opdesk::app::sdb_shelf::drop {key} {
    variable dropped
    Cancel $key
    foreach id [Ids $key] {
        dict set dropped $id 1
        Drop $key $id
    }
}

proc opdesk::app::sdb_shelf::Drop {key id} {
    variable lists
    set server [lindex [split $key /] 0]
    if {[dict exists $lists $server $id]} {
        dict unset lists $server $id
        opdesk::app::servers::call $server draft.drop [dict create id $id] [namespace current]::Dropped 15000
        opdesk::app::signal::emit draft $key
    }
}

proc opdesk::app::sdb_shelf::Dropped {args} {}

# --- taking one up ---

# The draft as app/sdb_draft.tcl has it, {version saved base mine}: {*}CALLBACK ok DRAFT or error ERROR.
proc opdesk::app::sdb_shelf::fetch {key id callback} {
    opdesk::app::servers::call [lindex [split $key /] 0] draft.get [dict create id $id] \
        [list [namespace current]::Fetched $key $callback] 60000
}

proc opdesk::app::sdb_shelf::Fetched {key callback status value} {
    if {$status ne "ok"} {
        {*}$callback error $value
        return
    }
    set draft [dict create version [dict get $value base] saved [dict get $value saved_at] \
        mine [dict get $value text] base {}]
    if {[dict get $value base] eq ""} {
        {*}$callback ok $draft
        return
    }
    variable max_versions
    lassign [split $key /] server file
    opdesk::app::servers::call $server sdb.log [dict create file $file limit $max_versions] \
        [list [namespace current]::Logged $key $draft $callback] 60000
}

# Which commit left the version that the draft started from?  They are looked at one after the other.
proc opdesk::app::sdb_shelf::Logged {key draft callback status value} {
    if {$status ne "ok"} {
        {*}$callback error $value
        return
    }
    Look $key $draft $callback [lmap commit [dict get $value commits] {dict get $commit commit}]
}

proc opdesk::app::sdb_shelf::Look {key draft callback commits} {
    lassign [split $key /] server file
    if {![llength $commits]} {
        {*}$callback error [dict create name not_found message \
            [::msgcat::mc "the version that the draft started from is too old"]]
        return
    }
    opdesk::app::servers::call $server sdb.show [dict create file $file commit [lindex $commits 0]] \
        [list [namespace current]::Shown $key $draft $callback [lrange $commits 1 end]] 60000
}

proc opdesk::app::sdb_shelf::Shown {key draft callback rest status value} {
    if {$status eq "ok" && [opdesk::app::sdb_list::field $value version] eq [dict get $draft version]} {
        dict set draft base [dict get $value text]
        {*}$callback ok $draft
    } elseif {$status eq "error" && [dict get $value name] ne "not_found"} {
        {*}$callback error $value
    } else {
        Look $key $draft $callback $rest
    }
}

# The connection is back: what was edited meanwhile is kept there, too.
proc opdesk::app::sdb_shelf::Again {server} {
    Up $server
    foreach key [opdesk::app::sdb_work::keys] {
        if {[lindex [split $key /] 0] eq $server && [opdesk::app::sdb_work::get $key doc] ne ""
            && [opdesk::app::sdb_work::modified $key]} {
            save_later $key
        }
    }
}

opdesk::app::signal::on server.up opdesk::app::sdb_shelf::Again
