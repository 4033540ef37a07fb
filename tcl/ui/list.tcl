# SPDX-License-Identifier: ISC
# The list of pending questions, the oldest first.  Many rows are put in by slices between other
# events; ages are kept up for the rows on the screen only.
namespace eval opdesk::ui::list {
    namespace import ::msgcat::mc
    variable slice 50
    # per list: keys to be put in, and the timer
    variable queue {}
    variable timer ""
    variable tree ""
}

proc opdesk::ui::list::create {path} {
    variable tree $path.tree
    set here [namespace current]
    ttk::frame $path -style Surface.TFrame
    ttk::treeview $tree -columns {age from question state} -show {tree headings} \
        -selectmode browse -yscrollcommand [list ${here}::Scrolled $path.scroll]
    ttk::scrollbar $path.scroll -command [list $tree yview]
    Columns $tree
    grid $tree $path.scroll -sticky nsew
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    bind $tree <Return> [list ${here}::OpenSelected]
    bind $tree <KP_Enter> [list ${here}::OpenSelected]
    bind $tree <Double-Button-1> [list ${here}::OpenAt %x %y]
    bind $tree <FocusIn> [list ${here}::Focused]
    bind $tree <Destroy> [list ${here}::Gone]
    Empty $path.empty
    dict for {key alert} [opdesk::app::alerts::all] {
        Queue $key
    }
    opdesk::app::signal::on_while $tree alert ${here}::Alert
    opdesk::app::signal::on_while $tree answer ${here}::Answer
    opdesk::app::signal::on_while $tree tick ${here}::Tick
    opdesk::app::signal::on_while $tree servers ${here}::ShowEmpty
    ShowEmpty
    return $path
}

proc opdesk::ui::list::Columns {tree} {
    set sign [expr {[opdesk::theme::px 16] + [opdesk::theme::px 14]}]
    $tree column #0 -width $sign -minwidth $sign -stretch 0
    foreach {column title chars stretch} [list \
        age [mc "Waiting"] 12 0 from [mc "From"] 25 0 question [mc "Question"] 30 1 state [mc "State"] 29 0
    ] {
        $tree heading $column -text $title -anchor w
        $tree column $column -anchor w -stretch $stretch -minwidth [opdesk::theme::px 40] \
            -width [expr {$chars * [font measure TkDefaultFont 0]}]
    }
}

proc opdesk::ui::list::Scrolled {scroll first last} {
    $scroll set $first $last
    if {$first <= 0 && $last >= 1} {
        grid remove $scroll
    } else {
        grid $scroll
    }
}

# --- rows ---

proc opdesk::ui::list::Alert {event key alert} {
    variable tree
    switch $event {
        added - changed - ring { Queue $key }
        closed - absent {
            if {[$tree exists $key]} {
                $tree delete [list $key]
            }
        }
    }
    if {[opdesk::app::alerts::count] <= 1} {
        ShowEmpty
    }
}

proc opdesk::ui::list::Answer {event key args} {
    Queue $key
}

proc opdesk::ui::list::Queue {key} {
    variable queue
    variable timer
    dict set queue $key 1
    if {$timer eq ""} {
        Later
    }
}

# After what is to be drawn has been drawn: a timer alone would come before it every time.
proc opdesk::ui::list::Later {} {
    variable timer [after idle [list [namespace current]::Soon]]
}

proc opdesk::ui::list::Soon {} {
    variable timer [after 0 [namespace current]::Slice]
}

proc opdesk::ui::list::Slice {} {
    variable queue
    variable timer ""
    variable slice
    set keys [lrange [dict keys $queue] 0 [expr {$slice - 1}]]
    foreach key $keys {
        dict unset queue $key
        if {[opdesk::app::alerts::exists $key]} {
            Row $key [opdesk::app::alerts::get $key]
        }
    }
    if {[dict size $queue]} {
        Later
    }
}

proc opdesk::ui::list::Row {key alert} {
    variable tree
    set values [list [Age $alert [opdesk::app::clock::now]] [opdesk::app::words::sender $alert] \
        [opdesk::app::words::subject $alert] [State $key $alert]]
    if {[$tree exists $key]} {
        $tree item $key -values $values
        return
    }
    set sign [opdesk::ui::sign::get [opdesk::app::words::severity $alert] [opdesk::theme::px 16]]
    $tree insert {} end -id $key -image $sign -values $values
}

proc opdesk::ui::list::Age {alert now} {
    return [opdesk::app::words::duration [expr {$now - [dict get $alert born_ms]}]]
}

proc opdesk::ui::list::State {key alert} {
    if {[opdesk::app::answers::is_sending $key]} {
        return [mc "sending …"]
    }
    if {[opdesk::app::alerts::field $alert orphaned 0]} {
        return [mc "kept: the job is not connected"]
    }
    set who [opdesk::app::words::line [opdesk::app::alerts::field $alert claimed_by] 60]
    if {$who ne ""} {
        return [mc "%s is on it" $who]
    }
    if {[opdesk::app::windows::is_open $key]} {
        return [mc "window open"]
    }
    if {[opdesk::app::windows::is_aside $key]} {
        return [mc "put aside here"]
    }
    return [mc "waiting"]
}

# Ages of the rows that can be seen.
proc opdesk::ui::list::Tick {now} {
    variable tree
    set last ""
    set step [ttk::style lookup Treeview -rowheight]
    for {set y 1} {$y < [winfo height $tree]} {incr y $step} {
        set key [$tree identify item 5 $y]
        if {$key ne "" && $key ne $last && [opdesk::app::alerts::exists $key]} {
            $tree set $key age [Age [opdesk::app::alerts::get $key] $now]
        }
        set last $key
    }
}

# --- opening ---

proc opdesk::ui::list::OpenSelected {} {
    variable tree
    foreach key [$tree selection] {
        opdesk::app::windows::show $key
    }
}

proc opdesk::ui::list::OpenAt {x y} {
    variable tree
    set key [$tree identify item $x $y]
    if {$key ne "" && [$tree identify region $x $y] in {tree cell}} {
        opdesk::app::windows::show $key
    }
}

# The arrow keys need a row to start from.
proc opdesk::ui::list::Focused {} {
    variable tree
    set first [lindex [$tree children {}] 0]
    if {[$tree focus] eq "" && $first ne ""} {
        $tree focus $first
        $tree selection set [list $first]
    }
}

proc opdesk::ui::list::Gone {} {
    variable timer
    variable queue {}
    after cancel $timer
    set timer ""
}

# --- nothing there ---

proc opdesk::ui::list::Empty {path} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Surface.TFrame
    ttk::label $path.head -style Empty.TLabel -anchor center
    ttk::label $path.hint -style EmptyHint.TLabel -anchor center -justify center
    ttk::label $path.code -style EmptyCode.TLabel -anchor center
    pack $path.head $path.hint $path.code -pady [list 0 $gap]
}

proc opdesk::ui::list::ShowEmpty {args} {
    variable tree
    set empty [winfo parent $tree].empty
    if {[opdesk::app::alerts::count]} {
        place forget $empty
        return
    }
    lassign [EmptyText] head hint code
    $empty.head configure -text $head
    $empty.hint configure -text $hint -wraplength [opdesk::theme::px 560]
    $empty.code configure -text $code
    place $empty -relx 0.5 -rely 0.48 -anchor center
}

# What is the matter, and what to do next.
proc opdesk::ui::list::EmptyText {} {
    for {set i 0} {$i < [opdesk::app::servers::count]} {incr i} {
        if {[opdesk::app::servers::up $i]} {
            return [list [mc "No questions are waiting."] \
                [mc "A job asks with mediachangec; its question opens a window here. Try it in a terminal:"] \
                [mc "mediachangec localhost \"Insert tape 2\""]]
        }
    }
    set server [opdesk::app::servers::get 0]
    set reason [opdesk::app::words::line [dict get $server reason]]
    if {![opdesk::app::helper::running]} {
        return [list [mc "The helper is not running."] [mc "It is started again by itself: %s" $reason] ""]
    }
    switch [dict get $server state] {
        connecting { return [list [mc "Connecting …"] [dict get $server endpoint] ""] }
        denied {
            return [list [mc "Not allowed to see questions."] \
                [mc "The server says: %s. An operator must have your user in the operators' group." $reason] ""]
        }
    }
    return [list [mc "No server is connected."] \
        [mc "Is mediachanged running? Start it, or name another server:"] "opdesk -s HOST"]
}
