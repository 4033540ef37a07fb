# SPDX-License-Identifier: ISC
# The history of one subnet at a time and place: its commits, newest first, a page at a time; what one of
# them did, or what lies between two; taking one back.  Each history has an id of its caller's.
#   signal  sdb.history ID EVENT ?VALUE?
#       commits           there are more, or other ones (`commits`)
#       changes CHANGES   what was asked for with `compare`
#       preview FILES     what a revert would do: dicts {file gone merged diff}, none when it is so already
#       refused MESSAGE ERROR   why that cannot be
#       done RESULT       taken back, or put back
#       failed MESSAGE
namespace eval opdesk::app::sdb_history {
    # by id: {key node commits more number page}; number: of the last question; page: of that for commits
    variable histories {}
    variable pages 0
    variable page 100
}

# node: an address or a name, "" for all of the file.
proc opdesk::app::sdb_history::open {id key {node ""}} {
    variable histories
    set number [expr {[dict exists $histories $id] ? [dict get $histories $id number] : 0}]
    dict set histories $id [dict create key $key node $node commits {} more 0 number $number page 0]
    more $id
}

proc opdesk::app::sdb_history::close {id} {
    variable histories
    dict unset histories $id
}

proc opdesk::app::sdb_history::exists {id} {
    variable histories
    return [dict exists $histories $id]
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

# The next page of commits; one that was asked for before, or of what was open before, is not taken any more.
proc opdesk::app::sdb_history::more {id} {
    variable histories
    variable pages
    variable page
    dict set histories $id page [incr pages]
    set params [dict create limit $page]
    if {[get $id node] ne ""} {
        dict set params node [get $id node]
    }
    if {[llength [get $id commits]]} {
        dict set params before [dict get [lindex [get $id commits] end] commit]
    }
    Call $id sdb.log $params Logged $pages
}

proc opdesk::app::sdb_history::Logged {id number status value} {
    variable histories
    if {![dict exists $histories $id] || [get $id page] != $number} {
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
    set number [Number $id]
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
        set value [opdesk::sdb diff {} [dict get $value text]]
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

# --- taking back ---

# how: undo (take back what this commit did to the file, and keep what came later), set (so in all its
# files) or to (the file as it left it).
proc opdesk::app::sdb_history::Revert {id how commit more handler args} {
    set params [dict merge [dict create id [opdesk::system uuid] [expr {$how eq "to" ? "to" : "undo"}] $commit \
        session [opdesk::app::sdb_list::session]] $more]
    lassign [split [get $id key] /] server file
    if {$how ne "set"} {
        dict set params file $file
    }
    opdesk::app::servers::call $server sdb.revert $params [list [namespace current]::$handler $id {*}$args] 60000
}

# Nothing is done.  Takes the place of what was asked for with `compare`.
proc opdesk::app::sdb_history::preview {id how commit} {
    Revert $id $how $commit {dry 1} Previewed [Number $id]
}

proc opdesk::app::sdb_history::Number {id} {
    variable histories
    set number [expr {[get $id number] + 1}]
    dict set histories $id number $number
    return $number
}

proc opdesk::app::sdb_history::Previewed {id number status value} {
    variable histories
    if {![dict exists $histories $id] || [get $id number] != $number} {
        return
    }
    if {$status eq "ok"} {
        Tell $id preview [lsearch -all -inline -not -exact [lmap file [dict get $value files] {
            if {[llength [dict get $file diff changes]] || [dict get $file diff reordered]} {set file} else {list}
        }] {}]
    } else {
        Tell $id refused [Reason $value] $value
    }
}

proc opdesk::app::sdb_history::revert {id how commit message} {
    Revert $id $how $commit [Why $message] Reverted
}

proc opdesk::app::sdb_history::Why {message} {
    return [if {$message ne ""} {dict create message [opdesk::app::words::cut $message [opdesk::system limit sdb.revert message]]}]
}

proc opdesk::app::sdb_history::Reverted {id status value} {
    variable histories
    if {![dict exists $histories $id]} {
        return
    }
    # what was asked for before is not to take the place of this
    Number $id
    if {$status eq "ok"} {
        Tell $id done $value
        open $id [get $id key] [get $id node]
    } else {
        Tell $id refused [Reason $value] $value
    }
}

proc opdesk::app::sdb_history::Reason {error} {
    switch [dict get $error name] {
        conflict { return [::msgcat::mc "What came later has changed the same: it cannot be taken back by itself."] }
        bad_request {
            if {[dict exists $error data findings]} {
                return [::msgcat::mc "It would bring errors:"]
            }
        }
        locked {
            return [::msgcat::mc "%s has the lock." \
                [opdesk::app::words::line [opdesk::app::sdb_list::field [dict get $error data] owner] 60]]
        }
    }
    return [opdesk::app::sdb_words::failure $error]
}

# The file as a commit left it, "" as it is now: later {*}prefix STATUS VALUE, VALUE with `text`.
proc opdesk::app::sdb_history::text_of {id commit prefix} {
    if {$commit eq ""} {
        Call $id sdb.get {} Pass $prefix
    } else {
        Call $id sdb.show [dict create commit $commit] Pass $prefix
    }
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

# Store that at once.  plan: as above, by whom it is asked for; address: the node's now, for change and remove.
proc opdesk::app::sdb_history::store_node {id plan address message} {
    lassign $plan kind fields
    set params [dict create id [opdesk::system uuid] session [opdesk::app::sdb_list::session] {*}[Why $message]]
    if {$kind in {change remove}} {
        dict set params node $address
    }
    if {$kind in {change add}} {
        set params [dict merge $params [fields $fields]]
    }
    Call $id sdb.$kind $params Reverted
}

proc opdesk::app::sdb_history::fields {values} {
    return [concat {*}[lmap field {name address ethernet alias mx comment} value $values {list $field $value}]]
}

proc opdesk::app::sdb_history::Find {sheet node} {
    set number [opdesk::sdb at $sheet [string trim $node {[]}]]
    if {$number >= 0} {
        return $number
    }
    # `find` also gives names that only begin so, and goes round
    set last -1
    while {[set number [opdesk::sdb find $sheet name $node [expr {$last + 1}]]] > $last} {
        if {[string equal -nocase [lindex [opdesk::sdb node $sheet $number] 0] $node]} {
            return $number
        }
        set last $number
    }
    return -1
}
