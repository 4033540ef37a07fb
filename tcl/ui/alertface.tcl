# SPDX-License-Identifier: ISC
# How the window of a question is laid out; what happens in it is ui/alert.tcl's.
#   W.f.sign W.f.message W.f.entry W.f.note.{sign text} W.f.time
#   W.f.foot.aside.{later mine}     put it off: quiet, on the left
#   W.f.foot.buttons.b0 b1 …        the answers
namespace eval opdesk::ui::alertface {
    namespace import ::msgcat::mc
}

proc opdesk::ui::alertface::build {w alert} {
    set gap [opdesk::theme::px 16]
    set half [opdesk::theme::px 8]
    ttk::frame $w.f -style Alert.TFrame -padding $gap
    ttk::label $w.f.sign -style Alert.TLabel -image \
        [opdesk::ui::sign::get [opdesk::app::words::severity $alert] [opdesk::theme::px 44]]
    if {[opdesk::app::alerts::field $alert kind] eq "text"} {
        ttk::entry $w.f.entry -width 40
        grid $w.f.entry -row 1 -column 1 -sticky we -pady [list $half 0]
    }
    ttk::frame $w.f.note -style Alert.TFrame
    ttk::label $w.f.note.sign -style Alert.TLabel
    ttk::label $w.f.note.text
    grid $w.f.note.sign -row 0 -column 0 -sticky n -padx [list 0 $half] \
        -pady [list [opdesk::theme::px 2] 0]
    grid $w.f.note.text -row 0 -column 1 -sticky w
    ttk::label $w.f.time -style Muted.Alert.TLabel
    ttk::frame $w.f.foot -style Alert.TFrame
    ttk::frame $w.f.foot.buttons -style Alert.TFrame
    Aside $w.f.foot.aside
    # last: Tab comes to the answers first
    opdesk::widget::message::create $w.f.message alert
    grid $w.f.sign -row 0 -column 0 -sticky n -padx [list 0 $gap]
    grid $w.f.message -row 0 -column 1 -sticky nsew
    grid $w.f.note -row 2 -column 1 -sticky we -pady [list $half 0]
    grid $w.f.time -row 3 -column 1 -sticky we -pady [list $half 0]
    grid $w.f.foot -row 4 -column 0 -columnspan 2 -sticky we -pady [list $gap 0]
    grid remove $w.f.note $w.f.time
    grid columnconfigure $w.f 1 -weight 1
    grid rowconfigure $w.f 0 -weight 1
    pack $w.f -fill both -expand 1
    dress $w
}

proc opdesk::ui::alertface::Aside {path} {
    ttk::frame $path -style Alert.TFrame
    ttk::menubutton $path.later -style Quiet.Alert.TMenubutton -text [mc "Later"] \
        -underline [string first [mc "L"] [mc "Later"]] -menu $path.later.menu
    menu $path.later.menu -tearoff 0
    ttk::button $path.mine -style Quiet.Alert.TButton
    pack $path.later $path.mine -side left -padx [list 0 [opdesk::theme::px 2]]
}

# What styles do not reach.
proc opdesk::ui::alertface::dress {w} {
    $w configure -background [opdesk::theme::colour alert]
    set text $w.f.message.text
    $text tag configure from -foreground [opdesk::theme::colour muted]
    $text tag configure title -font OpdeskBold
    $text tag configure attempt -foreground [opdesk::theme::colour attempt_text]
}

# A button per label, {*}press LABEL when it is pressed; the first letter that no other has taken works
# with Alt.  A row of them beside the quiet ones; too many or too long ones in a column of their own.
proc opdesk::ui::alertface::answers {w alert press} {
    set foot $w.f.foot
    set n 0
    set taken [Letters $foot.aside]
    set across 0
    foreach label [dict get $alert labels] {
        set face [opdesk::app::words::face $alert $label]
        set letter [string tolower [string index $face 0]]
        set under [expr {[string first $letter $taken] < 0 ? 0 : -1}]
        append taken $letter
        set b $foot.buttons.b$n
        ttk::button $b -style Alert.TButton -text $face -underline $under -command [list {*}$press $label]
        incr across [expr {[winfo reqwidth $b] + [opdesk::theme::px 8]}]
        incr n
    }
    set wide [expr {$across + [winfo reqwidth $foot.aside] > [widest $w]}]
    foreach b [winfo children $foot.buttons] {
        if {$wide} {
            pack $b -side top -fill x -pady [list 0 [opdesk::theme::px 6]]
        } else {
            pack $b -side left -padx [list [opdesk::theme::px 8] 0]
        }
    }
    if {$wide} {
        pack $foot.buttons -side top -fill x
        pack $foot.aside -side top -anchor w
    } else {
        pack $foot.buttons -side right -padx [list [opdesk::theme::px 24] 0]
        pack $foot.aside -side left
    }
}

# Letters that Alt has taken already.
proc opdesk::ui::alertface::Letters {aside} {
    set under [$aside.later cget -underline]
    return [string tolower [string index [$aside.later cget -text] $under]]
}

# The most that text may take, in pixels.
proc opdesk::ui::alertface::widest {w} {
    return [expr {int(min([winfo fpixels $w 6i], [winfo screenwidth $w] - [opdesk::theme::px 140]))}]
}

# STYLE: Muted, Error or Notice; SIGN: a shape and its colour in front of the text, or none.
proc opdesk::ui::alertface::note {w style sign text} {
    set note $w.f.note
    if {$text eq ""} {
        grid remove $note
        return
    }
    $note.text configure -text $text -style $style.Alert.TLabel
    if {$sign eq ""} {
        grid remove $note.sign
    } else {
        lassign $sign shape colour
        $note.sign configure -image [opdesk::ui::sign::get $shape [opdesk::theme::px 14] $colour]
        grid $note.sign
    }
    grid $note
}

# The line of what will happen by itself, and of who is on it; hidden when there is nothing to say.
proc opdesk::ui::alertface::time {w text} {
    if {[$w.f.time cget -text] ne $text} {
        $w.f.time configure -text $text
    }
    if {$text eq ""} {
        grid remove $w.f.time
    } else {
        grid $w.f.time
    }
}
