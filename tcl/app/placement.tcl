# SPDX-License-Identifier: ISC
# Where a new window goes so that it covers no other: pure.  Rectangles are {x y width height}.
namespace eval opdesk::app::placement {}

proc opdesk::app::placement::Overlap {a b} {
    lassign $a ax ay aw ah
    lassign $b bx by bw bh
    return [expr {$ax < $bx + $bw && $bx < $ax + $aw && $ay < $by + $bh && $by < $ay + $ah}]
}

# The part of `a` that is in `b`; `a` when there is none.
proc opdesk::app::placement::common {a b} {
    if {![Overlap $a $b]} {
        return $a
    }
    lassign $a ax ay aw ah
    lassign $b bx by bw bh
    set x [expr {max($ax, $bx)}]
    set y [expr {max($ay, $by)}]
    return [list $x $y [expr {min($ax + $aw, $bx + $bw) - $x}] [expr {min($ay + $ah, $by + $bh) - $y}]]
}

# The rectangle with the point in it, else the first.
proc opdesk::app::placement::at {point rectangles} {
    foreach rectangle $rectangles {
        if {[Overlap [list {*}$point 1 1] $rectangle]} {
            return $rectangle
        }
    }
    return [lindex $rectangles 0]
}

# {x y} for a window of the given size in `area`: the free place that is nearest to `anchor`, at the
# anchor itself or `gap` beside, below or above what is taken; "" when there is none.
proc opdesk::app::placement::place {width height area taken gap anchor} {
    lassign $anchor anchor_x anchor_y
    set rows [Edges 1 $height $area $taken $gap $anchor]
    set best ""
    set least Inf
    foreach x [Edges 0 $width $area $taken $gap $anchor] {
        foreach y [Outside $rows [Spans $x $width $height $taken]] {
            set distance [expr {hypot($x - $anchor_x, $y - $anchor_y)}]
            if {$distance < $least} {
                set best [list $x $y]
                set least $distance
            }
        }
    }
    return $best
}

# Is there room for n more of that size?
proc opdesk::app::placement::room_for {n width height area taken gap} {
    while {$n > 0} {
        set at [place $width $height $area $taken $gap $area]
        if {$at eq ""} {
            return 0
        }
        lappend taken [list {*}$at $width $height]
        incr n -1
    }
    return 1
}

# Where a window of that height that begins at x must not begin: {FROM TO FROM TO …}, rising and apart, the
# ends themselves free.
proc opdesk::app::placement::Spans {x width height taken} {
    set blocked {}
    foreach other $taken {
        lassign $other left top across down
        if {$x < $left + $across && $left < $x + $width} {
            lappend blocked [expr {$top - $height}] [expr {$top + $down}]
        }
    }
    set spans {}
    set end -Inf
    foreach {from to} [lsort -integer -stride 2 $blocked] {
        if {$from >= $end} {
            lappend spans $from $to
            set end $to
        } elseif {$to > $end} {
            lset spans end $to
            set end $to
        }
    }
    return $spans
}

# Those of the rising numbers that are in no span.
proc opdesk::app::placement::Outside {numbers spans} {
    set out {}
    set next 0
    set to -Inf
    set from -Inf
    foreach n $numbers {
        while {$n >= $to && $next < [llength $spans]} {
            set from [lindex $spans $next]
            set to [lindex $spans $next+1]
            incr next 2
        }
        if {$n <= $from || $n >= $to} {
            lappend out $n
        }
    }
    return $out
}

# Where the window may begin along one axis (0: x, 1: y) and still be all in the area.
proc opdesk::app::placement::Edges {axis length area taken gap anchor} {
    set least [lindex $area $axis]
    set most [expr {$least + [lindex $area $axis+2] - $length}]
    set edges [list [expr {max($least, min([lindex $anchor $axis], $most))}] \
        [expr {$least + $gap}] [expr {$most - $gap}]]
    foreach other $taken {
        set begin [lindex $other $axis]
        lappend edges $begin [expr {$begin + [lindex $other $axis+2] + $gap}] \
            [expr {$begin - $length - $gap}]
    }
    return [lmap edge [lsort -integer -unique $edges] {
        if {$edge < $least || $edge > $most} continue
        set edge
    }]
}

# On a full screen: a little lower and further right than the last of n.
proc opdesk::app::placement::cascade {width height area n gap} {
    lassign $area left top across down
    set step [expr {$gap * 2 * (1 + $n)}]
    return [list [expr {max($left, min($left + $step, $left + $across - $width))}] \
        [expr {max($top, min($top + $step, $top + $down - $height))}]]
}
