# SPDX-License-Identifier: ISC
# A conflict, side by side by node: as it was, as it is here, as it is on the server; one of the last two is
# chosen for each, then Update shows what comes of it.
namespace eval opdesk::ui::subnetconflict {
    namespace import ::msgcat::mc
    # the choice by dialog and number
    variable choice
    array set choice {}
    variable max_rows 100
}

# data: {version conflicts} as the daemon gives it.
proc opdesk::ui::subnetconflict::ask {w data} {
    variable max_rows
    set d $w.conflict
    set here [namespace current]
    set conflicts [lrange [dict get $data conflicts] 0 $max_rows-1]
    destroy $d
    opdesk::ui::dialog::create $d [mc "Conflict"]
    wm transient $d $w
    ttk::label $d.f.head -style Header.TLabel -text [mc "Somebody has changed the same nodes."]
    ttk::label $d.f.text -text [mc "Choose what counts for each. All other changes of both are kept."]
    grid $d.f.head - - -sticky w
    grid $d.f.text - - -sticky w -pady [list 0 [opdesk::theme::px 8]]
    set column 0
    foreach face [list [mc "As it was"] [mc "Mine"] [mc "On the server"]] {
        ttk::label $d.f.h$column -style Section.TLabel -text $face
        grid $d.f.h$column -row 2 -column $column -sticky w -padx [list 0 [opdesk::theme::px 16]]
        incr column
    }
    set number 0
    foreach conflict $conflicts {
        Row $d $number $conflict
        incr number
    }
    ttk::label $d.f.note -style Error.TLabel
    grid $d.f.note - - -sticky w -pady [list [opdesk::theme::px 8] 0]
    ttk::button $d.foot.do -text [mc "Go on"] -default active -command [list ${here}::Do $w $data]
    pack $d.foot.do -side right -padx [opdesk::theme::px 8]
    raise $d.foot.close
    $d.foot.close configure -text [mc "Not yet"]
    bind $d <Destroy> +[list ${here}::Gone %W $d]
    opdesk::ui::dialog::open $d $d.f.mine0
}

proc opdesk::ui::subnetconflict::Gone {window d} {
    variable choice
    if {$window eq $d} {
        array unset choice $d,*
    }
}

proc opdesk::ui::subnetconflict::Row {d number conflict} {
    variable choice
    set variable [namespace current]::choice($d,$number)
    set choice($d,$number) mine
    set row [expr {$number + 3}]
    ttk::label $d.f.base$number -text [Face $conflict base] -style TLabel
    grid $d.f.base$number -row $row -column 0 -sticky w -padx [list 0 [opdesk::theme::px 16]]
    foreach {name column} {mine 1 theirs 2} {
        ttk::radiobutton $d.f.$name$number -text [Face $conflict $name] -value $name -variable $variable
        grid $d.f.$name$number -row $row -column $column -sticky w -padx [list 0 [opdesk::theme::px 16]] \
            -pady [opdesk::theme::px 3]
    }
}

# The fields that say something, one below the other.
proc opdesk::ui::subnetconflict::Face {conflict name} {
    if {![dict exists $conflict $name]} {
        return [mc "(not there)"]
    }
    return [join [lmap field [split [opdesk::app::words::line [dict get $conflict $name] 160] :] {
        if {$field eq ""} {
            continue
        }
        set field
    }] \n]
}

# What is on the server now is fetched for that.
proc opdesk::ui::subnetconflict::Do {w data} {
    lassign [split [opdesk::ui::subnet::key $w] /] server file
    opdesk::app::servers::call $server sdb.get [dict create file $file] \
        [list [namespace current]::Got $w $data] 30000
}

proc opdesk::ui::subnetconflict::Got {w data status value} {
    variable choice
    set d $w.conflict
    if {![winfo exists $d]} {
        return
    }
    if {$status eq "error"} {
        $d.f.note configure -text [opdesk::app::sdb_words::failure $value]
        return
    }
    set conflicts [dict get $data conflicts]
    set choices {}
    for {set number 0} {$number < [llength $conflicts]} {incr number} {
        lappend choices [if {[info exists choice($d,$number)]} {set choice($d,$number)} else {string cat theirs}]
    }
    set doc [opdesk::ui::subnet::doc $w]
    try {
        set text [opdesk::app::sdb_conflict::decide [opdesk::app::sdb_edit::base $doc] \
            [opdesk::app::sdb_edit::text $doc] [dict get $value text] $conflicts $choices]
    } trap {OPDESK} {message} {
        $d.f.note configure -text $message
        return
    }
    destroy $d
    opdesk::app::sdb_update::decide [opdesk::ui::subnet::key $w] [dict get $value version] [dict get $value text] $text
    opdesk::ui::subnetupdate::ask $w
}
