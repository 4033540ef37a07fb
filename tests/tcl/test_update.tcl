# SPDX-License-Identifier: ISC
# What the Update dialog shows, without a window: the last of the comparisons that it asked for.
source [file join [file dirname [info script]] common.tcl]
parts ui/subnetupdate

# Comparisons end when the test says so; the dialog is .w.update of the editor .w.
foreach space {ui::subnet ui::subnetdiff ui::subnetpreview app::sdb_changes} {
    namespace eval opdesk::$space {}
}
parts app/sdb_changes
proc opdesk::app::sdb_changes::find {doc callback} { lappend ::asked $callback }
proc opdesk::ui::subnet::doc {w} { return doc }
proc opdesk::ui::subnet::is_flat {w} { return 0 }
proc opdesk::ui::subnet::findings {w} { return {} }
proc opdesk::ui::subnetdiff::show {path changes total} { lappend ::shown $changes $total }
proc opdesk::ui::subnetpreview::attach {w d} {}
proc winfo {what path} { return 1 }
foreach part {.w.update.f.head .w.update.f.note .v.update.f.note .v.update.f.head} {
    proc $part {args} {}
}
proc node {what} {
    set counts [dict merge {added 0 removed 0 changed 0} [dict create $what 1]]
    return [dict create counts [dict create node $counts] changes [list $what]]
}

test update-1 {one that took longer than the next is not shown; another dialog's is} {
    set asked [set shown {}]
    foreach w {.w .w .v} {
        opdesk::ui::subnetupdate::Look $w $w.update
    }
    foreach {at what} {1 changed 0 removed 2 added} {
        {*}[lindex $asked $at] [node $what]
    }
    set shown
} {changed 1 added 1}

done
