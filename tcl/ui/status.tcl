# SPDX-License-Identifier: ISC
# The bar at the foot: each connection with its state as shape and text (a click opens the connection
# dialog), a button to try again at once; above it the last news: how a question ended, what failed.
# Of many connections only those that need somebody have a line, after one that counts them.
namespace eval opdesk::ui::status {
    namespace import ::msgcat::mc
    variable bar ""
    variable max_lines 3
    # shape and colour by state: not by colour alone, and small as they are a disc and an octagon are alike
    variable signs {
        up {disc ok} connecting {ring idle} down {triangle warning} failed {critical critical}
        denied {critical critical}
    }
    variable laying ""
    # by question: the failure of its escalation that was told
    variable failures {}
    # what the news is about, when it is over some time: {trouble SERVER}, {failed SERVER}
    variable about {}
}

proc opdesk::ui::status::create {path} {
    variable bar $path
    set here [namespace current]
    ttk::frame $path -padding [list [opdesk::theme::px 10] [opdesk::theme::px 6]]
    ttk::frame $path.news
    ttk::label $path.news.sign
    ttk::label $path.news.text -style Small.TLabel -anchor w -justify left
    Wrap $path.news.text
    pack $path.news.sign -side left
    pack $path.news.text -side left -fill x -expand 1
    grid $path.news -row 0 -column 0 -sticky we -pady [list 0 [opdesk::theme::px 2]]
    grid remove $path.news
    grid columnconfigure $path 0 -weight 1
    foreach {signal handler} {servers Later server.removed Later tick Tick alert Alert answer Answer
        action Action answers Answers sound Sound helper Helper alerts.trouble Trouble} {
        opdesk::app::signal::on_while $path $signal ${here}::$handler
    }
    bind $path <<ThemeChanged>> ${here}::Later
    Layout
    return $path
}

# Shape and colour of a state, for the connection dialog too.
proc opdesk::ui::status::sign {state} {
    variable signs
    lassign [dict get $signs [if {[dict exists $signs $state]} {set state} else {string cat failed}]] shape colour
    return [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour]
}

# --- connections ---

# Once for all that happens in a turn of the loop.
proc opdesk::ui::status::Later {args} {
    variable laying
    if {$laying eq ""} {
        set laying [after idle [namespace current]::Layout]
    }
}

# The servers that have a line of their own.
proc opdesk::ui::status::Shown {} {
    variable max_lines
    set all [opdesk::app::servers::all]
    if {[llength $all] <= $max_lines} {
        return $all
    }
    return [lrange [lmap index $all {
        if {[opdesk::app::servers::up $index]} {
            continue
        }
        set index
    }] 0 [expr {$max_lines - 2}]]
}

proc opdesk::ui::status::Layout {} {
    variable bar
    variable laying ""
    if {![winfo exists $bar]} {
        return
    }
    foreach line [winfo children $bar] {
        if {$line ne "$bar.news"} {
            grid remove $line
        }
    }
    set row 1
    set shown [Shown]
    if {[llength $shown] < [llength [opdesk::app::servers::all]] || ![llength $shown]} {
        grid [Line $bar.sum] -row $row -column 0 -sticky we
    }
    foreach index $shown {
        grid [Line $bar.server$index] -row [incr row] -column 0 -sticky we
        set state [dict get [opdesk::app::servers::get $index] state]
        $bar.server$index.height configure -height [winfo reqheight $bar.server$index.retry]
        $bar.server$index.retry configure -command [list opdesk::app::servers::retry $index]
        if {$state in {down failed} && [dict get [opdesk::app::servers::get $index] link] ne ""} {
            pack $bar.server$index.retry -side right -before $bar.server$index.height
        } else {
            pack forget $bar.server$index.retry
        }
    }
    Tick [opdesk::app::clock::now]
}

# What is too long for a line goes on in the next.  It asks for no more room than it has.
proc opdesk::ui::status::Wrap {label} {
    $label configure -width 1
    bind $label <Configure> {%W configure -wraplength %w}
}

proc opdesk::ui::status::Line {line} {
    if {![winfo exists $line]} {
        ttk::frame $line
        ttk::label $line.sign
        ttk::label $line.text -style Status.TLabel -anchor w -justify left -cursor hand2
        Wrap $line.text
        ttk::button $line.retry -style Small.TButton -text [mc "Try now"] -takefocus 0
        # as high as its button, so that nothing moves when that comes and goes
        ttk::frame $line.height
        pack $line.height -side left
        pack $line.sign -side left -padx [list 0 [opdesk::theme::px 6]]
        pack $line.text -side left -fill x -expand 1
        foreach w [list $line $line.sign $line.text] {
            bind $w <Button-1> opdesk::ui::connection::show
        }
    }
    return $line
}

proc opdesk::ui::status::Tick {now} {
    variable bar
    if {[winfo exists $bar.sum] && [winfo manager $bar.sum] ne ""} {
        Sum
    }
    foreach index [Shown] {
        if {[winfo exists $bar.server$index]} {
            set server [opdesk::app::servers::get $index]
            $bar.server$index.sign configure -image [sign [dict get $server state]]
            $bar.server$index.text configure -text "[opdesk::app::words::line \
                [dict get $server endpoint] 80]: [opdesk::app::words::server $server $now]"
        }
    }
}

proc opdesk::ui::status::Sum {} {
    variable bar
    set all [opdesk::app::servers::all]
    set up [lmap index $all {
        if {![opdesk::app::servers::up $index]} {
            continue
        }
        set index
    }]
    set whole [expr {[llength $up] == [llength $all]}]
    $bar.sum.sign configure -image [sign [expr {[llength $all] == 0 ? "connecting" : $whole ? "up" : "down"}]]
    $bar.sum.text configure -text [expr {[llength $all] ? [mc "%1\$d of %2\$d servers connected" \
        [llength $up] [llength $all]] : [mc "No server: add one in the connection dialog"]}]
}

# --- news ---

proc opdesk::ui::status::news {text {sign ""} {over_with {}}} {
    variable bar
    variable about $over_with
    set image ""
    if {$sign ne ""} {
        lassign $sign shape colour
        set image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour]
    }
    $bar.news.sign configure -image $image
    pack configure $bar.news.sign -padx [list 0 [expr {$sign eq "" ? 0 : [opdesk::theme::px 6]}]]
    $bar.news.text configure -text "[clock format [clock seconds] -format %H:%M]  $text"
    grid $bar.news
}

# That is over: it need not be said any more.
proc opdesk::ui::status::Over {what} {
    variable bar
    variable about
    if {$about eq $what} {
        set about {}
        grid remove $bar.news
    }
}

# What did not work: with which question, until something works there.
proc opdesk::ui::status::Failed {key what message} {
    set text [string trimright $message .]
    if {[opdesk::app::alerts::exists $key]} {
        append text " – " [Subject [opdesk::app::alerts::get $key]]
    }
    news [if {$what eq ""} {set text} else {string cat $what ": " $text}] {triangle warning} \
        [list failed [lindex [split $key /] 0]]
}

proc opdesk::ui::status::Subject {alert} {
    return [opdesk::app::words::line [opdesk::app::words::subject $alert] 60]
}

# How a question ended, for who has looked away; and that others could not be called, once.
proc opdesk::ui::status::Alert {event key alert} {
    variable failures
    if {$event in {closed absent dropped}} {
        dict unset failures $key
    }
    if {$event eq "closed"} {
        news "[opdesk::app::words::ending $alert] – [Subject $alert]"
    } elseif {$event in {added changed} && [dict exists $alert escalation_error]} {
        set error [opdesk::app::words::escalation_error $alert]
        if {$error ne "" && (![dict exists $failures $key] || [dict get $failures $key] ne $error)} {
            dict set failures $key $error
            news "$error – [Subject $alert]" {triangle warning}
        }
    }
}

proc opdesk::ui::status::Answer {event key args} {
    switch $event {
        done { Over [list failed [lindex [split $key /] 0]] }
        failed { Failed $key [mc "Answer"] [lindex $args 0] }
        late {
            news "[mc "Too late. %s." [opdesk::app::words::ending [lindex $args 0]]] [mc "Your answer was not used."]" \
                {triangle warning}
        }
    }
}

proc opdesk::ui::status::Action {event method key {message ""}} {
    if {$event eq "failed"} {
        Failed $key [dict get [list alert.claim [mc "I am on it"] alert.snooze [mc "Snooze"] alert.note [mc "Note"] \
            alert.withdraw [mc "Withdraw"]] $method] $message
        return
    }
    Over [list failed [lindex [split $key /] 0]]
    if {$method eq "alert.note"} {
        news [mc "The note is saved."]
    }
}

# Asked for in the preferences, it is said there.
proc opdesk::ui::status::Sound {event {name ""} {text ""} {asked 0}} {
    if {$event eq "failed" && !$asked} {
        news $text {triangle warning}
    }
}

# The connections come back by themselves; that they were away is told, as they may do so in a moment.
proc opdesk::ui::status::Helper {state {reason ""}} {
    if {$state eq "down"} {
        set reason [opdesk::app::words::line $reason]
        news [string toupper [string index $reason 0]][string range $reason 1 end] {triangle warning}
    }
}

proc opdesk::ui::status::Trouble {server message} {
    if {$message eq ""} {
        Over [list trouble $server]
        return
    }
    news [mc "%1\$s did not say what waits there, and is asked again: %2\$s" \
        [opdesk::app::words::line [dict get [opdesk::app::servers::get $server] endpoint] 80] \
        [opdesk::app::words::line $message]] {triangle warning} [list trouble $server]
}

# Many answers at once: how it goes, and the sum.
proc opdesk::ui::status::Answers {progress} {
    dict with progress {}
    set ended [expr {$done + $late + $failed}]
    if {$left > 0 || $ended < $sent} {
        news [mc "Answering: %1\$d of %2\$d" $ended [expr {$sent + $left}]]
        return
    }
    set text [mc "%d answered" $done]
    if {$late} {
        append text ", " [mc "%d somebody else had answered" $late]
    }
    if {$failed} {
        append text ", " [mc "%d not confirmed: %s" $failed $message]
    }
    news $text [expr {$failed || $late ? {triangle warning} : {disc ok}}]
}
