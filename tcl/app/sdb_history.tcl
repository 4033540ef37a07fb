# SPDX-License-Identifier: ISC
# The history of one subnet at a time and place: its commits, newest first, a page at a time; what one of
# them did, or what lies between two; taking one back.  Each history has an id of its caller's.
#   signal  sdb.history ID EVENT ?VALUE?
#       commits           there are more, or other ones (`commits`)
#       changes CHANGES   what was asked for with `compare`
#       done RESULT       taken back, or put back
#       failed MESSAGE
namespace eval opdesk::app::sdb_history {
    # by id: {key node commits more number}; number: of the last question
    variable histories {}
    variable page 100
}

# node: an address or a name, "" for all of the file.
proc opdesk::app::sdb_history::open {id key {node ""}} {
    variable histories
    set number [expr {[dict exists $histories $id] ? [dict get $histories $id number] : 0}]
    dict set histories $id [dict create key $key node $node commits {} more 0 number $number]
    more $id
}

proc opdesk::app::sdb_history::close {id} {
    variable histories
    dict unset histories $id
}

proc opdesk::app::sdb_history::get {id name} {
    variable histories
    return [dict get $histories $id $name]
}

proc opdesk::app::sdb_history::Tell {id event args} {
    opdesk::app::signal::emit sdb.history $id $event {*}$args
}

proc opdesk::app::sdb_history::Call {id method params handler args} {
    lassign [split [get $id key] /] server file
    opdesk::app::servers::call $server $method [dict merge [dict create file $file] $params] \
        [list [namespace current]::$handler $id {*}$args] 60000
}


# The next page of commits.
proc opdesk::app::sdb_history::more {id} {
    variable histories
    variable page
    set params [dict create limit $page]
    if {[get $id node] ne ""} {
        dict set params node [get $id node]
    }
    if {[llength [get $id commits]]} {
        dict set params before [dict get [lindex [get $id commits] end] commit]
    }
    Call $id sdb.log $params Logged [get $id node]
}

proc opdesk::app::sdb_history::Logged {id node status value} {
    variable histories
    if {![dict exists $histories $id] || [get $id node] ne $node} {
        return
    }
    if {$status eq "error"} {
        Tell $id failed [opdesk::app::sdb_words::failure $value]
        return
    }
    dict set histories $id commits [concat [get $id commits] [dict get $value commits]]
    dict set histories $id more [opdesk::app::sdb_list::field $value more 0]
    Tell $id commits
}

# What lies between two commits, "" as the older one: what the newer one did to the file.
proc opdesk::app::sdb_history::compare {id older newer} {
    variable histories
    dict set histories $id number [set number [expr {[get $id number] + 1}]]
    if {$older eq ""} {
        Call $id sdb.log [dict create limit 1 before $newer] Before $number $newer
    } else {
        Call $id sdb.diff [dict create from $older to $newer] Compared $number
    }
}

# The commit of the file before that; without one the whole file is new.
proc opdesk::app::sdb_history::Before {id number newer status value} {
    variable histories
    if {![dict exists $histories $id] || [get $id number] != $number} {
        return
    }
    if {$status eq "ok" && [llength [dict get $value commits]]} {
        Call $id sdb.diff [dict create from [dict get [lindex [dict get $value commits] 0] commit] to $newer] \
            Compared $number
    } else {
        Call $id sdb.show [dict create commit $newer] First $number
    }
}

proc opdesk::app::sdb_history::First {id number status value} {
    if {$status eq "ok"} {
        set value [dict create changes [opdesk::sdb diff {} [dict get $value text]]]
    }
    Compared $id $number $status $value
}

proc opdesk::app::sdb_history::Compared {id number status value} {
    variable histories
    if {![dict exists $histories $id] || [get $id number] != $number} {
        return
    }
    if {$status eq "ok"} {
        Tell $id changes [dict get $value changes]
    } else {
        Tell $id failed [opdesk::app::sdb_words::failure $value]
    }
}

# how: undo (take back what this commit did, and keep what came later) or to (the file as it left it).
proc opdesk::app::sdb_history::revert {id how commit message} {
    set params [dict create id [opdesk::system uuid] $how $commit session [opdesk::app::sdb_list::session]]
    if {$message ne ""} {
        dict set params message [opdesk::app::words::cut $message 2000]
    }
    Call $id sdb.revert $params Reverted
}

proc opdesk::app::sdb_history::Reverted {id status value} {
    variable histories
    if {![dict exists $histories $id]} {
        return
    }
    if {$status eq "ok"} {
        Tell $id done $value
        open $id [get $id key] [get $id node]
    } else {
        Tell $id failed [Reason $value]
    }
}

proc opdesk::app::sdb_history::Reason {error} {
    switch [dict get $error name] {
        conflict { return [::msgcat::mc "What came later has changed the same nodes: edit it by hand."] }
        locked {
            return [::msgcat::mc "%s has the lock." \
                [opdesk::app::words::line [opdesk::app::sdb_list::field [dict get $error data] owner] 60]]
        }
    }
    return [opdesk::app::sdb_words::failure $error]
}

# The file as a commit left it: later {*}prefix STATUS VALUE, VALUE with `text`.
proc opdesk::app::sdb_history::text_of {id commit prefix} {
    Call $id sdb.show [dict create commit $commit] Pass $prefix
}

proc opdesk::app::sdb_history::Pass {id prefix status value} {
    {*}$prefix $status $value
}

# --- one node ---

# What has to be edited so that the node with this address or name is as in other bytes: {KIND NODE}, KIND
# change add remove none.  sheet: as it is now.
proc opdesk::app::sdb_history::node_back {sheet bytes node} {
    set old [opdesk::sdb open $bytes]
    try {
        set was [Find $old $node]
        set is [Find $sheet $node]
        if {$was < 0} {
            return [expr {$is < 0 ? [list none {}] : [list remove $is]}]
        }
        set fields [opdesk::sdb node $old $was]
        if {$is < 0} {
            return [list add $fields]
        }
        return [expr {[opdesk::sdb node $sheet $is] eq $fields ? [list none {}] : [list change $fields $is]}]
    } finally {
        opdesk::sdb close $old
    }
}

proc opdesk::app::sdb_history::Find {sheet node} {
    set number [opdesk::sdb at $sheet [string trim $node {[]}]]
    if {$number >= 0} {
        return $number
    }
    set number [opdesk::sdb find $sheet name $node 0]
    return [expr {$number >= 0 && [string equal -nocase [lindex [opdesk::sdb node $sheet $number] 0] $node]
        ? $number : -1}]
}
