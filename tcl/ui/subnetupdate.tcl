# SPDX-License-Identifier: ISC
# Update: shows what will change, takes the comment for the history, stores it.
namespace eval opdesk::ui::subnetupdate {
    namespace import ::msgcat::mc
    # by toplevel of a dialog: the timer that waits for the end of an edit
    variable timers {}
    # by the same: the number of the last comparison that was asked for
    variable looks {}
    variable number 0
    variable pause_ms 300
}

proc opdesk::ui::subnetupdate::ask {w} {
    set d $w.update
    set here [namespace current]
    destroy $d
    opdesk::ui::dialog::create $d [mc "Update"]
    wm transient $d $w
    ttk::label $d.f.head -style Header.TLabel -text [mc "Comparing …"]
    ttk::notebook $d.f.book
    bind $d <Control-Key-Tab> "[list ${here}::Turn $d.f.book]; break"
    opdesk::ui::subnetdiff::create $d.f.book.changes
    $d.f.book add $d.f.book.changes -text [mc "What will change"]
    ttk::label $d.f.why -text [mc "Comment for the history:"]
    ttk::entry $d.f.comment -width 72
    ttk::label $d.f.note -style Small.TLabel -anchor w
    pack $d.f.head -side top -anchor w -pady [list 0 [opdesk::theme::px 8]]
    pack $d.f.note $d.f.comment $d.f.why -side bottom -fill x -pady [list [opdesk::theme::px 4] 0]
    pack $d.f.book -side top -fill both -expand 1
    $d.foot.close configure -text [mc "Not yet"]
    ttk::button $d.foot.do -text [mc "Update"] -default active -command [list ${here}::Do $w]
    pack $d.foot.do -side right -padx [opdesk::theme::px 8]
    raise $d.foot.close
    foreach key {<Return> <KP_Enter>} {
        bind $d.f.comment $key [list $d.foot.do invoke]
    }
    bind $d <Destroy> +[list ${here}::Gone %W $d]
    opdesk::app::signal::on_while $d edit [list ${here}::Edited $w $d]
    Look $w $d
    opdesk::ui::dialog::open $d $d.f.comment
}

proc opdesk::ui::subnetupdate::Gone {window d} {
    variable timers
    if {$window eq $d && [dict exists $timers $d]} {
        after cancel [dict get $timers $d]
        dict unset timers $d
    }
}

# What is shown is what is stored: the window behind can be edited meanwhile.
proc opdesk::ui::subnetupdate::Edited {w d doc what} {
    variable timers
    variable pause_ms
    if {[opdesk::ui::subnet::ready $w] && $doc eq [opdesk::ui::subnet::doc $w]} {
        Gone $d $d
        dict set timers $d [after $pause_ms [list [namespace current]::Look $w $d]]
    }
}

proc opdesk::ui::subnetupdate::Look {w d} {
    variable looks
    variable number
    Warn $w $d
    dict set looks $d [incr number]
    opdesk::app::sdb_changes::find [opdesk::ui::subnet::doc $w] [list [namespace current]::Compared $w $d $number]
}

# A large change takes its time to compare; what is smaller may be asked for later and there before.
proc opdesk::ui::subnetupdate::Compared {w d asked found} {
    variable looks
    if {[winfo exists $d] && [dict get $looks $d] == $asked} {
        $d.f.head configure -text [expr {[opdesk::ui::subnet::is_flat $w] ? [Lines $found] : [Nodes $found]}]
        opdesk::ui::subnetdiff::show $d.f.book.changes [dict get $found changes] [opdesk::app::sdb_changes::total $found]
        # of a large file its sending takes a turn of its own
        after idle [list after 0 [list opdesk::ui::subnetpreview::attach $w $d]]
    }
}

proc opdesk::ui::subnetupdate::Lines {found} {
    return [mc "Lines: %s" [Counts $found]]
}

proc opdesk::ui::subnetupdate::Nodes {found} {
    set text [mc "Nodes: %s" [Counts $found node]]
    set header [opdesk::app::sdb_changes::total $found header]
    if {$header} {
        append text " · " [mc "header: %d lines" $header]
    }
    return $text
}

proc opdesk::ui::subnetupdate::Counts {found {line *}} {
    set counts [lmap what {added changed removed} {opdesk::app::sdb_changes::count $found $what $line}]
    return [join [lmap face [list [mc "%d added"] [mc "%d changed"] [mc "%d removed"]] n $counts {format $face $n}] ", "]
}

# The next page, round at the end; the keyboard stays where it is.
proc opdesk::ui::subnetupdate::Turn {book} {
    set pages [$book tabs]
    $book select [lindex $pages [expr {([$book index current] + 1) % [llength $pages]}]]
}

# Errors do not stop one here: the daemon refuses only those that were not there before.
proc opdesk::ui::subnetupdate::Warn {w d} {
    set errors 0
    foreach finding [opdesk::ui::subnet::findings $w] {
        incr errors [expr {[dict get $finding severity] eq "error"}]
    }
    $d.f.note configure -style [expr {$errors ? "Note.TLabel" : "Small.TLabel"}] -text [expr {$errors
        ? [mc "The check finds %d errors. Those that this change brings will be refused." $errors] : ""}]
}

proc opdesk::ui::subnetupdate::Do {w} {
    set message [string trim [$w.update.f.comment get]]
    destroy $w.update
    focus [opdesk::ui::subnet::Main $w]
    opdesk::app::sdb_update::put [opdesk::ui::subnet::key $w] $message
}
