# SPDX-License-Identifier: ISC
# Lines of a table or a hosts file as rows of cells, read as the daemon reads them (lib/flat/flat.h).  An
# edit touches its own cell only: what stands around it, blanks and remarks too, stays as it was.  Pure.
# A format is a dict {separator columns comment hosts}: separator "" means runs of blanks; comment "" means
# that no line is one; hosts: the last column is the remark behind `#`.
namespace eval opdesk::app::sdb_table {
    namespace import ::msgcat::mc
}

# Of a row of the daemon's list (docs/protocol.md, A row); "" when it is neither.
proc opdesk::app::sdb_table::format {row} {
    switch [opdesk::app::sdb_list::field $row type] {
        table {
            return [dict create separator [opdesk::app::sdb_list::field $row separator] \
                columns [dict get $row columns] comment [opdesk::app::sdb_list::field $row comment] \
                key [opdesk::app::sdb_list::field $row key 0] hosts 0]
        }
        hosts {
            return [dict create separator "" columns [list [mc "Address"] [mc "Name"] [mc "Other names"] [mc "Comment"]] \
                comment # key 0 hosts 1]
        }
    }
}

# Is the line a row, and not blank or a comment?
proc opdesk::app::sdb_table::is_row {format line} {
    set first [string index [string trim $line " \t\r\f\v"] 0]
    return [expr {$first ne "" && $first ne [dict get $format comment]}]
}

# The numbers of the lines that are rows and have all the words, letters of either case.
proc opdesk::app::sdb_table::rows {format lines words} {
    set rows {}
    set number 0
    foreach line $lines {
        if {[is_row $format $line] && [Has $line $words]} {
            lappend rows $number
        }
        incr number
    }
    return $rows
}

# What a column sorts rows by, a dict by their lines: what is `known`, and that of the others.
proc opdesk::app::sdb_table::keys {format lines rows column {known {}}} {
    foreach number $rows {
        set line [lindex $lines $number]
        if {![dict exists $known $line]} {
            dict set known $line [string tolower [lindex [cells $format $line] $column]]
        }
    }
    return $known
}

# Rows in the order of these keys, as people count (10.0.0.2 before 10.0.0.10); equal ones as in the file.
proc opdesk::app::sdb_table::sorted {lines rows keys descending} {
    set pairs [lmap number $rows {
        list $number [dict get $keys [lindex $lines $number]]
    }]
    if {$descending} {
        # twice round, so that equal ones stay as they are
        set pairs [lreverse [lsort -dictionary -index 1 [lreverse $pairs]]]
    } else {
        set pairs [lsort -dictionary -index 1 $pairs]
    }
    return [lmap pair $pairs {lindex $pair 0}]
}

proc opdesk::app::sdb_table::Has {line words} {
    foreach word $words {
        if {[string first $word [string tolower $line]] < 0} {
            return 0
        }
    }
    return 1
}

# --- places ---

# {FIRST AFTER} of [first, after) without the blanks at both ends; all blank: nothing, at its end.
proc opdesk::app::sdb_table::Trim {line first after} {
    while {$after > $first && [string index $line $after-1] in {" " \t \r \f \v}} {
        incr after -1
    }
    while {$first < $after && [string index $line $first] in {" " \t \r \f \v}} {
        incr first
    }
    return [list $first $after]
}

# FIRST AFTER of each cell there is, at most as many as columns.
proc opdesk::app::sdb_table::Places {format line} {
    set columns [llength [dict get $format columns]]
    set after [string length $line]
    if {![dict get $format hosts]} {
        return [Cut $line [dict get $format separator] $columns {*}[Trim $line 0 $after]]
    }
    set sign [string first # $line]
    if {$sign < 0} {
        return [Cut $line "" [expr {$columns - 1}] {*}[Trim $line 0 $after]]
    }
    set places [Cut $line "" [expr {$columns - 1}] {*}[Trim $line 0 $sign]]
    # a remark stands in its own column, whatever is missing before it
    while {[llength $places] < $columns - 1} {
        lappend places {}
    }
    return [lappend places [Trim $line [expr {$sign + 1}] $after]]
}

proc opdesk::app::sdb_table::Cut {line separator columns first after} {
    set places {}
    while {[llength $places] < $columns} {
        if {[llength $places] == $columns - 1} {
            if {$first < $after || $separator ne ""} {
                lappend places [Trim $line $first $after]
            }
            break
        }
        set end [End $line $separator $first $after]
        if {$separator ne "" || $end > $first} {
            lappend places [Trim $line $first $end]
        }
        if {$end >= $after} {
            break
        }
        set first [expr {$end + 1}]
        if {$separator eq ""} {
            lassign [Trim $line $end $after] first
        }
    }
    return $places
}

# Where the cell that begins at `first` is over.
proc opdesk::app::sdb_table::End {line separator first after} {
    if {$separator ne ""} {
        set end [string first $separator $line $first]
    } elseif {[regexp -indices -start $first {[ \t]} $line at]} {
        set end [lindex $at 0]
    } else {
        set end -1
    }
    return [expr {$end < 0 || $end > $after ? $after : $end}]
}

# The cells of a line, one a column.
proc opdesk::app::sdb_table::cells {format line} {
    set places [Places $format $line]
    set cells {}
    for {set i 0} {$i < [llength [dict get $format columns]]} {incr i} {
        lassign [lindex $places $i] first after
        lappend cells [if {$first ne ""} {string range $line $first $after-1}]
    }
    return $cells
}

# --- edits ---

# The line with another text in one of its cells.  Throws {OPDESK SDB bad_request} and what to do.
proc opdesk::app::sdb_table::with {format line column text} {
    set text [string trim $text]
    Allowed $format $column $text
    set place [lindex [Places $format $line] $column]
    if {[dict get $format hosts] && $column == [llength [dict get $format columns]] - 1} {
        set new [Remark $line $place $text]
    } elseif {[llength $place]} {
        lassign $place first after
        set new [string range $line 0 $first-1]$text[string range $line $after end]
        if {$text eq "" && [dict get $format separator] eq ""} {
            set new [string range $line 0 $first-1][string trimleft [string range $line $after end]]
            set new [string trimright $new " \t"]
        }
    } else {
        set new [More $format $line $column $text]
    }
    if {![is_row $format $new]} {
        throw {OPDESK SDB bad_request} [mc "That would be no row any more but a comment or nothing: remove the row instead."]
    }
    return $new
}

proc opdesk::app::sdb_table::Allowed {format column text} {
    dict with format {}
    set last [expr {[llength $columns] - 1}]
    if {[regexp {[\u0000-\u0008\u000a-\u001f\u007f]} $text]} {
        throw {OPDESK SDB bad_request} [mc "A cell holds one line, without control characters."]
    }
    if {$hosts && $column < $last && [string first # $text] >= 0} {
        throw {OPDESK SDB bad_request} [mc "# begins the comment, which has a column of its own."]
    }
    if {$separator ne "" && $column < $last && [string first $separator $text] >= 0} {
        throw {OPDESK SDB bad_request} [mc "%s parts the cells of this file: only the last one can hold it." $separator]
    }
    if {$separator eq "" && $column < $last - $hosts} {
        if {[regexp {[ \t]} $text]} {
            throw {OPDESK SDB bad_request} [mc "Blanks part the cells of this file: only the last one can hold them."]
        }
        if {$text eq ""} {
            throw {OPDESK SDB bad_request} [mc "Blanks part the cells of this file: none before the last can be empty."]
        }
    }
}

# A cell that the line has not got yet.
proc opdesk::app::sdb_table::More {format line column text} {
    dict with format {}
    if {$text eq ""} {
        return $line
    }
    # a remark, and a carriage return among other lines, stay behind it
    set sign [expr {$hosts ? [string first # $line] : -1}]
    set end [lindex [Trim $line 0 [expr {$sign < 0 ? [string length $line] : $sign}]] 1]
    set there [llength [lsearch -all -inline -not -exact [Places $format $line] {}]]
    if {$sign >= 0} {
        incr there -1
    }
    if {$separator eq "" && $column > $there} {
        throw {OPDESK SDB bad_request} [mc "Fill the cells before this one first: blanks part them."]
    }
    set between [expr {$separator ne "" ? [string repeat $separator [expr {$column - $there + 1}]] : [Blank $line]}]
    if {$there == 0} {
        set between ""
    }
    return [string range $line 0 $end-1]$between$text[string range $line $end end]
}

# What parts cells in this line, or would.
proc opdesk::app::sdb_table::Blank {line} {
    return [expr {[string first " " $line] >= 0 && [string first \t $line] < 0 ? " " : "\t"}]
}

proc opdesk::app::sdb_table::Remark {line place text} {
    if {[llength $place] && $text ne ""} {
        lassign $place first after
        return [string range $line 0 $first-1]$text[string range $line $after end]
    }
    set sign [string first # $line]
    set line [string trimright [if {$sign < 0} {set line} else {string range $line 0 $sign-1}]]
    return $line[if {$text ne ""} {string cat "\t# " $text}]
}

# A line with these cells, as many as columns.  Throws as `with`.
proc opdesk::app::sdb_table::line {format cells} {
    dict with format {}
    set line [expr {$separator eq "" ? "" : [string repeat $separator [expr {[llength $columns] - 1}]]}]
    set column -1
    foreach cell $cells {
        incr column
        if {$column < [llength $columns] && ([string trim $cell] ne "" || ($separator eq "" && $column == 0))} {
            set line [with $format $line $column $cell]
        }
    }
    if {[string trim [join $cells ""]] eq ""} {
        throw {OPDESK SDB bad_request} [mc "A row needs a cell that is not empty."]
    }
    return $line
}
