# SPDX-License-Identifier: ISC
# An address from a text of somebody else's is opened only after its real target has been shown and
# accepted.
namespace eval opdesk::ui::link {
    namespace import ::msgcat::mc
    variable seconds 20
}

proc opdesk::ui::link::ask {parent address} {
    set gap [opdesk::theme::px 14]
    set w $parent.link
    destroy $w
    toplevel $w -class Toplevel
    wm withdraw $w
    wm title $w [mc "Open a link"]
    wm transient $w $parent
    wm resizable $w 0 0
    opdesk::theme::dress $w
    ttk::frame $w.f -padding $gap
    ttk::label $w.f.head -style Header.TLabel \
        -text [mc "Open %s?" [opdesk::app::words::line [opdesk::app::links::target $address] 80]]
    ttk::label $w.f.hint -style Small.TLabel -wraplength [opdesk::theme::px 460] \
        -text [mc "The address came with the question. It opens in your browser:"]
    text $w.f.address -height 3 -width 56 -wrap char -font TkFixedFont -takefocus 0 \
        -padx [opdesk::theme::px 6] -pady [opdesk::theme::px 6] -borderwidth 0
    opdesk::theme::dress $w.f.address
    $w.f.address insert end [opdesk::app::words::plain $address]
    $w.f.address configure -state disabled
    ttk::frame $w.f.buttons
    ttk::button $w.f.buttons.open -text [mc "Open"] -command [list [namespace current]::Open $w $address]
    ttk::button $w.f.buttons.copy -text [mc "Copy"] -command [list [namespace current]::Copy $w $address]
    ttk::button $w.f.buttons.cancel -text [mc "Cancel"] -default active -command [list destroy $w]
    pack $w.f.head $w.f.hint $w.f.address -anchor w -fill x -pady [list 0 [opdesk::theme::px 8]]
    pack $w.f.buttons -anchor e -pady [list [opdesk::theme::px 6] 0]
    pack $w.f.buttons.open $w.f.buttons.copy $w.f.buttons.cancel -side left \
        -padx [list [opdesk::theme::px 8] 0]
    pack $w.f
    bind $w <Escape> [list destroy $w]
    foreach button [winfo children $w.f.buttons] {
        bind $button <Return> {%W invoke; break}
    }
    wm geometry $w +[expr {[winfo rootx $parent] + $gap}]+[expr {[winfo rooty $parent] + $gap}]
    wm deiconify $w
    focus $w.f.buttons.cancel
}

proc opdesk::ui::link::Open {w address} {
    variable seconds
    set parent [winfo parent $w]
    destroy $w
    opdesk::app::program::run [list xdg-open $address] $seconds \
        [list [namespace current]::Opened $parent $address]
}

# The browser could not be started: say so where it was asked for.
proc opdesk::ui::link::Opened {parent address status output} {
    if {$status ni {0 124} && [winfo exists $parent]} {
        event generate $parent <<LinkFailed>> -data $address
    }
}

proc opdesk::ui::link::Copy {w address} {
    clipboard clear -displayof $w
    clipboard append -displayof $w -- $address
    destroy $w
}
