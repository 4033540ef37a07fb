# SPDX-License-Identifier: ISC
# Documents: a subnet file that is being edited, with undo and redo.  The file itself is a sheet of
# opdesk::sdb; here are its steps, each a list of splices {OFFSET OLD NEW}, so that a step costs what it
# changed and not the file.
#   signal  edit ID WHAT      the document is another; WHAT is the name of the step, "" for the first state
namespace eval opdesk::app::sdb_edit {
    namespace import ::msgcat::mc
    # by id: {sheet base undo redo clean stamp}; base: the bytes it started from; clean: how many steps
    # were done when it was last the same as base, -1 when there is no way back to it
    variable documents {}
    variable last 0
    # steps that are kept, and the bytes in all of them
    variable max_steps 1000
    variable max_bytes 50000000
}

# A document of these bytes, with what was edited already; its id.
proc opdesk::app::sdb_edit::open {base {mine ""} {has_mine 0}} {
    variable documents
    variable last
    set id doc[incr last]
    set sheet [opdesk::sdb open [if {$has_mine} {set mine} else {set base}]]
    dict set documents $id [dict create sheet $sheet base $base undo {} redo {} \
        clean [expr {$has_mine && $mine ne $base ? -1 : 0}] bytes 0]
    return $id
}

proc opdesk::app::sdb_edit::close {id} {
    variable documents
    opdesk::sdb close [sheet $id]
    dict unset documents $id
}

proc opdesk::app::sdb_edit::exists {id} {
    variable documents
    return [dict exists $documents $id]
}

proc opdesk::app::sdb_edit::sheet {id} {
    variable documents
    return [dict get $documents $id sheet]
}

proc opdesk::app::sdb_edit::text {id} {
    return [opdesk::sdb read [sheet $id]]
}

proc opdesk::app::sdb_edit::base {id} {
    variable documents
    return [dict get $documents $id base]
}

proc opdesk::app::sdb_edit::modified {id} {
    variable documents
    return [expr {[llength [dict get $documents $id undo]] != [dict get $documents $id clean]}]
}

# The number of changes, as the original counted them: steps since the base.
proc opdesk::app::sdb_edit::changes {id} {
    variable documents
    set clean [dict get $documents $id clean]
    set steps [llength [dict get $documents $id undo]]
    return [expr {$clean < 0 ? $steps + 1 : abs($steps - $clean)}]
}

# What would be undone and redone, "" when nothing.
proc opdesk::app::sdb_edit::undoable {id} {
    variable documents
    return [lindex [dict get $documents $id undo] end 0]
}

proc opdesk::app::sdb_edit::redoable {id} {
    variable documents
    return [lindex [dict get $documents $id redo] end 0]
}

# It is on the server now: the same document on a new base.  `text`: what is there, when that is not ours.
proc opdesk::app::sdb_edit::rebase {id base} {
    variable documents
    if {$base eq [text $id]} {
        dict set documents $id clean [llength [dict get $documents $id undo]]
    } else {
        opdesk::sdb close [sheet $id]
        dict set documents $id sheet [opdesk::sdb open $base]
        dict set documents $id undo {}
        dict set documents $id redo {}
        dict set documents $id clean 0
    }
    dict set documents $id base $base
    opdesk::app::signal::emit edit $id ""
}

# --- steps ---

proc opdesk::app::sdb_edit::set_header {id key value} {
    Step $id [mc "change of %s" $key] [list [opdesk::sdb set [sheet $id] $key $value]]
}

proc opdesk::app::sdb_edit::drop_header {id key} {
    Step $id [mc "change of %s" $key] [list [opdesk::sdb set [sheet $id] $key]]
}

# nodes: lists of six fields; behind node `after` (-1: the last one).
proc opdesk::app::sdb_edit::add {id nodes {after -1}} {
    set what [expr {[llength $nodes] == 1 ? [mc "new node %s" [lindex $nodes 0 0]]
        : [mc "%d new nodes" [llength $nodes]]}]
    Step $id $what [list [opdesk::sdb add [sheet $id] $after $nodes]]
}

# fields: FIELD VALUE …
proc opdesk::app::sdb_edit::change {id number fields} {
    set name [lindex [opdesk::sdb node [sheet $id] $number] 0]
    Step $id [mc "change of %s" $name] [list [opdesk::sdb change [sheet $id] $number $fields]]
}

# Several cells as one step: NUMBER FIELDS …, and new nodes behind the last; all or nothing.
proc opdesk::app::sdb_edit::change_many {id what changes {nodes {}}} {
    set splices {}
    try {
        foreach {number fields} $changes {
            lappend splices [opdesk::sdb change [sheet $id] $number $fields]
        }
        if {[llength $nodes]} {
            lappend splices [opdesk::sdb add [sheet $id] -1 $nodes]
        }
    } on error {message options} {
        Back $id $splices
        return -options $options $message
    }
    Step $id $what $splices
}

proc opdesk::app::sdb_edit::remove {id numbers} {
    set what [expr {[llength $numbers] == 1
        ? [mc "removal of %s" [lindex [opdesk::sdb node [sheet $id] [lindex $numbers 0]] 0]]
        : [mc "removal of %d nodes" [llength $numbers]]}]
    Step $id $what [list [opdesk::sdb remove [sheet $id] $numbers]]
}

# A finding's correction.
proc opdesk::app::sdb_edit::fix {id fix} {
    set fix [dict merge {text {}} $fix]
    Step $id [mc "correction"] [list [opdesk::sdb fix [sheet $id] [dict get $fix kind] \
        [dict get $fix line] [dict get $fix text]]]
}

# All of it becomes these bytes: one step, of what differs.
proc opdesk::app::sdb_edit::replace {id what bytes} {
    set old [text $id]
    if {$old eq $bytes} {
        return
    }
    set most [expr {min([string length $old], [string length $bytes])}]
    set front [Same $most [list apply {{a b n} {
        string equal [string range $a 0 $n-1] [string range $b 0 $n-1]
    }} $old $bytes]]
    set back [Same [expr {$most - $front}] [list apply {{a b n} {
        string equal [string range $a end-[expr {$n - 1}] end] [string range $b end-[expr {$n - 1}] end]
    }} $old $bytes]]
    set splice [list $front [string range $old $front end-$back] [string range $bytes $front end-$back]]
    opdesk::sdb splice [sheet $id] {*}$splice
    Step $id $what [list $splice]
}

# The largest n up to `most` for which {*}same N holds: it does for all below it.
proc opdesk::app::sdb_edit::Same {most same} {
    set low 0
    while {$low < $most} {
        set middle [expr {($low + $most + 1) / 2}]
        if {[{*}$same $middle]} {
            set low $middle
        } else {
            set most [expr {$middle - 1}]
        }
    }
    return $low
}

proc opdesk::app::sdb_edit::Step {id what splices} {
    variable documents
    set splices [lsearch -all -inline -not -exact $splices {}]
    if {![llength $splices]} {
        return
    }
    set undo [dict get $documents $id undo]
    set clean [dict get $documents $id clean]
    if {$clean > [llength $undo]} {
        set clean -1
    }
    lappend undo [list $what $splices]
    dict set documents $id redo {}
    dict set documents $id clean $clean
    dict set documents $id undo $undo
    Bound $id
    opdesk::app::signal::emit edit $id $what
}

# The oldest steps go when there are too many.
proc opdesk::app::sdb_edit::Bound {id} {
    variable documents
    variable max_steps
    variable max_bytes
    set undo [dict get $documents $id undo]
    set bytes 0
    for {set at [llength $undo]} {$at > 0} {incr at -1} {
        foreach splice [lindex $undo $at-1 1] {
            incr bytes [expr {[string length [lindex $splice 1]] + [string length [lindex $splice 2]]}]
        }
        if {$bytes > $max_bytes || [llength $undo] - $at >= $max_steps} {
            break
        }
    }
    set at [expr {min($at, [llength $undo] - 1)}]
    if {$at > 0} {
        dict set documents $id undo [lrange $undo $at end]
        set clean [dict get $documents $id clean]
        dict set documents $id clean [expr {$clean < $at ? -1 : $clean - $at}]
    }
}

proc opdesk::app::sdb_edit::Back {id splices} {
    foreach splice [lreverse [lsearch -all -inline -not -exact $splices {}]] {
        lassign $splice offset old new
        opdesk::sdb splice [sheet $id] $offset $new $old
    }
}

proc opdesk::app::sdb_edit::undo {id} {
    variable documents
    set undo [dict get $documents $id undo]
    if {![llength $undo]} {
        return
    }
    lassign [lindex $undo end] what splices
    Back $id $splices
    dict set documents $id undo [lrange $undo 0 end-1]
    dict set documents $id redo [concat [dict get $documents $id redo] [list [lindex $undo end]]]
    opdesk::app::signal::emit edit $id $what
}

proc opdesk::app::sdb_edit::redo {id} {
    variable documents
    set redo [dict get $documents $id redo]
    if {![llength $redo]} {
        return
    }
    lassign [lindex $redo end] what splices
    foreach splice $splices {
        opdesk::sdb splice [sheet $id] {*}$splice
    }
    dict set documents $id redo [lrange $redo 0 end-1]
    dict set documents $id undo [concat [dict get $documents $id undo] [list [lindex $redo end]]]
    opdesk::app::signal::emit edit $id $what
}

# --- what is typed ---

# A field as the file wants it: an address in brackets when it is IPv6, an Ethernet address as twelve
# digits; what is neither stays as it was typed, and the check says what is wrong.
proc opdesk::app::sdb_edit::written {field value} {
    set value [string trim $value]
    switch $field {
        address {
            if {[string first : $value] >= 0 && ![string match {\[*} $value]} {
                return \[$value\]
            }
        }
        ethernet {
            set mac [opdesk::sdb mac $value]
            return [if {$mac eq ""} {set value} else {set mac}]
        }
    }
    return $value
}
