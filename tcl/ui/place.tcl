# SPDX-License-Identifier: ISC
# Brings a new question window onto the screen: when its layout has come to rest it gets a place
# beside the others, on the monitor in use (where the pointer is), near to where the operator has last
# moved one; and it appears without taking the keyboard unless the operator asked for it.
namespace eval opdesk::ui::place {
    # by window: did the operator ask for it; the timer of its next look; {x y} that it was given, until it rests; and
    # where it rests, once it does
    variable wanted {}
    variable timers {}
    variable given {}
    variable rests {}
    # the window manager has its say first
    variable rest_ms 1000
    # what Screen said last, and when
    variable screen {}
    variable screen_ms 0
}

# `others` gives the question windows there are.
proc opdesk::ui::place::show {w asked others} {
    variable wanted
    dict set wanted $w $asked
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
    bind $w <Configure> +[list [namespace current]::Moved %W $w]
    Settle $w $others ""
}

# These, which are other inside now, each get another place: none of them is in the way of the first.
proc opdesk::ui::place::anew {windows others} {
    variable timers
    variable given
    variable rests
    foreach w $windows {
        after cancel [dict get $timers $w]
        dict unset given $w
        dict unset rests $w
        Settle $w $others ""
    }
}

proc opdesk::ui::place::Settle {w others size} {
    variable timers
    variable given
    variable rest_ms
    set now [winfo reqwidth $w]x[winfo reqheight $w]
    if {$now ne $size} {
        set again [list [namespace current]::Settle $w $others $now]
        dict set timers $w [after idle [list [namespace current]::NextTurn $w $again]]
        return
    }
    dict set given $w [Find $w [{*}$others]]
    wm geometry $w +[join [dict get $given $w] +]
    if {![winfo ismapped $w]} {
        Appear $w
    }
    dict set timers $w [after $rest_ms [list [namespace current]::Rest $w]]
}

proc opdesk::ui::place::Appear {w} {
    variable wanted
    set asked [dict get $wanted $w]
    if {!$asked} {
        opdesk::x11 quiet $w
    }
    wm deiconify $w
    if {!$asked} {
        opdesk::x11 urgent $w 1
    }
}

proc opdesk::ui::place::NextTurn {w script} {
    variable timers
    dict set timers $w [after 0 $script]
}

proc opdesk::ui::place::Gone {destroyed w} {
    variable wanted
    variable timers
    variable given
    variable rests
    if {$destroyed eq $w && [dict exists $timers $w]} {
        after cancel [dict get $timers $w]
        dict unset wanted $w
        dict unset timers $w
        dict unset given $w
        dict unset rests $w
    }
}

# --- remembering ---

proc opdesk::ui::place::Rest {w} {
    variable given
    variable rests
    dict unset given $w
    dict set rests $w [At $w]
}

# By the operator: the next windows go there, on whatever monitor is in use then.
proc opdesk::ui::place::Moved {widget w} {
    variable rests
    if {$widget ne $w || ![dict exists $rests $w]} {
        return
    }
    set at [At $w]
    if {$at ne [dict get $rests $w]} {
        dict set rests $w $at
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
        if {$other ne $w && [winfo ismapped $other]} {
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

# {RECTANGLE}, or {} of a question window that will get another: where it was put, though the window manager may not
# have done it yet.
proc opdesk::ui::place::Taken {w} {
    variable given
    variable rests
    if {[dict exists $given $w]} {
        return [list [list {*}[dict get $given $w] {*}[Outer $w [winfo reqwidth $w] [winfo reqheight $w]]]]
    }
    return [expr {[dict exists $rests $w] ? [list [Rectangle $w]] : {}}]
}

proc opdesk::ui::place::Rectangle {w} {
    return [list {*}[At $w] {*}[Outer $w [winfo width $w] [winfo height $w]]]
}
