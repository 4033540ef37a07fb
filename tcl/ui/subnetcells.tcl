# SPDX-License-Identifier: ISC
# What the cells of an address grid look like, and the legend that says it.
namespace eval opdesk::ui::subnetcells {
    namespace import ::msgcat::mc
}

# The shapes: free is an empty frame, used a filled one, the gateway a filled one with cut corners, shared a
# frame in a frame, a conflict a filled one crossed out, what cannot be used a short line.
proc opdesk::ui::subnetcells::shape {c box cell text} {
    lassign $box x1 y1 x2 y2
    set on text
    switch $cell {
        free {
            $c create rectangle $box -outline [opdesk::theme::colour border] -fill ""
            set on muted
        }
        used {
            $c create rectangle $box -outline "" -fill [opdesk::theme::colour info]
            set on on_info
        }
        gateway {
            set cut [opdesk::theme::px 6]
            $c create polygon [expr {$x1 + $cut}] $y1 [expr {$x2 - $cut}] $y1 $x2 [expr {$y1 + $cut}] \
                $x2 [expr {$y2 - $cut}] [expr {$x2 - $cut}] $y2 [expr {$x1 + $cut}] $y2 $x1 [expr {$y2 - $cut}] \
                $x1 [expr {$y1 + $cut}] -fill [opdesk::theme::colour ok] -outline ""
            set on on_ok
        }
        shared {
            set in [opdesk::theme::px 3]
            $c create rectangle $box -outline [opdesk::theme::colour info] -fill ""
            $c create rectangle [expr {$x1 + $in}] [expr {$y1 + $in}] [expr {$x2 - $in}] [expr {$y2 - $in}] \
                -outline [opdesk::theme::colour info] -fill ""
        }
        conflict {
            $c create rectangle $box -outline "" -fill [opdesk::theme::colour critical]
            $c create line $x1 $y1 $x2 $y2 -fill [opdesk::theme::colour on_critical]
            $c create line $x1 $y2 $x2 $y1 -fill [opdesk::theme::colour on_critical]
            set on on_critical
        }
        default {
            set middle [expr {($y1 + $y2) / 2}]
            $c create line [expr {$x1 + ($x2 - $x1) / 4}] $middle [expr {$x2 - ($x2 - $x1) / 4}] $middle \
                -fill [opdesk::theme::colour muted] -width [opdesk::theme::px 2]
            return
        }
    }
    if {$text ne ""} {
        $c create text [expr {($x1 + $x2) / 2}] [expr {($y1 + $y2) / 2}] -text $text -font OpdeskSmall \
            -fill [opdesk::theme::colour $on]
    }
}

# --- the legend ---

proc opdesk::ui::subnetcells::legend {path} {
    frame $path
    canvas $path.c -highlightthickness 0 -borderwidth 0 -height [opdesk::theme::px 40] -width 10
    pack $path.c -fill x -expand 1
    bind $path.c <Configure> [list [namespace current]::Legend $path.c]
    bind $path.c <<ThemeChanged>> +[list after idle [list [namespace current]::Redraw $path.c]]
    return $path
}

proc opdesk::ui::subnetcells::Redraw {c} {
    if {[winfo exists $c]} {
        Legend $c
    }
}

proc opdesk::ui::subnetcells::Legend {c} {
    $c delete all
    $c configure -background [opdesk::theme::colour surface]
    set x [opdesk::theme::px 8]
    set y [opdesk::theme::px 2]
    set side [opdesk::theme::px 14]
    foreach {cell face} [list free [mc "free"] used [mc "used"] gateway [mc "gateway"] shared [mc "shared"] \
        conflict [mc "conflict"] network [mc "reserved"]] {
        set width [expr {$side + [font measure OpdeskSmall $face] + [opdesk::theme::px 16]}]
        if {$x + $width > [winfo width $c]} {
            set x [opdesk::theme::px 8]
            incr y [expr {$side + [opdesk::theme::px 4]}]
        }
        shape $c [list $x $y [expr {$x + $side}] [expr {$y + $side}]] $cell ""
        $c create text [expr {$x + $side + [opdesk::theme::px 5]}] [expr {$y + $side / 2}] -anchor w -text $face \
            -font OpdeskSmall -fill [opdesk::theme::colour muted]
        incr x $width
    }
}
