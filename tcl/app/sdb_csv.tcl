# SPDX-License-Identifier: ISC
# Nodes from and to CSV (RFC 4180): pure.  The first line names the columns; rows are matched with nodes by
# address, without one by name: known ones are changed in the columns that there are, others are new.
namespace eval opdesk::app::sdb_csv {
    namespace import ::msgcat::mc
    variable fields {name address ethernet alias mx comment}
    # what other programs call them
    variable names {
        name name hostname name host name a name
        address address ip address {ip address} address ipv4 address ipv6 address
        ethernet ethernet mac ethernet {mac address} ethernet hwaddr ethernet
        alias alias cname alias aliases alias
        mx mx {mail exchanger} mx mail mx
        comment comment comments comment description comment remark comment
    }
}

proc opdesk::app::sdb_csv::write {nodes} {
    variable fields
    set lines [list [join $fields ,]]
    foreach node $nodes {
        lappend lines [join [lmap value $node {Quote $value}] ,]
    }
    return [join $lines \r\n]\r\n
}

proc opdesk::app::sdb_csv::Quote {value} {
    if {[regexp {[",\r\n]} $value]} {
        return \"[string map {\" \"\"} $value]\"
    }
    return $value
}

# Records as lists of cells, each with the number of its first line in front.
proc opdesk::app::sdb_csv::read {text} {
    set separator [Separator $text]
    set records {}
    set cells {}
    set cell ""
    set quoted 0
    set line 1
    set start 1
    foreach part [Parts [string map {\r\n \n \r \n} $text] $separator] {
        if {$quoted && $part ne "\""} {
            append cell $part
            incr line [expr {$part eq "\n"}]
        } elseif {$part eq "\""} {
            # a doubled one inside is two states of the same: out and in again
            if {!$quoted && $cell ne "" && [info exists closed] && $closed} {
                append cell \"
            }
            set quoted [expr {!$quoted}]
            set closed [expr {!$quoted}]
            continue
        } elseif {$part eq $separator} {
            lappend cells $cell
            set cell ""
        } elseif {$part eq "\n"} {
            lappend cells $cell
            if {$cells ne {{}}} {
                lappend records [linsert $cells 0 $start]
            }
            set cells {}
            set cell ""
            set start [incr line]
        } else {
            append cell $part
        }
        set closed 0
    }
    if {$cell ne "" || [llength $cells]} {
        lappend records [linsert [lappend cells $cell] 0 $start]
    }
    return $records
}

# A quote, a separator or a line's end is a part of its own.
proc opdesk::app::sdb_csv::Parts {text separator} {
    return [regexp -all -inline "\"|\n|\\$separator|\[^\"\n\\$separator\]+" $text]
}

# Comma, semicolon or tab: which one the first line has most.
proc opdesk::app::sdb_csv::Separator {text} {
    set line [lindex [split $text \n] 0]
    set best ,
    foreach sign [list , \; \t] {
        if {[llength [split $line $sign]] > [llength [split $line $best]]} {
            set best $sign
        }
    }
    return $best
}

# What importing the text would do: {CHANGES NODES ERRORS}: CHANGES and NODES as of
# opdesk::app::sdb_edit::change_many, ERRORS a list of {LINE MESSAGE}.  Nothing is changed.
proc opdesk::app::sdb_csv::plan {sheet text} {
    variable fields
    set records [read [string trimleft $text \ufeff]]
    set columns [Columns [lrange [lindex $records 0] 1 end]]
    if {"address" ni $columns && "name" ni $columns} {
        return [list {} {} [list [list 1 \
            [mc "The first line names the columns: %s, at least name or address." [join $fields {, }]]]]]
    }
    set changes {}
    set nodes {}
    set errors {}
    set seen {}
    foreach record [lrange $records 1 end] {
        set line [lindex $record 0]
        set values [Values $columns [lrange $record 1 end]]
        set key [Value $values address]
        if {$key eq ""} {
            set key [Value $values name]
        }
        if {$key eq ""} {
            lappend errors [list $line [mc "neither a name nor an address"]]
        } elseif {[dict exists $seen $key]} {
            lappend errors [list $line [mc "%1\$s is in line %2\$d too" $key [dict get $seen $key]]]
        } else {
            dict set seen $key $line
            Plan $sheet $line $values
        }
    }
    return [list $changes $nodes $errors]
}

# "" when there is none.
proc opdesk::app::sdb_csv::Value {values name} {
    return [if {[dict exists $values $name]} {dict get $values $name}]
}

proc opdesk::app::sdb_csv::Columns {heads} {
    variable names
    return [lmap head $heads {
        set head [string tolower [string trim $head]]
        Value $names $head
    }]
}

proc opdesk::app::sdb_csv::Values {columns cells} {
    set values {}
    foreach column $columns cell $cells {
        if {$column ne ""} {
            dict set values $column [opdesk::app::sdb_edit::written $column $cell]
        }
    }
    return $values
}

# One row, tried on a node of its own: what would not read back is an error here.
proc opdesk::app::sdb_csv::Plan {sheet line values} {
    variable fields
    upvar 1 changes changes nodes nodes errors errors
    set number [Number $sheet $values]
    foreach {field value} $values {
        if {[regexp {[\r\n]} $value] || ($field in {name alias mx} && [string first : $value] >= 0)} {
            lappend errors [list $line [mc "%s: a colon or a line break in it" $field]]
            return
        }
    }
    if {$number >= 0} {
        lappend changes $number $values
        return
    }
    set node [lmap field $fields {Value $values $field}]
    if {[lindex $node 1] eq ""} {
        lappend errors [list $line [mc "%s is new and has no address" [lindex $node 0]]]
    } else {
        lappend nodes $node
    }
}

proc opdesk::app::sdb_csv::Number {sheet values} {
    set address [string trim [Value $values address] {[]}]
    if {$address ne ""} {
        return [opdesk::sdb at $sheet $address]
    }
    set number [opdesk::sdb find $sheet name [dict get $values name] 0]
    return [expr {$number >= 0 && [string equal -nocase [lindex [opdesk::sdb node $sheet $number] 0] \
        [dict get $values name]] ? $number : -1}]
}

# The errors that the check finds after the import and did not before: a list of {WHERE MESSAGE}.
proc opdesk::app::sdb_csv::check {sheet changes nodes} {
    set before [Errors $sheet]
    set trial [opdesk::sdb open [opdesk::sdb read $sheet]]
    try {
        foreach {number values} $changes {
            opdesk::sdb change $trial $number $values
        }
        if {[llength $nodes]} {
            opdesk::sdb add $trial -1 $nodes
        }
        set found {}
        foreach {message where} [Errors $trial] {
            if {![dict exists $before $message]} {
                lappend found [list $where $message]
            }
        }
        return $found
    } trap {OPDESK} {message} {
        return [list [list "" $message]]
    } finally {
        opdesk::sdb close $trial
    }
}

# By message: the name of the node.
proc opdesk::app::sdb_csv::Errors {sheet} {
    set errors {}
    foreach finding [opdesk::sdb check $sheet 1000] {
        if {[dict get $finding severity] eq "error"} {
            set number [opdesk::sdb at_line $sheet [dict get $finding line]]
            dict set errors [regsub { \([^()]*line \d+\)} [dict get $finding message] ""] \
                [expr {$number < 0 ? "" : [lindex [opdesk::sdb node $sheet $number] 0]}]
        }
    }
    return $errors
}
