# SPDX-License-Identifier: ISC
# The view of what waits: a filter, the list of questions, the selected one whole, what can be done.
namespace eval opdesk::ui::waiting {
    namespace import ::msgcat::mc
    variable path ""
    variable counting ""
    variable selecting ""
    # a question that is looked at so long has been read
    variable resting ""
    variable rest_ms 700
}

proc opdesk::ui::waiting::create {at} {
    variable path $at
    set gap [opdesk::theme::px 8]
    set here [namespace current]
    ttk::frame $path
    opdesk::ui::filter::create $path.filter [mc "Filter: words in any field"] ${here}::Filter
    ttk::panedwindow $path.panes -orient vertical
    opdesk::ui::list::create $path.panes.list
    ttk::frame $path.panes.below -style Surface.TFrame
    opdesk::ui::detail::create $path.panes.below.detail
    opdesk::ui::act::create $path.panes.below.act
    ttk::frame $path.panes.below.line -style Line.TFrame -height 1
    pack $path.panes.below.act -side bottom -fill x
    pack $path.panes.below.line -side bottom -fill x
    pack $path.panes.below.detail -side top -fill both -expand 1
    $path.panes add $path.panes.list -weight 3
    $path.panes add $path.panes.below -weight 2
    opdesk::ui::sash::remember $path.panes
    pack $path.filter -side top -fill x -padx $gap -pady $gap
    pack $path.panes -side top -fill both -expand 1
    bind [tree] <<TreeviewSelect>> ${here}::SelectedLater
    bind [tree] <<ListFiltered>> ${here}::CountLater
    bind [tree] <<ShowAll>> [list opdesk::ui::filter::clear $path.filter]
    bind [tree] <<TableMenu>> {opdesk::ui::actmenu::post %X %Y}
    bind $path.panes.below.act <<BackToList>> [list focus [tree]]
    bind $path.filter.entry <Down> [list focus [tree]]
    bind $path.filter.entry <Return> [list focus [tree]]
    bind . <Alt-Key> [list ${here}::Letter %W %A]
    opdesk::app::signal::on_while $path alert ${here}::CountLater
    opdesk::app::signal::on_while $path seen ${here}::CountLater
    bind $path <Destroy> +[list ${here}::Gone %W]
    Count
    return $path
}

proc opdesk::ui::waiting::tree {} {
    variable path
    return $path.panes.list.tree
}

proc opdesk::ui::waiting::find {} {
    variable path
    opdesk::ui::filter::grasp $path.filter
}

proc opdesk::ui::waiting::keys {} {
    set do [list [namespace current]::do]
    set rows [list \
        <Return> [mc "Open the window of a question"] "" \
        {<Up> <Down>} [mc "Another question; with Shift: several"] "" \
        <Control-Key-a> [mc "All questions"] "" \
        {<Alt-Key-letter>} [mc "Answer: the button with that letter underlined"] "" \
        <Control-Key-i> [mc "I am on it"] [list {*}$do claim] \
        <Control-Key-r> [mc "Release"] [list {*}$do release] \
        <Control-Key-s> [mc "Snooze"] [namespace current]::Snooze \
        <Control-Key-n> [mc "Write a note"] [list {*}$do note] \
        <Delete> [mc "Withdraw, with a reason"] [list {*}$do withdraw] \
        <Control-Key-c> [mc "Copy text"] [list {*}$do copy] \
        {<Key-Menu> <Shift-Key-F10>} [mc "Menu"] ""]
    set number 0
    foreach {name title chars stretch} [opdesk::ui::list::columns] {
        lappend rows <Control-Key-[incr number]> \
            [mc "Sort by: %s" [if {$title eq ""} {mc "how grave"} else {set title}]] \
            [list opdesk::ui::list::sort_by $name]
    }
    return [list [mc "List of questions"] $rows]
}

# By a key.
proc opdesk::ui::waiting::do {name} {
    settle
    opdesk::ui::act::do $name
}

proc opdesk::ui::waiting::Snooze {} {
    settle
    opdesk::ui::actmenu::post_snooze
}

proc opdesk::ui::waiting::Letter {window letter} {
    if {[winfo toplevel $window] eq "." && [opdesk::ui::main::is_front waiting]} {
        settle
        opdesk::ui::actanswer::letter $letter
    }
}

proc opdesk::ui::waiting::Filter {text} {
    opdesk::ui::list::filter $text
    CountLater
}

# A key means what is selected when it is pressed, also while the panel has not heard of it yet: a key
# behind an arrow must not act on the question before.
proc opdesk::ui::waiting::settle {} {
    variable selecting
    after cancel $selecting
    Selected
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::waiting::SelectedLater {} {
    variable selecting
    if {$selecting eq ""} {
        set selecting [after idle [namespace current]::Selected]
    }
}

# What has ended stays in the pane until something else is selected.
proc opdesk::ui::waiting::Selected {} {
    variable path
    variable selecting ""
    set keys [opdesk::ui::list::selected]
    set detail $path.panes.below.detail
    if {[llength $keys] || ![Ended [opdesk::ui::detail::key $detail]]} {
        opdesk::ui::detail::show $detail $keys \
            [expr {[llength $keys] == 1 ? [opdesk::app::alerts::get [lindex $keys 0]] : ""}]
    }
    opdesk::ui::act::about $keys
    Rest
}

# A key that is held down passes many: only what it comes to rest at has been read.
proc opdesk::ui::waiting::Rest {} {
    variable resting
    variable rest_ms
    after cancel $resting
    set resting [after $rest_ms [namespace current]::Read]
}

# Of several one has seen the lines; of one alone all of it.
proc opdesk::ui::waiting::Read {} {
    set keys [opdesk::ui::list::selected]
    if {[llength $keys] == 1} {
        opdesk::app::seen::shown [lindex $keys 0]
    }
    foreach key $keys {
        opdesk::app::seen::read $key
    }
}

proc opdesk::ui::waiting::Gone {destroyed} {
    variable path
    variable resting
    if {$destroyed eq $path} {
        after cancel $resting
    }
}

proc opdesk::ui::waiting::Ended {key} {
    return [expr {$key ne "" && ![opdesk::app::alerts::exists $key]}]
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::waiting::CountLater {args} {
    variable counting
    if {$counting eq ""} {
        set counting [after idle [namespace current]::Count]
    }
}

proc opdesk::ui::waiting::Count {} {
    variable path
    variable counting ""
    set n [opdesk::app::alerts::count]
    opdesk::ui::main::face waiting [Face $n [opdesk::app::seen::news]]
    lassign [opdesk::ui::list::counts] shown all
    opdesk::ui::filter::count $path.filter [expr {[opdesk::ui::filter::text $path.filter] eq "" ? ""
        : [mc "%1\$d of %2\$d" $shown $all]}]
    wm title . [expr {$n ? "opdesk ($n)" : "opdesk"}]
}

proc opdesk::ui::waiting::Face {all new} {
    if {!$all} {
        return [mc "Waiting"]
    }
    if {!$new} {
        return [mc "Waiting (%d)" $all]
    }
    return [if {$new == $all} {mc "Waiting (%d new)" $all} else {mc "Waiting (%1\$d, %2\$d new)" $all $new}]
}
