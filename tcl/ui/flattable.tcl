# SPDX-License-Identifier: ISC
# A flat file as a table: its rows edited in their cells, new ones put in between, removed, copied to and
# pasted from a spreadsheet.  Comments and blank lines are not shown, and stay where they are.
namespace eval opdesk::ui::flattable {
    namespace import ::msgcat::mc
    # by toplevel: {format how lines rows words sort keys bad editing fresh}; how: for app/sdb_text; lines: of
    # the document; rows: the numbers (from 0) of the lines on show; sort: {COLUMN DESCENDING}, empty for the order
    # of the file; keys: {COLUMN KEYS}, what it was last sorted by; bad: by number, lines with errors; editing:
    # the line whose cell is being edited, as it was then; fresh: a new row that is no line yet stands behind
    # this one (-1: in front of all) and is called `new` in rows; -2: there is none
    variable tables {}
}

proc opdesk::ui::flattable::create {path w format} {
    variable tables
    set here [namespace current]
    dict set tables $w [dict create format $format how {utf-8 0} lines {} rows {} words {} sort {} keys {} bad {} editing "" fresh -2]
    ttk::frame $path
    Tools $path.tools $w
    set columns {}
    set number 0
    foreach column [dict get $format columns] {
        lappend columns $number [opdesk::app::words::line $column 40] 14 1
        incr number
    }
    opdesk::widget::rows::create $path.table $columns -count [list ${here}::Count $w] -rows [list ${here}::Rows $w] \
        -sorted [list ${here}::Sort $w]
    opdesk::widget::celledit::attach $path.table -value [list ${here}::Value $w] -take [list ${here}::Take $w] \
        -typing [list ${here}::Typing $w]
    menu $path.table.menu -tearoff 0
    pack $path.tools -side top -fill x -padx [opdesk::theme::px 8] -pady [opdesk::theme::px 8]
    pack $path.table -side top -fill both -expand 1
    Bindings $w $path
    return $path
}

proc opdesk::ui::flattable::Tools {path w} {
    set here [namespace current]
    ttk::frame $path
    opdesk::ui::filter::create $path.filter [mc "Filter: words in any field"] [list ${here}::Filter $w] 60
    $path.filter.entry configure -width 26
    pack $path.filter -side left
    foreach {name text command} [list redo [mc "Redo"] opdesk::ui::subnet::redo undo [mc "Undo"] opdesk::ui::subnet::undo \
        remove [mc "Remove"] ${here}::remove new [mc "New"] ${here}::new] {
        ttk::button $path.$name -style Small.TButton -text $text -takefocus 0 -command [list $command $w]
        pack $path.$name -side right -padx [list [opdesk::theme::px 4] 0]
    }
}

proc opdesk::ui::flattable::Bindings {w path} {
    set here [namespace current]
    set tree $path.table.tree
    foreach {event handler} {SubnetEdited Show SubnetMode Buttons SubnetChecked Checked} {
        bind $w <<$event>> +[list ${here}::$handler $w]
    }
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    bind $tree <<RowsOpen>> [list opdesk::widget::celledit::start $path.table]
    bind $tree <<RowsMenu>> [list ${here}::Menu $w %X %Y]
    bind $tree <<Copy>> "[list ${here}::copy $w]; break"
    bind $tree <<Paste>> "[list ${here}::paste $w]; break"
    bind $tree <<Cut>> "[list ${here}::copy $w]; [list ${here}::remove $w]; break"
    bind $tree <Delete> "[list ${here}::ClearCells $w]; break"
    bind $tree <Control-Delete> "[list ${here}::remove $w]; break"
    foreach key {<Down> <Return>} {
        bind $path.tools.filter.entry $key [list ${here}::ToRows $w]
    }
}

proc opdesk::ui::flattable::Gone {window w} {
    variable tables
    if {$window eq $w} {
        dict unset tables $w
    }
}

proc opdesk::ui::flattable::Get {w name} {
    variable tables
    return [dict get $tables $w $name]
}

proc opdesk::ui::flattable::Set {w args} {
    variable tables
    dict for {name value} $args {
        dict set tables $w $name $value
    }
}

# --- rows ---

proc opdesk::ui::flattable::Read {w} {
    lassign [opdesk::app::sdb_text::decode [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]]] text how
    Set $w lines [split $text \n] how $how
}

# Which lines are shown, with the new row in its place.
proc opdesk::ui::flattable::Place {w} {
    set rows [opdesk::app::sdb_table::rows [Get $w format] [Get $w lines] [Get $w words]]
    set sort [Get $w sort]
    set fresh [Get $w fresh]
    if {[llength $sort]} {
        set rows [opdesk::app::sdb_table::sorted [Get $w lines] $rows [Keys $w [lindex $sort 0] $rows] [lindex $sort 1]]
    }
    if {$fresh >= -1} {
        set at [expr {[llength $sort] ? [lsearch -exact $rows $fresh] + 1 : [lsearch -integer -bisect $rows $fresh] + 1}]
        set rows [linsert $rows $at new]
    }
    Set $w rows $rows
}

# A line is read once for as long as a column sorts: edits leave most lines as they are.  Lines that have gone
# are forgotten when they are the more.
proc opdesk::ui::flattable::Keys {w column rows} {
    lassign [Get $w keys] of known
    if {$of ne $column || [dict size $known] > 2 * [llength [Get $w lines]]} {
        set known {}
    }
    set known [opdesk::app::sdb_table::keys [Get $w format] [Get $w lines] $rows $column $known]
    Set $w keys [list $column $known]
    return $known
}

proc opdesk::ui::flattable::Count {w} {
    return [llength [Get $w rows]]
}

proc opdesk::ui::flattable::Rows {w from n} {
    set format [Get $w format]
    set lines [Get $w lines]
    set bad [Get $w bad]
    return [lmap number [lrange [Get $w rows] $from [expr {$from + $n - 1}]] {
        set line [if {$number ne "new"} {lindex $lines $number}]
        list [lmap cell [opdesk::app::sdb_table::cells $format $line] {opdesk::system plain $cell}] \
            [expr {[dict exists $bad $number] ? "error" : ""}]
    }]
}

# The document is another.  A cell that is being edited keeps its place.
proc opdesk::ui::flattable::Show {w} {
    if {![opdesk::ui::subnet::ready $w]} {
        return
    }
    set before [llength [Get $w lines]]
    Read $w
    if {![opdesk::widget::celledit::is_open $w.table.table] || $before != [llength [Get $w lines]]} {
        Set $w fresh -2
        Placed $w [expr {$before == [llength [Get $w lines]]}]
    }
    Shown $w
}

# A row that another order moves keeps the keyboard, when lines still have the numbers that they had.
proc opdesk::ui::flattable::Placed {w follow} {
    set table $w.table.table
    set number [lindex [Get $w rows] [opdesk::widget::rows::cursor $table]]
    set before [Get $w rows]
    Place $w
    set row [lsearch -exact [Get $w rows] $number]
    if {$follow && $row >= 0 && $before ne [Get $w rows]} {
        opdesk::widget::rows::select $table $row 0 1
    }
}

# By that column, then the other way round, then as in the file.
proc opdesk::ui::flattable::Sort {w column} {
    finish $w
    lassign [Get $w sort] sorted descending
    Set $w fresh -2 sort [expr {$sorted ne $column ? [list $column 0] : $descending ? {} : [list $column 1]}]
    lassign [Get $w sort] sorted descending
    opdesk::widget::rows::mark_sorted $w.table.table $sorted [expr {$descending eq "1"}]
    Placed $w 1
    Shown $w
}

proc opdesk::ui::flattable::sort_here {w} {
    opdesk::widget::rows::sort_here $w.table.table
}

proc opdesk::ui::flattable::Shown {w} {
    set shown [Count $w]
    set words [Get $w words]
    set all [expr {[llength $words] ? [llength [opdesk::app::sdb_table::rows [Get $w format] [Get $w lines] {}]] : $shown}]
    opdesk::ui::filter::count $w.table.tools.filter \
        [expr {[llength $words] ? [mc "%1\$d of %2\$d" $shown $all] : [mc "%d rows" $all]}]
    opdesk::widget::rows::refresh $w.table.table
    if {$shown} {
        opdesk::widget::table::say $w.table.table.tree
    } elseif {$all} {
        opdesk::widget::table::say $w.table.table.tree [mc "No row has all these words."] \
            [mc "Escape in the filter shows all of them again."]
    } else {
        opdesk::widget::table::say $w.table.table.tree [mc "No rows yet."] \
            [mc "Press Ctrl+N, or paste rows from a spreadsheet."]
    }
    Buttons $w
}

proc opdesk::ui::flattable::Buttons {w} {
    set writable [opdesk::ui::subnet::writable $w]
    set doc [if {$writable} {opdesk::ui::subnet::doc $w}]
    foreach {name yes} [list new $writable remove $writable \
        undo [expr {$writable && [opdesk::app::sdb_edit::undoable $doc] ne ""}] \
        redo [expr {$writable && [opdesk::app::sdb_edit::redoable $doc] ne ""}]] {
        $w.table.tools.$name state [expr {$yes ? "!disabled" : "disabled"}]
    }
    if {[opdesk::ui::subnet::ready $w]} {
        opdesk::ui::subnet::count $w
    }
}

proc opdesk::ui::flattable::Checked {w} {
    set bad {}
    foreach finding [opdesk::ui::subnet::findings $w] {
        if {[dict get $finding severity] eq "error"} {
            dict set bad [expr {[opdesk::app::sdb_list::field $finding line 0] - 1}] 1
        }
    }
    Set $w bad $bad
    opdesk::widget::rows::refresh $w.table.table
}

proc opdesk::ui::flattable::find {w} {
    opdesk::ui::filter::grasp $w.table.tools.filter
}

proc opdesk::ui::flattable::Filter {w text} {
    Set $w words [opdesk::app::order::words $text] fresh -2
    Place $w
    Shown $w
    opdesk::widget::rows::select $w.table.table 0
}

proc opdesk::ui::flattable::ToRows {w} {
    opdesk::ui::filter::hurry $w.table.tools.filter
    focus $w.table.table.tree
}

# Without the filter, now: told later it would take what is done next for something of before.
proc opdesk::ui::flattable::ShowAll {w} {
    opdesk::ui::filter::clear $w.table.tools.filter
    opdesk::ui::filter::hurry $w.table.tools.filter
}

# Is the line, from 1, a row?  Then it is the current one.
proc opdesk::ui::flattable::go {w line} {
    if {[incr line -1] ni [Get $w rows]} {
        ShowAll $w
    }
    set row [lsearch -exact [Get $w rows] $line]
    if {$row >= 0} {
        opdesk::widget::rows::select $w.table.table $row
    }
    return [expr {$row >= 0}]
}

# The key of the row in a line, from 1; "" when it is none.
proc opdesk::ui::flattable::name {w line} {
    set format [Get $w format]
    set text [lindex [Get $w lines] $line-1]
    if {$line > 0 && [opdesk::app::sdb_table::is_row $format $text]} {
        return [opdesk::app::words::line [lindex [opdesk::app::sdb_table::cells $format $text] [dict get $format key]] 40]
    }
}

# --- edits ---

# The lines are these now: one step.
proc opdesk::ui::flattable::Store {w what lines} {
    set how [Get $w how]
    set text [join $lines \n]
    set bytes [opdesk::app::sdb_text::encode $text $how]
    if {![opdesk::app::sdb_text::holds $text $how]} {
        throw {OPDESK SDB bad_request} [mc "This file is not UTF-8, and a letter of that is not in Latin-1."]
    }
    opdesk::app::sdb_edit::replace [opdesk::ui::subnet::doc $w] $what $bytes
    Set $w lines $lines
}

# The same for what is wrong with a whole: it is said in the foot.  1: done.
proc opdesk::ui::flattable::Edit {w what script} {
    if {![opdesk::ui::subnet::writable $w]} {
        bell
        return 0
    }
    try {
        Read $w
        Store $w $what [uplevel 1 $script]
        return 1
    } trap {OPDESK} {message} {
        opdesk::ui::subnet::say $w [opdesk::app::words::line $message] {triangle warning}
        return 0
    }
}

proc opdesk::ui::flattable::finish {w} {
    opdesk::widget::celledit::finish $w.table.table
}

proc opdesk::ui::flattable::Value {w row column} {
    opdesk::ui::subnet::must_be_writable $w 1
    set number [lindex [Get $w rows] $row]
    set line [if {$number ne "new"} {lindex [Get $w lines] $number}]
    Set $w editing $line
    return [lindex [opdesk::app::sdb_table::cells [Get $w format] $line] $column]
}

proc opdesk::ui::flattable::Take {w row column text} {
    opdesk::ui::subnet::must_be_writable $w
    Read $w
    set number [lindex [Get $w rows] $row]
    if {$number eq "new"} {
        TakeNew $w $column $text
    } elseif {[lindex [Get $w lines] $number] ne [Get $w editing]} {
        throw {OPDESK SDB conflict} [mc "Somebody else has changed this row meanwhile: Escape shows it."]
    } else {
        Store $w [mc "change of line %d" [expr {$number + 1}]] [lreplace [Get $w lines] $number $number \
            [opdesk::app::sdb_table::with [Get $w format] [Get $w editing] $column $text]]
    }
}

# The first cell of a new row makes it a line; an empty one makes it go.
proc opdesk::ui::flattable::TakeNew {w column text} {
    set fresh [Get $w fresh]
    try {
        if {[string trim $text] ne ""} {
            set line [opdesk::app::sdb_table::line [Get $w format] [concat [lrepeat $column ""] [list $text]]]
            Store $w [mc "new row"] [Between [Get $w lines] $fresh [list $line]]
        }
        Set $w fresh -2
        Place $w
    } trap {OPDESK} {message options} {
        if {![opdesk::widget::celledit::is_open $w.table.table]} {
            Drop $w
        }
        return -options $options $message
    }
    Shown $w
}

proc opdesk::ui::flattable::Drop {w} {
    if {[Get $w fresh] > -2} {
        Set $w fresh -2
        Place $w
        Shown $w
    }
}

# New lines behind line `after`; the last one of a file ends with a line end.
proc opdesk::ui::flattable::Between {lines after new} {
    if {$after == [llength $lines] - 1} {
        lappend lines ""
    }
    return [linsert $lines [expr {$after + 1}] {*}$new]
}

# What would be wrong with it, while it is typed, in the foot.
proc opdesk::ui::flattable::Typing {w column text what} {
    set wrong ""
    switch $what {
        refused { set wrong $text }
        typed {
            set wrong [Wrong $w $column $text]
        }
        left { Drop $w }
    }
    opdesk::ui::subnet::say $w [opdesk::app::words::line $wrong] \
        [expr {$wrong eq "" ? "" : {triangle warning}}]
}

proc opdesk::ui::flattable::Wrong {w column text} {
    set format [Get $w format]
    try {
        if {[Get $w editing] ne ""} {
            opdesk::app::sdb_table::with $format [Get $w editing] $column $text
        } elseif {[string trim $text] ne ""} {
            opdesk::app::sdb_table::line $format [concat [lrepeat $column ""] [list $text]]
        }
        return ""
    } trap {OPDESK} {message} {
        return $message
    }
}

# The line behind which something new comes: that of the current row, else the last.
proc opdesk::ui::flattable::Here {w} {
    set number [lindex [Get $w rows] [opdesk::widget::rows::cursor $w.table.table]]
    if {$number eq "" || $number eq "new"} {
        set number [expr {[llength [Get $w lines]] - ([lindex [Get $w lines] end] eq "" ? 2 : 1)}]
    }
    return $number
}

proc opdesk::ui::flattable::new {w} {
    if {![opdesk::ui::subnet::writable $w]} {
        bell
        return
    }
    finish $w
    set fresh [Here $w]
    ShowAll $w
    Set $w fresh $fresh
    Place $w
    Shown $w
    set table $w.table.table
    opdesk::widget::rows::select $table [lsearch -exact [Get $w rows] new]
    opdesk::widget::rows::go_to_column $table 0
    opdesk::widget::celledit::start $table
}

# The numbers of the lines of the selected rows.
proc opdesk::ui::flattable::Selected {w} {
    return [lmap row [opdesk::widget::rows::selected $w.table.table] {
        set number [lindex [Get $w rows] $row]
        if {$number eq "new"} {
            continue
        }
        set number
    }]
}

proc opdesk::ui::flattable::remove {w} {
    set numbers [Selected $w]
    if {![llength $numbers]} {
        bell
        return
    }
    Edit $w [mc "removal of %d rows" [llength $numbers]] {
        set lines [Get $w lines]
        foreach number [lsort -integer -decreasing $numbers] {
            set lines [lreplace $lines $number $number]
        }
        set lines
    }
}

# Delete empties the cells of the column that the keyboard is in; without its key a row goes.
proc opdesk::ui::flattable::ClearCells {w} {
    set column [opdesk::widget::rows::column $w.table.table]
    if {$column == [dict get [Get $w format] key]} {
        remove $w
    } else {
        Edit $w [mc "emptied cells"] {Cells $w [Selected $w] $column [lmap number [Selected $w] {list ""}]}
    }
}

# The lines, with these cells from `column` on in the lines `numbers`.
proc opdesk::ui::flattable::Cells {w numbers column cells} {
    set format [Get $w format]
    set lines [Get $w lines]
    foreach number $numbers row $cells {
        set at $column
        foreach cell [lrange $row 0 [expr {[llength [dict get $format columns]] - 1 - $column}]] {
            lset lines $number [opdesk::app::sdb_table::with $format [lindex $lines $number] $at $cell]
            incr at
        }
    }
    return $lines
}

# --- copy and paste ---

proc opdesk::ui::flattable::copy {w} {
    clipboard clear -displayof $w
    clipboard append -displayof $w [opdesk::app::sdb_paste::text [lmap number [Selected $w] {
        opdesk::app::sdb_table::cells [Get $w format] [lindex [Get $w lines] $number]
    }]]
}

# Rows with as many cells as columns are new ones below the current row; narrower ones fill its cells and
# those below it.
proc opdesk::ui::flattable::paste {w} {
    if {[catch {clipboard get -displayof $w -type UTF8_STRING} text] && [catch {clipboard get -displayof $w} text]} {
        bell
        return
    }
    set cells [lmap line [split [string trimright [string map {\r\n \n \r \n} $text] \n] \n] {split $line \t}]
    set format [Get $w format]
    if {[llength [lindex $cells 0]] >= [llength [dict get $format columns]]} {
        Edit $w [mc "pasted rows"] {
            Between [Get $w lines] [Here $w] [lmap row $cells {opdesk::app::sdb_table::line $format $row}]
        }
    } else {
        set first [opdesk::widget::rows::cursor $w.table.table]
        set numbers [lrange [Get $w rows] $first [expr {$first + [llength $cells] - 1}]]
        Edit $w [mc "pasted rows"] {
            Cells $w $numbers [opdesk::widget::rows::column $w.table.table] [lrange $cells 0 [llength $numbers]-1]
        }
    }
}

proc opdesk::ui::flattable::Menu {w x y} {
    set menu $w.table.table.menu
    set here [namespace current]
    set state [expr {[opdesk::ui::subnet::writable $w] ? "normal" : "disabled"}]
    $menu delete 0 end
    foreach {face command state} [list [mc "Edit cell"] [list opdesk::widget::celledit::start $w.table.table] $state \
        [mc "New row"] [list ${here}::new $w] $state [mc "Remove"] [list ${here}::remove $w] $state \
        [mc "Copy"] [list ${here}::copy $w] normal [mc "Paste"] [list ${here}::paste $w] $state] {
        $menu add command -label $face -command $command -state $state
    }
    tk_popup $menu $x $y
}
