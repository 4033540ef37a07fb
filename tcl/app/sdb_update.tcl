# SPDX-License-Identifier: ISC
# Update of what is open (app/sdb_work.tcl, whose words and signals these are): put on the server, or given up.
namespace eval opdesk::app::sdb_update {
    namespace import ::msgcat::mc
    namespace path ::opdesk::app::sdb_work
    variable put_ms 120000
}

# The same text with the same message again is the same change, so that one whose outcome was unknown is
# never done twice.
proc opdesk::app::sdb_update::put {key message} {
    variable put_ms
    lassign [Split $key] server file
    set text [opdesk::app::sdb_edit::text [get $key doc]]
    set try [get $key try]
    if {[lrange $try 1 end] ne [list $text $message]} {
        set try [list [opdesk::system uuid] $text $message]
    }
    Set $key try $try busy 1
    Tell $key putting
    Set $key call [opdesk::app::servers::call $server sdb.put [dict create id [lindex $try 0] file $file \
        base [get $key version] text $text \
        message [opdesk::app::words::cut $message [opdesk::system limit sdb.put message]] session [opdesk::app::sdb_list::session] keep_lock 1] [list [namespace current]::Put $key $text] $put_ms]
}

# Give the update up, while it is on its way.  The daemon leaves undone what it has not begun to write.
proc opdesk::app::sdb_update::stop {key} {
    if {[get $key busy] && [get $key call] ne ""} {
        set call [get $key call]
        Set $key call ""
        Tell $key stopping
        opdesk::app::servers::cancel $call
    }
}

# What became of an update that was given up is asked where changes are made, so that it is answered behind it.
proc opdesk::app::sdb_update::AskOutcome {key text} {
    lassign [Split $key] server file
    opdesk::app::servers::call $server sdb.get [dict create file $file lock 1 \
        session [opdesk::app::sdb_list::session] pid [pid]] [list [namespace current]::Outcome $key $text] 60000
}

proc opdesk::app::sdb_update::Outcome {key text status value} {
    if {![exists $key]} {
        return
    }
    Set $key busy 0
    if {$status eq "ok"} {
        Kept $key $value
        Tell $key mode
        if {[Holds [dict get $value text] [opdesk::app::sdb_edit::base [get $key doc]] $text]} {
            Done $key $text [dict merge $value [dict create late 1 merged [expr {[dict get $value text] ne $text}]]]
        } else {
            Tell $key stopped
        }
    } elseif {[dict get $value name] eq "not_found"} {
        Tell $key stopped
    } else {
        Tell $key failed [mc "Given up, and the daemon does not say whether it had been stored: Update again does it once at most. (%s)" \
            [opdesk::app::sdb_words::failure $value]]
    }
}

# The lock is ours still, or again; otherwise only one that was ours is lost.
proc opdesk::app::sdb_update::Kept {key value} {
    if {[opdesk::app::sdb_list::field $value locked 0]} {
        Locked $key $value
    } elseif {[get $key mode] eq "mine"} {
        Set $key mode lost lock [opdesk::app::sdb_list::field $value lock]
    }
}

# Is what we made of `base` in that text: as it is, or merged with what somebody else has done?
proc opdesk::app::sdb_update::Holds {there base text} {
    if {$there eq $text} {
        return 1
    }
    if {$there eq $base || [catch {opdesk::sdb merge $base $text $there} merge]} {
        return 0
    }
    return [expr {![llength [dict get $merge conflicts]] && [dict get $merge text] eq $there}]
}

proc opdesk::app::sdb_update::Put {key text status value} {
    if {![exists $key]} {
        return
    }
    Set $key call ""
    if {$status eq "error" && [dict get $value name] eq "cancelled"} {
        AskOutcome $key $text
        return
    }
    Set $key busy 0
    if {$status eq "ok"} {
        Done $key $text $value
        return
    }
    set data [opdesk::app::sdb_list::field $value data]
    switch [dict get $value name] {
        conflict { Tell $key conflict $data }
        locked {
            Set $key mode lost lock $data
            Tell $key mode
            Tell $key failed [mc "Somebody else has the lock now: what you edited is kept here as a draft."]
        }
        bad_request {
            if {[catch {dict get $data findings} findings]} {
                Tell $key failed [opdesk::app::sdb_words::failure $value]
            } else {
                Tell $key refused $findings
            }
        }
        default { Tell $key failed [opdesk::app::sdb_words::failure $value] }
    }
}

# What was merged is all that is here until what came of it has: it stays as it is, on the version that it
# started from and as a draft, so that another Update is merged again.
proc opdesk::app::sdb_update::Done {key text value} {
    if {[get $key mode] eq "new"} {
        Set $key mode reading
    }
    if {[opdesk::app::sdb_list::field $value merged 0]} {
        Set $key busy 1
        Fetch $key 0 [list [namespace current]::Merged $value]
        return
    }
    Stored $key [dict get $value version] $text
    Tell $key done $value
    if {[get $key mode] eq "reading"} {
        lock $key
    }
}

# All that is here is on the server now, as that version.
proc opdesk::app::sdb_update::Stored {key version text} {
    opdesk::app::sdb_draft::drop $key
    opdesk::app::sdb_shelf::drop $key
    Set $key version $version try {} draft_at "" draft_id [opdesk::system uuid] adopted {}
    opdesk::app::sdb_edit::rebase [get $key doc] $text
}

# What came of both, as it is on the server.
proc opdesk::app::sdb_update::Merged {done key status value} {
    if {![exists $key]} {
        return
    }
    Set $key busy 0
    if {$status eq "ok"} {
        Stored $key [dict get $value version] [dict get $value text]
    }
    Tell $key done $done
}

# A conflict was decided: what is there now is the base, the decided text is ours.
proc opdesk::app::sdb_update::decide {key version base text} {
    set doc [get $key doc]
    opdesk::app::sdb_edit::rebase $doc $base
    opdesk::app::sdb_edit::replace $doc [mc "decisions"] $text
    Set $key version $version try {}
}
