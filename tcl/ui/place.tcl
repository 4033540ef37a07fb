# SPDX-License-Identifier: ISC
# Brings a new question window onto the screen: when its layout has come to rest it gets a place
# beside the others, and appears without taking the keyboard unless the operator asked for it.
namespace eval opdesk::ui::place {
    # by window: the timer of its next look
    variable timers {}
}

# `others` gives the question windows there are.
proc opdesk::ui::place::show {w asked others} {
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
    Settle $w $asked $others ""
}

proc opdesk::ui::place::Settle {w asked others size} {
    variable timers
    set now [winfo reqwidth $w]x[winfo reqheight $w]
    if {$now ne $size} {
        set again [list [namespace current]::Settle $w $asked $others $now]
        dict set timers $w [after idle [list [namespace current]::NextTurn $w $again]]
        return
    }
    wm geometry $w +[join [Find $w [{*}$others]] +]
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
    variable timers
    if {$destroyed eq $w && [dict exists $timers $w]} {
        after cancel [dict get $timers $w]
        dict unset timers $w
    }
}

# Beside the other question windows, and beside the main window if there is room.
proc opdesk::ui::place::Find {w others} {
    set size [Outer $w [winfo reqwidth $w] [winfo reqheight $w]]
    set area [list 0 0 [winfo screenwidth $w] [winfo screenheight $w]]
    set gap [opdesk::theme::px 12]
    set taken {}
    foreach other $others {
        if {$other ne $w && [winfo ismapped $other]} {
            lappend taken [Rectangle $other]
        }
    }
    foreach avoid [list [concat $taken [list [Rectangle .]]] $taken] {
        set place [opdesk::app::placement::place {*}$size $area $avoid $gap]
        if {$place ne ""} {
            return $place
        }
    }
    return [opdesk::app::placement::cascade {*}$size $area [llength $taken] $gap]
}

# The window manager's frame is as thick as around the main window.  A note may still come below the
# text: there is room left for it.
proc opdesk::ui::place::Outer {w width height} {
    set side [expr {[winfo rootx .] - [winfo x .]}]
    set top [expr {[winfo rooty .] - [winfo y .]}]
    set note [expr {$w eq "." || [winfo ismapped $w.f.note] ? 0 : [opdesk::theme::px 72]}]
    return [list [expr {$width + 2 * $side}] [expr {$height + $top + $side + $note}]]
}

proc opdesk::ui::place::Rectangle {w} {
    return [list [winfo x $w] [winfo y $w] {*}[Outer $w [winfo width $w] [winfo height $w]]]
}
