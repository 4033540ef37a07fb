# SPDX-License-Identifier: ISC
# What can be done with the selected questions, under the detail pane: answers, a note, "I am on it",
# snooze, withdraw.  One table makes buttons' menus, the context menu and the keys.  Several are answered
# together when they have the same buttons, after a line has said which ones.
#   virtual event on PATH:  <<BackToList>>    what was typed is done
namespace eval opdesk::ui::act {
    namespace import ::msgcat::mc
    variable panel ""
    # the questions it is about, and their answers: LABEL FACE PLACE …, the place of the letter for Alt
    variable keys {}
    variable faces {}
    variable waiting ""
    # see Look
    variable known {pending {} claimed {} others {} labels {} may 0 away {}}
    variable max_named 3
    # more at once would be an accident, and slow
    variable max_together 1000
    # the note that was saved last, and of which questions
    variable saving {}
    # what its note is too long by, and is not sent for
    variable note_over 0
    # questions that are being copied, how many of them are being fetched, and which copy it is
    variable copying {}
    variable fetching 0
    variable copies 0
    variable too_many 0
}

proc opdesk::ui::act::create {path} {
    variable panel $path
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Surface.TFrame -padding [list [opdesk::theme::px 12] $gap]
    opdesk::widget::bar::create $path.bar grid $path.bar -row 0 -column 0 -sticky we -pady [list 0 $gap]
    opdesk::widget::field::create $path.text [mc "Answer"]
    opdesk::widget::field::create $path.note [mc "Note"]
    ttk::button $path.note.save -style Small.TButton -text [mc "Save note"] \
        -command [list [namespace current]::SaveNote]
    pack $path.note.save -side left -padx [list $gap 0]
    ttk::frame $path.buttons -style Surface.TFrame
    ttk::frame $path.buttons.answers -style Surface.TFrame
    ttk::menubutton $path.buttons.answer -text [mc "Answer"] -menu $path.buttons.answer.menu
    menu $path.buttons.answer.menu -tearoff 0 -postcommand [list [namespace current]::FillAnswers]
    ttk::label $path.why -style Surface.TLabel
    ttk::button $path.buttons.claim -width 0
    ttk::menubutton $path.buttons.snooze -text [mc "Snooze"] -menu $path.buttons.snooze.menu
    ttk::menubutton $path.buttons.more -text [mc "More"] -menu $path.buttons.more.menu
    foreach menu {snooze more} {
        menu $path.buttons.$menu.menu -tearoff 0 \
            -postcommand [list [namespace current]::Fill_$menu $path.buttons.$menu.menu]
    }
    menu $path.menu -tearoff 0
    menu $path.menu.snooze -tearoff 0
    bind $path.buttons <Configure> [list [namespace current]::Lay]
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
    bind $path.note.entry <Return> [namespace current]::SaveNote
    foreach event {<KeyRelease> <<Paste>> <<Cut>> <<PasteSelection>>} {
        bind $path.note.entry $event +[list after idle [namespace current]::NoteTyped]
    }
    foreach {signal handler} {servers Later answer Later server.removed Later action Action} {
        opdesk::app::signal::on_while $path $signal [namespace current]::$handler
    }
    about {}
    return $path
}

# The questions it is about from now on.  That some of them have ended changes nothing of what is being
# typed for the others.
proc opdesk::ui::act::about {list} {
    variable keys
    variable max_together
    variable too_many [expr {[llength $list] > $max_together}]
    if {$too_many} {
        set list {}
    }
    variable panel
    set left [lmap key $keys {
        if {![opdesk::app::alerts::exists $key]} {
            continue
        }
        set key
    }]
    if {$list ne $keys && ($list ne $left || ![llength $list])} {
        # what was typed for one question must not go with another
        foreach field {text note} {
            opdesk::widget::field::put $panel.$field ""
        }
        if {[opdesk::widget::bar::is_open $panel.bar]} {
            opdesk::widget::bar::close $panel.bar
        }
    }
    set keys $list
    Refresh
}

# --- the table ---

# NAME FACE WHEN COMMAND …: WHEN says whether it can be done with the selected ones.
proc opdesk::ui::act::Table {} {
    return [list \
        open [mc "Open window"] Any opdesk::ui::list::OpenSelected \
        claim [mc "I am on it"] NotMine Claim \
        release [mc "Release"] Claimed Release \
        note [mc "Note"] Any Note \
        withdraw [mc "Withdraw …"] Any Withdraw \
        copy [mc "Copy text"] Any Copy]
}

# All that is to be known of the selected questions, in one pass, as there may be thousands:
#   pending    those that still are
#   claimed    of those: that somebody has claimed
#   others     of those: that are not claimed by oneself
#   labels     the answers that all have, {} when they differ or a text is wanted of several
#   may        all their servers are there
#   away       one that is not, "" for none
proc opdesk::ui::act::Look {} {
    variable keys
    variable known
    set claimed {}
    set others {}
    set pending {}
    set kinds {}
    set servers {}
    set alerts [opdesk::app::alerts::all]
    foreach key $keys {
        if {![dict exists $alerts $key]} {
            continue
        }
        set alert [dict get $alerts $key]
        lappend pending $key
        dict set servers [lindex [split $key /] 0] 1
        dict set kinds [list [opdesk::app::alerts::field $alert kind] [dict get $alert labels]] 1
        if {[opdesk::app::alerts::field $alert claimed_by] ne ""} {
            lappend claimed $key
        }
        if {![opdesk::app::words::is_mine $alert]} {
            lappend others $key
        }
    }
    set away ""
    foreach server [dict keys $servers] {
        if {![opdesk::app::servers::up $server]} {
            set away $server
        }
    }
    set known [dict create pending $pending claimed $claimed others $others may [expr {$away eq ""}] away $away \
        labels [Labels [dict keys $kinds] [llength $pending]]]
}

proc opdesk::ui::act::Labels {kinds count} {
    if {[llength $kinds] != 1 || ($count > 1 && [lindex $kinds 0 0] eq "text")} {
        return {}
    }
    return [lindex $kinds 0 1]
}

proc opdesk::ui::act::Known {what} {
    variable known
    return [dict get $known $what]
}

proc opdesk::ui::act::Pending {} {
    Look
    return [Known pending]
}

proc opdesk::ui::act::Any {} {
    return [llength [Known pending]]
}

proc opdesk::ui::act::Claimed {} {
    return [llength [Known claimed]]
}

proc opdesk::ui::act::NotMine {} {
    return [llength [Known others]]
}

proc opdesk::ui::act::do {name} {
    Look
    foreach {row face when command} [Table] {
        if {$row eq $name && [$when] && ($name in {open copy} || ![Refused])} {
            $command
        }
    }
}

# --- what the rows do ---

proc opdesk::ui::act::Claim {} {
    opdesk::app::actions::claim [Known others]
}

proc opdesk::ui::act::Release {} {
    opdesk::app::actions::release [Known claimed]
}

proc opdesk::ui::act::Note {} {
    variable panel
    focus $panel.note.entry
}

proc opdesk::ui::act::SaveNote {} {
    variable panel
    variable saving
    set note [string trim [opdesk::widget::field::get $panel.note]]
    set pending [Pending]
    if {[NoteOver]} {
        bell -displayof $panel
    } elseif {$note ne "" && [llength $pending] && ![Refused]} {
        set saving [list $pending $note]
        opdesk::app::actions::note $pending $note
        opdesk::widget::field::put $panel.note ""
        event generate $panel <<BackToList>>
    }
}

# How many letters there are too many of it is said while it is typed.
proc opdesk::ui::act::NoteTyped {} {
    variable panel
    variable note_over
    if {[winfo exists $panel] && [NoteOver] != $note_over} {
        Later
    }
}

proc opdesk::ui::act::NoteOver {} {
    variable panel
    return [opdesk::app::words::over [string trim [opdesk::widget::field::get $panel.note]] \
        [opdesk::system limit alert.note note]]
}

proc opdesk::ui::act::NoteWords {over} {
    return [mc "The note is %1\$d letters too long: it may have %2\$d bytes." $over \
        [opdesk::system limit alert.note note]]
}

# A note that did not arrive is there again, to be saved again, unless one has gone on meanwhile.
proc opdesk::ui::act::Action {event method key args} {
    variable panel
    variable keys
    variable saving
    lassign $saving of note
    if {$event eq "failed" && $method eq "alert.note" && $key in $of && $of eq $keys
        && [opdesk::widget::field::get $panel.note] eq ""} {
        opdesk::widget::field::put $panel.note $note
    }
}

proc opdesk::ui::act::Withdraw {} {
    AskReason [Pending]
}

proc opdesk::ui::act::AskReason {pending {reason ""} {problem ""}} {
    variable panel
    if {[llength $pending] == 1} {
        set text [mc "Withdraw this question? Its job is told that nobody will answer. The reason:"]
    } else {
        set text [mc "Withdraw %1\$d questions: %2\$s? Their jobs are told that nobody will answer. The reason:" \
            [llength $pending] [Names $pending]]
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

# What the list has only the beginning of is fetched before it is copied.
proc opdesk::ui::act::Copy {} {
    variable copying [Pending]
    variable fetching 0
    variable copies
    incr copies
    foreach key $copying {
        if {[opdesk::app::alerts::field [opdesk::app::alerts::get $key] cut 0]} {
            incr fetching
            opdesk::app::alerts::fetch $key [list [namespace current]::Fetched $copies]
        }
    }
    if {!$fetching} {
        PutCopy
    }
}

# One that is copied later is copied instead.
proc opdesk::ui::act::Fetched {copy status value} {
    variable copies
    variable fetching
    if {$copy == $copies && [incr fetching -1] == 0} {
        PutCopy
    }
}

proc opdesk::ui::act::PutCopy {} {
    variable copying
    clipboard clear
    set cut 0
    foreach key $copying {
        if {![opdesk::app::alerts::exists $key]} {
            continue
        }
        set alert [opdesk::app::alerts::get $key]
        clipboard append [string trim "[opdesk::app::alerts::field $alert title]\n[dict get $alert text]"]\n
        incr cut [opdesk::app::alerts::field $alert cut 0]
    }
    set copying {}
    if {$cut} {
        opdesk::ui::status::news [mc "Of %d texts only the beginning is copied: the rest could not be fetched" $cut] \
            {triangle warning}
    }
}

proc opdesk::ui::act::Snooze {ms} {
    opdesk::app::actions::snooze [Pending] $ms
}

# --- menus ---

proc opdesk::ui::act::Fill_snooze {menu} {
    opdesk::ui::snooze::fill $menu [namespace current]::Snooze
    $menu add command -label [mc "Ring again now"] -command [list [namespace current]::Snooze 0]
}

proc opdesk::ui::act::Fill_more {menu} {
    $menu delete 0 end
    foreach {name face when command} [Table] {
        if {$name ni {claim}} {
            Row $menu $name $face $when
        }
    }
}

proc opdesk::ui::act::Row {menu name face when} {
    $menu add command -label $face -command [list [namespace current]::do $name] \
        -accelerator [opdesk::ui::main::key_of [list ::opdesk::ui::waiting::do $name]] \
        -state [expr {($name in {open copy} || [Known may]) && [$when] ? "normal" : "disabled"}]
}

# At a point of the screen: answers, then the table.
proc opdesk::ui::act::post {x y} {
    variable panel
    variable faces
    Look
    set menu $panel.menu
    $menu delete 0 end
    Answers $menu
    if {[llength $faces]} {
        $menu add separator
    }
    foreach {name face when command} [Table] {
        Row $menu $name $face $when
        if {$name eq "release"} {
            Fill_snooze $menu.snooze
            $menu add cascade -label [mc "Snooze"] -menu $menu.snooze \
                -state [expr {[Known may] && [Any] ? "normal" : "disabled"}]
        }
    }
    tk_popup $menu $x $y
}

proc opdesk::ui::act::Answers {menu} {
    variable faces
    foreach {label face under} $faces {
        $menu add command -label $face -underline $under -command [list [namespace current]::Answer $label] \
            -state [expr {[Known may] ? "normal" : "disabled"}]
    }
}

proc opdesk::ui::act::FillAnswers {} {
    variable panel
    set menu $panel.buttons.answer.menu
    $menu delete 0 end
    Look
    Answers $menu
}

proc opdesk::ui::act::post_snooze {} {
    variable panel
    set button $panel.buttons.snooze
    if {[$button instate !disabled]} {
        Fill_snooze $button.menu
        tk_popup $button.menu [winfo rootx $button] [expr {[winfo rooty $button] + [winfo height $button]}] 0
    }
}

# --- answers ---

# Once for all that happens in a turn of the loop.
proc opdesk::ui::act::Later {args} {
    variable waiting
    if {$waiting eq ""} {
        set waiting [after idle [namespace current]::Refresh]
    }
}

proc opdesk::ui::act::Refresh {} {
    variable panel
    variable faces
    variable waiting ""
    variable note_over
    if {![winfo exists $panel]} {
        return
    }
    set note_over [NoteOver]
    set pending [Pending]
    set new [Faces [Known labels] [lindex $pending 0]]
    if {$new ne $faces} {
        set faces $new
        Buttons
    }
    Differ [llength $pending]
    set one [expr {[llength $pending] == 1 ? [opdesk::app::alerts::get [lindex $pending 0]] : ""}]
    if {$one ne "" && [opdesk::app::alerts::field $one kind] eq "text"} {
        grid $panel.text
    } else {
        grid remove $panel.text
    }
    States $pending
}

proc opdesk::ui::act::Faces {labels key} {
    set all [lmap label $labels {opdesk::app::words::face [opdesk::app::alerts::get $key] $label}]
    set new {}
    foreach label $labels face $all under [opdesk::app::words::letters $all alpha] {
        lappend new $label $face $under
    }
    return $new
}

# Why there are no answers.
proc opdesk::ui::act::Differ {count} {
    variable panel
    variable faces
    variable too_many
    variable max_together
    variable note_over
    set text ""
    if {$too_many} {
        set text [mc "Not more than %d together: the filter makes fewer of them." $max_together]
    } elseif {[Known away] ne ""} {
        set text [Away]
    } elseif {$note_over} {
        set text [NoteWords $note_over]
    } elseif {$count > 1 && ![llength $faces]} {
        set text [mc "Only questions with the same answers can be answered together."]
    }
    $panel.why configure -text $text
    if {$text eq ""} {
        grid remove $panel.why
    } else {
        grid $panel.why
    }
}

proc opdesk::ui::act::Away {} {
    return [mc "%s is not connected: what is done here would not arrive." [opdesk::app::words::line \
        [dict get [opdesk::app::servers::get [Known away]] endpoint] 60]]
}

# A key that cannot do anything now says why.
proc opdesk::ui::act::Refused {} {
    if {[Known away] ne ""} {
        opdesk::ui::status::news [Away] {triangle warning}
    }
    return [expr {![Known may]}]
}

# A button per answer.
proc opdesk::ui::act::Buttons {} {
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
proc opdesk::ui::act::Lay {} {
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
proc opdesk::ui::act::letter {letter} {
    variable panel
    variable faces
    foreach {label face under} $faces b [winfo children $panel.buttons.answers] {
        if {$under < 0 || ![string equal -nocase [string index $face $under] $letter]} {
            continue
        }
        if {[$b instate !disabled]} {
            Answer $label
        } else {
            Refused
        }
        return
    }
}

proc opdesk::ui::act::States {pending} {
    variable panel
    set may [expr {[llength $pending] && [Known may]}]
    set state [expr {$may ? "!disabled" : "disabled"}]
    set sending [expr {[llength $pending] == 1 && [opdesk::app::answers::is_sending [lindex $pending 0]]}]
    foreach b [winfo children $panel.buttons.answers] {
        $b state [expr {$may && !$sending ? "!disabled" : "disabled"}]
    }
    $panel.buttons.answer state [expr {$may && !$sending ? "!disabled" : "disabled"}]
    foreach w {buttons.claim buttons.snooze buttons.more note.entry note.save text.entry} {
        $panel.$w state $state
    }
    if {[NoteOver]} {
        $panel.note.save state disabled
    }
    set release [expr {[llength $pending] && ![NotMine]}]
    $panel.buttons.claim configure -text [expr {$release ? [mc "Release"] : [mc "I am on it"]}] \
        -command [list [namespace current]::do [expr {$release ? "release" : "claim"}]]
}

# One is answered at once, several after a line has said which.
proc opdesk::ui::act::Answer {label} {
    variable panel
    set pending [Pending]
    set note [string trim [opdesk::widget::field::get $panel.note]]
    if {$label ni [Known labels] || [Refused]} {
        return
    }
    if {[NoteOver]} {
        bell -displayof $panel
        opdesk::ui::status::news [NoteWords [NoteOver]] {triangle warning}
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
        [mc "Answer “%1\$s” to %2\$d questions: %3\$s" $face [llength $pending] [Names $pending]] \
        [mc "Answer %d questions" [llength $pending]] \
        [list opdesk::app::answers::send_many $pending $label $note]
}

# The first few by name.
proc opdesk::ui::act::Names {pending} {
    variable max_named
    set names [lmap key [lrange $pending 0 [expr {$max_named - 1}]] {
        opdesk::app::words::line [opdesk::app::words::subject [opdesk::app::alerts::get $key]] 50
    }]
    set names [join $names "; "]
    if {[llength $pending] > $max_named} {
        append names " " [mc "and %d more" [expr {[llength $pending] - $max_named}]]
    }
    return $names
}
