# SPDX-License-Identifier: ISC
# What is done with subnets in the desk: the open subnet with its lock, its history, drafts, makers of cards.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/files app/clock app/words app/servers app/sdb_list app/sdb_words app/sdb_edit app/sdb_draft app/sdb_shelf \
    app/sdb_work app/sdb_update app/sdb_history app/sdb_blame app/sdb_vendor

set text $subnet

# --- an open subnet ---

set env(XDG_STATE_HOME) [exec mktemp -d]
opdesk::app::servers::start {unix:/there}
set calls {}
proc opdesk::app::servers::call {index method params callback args} {
    lappend ::calls [list $method $params $callback]
    return [llength $::calls]
}
proc opdesk::app::servers::cancel {call} {
    incr ::cancelled
}
# Answer the oldest call of a method.
proc answer {method status value} {
    set at [lsearch -exact -index 0 $::calls $method]
    set callback [lindex $::calls $at 2]
    set ::calls [lreplace $::calls $at $at]
    {*}$callback $status $value
    until {$::steps == 0}
}
# What is done a step a turn.
set steps 0
proc opdesk::app::sdb_work::Next {script} {
    incr ::steps
    after idle [list after 0 [list step $script]]
}
proc step {script} {
    incr ::steps -1
    uplevel #0 $script
}
set key 0/Subnet_7.sdb
opdesk::app::signal::on work [list apply {{key event args} { lappend ::events $event }}]
proc events {script} {
    set ::events {}
    uplevel 1 $script
    return $::events
}
proc got {locked {text ""}} {
    return [dict create file Subnet_7.sdb version v1 text [expr {$text eq "" ? $::text : $text}] locked $locked lock {owner me@here}]
}

test work-1 {it is ours with the lock, and only looked at without} {
    set result [events {
        opdesk::app::sdb_work::open $key
        answer sdb.get ok [got 1]
    }]
    lappend result [opdesk::app::sdb_work::get $key mode]
    opdesk::app::sdb_work::close $key
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 0]
    lappend result [opdesk::app::sdb_work::get $key mode] [opdesk::app::sdb_work::writable $key]
    opdesk::app::sdb_work::close $key
    set calls {}
    set result
} {opened mode mine reading 0}

test work-2 {what is edited is a draft, and what is stored is none} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 {name barge}
    opdesk::app::sdb_draft::flush
    set result [list [opdesk::app::sdb_draft::of 0] [dict get [opdesk::app::sdb_draft::find $key] version]]
    opdesk::app::sdb_update::put $key why
    lappend result [dict get [lindex $calls end 1] base]
    answer sdb.put ok {file Subnet_7.sdb version v2 commit abc merged 0 nodes {}}
    lappend result [opdesk::app::sdb_work::modified $key] [opdesk::app::sdb_work::get $key version] \
        [opdesk::app::sdb_draft::of 0]
    opdesk::app::sdb_work::close $key
    set calls {}
    set result
} {0/Subnet_7.sdb v1 v1 0 v2 {}}

test work-3 {a put whose outcome is unknown is sent again under its id; an edited one is another} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    set doc [opdesk::app::sdb_work::get $key doc]
    opdesk::app::sdb_edit::change $doc 0 {name barge}
    set ids {}
    foreach name {"" "" boat} {
        if {$name ne ""} {
            opdesk::app::sdb_edit::change $doc 0 [list name $name]
        }
        opdesk::app::sdb_update::put $key why
        lappend ids [dict get [lindex $calls [lsearch -exact -index 0 $calls sdb.put] 1] id]
        answer sdb.put error {name unavailable message away}
    }
    opdesk::app::sdb_work::close $key
    set calls {}
    list [expr {[lindex $ids 0] eq [lindex $ids 1]}] [expr {[lindex $ids 1] eq [lindex $ids 2]}]
} {1 0}

test work-4 {a lock that is taken over leaves a draft that can be edited} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 {name barge}
    opdesk::app::signal::emit subnet.taken $key you@there
    set result [list [opdesk::app::sdb_work::get $key mode] [opdesk::app::sdb_work::writable $key]]
    opdesk::app::sdb_work::close $key 1
    lappend result [opdesk::app::sdb_draft::of 0]
    opdesk::app::sdb_draft::drop $key [lindex [opdesk::app::sdb_draft::list_of $key] 0 0]
    set calls {}
    set result
} {lost 1 0/Subnet_7.sdb}

test work-5 {what somebody else changed is taken in when nothing is edited, and told when something is} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    set new [string map {lamp light} $text]
    opdesk::app::signal::emit subnet.moved $key {version v9 who you}
    answer sdb.get ok [dict replace [got 0 $new] version v9]
    set doc [opdesk::app::sdb_work::get $key doc]
    set result [list [opdesk::app::sdb_work::get $key version] [expr {[opdesk::app::sdb_edit::text $doc] eq $new}]]
    opdesk::app::sdb_edit::change $doc 0 {name barge}
    lappend result [events {opdesk::app::signal::emit subnet.moved $key {version v10 who you}}]
    opdesk::app::sdb_work::close $key
    set calls {}
    set result
} {v9 1 moved}

test work-6 {what came of a merge does not come: it can be sent again as it was, and no change of others is undone} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 {name barge}
    opdesk::app::sdb_draft::flush
    set ids {}
    set result {}
    foreach fetched [list {error {name timeout message late}} [list ok [dict replace [got 0 both] version v3]]] {
        opdesk::app::sdb_update::put $key why
        set params [lindex $calls [lsearch -exact -index 0 $calls sdb.put] 1]
        dict set ids [dict get $params id] 1
        answer sdb.put ok {file Subnet_7.sdb version v2 commit abc merged 1 nodes {}}
        answer sdb.get {*}$fetched
        lappend result [dict get $params base] [opdesk::app::sdb_work::get $key version] \
            [opdesk::app::sdb_work::modified $key] [opdesk::app::sdb_draft::of 0]
    }
    lappend result [dict size $ids]
    opdesk::app::sdb_work::close $key
    set calls {}
    set result
} {v1 v1 1 0/Subnet_7.sdb v1 v3 0 {} 1}

# An update that is given up: the version of v1 or another text is on the server by then.
proc stopped {text args} {
    opdesk::app::sdb_work::open $::key
    answer sdb.get ok [got 1]
    set doc [opdesk::app::sdb_work::get $::key doc]
    opdesk::app::sdb_edit::change $doc 0 {name barge}
    set ::cancelled 0
    set result [events {
        opdesk::app::sdb_update::put $::key why
        opdesk::app::sdb_update::stop $::key
        opdesk::app::sdb_update::stop $::key
        answer sdb.put error {name cancelled message cancelled}
        answer sdb.get {*}[if {[llength $args]} {set args} else {list ok [dict replace [got 1 $text] version v2]}]
        catch {answer sdb.get ok [dict replace [got 0 $text] version v2]}
    }]
    lappend result $::cancelled [opdesk::app::sdb_work::modified $::key] [opdesk::app::sdb_work::writable $::key]
    opdesk::app::sdb_work::close $::key
    set ::calls {}
    return $result
}

test stop-1 {nothing was stored: it is still to be} {
    stopped $text
} {putting stopping mode stopped 1 1 1}

test stop-2 {it came too late} {
    stopped [string map {tug: barge:} $text]
} {putting stopping mode done 1 0 1}

test stop-3 {it came too late, and was merged with what somebody else has done} {
    stopped [string map {tug: barge: lamp: light:} $text]
} {putting stopping mode done 1 0 1}

test stop-4 {somebody else has done something, we have not} {
    stopped [string map {lamp: light:} $text]
} {putting stopping mode stopped 1 1 1}

test stop-5 {nobody knows} {
    stopped $text error {name unavailable message away}
} {putting stopping failed 1 1 1}
# --- history and blame ---

proc told_of {signal script} {
    set ::told {}
    set prefix [list apply {args { lappend ::told $args }}]
    opdesk::app::signal::on $signal $prefix
    try { uplevel 1 $script } finally { opdesk::app::signal::off $signal $prefix }
    return $::told
}
set file_then {file Subnet_7.sdb gone 0 merged 1 diff {changes {{what added new x}} reordered 0}}

test revert-1 {what it would do, without files that stay as they are; a set is asked for without a file} {
    opdesk::app::sdb_history::open h $key
    answer sdb.log ok {commits {{commit c1 files {Subnet_7.sdb Subnet_8.sdb}}} more 0}
    set told [told_of sdb.history {
        opdesk::app::sdb_history::preview h set c1
        set params [dict remove [lindex $calls 0 1] id session]
        answer sdb.revert ok [list files [list $file_then {file Subnet_8.sdb gone 0 merged 0 diff {changes {} reordered 0}}]]
    }]
    list $params [lindex $told 0]
} [list {undo c1 dry 1} [list h preview [list $file_then]]]

test revert-2 {a preview that something else was asked for after is not told} {
    told_of sdb.history {
        opdesk::app::sdb_history::preview h undo c1
        opdesk::app::sdb_history::compare h c1 c1
        answer sdb.revert ok [list files [list $file_then]]
        answer sdb.diff ok {changes {} reordered 0}
    }
} {{h changes {}}}

test revert-3 {what stands against it comes with its data} {
    set error {name conflict message moved data {file Subnet_7.sdb version v conflicts {{kind line base a}}}}
    set told [told_of sdb.history {
        opdesk::app::sdb_history::preview h undo c1
        answer sdb.revert error $error
    }]
    list [lrange [lindex $told 0] 0 1] [expr {[lindex $told 0 3] eq $error}]
} {{h refused} 1}

test revert-4 {a node is changed where it is now, added with all its fields, or removed} {
    lmap plan {{change {a 192.0.2.40 {} {} {} x}} {add {a 192.0.2.40 {} {} {} x}} {remove 3}} {
        opdesk::app::sdb_history::store_node h $plan 192.0.2.50 ""
        set call [lindex $calls end]
        list [lindex $call 0] [dict remove [lindex $call 1] id session]
    }
} {{sdb.change {file Subnet_7.sdb node 192.0.2.50 name a address 192.0.2.40 ethernet {} alias {} mx {} comment x}}\
    {sdb.add {file Subnet_7.sdb name a address 192.0.2.40 ethernet {} alias {} mx {} comment x}}\
    {sdb.remove {file Subnet_7.sdb node 192.0.2.50}}}
opdesk::app::sdb_history::close h
set calls {}

test history-1 {pages of before, and the same one twice, are not added} {
    set told [told_of sdb.history {
        opdesk::app::sdb_history::open h $key
        answer sdb.log ok {commits {{commit c4} {commit c3}} more 1}
        opdesk::app::sdb_history::more h
        opdesk::app::sdb_history::open h $key
        opdesk::app::sdb_history::open h $key
        answer sdb.log ok {commits {{commit c2}} more 0}
        foreach time {1 2} {
            answer sdb.log ok {commits {{commit c5} {commit c4}} more 1}
        }
    }]
    set result [list [opdesk::app::sdb_history::get h commits] [opdesk::app::sdb_history::get h more] [llength $told]]
    opdesk::app::sdb_history::close h
    set calls {}
    set result
} {{{commit c5} {commit c4}} 1 2}

test blame-1 {asked for once for whom somebody stays with, and remembered} {
    set opdesk::app::sdb_blame::pause_ms 1
    set told [told_of blame {
        foreach last {33 34 35} {
            opdesk::app::sdb_blame::want $key 192.0.2.$last
        }
        until {[llength $calls]}
        # one at a time
        opdesk::app::sdb_blame::want $key 192.0.2.36
        set asked [lmap call $calls {dict get [lindex $call 1] node}]
        answer sdb.blame ok {nodes {{name a commit c at 1000 author tom message why}}}
        until {[llength $calls]}
        answer sdb.blame error {name not_found message no}
        opdesk::app::sdb_blame::want $key 192.0.2.35
        opdesk::app::sdb_blame::want $key 192.0.2.36
    }]
    list $asked $told [dict get [opdesk::app::sdb_blame::of $key 192.0.2.35] author] \
        [opdesk::app::sdb_blame::of $key 192.0.2.36] $calls
} {192.0.2.35 {{0/Subnet_7.sdb 192.0.2.35} {0/Subnet_7.sdb 192.0.2.36}} tom {} {}}

test blame-2 {forgotten when the file changes} {
    list [told_of blame { opdesk::app::signal::emit subnet.moved $key {version v11} }] \
        [opdesk::app::sdb_blame::of $key 192.0.2.35]
} {0/Subnet_7.sdb {}}

# Drafts on the server: one of another desk, {ID BASE TEXT}.
proc other_desk {id saved} {
    opdesk::app::sdb_shelf::Listed 0 ok [list drafts [list [dict create id $id file Subnet_7.sdb base v0 bytes 9 saved_at $saved]]]
}
proc counts {} {
    return [lmap method {draft.save draft.drop} {llength [lsearch -all -exact -index 0 $::calls $method]}]
}

test shelf-1 {what is edited is kept on the server too, under one id, and goes when it is stored} {
    proc opdesk::app::servers::up {index} { return 1 }
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    set ids {}
    foreach name {barge boat} {
        opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 [list name $name]
        opdesk::app::sdb_shelf::save $key
        set params [lindex $calls [lsearch -exact -index 0 $calls draft.save] 1]
        dict set ids [dict get $params id] [dict get $params base]
        answer draft.save ok [dict create id [dict get $params id] file Subnet_7.sdb base v1 bytes 9 saved_at 5]
    }
    set result [list [dict values $ids] [llength [opdesk::app::sdb_shelf::of $key]]]
    opdesk::app::sdb_update::put $key why
    answer sdb.put ok {file Subnet_7.sdb version v2 commit abc merged 0 nodes {}}
    lappend result [counts] [opdesk::app::sdb_shelf::of $key]
    opdesk::app::sdb_work::close $key
    set calls {}
    set result
} {v1 1 {0 1} {}}

test shelf-2 {a draft of another desk begins where that desk began, and goes when it is thrown away here} {
    other_desk 0d2b0f6e-0000-4000-8000-000000000001 77
    opdesk::app::sdb_work::open $key 0 0d2b0f6e-0000-4000-8000-000000000001
    answer sdb.get ok [dict replace [got 1] version v2]
    answer draft.get ok [dict create id x file Subnet_7.sdb base v0 bytes 9 saved_at 77 text [string map {tug: barge:} $text] current v2]
    answer sdb.log ok {commits {{commit c2} {commit c1}} more 0}
    answer sdb.show ok [dict create commit c2 version v2 text other]
    answer sdb.show ok [dict create commit c1 version v0 text $text]
    set doc [opdesk::app::sdb_work::get $key doc]
    set result [list [expr {[opdesk::app::sdb_edit::base $doc] eq $text}] [opdesk::app::sdb_work::get $key version] \
        [opdesk::app::sdb_work::modified $key] [counts]]
    opdesk::app::sdb_work::close $key
    lappend result [counts] [opdesk::app::sdb_shelf::of $key]
    set calls {}
    set result
} {1 v0 1 {0 0} {0 1} {}}

test shelf-3 {one that is kept leaves the other where it is, and two can be on this disk} {
    other_desk 0d2b0f6e-0000-4000-8000-000000000001 77
    foreach wanted {0d2b0f6e-0000-4000-8000-000000000001 0d2b0f6e-0000-4000-8000-000000000001} {
        opdesk::app::sdb_work::open $key 0 $wanted
        answer sdb.get ok [dict replace [got 1] version v2]
        answer draft.get ok [dict create id x file Subnet_7.sdb base {} bytes 9 saved_at 77 text $text current v2]
        opdesk::app::sdb_work::close $key 1
        set calls {}
    }
    set result [list [llength [opdesk::app::sdb_draft::list_of $key]] [llength [opdesk::app::sdb_shelf::of $key]]]
    foreach draft [opdesk::app::sdb_draft::list_of $key] {
        opdesk::app::sdb_draft::drop $key [lindex $draft 0]
    }
    set calls {}
    set result
} {2 1}

test shelf-4 {when this disk takes no draft, an editor is closed once the server has it, and that one stays} {
    set state $env(XDG_STATE_HOME)
    set env(XDG_STATE_HOME) /dev/null
    set result {}
    foreach {up status value} {0 - - 1 error {name system message full} 1 ok {file Subnet_7.sdb base v1 bytes 9 saved_at 5}} {
        proc opdesk::app::servers::up {index} "return $up"
        opdesk::app::sdb_work::open $key
        answer sdb.get ok [got 1]
        opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 {name barge}
        lappend result [llength [told_of draft.failed {
            opdesk::app::sdb_work::close $key 1
            lappend result [opdesk::app::sdb_work::exists $key]
            if {$up} {
                answer draft.save $status $value
            }
        }]] [opdesk::app::sdb_work::exists $key]
        if {[opdesk::app::sdb_work::exists $key]} {
            opdesk::app::sdb_work::close $key
        }
    }
    lappend result [counts] [llength [opdesk::app::sdb_shelf::of $key]]
    set env(XDG_STATE_HOME) $state
    set calls {}
    set result
} {1 1 1 1 2 1 1 1 0 {0 0} 2}

test shelf-5 {one that is thrown away while it is on its way goes when it arrives} {
    opdesk::app::sdb_work::open $key
    answer sdb.get ok [got 1]
    opdesk::app::sdb_edit::change [opdesk::app::sdb_work::get $key doc] 0 {name barge}
    opdesk::app::sdb_shelf::save $key
    opdesk::app::sdb_work::close $key
    set result [list [counts]]
    answer draft.save ok {file Subnet_7.sdb base v1 bytes 9 saved_at 5}
    lappend result [counts]
    set calls {}
    set result
} {{1 0} {0 1}}

# --- makers ---

test vendor-1 {by the first half of the address, from a table of other programs; given ones are named as such} {
    set chan [open [set opdesk::app::sdb_vendor::path $env(XDG_STATE_HOME)/oui.txt] w]
    puts $chan "OUI/MA-L\t\tOrganization\n\n00-00-0C   (hex)\t\tCisco Systems, Inc\n00000C     (base 16)\t\tCisco Systems, Inc\n\t\t\t170 West Tasman Drive"
    close $chan
    set first [opdesk::app::sdb_vendor::words 00:00:0c:12:34:56]
    until {$opdesk::app::sdb_vendor::state eq "read"}
    list $first {*}[lmap mac {00:00:0c:12:34:56 0200c0ffee01 01005e000001 00000d123456 nothing} {opdesk::app::sdb_vendor::words $mac}]
} {{} {made by Cisco Systems, Inc} {locally administered} {a group address: no card has it} {} {}}

test draft-1 {a file that is cut short or garbage is no draft} {
    set folder $env(XDG_STATE_HOME)/opdesk/drafts
    file mkdir $folder
    foreach {name content} {Subnet_1.x garbage Subnet_2.x "endpoint = unix:/there\nfile = Subnet_2.sdb\nversion = v\nsaved = 1\nbase_bytes = 3\nmine_bytes = 9\n\nabcdef"} {
        set chan [open $folder/$name w]
        puts -nonewline $chan $content
        close $chan
    }
    opdesk::app::sdb_draft::of 0
} {}

test draft-3 {one of before drafts had ids gets one, is offered once and can be opened} {
    set folder $env(XDG_STATE_HOME)/opdesk/drafts
    set old $folder/Subnet_5.[format %08x [zlib crc32 unix:/there]]
    set chan [open $old wb]
    puts -nonewline $chan "endpoint = unix:/there\nfile = Subnet_5.sdb\nversion = v7\nsaved = 4711\nbase_bytes = 3\nmine_bytes = 6\n\nabcab\0def"
    close $chan
    set before [opdesk::app::sdb_draft::of 0]
    opdesk::app::sdb_draft::GiveIds
    opdesk::app::sdb_draft::GiveIds
    set drafts [opdesk::app::sdb_draft::list_of 0/Subnet_5.sdb]
    set draft [opdesk::app::sdb_draft::find 0/Subnet_5.sdb]
    set result [list $before [opdesk::app::sdb_draft::of 0] [llength $drafts] [lindex $drafts 0 1] [file exists $old] \
        [dict get $draft version] [dict get $draft base] [expr {[dict get $draft mine] eq "ab\0def"}]]
    opdesk::app::sdb_draft::drop 0/Subnet_5.sdb [dict get $draft id]
    lappend result [opdesk::app::sdb_draft::of 0]
} {{} 0/Subnet_5.sdb 1 4711 0 v7 abc 1 {}}

test draft-2 {one that another desk has dropped since it was offered is not opened, and not offered any more} {
    parts ui/subnetdrafts
    proc bell {} { incr ::bells }
    proc opdesk::ui::subnetdrafts::Look {} { incr ::looks }
    set bells [set looks 0]
    set opdesk::ui::subnetdrafts::drafts {{5 0/Subnet_99.sdb 0d2b0f6e-0000-4000-8000-000000000002 here}}
    opdesk::ui::subnetdrafts::open
    until {$looks}
    list $bells $looks
} {1 1}

file delete -force $env(XDG_STATE_HOME)
done
