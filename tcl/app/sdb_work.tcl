# SPDX-License-Identifier: ISC
# The subnets that are open here, by key SERVER/FILE: a document (app/sdb_edit.tcl), the version on the
# server that it started from, and whether we may write it.  A subnet is open at most once.
#   mode  loading   on its way
#         mine      the lock is ours
#         reading   somebody else's, or only looked at; `lock` says whose
#         lost      it was ours, and somebody took it over: what was edited stays here as a draft
#         new       a file that is not on the server yet
#         failed    it could not be read; `reason` says why
# How they are stored is in app/sdb_update.tcl.
#   signal  work KEY EVENT ?VALUE?
#       opened              there is a document now
#       mode                another mode
#       wanted BY MESSAGE   somebody asks for the lock, which is ours
#       asked RESULT        whoever has the lock has been asked for it, or cannot be (sdb.nudge)
#       moved PARAMS        a change by somebody else is on disk, and ours started before it
#       putting             the change is on its way
#       stopping            it is being given up
#       stopped             it was, and nothing of it has been done
#       done RESULT         it is on the server; `late` in it: although it was given up
#       conflict DATA       it cannot be merged: {version conflicts}
#       refused FINDINGS    it would bring errors
#       failed MESSAGE      not done; it can be sent again
#       closed
namespace eval opdesk::app::sdb_work {
    namespace import ::msgcat::mc
    # by key: {mode doc version lock reason busy asking try draft_at look_only call}; asking: for the lock, and
    # what is edited meanwhile counts, as it does in a draft; try: {ID TEXT MESSAGE} of the last put; call: what is on its way, for giving it up; draft_id: of the draft that it keeps itself;
    # adopted: of those on the server that it was opened from; wanted: of the one that it is to begin with
    variable works {}
    # a lock is renewed by editing when less than this is left of it
    variable renew_ms 300000
}

proc opdesk::app::sdb_work::exists {key} {
    variable works
    return [dict exists $works $key]
}

proc opdesk::app::sdb_work::keys {} {
    variable works
    return [dict keys $works]
}

proc opdesk::app::sdb_work::get {key name} {
    variable works
    return [dict get $works $key $name]
}

proc opdesk::app::sdb_work::Set {key args} {
    variable works
    dict for {name value} $args {
        dict set works $key $name $value
    }
}

# May it be edited?
proc opdesk::app::sdb_work::writable {key} {
    return [expr {([get $key mode] in {mine new lost} || [get $key asking]) && ![get $key busy]}]
}

proc opdesk::app::sdb_work::modified {key} {
    set doc [get $key doc]
    return [expr {$doc ne "" && ([opdesk::app::sdb_edit::modified $doc] || [get $key mode] eq "new")}]
}

proc opdesk::app::sdb_work::Split {key} {
    return [split $key /]
}

proc opdesk::app::sdb_work::Tell {key event args} {
    opdesk::app::signal::emit work $key $event {*}$args
}

proc opdesk::app::sdb_work::Start {key mode} {
    Set $key mode $mode doc "" version "" lock {} reason "" busy 0 asking 0 try {} draft_at "" look_only 0 call "" draft_id [opdesk::system uuid] adopted {} wanted ""
}

# --- opening and closing ---

# With the lock, if it can be had; `look_only`: without trying.  draft: the id of the one that is wanted, on
# this disk or on the server; else the newest on this disk, when there is one.
proc opdesk::app::sdb_work::open {key {look_only 0} {draft ""}} {
    if {[exists $key]} {
        return
    }
    Start $key loading
    Set $key look_only $look_only wanted $draft
    Fetch $key [expr {!$look_only}] [namespace current]::Got
}

# {*}HANDLER KEY STATUS VALUE when it has come.
proc opdesk::app::sdb_work::Fetch {key lock handler} {
    lassign [Split $key] server file
    opdesk::app::servers::call $server sdb.get [dict create file $file lock $lock \
        session [opdesk::app::sdb_list::session] pid [pid]] \
        [list {*}$handler $key] 60000
}

# A large file is taken in one step a turn: it has come, it is read, it is shown.
proc opdesk::app::sdb_work::Got {key status value} {
    Next [list [namespace current]::Read $key $status $value]
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::sdb_work::Next {script} {
    after idle [list after 0 $script]
}

proc opdesk::app::sdb_work::Read {key status value} {
    if {![exists $key]} {
        # closed while it was on its way
        Unlock $key
        return
    }
    if {$status eq "error"} {
        Set $key mode failed reason [opdesk::app::sdb_words::failure $value]
        Tell $key mode
        return
    }
    set wanted [get $key wanted]
    set draft [opdesk::app::sdb_draft::find $key $wanted]
    if {$draft ne ""} {
        Set $key draft_id [dict get $draft id]
    } elseif {$wanted ne ""} {
        opdesk::app::sdb_shelf::fetch $key $wanted [list [namespace current]::ReadDraft $key $value]
        return
    }
    Take $key $value $draft
}

proc opdesk::app::sdb_work::ReadDraft {key value status draft} {
    if {![exists $key]} {
        Unlock $key
    } elseif {$status eq "ok"} {
        Set $key adopted [list [get $key wanted]]
        Take $key $value $draft
    } else {
        Unlock $key
        Set $key mode failed reason [mc "The draft: %s" [opdesk::app::sdb_words::failure $draft]]
        Tell $key mode
    }
}

# The reply to sdb.get, and a draft or "".
proc opdesk::app::sdb_work::Take {key value draft} {
    if {$draft ne ""} {
        Set $key doc [opdesk::app::sdb_edit::open [dict get $draft base] [dict get $draft mine] 1] \
            version [dict get $draft version] draft_at [dict get $draft saved]
    } else {
        Set $key doc [opdesk::app::sdb_edit::open [dict get $value text]] version [dict get $value version]
    }
    Locked $key $value
    Next [list [namespace current]::Opened $key [dict get $value version]]
}

proc opdesk::app::sdb_work::Opened {key version} {
    if {[exists $key]} {
        Tell $key opened
        Tell $key mode
        if {[get $key version] ne $version} {
            Tell $key moved [dict create version $version]
        }
    }
}

# What the reply says of the lock.
proc opdesk::app::sdb_work::Locked {key value} {
    if {[opdesk::app::sdb_list::field $value locked 0]} {
        Set $key mode mine lock [opdesk::app::sdb_list::field $value lock] look_only 0
    } else {
        Set $key mode reading lock [opdesk::app::sdb_list::field $value lock]
    }
}

# A subnet that is not there yet; `adopted`: from these drafts on the server, draft_id: from that on this disk.
proc opdesk::app::sdb_work::create {key text {adopted {}} {draft_id ""}} {
    Start $key new
    Set $key adopted $adopted
    if {$draft_id ne ""} {
        Set $key draft_id $draft_id
    }
    Set $key doc [opdesk::app::sdb_edit::open {} $text 1]
    Tell $key opened
    Tell $key mode
}

# Without what was edited, unless `keep`: then it stays as a draft.  When this disk does not take it, it is
# closed as soon as the server has it, and stays open when that cannot keep it either.
proc opdesk::app::sdb_work::close {key {keep 0}} {
    if {!$keep} {
        opdesk::app::sdb_draft::drop $key
        opdesk::app::sdb_shelf::drop $key
        Close $key
    } elseif {[opdesk::app::sdb_draft::save $key]} {
        opdesk::app::sdb_shelf::save $key
        Close $key
    } else {
        opdesk::app::sdb_shelf::save $key [list [namespace current]::Kept $key]
    }
}

# It may have been closed otherwise meanwhile.
proc opdesk::app::sdb_work::Kept {key} {
    if {[exists $key]} {
        Close $key
    }
}

proc opdesk::app::sdb_work::Close {key} {
    variable works
    set doc [get $key doc]
    if {[get $key mode] eq "mine"} {
        Unlock $key
    }
    dict unset works $key
    if {$doc ne ""} {
        opdesk::app::sdb_edit::close $doc
    }
    Tell $key closed
}

proc opdesk::app::sdb_work::Unlock {key} {
    lassign [Split $key] server file
    opdesk::app::servers::call $server sdb.unlock [dict create file $file] [namespace current]::Ignore 15000
}

proc opdesk::app::sdb_work::Ignore {args} {}

# --- the lock ---

# Take it, or take it over when its time is up; the text is read anew with it when it was only looked at.
proc opdesk::app::sdb_work::lock {key} {
    if {[get $key asking]} {
        return
    }
    if {[get $key mode] eq "lost" && ![is_own $key]} {
        lassign [Split $key] server file
        opdesk::app::servers::call $server sdb.lock [dict create file $file \
            session [opdesk::app::sdb_list::session] pid [pid]] [list [namespace current]::Relocked $key] 15000
        return
    }
    if {[is_own $key]} {
        Unlock $key
    }
    Set $key asking 1
    Fetch $key 1 [namespace current]::GotLock
    Tell $key mode
}

# Somebody else's lock, but ours all the same: another program of this user, or one that was killed.
proc opdesk::app::sdb_work::is_own {key} {
    set lock [get $key lock]
    set you [opdesk::app::servers::you [lindex [Split $key] 0]]
    return [expr {$you ne "" && [opdesk::app::sdb_list::field $lock owner] eq $you}]
}

proc opdesk::app::sdb_work::GotLock {key status value} {
    if {![exists $key]} {
        Unlock $key
        return
    }
    Set $key asking 0
    if {$status eq "error"} {
        Tell $key mode
        Tell $key failed [opdesk::app::sdb_words::failure $value]
        return
    }
    Locked $key $value
    if {![modified $key]} {
        Set $key version [dict get $value version]
        opdesk::app::sdb_edit::rebase [get $key doc] [dict get $value text]
    }
    Tell $key mode
    if {[get $key mode] ne "mine" && [modified $key]} {
        Tell $key failed [mc "The lock was not to be had: what you edited is kept here as a draft."]
    }
}

proc opdesk::app::sdb_work::Relocked {key status value} {
    if {![exists $key]} {
        return
    }
    if {$status eq "ok"} {
        Set $key mode mine lock [opdesk::app::sdb_list::field $value lock]
    } elseif {[dict get $value name] eq "locked"} {
        Set $key mode lost lock [opdesk::app::sdb_list::field $value data]
    } else {
        Tell $key failed [opdesk::app::sdb_words::failure $value]
    }
    Tell $key mode
}

proc opdesk::app::sdb_work::Renew {key} {
    lassign [Split $key] server file
    opdesk::app::servers::call $server sdb.lock [dict create file $file \
        session [opdesk::app::sdb_list::session] pid [pid]] [list [namespace current]::Renewed $key] 15000
}

# Only that it is somebody else's now is worth a word: what failed otherwise is tried at the next edit.
proc opdesk::app::sdb_work::Renewed {key status value} {
    if {$status eq "error" && [dict get $value name] eq "locked"} {
        Relocked $key $status $value
    }
}

# Whoever has it is asked for it.
proc opdesk::app::sdb_work::ask_owner {key} {
    lassign [Split $key] server file
    opdesk::app::servers::call $server sdb.nudge [dict create file $file] [list [namespace current]::Asked $key] 15000
}

proc opdesk::app::sdb_work::Asked {key status value} {
    if {![exists $key]} {
        return
    }
    if {$status eq "ok"} {
        Tell $key asked $value
    } else {
        Tell $key failed [opdesk::app::words::line [dict get $value message]]
    }
}

# Somebody else may have it; what was edited stays here, and as a draft.
proc opdesk::app::sdb_work::give {key} {
    if {[get $key mode] eq "mine" && ![get $key busy]} {
        opdesk::app::sdb_draft::save $key
        opdesk::app::sdb_shelf::save $key
        Unlock $key
        Set $key mode reading lock {}
        Tell $key mode
    }
}

proc opdesk::app::sdb_work::Wanted {key by message} {
    if {[exists $key] && [get $key mode] eq "mine"} {
        Tell $key wanted $by $message
    }
}

proc opdesk::app::sdb_work::Taken {key by} {
    if {[exists $key] && [get $key mode] eq "mine"} {
        Set $key mode lost lock [dict create owner $by]
        Tell $key mode
    }
}

# The daemon was away: is the lock still ours?
proc opdesk::app::sdb_work::Up {server} {
    foreach key [keys] {
        if {[lindex [Split $key] 0] eq $server} {
            switch [get $key mode] {
                mine { Renew $key }
                failed {
                    Set $key mode loading
                    Fetch $key [expr {![get $key look_only]}] [namespace current]::Got
                }
            }
        }
    }
}

# Whose lock it is, as the list knows it; a lock that is nearly over is renewed by editing.
proc opdesk::app::sdb_work::Subnet {key} {
    if {[exists $key] && [get $key mode] eq "reading"} {
        set subnet [opdesk::app::sdb_list::get $key]
        Set $key lock [opdesk::app::sdb_list::field $subnet lock]
        Tell $key mode
    }
}

proc opdesk::app::sdb_work::Edited {doc what} {
    variable renew_ms
    foreach key [keys] {
        if {[get $key doc] ne $doc} {
            continue
        }
        if {$what ne ""} {
            opdesk::app::sdb_draft::save_later $key
            opdesk::app::sdb_shelf::save_later $key
        }
        if {[get $key mode] eq "mine" && [opdesk::app::sdb_list::exists $key]} {
            set lock [opdesk::app::sdb_list::field [opdesk::app::sdb_list::get $key] lock]
            if {[dict exists $lock until_ms]
                && [dict get $lock until_ms] - [opdesk::app::clock::now] < $renew_ms} {
                Renew $key
            }
        }
    }
}

# --- changes of others ---

proc opdesk::app::sdb_work::Moved {key params} {
    if {![exists $key] || [get $key doc] eq "" || [get $key busy]
        || [opdesk::app::sdb_list::field $params version] eq [get $key version]} {
        return
    }
    if {[modified $key]} {
        Tell $key moved $params
    } else {
        Fetch $key 0 [namespace current]::Reread
    }
}

proc opdesk::app::sdb_work::Reread {key status value} {
    if {$status eq "ok" && [exists $key] && ![modified $key] && ![get $key busy]} {
        Set $key version [dict get $value version]
        opdesk::app::sdb_edit::rebase [get $key doc] [dict get $value text]
    }
}

opdesk::app::signal::on subnet.taken opdesk::app::sdb_work::Taken
opdesk::app::signal::on subnet.wanted opdesk::app::sdb_work::Wanted
opdesk::app::signal::on subnet.moved opdesk::app::sdb_work::Moved
opdesk::app::signal::on subnet opdesk::app::sdb_work::Subnet
opdesk::app::signal::on server.up opdesk::app::sdb_work::Up
opdesk::app::signal::on edit opdesk::app::sdb_work::Edited
