# SPDX-License-Identifier: ISC
# The main window: the views, one at a time under a button each, and the state of the connections.  Closing
# it ends the desk; the questions stay with their servers.
namespace eval opdesk::ui::main {
    namespace import ::msgcat::mc
    # the name of the view in front
    variable view ""
    # the window manager has had its say about the place
    variable placed 0
    variable rest_ms 1000
}

# The views, in the order of their buttons; each is made when it is looked at.  NAME TITLE and five prefixes,
# "" = there is nothing to do:
#   CREATE    makes it; called once with the path of its frame
#   SHOWN     it has come to the front
#   KEYS      its keys, a group of opdesk::ui::keys bound to the widget of FOCUS
#   FOCUS     returns the widget that takes the keyboard
#   FIND      Ctrl+F: the keyboard goes to where words are typed
proc opdesk::ui::main::Table {} {
    set subnets [list subnets [mc "Subnets"] opdesk::ui::subnets::create opdesk::ui::subnets::shown \
        opdesk::ui::subnets::keys opdesk::ui::subnets::page opdesk::ui::subnets::find]
    if {[dict get $::opdesk::config name] eq "ipadm"} {
        return $subnets
    }
    return [list \
        waiting [mc "Waiting"] opdesk::ui::waiting::create "" opdesk::ui::waiting::keys \
            opdesk::ui::waiting::tree opdesk::ui::waiting::find \
        history [mc "History"] opdesk::ui::history::create opdesk::ui::history::shown opdesk::ui::history::keys \
            opdesk::ui::history::tree opdesk::ui::history::find \
        {*}$subnets \
        hosts [mc "Hosts"] opdesk::ui::hosts::create opdesk::ui::hosts::shown opdesk::ui::hosts::keys \
            opdesk::ui::hosts::tree opdesk::ui::hosts::find \
        chat [mc "Chat"] opdesk::ui::chat::create "" opdesk::ui::chat::keys \
            opdesk::ui::chat::page opdesk::ui::chat::find]
}

# Which view of the table stands first, by the name that the desk was started under.
proc opdesk::ui::main::First {} {
    set wanted [expr {[dict get $::opdesk::config name] eq "ipadm" ? "subnets" : ""}]
    set names [names]
    return [if {$wanted in $names} {set wanted} else {lindex $names 0}]
}

proc opdesk::ui::main::names {} {
    return [lmap {name title create shown keys focus find} [Table] {set name}]
}

# The row of a view as a dict.
proc opdesk::ui::main::Row {wanted} {
    foreach {name title create shown keys focus find} [Table] {
        if {$name eq $wanted} {
            return [dict create create $create shown $shown keys $keys focus $focus find $find]
        }
    }
}

proc opdesk::ui::main::show {} {
    wm withdraw .
    wm title . opdesk
    wm iconphoto . -default [image create photo -file [file join $::opdesk::root opdesk.png]]
    wm protocol . WM_DELETE_WINDOW [namespace current]::quit
    wm minsize . [opdesk::theme::px 560] [opdesk::theme::px 360]
    Groups
    opdesk::ui::keys::attach main .
    Head .head
    ttk::frame .line -style Line.TFrame -height 1
    opdesk::ui::status::create .status
    pack .head -side top -fill x
    pack .status -side bottom -fill x
    pack .line -side bottom -fill x
    Front [First]
    Size
    variable rest_ms
    bind . <Configure> +[list [namespace current]::Moved %W]
    bind . <FocusIn> +[list [namespace current]::Home %W]
    after $rest_ms [namespace current]::Rest
    Problems
    opdesk::app::clock::start
    if {![ByHand]} {
        opdesk::x11 quiet .
    }
    wm deiconify .
}

proc opdesk::ui::main::quit {} {
    opdesk::app::signal::emit quit
    opdesk::app::memory::flush
    exit
}

# --- parts ---

proc opdesk::ui::main::Head {path} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -padding [list $gap [opdesk::theme::px 6] $gap 0]
    foreach {name title create shown keys focus find} [Table] {
        ttk::radiobutton $path.$name -style View.Toolbutton -value $name -text $title \
            -variable [namespace current]::view -command [list [namespace current]::choose $name]
        pack $path.$name -side left
    }
    ttk::menubutton $path.menu -text [mc "Menu"] -menu $path.menu.m
    menu $path.menu.m -tearoff 0
    foreach {face command} [list [mc "Connections …"] opdesk::ui::connection::show \
        [mc "Preferences …"] opdesk::ui::preferences::show [mc "Keys"] opdesk::ui::keys::show \
        - - [mc "Quit"] [namespace current]::quit] {
        if {$face eq "-"} {
            $path.menu.m add separator
        } else {
            $path.menu.m add command -label $face -command $command -accelerator [key_of $command]
        }
    }
    pack $path.menu -side right
}

# What the button of a view says: its title, or that with a count.
proc opdesk::ui::main::face {name text} {
    .head.$name configure -text $text
}

# The view is there, in front or not.
proc opdesk::ui::main::make {name} {
    if {[winfo exists .$name]} {
        return
    }
    set row [Row $name]
    {*}[dict get $row create] .$name
    if {[dict get $row keys] ne ""} {
        opdesk::ui::keys::attach $name [{*}[dict get $row focus]]
    }
}

# --- which view ---

# Somebody wants to see this one.
proc opdesk::ui::main::choose {name} {
    if {$name in [names]} {
        Front $name
    }
}

proc opdesk::ui::main::is_front {name} {
    variable view
    return [expr {$view eq $name}]
}

proc opdesk::ui::main::Front {name} {
    variable view $name
    make $name
    foreach other [names] {
        if {[winfo exists .$other]} {
            pack forget .$other
        }
    }
    pack .$name -side top -fill both -expand 1 -before .line
    set row [Row $name]
    {*}[dict get $row shown]
    if {[winfo ismapped .]} {
        # only what is mapped can have the keyboard, and keys that were typed ahead are for this view
        update idletasks
    }
    focus [{*}[dict get $row focus]]
}

# The keyboard is back from another window, at something that has gone out of sight meanwhile.
proc opdesk::ui::main::Home {widget} {
    variable view
    if {[winfo toplevel $widget] eq "." && ![winfo viewable $widget]} {
        focus [{*}[dict get [Row $view] focus]]
    }
}

# The one that many to the right, round at the ends.
proc opdesk::ui::main::Turn {by} {
    variable view
    set names [names]
    choose [lindex $names [expr {([lsearch -exact $names $view] + $by) % [llength $names]}]]
}

proc opdesk::ui::main::Find {} {
    variable view
    {*}[dict get [Row $view] find]
}

# --- keys ---

# The groups of keys, in the order of the page of F1.
proc opdesk::ui::main::Groups {} {
    foreach {name keys} [list alert opdesk::ui::alert::keys subnet opdesk::ui::subnetpanes::keys \
        flat opdesk::ui::flat::keys main [namespace current]::Keys] {
        opdesk::ui::keys::group $name $keys
    }
    foreach {name title create shown keys focus find} [Table] {
        if {$keys ne ""} {
            opdesk::ui::keys::group $name $keys
        }
    }
}

proc opdesk::ui::main::Keys {} {
    set here [namespace current]
    set rows [list \
        <Control-Key-f> [mc "Filter, or search"] ${here}::Find \
        <Control-Key-Tab> [mc "The next view"] [list ${here}::Turn 1] \
        <Control-Key-ISO_Left_Tab> [mc "The view before"] [list ${here}::Turn -1]]
    set number 0
    foreach {name title create shown keys focus find} [Table] {
        lappend rows <Alt-Key-[incr number]> [mc "View: %s" $title] [list ${here}::choose $name]
    }
    if {"history" in [names]} {
        lappend rows <Control-Key-h> [mc "History"] [list ${here}::choose history]
    }
    return [list [mc "Main window"] [concat $rows [list \
        <F5> [mc "Try connections that are down now"] ${here}::Retry \
        <Control-Key-k> [mc "Connections"] opdesk::ui::connection::show \
        <Control-Key-comma> [mc "Preferences"] opdesk::ui::preferences::show \
        <F10> [mc "The menu of the window"] ${here}::PostMenu \
        <F1> [mc "This page"] opdesk::ui::keys::show \
        <Control-Key-q> [mc "Quit"] ${here}::quit]]]
}

# The key of a command of the window or of a view that is there, for menus.
proc opdesk::ui::main::key_of {wanted} {
    set rows [lindex [Keys] 1]
    foreach {name title create shown keys focus find} [Table] {
        if {[winfo exists .$name]} {
            lappend rows {*}[lindex [{*}$keys] 1]
        }
    }
    foreach {patterns what command} $rows {
        if {$command ne "" && $command in [list $wanted [string trimleft $wanted :]]} {
            return [opdesk::ui::keys::face [lindex $patterns 0]]
        }
    }
    return ""
}

# The one of ipadm is a bar.
proc opdesk::ui::main::PostMenu {} {
    if {[. cget -menu] ne ""} {
        tk::FirstMenu .
    } else {
        ttk::menubutton::Popdown .head.menu
    }
}

proc opdesk::ui::main::Retry {} {
    opdesk::app::helper::hurry
    foreach index [opdesk::app::servers::all] {
        opdesk::app::servers::retry $index
    }
}

# --- what happens ---

# Started by somebody who waits for it, and not by a daemon: it may take the keyboard.
proc opdesk::ui::main::ByHand {} {
    return [expr {[info exists ::env(DESKTOP_STARTUP_ID)] || ![catch {fconfigure stdin -mode}]}]
}

proc opdesk::ui::main::Problems {} {
    set problems [opdesk::app::preferences::problems]
    if {[llength $problems]} {
        opdesk::ui::status::news \
            [opdesk::app::words::line [mc "Preferences: %s" [join $problems "; "]] 400] {triangle warning}
    }
}

# --- place ---

# As it was; where a monitor has gone, on one that is there.
proc opdesk::ui::main::Size {} {
    set width [opdesk::theme::px 1060]
    set height [opdesk::theme::px 680]
    set at ""
    lassign {0 0} x y
    set point [winfo pointerxy .]
    if {[regexp {^(\d+)x(\d+)([+]-?\d+[+]-?\d+)$} [opdesk::app::memory::recall main.place] - w h at]} {
        lassign [list $w $h] width height
        scan $at +%d+%d x y
        if {![opdesk::ui::place::reachable $width $x $y]} {
            set at ""
        } else {
            set point [list [expr {$x + $width / 2}] [expr {max($y, 0)}]]
        }
    }
    lassign [opdesk::ui::place::within $point $width $height $x $y] fits_wide fits_high x y
    if {$at ne "" && [list $fits_wide $fits_high] ne [list $width $height]} {
        set at +$x+$y
    }
    wm geometry . ${fits_wide}x$fits_high$at
}

# Before it rests it is at 0,0 for a moment, which nobody wants back.
proc opdesk::ui::main::Rest {} {
    variable placed 1
    Moved .
}

proc opdesk::ui::main::Moved {window} {
    variable placed
    if {$placed && $window eq "." && [wm state .] eq "normal"} {
        opdesk::app::memory::keep main.place [wm geometry .]
    }
}
