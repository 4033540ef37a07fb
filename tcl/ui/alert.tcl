# SPDX-License-Identifier: ISC
# A window per question: who asks, what, the buttons, the time left; then what became of the answer.
# One toplevel and one result each.  It opens without taking the keyboard and guards its keys
# (widget/guard.tcl).  A question that ended elsewhere stays as a short notice, so that a hand on its
# way to a button meets neither the next window nor nothing; the main window keeps the last ending.
namespace eval opdesk::ui::alert {
    namespace import ::msgcat::mc
    # by key: {window PATH mode MODE ended ALERT}; mode asking sending notice
    variable windows {}
    variable counter 0
    variable notice_ms 2500
    variable late_ms 10000
}

proc opdesk::ui::alert::start {} {
    set here [namespace current]
    opdesk::app::signal::on window ${here}::Window
    opdesk::app::signal::on answer ${here}::Answer
    opdesk::app::signal::on alert ${here}::Changed
    opdesk::app::signal::on servers ${here}::Servers
    opdesk::app::signal::on tick ${here}::Tick
}

# --- signals ---

proc opdesk::ui::alert::Window {event key args} {
    variable windows
    if {$event eq "open"} {
        Open $key {*}$args
    } elseif {![dict exists $windows $key]} {
        return
    } elseif {$event eq "close"} {
        destroy [Path $key]
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
            Note $key Muted "" [mc "Sending …"]
        }
        done { destroy [Path $key]; return }
        failed {
            dict set windows $key mode asking
            if {[dict exists $windows $key ended]} {
                Ended $key [dict get $windows $key ended]
                return
            }
            Note $key Error {triangle warning} [lindex $args 0]
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
    toplevel $w -class OpdeskAlert -background [opdesk::theme::colour alert]
    wm withdraw $w
    wm title $w [Title $alert]
    wm protocol $w WM_DELETE_WINDOW [list opdesk::app::windows::put_aside $key]
    wm attributes $w -type dialog
    wm resizable $w 0 0
    dict set windows $key [dict create window $w mode asking]
    bind $w <Destroy> [list [namespace current]::Gone %W $w $key]
    Build $w $key $alert
    Bindings $w $key
    opdesk::widget::guard::protect $w
    Show $key $alert
    Connection $key
    Buttons $key
    opdesk::ui::place::show $w $asked [namespace current]::All
}

proc opdesk::ui::alert::Title {alert} {
    set title [opdesk::app::words::line [opdesk::app::alerts::field $alert title] 80]
    return [expr {$title eq "" ? "mediachanged" : "mediachanged: $title"}]
}

proc opdesk::ui::alert::Build {w key alert} {
    set gap [opdesk::theme::px 16]
    set half [opdesk::theme::px 8]
    set severity [opdesk::app::words::severity $alert]
    ttk::frame $w.f -style Alert.TFrame -padding [list $gap $gap $gap $gap]
    ttk::label $w.f.sign -style Alert.TLabel \
        -image [opdesk::ui::sign::get $severity [opdesk::theme::px 44]]
    opdesk::widget::message::create $w.f.message [opdesk::theme::colour alert]
    $w.f.message.text tag configure from -foreground [opdesk::theme::colour muted]
    $w.f.message.text tag configure title -font OpdeskBold
    $w.f.message.text tag configure attempt -foreground [opdesk::theme::colour attempt_text]
    ttk::frame $w.f.note -style Alert.TFrame
    ttk::label $w.f.note.sign -style Alert.TLabel
    ttk::label $w.f.note.text
    grid $w.f.note.sign -row 0 -column 0 -sticky n -padx [list 0 $half] -pady [list [opdesk::theme::px 2] 0]
    grid $w.f.note.text -row 0 -column 1 -sticky w
    ttk::label $w.f.time -style Muted.Alert.TLabel
    ttk::frame $w.f.buttons -style Alert.TFrame
    grid $w.f.sign -row 0 -column 0 -sticky n -padx [list 0 $gap]
    grid $w.f.message -row 0 -column 1 -sticky nsew
    grid $w.f.note -row 2 -column 1 -sticky we -pady [list $half 0]
    grid $w.f.time -row 3 -column 1 -sticky we -pady [list $half 0]
    grid $w.f.buttons -row 4 -column 0 -columnspan 2 -sticky e -pady [list $gap 0]
    grid remove $w.f.note $w.f.time
    grid columnconfigure $w.f 1 -weight 1
    grid rowconfigure $w.f 0 -weight 1
    pack $w.f -fill both -expand 1
    if {[opdesk::app::alerts::field $alert kind] eq "text"} {
        ttk::entry $w.f.entry -width 40
        grid $w.f.entry -row 1 -column 1 -sticky we -pady [list $half 0]
    }
    Faces $w $key $alert
}

# A button per label; the first letter that no other has taken works with Alt.
proc opdesk::ui::alert::Faces {w key alert} {
    set n 0
    set taken ""
    foreach label [dict get $alert labels] {
        set face [opdesk::app::words::face $alert $label]
        set letter [string tolower [string index $face 0]]
        set under [expr {[string first $letter $taken] < 0 ? 0 : -1}]
        append taken $letter
        set b $w.f.buttons.b$n
        ttk::button $b -style Alert.TButton -text $face -underline $under \
            -command [list [namespace current]::Press $key $label]
        bind $b <<AltUnderlined>> {%W invoke}
        pack $b -side left -padx [list [expr {$n ? [opdesk::theme::px 8] : 0}] 0]
        incr n
    }
}

proc opdesk::ui::alert::Bindings {w key} {
    bind $w <Escape> [list opdesk::app::windows::put_aside $key]
    bind $w <Alt-Key> [list tk::AltKeyInDialog $w %A]
    bind $w <<KeysCount>> [list [namespace current]::KeysCount $w $key]
    bind $w <<ClicksCount>> [list [namespace current]::Buttons $key]
    bind $w <<ClicksWait>> [list [namespace current]::Buttons $key]
    bind $w <FocusIn> +[list opdesk::x11 urgent $w 0]
    foreach b [winfo children $w.f.buttons] {
        bindtags $b [linsert [bindtags $b] 0 OpdeskAlertButton]
    }
    if {[winfo exists $w.f.entry]} {
        bind $w.f.entry <Return> [list [namespace current]::Entered $w]
        bind $w.f.entry <KP_Enter> [list [namespace current]::Entered $w]
    }
}

# An empty line is sent by the button only, not by a stray key.
proc opdesk::ui::alert::Entered {w} {
    if {[$w.f.entry get] ne ""} {
        $w.f.buttons.b0 invoke
    }
}

# ttk's own bindings stop the loop for a moment to show the button pressed
foreach opdesk::ui::alert::event {Return KP_Enter space} {
    bind OpdeskAlertButton <$opdesk::ui::alert::event> {%W invoke; break}
}
bind OpdeskAlertButton <Left> {focus [tk_focusPrev %W]; break}
bind OpdeskAlertButton <Right> {focus [tk_focusNext %W]; break}

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
            focus $w.f.buttons.b[First $alert]
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
    foreach extra [list [opdesk::app::words::attempt $alert] [opdesk::app::words::orphaned $alert]] {
        if {$extra ne ""} {
            lappend parts \n$extra attempt TkDefaultFont
        }
    }
    set most [expr {min([winfo fpixels $w 6i], [winfo screenwidth $w] - [opdesk::theme::px 140])}]
    set width [opdesk::widget::message::show $w.f.message $parts [expr {int($most)}]]
    $w.f.note.text configure -wraplength [expr {$width - [opdesk::theme::px 24]}]
    Countdown $key [opdesk::app::clock::now]
}

proc opdesk::ui::alert::Countdown {key now} {
    variable windows
    set w [Path $key]
    set text ""
    if {[dict get $windows $key mode] ne "notice" && [opdesk::app::alerts::exists $key]} {
        set text [opdesk::app::words::deadline [opdesk::app::alerts::get $key] $now]
    }
    $w.f.time configure -text $text
    if {$text eq ""} {
        grid remove $w.f.time
    } else {
        grid $w.f.time
    }
}

# STYLE: Muted, Error or Notice; SIGN: a shape and its colour in front of the text, or none.
proc opdesk::ui::alert::Note {key style sign text} {
    set note [Path $key].f.note
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
            Note $key Muted "" ""
        }
        return
    }
    dict set windows $key away 1
    set state [opdesk::app::words::server [opdesk::app::servers::get $server] [opdesk::app::clock::now]]
    Note $key Error {triangle warning} [mc "The server is %s. The question is kept there; answer when it is back." $state]
}

proc opdesk::ui::alert::Buttons {key} {
    variable windows
    set w [Path $key]
    lassign [split $key /] server
    set may [expr {[dict get $windows $key mode] eq "asking" && [opdesk::app::servers::up $server]
        && [opdesk::widget::guard::clicks_count $w]}]
    foreach b [winfo children $w.f.buttons] {
        $b state [expr {$may ? "!disabled" : "disabled"}]
    }
}

proc opdesk::ui::alert::Press {key label} {
    set w [Path $key]
    opdesk::app::answers::send $key $label \
        [expr {[winfo exists $w.f.entry] && $label eq "Ok" ? [$w.f.entry get] : ""}]
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
    Note $key Notice $sign $text
    wm title $w "mediachanged: $text"
    destroy {*}[winfo children $w.f.buttons] $w.f.entry
    ttk::button $w.f.buttons.close -style Alert.TButton -text [mc "Close"] -command [list destroy $w]
    pack $w.f.buttons.close
    opdesk::widget::guard::cover $w.f.buttons
    bind $w <Escape> [list destroy $w]
    wm protocol $w WM_DELETE_WINDOW [list destroy $w]
    dict set windows $key timer [after $ms [list destroy $w]]
}

proc opdesk::ui::alert::Raise {w} {
    wm deiconify $w
    raise $w
    focus $w
}
