# SPDX-License-Identifier: ISC
# A conflict in a flat file: the lines that both have changed, as they were, mine, on the server.  Either
# version counts as a whole; by hand it is merged in the text.
namespace eval opdesk::ui::flatconflict {
    namespace import ::msgcat::mc
}

proc opdesk::ui::flatconflict::ask {w data} {
    set d $w.conflict
    set here [namespace current]
    destroy $d
    opdesk::ui::dialog::create $d [mc "Conflict"]
    wm transient $d $w
    ttk::label $d.f.head -style Header.TLabel -text [mc "Somebody has changed the same lines."]
    ttk::label $d.f.text -justify left -wraplength [opdesk::theme::px 560] \
        -text [mc "Mine can be stored in place of what is on the server, or given up for it. “Not yet” keeps mine as a draft."]
    opdesk::ui::subnetdiff::create $d.f.diff
    opdesk::ui::subnetdiff::show $d.f.diff [lmap conflict [dict get $data conflicts] {
        dict create what changed old [opdesk::app::sdb_list::field $conflict theirs] \
            new [opdesk::app::sdb_list::field $conflict mine]
    }]
    ttk::label $d.f.note -style Error.TLabel
    pack $d.f.head $d.f.text -anchor w -pady [list 0 [opdesk::theme::px 8]]
    pack $d.f.note -side bottom -anchor w
    pack $d.f.diff -fill both -expand 1
    foreach {name face} [list theirs [mc "Take theirs"] mine [mc "Store mine"]] {
        ttk::button $d.foot.$name -text $face -command [list ${here}::Do $w $name]
        pack $d.foot.$name -side right -padx [list 0 [opdesk::theme::px 8]]
    }
    $d.foot.close configure -text [mc "Not yet"]
    raise $d.foot.close
    opdesk::ui::dialog::open $d $d.foot.close
}

proc opdesk::ui::flatconflict::Do {w what} {
    lassign [split [opdesk::ui::subnet::key $w] /] server file
    opdesk::app::servers::call $server sdb.get [dict create file $file] [list [namespace current]::Got $w $what] 30000
}

proc opdesk::ui::flatconflict::Got {w what status value} {
    if {![winfo exists $w.conflict]} {
        return
    }
    if {$status eq "error"} {
        $w.conflict.f.note configure -text [opdesk::app::sdb_words::failure $value]
        return
    }
    destroy $w.conflict
    set theirs [dict get $value text]
    opdesk::app::sdb_update::decide [opdesk::ui::subnet::key $w] [dict get $value version] $theirs \
        [if {$what eq "mine"} {opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]} else {set theirs}]
    if {$what eq "mine"} {
        opdesk::ui::subnetupdate::ask $w
    }
}
