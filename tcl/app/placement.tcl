# SPDX-License-Identifier: ISC
# Where a new window goes so that it covers no other: pure.  Rectangles are {x y width height}.
namespace eval opdesk::app::placement {}

proc opdesk::app::placement::Overlap {a b} {
    lassign $a ax ay aw ah
    lassign $b bx by bw bh
    return [expr {$ax < $bx + $bw && $bx < $ax + $aw && $ay < $by + $bh && $by < $ay + $ah}]
}

proc opdesk::app::placement::Free {rectangle taken} {
    foreach other $taken {
        if {[Overlap $rectangle $other]} {
            return 0
        }
    }
    return 1
}

# {x y} for a window of the given size in `area`: the first free place, row by row, beside or below
# what is taken, `gap` apart; "" when there is none.
proc opdesk::app::placement::place {width height area taken gap} {
    lassign $area left top across down
    set xs [list [expr {$left + $gap}]]
    set ys [list [expr {$top + $gap}]]
    foreach other $taken {
        lassign $other x y w h
        lappend xs [expr {$x + $w + $gap}]
        lappend ys [expr {$y + $h + $gap}]
    }
    foreach y [lsort -integer -unique $ys] {
        foreach x [lsort -integer -unique $xs] {
            if {$x + $width <= $left + $across && $y + $height <= $top + $down
                && [Free [list $x $y $width $height] $taken]} {
                return [list $x $y]
            }
        }
    }
    return ""
}

# On a full screen: a little lower and further right than the last of n.
proc opdesk::app::placement::cascade {width height area n gap} {
    lassign $area left top across down
    set step [expr {$gap * 2 * (1 + $n)}]
    return [list [expr {max($left, min($left + $step, $left + $across - $width))}] \
        [expr {max($top, min($top + $step, $top + $down - $height))}]]
}
