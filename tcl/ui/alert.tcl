# SPDX-License-Identifier: ISC
# A window per question (ui/alertface.tcl): who asks, what, the buttons, the time left; then what became
# of the answer.  One toplevel and one result each.  It opens without taking the keyboard and guards its keys
# (widget/guard.tcl).  A question that ended elsewhere stays as a short notice, so that a hand on its
# way to a button meets neither the next window nor nothing; the main window keeps the last ending.
namespace eval opdesk::ui::alert {
    namespace import ::msgcat::mc
    # by key: {window PATH mode MODE font FONT ended ALERT}; mode asking sending notice
    variable windows {}
    variable counter 0
    variable notice_ms 2500
    variable late_ms 10000
}

proc opdesk::ui::alert::start {} {
    set here [namespace current]
    opdesk::app::signal::on window ${here}::Window
    opdesk::app::signal::on answer ${here}::Answer
    opdesk::app::signal::on action ${here}::Action
    opdesk::app::signal::on alert ${here}::Changed
    opdesk::app::signal::on servers ${here}::Servers
    opdesk::app::signal::on tick ${here}::Tick
    opdesk::app::signal::on desktop ${here}::Desktop
}

# --- signals ---

proc opdesk::ui::alert::Window {event key args} {
    variable windows
    if {$event eq "open"} {
        Open $key {*}$args
    } elseif {![dict exists $windows $key]} {
        return
    } elseif {$event eq "close"} {
        Close [Path $key]
    } elseif {$event eq "raise"} {
        Raise [Path $key]
    } elseif {$event eq "ended"} {
        Ended $key {*}$args
    }
}

proc opdesk::ui::alert::Answer {event key args} {
    variable windows
    variable late_ms
    if {![dict exists $windows $key]} {
        return
    }
    switch $event {
        sending {
            dict set windows $key mode sending
            opdesk::ui::alertface::note [Path $key] Muted "" [mc "Sending …"]
        }
        done { Close [Path $key]; return }
        failed {
            dict set windows $key mode asking
            if {[dict exists $windows $key ended]} {
                Ended $key [dict get $windows $key ended]
                return
            }
            opdesk::ui::alertface::note [Path $key] Error {triangle warning} [lindex $args 0]
        }
        late {
            set ending [opdesk::app::words::ending [lindex $args 0]]
            Notice $key {triangle warning} \
                "[mc "Too late. %s." $ending] [mc "Your answer was not used."]" $late_ms
            return
        }
    }
    Buttons $key
}

# Claimed and snoozed; a snoozed question is away until its time comes.
proc opdesk::ui::alert::Action {event method key args} {
    variable windows
    if {![dict exists $windows $key] || [dict get $windows $key mode] eq "notice"} {
        return
    }
    if {$event eq "failed"} {
        opdesk::ui::alertface::note [Path $key] Error {triangle warning} [lindex $args 0]
    } elseif {$method eq "alert.snooze"} {
        opdesk::app::windows::later $key
    }
}

proc opdesk::ui::alert::Changed {event key alert} {
    variable windows
    if {$event eq "changed" && [dict exists $windows $key]} {
        Show $key $alert
    }
}

proc opdesk::ui::alert::Servers {index} {
    variable windows
    foreach key [dict keys $windows $index/*] {
        Connection $key
        Buttons $key
    }
}

proc opdesk::ui::alert::Tick {now} {
    variable windows
    foreach key [dict keys $windows] {
        Countdown $key $now
        Connection $key
    }
}

# The desktop is asked for its font at the start, and nobody waits for it: a window may be there by then.  Its lines,
# its rows and its place are measured in letters, so where these are others now, all of it is measured anew.
proc opdesk::ui::alert::Desktop {settings} {
    variable windows
    set font [font actual TkDefaultFont]
    set others [lmap {key state} $windows {
        if {[dict get $state mode] eq "notice" || [dict get $state font] eq $font} continue
        set key
    }]
    opdesk::ui::place::hold [lmap key $others {Path $key}]
    # when the widgets have heard of it as well, and before their frames act on it
    after idle [list [namespace current]::Anew $others]
}

proc opdesk::ui::alert::Anew {keys} {
    variable windows
    set anew [lmap key $keys {if {![dict exists $windows $key]} continue; Path $key}]
    foreach key $keys {
        if {[dict exists $windows $key] && [dict get $windows $key mode] ne "notice"
            && [opdesk::app::alerts::exists $key]} {
            Fill $key [opdesk::app::alerts::get $key]
        }
    }
    opdesk::ui::place::anew $anew [namespace current]::All
}

# --- one window ---

# The question windows there are.
proc opdesk::ui::alert::All {} {
    variable windows
    return [lmap {key state} $windows {dict get $state window}]
}

proc opdesk::ui::alert::Path {key} {
    variable windows
    return [dict get $windows $key window]
}

proc opdesk::ui::alert::Open {key alert asked} {
    variable windows
    variable counter
    set w .alert[incr counter]
    toplevel $w -class OpdeskAlert
    wm withdraw $w
    wm title $w [Title $alert]
    wm protocol $w WM_DELETE_WINDOW [list opdesk::app::windows::put_aside $key]
    wm attributes $w -type dialog
    wm resizable $w 0 0
    dict set windows $key [dict create window $w mode asking]
    bind $w <Destroy> [list [namespace current]::Gone %W $w $key]
    wm attributes $w -topmost [expr {[opdesk::app::words::severity $alert] eq "critical"}]
    Bindings $w $key
    opdesk::widget::guard::protect $w
    opdesk::ui::alertface::build $w $alert
    $w.f.foot.aside.mine configure -command [list [namespace current]::Mine $key]
    Fill $key $alert
    Connection $key
    opdesk::ui::place::show $w $asked [namespace current]::All
}

# What is in it and how large that is, with the letters of now.
proc opdesk::ui::alert::Fill {key alert} {
    variable windows
    set w [Path $key]
    dict set windows $key font [font actual TkDefaultFont]
    Claimed $key $alert
    opdesk::ui::alertface::answers $w $alert [list [namespace current]::Press $key]
    Inside $w $key
    opdesk::widget::guard::cover $w
    Show $key $alert
    opdesk::ui::alertface::expect $w [Away $key]
    Buttons $key
}

proc opdesk::ui::alert::Title {alert} {
    set title [opdesk::app::words::line [opdesk::app::alerts::field $alert title] 80]
    return [expr {$title eq "" ? "mediachanged" : "mediachanged: $title"}]
}

proc opdesk::ui::alert::Bindings {w key} {
    opdesk::ui::keys::attach alert $w $key
    bind $w <Alt-Key> [list tk::AltKeyInDialog $w %A]
    bind $w <<KeysCount>> [list [namespace current]::KeysCount $w $key]
    bind $w <<ClicksCount>> [list [namespace current]::Buttons $key]
    bind $w <<ClicksWait>> [list [namespace current]::Buttons $key]
    bind $w <<ThemeChanged>> [list opdesk::ui::alertface::dress $w]
    bind $w <<LinkFailed>> [list [namespace current]::LinkFailed $key]
    bind $w <FocusIn> +[list opdesk::x11 urgent $w 0]
    bind $w <FocusIn> +[list opdesk::app::seen::read $key]
}

# The bindings of what is in it.
proc opdesk::ui::alert::Inside {w key} {
    bind $w.f.message.text <<LinkOpen>> [list opdesk::ui::link::ask $w %d]
    foreach b [list {*}[winfo children [opdesk::ui::alertface::buttons $w]] $w.f.foot.aside.mine] {
        bind $b <<AltUnderlined>> {%W invoke}
        if {"OpdeskAlertButton" ni [bindtags $b]} {
            bindtags $b [linsert [bindtags $b] 0 OpdeskAlertButton]
        }
    }
    foreach event {<Enter> <FocusIn>} {
        bind $w.f.foot.aside.later $event [list [namespace current]::LaterMenu $key]
    }
    bind $w.f.foot.aside.later <<AltUnderlined>> [list [namespace current]::PostLater $key]
    if {[winfo exists $w.f.entry]} {
        bind $w.f.entry <Return> [list [namespace current]::Entered $w]
        bind $w.f.entry <KP_Enter> [list [namespace current]::Entered $w]
    }
}

# The keys of such a window: COMMAND gets the question's key.
proc opdesk::ui::alert::keys {} {
    set here [namespace current]
    return [list [mc "Window of a question"] [list \
        {<Return> <space>} [mc "Press the button that has the focus"] "" \
        {<Tab> <Shift-Tab>} [mc "Next button, then the text"] "" \
        {<Left> <Right> <Up> <Down>} [mc "Another button"] "" \
        <Alt-…> [mc "The button with that letter underlined"] "" \
        <Control-Key-l> [mc "Later: silent for a while, on all desks"] ${here}::PostLater \
        <Control-Key-i> [mc "I am on it, or no longer"] ${here}::Mine \
        <Control-Key-c> [mc "Copy what is selected in the text"] ${here}::Copy \
        <Control-Key-t> [mc "Into the text: arrows move, with Shift they select, Return opens a link"] \
            ${here}::IntoText \
        <Escape> [mc "Put aside on this desk"] opdesk::app::windows::put_aside \
        <F1> [mc "This page"] opdesk::ui::keys::show]]
}

# An empty line is sent by the button only, not by a stray key.
proc opdesk::ui::alert::Entered {w} {
    if {[$w.f.entry get] ne ""} {
        [opdesk::ui::alertface::buttons $w].b0 invoke
    }
}

# ttk's own bindings stop the loop for a moment to show the button pressed
foreach opdesk::ui::alert::event {Return KP_Enter space} {
    bind OpdeskAlertButton <$opdesk::ui::alert::event> {%W invoke; break}
}
bind OpdeskAlertButton <Left> {focus [tk_focusPrev %W]; break}
bind OpdeskAlertButton <Right> {focus [tk_focusNext %W]; break}
bind OpdeskAlertButton <Up> {focus [opdesk::widget::flow::below %W -1]; break}
bind OpdeskAlertButton <Down> {focus [opdesk::widget::flow::below %W 1]; break}

# Only now may a key answer: a critical question still wants the operator to choose a button first.
proc opdesk::ui::alert::KeysCount {w key} {
    if {[focus -displayof $w] ne $w} {
        return
    }
    if {[winfo exists $w.f.entry]} {
        focus $w.f.entry
    } elseif {[opdesk::app::alerts::exists $key]} {
        set alert [opdesk::app::alerts::get $key]
        if {[opdesk::app::words::severity $alert] ne "critical"} {
            focus [opdesk::ui::alertface::buttons $w].b[First $alert]
        }
    }
}

# The button that Return presses: what happens by itself, else the first.
proc opdesk::ui::alert::First {alert} {
    set labels [dict get $alert labels]
    return [expr {max(0, [lsearch -exact $labels [opdesk::app::alerts::field $alert default]])}]
}

proc opdesk::ui::alert::Gone {destroyed w key} {
    variable windows
    if {$destroyed eq $w} {
        if {[dict exists $windows $key timer]} {
            after cancel [dict get $windows $key timer]
        }
        dict unset windows $key
    }
}

# --- what it shows ---

proc opdesk::ui::alert::Show {key alert} {
    set w [Path $key]
    set title [opdesk::app::words::line [opdesk::app::alerts::field $alert title] 200]
    set parts [list [mc "Message from %s" [opdesk::app::words::sender $alert]]\n from TkDefaultFont]
    if {$title ne ""} {
        lappend parts $title title OpdeskBold
    }
    lappend parts [string trimright [opdesk::app::words::plain [dict get $alert text]]] {} TkDefaultFont
    set error [opdesk::app::words::escalation_error $alert]
    foreach extra [list [if {$error eq ""} {opdesk::app::words::escalation $alert} else {set error}] \
        [opdesk::app::words::attempt $alert] [opdesk::app::words::orphaned $alert]] {
        if {$extra ne ""} {
            lappend parts \n$extra attempt TkDefaultFont
        }
    }
    set width [opdesk::widget::message::show $w.f.message $parts [opdesk::ui::alertface::widest $w]]
    $w.f.note.text configure -wraplength [expr {$width - [opdesk::theme::px 24]}]
    $w.f.time configure -wraplength $width
    Countdown $key [opdesk::app::clock::now]
    Claimed $key $alert
}

proc opdesk::ui::alert::Countdown {key now} {
    variable windows
    set text ""
    if {[dict get $windows $key mode] ne "notice" && [opdesk::app::alerts::exists $key]} {
        set alert [opdesk::app::alerts::get $key]
        set lines [list [opdesk::app::words::claim $alert] [opdesk::app::words::deadline $alert $now]]
        set text [join [lsearch -all -inline -not -exact $lines ""] " · "]
    }
    opdesk::ui::alertface::time [Path $key] $text
}

# While the server is away the window says so, and takes no answer.
proc opdesk::ui::alert::Connection {key} {
    variable windows
    if {[dict get $windows $key mode] eq "notice"} {
        return
    }
    lassign [split $key /] server
    if {[opdesk::app::servers::up $server]} {
        if {[dict exists $windows $key away]} {
            dict unset windows $key away
            opdesk::ui::alertface::note [Path $key] Muted "" ""
        }
        return
    }
    dict set windows $key away 1
    opdesk::ui::alertface::note [Path $key] Error {triangle warning} \
        [AwayText [opdesk::app::servers::get $server]]
}

proc opdesk::ui::alert::AwayText {server} {
    set state [opdesk::app::words::server $server [opdesk::app::clock::now]]
    return [mc "The server is %s. The question is kept there; answer when it is back." $state]
}

# What it will say, should its server go: mostly what its name is and why.
proc opdesk::ui::alert::Away {key} {
    set server [opdesk::app::servers::get [lindex [split $key /] 0]]
    return [AwayText [dict replace $server state down retry_ms [expr {[opdesk::app::clock::now] + 99000}] \
        reason "[dict get $server endpoint]: [mc "not connected"], [mc "not connected"]"]]
}

proc opdesk::ui::alert::Buttons {key} {
    variable windows
    set w [Path $key]
    lassign [split $key /] server
    if {[dict get $windows $key mode] eq "notice"} {
        return
    }
    set may [expr {[dict get $windows $key mode] eq "asking" && [opdesk::app::servers::up $server]
        && [opdesk::widget::guard::clicks_count $w]}]
    set aside $w.f.foot.aside
    foreach b [list {*}[winfo children [opdesk::ui::alertface::buttons $w]] $aside.later $aside.mine] {
        $b state [expr {$may ? "!disabled" : "disabled"}]
    }
}

proc opdesk::ui::alert::Press {key label} {
    set w [Path $key]
    opdesk::app::answers::send $key $label \
        [if {[winfo exists $w.f.entry] && $label eq "Ok"} {$w.f.entry get}]
}

# --- later, and mine ---

proc opdesk::ui::alert::Snooze {key ms} {
    opdesk::app::actions::snooze [list $key] $ms
}

# A menu is a window of its own, and most questions are never put off: made when it is near.
proc opdesk::ui::alert::LaterMenu {key} {
    set later [Path $key].f.foot.aside.later
    if {![winfo exists $later.menu]} {
        menu $later.menu -tearoff 0
        opdesk::ui::snooze::fill $later.menu [list [namespace current]::Snooze $key]
        $later configure -menu $later.menu
    }
}

proc opdesk::ui::alert::PostLater {key} {
    set later [Path $key].f.foot.aside.later
    if {[winfo exists $later] && [$later instate !disabled]} {
        LaterMenu $key
        focus $later
        ttk::menubutton::Popdown $later
    }
}

# Claimed by oneself, "I am on it" takes it back.
proc opdesk::ui::alert::Claimed {key alert} {
    set mine [Path $key].f.foot.aside.mine
    if {![winfo exists $mine]} {
        return
    }
    if {[opdesk::app::words::is_mine $alert]} {
        $mine configure -text [mc "Not on it any more"] -underline -1
    } else {
        $mine configure -text [mc "I am on it"] -underline 0
    }
}

proc opdesk::ui::alert::Mine {key} {
    set button [Path $key].f.foot.aside.mine
    if {![winfo exists $button] || [$button instate disabled] || ![opdesk::app::alerts::exists $key]} {
        return
    }
    if {[opdesk::app::words::is_mine [opdesk::app::alerts::get $key]]} {
        opdesk::app::actions::release [list $key]
    } else {
        opdesk::app::actions::claim [list $key]
    }
}

# --- the text ---

proc opdesk::ui::alert::Copy {key} {
    opdesk::widget::message::copy [Path $key].f.message.text
}

proc opdesk::ui::alert::IntoText {key} {
    focus [Path $key].f.message.text
}

proc opdesk::ui::alert::LinkFailed {key} {
    opdesk::ui::alertface::note [Path $key] Error {triangle warning} \
        [mc "The browser could not be started (xdg-open). Copy the address instead."]
}

# --- the end ---

proc opdesk::ui::alert::Ended {key alert} {
    variable windows
    variable notice_ms
    switch [dict get $windows $key mode] {
        asking { Notice $key {disc ok} [opdesk::app::words::ending $alert] $notice_ms }
        sending { dict set windows $key ended $alert }
    }
}

proc opdesk::ui::alert::Notice {key sign text ms} {
    variable windows
    set w [Path $key]
    dict set windows $key mode notice
    Countdown $key 0
    opdesk::ui::alertface::note $w Notice $sign $text
    wm title $w "mediachanged: $text"
    set foot $w.f.foot
    destroy {*}[winfo children $foot] $w.f.entry
    ttk::button $foot.close -style Alert.TButton -text [mc "Close"] -command [list [namespace current]::Close $w]
    pack $foot.close -side right
    opdesk::widget::guard::cover $foot
    set close [list [namespace current]::Close $w]
    bind $w <Escape> $close
    wm protocol $w WM_DELETE_WINDOW $close
    dict set windows $key timer [after $ms $close]
}

# Tk asks the X server about each event of a window that has gone, here some thirty times.
proc opdesk::ui::alert::Close {w} {
    opdesk::x11 deaf $w
    destroy $w
}

proc opdesk::ui::alert::Raise {w} {
    wm deiconify $w
    raise $w
    focus $w
}
