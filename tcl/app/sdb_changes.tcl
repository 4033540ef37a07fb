# SPDX-License-Identifier: ISC
# How a document differs from its base, as opdesk::sdb diff says it: of an excerpt of both, which is small
# however large they are, as long as little was edited.  Where it is not, its two versions are read and compared
# in a turn of the loop each, so that none is felt.
namespace eval opdesk::app::sdb_changes {
    # bytes up to which all of it is done at once
    variable at_once 500000
    # changes that are told one by one; more than anybody reads
    variable max 2000
}

# {*}CALLBACK {counts {LINE {added N removed N changed N} …} changes {{what line old new} …}}, at once or later;
# never, when the document is closed before.  LINE: node, header or other.
proc opdesk::app::sdb_changes::find {doc callback} {
    variable at_once
    variable max
    lassign [opdesk::sdb excerpt [opdesk::app::sdb_edit::base $doc] [opdesk::app::sdb_edit::sheet $doc]] old new
    if {[string length $old] <= $at_once && [string length $new] <= $at_once} {
        {*}$callback [opdesk::sdb diff $old $new $max]
    } else {
        Next [list [namespace current]::Read $doc [list $old $new] {} $callback]
    }
}

# How many of a kind: added, removed or changed; of lines of that kind, else of all.
proc opdesk::app::sdb_changes::count {found what {line *}} {
    set n 0
    foreach counts [dict values [dict filter [dict get $found counts] key $line]] {
        incr n [dict get $counts $what]
    }
    return $n
}

# How many there are in all.
proc opdesk::app::sdb_changes::total {found {line *}} {
    return [expr {[count $found added $line] + [count $found removed $line] + [count $found changed $line]}]
}

# One of `bytes` becomes a sheet.
proc opdesk::app::sdb_changes::Read {doc bytes sheets callback} {
    lappend sheets [opdesk::sdb open [lindex $bytes 0]]
    set bytes [lrange $bytes 1 end]
    if {[llength $bytes]} {
        Next [list [namespace current]::Read $doc $bytes $sheets $callback]
    } else {
        Next [list [namespace current]::Compare $doc $sheets $callback]
    }
}

proc opdesk::app::sdb_changes::Compare {doc sheets callback} {
    variable max
    set found [opdesk::sdb compare {*}$sheets $max]
    foreach sheet $sheets {
        Next [list opdesk::sdb close $sheet]
    }
    if {[opdesk::app::sdb_edit::exists $doc]} {
        Next [list {*}$callback $found]
    }
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::sdb_changes::Next {script} {
    after idle [list after 0 $script]
}
