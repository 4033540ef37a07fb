# SPDX-License-Identifier: ISC
# The answers to the chosen questions: a button for each, in a menu when they have no room, by Alt and a letter.
# Several are answered together when they have the same buttons, after a line has said which ones.
namespace eval opdesk::ui::actanswer {
    namespace import ::msgcat::mc
    variable panel ""
    # LABEL FACE PLACE …, the place of the letter for Alt
    variable faces {}
}

# PANEL.buttons.{answers answer}
proc opdesk::ui::actanswer::create {path} {
    variable panel $path
    variable faces {}
    set here [namespace current]
    ttk::frame $path.buttons.answers -style Surface.TFrame
    ttk::menubutton $path.buttons.answer -text [mc "Answer"] -menu $path.buttons.answer.menu
    menu $path.buttons.answer.menu -tearoff 0 -postcommand ${here}::FillMenu
    bind $path.buttons <Configure> ${here}::Lay
}

# Those with these labels, as the question of that key faces them.
proc opdesk::ui::actanswer::show {labels key} {
    variable faces
    set new [Faces $labels $key]
    if {$new ne $faces} {
        set faces $new
        Buttons
    }
}

proc opdesk::ui::actanswer::count {} {
    variable faces
    return [expr {[llength $faces] / 3}]
}

# "disabled" or "!disabled".
proc opdesk::ui::actanswer::state {state} {
    variable panel
    foreach b [list {*}[winfo children $panel.buttons.answers] $panel.buttons.answer] {
        $b state $state
    }
}

proc opdesk::ui::actanswer::fill {menu} {
    variable faces
    foreach {label face under} $faces {
        $menu add command -label $face -underline $under -command [list [namespace current]::Answer $label] \
            -state [expr {[opdesk::ui::actchosen::known may] ? "normal" : "disabled"}]
    }
}

proc opdesk::ui::actanswer::FillMenu {} {
    variable panel
    set menu $panel.buttons.answer.menu
    $menu delete 0 end
    opdesk::ui::actchosen::look
    fill $menu
}

proc opdesk::ui::actanswer::Faces {labels key} {
    set all [lmap label $labels {opdesk::app::words::face [opdesk::app::alerts::get $key] $label}]
    set new {}
    foreach label $labels face $all under [opdesk::app::words::letters $all alpha] {
        lappend new $label $face $under
    }
    return $new
}

# A button per answer.
proc opdesk::ui::actanswer::Buttons {} {
    variable panel
    variable faces
    set answers $panel.buttons.answers
    if {[string match $answers.* [focus -displayof $panel]]} {
        # the keys are not lost with the button that had them
        event generate $panel <<BackToList>>
    }
    destroy {*}[winfo children $answers]
    set n 0
    foreach {label face under} $faces {
        set b $answers.b$n
        ttk::button $b -text $face -underline $under -command [list [namespace current]::Answer $label]
        pack $b -side left -padx [list 0 [opdesk::theme::px 8]]
        incr n
    }
    # an empty frame keeps the size it had
    $answers configure -width 1
    Lay
}

# Too many or too long ones for the row are in a menu.
proc opdesk::ui::actanswer::Lay {} {
    variable panel
    variable faces
    set buttons $panel.buttons
    set room [winfo width $buttons]
    foreach b [concat [winfo children $buttons.answers] [list $buttons.claim $buttons.snooze $buttons.more]] {
        incr room [expr {-[winfo reqwidth $b] - [opdesk::theme::px 8]}]
    }
    set fits [expr {$room >= 0 || [winfo width $buttons] <= 1}]
    foreach {widget shown} [list answers $fits answer [expr {!$fits}]] {
        if {$shown && [llength $faces]} {
            pack $buttons.$widget -side left -before $buttons.more
        } else {
            pack forget $buttons.$widget
        }
    }
}

# Alt and a letter: the answer with that letter underlined.
proc opdesk::ui::actanswer::letter {letter} {
    variable panel
    variable faces
    foreach {label face under} $faces b [winfo children $panel.buttons.answers] {
        if {$under < 0 || ![string equal -nocase [string index $face $under] $letter]} {
            continue
        }
        if {[$b instate !disabled]} {
            Answer $label
        } else {
            opdesk::ui::actchosen::refused
        }
        return
    }
}

# One is answered at once, several after a line has said which.
proc opdesk::ui::actanswer::Answer {label} {
    variable panel
    set pending [opdesk::ui::actchosen::pending]
    set note [opdesk::ui::actnote::text]
    if {$label ni [opdesk::ui::actchosen::known labels] || [opdesk::ui::actchosen::refused]} {
        return
    }
    if {[opdesk::ui::actnote::over]} {
        bell -displayof $panel
        opdesk::ui::status::news [opdesk::ui::actnote::words [opdesk::ui::actnote::over]] {triangle warning}
        return
    }
    if {[llength $pending] == 1} {
        set key [lindex $pending 0]
        set is_text [expr {[opdesk::app::alerts::field [opdesk::app::alerts::get $key] kind] eq "text"}]
        opdesk::app::answers::send $key $label \
            [if {$is_text && $label eq "Ok"} {opdesk::widget::field::get $panel.text}] $note
        return
    }
    set face [opdesk::app::words::face [opdesk::app::alerts::get [lindex $pending 0]] $label]
    opdesk::widget::bar::ask $panel.bar \
        [mc "Answer “%1\$s” to %2\$d questions: %3\$s" $face [llength $pending] [opdesk::ui::actchosen::names $pending]] \
        [mc "Answer %d questions" [llength $pending]] \
        [list opdesk::app::answers::send_many $pending $label $note]
}
