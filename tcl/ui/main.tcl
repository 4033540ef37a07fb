# SPDX-License-Identifier: ISC
# The main window: two views, what waits and what has been, and the state of the connections.  Closing
# it ends the desk; the questions stay with their servers.
namespace eval opdesk::ui::main {
    namespace import ::msgcat::mc
    variable counting ""
    variable selecting ""
    variable view waiting
    variable views {waiting history}
}

proc opdesk::ui::main::show {} {
    variable view
    wm withdraw .
    wm title . opdesk
    wm iconphoto . -default [image create photo -file [file join $::opdesk::root opdesk.png]]
    wm protocol . WM_DELETE_WINDOW [namespace current]::quit
    wm minsize . [opdesk::theme::px 560] [opdesk::theme::px 360]
    Head .head
    Waiting .waiting
    opdesk::ui::history::create .history
    ttk::frame .line -style Line.TFrame -height 1
    opdesk::ui::status::create .status
    pack .head -side top -fill x
    pack .status -side bottom -fill x
    pack .line -side bottom -fill x
    Views
    Size
    opdesk::ui::keys::group main [namespace current]::Keys
    opdesk::ui::keys::group list [namespace current]::ListKeys
    opdesk::ui::keys::attach main .
    opdesk::ui::keys::attach list .waiting.panes.list.tree
    bind . <Alt-Key> [list [namespace current]::Letter %W %A]
    bind . <Configure> +[list [namespace current]::Moved %W]
    opdesk::app::signal::on_while .head alert [namespace current]::CountLater
    Count
    Problems
    opdesk::app::clock::start
    focus .waiting.panes.list.tree
    if {![ByHand]} {
        opdesk::x11 quiet .
    }
    wm deiconify .
}

proc opdesk::ui::main::quit {} {
    opdesk::app::memory::flush
    exit
}

# --- parts ---

proc opdesk::ui::main::Head {path} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -padding [list $gap [opdesk::theme::px 6] $gap 0]
    foreach {name text} [list waiting [mc "Waiting"] history [mc "History"]] {
        ttk::radiobutton $path.$name -style View.Toolbutton -text $text -value $name \
            -variable [namespace current]::view -command [namespace current]::Views
        pack $path.$name -side left
    }
    ttk::menubutton $path.menu -text [mc "Menu"] -menu $path.menu.m
    menu $path.menu.m -tearoff 0
    foreach {face command} [list [mc "Connections …"] opdesk::ui::connection::show \
        [mc "Preferences …"] opdesk::ui::preferences::show [mc "Keys"] opdesk::ui::keys::show \
        - - [mc "Quit"] [namespace current]::quit] {
        if {$face eq "-"} {
            $path.menu.m add separator
        } else {
            $path.menu.m add command -label $face -command $command -accelerator [key_of $command]
        }
    }
    pack $path.menu -side right
}

proc opdesk::ui::main::Waiting {path} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path
    opdesk::ui::filter::create $path.filter [mc "Filter: words in any field"] [namespace current]::Filter
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
    sash $path.panes
    pack $path.filter -side top -fill x -padx $gap -pady $gap
    pack $path.panes -side top -fill both -expand 1
    set tree $path.panes.list.tree
    bind $tree <<TreeviewSelect>> [namespace current]::SelectedLater
    bind $tree <<ListFiltered>> [namespace current]::CountLater
    bind $tree <<TableMenu>> {opdesk::ui::act::post %X %Y}
    bind $path.panes.below.act <<BackToList>> [list focus $tree]
    bind $path.filter.entry <Down> [list focus $tree]
    bind $path.filter.entry <Return> [list focus $tree]
}

proc opdesk::ui::main::Views {} {
    variable view
    variable views
    foreach name $views {
        pack forget .$name
    }
    pack .$view -side top -fill both -expand 1 -before .line
    if {$view eq "history"} {
        opdesk::ui::history::shown
    }
}

proc opdesk::ui::main::View {name} {
    variable view $name
    Views
    focus [expr {$name eq "waiting" ? ".waiting.panes.list.tree" : [opdesk::ui::history::tree]}]
}

proc opdesk::ui::main::OtherView {} {
    variable view
    View [expr {$view eq "waiting" ? "history" : "waiting"}]
}

# --- keys ---

proc opdesk::ui::main::Keys {} {
    return [list [mc "Main window"] [list \
        <Control-Key-f> [mc "Filter, or search in the history"] [namespace current]::Find \
        {<Control-Key-Tab> <Control-Key-h>} [mc "Waiting or history"] [namespace current]::OtherView \
        <F5> [mc "Try connections that are down now"] [namespace current]::Retry \
        <Control-Key-k> [mc "Connections"] opdesk::ui::connection::show \
        <Control-Key-comma> [mc "Preferences"] opdesk::ui::preferences::show \
        <F1> [mc "This page"] opdesk::ui::keys::show \
        <Control-Key-q> [mc "Quit"] [namespace current]::quit]]
}

proc opdesk::ui::main::ListKeys {} {
    set do [list opdesk::ui::act::do]
    set rows [list \
        <Return> [mc "Open the window of a question"] "" \
        {<Up> <Down>} [mc "Another question; with Shift: several"] "" \
        <Control-Key-a> [mc "All questions"] "" \
        {<Alt-Key-letter>} [mc "Answer: the button with that letter underlined"] "" \
        <Control-Key-i> [mc "I am on it"] [list {*}$do claim] \
        <Control-Key-r> [mc "Release"] [list {*}$do release] \
        <Control-Key-s> [mc "Snooze"] opdesk::ui::act::post_snooze \
        <Control-Key-n> [mc "Write a note"] [list {*}$do note] \
        <Delete> [mc "Withdraw, with a reason"] [list {*}$do withdraw] \
        <Control-Key-c> [mc "Copy text"] [list {*}$do copy] \
        {<Key-Menu> <Shift-Key-F10>} [mc "Menu"] ""]
    set number 0
    foreach {name title chars stretch} [set opdesk::ui::list::columns] {
        lappend rows <Control-Key-[incr number]> \
            [mc "Sort by: %s" [expr {$title eq "" ? [mc "how grave"] : $title}]] \
            [list opdesk::ui::list::sort_by $name]
    }
    return [list [mc "List of questions"] $rows]
}

proc opdesk::ui::main::Letter {window letter} {
    if {[winfo toplevel $window] eq "."} {
        opdesk::ui::act::letter $letter
    }
}

# The key of a command, for menus.
proc opdesk::ui::main::key_of {wanted} {
    foreach table [list [Keys] [ListKeys]] {
        foreach {patterns what command} [lindex $table 1] {
            if {$command eq $wanted || $command eq [string trimleft $wanted :]} {
                return [opdesk::ui::keys::face [lindex $patterns 0]]
            }
        }
    }
    return ""
}

proc opdesk::ui::main::Find {} {
    variable view
    if {$view eq "waiting"} {
        opdesk::ui::filter::grasp .waiting.filter
    } else {
        opdesk::ui::history::find
    }
}

proc opdesk::ui::main::Retry {} {
    foreach index [opdesk::app::servers::all] {
        opdesk::app::servers::retry $index
    }
}

# --- what happens ---

proc opdesk::ui::main::Filter {text} {
    opdesk::ui::list::filter $text
    CountLater
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::main::SelectedLater {} {
    variable selecting
    if {$selecting eq ""} {
        set selecting [after idle [namespace current]::Selected]
    }
}

# What has ended stays in the pane until something else is selected.
proc opdesk::ui::main::Selected {} {
    variable selecting ""
    set keys [opdesk::ui::list::selected]
    set detail .waiting.panes.below.detail
    if {[llength $keys] || ![Ended [opdesk::ui::detail::key $detail]]} {
        opdesk::ui::detail::show $detail $keys \
            [expr {[llength $keys] == 1 ? [opdesk::app::alerts::get [lindex $keys 0]] : ""}]
    }
    opdesk::ui::act::about $keys
}

proc opdesk::ui::main::Ended {key} {
    return [expr {$key ne "" && ![opdesk::app::alerts::exists $key]}]
}

# Started by somebody who waits for it, and not by a daemon: it may take the keyboard.
proc opdesk::ui::main::ByHand {} {
    return [expr {[info exists ::env(DESKTOP_STARTUP_ID)] || ![catch {fconfigure stdin -mode}]}]
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::main::CountLater {args} {
    variable counting
    if {$counting eq ""} {
        set counting [after idle [namespace current]::Count]
    }
}

proc opdesk::ui::main::Count {} {
    variable counting ""
    set n [opdesk::app::alerts::count]
    .head.waiting configure -text [expr {$n ? [mc "Waiting (%d)" $n] : [mc "Waiting"]}]
    lassign [opdesk::ui::list::counts] shown all
    opdesk::ui::filter::count .waiting.filter [expr {[opdesk::ui::filter::text .waiting.filter] eq "" ? ""
        : [mc "%1\$d of %2\$d" $shown $all]}]
    wm title . [expr {$n ? "opdesk ($n)" : "opdesk"}]
}

proc opdesk::ui::main::Problems {} {
    set problems [opdesk::app::preferences::problems]
    if {[llength $problems]} {
        opdesk::ui::status::news [mc "Preferences: %s" [join $problems "; "]] {triangle warning}
    }
}

# --- place ---

# Where the line between list and detail was drawn is remembered, as a part of the height.
proc opdesk::ui::main::sash {panes} {
    set key sash[string map {. _} $panes]
    bind $panes <ButtonRelease-1> +[list [namespace current]::SashMoved %W $key]
    set part [opdesk::app::memory::recall $key]
    if {[string is double -strict $part] && $part > 0.05 && $part < 0.95} {
        bind $panes <Map> [list after idle [list [namespace current]::SashBack $panes $part]]
    }
}

proc opdesk::ui::main::SashMoved {panes key} {
    if {[winfo height $panes] > 1} {
        opdesk::app::memory::keep $key \
            [format %.3f [expr {double([$panes sashpos 0]) / [winfo height $panes]}]]
    }
}

proc opdesk::ui::main::SashBack {panes part} {
    bind $panes <Map> {}
    $panes sashpos 0 [expr {round($part * [winfo height $panes])}]
}

# As it was; on a screen that has become smaller, where it can be seen.
proc opdesk::ui::main::Size {} {
    set width [opdesk::theme::px 1060]
    set height [opdesk::theme::px 680]
    set at ""
    if {[regexp {^(\d+)x(\d+)([+]\d+[+]\d+)$} [opdesk::app::memory::recall main.place] - w h at]} {
        lassign [list $w $h] width height
        scan $at +%d+%d x y
        if {$x > [winfo screenwidth .] - 100 || $y > [winfo screenheight .] - 100} {
            set at ""
        }
    }
    set width [expr {min($width, [winfo screenwidth .])}]
    set height [expr {min($height, [winfo screenheight .])}]
    wm geometry . ${width}x$height$at
}

proc opdesk::ui::main::Moved {window} {
    if {$window eq "." && [wm state .] eq "normal"} {
        opdesk::app::memory::keep main.place [wm geometry .]
    }
}
