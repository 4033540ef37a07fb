# SPDX-License-Identifier: ISC
# What the dialogs of the main window share: none is modal, each has a button to close it, Escape closes
# it, and it appears beside the middle of the main window.
namespace eval opdesk::ui::dialog {
    namespace import ::msgcat::mc
}

# A toplevel with the frame W.f for the content, hidden until `open`.
proc opdesk::ui::dialog::create {w title} {
    set gap [opdesk::theme::px 14]
    toplevel $w -background [opdesk::theme::colour window]
    wm withdraw $w
    wm title $w $title
    wm transient $w .
    wm group $w .
    ttk::frame $w.f -padding [list $gap $gap $gap 0]
    ttk::frame $w.foot -padding $gap
    ttk::button $w.foot.close -text [mc "Close"] -command [list destroy $w]
    pack $w.foot.close -side right
    pack $w.foot -side bottom -fill x
    pack $w.f -side top -fill both -expand 1
    bind $w <Escape> [list destroy $w]
    bind $w <F1> {opdesk::ui::keys::show; break}
}

# Show it when its layout has come to rest, the keyboard in `first`, all of it on the monitor of the main
# window; what it holds gives way.  `rigid`: it keeps its size when more comes into it.
proc opdesk::ui::dialog::open {w first {rigid 0}} {
    after idle [list after 0 [list [namespace current]::Place $w $first $rigid]]
}

proc opdesk::ui::dialog::Place {w first rigid} {
    if {![winfo exists $w]} {
        return
    }
    set wanted [list [winfo reqwidth $w] [winfo reqheight $w]]
    lassign $wanted width height
    lassign [opdesk::ui::place::within [opdesk::ui::place::middle] $width $height \
        [expr {[winfo rootx .] + ([winfo width .] - $width) / 2}] \
        [expr {[winfo rooty .] + ([winfo height .] - $height) / 3}]] width height x y
    set size [expr {$rigid || [list $width $height] ne $wanted ? "${width}x$height" : ""}]
    wm geometry $w $size+$x+$y
    wm minsize $w $width $height
    wm deiconify $w
    focus $first
}
