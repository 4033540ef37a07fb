# SPDX-License-Identifier: ISC
# Who gave a node the form that it has on the server, when and why.  Asked for when somebody has stayed with
# a node for a moment, one question at a time for a file, and remembered until the file changes.
#   signal  blame KEY ADDRESS     there is something to say of that node (`of`)
#           blame KEY             what was known of the file's nodes may be old
namespace eval opdesk::app::sdb_blame {
    # by key and address: {commit at author message}, empty for a node that is not on the server
    variable known {}
    # by key: the address that is wanted next; the timer, or "asked" while a question is on its way
    variable wanted {}
    variable state {}
    variable pause_ms 400
}

# Empty when nothing is known (yet).
proc opdesk::app::sdb_blame::of {key address} {
    variable known
    return [if {[dict exists $known $key $address]} {dict get $known $key $address}]
}

proc opdesk::app::sdb_blame::want {key address} {
    variable known
    variable wanted
    variable state
    variable pause_ms
    if {[dict exists $known $key $address]} {
        dict unset wanted $key
        return
    }
    dict set wanted $key $address
    if {![dict exists $state $key]} {
        dict set state $key [after $pause_ms [list [namespace current]::Ask $key]]
    } elseif {[dict get $state $key] ne "asked"} {
        after cancel [dict get $state $key]
        dict set state $key [after $pause_ms [list [namespace current]::Ask $key]]
    }
}

# Nobody looks at it any more.
proc opdesk::app::sdb_blame::forget {key} {
    variable known
    variable wanted
    variable state
    dict unset known $key
    dict unset wanted $key
    if {[dict exists $state $key] && [dict get $state $key] ne "asked"} {
        after cancel [dict get $state $key]
        dict unset state $key
    }
}

proc opdesk::app::sdb_blame::Ask {key} {
    variable wanted
    variable state
    if {![dict exists $wanted $key]} {
        dict unset state $key
        return
    }
    dict set state $key asked
    set address [dict get $wanted $key]
    dict unset wanted $key
    lassign [split $key /] server file
    opdesk::app::servers::call $server sdb.blame [dict create file $file node $address] \
        [list [namespace current]::Told $key $address] 30000
}

# A node that only the editor has is remembered as such; after any other failure it is asked for again.
proc opdesk::app::sdb_blame::Told {key address status value} {
    variable known
    variable wanted
    variable state
    dict unset state $key
    if {$status eq "ok" || [dict get $value name] eq "not_found"} {
        dict set known $key $address [if {$status eq "ok"} {lindex [dict get $value nodes] 0}]
        opdesk::app::signal::emit blame $key $address
    }
    if {[dict exists $wanted $key]} {
        want $key [dict get $wanted $key]
    }
}

proc opdesk::app::sdb_blame::Moved {key params} {
    variable known
    if {[dict exists $known $key]} {
        dict unset known $key
        opdesk::app::signal::emit blame $key
    }
}

opdesk::app::signal::on subnet.moved opdesk::app::sdb_blame::Moved
