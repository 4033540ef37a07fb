# SPDX-License-Identifier: ISC
# The history of a subnet, a window beside its editor: who changed what when and why; what one commit did,
# or the difference of any two; one node's history alone.  What was comes back by ui/subnetrevert.tcl.
namespace eval opdesk::ui::subnethistory {
    namespace import ::msgcat::mc
    # by key: the window; by window: {key moved}; moved: there is a newer commit than those in the list
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
    $w.f.book select $w.f.book.past
    $w.f.book.past.node.entry delete 0 end
    $w.f.book.past.node.entry insert 0 $node
    opdesk::ui::filter::Hint $w.f.book.past.node
    opdesk::app::sdb_history::open $w $key $node
    focus $w.f.book.past.list.tree
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
    dict set windows $w [dict create key $key moved 0]
    ttk::notebook $w.f.book
    Past $w $w.f.book.past
    opdesk::ui::subnetblame::create $w.f.book.blame $key [list ${here}::show $key]
    $w.f.book add $w.f.book.past -text [mc "Changes"]
    $w.f.book add $w.f.book.blame -text [expr {[opdesk::app::sdb_list::is_flat $key] ? [mc "Lines"] : [mc "Nodes"]}]
    ttk::notebook::enableTraversal $w.f.book
    opdesk::ui::subnetrevert::create $w
    pack $w.f.book -fill both -expand 1
    Buttons $w
    bind $w.f.book <<NotebookTabChanged>> [list ${here}::Page $w]
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    opdesk::app::signal::on_while $w sdb.history [list ${here}::History $w]
    opdesk::app::signal::on_while $w subnet.moved [list ${here}::Moved $w]
    opdesk::ui::dialog::open $w $w.f.book.past.list.tree 1
    return $w
}

proc opdesk::ui::subnethistory::Past {w page} {
    set gap [opdesk::theme::px 8]
    set here [namespace current]
    ttk::frame $page -padding $gap
    opdesk::ui::filter::create $page.node [mc "One node: its address or name"] [list ${here}::Node $w] 400
    opdesk::widget::table::create $page.list [list sign "" 0 0 at [mc "When"] 17 0 who [mc "Who"] 22 0 \
        message [mc "Why"] 44 1 files [mc "Files"] 11 0 commit [mc "Commit"] 13 0]
    $page.list.tree configure -height 8
    opdesk::ui::subnetdiff::create $page.diff
    ttk::label $page.head -style Small.TLabel -anchor w
    pack $page.node -side top -fill x -pady [list 0 $gap]
    pack $page.list -side top -fill both -expand 1
    pack $page.head -side top -fill x -pady $gap
    pack $page.diff -side top -fill both -expand 1
    bind $page.list.tree <<TreeviewSelect>> [list ${here}::selected $w]
    bind $page.node.entry <Down> [list focus $page.list.tree]
}

# What can be done is about the commits.
proc opdesk::ui::subnethistory::Page {w} {
    if {[opdesk::widget::bar::is_open $w.ask]} {
        opdesk::widget::bar::close $w.ask
    }
    State $w
}

proc opdesk::ui::subnethistory::Buttons {w} {
    set revert opdesk::ui::subnetrevert
    foreach {name text command} [list undo [mc "Take it back"] [list ${revert}::undo $w] \
        to [mc "Back to this version"] [list ${revert}::to $w] \
        node [mc "Put the node back"] [list ${revert}::node $w] \
        set [mc "Take back all files"] [list ${revert}::set_ $w] \
        older [mc "Older ones"] [list opdesk::app::sdb_history::more $w]] {
        ttk::button $w.foot.$name -text $text -command $command
        pack $w.foot.$name -side left -padx [list 0 [opdesk::theme::px 8]]
    }
    raise $w.foot.close
    State $w
}

# A change set is one of several files.
proc opdesk::ui::subnethistory::State {w} {
    variable windows
    set n [llength [$w.f.book.past.list.tree selection]]
    set one [expr {$n == 1 && [$w.f.book select] in [list "" $w.f.book.past]}]
    set node [expr {[dict exists $windows $w] && [string trim [$w.f.book.past.node.entry get]] ne ""}]
    set files [expr {$one ? [llength [files $w]] : 0}]
    foreach {name yes} [list undo $one to $one node [expr {$one && $node}] set [expr {$files > 1}]] {
        $w.foot.$name state [expr {$yes ? "!disabled" : "disabled"}]
    }
    $w.foot.set configure -text [expr {$files > 1 ? [mc "Take back all %d files" $files] : [mc "Take back all files"]}]
}

proc opdesk::ui::subnethistory::key {w} {
    variable windows
    return [dict get $windows $w key]
}

# The commit that is selected, "" for none.
proc opdesk::ui::subnethistory::chosen {w} {
    return [lindex [$w.f.book.past.list.tree selection] 0]
}

# The files that it changed.
proc opdesk::ui::subnethistory::files {w} {
    if {![opdesk::app::sdb_history::exists $w]} {
        return {}
    }
    foreach commit [opdesk::app::sdb_history::get $w commits] {
        if {[dict get $commit commit] eq [chosen $w]} {
            return [opdesk::app::sdb_list::field $commit files]
        }
    }
    return {}
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

proc opdesk::ui::subnethistory::History {w id event {value ""} args} {
    if {$id ne $w} {
        return
    }
    switch $event {
        commits { Fill $w }
        changes { opdesk::ui::subnetdiff::show $w.f.book.past.diff $value }
        failed { say $w $value Error.TLabel }
        default { opdesk::ui::subnetrevert::told $w $event $value {*}$args }
    }
}

# Above the differences.
proc opdesk::ui::subnethistory::say {w text {style Small.TLabel}} {
    $w.f.book.past.head configure -style $style -text $text
}

proc opdesk::ui::subnethistory::Fill {w} {
    set tree $w.f.book.past.list.tree
    set there [$tree children {}]
    set commits [opdesk::app::sdb_history::get $w commits]
    # only a next page goes on; anything else is another list
    if {$there ne [lmap commit [lrange $commits 0 [llength $there]-1] {dict get $commit commit}]} {
        $tree delete $there
        set there {}
    }
    foreach commit [lrange $commits [llength $there] end] {
        set id [dict get $commit commit]
        if {[$tree exists $id]} {
            continue
        }
        $tree insert {} end -id $id -image [Sign $commit] -values [list \
            [opdesk::app::sdb_words::at [dict get $commit at]] \
            [opdesk::app::words::line [opdesk::app::sdb_list::field $commit author] 40] \
            [opdesk::app::words::line [opdesk::app::sdb_list::field $commit message] 200] \
            [Files $commit] [string range $id 0 9]]
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

# Of a change set how many.
proc opdesk::ui::subnethistory::Files {commit} {
    set n [llength [opdesk::app::sdb_list::field $commit files]]
    return [expr {$n > 1 ? [mc "%d files" $n] : ""}]
}

# A commit of a foreign edit, which somebody made by other means than ours.
proc opdesk::ui::subnethistory::Sign {commit} {
    return [opdesk::ui::sign::get [expr {[opdesk::app::sdb_list::field $commit foreign 0] ? "ring" : "disc"}] \
        [opdesk::theme::px 12] idle]
}

# Somebody has changed the file: its newest commit is shown too.
proc opdesk::ui::subnethistory::Moved {w key params} {
    variable windows
    if {$key eq [key $w]} {
        dict set windows $w moved 1
        catch_up $w
    }
}

# Not while something is asked about a commit: what would become of it stays on the screen.
proc opdesk::ui::subnethistory::catch_up {w} {
    variable windows
    if {[dict exists $windows $w] && [dict get $windows $w moved] && ![opdesk::widget::bar::is_open $w.ask]} {
        dict set windows $w moved 0
        opdesk::app::sdb_history::open $w [key $w] [opdesk::app::sdb_history::get $w node]
    }
}

proc opdesk::ui::subnethistory::Node {w text} {
    variable windows
    opdesk::app::sdb_history::open $w [dict get $windows $w key] [string trim $text]
    State $w
}

# One: what it did; more: from the oldest of them to the newest.  What was being asked about another commit
# is not asked any more.
proc opdesk::ui::subnethistory::selected {w} {
    if {[opdesk::widget::bar::is_open $w.ask]} {
        opdesk::widget::bar::close $w.ask
    }
    set tree $w.f.book.past.list.tree
    set chosen [lsort -integer [lmap row [$tree selection] {$tree index $row}]]
    State $w
    if {![llength $chosen]} {
        return
    }
    set rows [$tree children {}]
    set newer [lindex $rows [lindex $chosen 0]]
    if {[llength $chosen] == 1} {
        say $w [opdesk::ui::subnetrevert::said $w $newer][Did $w]
        opdesk::app::sdb_history::compare $w "" $newer
    } else {
        set older [lindex $rows [lindex $chosen end]]
        say $w [mc "From %1\$s to %2\$s:" [string range $older 0 9] [string range $newer 0 9]]
        opdesk::app::sdb_history::compare $w $older $newer
    }
}

# A change set is said to be one, with its other files.
proc opdesk::ui::subnethistory::Did {w} {
    set file [lindex [split [key $w] /] 1]
    set others [lsearch -all -inline -not -exact [files $w] $file]
    if {![llength $others]} {
        return [mc "What this commit did:"]
    }
    set names [lmap other [lrange $others 0 4] {opdesk::app::words::line $other 40}]
    if {[llength $others] > 5} {
        lappend names …
    }
    return [mc "What this commit did here; it also changed %s:" [join $names ", "]]
}
