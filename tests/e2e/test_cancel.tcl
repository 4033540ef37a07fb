# SPDX-License-Identifier: ISC
# Promise: a search of the history is answered when it is done, whatever is asked behind it.  One that
# is cancelled, or whose client goes, ends soon in the reader, too, also when the client takes no
# answers and megabytes of them are in flight (TCP, urgent byte).
source [file join [file dirname [info script]] .. harness.tcl]
need sqlite3

set searches 20

# A mediachanged with a history that takes a while to be searched.
proc old_daemon {} {
    set d [daemon -conf "insecure_operators = {\"127.0.0.1\"}"]
    must sqlite3 [$d state]/alerts.db "
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000)
        INSERT INTO alert (seq, id, version, asker, \"from\", host, text, kind, labels, severity,
            timeout_ms, created_at, deadline_at, attempt, wait, line, state, answer, closed_at,
            confirmed, claimed_until, snoozed_until)
        SELECT i, printf('00000000-0000-4000-8000-%012d', i), 2, 'joe@local', 'joe (local)', 'alpha',
            'Insert volume ' || i || char(10) || hex(zeroblob(150)), 'okcancel', 'Ok' || char(10) || 'Cancel',
            'warning', 0, i * 1000, 0, 1, 1, 0, 1, 'Ok', i * 1000 + 1, 1, 0, 0 FROM n"
    return $d
}
proc look {p} {
    set calls {}
    for {set i 0} {$i < $::searches} {incr i} {
        lappend calls [$p begin alert.history text "not there"]
    }
    return $calls
}
proc since {began} {
    return [expr {[clock milliseconds] - $began}]
}
# How long all of them take together, whoever asks.
proc whole {p} {
    set began [clock milliseconds]
    foreach id [look $p] {
        equal [dict get [$p end $id] alerts] {}
    }
    return [since $began]
}
# How long the reader is busy from now.
proc busy {p} {
    set began [clock milliseconds]
    $p call alert.history limit 1
    return [since $began]
}

test each_search_is_answered_when_it_is_done {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set began [clock milliseconds]
    foreach id [look $p] {
        equal [dict get [$p end $id] alerts] {}
        lappend took [since $began]
    }
    check {[lindex $took 0] < [lindex $took end] / 2} $took
    equal [$d logged {reader: ended}] 0
}

test a_cancelled_search_ends {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set whole_ms [whole $p]
    set calls [look $p]
    foreach id $calls {
        $p notify {$/cancel} msgid $id
    }
    foreach id $calls {
        equal [fails {$p end $id 5000}] cancelled
    }
    set left_ms [busy $p]
    check {$left_ms < $whole_ms / 2} "$left_ms ms of $whole_ms"
    equal [$d logged {reader: ended}] 0
}

test a_client_that_goes_leaves_no_search_behind {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set whole_ms [whole $p]
    set other [Peer new [$d unix] tool]
    look $other
    $other call alert.list
    $other destroy
    set left_ms [busy $p]
    check {$left_ms < $whole_ms / 2} "$left_ms ms of $whole_ms"
}

# A client with megabytes of answers in flight that reads none of them, and then many slow searches.
proc flood {d} {
    set job [Job new -pipe 1 perl [file join [file dirname [info script]] .. harness flood.pl] [$d port] \
        3 {["alert.history", {"limit": 1000}]} 60 {["alert.history", {"text": "not there"}]}]
    until 15000 {[string match *flooded\n* [$job out]]} [$job describe]
    return $job
}
proc tell {job what pattern} {
    puts [$job chan] $what
    until 60000 {[regexp -line $pattern [$job out]] || [$job ended]} [$job describe]
    matches [$job out] (?n)$pattern
}

test megabytes_in_flight_hold_nothing_up {
    need perl
    if {[catch {exec perl -MData::MessagePack -e 1}]} {
        skip libdata-messagepack-perl "Data::MessagePack is not installed"
    }
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    flood $d
    set whole_ms [busy $p]
    set job [flood $d]
    tell $job cancel ^cancelled$
    set left_ms [busy $p]
    check {$left_ms < $whole_ms / 2} "$left_ms ms of $whole_ms"
    tell $job read {^read cancelled=60 ok=3 MB=[1-9]}
}

finish
