# SPDX-License-Identifier: ISC
# Buttons that need not fit side by side: in a row, each as wide as it is; else in columns of one width,
# as many as there is room for.  They are laid out in the order they were made, which is that of Tab.
namespace eval opdesk::widget::flow {
}

# The children of a frame within `width` pixels: how many rows they take.
proc opdesk::widget::flow::lay {frame width gap} {
    set children [winfo children $frame]
    set widths [lmap child $children {winfo reqwidth $child}]
    set n [llength $children]
    for {set column 0} {$column < [lindex [grid size $frame] 0]} {incr column} {
        grid columnconfigure $frame $column -weight 0 -uniform {}
    }
    if {!$n || [tcl::mathop::+ {*}$widths] + $gap * ($n - 1) <= $width} {
        Put $children [expr {max($n, 1)}] $gap w
        return [expr {$n > 0}]
    }
    set most [expr {max(1, ($width + $gap) / ([tcl::mathfunc::max {*}$widths] + $gap))}]
    set rows [expr {($n + $most - 1) / $most}]
    set columns [expr {($n + $rows - 1) / $rows}]
    for {set column 0} {$column < $columns} {incr column} {
        grid columnconfigure $frame $column -weight 1 -uniform flow
    }
    Put $children $columns $gap we
    return $rows
}

proc opdesk::widget::flow::Put {children columns gap sticky} {
    set at 0
    foreach child $children {
        set column [expr {$at % $columns}]
        set row [expr {$at / $columns}]
        grid $child -row $row -column $column -sticky $sticky \
            -padx [list [expr {$column ? $gap : 0}] 0] -pady [list [expr {$row ? $gap : 0}] 0]
        incr at
    }
}

# The child that is so many rows below; itself at the ends.
proc opdesk::widget::flow::below {child rows} {
    set info [grid info $child]
    if {![dict exists $info -row]} {
        return $child
    }
    set there [grid slaves [winfo parent $child] -row [expr {max(0, [dict get $info -row] + $rows)}] \
        -column [dict get $info -column]]
    return [if {$there eq ""} {set child} else {set there}]
}
