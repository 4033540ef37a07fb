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
}

proc opdesk::app::sdb_draft::Folder {} {
    return [opdesk::app::files::state drafts]
}

# A name for the place of a subnet: its file, and what tells servers apart.
proc opdesk::app::sdb_draft::Path {key} {
    lassign [split $key /] server file
    set endpoint [Endpoint $server]
    return [file join [Folder] [file rootname $file].[format %08x [zlib crc32 [encoding convertto utf-8 $endpoint]]]]
}

proc opdesk::app::sdb_draft::Endpoint {server} {
    return [expr {[opdesk::app::servers::exists $server]
        ? [dict get [opdesk::app::servers::get $server] endpoint] : ""}]
}

# The draft of a subnet: {endpoint file version saved base mine}, saved in milliseconds; "" when there is
# none.
proc opdesk::app::sdb_draft::find {key} {
    lassign [split $key /] server file
    set draft [Read [Path $key]]
    if {$draft ne "" && [dict get $draft endpoint] eq [Endpoint $server] && [dict get $draft file] eq $file} {
        return $draft
    }
    return ""
}

# Keys of a server's drafts.
proc opdesk::app::sdb_draft::of {server} {
    set endpoint [Endpoint $server]
    set keys {}
    foreach path [lsort [glob -nocomplain -directory [Folder] *]] {
        set draft [Read $path]
        if {$draft ne "" && [dict get $draft endpoint] eq $endpoint} {
            lappend keys $server/[dict get $draft file]
        }
    }
    return $keys
}

# What cannot be read is no draft; it stays where it is.
proc opdesk::app::sdb_draft::Read {path} {
    if {[catch {::open $path rb} chan]} {
        return ""
    }
    try {
        set draft {}
        while {[gets $chan line] > 0} {
            regexp {^([a-z_]+) = (.*)$} [encoding convertfrom utf-8 $line] - name value
            dict set draft $name $value
        }
        dict set draft base [read $chan [dict get $draft base_bytes]]
        dict set draft mine [read $chan [dict get $draft mine_bytes]]
        if {[string length [dict get $draft mine]] != [dict get $draft mine_bytes]} {
            return ""
        }
        dict get $draft version
        dict get $draft saved
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

# At once.  What is as it was on the server needs none.
proc opdesk::app::sdb_draft::save {key} {
    Cancel $key
    if {![opdesk::app::sdb_work::exists $key]} {
        return
    }
    if {![opdesk::app::sdb_work::modified $key]} {
        drop $key
        return
    }
    try {
        Write $key
        opdesk::app::signal::emit draft $key
    } on error {message} {
        opdesk::app::signal::emit draft.failed $key $message
    }
}

proc opdesk::app::sdb_draft::Write {key} {
    lassign [split $key /] server file
    set doc [opdesk::app::sdb_work::get $key doc]
    set base [opdesk::app::sdb_edit::base $doc]
    set mine [opdesk::app::sdb_edit::text $doc]
    set path [Path $key]
    file mkdir [Folder]
    file attributes [Folder] -permissions 0700
    set chan [::open $path.new {WRONLY CREAT TRUNC BINARY} 0600]
    try {
        foreach {name value} [list endpoint [Endpoint $server] file $file \
            version [opdesk::app::sdb_work::get $key version] saved [clock milliseconds] \
            base_bytes [string length $base] mine_bytes [string length $mine]] {
            puts $chan [encoding convertto utf-8 "$name = $value"]
        }
        puts $chan ""
        puts -nonewline $chan $base$mine
    } finally {
        ::close $chan
    }
    file rename -force $path.new $path
}

proc opdesk::app::sdb_draft::drop {key} {
    Cancel $key
    set path [Path $key]
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
