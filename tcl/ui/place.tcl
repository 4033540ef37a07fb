# SPDX-License-Identifier: ISC
# Brings a new question window onto the screen: when its layout has come to rest it gets a place
# beside the others, on the monitor in use (where the pointer is), near to where the operator has last
# moved one; and it appears without taking the keyboard unless the operator asked for it.
namespace eval opdesk::ui::place {
    # by window: {asked BOOL rest TIMER given {X Y} rests {X Y} by_hand BOOL}: did the operator ask for it; {x y} that
    # it was given; and where it rests, once it does; has the operator moved it from there
    variable windows {}
    # a button in rows that are scrolled, to its toplevel
    variable depth 8
    # the window manager has its say first
    variable rest_ms 1000
    # what Screen said last, and when
    variable screen {}
    variable screen_ms 0
}

# `others` gives the question windows there are.
proc opdesk::ui::place::show {w asked others} {
    variable windows
    dict set windows $w [dict create asked $asked rest "" by_hand 0]
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
    bind $w <Configure> +[list [namespace current]::Moved %W $w]
    Settle [list $w] $others {}
}

# These will be other inside in a moment: until `anew` they stay as large as they are, so that they do not grow over
# each other.
proc opdesk::ui::place::hold {these} {
    foreach w [Placed $these] {
        wm geometry $w [winfo width $w]x[winfo height $w]
    }
}

# They are: when that has come to rest each gets another place, all at once; where the operator has put one it stays.
proc opdesk::ui::place::anew {these others} {
    variable windows
    set these [Placed $these]
    foreach w $these {
        after cancel [dict get $windows $w rest]
    }
    Settle $these $others {}
}

# Those of them that have a place.
proc opdesk::ui::place::Placed {these} {
    variable windows
    return [lmap w $these {if {![dict exists $windows $w given]} continue; set w}]
}

# Each frame tells the one around it how large it wants to be in a turn of the loop of its own, so sizes have come to
# rest only when they have been the same for as many turns as frames nest.
proc opdesk::ui::place::Settle {these others sizes {calm 0}} {
    variable windows
    variable depth
    set these [lmap w $these {if {![dict exists $windows $w]} continue; set w}]
    set now [lmap w $these {list [winfo reqwidth $w] [winfo reqheight $w]}]
    set calm [expr {$now eq $sizes ? $calm + 1 : 0}]
    if {$calm >= $depth} {
        Place $these $others
    } elseif {[llength $these]} {
        after idle [list after 0 [list [namespace current]::Settle $these $others $now $calm]]
    }
}

# None of them is in the way of the first.
proc opdesk::ui::place::Place {these others} {
    variable windows
    foreach w $these {
        if {![dict get $windows $w by_hand]} {
            dict unset windows $w given
            dict unset windows $w rests
        }
    }
    foreach w $these {
        if {![dict get $windows $w by_hand]} {
            dict set windows $w given [Find $w [{*}$others]]
        }
    }
    foreach w $these {
        wm geometry $w ""
        if {![dict get $windows $w by_hand]} {
            Put $w
        }
    }
}

proc opdesk::ui::place::Put {w} {
    variable windows
    variable rest_ms
    wm geometry $w +[join [dict get $windows $w given] +]
    if {![winfo ismapped $w]} {
        Appear $w [dict get $windows $w asked]
    }
    dict set windows $w rest [after $rest_ms [list [namespace current]::Rest $w]]
}

proc opdesk::ui::place::Appear {w asked} {
    if {!$asked} {
        opdesk::x11 quiet $w
    }
    wm deiconify $w
    if {!$asked} {
        opdesk::x11 urgent $w 1
    }
}

proc opdesk::ui::place::Gone {destroyed w} {
    variable windows
    if {$destroyed eq $w && [dict exists $windows $w]} {
        after cancel [dict get $windows $w rest]
        dict unset windows $w
    }
}

# --- remembering ---

proc opdesk::ui::place::Rest {w} {
    variable windows
    dict set windows $w rests [At $w]
}

# By the operator: the next windows go there, on whatever monitor is in use then.  By a window manager that was
# late: it is where it was to be.
proc opdesk::ui::place::Moved {widget w} {
    variable windows
    if {$widget ne $w || ![dict exists $windows $w rests]} {
        return
    }
    set at [At $w]
    if {$at eq [dict get $windows $w rests]} {
        return
    }
    dict set windows $w rests $at
    if {$at ne [dict get $windows $w given]} {
        dict set windows $w by_hand 1
        lassign [area $w $at] left top
        opdesk::app::memory::keep alert_place \
            "[expr {[lindex $at 0] - $left}] [expr {[lindex $at 1] - $top}]"
    }
}

# Where the first window goes in that area.
proc opdesk::ui::place::Anchor {area gap} {
    lassign $area left top
    if {[scan [opdesk::app::memory::recall alert_place] "%d %d" x y] != 2} {
        lassign [list $gap $gap] x y
    }
    return [list [expr {$left + $x}] [expr {$top + $y}]]
}

# --- finding ---

# {MONITORS WORKAREA} as x11.c has them, asked of the X server once for a window, not at each step.
proc opdesk::ui::place::Screen {} {
    variable screen
    variable screen_ms
    set now [clock milliseconds]
    if {$now - $screen_ms > 500 || $now < $screen_ms} {
        set screen [list [opdesk::x11 monitors] [opdesk::x11 workarea]]
        set screen_ms $now
    }
    return $screen
}

# The monitor with that point, without the desktop's panels.
proc opdesk::ui::place::area {w point} {
    lassign [Screen] monitors work
    set area [opdesk::app::placement::at $point $monitors]
    if {$area eq ""} {
        set area [list 0 0 [winfo screenwidth $w] [winfo screenheight $w]]
    }
    return [expr {$work eq "" ? $area : [opdesk::app::placement::common $area $work]}]
}

# A window of that size, wanted there: {WIDTH HEIGHT X Y}, all of it on the monitor of `point`, its frame too.
proc opdesk::ui::place::within {point width height x y} {
    lassign [area . $point] left top across down
    lassign [Outer . 0 0] wide high
    set width [expr {min($width, $across - $wide)}]
    set height [expr {min($height, $down - $high)}]
    return [list $width $height [expr {max($left, min($x, $left + $across - $width - $wide))}] \
        [expr {max($top, min($y, $top + $down - $height - $high))}]]
}

# In the middle of the main window.
proc opdesk::ui::place::middle {} {
    return [list [expr {[winfo rootx .] + [winfo width .] / 2}] [expr {[winfo rooty .] + [winfo height .] / 2}]]
}

# Has a window that wide, there, enough of its title on a monitor to be taken by it?
proc opdesk::ui::place::reachable {width x y} {
    set title [list $x $y $width [opdesk::theme::px 20]]
    set monitors [lindex [Screen] 0]
    if {![llength $monitors]} {
        set monitors [list [list 0 0 [winfo screenwidth .] [winfo screenheight .]]]
    }
    foreach monitor $monitors {
        set seen [opdesk::app::placement::common $title $monitor]
        if {[opdesk::app::placement::Overlap $title $monitor] && [lindex $seen 2] >= [opdesk::theme::px 80]
            && [lindex $seen 3] >= [opdesk::theme::px 14]} {
            return 1
        }
    }
    return 0
}

# What every monitor has room for: {WIDTH HEIGHT}.
proc opdesk::ui::place::least {} {
    lassign [Screen] areas work
    if {![llength $areas]} {
        set areas [list [list 0 0 [winfo screenwidth .] [winfo screenheight .]]]
    }
    foreach area $areas {
        lassign [expr {$work eq "" ? $area : [opdesk::app::placement::common $area $work]}] x y width height
        lappend widths $width
        lappend heights $height
    }
    return [list [tcl::mathfunc::min {*}$widths] [tcl::mathfunc::min {*}$heights]]
}

# Beside the other question windows; beside the main window if there is room, else beside the questions that
# are listed there.
proc opdesk::ui::place::Find {w others} {
    set size [Outer $w [winfo reqwidth $w] [winfo reqheight $w]]
    set area [area $w [winfo pointerxy $w]]
    set gap [opdesk::theme::px 12]
    set anchor [Anchor $area $gap]
    set taken {}
    foreach other $others {
        if {$other ne $w} {
            lappend taken {*}[Taken $other]
        }
    }
    # an operator who has put one over the main window wants it so
    set chosen [expr {[opdesk::app::memory::recall alert_place] ne ""}]
    set main [expr {[winfo ismapped .] && !$chosen ? [list [Rectangle .]] : {}}]
    set listed [expr {[llength $main] ? [opdesk::ui::list::extent] : {}}]
    # how many more there may be of them, which are not to cover each other
    set more [expr {[llength $listed] ? [opdesk::app::windows::max] - [llength $taken] - 1 : 0}]
    foreach avoid [list [concat $taken $main] [concat $taken $listed] $taken] more [list 0 $more 0] {
        set place [opdesk::app::placement::place {*}$size $area $avoid $gap $anchor]
        if {$place ne "" && [opdesk::app::placement::room_for $more {*}$size $area \
            [concat $taken [list [concat $place $size]]] $gap]} {
            return $place
        }
    }
    return [opdesk::app::placement::cascade {*}$size $area [llength $taken] $gap]
}

# How thick the window manager's frame is: {LEFT RIGHT TOP BOTTOM}.
proc opdesk::ui::place::Frame {w} {
    set frame [opdesk::x11 frame $w]
    return [if {$frame eq ""} {list 0 0 0 0} else {set frame}]
}

# Where a window's frame begins.  Not winfo x: that is the inside under some window managers.
proc opdesk::ui::place::At {w} {
    lassign [Frame $w] left right top
    return [list [expr {[winfo rootx $w] - $left}] [expr {[winfo rooty $w] - $top}]]
}

# A new window's frame will be as thick as the main window's, and that, before there is one, as most are.  There
# is room left for what may still come below the text.
proc opdesk::ui::place::Outer {w width height} {
    lassign [Frame .] left right top bottom
    if {$top == 0 && ![winfo ismapped .]} {
        lassign [lmap n {4 4 26 4} {opdesk::theme::px $n}] left right top bottom
    }
    set more [expr {$w eq "." ? 0 : [opdesk::ui::alertface::may_grow $w]}]
    return [list [expr {$width + $left + $right}] [expr {$height + $top + $bottom + $more}]]
}

# {RECTANGLE}, or {} of a question window that will get another place, or is an icon: where it was put and as large as
# it wants to be, though the window manager may not have done it yet.
proc opdesk::ui::place::Taken {w} {
    variable windows
    set size [Outer $w [winfo reqwidth $w] [winfo reqheight $w]]
    if {[dict exists $windows $w rests]} {
        return [expr {[winfo ismapped $w] ? [list [list {*}[At $w] {*}$size]] : {}}]
    }
    return [expr {[dict exists $windows $w given] ? [list [list {*}[dict get $windows $w given] {*}$size]] : {}}]
}

proc opdesk::ui::place::Rectangle {w} {
    return [list {*}[At $w] {*}[Outer $w [winfo width $w] [winfo height $w]]]
}
