# SPDX-License-Identifier: ISC
# What the check says about the subnet, as a list below the nodes that is there when there is something: a
# click goes to the line, a button corrects it when there is a correction.
namespace eval opdesk::ui::subnetfindings {
    namespace import ::msgcat::mc
    variable max_rows 200
}

proc opdesk::ui::subnetfindings::create {path w} {
    set here [namespace current]
    ttk::frame $path
    ttk::frame $path.line -style Line.TFrame -height 1
    pack $path.line -side top -fill x
    opdesk::widget::table::create $path.list [list sign "" 0 0 where [mc "Where"] 16 0 what [mc "What is wrong"] 30 1 \
        fix [mc "Correction"] 34 0]
    $path.list.tree configure -height 4 -selectmode browse
    ttk::button $path.fix -style Small.TButton -text [mc "Correct it"] -command [list ${here}::Fix $w]
    pack $path.list -side left -fill both -expand 1
    pack $path.fix -side right -anchor n -padx [opdesk::theme::px 8] -pady [opdesk::theme::px 6]
    bind $path.list.tree <<TreeviewSelect>> [list ${here}::Selected $w]
    bind $path.list.tree <<TableOpen>> [list ${here}::Fix $w]
    bind $w <<SubnetChecked>> +[list ${here}::Show $w]
    bind $w <<SubnetMode>> +[list ${here}::Buttons $w]
    return $path
}

proc opdesk::ui::subnetfindings::Tree {w} {
    return $w.found.list.tree
}

proc opdesk::ui::subnetfindings::Show {w} {
    variable max_rows
    set tree [Tree $w]
    set findings [opdesk::ui::subnet::findings $w]
    if {![llength $findings]} {
        pack forget $w.found
    } elseif {![winfo ismapped $w.found]} {
        pack $w.found -side bottom -fill x -before [expr {[opdesk::ui::subnet::is_flat $w] ? [opdesk::ui::flat::panel $w] : "$w.panes"}]
    }
    set selected [$tree selection]
    $tree delete [$tree children {}]
    set number 0
    foreach finding [lrange $findings 0 $max_rows-1] {
        $tree insert {} end -id [incr number] -image [Sign $finding] -values [list [Where $w $finding] \
            [opdesk::app::words::line [dict get $finding message] 200] [Correction $finding]]
    }
    if {[llength $selected] && [$tree exists [lindex $selected 0]]} {
        $tree selection set [lrange $selected 0 0]
    }
    Buttons $w
}

proc opdesk::ui::subnetfindings::Sign {finding} {
    return [opdesk::ui::sign::get [expr {[dict get $finding severity] eq "error" ? "critical" : "warning"}] \
        [opdesk::theme::px 14]]
}

# The name of the node or the key of the header, else the line.
proc opdesk::ui::subnetfindings::Where {w finding} {
    set line [opdesk::app::sdb_list::field $finding line 0]
    if {[opdesk::ui::subnet::is_flat $w]} {
        return [opdesk::ui::flat::where $w $line]
    }
    set sheet [opdesk::ui::subnet::sheet $w]
    set number [opdesk::sdb at_line $sheet $line]
    if {$number >= 0} {
        lassign [opdesk::sdb node $sheet $number] name address
        return [opdesk::app::words::line [if {$name eq ""} {set address} else {set name}] 40]
    }
    set keys [opdesk::ui::subnetcheck::header_lines $w]
    if {[dict exists $keys $line]} {
        return [dict get $keys $line]
    }
    return [expr {$line ? [mc "line %d" $line] : ""}]
}

proc opdesk::ui::subnetfindings::Correction {finding} {
    if {![dict exists $finding fix] || ![dict size [dict get $finding fix]]} {
        return ""
    }
    set fix [dict get $finding fix]
    set text [opdesk::app::words::line [opdesk::app::sdb_list::field $fix text] 80]
    switch [dict get $fix kind] {
        replace { return [mc "becomes: %s" $text] }
        insert { return [mc "new line: %s" $text] }
        delete { return [mc "the line goes"] }
        to_front { return [mc "becomes the first line"] }
    }
}

proc opdesk::ui::subnetfindings::Chosen {w} {
    set row [lindex [[Tree $w] selection] 0]
    return [expr {$row eq "" ? "" : [lindex [opdesk::ui::subnet::findings $w] $row-1]}]
}

proc opdesk::ui::subnetfindings::Buttons {w} {
    set finding [Chosen $w]
    $w.found.fix state [expr {$finding ne "" && [Correction $finding] ne "" && [opdesk::ui::subnet::writable $w]
        ? "!disabled" : "disabled"}]
}

proc opdesk::ui::subnetfindings::Selected {w} {
    set finding [Chosen $w]
    Buttons $w
    if {$finding ne "" && [opdesk::ui::subnet::is_flat $w]} {
        opdesk::ui::flat::go $w [opdesk::app::sdb_list::field $finding line 1]
    } elseif {$finding ne ""} {
        set number [opdesk::sdb at_line [opdesk::ui::subnet::sheet $w] \
            [opdesk::app::sdb_list::field $finding line -1]]
        if {$number >= 0} {
            opdesk::ui::subnet::go $w $number findings
        }
    }
}

proc opdesk::ui::subnetfindings::Fix {w} {
    set finding [Chosen $w]
    if {$finding ne "" && [Correction $finding] ne ""} {
        opdesk::ui::subnet::edit $w fix [dict get $finding fix]
    }
}

# The next one, round at the end; when there is none the bell says so.
proc opdesk::ui::subnetfindings::next {w} {
    set tree [Tree $w]
    set rows [$tree children {}]
    if {![llength $rows]} {
        bell
        return
    }
    set row [$tree next [lindex [concat [$tree selection] [lindex $rows end]] 0]]
    if {$row eq ""} {
        set row [lindex $rows 0]
    }
    $tree selection set [list $row]
    $tree focus $row
    $tree see $row
    focus $tree
}
