# SPDX-License-Identifier: ISC
# How a document differs from its base, as opdesk::sdb diff says it.  What both have before and behind is left
# out of it; when there is much in between, its two versions are read and compared in a turn of the loop each,
# so that none is felt.
namespace eval opdesk::app::sdb_changes {
    # bytes up to which all of it is done at once
    variable at_once 500000
}

# {*}CALLBACK CHANGES, at once or later; never, when the document is closed before.
proc opdesk::app::sdb_changes::find {doc callback} {
    variable at_once
    lassign [opdesk::sdb middle [opdesk::app::sdb_edit::base $doc] [opdesk::app::sdb_edit::sheet $doc]] old new
    if {[string length $old] <= $at_once && [string length $new] <= $at_once} {
        {*}$callback [opdesk::sdb diff $old $new]
    } else {
        Next [list [namespace current]::Read $doc [list $old $new] {} $callback]
    }
}

# One of `bytes` becomes a sheet.
proc opdesk::app::sdb_changes::Read {doc bytes sheets callback} {
    lappend sheets [opdesk::sdb open [lindex $bytes 0]]
    set bytes [lrange $bytes 1 end]
    if {[llength $bytes]} {
        Next [list [namespace current]::Read $doc $bytes $sheets $callback]
    } else {
        Next [list [namespace current]::Compare $doc $sheets $callback]
    }
}

proc opdesk::app::sdb_changes::Compare {doc sheets callback} {
    set changes [opdesk::sdb compare {*}$sheets]
    foreach sheet $sheets {
        opdesk::sdb close $sheet
    }
    if {[opdesk::app::sdb_edit::exists $doc]} {
        {*}$callback $changes
    }
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::sdb_changes::Next {script} {
    after idle [list after 0 $script]
}
