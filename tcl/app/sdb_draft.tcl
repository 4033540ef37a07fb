# SPDX-License-Identifier: ISC
# Drafts: what was edited and is not on the server yet, on this disk in the XDG state directory, so that it
# survives the connection, the lock and this program.  A file has a few lines `name = value`, an empty
# line, then the bytes that the edit started from and those it has become.
#   signal  draft KEY       there is one now, or none any more
#   signal  draft.failed KEY MESSAGE     it could not be kept
namespace eval opdesk::app::sdb_draft {
    namespace import ::msgcat::mc
    variable pause_ms 1000
    variable timers {}
    variable portion_bytes 1000000
}

proc opdesk::app::sdb_draft::Folder {} {
    return [opdesk::app::files::state drafts]
}

# A name for the place of a draft: the file, what tells servers apart, and what tells drafts of it apart.
proc opdesk::app::sdb_draft::Path {key id} {
    return [Beginning $key].[string range $id 0 7]
}

proc opdesk::app::sdb_draft::Beginning {key} {
    lassign [split $key /] server file
    set endpoint [encoding convertto utf-8 [Endpoint $server]]
    return [file join [Folder] [file rootname $file].[format %08x [zlib crc32 $endpoint]]]
}

proc opdesk::app::sdb_draft::Endpoint {server} {
    return [expr {[opdesk::app::servers::exists $server]
        ? [dict get [opdesk::app::servers::get $server] endpoint] : ""}]
}

# The drafts of a file, the newest first: a list of {ID SAVED}.
proc opdesk::app::sdb_draft::list_of {key} {
    set found {}
    foreach draft [All $key] {
        lappend found [list [dict get $draft id] [dict get $draft saved]]
    }
    return [lsort -integer -decreasing -index 1 $found]
}

# Without their texts.
proc opdesk::app::sdb_draft::All {key} {
    lassign [split $key /] server file
    set found {}
    foreach path [glob -nocomplain -directory [Folder] [file tail [Beginning $key]].*] {
        set draft [Read $path]
        if {$draft ne "" && [dict get $draft endpoint] eq [Endpoint $server] && [dict get $draft file] eq $file} {
            lappend found $draft
        }
    }
    return $found
}

# A draft: {endpoint file version saved id base mine}, saved in milliseconds, id as on the server
# (app/sdb_shelf.tcl).  Without an id the newest; "" when there is none.
proc opdesk::app::sdb_draft::find {key {id ""}} {
    if {$id eq ""} {
        set id [lindex [list_of $key] 0 0]
    }
    if {$id eq "" || $id ni [lmap draft [All $key] {dict get $draft id}]} {
        return ""
    }
    return [Read [Path $key $id] 1]
}

# Keys of a server's drafts.
proc opdesk::app::sdb_draft::of {server} {
    set endpoint [Endpoint $server]
    set keys {}
    foreach path [lsort [glob -nocomplain -directory [Folder] *]] {
        set draft [Read $path]
        if {$draft ne "" && [dict get $draft endpoint] eq $endpoint} {
            dict set keys $server/[dict get $draft file] 1
        }
    }
    return [dict keys $keys]
}

# What cannot be read is no draft; it stays where it is.  Without `whole` base and mine are left out.
# without_id: only one of before drafts had ids.
proc opdesk::app::sdb_draft::Read {path {whole 0} {without_id 0}} {
    if {[catch {::open $path rb} chan]} {
        return ""
    }
    try {
        set draft {}
        while {[gets $chan line] > 0} {
            regexp {^([a-z_]+) = (.*)$} [encoding convertfrom utf-8 $line] - name value
            dict set draft $name $value
        }
        foreach name {endpoint file version saved} {
            dict get $draft $name
        }
        if {[file size $path] != [tell $chan] + [dict get $draft base_bytes] + [dict get $draft mine_bytes]
            || [dict exists $draft id] == $without_id} {
            return ""
        }
        if {$whole} {
            dict set draft base [read $chan [dict get $draft base_bytes]]
            dict set draft mine [read $chan [dict get $draft mine_bytes]]
        }
        return $draft
    } on error {} {
        return ""
    } finally {
        ::close $chan
    }
}

# --- keeping ---

proc opdesk::app::sdb_draft::save_later {key} {
    variable timers
    variable pause_ms
    if {![dict exists $timers $key]} {
        dict set timers $key [after $pause_ms [list [namespace current]::save $key]]
    }
}

proc opdesk::app::sdb_draft::Cancel {key} {
    variable timers
    if {[dict exists $timers $key]} {
        after cancel [dict get $timers $key]
        dict unset timers $key
    }
}

# At once: is there nothing that could be lost now?  What is as it was on the server needs none.
proc opdesk::app::sdb_draft::save {key} {
    Cancel $key
    if {![opdesk::app::sdb_work::exists $key]} {
        return 1
    }
    if {![opdesk::app::sdb_work::modified $key]} {
        drop $key
        return 1
    }
    try {
        Write $key
    } on error {message} {
        opdesk::app::signal::emit draft.failed $key $message
        return 0
    }
    opdesk::app::signal::emit draft $key
    return 1
}

proc opdesk::app::sdb_draft::Write {key} {
    lassign [split $key /] server file
    set doc [opdesk::app::sdb_work::get $key doc]
    set id [opdesk::app::sdb_work::get $key draft_id]
    file mkdir [Folder]
    file attributes [Folder] -permissions 0700
    WriteAt [Path $key $id] [dict create endpoint [Endpoint $server] file $file \
        version [opdesk::app::sdb_work::get $key version] saved [clock milliseconds] id $id] \
        [opdesk::app::sdb_edit::base $doc] [opdesk::app::sdb_edit::text $doc]
}

proc opdesk::app::sdb_draft::WriteAt {path fields base mine} {
    variable portion_bytes
    dict set fields base_bytes [string length $base]
    dict set fields mine_bytes [string length $mine]
    set chan [::open $path.new {WRONLY CREAT TRUNC BINARY} 0600]
    try {
        dict for {name value} $fields {
            puts $chan [encoding convertto utf-8 "$name = $value"]
        }
        puts $chan ""
        # megabytes in portions of 4 kB would be felt
        fconfigure $chan -buffersize $portion_bytes
        puts -nonewline $chan $base
        puts -nonewline $chan $mine
    } finally {
        ::close $chan
    }
    file rename -force $path.new $path
}

# That of the editor that is open, or this one.
proc opdesk::app::sdb_draft::drop {key {id ""}} {
    Cancel $key
    if {$id eq ""} {
        set id [opdesk::app::sdb_work::get $key draft_id]
    }
    set path [Path $key $id]
    if {[file exists $path]} {
        file delete $path
        opdesk::app::signal::emit draft $key
    }
}

# Before the program ends: all that is waiting to be kept.
proc opdesk::app::sdb_draft::flush {} {
    variable timers
    foreach key [dict keys $timers] {
        save $key
    }
}

# Before drafts had ids there was one a file.  It gets one, so that it is offered like any other; what cannot be
# rewritten stays as it is, and is tried again at the next start.
proc opdesk::app::sdb_draft::GiveIds {} {
    foreach path [glob -nocomplain -directory [Folder] *] {
        set draft [Read $path 1 1]
        if {$draft eq ""} {
            continue
        }
        set id [opdesk::system uuid]
        try {
            WriteAt $path.[string range $id 0 7] [dict create endpoint [dict get $draft endpoint] \
                file [dict get $draft file] version [dict get $draft version] saved [dict get $draft saved] id $id] \
                [dict get $draft base] [dict get $draft mine]
            file delete $path
        } on error {message} {
            puts stderr "opdesk: draft $path: $message"
        }
    }
}

opdesk::app::signal::on quit opdesk::app::sdb_draft::flush
opdesk::app::sdb_draft::GiveIds
