# SPDX-License-Identifier: ISC
# Columns of a table (widget/table.tcl) that become wider for what stands in them, up to a bound and as long as
# the column that stretches keeps its own; widths that the operator has drawn stay.  They never become narrower
# because a row has gone: nothing moves back and forth while one reads.
namespace eval opdesk::widget::fit {
    # per tree: {memory NAME digits PIXELS giver {COLUMN LEAST} followers {COLUMN LEAST MOST …} wants {COLUMN PIXELS …}};
    # LEAST and MOST in characters, digits: how wide ten of them were when `wants` was measured
    variable tables {}
}

# `memory`: where the drawn widths are remembered.
proc opdesk::widget::fit::follow {tree memory giver followers} {
    variable tables
    dict set tables $tree [dict create memory $memory digits 0 giver $giver followers $followers wants {}]
    bind $tree <Destroy> +[list [namespace current]::Gone $tree]
}

# A row has these values, one for each column.
proc opdesk::widget::fit::see {tree values font} {
    variable tables
    set digits [opdesk::widget::table::Digits]
    if {[dict get $tables $tree digits] != $digits} {
        dict set tables $tree digits $digits
        dict set tables $tree wants {}
    }
    set more 0
    foreach {column least most} [dict get $tables $tree followers] {
        set value [lindex $values [lsearch -exact [$tree cget -columns] $column]]
        set want [expr {[font measure $font $value] + 2 * [opdesk::theme::inset]}]
        set wants [dict get $tables $tree wants]
        if {![dict exists $wants $column] || [dict get $wants $column] < $want} {
            dict set tables $tree wants $column $want
            set more 1
        }
    }
    if {$more} {
        lay $tree
    }
}

# What there is room for now.
proc opdesk::widget::fit::lay {tree} {
    variable tables
    dict with tables $tree {}
    if {![winfo ismapped $tree] || !$digits || [opdesk::app::memory::recall $memory] ne ""} {
        return
    }
    lassign $giver from least
    set sum [$tree column $from -width]
    set columns {}
    set asked {}
    foreach {column few most} $followers {
        incr sum [$tree column $column -width]
        set want [expr {[dict exists $wants $column] ? [dict get $wants $column] : 0}]
        lappend columns $column
        lappend asked [list [expr {$few * $digits / 10}] [expr {$most * $digits / 10}] $want]
    }
    foreach column [list {*}$columns $from] width [shares $sum [expr {$least * $digits / 10}] $asked] {
        if {[$tree column $column -width] != $width} {
            $tree column $column -width $width
            opdesk::widget::table::WidthLater $tree
        }
    }
}

# Pure: ASKED {LEAST MOST WANT} … are given what they want between least and most, the first ones first, while
# `keep` of the sum is left: WIDTH …, and what is left.
proc opdesk::widget::fit::shares {sum keep asked} {
    foreach one $asked {
        incr sum -[lindex $one 0]
    }
    set widths {}
    foreach one $asked {
        lassign $one least most want
        set more [expr {max(0, min($want, $most) - $least)}]
        set more [expr {max(0, min($more, $sum - $keep))}]
        lappend widths [expr {$least + $more}]
        incr sum -$more
    }
    return [list {*}$widths $sum]
}

proc opdesk::widget::fit::Gone {tree} {
    variable tables
    dict unset tables $tree
}
