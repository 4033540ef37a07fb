# SPDX-License-Identifier: ISC
# How a document differs from its base, as opdesk::sdb diff says it.  Of a large one the base is read in one
# turn of the loop and compared in the next, so that neither is felt.
namespace eval opdesk::app::sdb_changes {
    # bytes up to which all of it is done at once
    variable at_once 500000
}

# {*}CALLBACK CHANGES, at once or later; never, when the document is closed before.
proc opdesk::app::sdb_changes::find {doc callback} {
    variable at_once
    set base [opdesk::app::sdb_edit::base $doc]
    if {[string length $base] <= $at_once} {
        {*}$callback [opdesk::sdb diff $base [opdesk::app::sdb_edit::text $doc]]
    } else {
        Next [list [namespace current]::Read $doc $callback]
    }
}

proc opdesk::app::sdb_changes::Read {doc callback} {
    if {[opdesk::app::sdb_edit::exists $doc]} {
        Next [list [namespace current]::Compare $doc [opdesk::sdb open [opdesk::app::sdb_edit::base $doc]] $callback]
    }
}

proc opdesk::app::sdb_changes::Compare {doc sheet callback} {
    try {
        if {[opdesk::app::sdb_edit::exists $doc]} {
            set changes [opdesk::sdb compare $sheet [opdesk::app::sdb_edit::sheet $doc]]
        }
    } finally {
        opdesk::sdb close $sheet
    }
    if {[info exists changes]} {
        {*}$callback $changes
    }
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::sdb_changes::Next {script} {
    after idle [list after 0 $script]
}
