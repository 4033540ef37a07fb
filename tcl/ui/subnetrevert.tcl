# SPDX-License-Identifier: ISC
# What was, again, from the window of a subnet's history: a commit is taken back in this file or in all its
# files, a version comes back, a node alone is put back.  What that would change is shown before it is done,
# while the window asks why; what stands against it is shown there too.
namespace eval opdesk::ui::subnetrevert {
    namespace import ::msgcat::mc
    # windows that show what would change; other ones show what is selected
    variable shown {}
    # by window: the commit that was made last and what there is to say of it
    variable made {}
}

proc opdesk::ui::subnetrevert::create {w} {
    set here [namespace current]
    opdesk::widget::bar::create $w.ask pack $w.ask -side bottom -fill x -before $w.f
    bind $w.ask <Unmap> +[list ${here}::Closed $w]
    bind $w.ask <Destroy> +[list ${here}::Gone %W $w]
}

proc opdesk::ui::subnetrevert::Gone {window w} {
    variable shown
    variable made
    if {$window eq "$w.ask"} {
        dict unset shown $w
        dict unset made $w
    }
}

# --- a commit ---

proc opdesk::ui::subnetrevert::undo {w} {
    Ask $w undo [mc "Take back what this commit did, and keep what came later? Why:"] [mc "Take it back"]
}

proc opdesk::ui::subnetrevert::set_ {w} {
    Ask $w set [mc "Take back what this commit did in all its files, and keep what came later? Why:"] \
        [mc "Take it back"]
}

proc opdesk::ui::subnetrevert::to {w} {
    Ask $w to [mc "Make the file what this commit left? Later changes go. Why:"] [mc "Back to this version"]
}

proc opdesk::ui::subnetrevert::Ask {w how text face} {
    variable shown
    set commit [opdesk::ui::subnethistory::chosen $w]
    if {$commit eq ""} {
        return
    }
    dict set shown $w 1
    opdesk::ui::subnethistory::say $w [mc "Working out what it would change …"]
    opdesk::widget::bar::ask $w.ask $text $face [list opdesk::app::sdb_history::revert $w $how $commit] 1
    opdesk::app::sdb_history::preview $w $how $commit
}

# The bar is gone: the selection is shown again, unless it went because of what stands against it.
proc opdesk::ui::subnetrevert::Closed {w} {
    variable shown
    if {[dict exists $shown $w]} {
        dict unset shown $w
        opdesk::ui::subnethistory::selected $w
    }
    opdesk::ui::subnethistory::catch_up $w
}

# Events of app/sdb_history.tcl.
proc opdesk::ui::subnetrevert::told {w event value {error {}}} {
    variable shown
    switch $event {
        preview {
            if {[dict exists $shown $w]} {
                Preview $w $value
            }
        }
        refused {
            dict unset shown $w
            if {[opdesk::widget::bar::is_open $w.ask]} {
                opdesk::widget::bar::close $w.ask
            }
            opdesk::ui::subnethistory::say $w $value Error.TLabel
            Against $w $error
        }
        done {
            dict unset shown $w
            opdesk::ui::subnethistory::say $w [Done $w $value]
        }
    }
}

proc opdesk::ui::subnetrevert::Preview {w files} {
    if {[llength $files]} {
        opdesk::ui::subnethistory::say $w [mc "This would change:"]
        opdesk::ui::subnetdiff::show_files $w.f.book.past.diff $files
    } else {
        opdesk::ui::subnethistory::say $w [mc "This would change nothing: it is so already."]
        opdesk::ui::subnetdiff::show_text $w.f.book.past.diff {}
    }
}

proc opdesk::ui::subnetrevert::Done {w value} {
    variable made
    set commit [opdesk::app::sdb_list::field $value commit]
    set n [llength [opdesk::app::sdb_list::field $value files]]
    if {$commit eq ""} {
        return [mc "Nothing had to be changed: it is so already."]
    }
    set text [expr {$n > 1 ? [mc "Done, in %d files." $n] : [mc "Done."]}]
    dict set made $w [list $commit $text]
    return $text
}

# What there is to say of a commit that was made from this window, and a blank; "" of others.
proc opdesk::ui::subnetrevert::said {w commit} {
    variable made
    if {[dict exists $made $w] && [lindex [dict get $made $w] 0] eq $commit} {
        return "[lindex [dict get $made $w] 1] "
    }
    return ""
}

# --- what stands against it ---

proc opdesk::ui::subnetrevert::Against {w error} {
    set data [opdesk::app::sdb_list::field $error data]
    set lines {}
    if {[dict exists $data conflicts]} {
        lappend lines [dict get $data file] head
        foreach conflict [dict get $data conflicts] {
            foreach {name face} [list mine [mc "then"] base [mc "by the commit"] theirs [mc "now"]] {
                lappend lines "[format %-16s $face] [Side $conflict $name]" [expr {$name eq "theirs" ? "added" : ""}]
            }
            lappend lines "" ""
        }
        lappend lines [mc "A node alone can be put back: name it in the line above."] muted
    }
    if {[dict exists $data findings]} {
        foreach finding [dict get $data findings] {
            lappend lines "[dict get $finding file]:[dict get $finding line]: [dict get $finding message]" removed
        }
    }
    opdesk::ui::subnetdiff::show_text $w.f.book.past.diff $lines
}

proc opdesk::ui::subnetrevert::Side {conflict name} {
    set text [opdesk::app::sdb_list::field $conflict $name]
    return [if {$text eq ""} {mc "(not there)"} else {set text}]
}

# --- one node ---

# Where the subnet is being edited it is an edit like any other; else it is stored at once.
proc opdesk::ui::subnetrevert::node {w} {
    opdesk::app::sdb_history::text_of $w [opdesk::ui::subnethistory::chosen $w] \
        [list [namespace current]::GotThen $w]
}

proc opdesk::ui::subnetrevert::GotThen {w status value} {
    if {![winfo exists $w]} {
        return
    }
    set editor [opdesk::ui::subnet::window_of [opdesk::ui::subnethistory::key $w]]
    if {$status eq "error"} {
        opdesk::ui::subnethistory::say $w [opdesk::app::sdb_words::failure $value] Error.TLabel
    } elseif {$editor ne "" && [opdesk::ui::subnet::writable $editor]} {
        InEditor $w $editor [opdesk::app::sdb_history::node_back [opdesk::ui::subnet::sheet $editor] \
            [dict get $value text] [opdesk::app::sdb_history::get $w node]]
    } else {
        opdesk::app::sdb_history::text_of $w "" [list [namespace current]::GotNow $w [dict get $value text]]
    }
}

proc opdesk::ui::subnetrevert::InEditor {w editor plan} {
    lassign $plan kind what number
    ShowNode $w [opdesk::ui::subnet::sheet $editor] $plan
    switch $kind {
        none { set done 1 }
        add { set done [opdesk::ui::subnet::edit $editor add [list $what]] }
        remove { set done [opdesk::ui::subnet::edit $editor remove [list $what]] }
        change { set done [opdesk::ui::subnet::edit $editor change $number [opdesk::app::sdb_history::fields $what]] }
    }
    opdesk::ui::subnethistory::say $w [expr {$kind eq "none" ? [mc "The node is as it was then."]
        : $done ? [mc "Put back in the editor: Update stores it."] : ""}]
}

proc opdesk::ui::subnetrevert::GotNow {w then status value} {
    variable shown
    if {![winfo exists $w]} {
        return
    }
    if {$status eq "error"} {
        opdesk::ui::subnethistory::say $w [opdesk::app::sdb_words::failure $value] Error.TLabel
        return
    }
    set sheet [opdesk::sdb open [dict get $value text]]
    try {
        set plan [opdesk::app::sdb_history::node_back $sheet $then [opdesk::app::sdb_history::get $w node]]
        set address [ShowNode $w $sheet $plan]
    } finally {
        opdesk::sdb close $sheet
    }
    if {[lindex $plan 0] eq "none"} {
        opdesk::ui::subnethistory::say $w [mc "The node is as it was then."]
        return
    }
    dict set shown $w 1
    opdesk::ui::subnethistory::say $w [mc "This would change:"]
    opdesk::widget::bar::ask $w.ask [mc "Put the node back as it was then? Why:"] [mc "Put the node back"] \
        [list opdesk::app::sdb_history::store_node $w $plan $address] 1
}

# What a plan of app/sdb_history.tcl changes; the node's address now.
proc opdesk::ui::subnetrevert::ShowNode {w sheet plan} {
    lassign $plan kind what number
    set now [switch $kind {
        change { opdesk::sdb node $sheet $number }
        remove { opdesk::sdb node $sheet $what }
    }]
    set change [dict create what [dict get {change changed add added remove removed none changed} $kind]]
    dict set change old [join $now :]
    dict set change new [expr {$kind eq "remove" ? "" : [join $what :]}]
    opdesk::ui::subnetdiff::show $w.f.book.past.diff [expr {$kind eq "none" ? {} : [list $change]}]
    return [lindex $now 1]
}
