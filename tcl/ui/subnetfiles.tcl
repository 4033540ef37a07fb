# SPDX-License-Identifier: ISC
# Nodes from and to a CSV file: what an editor of a subnet reads and writes on this computer.  An
# import is shown first, with all that is wrong with it; then it is one step of the editor.
namespace eval opdesk::ui::subnetfiles {
    namespace import ::msgcat::mc
    variable max_bytes 16000000
}

proc opdesk::ui::subnetfiles::fill {menu w} {
    set here [namespace current]
    set writable [expr {[opdesk::ui::subnet::writable $w] ? "normal" : "disabled"}]
    $menu delete 0 end
    $menu add command -label [mc "Import CSV …"] -state $writable -command [list ${here}::import $w]
    $menu add command -label [mc "Export CSV …"] -command [list ${here}::export $w]
    $menu add command -label [mc "Print or save the addresses …"] -command [list opdesk::ui::subnetprint::ask $w]
}

proc opdesk::ui::subnetfiles::Name {w suffix} {
    return [file rootname [lindex [split [opdesk::ui::subnet::key $w] /] 1]].$suffix
}

proc opdesk::ui::subnetfiles::export {w} {
    set path [tk_getSaveFile -parent $w -initialfile [Name $w csv] -title [mc "Export CSV"]]
    if {$path eq ""} {
        return
    }
    set sheet [opdesk::ui::subnet::sheet $w]
    lassign [opdesk::sdb count $sheet] - all
    set nodes {}
    for {set number 0} {$number < $all} {incr number} {
        lappend nodes [opdesk::sdb node $sheet $number]
    }
    Save $w $path [opdesk::app::sdb_csv::write $nodes]
}

proc opdesk::ui::subnetfiles::Save {w path text} {
    try {
        set chan [::open $path w]
        fconfigure $chan -encoding utf-8 -translation lf
        puts -nonewline $chan $text
        ::close $chan
        opdesk::ui::subnet::say $w [mc "Written: %s" $path] {disc ok}
    } on error {message} {
        opdesk::ui::subnet::say $w $message {triangle warning}
    }
}

# --- import ---

proc opdesk::ui::subnetfiles::import {w} {
    set path [tk_getOpenFile -parent $w -title [mc "Import CSV"]]
    if {$path ne ""} {
        read_file $w $path
    }
}

proc opdesk::ui::subnetfiles::read_file {w path} {
    variable max_bytes
    try {
        if {[file size $path] > $max_bytes} {
            throw {OPDESK CSV too_large} [mc "The file is too large for a subnet."]
        }
        set chan [::open $path]
        fconfigure $chan -encoding utf-8
        set text [::read $chan]
        ::close $chan
    } on error {message} {
        opdesk::ui::subnet::say $w $message {triangle warning}
        return
    }
    lassign [opdesk::app::sdb_csv::plan [opdesk::ui::subnet::sheet $w] $text] changes nodes errors
    Ask $w $path $changes $nodes $errors
}

# The dry run: what would be done, and all that is wrong with it.
proc opdesk::ui::subnetfiles::Ask {w path changes nodes errors} {
    set d $w.import
    set sheet [opdesk::ui::subnet::sheet $w]
    set found [opdesk::app::sdb_csv::check $sheet $changes $nodes]
    destroy $d
    opdesk::ui::dialog::create $d [mc "Import CSV"]
    wm transient $d $w
    ttk::label $d.f.head -style Header.TLabel -text [mc "%1\$d nodes would be changed, %2\$d are new." \
        [expr {[llength $changes] / 2}] [llength $nodes]]
    ttk::label $d.f.file -style Small.TLabel -text [opdesk::app::words::line $path 120]
    opdesk::widget::table::create $d.f.list [list sign "" 0 0 where [mc "Where"] 18 0 what [mc "What is wrong"] 60 1]
    $d.f.list.tree configure -height 10
    pack $d.f.head $d.f.file -anchor w
    pack $d.f.list -fill both -expand 1 -pady [list [opdesk::theme::px 8] 0]
    foreach error $errors {
        Row $d critical [mc "line %d" [lindex $error 0]] [lindex $error 1]
    }
    foreach error $found {
        Row $d warning {*}$error
    }
    if {![llength $errors] && ![llength $found]} {
        opdesk::widget::table::say $d.f.list.tree [mc "Nothing is wrong with it."]
    }
    ttk::button $d.foot.do -text [mc "Import"] -default active \
        -command [list [namespace current]::Do $w $changes $nodes]
    $d.foot.do state [expr {[llength $errors] || (![llength $changes] && ![llength $nodes]) ? "disabled" : "!disabled"}]
    pack $d.foot.do -side right -padx [opdesk::theme::px 8]
    raise $d.foot.close
    opdesk::ui::dialog::open $d $d.foot.do
}

proc opdesk::ui::subnetfiles::Row {d sign where what} {
    $d.f.list.tree insert {} end -image [opdesk::ui::sign::get $sign [opdesk::theme::px 14]] \
        -values [list [opdesk::app::words::line $where 40] [opdesk::app::words::line $what 200]]
}

proc opdesk::ui::subnetfiles::Do {w changes nodes} {
    destroy $w.import
    if {[opdesk::ui::subnet::edit $w change_many [mc "imported nodes"] $changes $nodes]} {
        opdesk::ui::subnet::say $w [mc "Imported: Update stores it, Undo takes it back."] {disc ok}
    }
}
