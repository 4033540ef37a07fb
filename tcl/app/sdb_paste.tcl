# SPDX-License-Identifier: ISC
# Rows from and for a spreadsheet, as text with tabs: pure.
namespace eval opdesk::app::sdb_paste {
    variable fields {name address ethernet alias mx comment}
}

# Nodes as lines of six fields.
proc opdesk::app::sdb_paste::text {nodes} {
    return [join [lmap node $nodes {
        join [lmap field $node {string map {\t " "} $field}] \t
    }] \n]
}

# What pasting a text would do at a cell: {CHANGES NODES}.  numbers: of the nodes from the row of the cell
# on; column: of the cell.  Rows of six fields, or with an address in the second, are new nodes; others fill
# the cells from there on, to the right and down, and what is past the last row is dropped.
proc opdesk::app::sdb_paste::plan {text numbers column} {
    set changes {}
    set nodes {}
    set at 0
    foreach line [split [string trimright [string map {\r\n \n \r \n} $text] \n] \n] {
        set cells [split $line \t]
        if {[IsNode $cells]} {
            lappend nodes [Node $cells]
        } elseif {$at < [llength $numbers]} {
            lappend changes [lindex $numbers $at] [Cells $cells [expr {max($column, 0)}]]
            incr at
        }
    }
    return [list $changes $nodes]
}

proc opdesk::app::sdb_paste::IsNode {cells} {
    if {[llength $cells] >= 6} {
        return 1
    }
    return [expr {[llength $cells] >= 2 && [lindex $cells 0] ne ""
        && [regexp {^\s*(\d+\.\d+\.\d+\.\d+|\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*\]?)\s*$} [lindex $cells 1]]}]
}

proc opdesk::app::sdb_paste::Node {cells} {
    variable fields
    set node {}
    foreach field $fields cell [lrange $cells 0 5] {
        lappend node [opdesk::app::sdb_edit::written $field $cell]
    }
    return $node
}

proc opdesk::app::sdb_paste::Cells {cells column} {
    variable fields
    set change {}
    foreach cell $cells field [lrange $fields $column end] {
        if {$field eq "" || ![llength $cells]} {
            break
        }
        lappend change $field [opdesk::app::sdb_edit::written $field $cell]
        set cells [lrange $cells 1 end]
    }
    return $change
}

# Nodes without an address get the free ones, one after the other.
proc opdesk::app::sdb_paste::addressed {nodes free} {
    return [lmap node $nodes {
        if {[lindex $node 1] eq "" && [llength $free]} {
            lset node 1 [opdesk::app::sdb_edit::written address [lindex $free 0]]
            set free [lrange $free 1 end]
        }
        set node
    }]
}
