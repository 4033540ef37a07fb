# SPDX-License-Identifier: ISC
# The list of pending questions: filtered by words, sorted by any column.  Many rows are put in,
# filtered and sorted by slices between other events; ages are kept up for the rows on the screen only.
# What is selected stays selected whatever the order, and what is looked at stays where it is while rows
# come and go above it.  New ones (app/seen.tcl) stand out.
#   virtual events on the tree:  <<TreeviewSelect>>, also when a selected question has changed or ended
#   <<ListFiltered>>: other rows may be shown than before   <<ShowAll>>: no filter is wanted any more
namespace eval opdesk::ui::list {
    namespace import ::msgcat::mc
    variable slice 50
    variable slice_us 4000
    variable tree ""
    variable columns {}
    # by key: what the filter looks at
    variable haystacks {}
    # the rows that are shown: {RANK KEY} in order
    variable order {}
    variable column age
    variable descending 0
    variable words {}
    # keys whose rows are to be put in or brought up to date
    variable queue {}
    variable timer ""
    # a new filter or order on its way: keys to look at, rows found, keys that have changed or ended since
    # they were looked at; and whether one is on its way
    variable todo {}
    variable found {}
    variable late {}
    variable sorting 0
    variable sort_slice 400
}

proc opdesk::ui::list::create {path} {
    variable tree $path.tree
    variable columns [list severity "" 0 0 age [mc "Waiting"] 12 0 from [mc "From"] 20 0 \
        question [mc "Question"] 30 1 state [mc "State"] 19 0 owner [mc "Claimed by"] 14 0]
    set here [namespace current]
    opdesk::widget::table::create $path $columns ${here}::sort_by
    Recall
    opdesk::widget::table::on_width $tree ${here}::Visible
    opdesk::widget::table::remember $tree list.widths
    opdesk::widget::fit::follow $tree list.widths {question 30} {state 19 34 owner 14 30}
    opdesk::widget::tip::offer $tree ${here}::Whole
    $tree tag configure new -font OpdeskBold
    bind $tree <<TableOpen>> [list ${here}::OpenSelected]
    bind $tree <Destroy> +[list ${here}::Gone]
    dict for {key alert} [opdesk::app::alerts::all] {
        Queue $key
    }
    foreach {signal handler} {alert Alert answer Answer window Window seen Queue tick Tick servers ShowEmpty
        server.removed ShowEmpty} {
        opdesk::app::signal::on_while $tree $signal ${here}::$handler
    }
    ShowEmpty
    return $path
}

# NAME TITLE CHARS STRETCH …
proc opdesk::ui::list::columns {} {
    variable columns
    return $columns
}

# The selected questions that are still pending, in the order of the list.
proc opdesk::ui::list::selected {} {
    variable tree
    variable haystacks
    return [lmap key [$tree selection] {
        if {![dict exists $haystacks $key]} {
            continue
        }
        set key
    }]
}

# Where its rows are on the screen: {{X Y WIDTH HEIGHT}}, empty when they are not seen.
proc opdesk::ui::list::extent {} {
    variable tree
    if {![winfo exists $tree] || ![winfo viewable $tree]} {
        return {}
    }
    # with those that are about to be drawn, and one more for the headings
    set rows [expr {([opdesk::app::alerts::count] + 1) * [ttk::style lookup Treeview -rowheight]}]
    return [list [list [winfo rootx $tree] [winfo rooty $tree] [winfo width $tree] [expr {min($rows, [winfo height $tree])}]]]
}

proc opdesk::ui::list::counts {} {
    variable order
    variable haystacks
    return [list [llength $order] [dict size $haystacks]]
}

# --- rows ---

proc opdesk::ui::list::Alert {event key alert} {
    switch $event {
        added - changed - ring { Queue $key }
        closed - absent - dropped { Remove $key }
    }
    if {[opdesk::app::alerts::count] <= 1} {
        ShowEmpty
    }
}

proc opdesk::ui::list::Answer {event key args} {
    Queue $key
}

proc opdesk::ui::list::Window {event key args} {
    Queue $key
}

proc opdesk::ui::list::Queue {key} {
    variable queue
    dict set queue $key 1
    Later
}

# After what is to be drawn has been drawn: a timer alone would come before it every time.
proc opdesk::ui::list::Later {} {
    variable timer
    if {$timer eq ""} {
        set timer [after idle [list [namespace current]::Soon]]
    }
}

proc opdesk::ui::list::Soon {} {
    variable timer [after 0 [namespace current]::Slice]
}

proc opdesk::ui::list::Slice {} {
    variable tree
    variable queue
    variable timer ""
    variable slice
    variable slice_us
    variable sorting
    set end [expr {[clock microseconds] + $slice_us}]
    set top [Top]
    foreach key [lrange [dict keys $queue] 0 [expr {$slice - 1}]] {
        dict unset queue $key
        if {[opdesk::app::alerts::exists $key]} {
            Row $key [opdesk::app::alerts::get $key]
        }
        if {[clock microseconds] > $end} {
            break
        }
    }
    Stay $top
    if {$sorting} {
        Sort
    }
    if {[dict size $queue] || $sorting} {
        Later
    } else {
        ShowEmpty
        event generate $tree <<ListFiltered>>
    }
}

# The row at the upper edge, when there are others above it that one does not see; else "".
proc opdesk::ui::list::Top {} {
    variable tree
    variable order
    set above [expr {round([lindex [$tree yview] 0] * [llength $order])}]
    return [if {$above > 0} {lindex $order $above 1}]
}

# It is there again, whatever has come or gone above it.
proc opdesk::ui::list::Stay {top} {
    variable tree
    if {$top ne "" && [$tree exists $top] && [set at [Find $top]] >= 0} {
        $tree yview $at
    }
}

proc opdesk::ui::list::Row {key alert} {
    variable tree
    variable haystacks
    set now [opdesk::app::clock::now]
    set values [Cells $key $alert $now]
    lassign [split $key /] server
    set extra "$server [lindex $values 3]"
    if {[opdesk::app::servers::exists $server]} {
        append extra \n[dict get [opdesk::app::servers::get $server] endpoint]
    }
    dict set haystacks $key [opdesk::app::order::haystack $alert $extra]
    if {![$tree exists $key]} {
        set sign [opdesk::ui::sign::get [opdesk::app::words::severity $alert] [opdesk::theme::px 16]]
        $tree insert {} end -id $key -image $sign
        $tree detach [list $key]
    }
    Fill $key $values
    Place $key $alert $now
    if {$key in [$tree selection]} {
        event generate $tree <<TreeviewSelect>>
    }
}

proc opdesk::ui::list::Fill {key values} {
    variable tree
    set new [opdesk::app::seen::is_new $key]
    set font [expr {$new ? "OpdeskBold" : "TkDefaultFont"}]
    opdesk::widget::fit::see $tree $values $font
    $tree item $key -tags [if {$new} {string cat new}] -values [opdesk::widget::table::cut $tree $values $font]
}

# Of a cell that may be cut.
proc opdesk::ui::list::Whole {key column} {
    variable tree
    if {![opdesk::app::alerts::exists $key]} {
        return ""
    }
    set cells [Cells $key [opdesk::app::alerts::get $key] [opdesk::app::clock::now]]
    return [lindex $cells [lsearch -exact [$tree cget -columns] $column]]
}

# The address beside a host's name is in the pane below.
proc opdesk::ui::list::Cells {key alert now} {
    return [list [Age $alert $now] [regsub { \([0-9a-f.:]+\)$} [opdesk::app::words::sender $alert] ""] \
        [opdesk::app::words::subject $alert] [opdesk::app::words::state $key $alert $now] \
        [opdesk::app::words::owner $alert]]
}

# Where it belongs now, if the filter lets it be seen.
proc opdesk::ui::list::Place {key alert now} {
    variable tree
    variable order
    variable column
    variable descending
    variable words
    variable haystacks
    variable sorting
    if {$sorting} {
        variable late
        dict set late $key 1
        return
    }
    set rank [opdesk::app::order::rank $column $key $alert $now]
    set at [Find $key]
    set shown [opdesk::app::order::matches [dict get $haystacks $key] $words]
    if {$at >= 0 && $shown && [lindex $order $at 0] eq $rank} {
        return
    }
    if {$at >= 0} {
        set order [lreplace $order[set order {}] $at $at]
        if {!$shown} {
            $tree selection remove [list $key]
            $tree detach [list $key]
        }
    }
    if {$shown} {
        set direction [expr {$descending ? "-decreasing" : "-increasing"}]
        set at [expr {1 + [lsearch -sorted -bisect $direction -index 0 $order $rank]}]
        set order [linsert $order[set order {}] $at [list $rank $key]]
        $tree move $key {} $at
    }
}

# Its place in the order, -1 when it is not shown.
proc opdesk::ui::list::Find {key} {
    variable tree
    variable order
    set at [$tree index $key]
    if {[lindex $order $at 1] eq $key} {
        return $at
    }
    return -1
}

proc opdesk::ui::list::Remove {key} {
    variable tree
    variable sorting
    variable late
    variable order
    variable queue
    variable haystacks
    dict unset queue $key
    dict unset haystacks $key
    if {![$tree exists $key]} {
        return
    }
    if {$sorting} {
        dict set late $key 1
    }
    set top [Top]
    set at [Find $key]
    set next [expr {[$tree focus] eq $key && $at >= 0 ? [Beside $at] : ""}]
    if {$at >= 0} {
        set order [lreplace $order[set order {}] $at $at]
    }
    set was_selected [expr {$key in [$tree selection]}]
    $tree delete [list $key]
    if {$next ne ""} {
        # where the arrow keys go on; it is not selected by that
        $tree focus $next
    }
    Stay $top
    if {$was_selected} {
        event generate $tree <<TreeviewSelect>>
    }
}

# The row below, or above the last one; "" for the only one.
proc opdesk::ui::list::Beside {at} {
    variable order
    return [lindex $order [expr {$at + 1 < [llength $order] ? $at + 1 : $at - 1}] 1]
}

proc opdesk::ui::list::Age {alert now} {
    return [opdesk::app::words::duration [expr {$now - [dict get $alert born_ms]}]]
}

proc opdesk::ui::list::Visible {} {
    variable tree
    opdesk::widget::fit::lay $tree
    Tick [opdesk::app::clock::now]
}

# Ages of the rows that can be seen, and how much of the others their columns have room for.
proc opdesk::ui::list::Tick {now} {
    variable tree
    set last ""
    set step [ttk::style lookup Treeview -rowheight]
    for {set y 1} {$y < [winfo height $tree]} {incr y $step} {
        set key [$tree identify item 5 $y]
        if {$key ne "" && $key ne $last && [opdesk::app::alerts::exists $key]} {
            Fill $key [Cells $key [opdesk::app::alerts::get $key] $now]
        }
        set last $key
    }
}

# --- filter and order ---

proc opdesk::ui::list::filter {text} {
    variable words
    set new [opdesk::app::order::words $text]
    if {$new ne $words} {
        set words $new
        Resort
    }
}

# By that column; by the same again: the other way round.  It is remembered.
proc opdesk::ui::list::sort_by {name} {
    variable column
    variable descending
    set descending [expr {$name eq $column ? !$descending : 0}]
    set column $name
    opdesk::app::memory::keep list.sort "$column $descending"
    Resort
}

proc opdesk::ui::list::Recall {} {
    variable tree
    variable column
    variable descending
    variable columns
    lassign [opdesk::app::memory::recall list.sort "age 0"] wanted down
    if {[lsearch -exact [lmap {name title chars stretch} $columns {set name}] $wanted] >= 0} {
        set column $wanted
        set descending [expr {$down eq "1"}]
    }
    opdesk::widget::table::mark_sorted $tree $columns $column $descending
}

proc opdesk::ui::list::Resort {} {
    variable tree
    variable columns
    variable column
    variable descending
    variable haystacks
    variable todo [dict keys $haystacks]
    variable found {}
    variable late {}
    variable sorting 1
    opdesk::widget::table::mark_sorted $tree $columns $column $descending
    Later
}

# A slice of the rows; when all have been looked at they are put into their order at once.
proc opdesk::ui::list::Sort {} {
    variable todo
    variable found
    variable sort_slice
    variable haystacks
    variable words
    variable column
    set now [opdesk::app::clock::now]
    set slice [lrange $todo 0 [expr {$sort_slice - 1}]]
    set todo [lreplace $todo[set todo {}] 0 [expr {$sort_slice - 1}]]
    foreach key $slice {
        if {[dict exists $haystacks $key]
            && [opdesk::app::order::matches [dict get $haystacks $key] $words]} {
            lappend found [list [opdesk::app::order::rank $column $key \
                [opdesk::app::alerts::get $key] $now] $key]
        }
    }
    if {![llength $todo]} {
        Sorted
    }
}

proc opdesk::ui::list::Sorted {} {
    variable tree
    variable found
    variable order
    variable late
    variable descending
    variable sorting 0
    if {[dict size $late]} {
        set found [lmap pair $found {
            if {[dict exists $late [lindex $pair 1]]} {
                continue
            }
            set pair
        }]
    }
    set order [lsort [expr {$descending ? "-decreasing" : "-increasing"}] -index 0 $found[set found {}]]
    set before [$tree selection]
    $tree children {} [lmap pair $order {lindex $pair 1}]
    Unselect $before
    if {[$tree focus] ne "" && [Find [$tree focus]] < 0} {
        $tree focus ""
    } elseif {[$tree focus] ne ""} {
        $tree see [$tree focus]
    }
    foreach key [dict keys $late] {
        Queue $key
    }
    set late {}
    event generate $tree <<ListFiltered>>
}

# Of those that were selected: what the filter hides is so no longer.
proc opdesk::ui::list::Unselect {before} {
    variable tree
    set after [$tree selection]
    if {[llength $after] < [llength $before]} {
        set kept {}
        foreach key $after {
            dict set kept $key 1
        }
        $tree selection remove [lmap key $before {
            if {[dict exists $kept $key]} {
                continue
            }
            set key
        }]
    }
}

# --- opening ---

proc opdesk::ui::list::OpenSelected {} {
    foreach key [lrange [selected] 0 4] {
        opdesk::app::windows::show $key
    }
}

proc opdesk::ui::list::Gone {} {
    variable timer
    after cancel $timer
    foreach name {timer queue haystacks order todo found late words} {
        set [namespace current]::$name {}
    }
    variable sorting 0
}

# --- nothing there ---

proc opdesk::ui::list::ShowEmpty {args} {
    variable tree
    variable order
    variable words
    variable sorting
    variable queue
    if {[llength $order] || $sorting || [dict size $queue]} {
        opdesk::widget::table::say $tree
    } elseif {[opdesk::app::alerts::count]} {
        opdesk::widget::table::say $tree [mc "No question has all these words."] \
            [mc "Escape in the filter shows all of them again."] "" \
            [list [mc "Show all"] [list event generate $tree <<ShowAll>>]]
    } else {
        opdesk::widget::table::say $tree {*}[opdesk::ui::empty::waiting]
    }
}
