# SPDX-License-Identifier: ISC
# What can be done with the chosen questions (ui/actchosen.tcl), under the detail pane: answers (ui/actanswer.tcl), a
# note (ui/actnote.tcl), "I am on it", snooze, withdraw.  One table makes buttons' menus, the context menu
# (ui/actmenu.tcl) and the keys.
#   virtual event on PATH:  <<BackToList>>    what was typed is done
namespace eval opdesk::ui::act {
    namespace import ::msgcat::mc
    variable panel ""
    variable waiting ""
    # more at once would be an accident, and slow
    variable max_together 1000
    variable too_many 0
}

proc opdesk::ui::act::create {path} {
    variable panel $path
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Surface.TFrame -padding [list [opdesk::theme::px 12] $gap]
    opdesk::widget::bar::create $path.bar grid $path.bar -row 0 -column 0 -sticky we -pady [list 0 $gap]
    opdesk::widget::field::create $path.text [mc "Answer"]
    opdesk::ui::actnote::create $path
    ttk::label $path.why -style Surface.TLabel
    ttk::frame $path.buttons -style Surface.TFrame
    opdesk::ui::actanswer::create $path
    ttk::button $path.buttons.claim -width 0
    opdesk::ui::actmenu::create $path
    pack $path.buttons.more $path.buttons.snooze $path.buttons.claim -side right -padx [list $gap 0]
    grid $path.text -row 1 -column 0 -sticky we -pady [list 0 $gap]
    grid $path.note -row 2 -column 0 -sticky we -pady [list 0 $gap]
    grid $path.why -row 3 -column 0 -sticky we -pady [list 0 $gap]
    grid $path.buttons -row 4 -column 0 -sticky we
    bind $path.why <Configure> {%W configure -wraplength %w}
    grid columnconfigure $path 0 -weight 1
    foreach entry [list $path.text.entry $path.note.entry] {
        bind $entry <Escape> "[list event generate $path <<BackToList>>]; break"
    }
    foreach signal {servers answer server.removed} {
        opdesk::app::signal::on_while $path $signal ${here}::refresh_later
    }
    about {}
    return $path
}

# The questions it is about from now on.  That some of them have ended changes nothing of what is being
# typed for the others.
proc opdesk::ui::act::about {list} {
    variable panel
    variable max_together
    variable too_many [expr {[llength $list] > $max_together}]
    if {$too_many} {
        set list {}
    }
    if {[opdesk::ui::actchosen::choose $list]} {
        # what was typed for one question must not go with another
        foreach field {text note} {
            opdesk::widget::field::put $panel.$field ""
        }
        if {[opdesk::widget::bar::is_open $panel.bar]} {
            opdesk::widget::bar::close $panel.bar
        }
    }
    Refresh
}

# NAME FACE WHEN COMMAND …: WHEN, of ui/actchosen.tcl, says whether it can be done with the chosen ones.
proc opdesk::ui::act::table {} {
    set here [namespace current]
    set chosen opdesk::ui::actchosen
    return [list \
        open [mc "Open window"] ${chosen}::any opdesk::ui::list::OpenSelected \
        claim [mc "I am on it"] ${chosen}::not_mine ${here}::Claim \
        release [mc "Release"] ${chosen}::claimed ${here}::Release \
        note [mc "Note"] ${chosen}::any opdesk::ui::actnote::grasp \
        withdraw [mc "Withdraw …"] ${chosen}::any ${here}::Withdraw \
        copy [mc "Copy text"] ${chosen}::any opdesk::ui::actcopy::copy]
}

proc opdesk::ui::act::do {name} {
    opdesk::ui::actchosen::look
    foreach {row face when command} [table] {
        if {$row eq $name && [$when] && ($name in {open copy} || ![opdesk::ui::actchosen::refused])} {
            $command
        }
    }
}

proc opdesk::ui::act::Claim {} {
    opdesk::app::actions::claim [opdesk::ui::actchosen::known others]
}

proc opdesk::ui::act::Release {} {
    opdesk::app::actions::release [opdesk::ui::actchosen::known claimed]
}

proc opdesk::ui::act::Withdraw {} {
    AskReason [opdesk::ui::actchosen::pending]
}

proc opdesk::ui::act::AskReason {pending {reason ""} {problem ""}} {
    variable panel
    if {[llength $pending] == 1} {
        set text [mc "Withdraw this question? Its job is told that nobody will answer. The reason:"]
    } else {
        set text [mc "Withdraw %1\$d questions: %2\$s? Their jobs are told that nobody will answer. The reason:" \
            [llength $pending] [opdesk::ui::actchosen::names $pending]]
    }
    opdesk::widget::bar::ask $panel.bar [string trim "$problem $text"] [mc "Withdraw"] \
        [list [namespace current]::WithdrawFor $pending] 1 $reason
}

# A reason that is too long is asked for again.
proc opdesk::ui::act::WithdrawFor {pending reason} {
    variable panel
    set max [opdesk::system limit alert.withdraw reason]
    set over [opdesk::app::words::over $reason $max]
    if {$over} {
        bell -displayof $panel
        AskReason $pending $reason [mc "The reason is %1\$d letters too long: it may have %2\$d bytes." $over $max]
    } else {
        opdesk::app::actions::withdraw $pending $reason
    }
}

proc opdesk::ui::act::snooze {ms} {
    opdesk::app::actions::snooze [opdesk::ui::actchosen::pending] $ms
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::act::refresh_later {args} {
    variable waiting
    if {$waiting eq ""} {
        set waiting [after idle [namespace current]::Refresh]
    }
}

proc opdesk::ui::act::Refresh {} {
    variable panel
    variable waiting ""
    if {![winfo exists $panel]} {
        return
    }
    set pending [opdesk::ui::actchosen::pending]
    opdesk::ui::actanswer::show [opdesk::ui::actchosen::known labels] [lindex $pending 0]
    Differ [llength $pending]
    set one [expr {[llength $pending] == 1 ? [opdesk::app::alerts::get [lindex $pending 0]] : ""}]
    if {$one ne "" && [opdesk::app::alerts::field $one kind] eq "text"} {
        grid $panel.text
    } else {
        grid remove $panel.text
    }
    States $pending
}

# Why there are no answers.
proc opdesk::ui::act::Differ {count} {
    variable panel
    variable too_many
    variable max_together
    set note_over [opdesk::ui::actnote::tell]
    set text ""
    if {$too_many} {
        set text [mc "Not more than %d together: the filter makes fewer of them." $max_together]
    } elseif {[opdesk::ui::actchosen::known away] ne ""} {
        set text [opdesk::ui::actchosen::away]
    } elseif {$note_over} {
        set text [opdesk::ui::actnote::words $note_over]
    } elseif {$count > 1 && ![opdesk::ui::actanswer::count]} {
        set text [mc "Only questions with the same answers can be answered together."]
    }
    $panel.why configure -text $text
    if {$text eq ""} {
        grid remove $panel.why
    } else {
        grid $panel.why
    }
}

proc opdesk::ui::act::States {pending} {
    variable panel
    set may [expr {[llength $pending] && [opdesk::ui::actchosen::known may]}]
    set state [expr {$may ? "!disabled" : "disabled"}]
    set sending [expr {[llength $pending] == 1 && [opdesk::app::answers::is_sending [lindex $pending 0]]}]
    opdesk::ui::actanswer::state [expr {$may && !$sending ? "!disabled" : "disabled"}]
    foreach w {buttons.claim buttons.snooze buttons.more note.entry note.save text.entry} {
        $panel.$w state $state
    }
    if {[opdesk::ui::actnote::over]} {
        $panel.note.save state disabled
    }
    set release [expr {[llength $pending] && ![opdesk::ui::actchosen::not_mine]}]
    $panel.buttons.claim configure -text [expr {$release ? [mc "Release"] : [mc "I am on it"]}] \
        -command [list [namespace current]::do [expr {$release ? "release" : "claim"}]]
}
