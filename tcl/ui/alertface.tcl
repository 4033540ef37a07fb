# SPDX-License-Identifier: ISC
# How the window of a question is laid out; what happens in it is ui/alert.tcl's.
#   W.f.sign W.f.message W.f.entry W.f.note.{sign text} W.f.time
#   W.f.foot.aside.{later mine}     put it off: quiet, on the left
#   [buttons W].b0 b1 …             the answers
namespace eval opdesk::ui::alertface {
    namespace import ::msgcat::mc
    # by window: how high the buttons are, and what is below them
    variable feet {}
    # by window: the longest note that is to be expected
    variable notes {}
    # of the text, on the smallest screen
    variable least_lines 4
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
    bind $w.f <Destroy> [list [namespace current]::Gone $w]
    dress $w
}

proc opdesk::ui::alertface::Aside {path} {
    ttk::frame $path -style Alert.TFrame
    ttk::menubutton $path.later -style Quiet.Alert.TMenubutton -text [mc "Later"] \
        -underline [string first [mc "L"] [mc "Later"]]
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

# A button per label, {*}press LABEL when it is pressed, each with a letter that works with Alt.  A row of
# them beside the quiet ones, else rows above these; when there are so many that no monitor could show the
# window, they are scrolled.  Called again when the letters are others, it lays them out anew: what is there stays,
# as keys that are on their way to a widget are lost with it.
proc opdesk::ui::alertface::answers {w alert press} {
    set foot $w.f.foot
    set gap [opdesk::theme::px 8]
    set widest [expr {[widest $w] + [opdesk::theme::px 60]}]
    Buttons $foot.buttons $alert $press [Letter $foot.aside]
    # its frame has not reckoned yet how wide it wants to be
    set across [expr {[Across $foot.aside [opdesk::theme::px 2]] + [opdesk::theme::px 24]}]
    if {[Across $foot.buttons $gap] + $across <= $widest} {
        opdesk::widget::flow::lay $foot.buttons $widest $gap
        Above $foot $foot.buttons -side right -fill none -padx [list [opdesk::theme::px 24] 0] -pady 0
        pack $foot.aside -side left -anchor center
        Foot $w [winfo reqheight $foot.buttons.b0] 0
        return
    }
    set high [Rows $foot.buttons $widest $gap]
    set below [expr {$gap + [winfo reqheight $foot.aside.later]}]
    set rows $foot.buttons
    if {$high > [ForButtons $w $below]} {
        set rows $foot.scrolled
        if {![winfo exists $rows]} {
            opdesk::widget::scroller::create $rows 1 alert Alert.TFrame
            # Tab comes to the answers first
            lower $rows $foot.aside
        }
        Buttons $rows.view.inside $alert $press [Letter $foot.aside]
        Rows $rows.view.inside [expr {$widest - [opdesk::theme::px 30]}] $gap
    }
    Above $foot $rows -side top -fill x -padx 0 -pady [list 0 $gap]
    pack $foot.aside -side top -anchor w
    Foot $w $high $below
}

# Of the two frames for buttons that one is seen.
proc opdesk::ui::alertface::Above {foot rows args} {
    foreach other [list $foot.buttons $foot.scrolled] {
        if {$other ne $rows && [winfo exists $other]} {
            pack forget $other
        }
    }
    if {[winfo manager $rows] eq "" && [winfo manager $foot.aside] ne ""} {
        lappend args -before $foot.aside
    }
    pack $rows {*}$args
}

# The frame with the answers.
proc opdesk::ui::alertface::buttons {w} {
    set foot $w.f.foot
    return [expr {[Scrolled $w] ? "$foot.scrolled.view.inside" : "$foot.buttons"}]
}

proc opdesk::ui::alertface::Scrolled {w} {
    set scrolled $w.f.foot.scrolled
    return [expr {[winfo exists $scrolled] && [winfo manager $scrolled] ne ""}]
}

proc opdesk::ui::alertface::Buttons {frame alert press taken} {
    set labels [dict get $alert labels]
    set faces [lmap label $labels {opdesk::app::words::face $alert $label}]
    set n 0
    foreach label $labels face $faces under [opdesk::app::words::letters $faces alnum $taken] {
        if {![winfo exists $frame.b$n]} {
            ttk::button $frame.b$n
        }
        $frame.b$n configure -style Alert.TButton -text $face -underline $under \
            -command [list {*}$press $label]
        incr n
    }
}

proc opdesk::ui::alertface::Across {frame gap} {
    set sum 0
    foreach b [winfo children $frame] {
        incr sum [expr {[winfo reqwidth $b] + $gap}]
    }
    return [expr {$sum - $gap}]
}

# Lay them out in rows; how high that is.  Sentences, one below the other, begin at one edge and may be
# of several lines.
proc opdesk::ui::alertface::Rows {frame widest gap} {
    ttk::style configure Column.Alert.TButton -wraplength [expr {$widest - [opdesk::theme::px 36]}]
    set rows [opdesk::widget::flow::lay $frame $widest $gap]
    set buttons [winfo children $frame]
    if {$rows == [llength $buttons]} {
        foreach b $buttons {
            $b configure -style Column.Alert.TButton
        }
    }
    set high [expr {($rows - 1) * $gap}]
    for {set row 0} {$row < $rows} {incr row} {
        incr high [tcl::mathfunc::max {*}[lmap b [grid slaves $frame -row $row] {winfo reqheight $b}]]
    }
    return $high
}

# The letter that Alt has taken already.
proc opdesk::ui::alertface::Letter {aside} {
    set under [$aside.later cget -underline]
    return [string tolower [string index [$aside.later cget -text] $under]]
}

# The most that text may take, in pixels: on every monitor the window is to fit.
proc opdesk::ui::alertface::widest {w} {
    set across [lindex [opdesk::ui::place::least] 0]
    return [expr {int(min([winfo fpixels $w 6i], $across - [opdesk::theme::px 124]))}]
}

# The height there is for text and buttons, in pixels.
proc opdesk::ui::alertface::Room {w} {
    set down [lindex [opdesk::ui::place::least] 1]
    set room [expr {$down - [opdesk::theme::px 84] - [winfo reqheight $w.f.time]}]
    foreach {shown part} {entry entry note note.text} {
        if {[winfo exists $w.f.$shown] && [winfo manager $w.f.$shown] ne ""} {
            incr room [expr {-[winfo reqheight $w.f.$part] - [opdesk::theme::px 8]}]
        }
    }
    return $room
}

# What the text leaves to the buttons when it is long as well.
proc opdesk::ui::alertface::ForButtons {w below} {
    variable least_lines
    return [expr {max([Room $w] - $below - $least_lines * [font metrics TkDefaultFont -linespace],
        2 * [opdesk::theme::px 36])}]
}

# The buttons are that high, and so much is below them.
proc opdesk::ui::alertface::Foot {w high below} {
    variable feet
    dict set feet $w [list $high $below]
    Fit $w
}

# Room for what is there now: the buttons are scrolled if need be, the text gets the rest.
proc opdesk::ui::alertface::Fit {w} {
    variable feet
    variable least_lines
    if {![dict exists $feet $w]} {
        return
    }
    lassign [dict get $feet $w] high below
    if {[Scrolled $w]} {
        set high [ForButtons $w $below]
        $w.f.foot.scrolled.view configure -height $high
    }
    set lines [expr {([Room $w] - $high - $below) / [font metrics TkDefaultFont -linespace]}]
    opdesk::widget::message::limit $w.f.message [expr {max(2, $lines)}]
}

proc opdesk::ui::alertface::Gone {w} {
    variable feet
    variable notes
    dict unset feet $w
    dict unset notes $w
}

# That note may come, so other windows leave room for it.
proc opdesk::ui::alertface::expect {w text} {
    variable notes
    dict set notes $w $text
}

# How much higher the window may become: by the note, and by the line of time.  Lines of a text that is wrapped
# are a little more than its length says.
proc opdesk::ui::alertface::may_grow {w} {
    variable notes
    set line [expr {[font metrics TkDefaultFont -linespace] + [opdesk::theme::px 4]}]
    set wide [expr {max(1, [$w.f.note.text cget -wraplength])}]
    set lines [expr {1 + int(1.2 * [font measure TkDefaultFont [dict get $notes $w]] / $wide)}]
    set note [expr {$lines * $line + [opdesk::theme::px 8]}]
    if {[winfo manager $w.f.note] ne ""} {
        set note [expr {max(0, $note - [winfo reqheight $w.f.note])}]
    }
    return [expr {$note + ([winfo manager $w.f.time] eq "" ? $line + [opdesk::theme::px 8] : 0)}]
}

# STYLE: Muted, Error or Notice; SIGN: a shape and its colour in front of the text, or none.
proc opdesk::ui::alertface::note {w style sign text} {
    set note $w.f.note
    if {$text eq ""} {
        grid remove $note
        Fit $w
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
    Fit $w
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
