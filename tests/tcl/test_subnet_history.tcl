# SPDX-License-Identifier: ISC
# The list of commits in the window of a subnet's history, without a window: which rows stand after which answer.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/sdb_list ui/subnethistory
namespace path opdesk::ui

# A treeview: the ids of its rows, in `rows`; the first one is selected when none is.
set rows {}
set chosen {}
proc .h.f.book.past.list.tree {method args} {
    switch $method {
        children { return $::rows }
        exists { return [expr {[lindex $args 0] in $::rows}] }
        insert { lappend ::rows [dict get [lrange $args 2 end] -id] }
        delete {
            set ::rows [lmap row $::rows {if {$row in [lindex $args 0]} {continue}; set row}]
            set ::chosen [lmap row $::chosen {if {$row ni $::rows} {continue}; set row}]
        }
        selection {
            if {[llength $args]} {
                set ::chosen [lindex $args 1]
            }
            return $::chosen
        }
    }
}
proc pack {args} {}
foreach {name body} {app::sdb_history::get {return $::history([lindex $args 1])} app::sdb_words::at {} app::words::line {}
    app::sdb_history::open {incr ::opened} widget::bar::is_open {return $::asking} ui::sign::get {} theme::px {} widget::table::say {}} {
    namespace eval opdesk::[namespace qualifiers $name] {}
    proc opdesk::$name args $body
}

# The rows and what is selected, when the daemon has told these commits.
proc told {args} {
    array set ::history [list more 0 commits [lmap id $args {dict create commit $id at 0}]]
    subnethistory::Fill .h
    return [list $::rows $::chosen]
}

test the_next_page_goes_on_behind_the_first {and the selection stays} {
    told c b a
    set ::chosen b
    list [told c b a] [told c b a a2 a1]
} {{{c b a} b} {{c b a a2 a1} b}}

test a_newer_commit_stands_above {} {
    told b a
    list [told c b a] [told d c b a]
} {{{c b a} c} {{d c b a} d}}

test all_commits_come_back_in_their_order {when it was one node's before} {
    told d a
    told e d c b a
} {{e d c b a} e}

test fewer_or_none {} {
    list [told c a] [told]
} {{{c a} c} {{} {}}}

# --- somebody changes the file ---

test a_newer_commit_waits_while_something_is_asked {and is fetched once, when that is answered} {
    set opdesk::ui::subnethistory::windows {.h {key 0/Subnet_7.sdb moved 0}}
    array set history {node {}}
    set opened 0
    set asking 1
    foreach key {0/Subnet_7.sdb 0/Subnet_7.sdb 0/Subnet_2.sdb} {
        subnethistory::Moved .h $key {}
    }
    set while_asked $opened
    set asking 0
    subnethistory::catch_up .h
    subnethistory::catch_up .h
    set answered $opened
    subnethistory::Moved .h 0/Subnet_2.sdb {}
    subnethistory::Moved .h 0/Subnet_7.sdb {}
    list $while_asked $answered $opened
} {0 1 2}

# A bar that went on asking would take back another commit than the one whose change is shown.
test who_selects_another_commit_is_not_asked_about_the_first {} {
    told c b a
    set ::chosen {}
    set asking 1
    set closed {}
    proc opdesk::widget::bar::close path {lappend ::closed $path; set ::asking 0}
    proc opdesk::ui::subnethistory::State w {}
    subnethistory::selected .h
    subnethistory::selected .h
    list $closed $asking
} {.h.ask 0}

done
