# SPDX-License-Identifier: ISC
# Places of windows: free, in the area, near to where they are wanted.
source [file join [file dirname [info script]] common.tcl]
parts app/placement

proc place {width height taken anchor {area {0 0 1000 800}}} {
    return [opdesk::app::placement::place $width $height $area $taken 10 $anchor]
}

proc free {rectangle taken} {
    foreach other $taken {
        if {[opdesk::app::placement::Overlap $rectangle $other]} {
            return 0
        }
    }
    return 1
}

test placement_first_goes_to_the_anchor {} {
    place 300 200 {} {40 50}
} {40 50}

test placement_anchor_outside_is_brought_in {a monitor that is smaller than the one remembered} {
    place 300 200 {} {3000 700}
} {700 600}

test placement_second_goes_beside {} {
    place 300 200 {{10 10 300 200}} {10 10}
} {10 220}

test placement_beside_on_the_left_of_a_corner {} {
    place 300 200 {{690 10 300 200}} {690 10}
} {690 220}

test placement_area_may_begin_anywhere {the monitor on the right} {
    place 300 200 {} {1010 10} {1000 0 1000 800}
} {1010 10}

test placement_full_area_has_no_place {} {
    place 300 200 {{0 0 1000 800}} {10 10}
} {}

test placement_room_for_more {of 300 by 200 there is room for nine in 1000 by 800, and for fewer beside others} {
    set area {0 0 1000 800}
    list [opdesk::app::placement::room_for 9 300 200 $area {} 10] [opdesk::app::placement::room_for 10 300 200 $area {} 10] \
        [opdesk::app::placement::room_for 0 300 200 $area [list $area] 10] \
        [opdesk::app::placement::room_for 1 300 200 $area {{200 150 600 500}} 10]
} {1 0 1 0}

test placement_many_never_cover_each_other {a hundred random sets; each place is free and inside} {
    expr {srand(7)}
    set bad {}
    for {set run 0} {$run < 100} {incr run} {
        set taken {}
        set anchor [list [expr {int(rand() * 1000)}] [expr {int(rand() * 800)}]]
        while 1 {
            set w [expr {100 + int(rand() * 300)}]
            set h [expr {80 + int(rand() * 200)}]
            set at [place $w $h $taken $anchor]
            if {$at eq ""} break
            lassign $at x y
            if {![free [list $x $y $w $h] $taken] || $x < 0 || $y < 0
                || $x + $w > 1000 || $y + $h > 800} {
                lappend bad "$x $y $w $h among $taken"
            }
            lappend taken [list $x $y $w $h]
        }
        if {[llength $taken] < 2} {
            lappend bad "only $taken"
        }
    }
    set bad
} {}

test placement_is_the_nearest_there_is {against all places tried one by one, crossing and touching ones among them} {
    expr {srand(11)}
    set bad {}
    for {set run 0} {$run < 200} {incr run} {
        set taken {}
        for {set n [expr {int(rand() * 12)}]} {$n > 0} {incr n -1} {
            lappend taken [lmap {least more} {0 80 0 60 10 30 10 30} {expr {10 * ($least / 10 + int(rand() * $more / 10))}}]
        }
        set anchor [list [expr {int(rand() * 100)}] [expr {int(rand() * 80)}]]
        set got [opdesk::app::placement::place 20 20 {0 0 100 80} $taken 0 $anchor]
        set least Inf
        foreach x [opdesk::app::placement::Edges 0 20 {0 0 100 80} $taken 0 $anchor] {
            foreach y [opdesk::app::placement::Edges 1 20 {0 0 100 80} $taken 0 $anchor] {
                if {[free [list $x $y 20 20] $taken]} {
                    set least [expr {min($least, hypot($x - [lindex $anchor 0], $y - [lindex $anchor 1]))}]
                }
            }
        }
        if {$got eq "" ? $least != Inf : hypot([lindex $got 0] - [lindex $anchor 0], [lindex $got 1] - [lindex $anchor 1])
            != $least || ![free [list {*}$got 20 20] $taken]} {
            lappend bad "$got, not $least, among $taken"
        }
    }
    set bad
} {}

test placement_monitor_of_a_point {} {
    set monitors {{0 0 1000 800} {1000 0 1200 800}}
    list [opdesk::app::placement::at {1500 20} $monitors] [opdesk::app::placement::at {-5 20} $monitors]
} {{1000 0 1200 800} {0 0 1000 800}}

test placement_panels_are_left_free {} {
    opdesk::app::placement::common {1000 0 1200 800} {0 30 2200 770}
} {1000 30 1200 770}

done
