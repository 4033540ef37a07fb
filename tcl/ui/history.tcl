# SPDX-License-Identifier: ISC
# The history: closed questions, newest first, found by words, host and time; more rows come as one
# scrolls, however many there are: only those on the screen exist here, and app/history.tcl has the pages around
# them.  All of a question is fetched when it is selected.  What ends meanwhile is shown at once while one
# looks at the newest and has selected nothing; else a button brings it, so that nothing moves under one's hand.
namespace eval opdesk::ui::history {
    namespace import ::msgcat::mc
    variable path ""
    variable columns {}
    # FACE SECONDS …: so far back, 0 = all, "" = as the two lines say
    variable spans {}
    variable fresh 0
    variable selecting ""
    variable rest_ms 60
    # the key of the question that is on its way
    variable fetching ""
    # the question to be selected again when a new search has found it
    variable wanted ""
    # many that end together are one search
    variable renewing ""
    variable renew_ms 500
    variable pause_ms 250
}

proc opdesk::ui::history::create {at} {
    variable path $at
    variable columns [list severity "" 0 0 ended [mc "Ended (%s)" [clock format [clock seconds] -format %Z]] 19 0 from [mc "From"] 26 0 \
        question [mc "Question"] 24 1 outcome [mc "Outcome"] 23 0 took [mc "Took"] 12 0]
    set here [namespace current]
    ttk::frame $path
    Search $path.search
    ttk::panedwindow $path.panes -orient vertical
    opdesk::widget::rows::create $path.panes.list $columns -signs 1 -cells 0 \
        -count opdesk::app::history::count -rows ${here}::Rows
    opdesk::ui::detail::create $path.panes.detail
    $path.panes add $path.panes.list -weight 3
    $path.panes add $path.panes.detail -weight 2
    opdesk::ui::sash::remember $path.panes
    ttk::frame $path.foot -style Surface.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 4]]
    ttk::label $path.foot.text -style Surface.TLabel
    ttk::button $path.foot.again -style Small.TButton -text [mc "Try now"] -command opdesk::app::history::resume
    ttk::button $path.foot.later -style Small.TButton -text [mc "Show them"] -command ${here}::Renew
    pack $path.foot.text -side left
    pack $path.search -side top -fill x -padx [opdesk::theme::px 8] -pady [opdesk::theme::px 8]
    pack $path.foot -side bottom -fill x
    pack $path.panes -side top -fill both -expand 1
    set tree [tree]
    $tree configure -height 6
    opdesk::widget::table::remember $tree history.widths
    bind $tree <<RowsSelect>> ${here}::Selected
    bind $tree <<RowsOpen>> [list focus $path.panes.detail.text]
    bind $tree <<RowsMenu>> [list ${here}::Menu %X %Y]
    menu $path.menu -tearoff 0
    foreach entry {text host times.since times.until} {
        foreach key {Down Return} {
            bind $path.search.$entry.entry <$key> [list focus $tree]
        }
    }
    opdesk::app::signal::on_while $path history ${here}::History
    opdesk::app::signal::on_while $path server.up ${here}::Up
    bind $path <Destroy> +[list ${here}::Gone %W]
    return $path
}

proc opdesk::ui::history::tree {} {
    variable path
    return $path.panes.list.tree
}

proc opdesk::ui::history::Search {row} {
    variable spans
    variable pause_ms
    set here [namespace current]
    set gap [opdesk::theme::px 12]
    ttk::frame $row
    opdesk::ui::filter::create $row.text [mc "Search: title, text, answer, note"] ${here}::Again $pause_ms
    opdesk::ui::filter::create $row.host [mc "Host or asker"] ${here}::Again $pause_ms
    $row.host.entry configure -width 18
    set spans [list [mc "Any time"] 0 [mc "Last hour"] 3600 [mc "Last day"] 86400 \
        [mc "Last 7 days"] 604800 [mc "Last 30 days"] 2592000 [mc "Last year"] 31536000 [mc "From – until"] ""]
    ttk::combobox $row.span -state readonly -width 14 -values [lmap {face s} $spans {set face}]
    $row.span current 0
    bind $row.span <<ComboboxSelected>> [list ${here}::Span $row]
    ttk::frame $row.times
    foreach {name hint} [list since [mc "From 2026-11-20"] until [mc "Until 2026-11-20 14:30"]] {
        opdesk::ui::filter::create $row.times.$name $hint ${here}::Again $pause_ms
        $row.times.$name.entry configure -width 20
        pack $row.times.$name -side left
    }
    ttk::label $row.wrong -style Error.TLabel
    grid $row.text $row.host $row.span -sticky w -padx [list 0 $gap]
    grid $row.times -row 1 -column 0 -columnspan 2 -sticky w -pady [list [opdesk::theme::px 6] 0]
    grid $row.wrong -row 2 -column 0 -columnspan 4 -sticky w
    grid columnconfigure $row 3 -weight 1
    grid remove $row.times $row.wrong
}

# The two lines for times come and go with their choice.
proc opdesk::ui::history::Span {row} {
    variable spans
    $row.span selection clear
    if {[lindex $spans [expr {2 * [$row.span current] + 1}]] eq ""} {
        grid $row.times
        focus $row.times.since.entry
    } else {
        grid remove $row.times
    }
    Again
}

# The part of the query that is about time; throws {OPDESK DATES}.
proc opdesk::ui::history::Times {row} {
    variable spans
    set now [clock seconds]
    set span [lindex $spans [expr {2 * [$row.span current] + 1}]]
    if {$span ne ""} {
        return [expr {$span ? [dict create since_at [expr {($now - $span) * 1000}]] : {}}]
    }
    set times {}
    foreach {name end} {since 0 until 1} {
        set at [opdesk::app::dates::parse [opdesk::ui::filter::text $row.times.$name] $now $end]
        if {$at ne ""} {
            dict set times ${name}_at $at
        }
    }
    return $times
}

# The view has come to the front: the first time, or after news, it is searched anew; what one had scrolled
# to stays.
proc opdesk::ui::history::shown {} {
    variable fresh
    if {!$fresh} {
        Again
    } elseif {[opdesk::app::history::later] && [opdesk::widget::rows::top [List]] == 0} {
        Renew
    }
}

# With what has ended since; the selected one stays so if it is found again.
proc opdesk::ui::history::Renew {} {
    variable wanted [Key]
    Again
}

proc opdesk::ui::history::RenewLater {} {
    variable renewing
    variable renew_ms
    if {$renewing eq "" && [opdesk::ui::main::is_front history]
        && [opdesk::widget::rows::top [List]] == 0 && [Key] eq ""} {
        set renewing [after $renew_ms [namespace current]::RenewNow]
    }
}

# Unless something was selected meanwhile.
proc opdesk::ui::history::RenewNow {} {
    variable renewing ""
    if {[Key] eq ""} {
        Again
    }
}

proc opdesk::ui::history::everything {} {
    variable path
    foreach name {text host times.since times.until} {
        opdesk::ui::filter::put $path.search.$name ""
    }
    $path.search.span current 0
    Span $path.search
}

proc opdesk::ui::history::find {} {
    variable path
    opdesk::ui::filter::grasp $path.search.text
}

proc opdesk::ui::history::Again {args} {
    variable path
    variable fresh 1
    set row $path.search
    try {
        set query [Times $row]
        grid remove $row.wrong
    } trap {OPDESK DATES} {message} {
        # the list stays as it is while a date is being typed
        $row.wrong configure -text $message
        grid $row.wrong
        return
    }
    foreach {name widget} {text text host host} {
        set value [string trim [opdesk::ui::filter::text $path.search.$widget]]
        if {$value ne ""} {
            dict set query $name [opdesk::app::words::cut $value 200]
        }
    }
    opdesk::app::history::search $query
}

# A server that comes late has its part of the history.
proc opdesk::ui::history::Up {index} {
    variable fresh
    if {![opdesk::ui::main::is_front history]} {
        set fresh 0
    } elseif {[opdesk::app::history::nobody]} {
        Again
    } else {
        opdesk::app::history::resume
    }
}

# --- rows ---

proc opdesk::ui::history::List {} {
    variable path
    return $path.panes.list
}

proc opdesk::ui::history::Detail {} {
    variable path
    return $path.panes.detail
}

proc opdesk::ui::history::History {event args} {
    switch $event {
        reset { opdesk::widget::rows::select [List] -1 }
        later { RenewLater }
        rows {
            opdesk::widget::rows::refresh [List]
            Reselect {*}$args
            if {[Key] ne [opdesk::ui::detail::key [Detail]]} {
                Selected
            }
        }
    }
    Foot
}

# What the list shows from a row on; that it does is what makes pages come.
proc opdesk::ui::history::Rows {from n} {
    set to [expr {min($from + $n, [opdesk::app::history::count])}]
    opdesk::app::history::want $from [expr {$to - 1}]
    set rows {}
    for {set row $from} {$row < $to} {incr row} {
        lappend rows [Row [opdesk::app::history::row $row]]
    }
    return $rows
}

proc opdesk::ui::history::Row {alert} {
    if {$alert eq ""} {
        return [list [list "" "" …] {}]
    }
    set closed [opdesk::app::alerts::field $alert closed_at 0]
    set took [expr {$closed - [opdesk::app::alerts::field $alert created_at $closed]}]
    return [list [list [opdesk::app::words::time $closed] [opdesk::app::words::sender $alert] \
        [opdesk::app::words::subject $alert] [opdesk::app::words::outcome $alert] \
        [opdesk::app::words::duration $took]] {} \
        [opdesk::ui::sign::get [opdesk::app::words::severity $alert] [opdesk::theme::px 16]]]
}

# The question that was selected before the search is so again, where the rows that have come have it.
proc opdesk::ui::history::Reselect {first alerts} {
    variable wanted
    set row $first
    foreach alert $alerts {
        if {$wanted eq "[dict get $alert server]/[dict get $alert id]"} {
            opdesk::widget::rows::select [List] $row
        }
        incr row
    }
    set wanted ""
}

# The key of the question that is selected, "" for none.
proc opdesk::ui::history::Key {} {
    set alert [opdesk::app::history::row [opdesk::widget::rows::cursor [List]]]
    return [expr {$alert eq "" ? "" : "[dict get $alert server]/[dict get $alert id]"}]
}

# Fetched when the selection has come to rest: a key that is held down passes many.  Once: more rows may come
# while it is on its way.
proc opdesk::ui::history::Selected {} {
    variable selecting
    variable rest_ms
    after cancel $selecting
    set selecting [after $rest_ms [namespace current]::Fetch]
}

proc opdesk::ui::history::Fetch {} {
    variable fetching
    set key [Key]
    if {$key eq ""} {
        opdesk::ui::detail::show [Detail] {}
    } elseif {$key ne $fetching} {
        set fetching $key
        opdesk::app::alerts::fetch $key [list [namespace current]::Fetched $key]
    }
}

proc opdesk::ui::history::Fetched {key status value} {
    variable path
    variable fetching
    if {$key eq $fetching} {
        set fetching ""
    }
    if {![winfo exists $path] || $key ne [Key]} {
        return
    }
    if {$status eq "ok"} {
        opdesk::ui::detail::show_whole [Detail] $key $value
    } else {
        opdesk::ui::status::news [opdesk::app::words::line [dict get $value message]] {triangle warning}
    }
}

# --- copying ---

proc opdesk::ui::history::keys {} {
    set here [namespace current]
    return [list [mc "History"] [list \
        <Return> [mc "Into the text of a question"] "" \
        <Control-Key-a> [mc "All questions"] "" \
        <Control-Key-c> [mc "Copy: one question whole, several as lines of a table"] ${here}::copy \
        <Control-Key-r> [mc "Search again"] ${here}::Renew]]
}

proc opdesk::ui::history::Menu {x y} {
    variable path
    set menu $path.menu
    $menu delete 0 end
    set rows [opdesk::widget::rows::selected [List]]
    foreach {face name} [list [mc "Copy"] copy [mc "Search again"] Renew] {
        $menu add command -label $face -command [namespace current]::$name \
            -accelerator [opdesk::ui::main::key_of [namespace current]::$name] \
            -state [expr {$name eq "copy" && ![llength $rows] ? "disabled" : "normal"}]
    }
    tk_popup $menu $x $y
}

# One is copied as the pane shows it; several as a table that a spreadsheet takes.
proc opdesk::ui::history::copy {} {
    set rows [opdesk::widget::rows::selected [List]]
    if {![llength $rows]} {
        return
    }
    if {[llength $rows] == 1 && [opdesk::ui::detail::key [Detail]] eq [Key]} {
        set lines [list [opdesk::ui::detail::plain [Detail]]]
    } else {
        set lines [Lines $rows]
    }
    clipboard clear
    clipboard append [join $lines \n]\n
    set missing [expr {[llength $rows] > 1 ? [llength $rows] + 1 - [llength $lines] : 0}]
    if {$missing} {
        opdesk::ui::status::news [mc "%1\$d of %2\$d rows are copied: the others are too far away to be here now" \
            [expr {[llength $rows] - $missing}] [llength $rows]] {triangle warning}
    } elseif {[llength $rows] > 1} {
        opdesk::ui::status::news [mc "%d rows are copied" [llength $rows]]
    }
}

# A heading, and those of the rows that are here.
proc opdesk::ui::history::Lines {rows} {
    set lines [list [join [list [mc "Ended"] [mc "how grave"] [mc "From"] [mc "Question"] [mc "Outcome"] [mc "Took"] \
        [mc "Note"]] \t]]
    foreach row $rows {
        set alert [opdesk::app::history::row $row]
        if {$alert eq ""} {
            continue
        }
        lassign [lindex [Row $alert] 0] - from question outcome took
        set at [expr {[opdesk::app::alerts::field $alert closed_at 0] / 1000}]
        lappend lines [join [list [clock format $at -format "%Y-%m-%d %H:%M:%S %z"] \
            [opdesk::app::words::severity $alert] $from $question $outcome $took \
            [opdesk::app::words::line [opdesk::app::alerts::field $alert note] 2000]] \t]
    }
    return $lines
}

# --- how it stands ---

proc opdesk::ui::history::Foot {} {
    variable path
    set rows [opdesk::app::history::count]
    set error [opdesk::app::words::line [opdesk::app::history::error]]
    if {[opdesk::app::history::nobody] || (!$rows && $error eq "" && ![opdesk::app::history::busy])} {
        # the list says it, and what to do
        set text ""
    } elseif {$error ne ""} {
        set text [mc "The history could not be read: %s" $error]
    } elseif {[opdesk::app::history::busy]} {
        set text [mc "Searching …"]
    } elseif {[opdesk::app::history::has_more]} {
        set text [mc "%d questions; more as you scroll" $rows]
    } else {
        set text [expr {$rows == 1 ? [mc "1 question: all there is"] : [mc "%d questions: all there are" $rows]}]
    }
    $path.foot.text configure -text "$text[Since $error]"
    if {$error ne "" && $rows} {
        pack $path.foot.again -side left -padx [opdesk::theme::px 12]
    } else {
        pack forget $path.foot.again
    }
    Empty $rows $error
}

# What has ended since is told, and a click away.
proc opdesk::ui::history::Since {error} {
    variable path
    set later [opdesk::app::history::later]
    if {!$later || $error ne "" || [opdesk::app::history::busy]} {
        pack forget $path.foot.later
        return ""
    }
    pack $path.foot.later -side left -padx [opdesk::theme::px 12]
    return " · [expr {$later == 1 ? [mc "one has ended since"] : [mc "%d have ended since" $later]}]"
}

proc opdesk::ui::history::Empty {rows error} {
    set again [list [mc "Search again"] [namespace current]::Again]
    if {$rows || [opdesk::app::history::busy]} {
        opdesk::widget::table::say [tree]
    } elseif {[opdesk::app::history::nobody]} {
        opdesk::widget::table::say [tree] {*}[opdesk::ui::empty::disconnected \
            [mc "The history is kept by the servers. Add a mediachanged."]]
    } elseif {$error ne ""} {
        opdesk::widget::table::say [tree] [mc "The history could not be read."] $error "" $again
    } elseif {[opdesk::app::history::is_limited]} {
        opdesk::widget::table::say [tree] [mc "Nothing was found."] [mc "Try fewer words, another host or more time."] \
            "" [list [mc "Show all"] [namespace current]::everything]
    } else {
        opdesk::widget::table::say [tree] [mc "No question has ended yet."] \
            [mc "Questions come here when they have been answered, have expired or were withdrawn."]
    }
}

proc opdesk::ui::history::Gone {destroyed} {
    variable path
    variable selecting
    if {$destroyed eq $path} {
        variable renewing
        after cancel $selecting
        after cancel $renewing
        variable renewing ""
        variable fetching ""
        variable fresh 0
    }
}
