# SPDX-License-Identifier: ISC
# A question to the operator inside a panel, instead of a dialog on top of it: a sentence, a line to
# type into when one is wanted, a button to do it and one not to.  Hidden until it is asked for.
namespace eval opdesk::widget::bar {
    namespace import ::msgcat::mc
    # per bar: {show COMMAND command PREFIX before WIDGET}
    variable bars {}
}

# `pack_options`: how it is shown.
proc opdesk::widget::bar::create {path args} {
    variable bars
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] $gap]
    ttk::label $path.text -style Bar.TLabel -anchor w -justify left
    ttk::frame $path.line -style Bar.TFrame
    ttk::entry $path.line.entry
    ttk::button $path.line.do -default active -command [list [namespace current]::Do $path]
    ttk::button $path.line.cancel -text [mc "Cancel"] -command [list [namespace current]::close $path]
    pack $path.text -side top -fill x -pady [list 0 $gap]
    pack $path.line -side top -fill x
    pack $path.line.cancel -side right
    pack $path.line.do -side right -padx [list $gap $gap]
    bind $path.text <Configure> {%W configure -wraplength %w}
    bind $path.line.entry <Return> [list $path.line.do invoke]
    bind $path.line.entry <KP_Enter> [list $path.line.do invoke]
    foreach w [list $path.line.entry $path.line.do $path.line.cancel] {
        bind $w <Escape> "[list [namespace current]::close $path]; break"
    }
    bind Bar$path <Escape> "[list [namespace current]::close $path]; break"
    bind $path <Destroy> [list [namespace current]::Gone %W $path]
    dict set bars $path [dict create show $args command {} before ""]
    return $path
}

# command: a prefix, called with what was typed when there is a line (`entry` is its first content).
proc opdesk::widget::bar::ask {path text face command {with_entry 0} {entry ""}} {
    variable bars
    set before [focus -displayof $path]
    if {![string match $path.* $before]} {
        Answer $path [dict get $bars $path before] 0
        dict set bars $path before $before
        Answer $path $before 1
    }
    dict set bars $path command $command
    $path.text configure -text $text
    $path.line.do configure -text $face
    $path.line.entry delete 0 end
    $path.line.entry insert 0 $entry
    pack forget $path.line.entry
    if {$with_entry} {
        pack $path.line.entry -side left -fill x -expand 1
    }
    {*}[dict get $bars $path show]
    set target [expr {$with_entry ? "$path.line.entry" : "$path.line.do"}]
    if {[string match $path.* $before]} {
        focus $target
    } else {
        opdesk::widget::hold::hand_over $target
    }
}

# The bar has the keyboard when it has been drawn.  Keys that are quicker are meant for it, too, and kept until
# then.  An Escape is heard at once: whoever had the keyboard before hands it on for as long as the bar is open.
proc opdesk::widget::bar::Answer {path widget for_it} {
    if {[winfo exists $widget]} {
        set tags [lsearch -all -inline -not -exact [bindtags $widget] Bar$path]
        if {$for_it} {
            set tags [linsert $tags 0 Bar$path]
        }
        bindtags $widget $tags
    }
}

proc opdesk::widget::bar::is_open {path} {
    variable bars
    return [expr {[llength [dict get $bars $path command]] > 0}]
}

proc opdesk::widget::bar::close {path} {
    variable bars
    set before [dict get $bars $path before]
    dict set bars $path command {}
    opdesk::widget::hold::drop $before
    Answer $path $before 0
    if {[winfo manager $path] ne ""} {
        [winfo manager $path] forget $path
    }
    if {[winfo exists $before]} {
        focus $before
    }
}

proc opdesk::widget::bar::Do {path} {
    variable bars
    set command [dict get $bars $path command]
    if {![llength $command]} {
        return
    }
    if {[winfo manager $path.line.entry] ne ""} {
        lappend command [string trim [$path.line.entry get]]
    }
    close $path
    uplevel #0 $command
}

proc opdesk::widget::bar::Gone {destroyed path} {
    variable bars
    if {$destroyed eq $path} {
        Answer $path [dict get $bars $path before] 0
        dict unset bars $path
    }
}
