# SPDX-License-Identifier: ISC
# The preferences dialog: a line per row of the table in app/preferences.tcl, made by the row's type.  A
# change counts and is kept at once; one that is wrong is said beside it and changes nothing.
namespace eval opdesk::ui::preferences {
    namespace import ::msgcat::mc
    variable w .preferences
    # the frame with the lines, scrolled on a small screen
    variable lines ""
    # what the widgets show, by name
    variable shown
    array set shown {}
    # the servers have a dialog of their own
    variable sections {
        "Attention" {bell_interval max_windows quiet_hours notifications chat_ring}
        "Sound" {sound sound_file sound_player}
        "Look" {theme language}
        "Connections" {silence beacon_group}
    }
}

proc opdesk::ui::preferences::show {args} {
    variable w
    variable sections
    if {[winfo exists $w]} {
        wm deiconify $w
        raise $w
        focus $w
        return
    }
    opdesk::ui::dialog::create $w [mc "Preferences"]
    variable lines [opdesk::widget::scroller::create $w.f.lines 1 window TFrame]
    pack $w.f.lines -fill both -expand 1
    set row 0
    foreach {title names} $sections {
        ttk::label $lines.title$row -style Section.TLabel -text [mc $title]
        grid $lines.title$row -row $row -column 0 -columnspan 3 -sticky w \
            -pady [list [expr {$row ? [opdesk::theme::px 12] : 0}] [opdesk::theme::px 4]]
        incr row
        foreach name $names {
            Line $name $row
            incr row
        }
    }
    ttk::label $lines.kept -style Small.TLabel -text [mc "Kept in %s" [opdesk::app::preferences::path]]
    grid $lines.kept -row $row -column 0 -columnspan 3 -sticky w -pady [list [opdesk::theme::px 14] 0]
    grid columnconfigure $lines 2 -weight 1 -minsize [opdesk::theme::px 350]
    opdesk::app::signal::on_while $w.f preferences [namespace current]::Changed
    opdesk::app::signal::on_while $w.f sound [namespace current]::Sound
    after idle [list after 0 [namespace current]::Fit]
}

# What is around the lines stays in sight.
proc opdesk::ui::preferences::Fit {} {
    variable w
    variable lines
    if {[winfo exists $w]} {
        set around [expr {[winfo reqheight $w] - [winfo reqheight $w.f.lines] + [opdesk::theme::px 40]}]
        opdesk::widget::scroller::fit $w.f.lines [expr {[lindex [opdesk::ui::place::least] 1] - $around}]
        opdesk::ui::dialog::open $w $lines.bell_interval
    }
}

# Its name, its widget, and what to know about it.
proc opdesk::ui::preferences::Line {name row} {
    variable lines
    variable shown
    set shown($name) [opdesk::app::preferences::text $name]
    set variable [namespace current]::shown($name)
    set apply [list [namespace current]::Apply $name]
    set widget $lines.$name
    set type [opdesk::app::preferences::type $name]
    switch [lindex $type 0] {
        boolean {
            ttk::checkbutton $widget -variable $variable -onvalue yes -offvalue no -command $apply \
                -text [opdesk::app::preferences::help $name]
        }
        choice {
            ttk::combobox $widget -state readonly -width 22 \
                -values [lmap word [lrange $type 1 end] {Face $name $word}]
            $widget current [lsearch [lrange $type 1 end] $shown($name)]
            bind $widget <<ComboboxSelected>> [list [namespace current]::Chosen $name]
        }
        default {
            ttk::entry $widget -textvariable $variable -width 24
            foreach event {<Return> <FocusOut>} {
                bind $widget $event $apply
            }
        }
    }
    if {[lindex $type 0] eq "boolean"} {
        grid $widget -row $row -column 1 -sticky w -pady [opdesk::theme::px 3]
    } else {
        ttk::label $lines.name_$name -text [opdesk::app::preferences::help $name]
        grid $lines.name_$name -row $row -column 0 -sticky w -padx [list 0 [opdesk::theme::px 16]]
        grid $widget -row $row -column 1 -sticky we -pady [opdesk::theme::px 3]
    }
    ttk::label $lines.note_$name -style Small.TLabel -text [Note $name] -wraplength [opdesk::theme::px 340]
    set after $lines.note_$name
    lassign [Button $name] face command
    if {$face ne ""} {
        set after [ttk::frame $lines.beside_$name]
        ttk::button $after.b -style Small.TButton -text $face -command $command
        pack $after.b -side left -padx [list 0 [opdesk::theme::px 10]]
        $lines.note_$name configure -wraplength [opdesk::theme::px 250]
        pack $lines.note_$name -in $after -side left
        # made before the label: Tab comes to the button next
        raise $lines.note_$name
    }
    grid $after -row $row -column 2 -sticky w -padx [list [opdesk::theme::px 10] 0]
}

# What can be done about a line: {FACE COMMAND}.
proc opdesk::ui::preferences::Button {name} {
    switch $name {
        sound { return [list [mc "Try"] [namespace current]::Try] }
        sound_file { return [list [mc "Choose …"] [namespace current]::Choose] }
    }
}

# What ringing sounds like as it is set; the line that is wrong says so.
proc opdesk::ui::preferences::Try {} {
    foreach name {sound sound_file sound_player} {
        Say $name
    }
    opdesk::app::sound::try
}

proc opdesk::ui::preferences::Sound {event {name ""} {text ""} {asked 0}} {
    if {$event eq "failed" && $asked} {
        Say $name $text
    }
}

proc opdesk::ui::preferences::Choose {} {
    variable lines
    variable shown
    set old $shown(sound_file)
    set path [tk_getOpenFile -parent [winfo toplevel $lines] -title [mc "Sound file"] -initialfile [file tail $old] \
        -initialdir [if {$old ne ""} {file dirname $old}] -filetypes [list \
        [list [mc "Sounds"] {.wav .oga .ogg .flac .au .aiff .mp3}] [list [mc "All files"] *]]]
    if {$path ne ""} {
        set shown(sound_file) $path
        Apply sound_file
    }
}

# A word of a choice, for people.
proc opdesk::ui::preferences::Face {name word} {
    switch $name/$word {
        sound/bell { return [mc "Bell"] }
        sound/file { return [mc "Sound file"] }
        sound/none { return [mc "None"] }
        theme/desktop - language/desktop { return [mc "As the desktop"] }
        theme/light { return [mc "Light"] }
        theme/dark { return [mc "Dark"] }
        language/en { return English }
        language/de { return Deutsch }
    }
    return $word
}

proc opdesk::ui::preferences::Note {name} {
    switch $name {
        bell_interval { return [mc "such as 15s or 2m, while a question is due"] }
        quiet_hours { return [mc "such as 22:00-06:00; empty: none"] }
        beacon_group { return [mc "an address, with :PORT unless that is 2070"] }
        silence { return [mc "of silence, such as 20s or 1m; from the next connection on"] }
        language { return [mc "from the next start on"] }
        sound_player { return [mc "a program; the file is its last argument"] }
    }
    return ""
}

proc opdesk::ui::preferences::Chosen {name} {
    variable lines
    variable shown
    set words [lrange [opdesk::app::preferences::type $name] 1 end]
    set shown($name) [lindex $words [$lines.$name current]]
    $lines.$name selection clear
    Apply $name
}

proc opdesk::ui::preferences::Apply {name} {
    variable lines
    variable shown
    set text [string trim $shown($name)]
    if {$text eq [opdesk::app::preferences::text $name]} {
        Say $name
        return
    }
    try {
        opdesk::app::preferences::change $name $text
        opdesk::app::preferences::save
        Say $name
    } trap {OPDESK} {message} {
        Say $name $message
    } on error {message} {
        Say $name [mc "It could not be written: %s" $message]
    }
}

# What is wrong with a line, or what to know about it.
proc opdesk::ui::preferences::Say {name {wrong ""}} {
    variable lines
    $lines.note_$name configure -text [if {$wrong eq ""} {Note $name} else {set wrong}] \
        -style [expr {$wrong eq "" ? "Small.TLabel" : "Error.TLabel"}]
}

proc opdesk::ui::preferences::Changed {name} {
    variable shown
    if {[info exists shown($name)]} {
        set shown($name) [opdesk::app::preferences::text $name]
    }
}
