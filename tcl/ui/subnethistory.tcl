# SPDX-License-Identifier: ISC
# The history of a subnet, a window beside its editor: who changed what when and why; what one commit did,
# or the difference of any two; taking one back, going back to one; one node's history alone, and putting
# that node back as it was.
namespace eval opdesk::ui::subnethistory {
    namespace import ::msgcat::mc
    # by key: the window; by window: {key commits}
    variable by_key {}
    variable windows {}
    variable last 0
}

# node: an address or a name to see the history of, "" for the file.
proc opdesk::ui::subnethistory::show {key {node ""}} {
    variable by_key
    if {[dict exists $by_key $key]} {
        set w [dict get $by_key $key]
        wm deiconify $w
        raise $w
    } else {
        set w [Window $key]
    }
    $w.f.node.entry delete 0 end
    $w.f.node.entry insert 0 $node
    opdesk::ui::filter::Hint $w.f.node
    opdesk::app::sdb_history::open $w $key $node
    focus $w.f.list.tree
}

# The history of the current node of an editor.
proc opdesk::ui::subnethistory::of_node {w} {
    set number [opdesk::ui::subnet::current $w]
    if {$number >= 0} {
        show [opdesk::ui::subnet::key $w] [lindex [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number] 1]
    }
}

proc opdesk::ui::subnethistory::Window {key} {
    variable by_key
    variable windows
    variable last
    set w .subnethistory[incr last]
    set here [namespace current]
    opdesk::ui::dialog::create $w [mc "History of %s" [file rootname [lindex [split $key /] 1]]]
    dict set by_key $key $w
    dict set windows $w [dict create key $key]
    set gap [opdesk::theme::px 8]
    opdesk::ui::filter::create $w.f.node [mc "One node: its address or name"] [list ${here}::Node $w] 400
    ttk::panedwindow $w.f.panes -orient vertical
    opdesk::widget::table::create $w.f.list [list sign "" 0 0 at [mc "When"] 17 0 who [mc "Who"] 22 0 \
        message [mc "Why"] 44 1 commit [mc "Commit"] 13 0]
    $w.f.list.tree configure -height 8
    opdesk::ui::subnetdiff::create $w.f.diff
    ttk::label $w.f.head -style Small.TLabel -anchor w
    opdesk::widget::bar::create $w.ask pack $w.ask -side bottom -fill x -before $w.f
    pack $w.f.node -side top -fill x -pady [list 0 $gap]
    pack $w.f.list -side top -fill both -expand 1
    pack $w.f.head -side top -fill x -pady $gap
    pack $w.f.diff -side top -fill both -expand 1
    Buttons $w
    bind $w.f.list.tree <<TreeviewSelect>> [list ${here}::Selected $w]
    bind $w.f.node.entry <Down> [list focus $w.f.list.tree]
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    opdesk::app::signal::on_while $w sdb.history [list ${here}::History $w]
    opdesk::app::signal::on_while $w subnet.moved [list ${here}::Moved $w]
    opdesk::ui::dialog::open $w $w.f.list.tree
    return $w
}

proc opdesk::ui::subnethistory::Buttons {w} {
    set here [namespace current]
    foreach {name text command} [list undo [mc "Take it back"] [list ${here}::Undo $w] \
        to [mc "Back to this version"] [list ${here}::To $w] \
        node [mc "Put the node back"] [list ${here}::NodeBack $w] \
        older [mc "Older ones"] [list opdesk::app::sdb_history::more $w]] {
        ttk::button $w.foot.$name -text $text -command $command
        pack $w.foot.$name -side left -padx [list 0 [opdesk::theme::px 8]]
    }
    raise $w.foot.close
    State $w
}

proc opdesk::ui::subnethistory::State {w} {
    variable windows
    set n [llength [$w.f.list.tree selection]]
    set node [expr {[dict exists $windows $w] && [string trim [$w.f.node.entry get]] ne ""}]
    foreach {name yes} [list undo [expr {$n == 1}] to [expr {$n == 1}] node [expr {$n == 1 && $node}]] {
        $w.foot.$name state [expr {$yes ? "!disabled" : "disabled"}]
    }
}

proc opdesk::ui::subnethistory::Gone {window w} {
    variable windows
    variable by_key
    if {$window eq $w} {
        dict unset by_key [dict get $windows $w key]
        dict unset windows $w
        opdesk::app::sdb_history::close $w
    }
}

# --- what comes ---

proc opdesk::ui::subnethistory::History {w id event {value ""}} {
    if {$id ne $w} {
        return
    }
    switch $event {
        commits { Fill $w }
        changes { opdesk::ui::subnetdiff::show $w.f.diff $value }
        done { $w.f.head configure -style Small.TLabel -text [mc "Done: a new commit says so."] }
        failed { $w.f.head configure -style Error.TLabel -text $value }
    }
}

proc opdesk::ui::subnethistory::Fill {w} {
    set tree $w.f.list.tree
    set there [$tree children {}]
    set commits [opdesk::app::sdb_history::get $w commits]
    if {[llength $commits] <= [llength $there]} {
        $tree delete $there
        set there {}
    }
    foreach commit [lrange $commits [llength $there] end] {
        set id [dict get $commit commit]
        if {[$tree exists $id]} {
            continue
        }
        $tree insert {} end -id $id -image [Sign $commit] -values [list \
            [clock format [expr {[dict get $commit at] / 1000}] -format "%Y-%m-%d %H:%M"] \
            [opdesk::app::words::line [opdesk::app::sdb_list::field $commit author] 40] \
            [opdesk::app::words::line [opdesk::app::sdb_list::field $commit message] 200] \
            [string range $id 0 9]]
    }
    opdesk::widget::table::say $tree {*}[expr {[llength $commits] ? {}
        : [list [mc "Nothing has changed this."] [mc "Escape in the line above shows the whole history."]]}]
    pack forget $w.foot.older
    if {[opdesk::app::sdb_history::get $w more]} {
        pack $w.foot.older -side left
    }
    if {![llength [$tree selection]]} {
        set first [lindex [$tree children {}] 0]
        $tree selection set [list {*}$first]
        $tree focus $first
    }
}

# A commit of a foreign edit, which somebody made by other means than ours.
proc opdesk::ui::subnethistory::Sign {commit} {
    return [opdesk::ui::sign::get [expr {[opdesk::app::sdb_list::field $commit foreign 0] ? "ring" : "disc"}] \
        [opdesk::theme::px 12] idle]
}

# Somebody has changed the file: its newest commit is shown too.
proc opdesk::ui::subnethistory::Moved {w key params} {
    variable windows
    if {$key eq [dict get $windows $w key]} {
        opdesk::app::sdb_history::open $w $key [opdesk::app::sdb_history::get $w node]
    }
}

proc opdesk::ui::subnethistory::Node {w text} {
    variable windows
    opdesk::app::sdb_history::open $w [dict get $windows $w key] [string trim $text]
    State $w
}

# One: what it did; more: from the oldest of them to the newest.
proc opdesk::ui::subnethistory::Selected {w} {
    set tree $w.f.list.tree
    set chosen [lsort -integer [lmap row [$tree selection] {$tree index $row}]]
    State $w
    if {![llength $chosen]} {
        return
    }
    set rows [$tree children {}]
    set newer [lindex $rows [lindex $chosen 0]]
    if {[llength $chosen] == 1} {
        $w.f.head configure -style Small.TLabel -text [mc "What this commit did:"]
        opdesk::app::sdb_history::compare $w "" $newer
    } else {
        set older [lindex $rows [lindex $chosen end]]
        $w.f.head configure -style Small.TLabel -text [mc "From %1\$s to %2\$s:" \
            [string range $older 0 9] [string range $newer 0 9]]
        opdesk::app::sdb_history::compare $w $older $newer
    }
}

# --- taking back ---

proc opdesk::ui::subnethistory::Chosen {w} {
    return [lindex [$w.f.list.tree selection] 0]
}

proc opdesk::ui::subnethistory::Undo {w} {
    opdesk::widget::bar::ask $w.ask [mc "Take back what this commit did, and keep what came later? Why:"] \
        [mc "Take it back"] [list opdesk::app::sdb_history::revert $w undo [Chosen $w]] 1
}

proc opdesk::ui::subnethistory::To {w} {
    opdesk::widget::bar::ask $w.ask [mc "Make the file what this commit left? Later changes go. Why:"] \
        [mc "Back to this version"] [list opdesk::app::sdb_history::revert $w to [Chosen $w]] 1
}

# In the editor, as an edit like any other: Update stores it.
proc opdesk::ui::subnethistory::NodeBack {w} {
    opdesk::app::sdb_history::text_of $w [Chosen $w] [list [namespace current]::GotNode $w]
}

proc opdesk::ui::subnethistory::GotNode {w status value} {
    variable windows
    if {![winfo exists $w]} {
        return
    }
    set key [dict get $windows $w key]
    set editor [opdesk::ui::subnet::window_of $key]
    if {$status eq "error"} {
        History $w $w failed [opdesk::app::sdb_words::failure $value]
    } elseif {$editor eq "" || ![opdesk::ui::subnet::writable $editor]} {
        History $w $w failed [mc "Open the subnet for editing first: the node is put back there."]
    } else {
        PutBack $w $editor [opdesk::app::sdb_history::node_back [opdesk::ui::subnet::sheet $editor] \
            [dict get $value text] [opdesk::app::sdb_history::get $w node]]
    }
}

proc opdesk::ui::subnethistory::PutBack {w editor plan} {
    lassign $plan kind what number
    set fields {name address ethernet alias mx comment}
    switch $kind {
        none { set done 1 }
        add { set done [opdesk::ui::subnet::edit $editor add [list $what]] }
        remove { set done [opdesk::ui::subnet::edit $editor remove [list $what]] }
        change {
            set done [opdesk::ui::subnet::edit $editor change $number \
                [concat {*}[lmap field $fields value $what {list $field $value}]]]
        }
    }
    $w.f.head configure -style Small.TLabel -text [expr {$kind eq "none" ? [mc "The node is as it was then."]
        : $done ? [mc "Put back in the editor: Update stores it."] : ""}]
}
