# SPDX-License-Identifier: ISC
# Nodes from a file of another program (CSV, hosts, dhcpd.conf, a zone) into the subnet that is open: shown
# first, with all that is wrong with it and where; then it is one step of the editor.
namespace eval opdesk::ui::subnetimport {
    namespace import ::msgcat::mc
    variable max_bytes 16000000
    # findings that are listed; all are counted
    variable max_rows 1000
    # by dialog: {path format by lines}
    variable runs {}
}

proc opdesk::ui::subnetimport::choose {w} {
    if {![opdesk::ui::subnet::writable $w]} {
        bell
        return
    }
    opdesk::ui::subnet::finish $w
    set path [tk_getOpenFile -parent $w -title [mc "File to import"] -filetypes [list \
        [list [mc "All files"] *] [list CSV .csv] [list [mc "Zones"] .zone]]]
    if {$path ne ""} {
        show $w $path
    }
}

# NAME FACE of the formats, and of what nodes are matched by.
proc opdesk::ui::subnetimport::Formats {} {
    return [list csv CSV hosts hosts dhcpd dhcpd.conf zone [mc "zone file"]]
}

proc opdesk::ui::subnetimport::Keys {} {
    return [list address [mc "address"] name [mc "name"] ethernet [mc "Ethernet address"]]
}

proc opdesk::ui::subnetimport::show {w path} {
    variable runs
    set d $w.import
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    destroy $d
    opdesk::ui::dialog::create $d [mc "Import nodes"]
    wm transient $d $w
    set format [opdesk::sdb format $path]
    dict set runs $d [dict create path $path format [if {$format eq ""} {string cat csv} else {set format}] by address found {}]
    ttk::label $d.f.head -style Header.TLabel
    ttk::label $d.f.file -style Small.TLabel -text [opdesk::app::words::line $path 120]
    ttk::frame $d.f.how
    Choice $w $d format [mc "Read as"] [Formats]
    Choice $w $d by [mc "Nodes are known by their"] [Keys]
    ttk::label $d.f.how.origin_of -text [mc "Origin"]
    ttk::entry $d.f.how.origin -width 24
    $d.f.how.origin insert 0 [Domain $w]
    foreach event {<FocusOut> <Return>} {
        bind $d.f.how.origin $event [list ${here}::Look $w $d]
    }
    ttk::button $d.f.how.again -style Small.TButton -text [mc "Read again (F5)"] -command [list ${here}::Look $w $d]
    pack $d.f.how.again -side right
    bind $d <F5> [list ${here}::Look $w $d]
    opdesk::widget::table::create $d.f.list [list sign "" 0 0 where [mc "Where"] 18 0 \
        what [mc "What is wrong"] 48 1 line [mc "In the file"] 40 1]
    $d.f.list.tree configure -height 10
    ttk::label $d.f.todo -style Small.TLabel -anchor w -justify left
    bind $d.f.todo <Configure> {%W configure -wraplength %w}
    pack $d.f.head $d.f.file -anchor w
    pack $d.f.how -fill x -pady [list $gap 0]
    pack $d.f.todo -side bottom -fill x -pady [list [opdesk::theme::px 4] 0]
    pack $d.f.list -fill both -expand 1 -pady [list $gap 0]
    $d.foot.close configure -text [mc "Cancel"]
    ttk::button $d.foot.do -text [mc "Import"] -default active -command [list ${here}::Do $w $d]
    pack $d.foot.do -side right -padx $gap
    raise $d.foot.close
    bind $d <Destroy> +[list ${here}::Gone %W $d]
    Look $w $d
    opdesk::ui::dialog::open $d [expr {[$d.foot.do instate disabled] ? "$d.f.how.format" : "$d.foot.do"}]
}

# One of several, chosen from a list.
proc opdesk::ui::subnetimport::Choice {w d name face choices} {
    variable runs
    set box $d.f.how.$name
    ttk::label ${box}_of -text $face
    ttk::combobox $box -state readonly -values [dict values $choices] -width 16
    $box current [lsearch -exact [dict keys $choices] [dict get $runs $d $name]]
    bind $box <<ComboboxSelected>> [list [namespace current]::Chosen $w $d $name $choices]
    pack ${box}_of $box -side left -padx [list 0 [opdesk::theme::px 8]]
}

proc opdesk::ui::subnetimport::Chosen {w d name choices} {
    variable runs
    dict set runs $d $name [lindex [dict keys $choices] [$d.f.how.$name current]]
    Look $w $d
}

proc opdesk::ui::subnetimport::Gone {window d} {
    variable runs
    if {$window eq $d} {
        dict unset runs $d
    }
}

proc opdesk::ui::subnetimport::Domain {w} {
    return [opdesk::app::sdb_list::field [opdesk::sdb header [opdesk::ui::subnet::sheet $w]] Domain]
}

# --- the dry run ---

proc opdesk::ui::subnetimport::Bytes {path} {
    variable max_bytes
    if {[file size $path] > $max_bytes} {
        throw {OPDESK IMPORT too_large} [mc "The file is too large for a subnet."]
    }
    set chan [::open $path rb]
    try {
        return [::read $chan]
    } finally {
        ::close $chan
    }
}

proc opdesk::ui::subnetimport::Look {w d} {
    variable runs
    if {![opdesk::ui::subnet::ready $w]} {
        return
    }
    dict with runs $d {}
    set names [list $d.f.how.origin_of $d.f.how.origin]
    pack forget {*}$names
    if {$format eq "zone"} {
        pack {*}$names -side left -padx [list 0 [opdesk::theme::px 8]]
    }
    try {
        set bytes [Bytes $path]
        set found [opdesk::sdb import [opdesk::ui::subnet::sheet $w] $bytes $format $by [string trim [$d.f.how.origin get]]]
        set lines [split $bytes \n]
    } on error {message} {
        set found [dict create added 0 changed 0 same 0 errors 1 warnings 0 text {} \
            findings [list [dict create severity error line 0 column 0 message $message]]]
        set lines {}
    }
    dict set runs $d found $found
    Fill $d $found $lines
}

proc opdesk::ui::subnetimport::Fill {d found lines} {
    variable max_rows
    dict with found {}
    $d.f.head configure -text [mc "Nodes: %1\$d to change, %2\$d new, %3\$d as they are" $changed $added $same]
    set tree $d.f.list.tree
    $tree delete [$tree children {}]
    foreach finding [lrange [lsort -command [namespace current]::Before $findings] 0 $max_rows-1] {
        set line [dict get $finding line]
        set text [if {$line > 0} {encoding convertfrom utf-8 [lindex $lines $line-1]}]
        $tree insert {} end -image [opdesk::ui::sign::get \
            [expr {[dict get $finding severity] eq "error" ? "critical" : "warning"}] [opdesk::theme::px 14]] \
            -values [list [Where $line [dict get $finding column]] \
            [opdesk::app::words::line [Message $finding] 300] [opdesk::app::words::line [string trim $text] 120]]
    }
    opdesk::widget::table::say $tree {*}[if {![llength $findings]} {list [mc "Nothing is wrong with it."]}]
    set changes [expr {$added + $changed}]
    $d.foot.do state [expr {$errors || !$changes ? "disabled" : "!disabled"}]
    $d.f.todo configure -text [if {$errors} {
        mc "Errors: %d. All of it is imported or nothing: mend these lines in the file and read it again, or choose another way to read it." $errors
    } elseif {!$changes} {
        mc "There is nothing to import."
    } elseif {$warnings} {
        mc "Warnings: %d. What they are about is left out." $warnings
    }]
}

# Without where the line would be in the subnet.
proc opdesk::ui::subnetimport::Message {finding} {
    return [regsub {^this subnet:\d+: } [dict get $finding message] ""]
}

proc opdesk::ui::subnetimport::Before {a b} {
    return [expr {[dict get $a line] - [dict get $b line]}]
}

proc opdesk::ui::subnetimport::Where {line column} {
    if {$line <= 0} {
        return [mc "the file"]
    }
    return [expr {$column > 0 ? [mc "line %1\$d, column %2\$d" $line $column] : [mc "line %d" $line]}]
}

# --- doing it ---

# What was shown is what is done: when the subnet has been edited meanwhile, it is shown anew.
proc opdesk::ui::subnetimport::Do {w d} {
    variable runs
    set before [dict get $runs $d found]
    Look $w $d
    set found [dict get $runs $d found]
    if {$found ne $before || [$d.foot.do instate disabled]} {
        bell
        return
    }
    destroy $d
    focus [opdesk::ui::subnet::Main $w]
    if {[opdesk::ui::subnet::edit $w replace [mc "imported nodes"] [dict get $found text]]} {
        opdesk::ui::subnet::say $w [mc "Imported: Update stores it, Undo takes it back."] {disc ok}
    }
}
