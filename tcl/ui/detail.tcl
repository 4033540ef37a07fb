# SPDX-License-Identifier: ISC
# What is known of one question: who asked, the whole text, what will happen by itself, its life.  To
# read, select and copy; nothing is done here (ui/act.tcl).  One per view: it goes on showing a question
# that has ended, so that a hand on its way to a button does not meet the next one.
namespace eval opdesk::ui::detail {
    namespace import ::msgcat::mc
    # per panel: {key KEY alert ALERT life LIST of VERSION busy 0|1 stale 0|1 parts LIST failed MESSAGE}; of: which
    # version of the question the life is of
    variable panels {}
    variable nothing {key {} alert {} life {} of {} busy 0 stale 0 parts {} failed {}}
    variable max_listed 12
}

proc opdesk::ui::detail::create {path} {
    variable panels
    variable nothing
    set here [namespace current]
    set gap [opdesk::theme::px 12]
    ttk::frame $path -style Surface.TFrame
    ttk::label $path.sign -style Surface.TLabel
    text $path.text -wrap word -relief flat -borderwidth 0 -highlightthickness [opdesk::theme::px 1] -width 10 -height 9 \
        -padx 0 -pady 0 -cursor xterm -state disabled -font TkDefaultFont -takefocus 1 \
        -yscrollcommand [list opdesk::widget::table::Scrolled $path.scroll]
    opdesk::theme::dress $path.text
    ttk::scrollbar $path.scroll -command [list $path.text yview]
    grid $path.sign -row 0 -column 0 -sticky n -padx $gap -pady $gap
    grid $path.text -row 0 -column 1 -sticky nsew -pady [list $gap 0]
    grid $path.scroll -row 0 -column 2 -sticky ns
    grid columnconfigure $path 0 -minsize [expr {2 * $gap + [opdesk::theme::px 32]}]
    grid columnconfigure $path 1 -weight 1
    grid rowconfigure $path 0 -weight 1
    bind $path.text <Button-1> {focus %W}
    bind $path.text <<ThemeChanged>> +[list ${here}::Tags $path.text]
    bind $path.text <Tab> {focus [tk_focusNext %W]; break}
    bind $path.text <Shift-Tab> {focus [tk_focusPrev %W]; break}
    foreach {key what} {Up {-1 units} Down {1 units} Prior {-1 pages} Next {1 pages}} {
        bind $path.text <Key-$key> "%W yview scroll $what; break"
    }
    Tags $path.text
    dict set panels $path $nothing
    opdesk::app::signal::on_while $path alert [list ${here}::Alert $path]
    opdesk::app::signal::on_while $path tick [list ${here}::Tick $path]
    bind $path <Destroy> +[list ${here}::Gone %W $path]
    Show $path
    return $path
}

proc opdesk::ui::detail::Tags {text} {
    $text tag configure title -font OpdeskHeader -spacing3 [opdesk::theme::px 3]
    $text tag configure muted -foreground [opdesk::theme::colour muted] -spacing3 [opdesk::theme::px 8]
    $text tag configure body -spacing3 [opdesk::theme::px 2]
    $text tag configure warning -foreground [opdesk::theme::colour attempt_text] \
        -spacing1 [opdesk::theme::px 8]
    $text tag configure error -foreground [opdesk::theme::colour error_text] \
        -spacing1 [opdesk::theme::px 8]
    $text tag configure ending -font OpdeskBold -spacing1 [opdesk::theme::px 8]
    $text tag configure life_title -font OpdeskBold -spacing1 [opdesk::theme::px 12] \
        -spacing3 [opdesk::theme::px 3]
    set column [expr {[font measure OpdeskSmall "2026-12-30 00:00"] + [opdesk::theme::px 16]}]
    $text tag configure life -font OpdeskSmall -foreground [opdesk::theme::colour muted] \
        -tabs [list $column] -lmargin2 $column -spacing3 [opdesk::theme::px 2]
    $text tag raise sel
}

# KEYS: none, one (its alert is known already, whole or cut), or several, of which it says how many.
proc opdesk::ui::detail::show {path keys {alert ""}} {
    variable panels
    variable nothing
    set key [expr {[llength $keys] == 1 ? [lindex $keys 0] : ""}]
    if {$key ne "" && $key eq [dict get $panels $path key]} {
        dict set panels $path alert $alert
        Stale $path
    } else {
        dict set panels $path [dict replace $nothing key $key alert $alert]
        if {$key ne ""} {
            Fetch $path
        }
    }
    Show $path $keys
}

# One that has ended, whole, with its life.
proc opdesk::ui::detail::show_whole {path key alert} {
    variable panels
    variable nothing
    dict set panels $path [dict replace $nothing key $key alert $alert \
        life [opdesk::app::alerts::field $alert life]]
    Show $path
}

# What it shows, as it stands there.
proc opdesk::ui::detail::plain {path} {
    return [string trimright [$path.text get 1.0 end]]
}

proc opdesk::ui::detail::key {path} {
    variable panels
    return [dict get $panels $path key]
}

# --- from the model ---

proc opdesk::ui::detail::Alert {path event key alert} {
    variable panels
    if {$key ne [dict get $panels $path key]} {
        return
    }
    if {$event eq "dropped"} {
        show $path {}
    } else {
        if {[opdesk::app::alerts::field $alert cut 0]} {
            set alert [Whole $path $alert]
        }
        dict set panels $path alert $alert
        if {$event eq "absent"} {
            # how it ended is not told otherwise
            dict set panels $path of ""
        }
        Stale $path
        Show $path
    }
}

# A change brings the text cut; it never changes, so what we have of it stays.
proc opdesk::ui::detail::Whole {path alert} {
    variable panels
    set old [dict get $panels $path alert]
    if {![opdesk::app::alerts::field $old cut 0] && [dict exists $old text]} {
        dict set alert text [dict get $old text]
        dict unset alert cut
    }
    return $alert
}

# Its life may have gone on: with every version it has, and with none it has not.  What has been fetched may be
# newer than what the daemon has told yet.
proc opdesk::ui::detail::Stale {path} {
    variable panels
    set alert [dict get $panels $path alert]
    set of [dict get $panels $path of]
    if {$alert ne "" && [dict get $alert state] eq "pending" && $of ne ""
        && [opdesk::app::alerts::field $alert version 0] <= $of} {
        return
    }
    if {[dict get $panels $path busy]} {
        dict set panels $path stale 1
    } else {
        Fetch $path
    }
}

proc opdesk::ui::detail::Fetch {path} {
    variable panels
    set key [dict get $panels $path key]
    dict set panels $path busy 1
    dict set panels $path stale 0
    opdesk::app::alerts::fetch $key [list [namespace current]::Fetched $path $key]
}

proc opdesk::ui::detail::Fetched {path key status value} {
    variable panels
    if {![dict exists $panels $path] || [dict get $panels $path key] ne $key} {
        return
    }
    dict set panels $path busy 0
    if {$status eq "ok"} {
        dict set panels $path life [opdesk::app::alerts::field $value life]
        dict set panels $path of [opdesk::app::alerts::field $value version]
        dict set panels $path failed ""
        if {[dict get $value state] eq "pending"} {
            # the rest of it is the model's, with times of our clock
            dict set panels $path alert text [dict get $value text]
            dict unset panels $path alert cut
        } else {
            dict set panels $path alert $value
        }
    } else {
        dict set panels $path failed [dict get $value message]
    }
    if {[dict get $panels $path stale]} {
        # unless it has come with this: several parts of the desk tell of one change
        dict set panels $path stale 0
        Stale $path
    }
    Show $path
}

proc opdesk::ui::detail::Tick {path now} {
    variable panels
    if {[dict get $panels $path key] ne ""} {
        Show $path
    }
}

proc opdesk::ui::detail::Gone {destroyed path} {
    variable panels
    if {$destroyed eq $path} {
        dict unset panels $path
    }
}

# --- what it shows ---

proc opdesk::ui::detail::Show {path {keys {}}} {
    variable panels
    set alert [dict get $panels $path alert]
    if {[dict get $panels $path key] ne "" && $alert ne ""} {
        $path.sign configure -image [opdesk::ui::sign::get [opdesk::app::words::severity $alert] \
            [opdesk::theme::px 32]]
        Put $path [Parts $path $alert]
    } elseif {[llength $keys] > 1} {
        $path.sign configure -image ""
        Put $path [Many $keys]
    } elseif {[dict get $panels $path key] eq ""} {
        $path.sign configure -image ""
        Put $path [list [mc "Select a question to see all of it."] muted]
    }
}

proc opdesk::ui::detail::Parts {path alert} {
    variable panels
    set parts {}
    set title [opdesk::app::words::line [opdesk::app::alerts::field $alert title] 200]
    if {$title ne ""} {
        lappend parts $title title
    }
    lappend parts [Origin $alert] muted
    lappend parts [string trimright [opdesk::app::words::plain [opdesk::app::alerts::field $alert text]]] body
    if {[opdesk::app::alerts::field $alert cut 0]} {
        set failed [dict get $panels $path failed]
        lappend parts [expr {$failed eq "" ? [mc "The rest of the text is on its way …"]
            : [mc "The rest of the text could not be fetched: %s" [opdesk::app::words::line $failed]]}] \
            [expr {$failed eq "" ? "muted" : "error"}]
    }
    if {[dict get $alert state] eq "pending"} {
        lappend parts {*}[Pending $alert]
    } else {
        lappend parts [opdesk::app::words::ending $alert]. ending
    }
    set life [dict get $panels $path life]
    if {[llength $life]} {
        lappend parts [mc "What happened (times: %s)" [opdesk::app::words::zone [clock seconds]]] life_title
        foreach event $life {
            lappend parts "[opdesk::app::words::time [dict get $event at]]\t[opdesk::app::words::event $alert $event]" life
        }
    }
    return $parts
}

proc opdesk::ui::detail::Origin {alert} {
    set origin [mc "From %s" [opdesk::app::words::sender $alert]]
    if {[dict exists $alert created_at]} {
        append origin " · " [mc "asked %s" [opdesk::app::words::time [dict get $alert created_at]]]
    }
    foreach tag [lrange [opdesk::app::alerts::field $alert tags] 0 15] {
        append origin " · " [opdesk::app::words::line $tag 60]
    }
    return $origin
}

proc opdesk::ui::detail::Pending {alert} {
    set now [opdesk::app::clock::now]
    set parts {}
    set server [opdesk::app::alerts::field $alert server]
    if {[opdesk::app::servers::exists $server] && ![opdesk::app::servers::up $server]} {
        lappend parts [mc "The server is away: so it stood when it was last heard of."] error
    }
    set claim [opdesk::app::words::claim $alert $now]
    if {$claim ne ""} {
        lappend parts $claim ending
    } elseif {[dict exists $alert ring_ms] && [dict get $alert ring_ms] > $now} {
        set left [opdesk::app::words::duration [expr {[dict get $alert ring_ms] - $now}]]
        lappend parts [mc "Silent for another %s" $left] ending
    }
    set error [opdesk::app::words::escalation_error $alert]
    foreach {line tag} [list $error error [expr {$error eq "" ? [opdesk::app::words::escalation $alert] : ""}] warning \
        [opdesk::app::words::deadline $alert $now] warning [opdesk::app::words::attempt $alert] warning \
        [opdesk::app::words::orphaned $alert] warning] {
        if {$line ne ""} {
            lappend parts $line $tag
        }
    }
    return $parts
}

proc opdesk::ui::detail::Many {keys} {
    variable max_listed
    set parts [list [mc "%d questions are selected" [llength $keys]] title]
    foreach key [lrange $keys 0 [expr {$max_listed - 1}]] {
        set alert [opdesk::app::alerts::get $key]
        lappend parts "[opdesk::app::words::sender $alert]: [opdesk::app::words::subject $alert]" body
    }
    if {[llength $keys] > $max_listed} {
        lappend parts [mc "and %d more" [expr {[llength $keys] - $max_listed}]] muted
    }
    return $parts
}

# The same again is left alone, so that a selection and the place of the scrollbar stay.
proc opdesk::ui::detail::Put {path parts} {
    variable panels
    if {$parts eq [dict get $panels $path parts]} {
        return
    }
    set text $path.text
    set same [expr {[lrange $parts 0 3] eq [lrange [dict get $panels $path parts] 0 3]}]
    dict set panels $path parts $parts
    $text configure -state normal
    if {$same} {
        Patch $text $parts
    } else {
        $text delete 1.0 end
        foreach {part tag} $parts {
            $text insert end $part\n $tag
        }
        $text yview moveto 0
    }
    $text configure -state disabled
}

# Only the end of it is another, mostly a time: what is above stays as it is, with what is selected in it.
proc opdesk::ui::detail::Patch {text parts} {
    set at 1.0
    foreach {part tag} $parts {
        set end [$text index "$at + [string length $part] chars"]
        if {[$text get $at $end] ne $part || [$text get $end] ne "\n" || $tag ni [$text tag names $at]} {
            break
        }
        set at [$text index "$end + 1 chars"]
        set parts [lrange $parts 2 end]
    }
    $text delete $at end
    if {[$text compare $at > 1.0]} {
        # the text ends with a line end of Tk's, which took the place of ours
        $text insert end \n
    }
    foreach {part tag} $parts {
        $text insert end $part\n $tag
    }
}
