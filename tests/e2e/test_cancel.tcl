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
# What the reader spends on a script, in milliseconds of its processor time: the clock tells as much
# about the machine's other work.
proc spent {d script} {
    set pid [$d part reader]
    set before [cpu_of $pid]
    uplevel 1 $script
    return [expr {[cpu_of $pid] - $before}]
}
proc whole {d p} {
    return [spent $d {
        foreach id [look $p] {
            equal [dict get [$p end $id 60000] alerts] {}
        }
    }]
}
# Until it has done all that it was asked before.
proc rest {p} {
    $p end [$p begin alert.history limit 1] 60000
}
# It stands still after it has begun with what is called for, so that all of it but little is left.
proc stopped_in_search {d p} {
    set pid [$d part reader]
    set before [cpu_of $pid]
    set calls [look $p]
    until 20000 {[cpu_of $pid] > $before + 1}
    send_signal STOP $pid
    return $calls
}
proc go_on {d} {
    send_signal CONT [$d part reader]
}

test each_search_is_answered_when_it_is_done {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set began [clock milliseconds]
    foreach id [look $p] {
        equal [dict get [$p end $id] alerts] {}
        lappend took [expr {[clock milliseconds] - $began}]
    }
    check {[lindex $took 0] < [lindex $took end] / 2} $took
    equal [$d logged {reader: ended}] 0
}

test a_cancelled_search_ends {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set whole [whole $d $p]
    set calls [stopped_in_search $d $p]
    foreach id $calls {
        $p notify {$/cancel} msgid $id
    }
    set answers {}
    foreach id $calls {
        lappend answers [fails {$p end $id}]
    }
    equal [lindex $answers end] cancelled
    set left [spent $d {
        go_on $d
        rest $p
    }]
    check {$left < $whole / 2} "$left ms of $whole, answers: $answers"
    equal [$d logged {reader: ended}] 0
}

test a_client_that_goes_leaves_no_search_behind {
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set whole [whole $d $p]
    set other [Peer new [$d unix] desk]
    $other call alert.subscribe
    stopped_in_search $d $other
    $other destroy
    until 10000 {[dict get [$p call alert.desks] desks] == 0} "the engine knows"
    set left [spent $d {
        go_on $d
        rest $p
    }]
    check {$left < $whole / 2} "$left ms of $whole"
}

# A client with megabytes of answers in flight that reads none of them, and then many slow searches.
proc flood {d} {
    set job [Job new -pipe 1 perl [file join [file dirname [info script]] .. harness flood.pl] [$d port] \
        3 {["alert.history", {"limit": 1000}]} 60 {["alert.history", {"text": "not there"}]}]
    until 15000 {[string match *flooded\n* [$job out]]} {[$job describe]}
    return $job
}
proc tell {job what pattern} {
    puts [$job chan] $what
    until 60000 {[regexp -line $pattern [$job out]] || [$job ended]} {[$job describe]}
    matches [$job out] (?n)$pattern
}

# Some searches may be done before they are cancelled.
test megabytes_in_flight_hold_nothing_up {
    need perl
    if {[catch {exec perl -MData::MessagePack -e 1}]} {
        skip libdata-messagepack-perl "Data::MessagePack is not installed"
    }
    set d [old_daemon]
    set p [Peer new [$d unix] tool]
    set whole [spent $d {
        flood $d
        rest $p
    }]
    set job [flood $d]
    tell $job cancel ^cancelled$
    set left [spent $d {rest $p}]
    check {$left < $whole / 2} "$left ms of $whole"
    tell $job read {^read cancelled=\d+ ok=\d+ MB=[1-9]}
    regexp {cancelled=(\d+) ok=(\d+)} [$job out] - cancelled ok
    equal [expr {$cancelled + $ok}] 63
}

finish
