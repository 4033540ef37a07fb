# SPDX-License-Identifier: ISC
# The note to the chosen questions, a line of the panel that acts on them (ui/act.tcl): one that is too long is told
# while it is typed, one that did not arrive is there again.
namespace eval opdesk::ui::actnote {
    namespace import ::msgcat::mc
    variable panel ""
    # the note that was saved last, and of which questions
    variable saving {}
    # what it is too long by, as was told last
    variable told 0
}

# PANEL.note.{entry save}
proc opdesk::ui::actnote::create {path} {
    variable panel $path
    set here [namespace current]
    opdesk::widget::field::create $path.note [mc "Note"]
    ttk::button $path.note.save -style Small.TButton -text [mc "Save note"] -command ${here}::Save
    pack $path.note.save -side left -padx [list [opdesk::theme::px 8] 0]
    bind $path.note.entry <Return> ${here}::Save
    foreach event {<KeyRelease> <<Paste>> <<Cut>> <<PasteSelection>>} {
        bind $path.note.entry $event +[list after idle ${here}::Typed]
    }
    opdesk::app::signal::on_while $path action ${here}::Action
}

proc opdesk::ui::actnote::grasp {} {
    variable panel
    focus $panel.note.entry
}

proc opdesk::ui::actnote::text {} {
    variable panel
    return [string trim [opdesk::widget::field::get $panel.note]]
}

proc opdesk::ui::actnote::Save {} {
    variable panel
    variable saving
    set note [text]
    set pending [opdesk::ui::actchosen::pending]
    if {[over]} {
        bell -displayof $panel
    } elseif {$note ne "" && [llength $pending] && ![opdesk::ui::actchosen::refused]} {
        set saving [list $pending $note]
        opdesk::app::actions::note $pending $note
        opdesk::widget::field::put $panel.note ""
        event generate $panel <<BackToList>>
    }
}

# How many letters there are too many of it is said while it is typed.
proc opdesk::ui::actnote::Typed {} {
    variable panel
    variable told
    if {[winfo exists $panel] && [over] != $told} {
        opdesk::ui::act::refresh_later
    }
}

# The same number, which is told now.
proc opdesk::ui::actnote::tell {} {
    variable told [over]
    return $told
}

proc opdesk::ui::actnote::over {} {
    return [opdesk::app::words::over [text] [opdesk::system limit alert.note note]]
}

proc opdesk::ui::actnote::words {over} {
    return [mc "The note is %1\$d letters too long: it may have %2\$d bytes." $over \
        [opdesk::system limit alert.note note]]
}

# A note that did not arrive is there again, to be saved again, unless one has gone on meanwhile.
proc opdesk::ui::actnote::Action {event method key args} {
    variable panel
    variable saving
    lassign $saving of note
    if {$event eq "failed" && $method eq "alert.note" && $key in $of && $of eq [opdesk::ui::actchosen::keys]
        && [opdesk::widget::field::get $panel.note] eq ""} {
        opdesk::widget::field::put $panel.note $note
    }
}
