# SPDX-License-Identifier: ISC
# The subnets of all ipadmds of this desk, by key SERVER/FILE, kept up by what the daemons tell.  A subnet
# is the daemon's dict (docs/protocol.md, A row) with `server`; its lock has `until_ms`, by
# opdesk::app::clock.  Files that are no subnets are there too (`is_flat`).
#   signal  subnets SERVER                the list is another: subnets came, went, or were changed
#   signal  subnet KEY                    one subnet: its lock, its last change
#   signal  subnet.taken KEY BY           its lock was ours, and is somebody else's now
#   signal  subnet.wanted KEY BY MESSAGE  its lock is ours, and somebody asks for it
#   signal  subnet.moved KEY PARAMS       a change of it is on disk (sdb.changed)
namespace eval opdesk::app::sdb_list {
    variable subnets {}
    # one for this program, so that its locks survive reconnecting
    variable session ""
    # by server: a list is being asked for, and has to be asked for again
    variable asking {}
    variable pause_ms 100
    variable looking_ms 2000
    variable timers {}
    # by server: never, listed, refused
    variable states {}
}

proc opdesk::app::sdb_list::session {} {
    variable session
    if {$session eq ""} {
        set session [opdesk::system uuid]
    }
    return $session
}

proc opdesk::app::sdb_list::exists {key} {
    variable subnets
    return [dict exists $subnets $key]
}

proc opdesk::app::sdb_list::get {key} {
    variable subnets
    return [dict get $subnets $key]
}

# All keys, server by server, in the order of names.
proc opdesk::app::sdb_list::keys {} {
    variable subnets
    return [dict keys $subnets]
}

# Has the server told its list yet?
proc opdesk::app::sdb_list::listed {server} {
    variable states
    return [expr {[dict exists $states $server] && [dict get $states $server] eq "listed"}]
}

proc opdesk::app::sdb_list::field {subnet name {default ""}} {
    if {[dict exists $subnet $name]} {
        return [dict get $subnet $name]
    }
    return $default
}

proc opdesk::app::sdb_list::is_mine {lock} {
    variable session
    return [expr {[dict exists $lock session] && [dict get $lock session] eq $session}]
}

# Is it a file that is no subnet?
proc opdesk::app::sdb_list::is_flat {key} {
    return [catch {opdesk::sdb name [lindex [split $key /] 1]}]
}

# --- from the daemons ---

proc opdesk::app::sdb_list::Up {server} {
    variable asking
    if {[opdesk::app::servers::program $server] ne "ipadmd"} {
        return
    }
    dict unset asking $server
    opdesk::app::servers::call $server sdb.subscribe [dict create session [session]] \
        [list [namespace current]::Subscribed $server]
}

proc opdesk::app::sdb_list::Subscribed {server status value} {
    if {$status eq "ok"} {
        Ask $server
    } elseif {[dict get $value name] ni {unavailable cancelled}} {
        opdesk::app::servers::refused $server [dict get $value message]
    }
}

# What comes while a list is on its way is asked for once more.
proc opdesk::app::sdb_list::Ask {server} {
    variable asking
    variable timers
    dict unset timers $server
    if {[dict exists $asking $server]} {
        dict set asking $server again
        return
    }
    dict set asking $server once
    opdesk::app::servers::call $server sdb.list {} [list [namespace current]::Listed $server]
}

proc opdesk::app::sdb_list::AskLater {server} {
    variable timers
    variable pause_ms
    if {![dict exists $timers $server]} {
        dict set timers $server [after $pause_ms [list [namespace current]::Ask $server]]
    }
}

proc opdesk::app::sdb_list::Listed {server status value} {
    variable asking
    set again [expr {[dict exists $asking $server] && [dict get $asking $server] eq "again"}]
    dict unset asking $server
    if {$status eq "ok"} {
        Take $server [dict get $value files] [opdesk::app::clock::now]
    }
    if {$again} {
        Ask $server
    }
}

proc opdesk::app::sdb_list::Take {server files now} {
    variable subnets
    variable states
    variable looking_ms
    if {![listed $server] && [lsearch -not -glob $files *changed_at*] >= 0} {
        # a daemon that has just started is still looking who changed them last
        after $looking_ms [list [namespace current]::Ask $server]
    }
    dict set states $server listed
    set old $subnets
    set subnets {}
    dict for {key subnet} $old {
        if {[dict get $subnet server] < $server} {
            dict set subnets $key $subnet
        }
    }
    foreach file $files {
        set key $server/[dict get $file file]
        dict set file server $server
        if {[dict exists $file lock]} {
            dict set file lock [Local [dict get $file lock] $now]
        }
        if {[dict exists $old $key]} {
            set file [dict merge [dict filter [dict get $old $key] key changed_at changed_by] $file]
        }
        dict set subnets $key $file
    }
    dict for {key subnet} $old {
        if {[dict get $subnet server] > $server} {
            dict set subnets $key $subnet
        }
    }
    opdesk::app::signal::emit subnets $server
}

proc opdesk::app::sdb_list::Local {lock now} {
    dict set lock until_ms [expr {$now + [field $lock left_ms 0]}]
    return $lock
}

proc opdesk::app::sdb_list::Changed {key at who} {
    variable subnets
    dict set subnets $key [dict merge [get $key] [dict create changed_at $at changed_by $who]]
}

proc opdesk::app::sdb_list::Note {server method params} {
    variable subnets
    if {[opdesk::app::servers::program $server] ne "ipadmd"} {
        return
    }
    set key $server/[field $params file]
    switch $method {
        sdb.changed {
            if {[exists $key]} {
                Changed $key [clock milliseconds] [field $params who]
            }
            opdesk::app::signal::emit subnet.moved $key $params
            AskLater $server
        }
        sdb.locked { Locked $key $params }
        sdb.taken {
            if {[field $params session] eq [session]} {
                opdesk::app::signal::emit subnet.taken $key [field $params by]
            }
        }
        sdb.wanted {
            if {[field $params session] eq [session]} {
                opdesk::app::signal::emit subnet.wanted $key [field $params by] [field $params message]
            }
        }
        server.reset { Up $server }
    }
}

proc opdesk::app::sdb_list::Locked {key params} {
    variable subnets
    if {![exists $key]} {
        return
    }
    if {[dict exists $params lock] && [dict size [dict get $params lock]]} {
        dict set subnets $key lock [Local [dict get $params lock] [opdesk::app::clock::now]]
    } else {
        dict set subnets $key [dict remove [get $key] lock]
    }
    opdesk::app::signal::emit subnet $key
}

proc opdesk::app::sdb_list::Removed {server} {
    variable subnets
    variable states
    variable timers
    if {[dict exists $timers $server]} {
        after cancel [dict get $timers $server]
        dict unset timers $server
    }
    dict unset states $server
    foreach key [dict keys $subnets $server/*] {
        dict unset subnets $key
    }
    opdesk::app::signal::emit subnets $server
}

opdesk::app::signal::on server.up opdesk::app::sdb_list::Up
opdesk::app::signal::on server.note opdesk::app::sdb_list::Note
opdesk::app::signal::on server.removed opdesk::app::sdb_list::Removed
