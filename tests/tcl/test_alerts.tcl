# SPDX-License-Identifier: ISC
# The desk's state: questions, windows, bell, answers, fed by hand.
source [file join [file dirname [info script]] common.tcl]
interp bgerror {} [list apply {{message options} { puts stderr [dict get $options -errorinfo]; set ::failed 1 }}]
parts app/signal app/clock app/files app/preferences app/helper app/rpc app/servers app/words \
    app/alerts app/windows app/answers app/quiet app/ring
namespace path opdesk::app

# Calls are kept instead of being sent.
proc opdesk::app::servers::call {index method params callback args} {
    lappend ::calls [list $method $params $callback]
}

proc question {id args} {
    return [dict merge [list id $id seq 1 version 1 from "a (b)" text T kind okcancel labels {Ok Cancel} \
        severity warning state pending age_ms 0 ring_in_ms 0] $args]
}

# Everything empty; `told` collects the signals of a name.
proc fresh {args} {
    set ::opdesk::app::alerts::alerts {}
    set ::opdesk::app::windows::open {}
    set ::opdesk::app::windows::aside {}
    set ::opdesk::app::answers::sending {}
    set ::opdesk::app::answers::tries {}
    after cancel $::opdesk::app::ring::timer
    set ::opdesk::app::ring::timer ""
    set ::opdesk::app::ring::last -100000
    set ::calls {}
    set ::failed 0
    keeper rung
    opdesk::app::ring::configure 15000 {keep rung}
    opdesk::app::windows::configure 3
    foreach name $args {
        set ::told_$name {}
        if {![info exists ::watched($name)]} {
            signal::on $name [list keep told_$name]
            set ::watched($name) 1
        }
    }
}

test snapshot_replaces {what is not in it is absent} -body {
    fresh alert
    alerts::snapshot 0 [list [question a] [question b]] 1000
    alerts::snapshot 1 [list [question a]] 1000
    alerts::snapshot 0 [list [question b version 2]] 2000
    list [dict keys [alerts::all]] [lmap t $::told_alert {lrange $t 0 1}]
} -result {{0/b 1/a} {{added 0/a} {added 0/b} {added 1/a} {absent 0/a} {changed 0/b}}}

test change_older_is_ignored {} {
    fresh
    alerts::change 0 [question a version 5 text new] 0
    alerts::change 0 [question a version 4 text old] 0
    dict get [alerts::get 0/a] text
} new

test change_keeps_the_whole_text {a list brings it cut} {
    fresh
    alerts::change 0 [question a version 1 text long] 0
    alerts::change 0 [question a version 2 text lo cut 1] 0
    list [dict get [alerts::get 0/a] text] [alerts::field [alerts::get 0/a] cut 0]
} {long 0}

test times_are_of_our_clock {durations, as the desk's clock may be wrong} {
    fresh
    alerts::change 0 [question a age_ms 4000 left_ms 9000 ring_in_ms 100] 10000
    set alert [alerts::get 0/a]
    list [dict get $alert born_ms] [dict get $alert due_ms] [dict get $alert ring_ms]
} {6000 19000 10100}

test durations_are_for_people {whole seconds, then whole minutes} {
    lmap ms {-5 0 999 1000 61500 3661000} {words::duration $ms}
} {{0 s} {0 s} {0 s} {1 s} {1 min 1 s} {1 h 1 min}}

test windows_open_up_to_the_limit {critical first, then the oldest; the rest when a place is free} {
    fresh
    foreach id {a b c} {
        alerts::change 0 [question $id] 0
    }
    alerts::change 0 [question d severity critical] 0
    until {[llength $::opdesk::app::windows::open] == 3}
    set first $::opdesk::app::windows::open
    windows::put_aside 0/a
    until {[llength $::opdesk::app::windows::open] == 3}
    list $first $::opdesk::app::windows::open [windows::is_aside 0/a]
} {{0/d 0/a 0/b} {0/d 0/b 0/c} 1}

test windows_silent_ones_wait {claimed and snoozed} {
    fresh
    alerts::change 0 [question a ring_in_ms 3600000] [clock::now]
    alerts::change 0 [question b] [clock::now]
    until {[llength $::opdesk::app::windows::open]}
    set ::opdesk::app::windows::open
} 0/b

test windows_ring_brings_back {what was put aside} {
    fresh
    alerts::change 0 [question a] 0
    until {[llength $::opdesk::app::windows::open]}
    windows::put_aside 0/a
    alerts::Note 0 alert.ring {ids {a zzz}}
    until {[llength $::opdesk::app::windows::open]}
    windows::is_aside 0/a
} 0

test windows_ended_while_away {asks how} {
    fresh window
    alerts::snapshot 0 [list [question a]] 0
    until {[llength $::opdesk::app::windows::open]}
    alerts::snapshot 0 {} 0
    lassign [lindex $::calls end] method params callback
    {*}$callback ok [question a state answered answer Ok by anna]
    list $method $params [lindex $::told_window end 0] [words::ending [lindex $::told_window end 2]]
} {alert.show {id a} ended {Answered by anna: Ok}}

test ring_once_for_all {at once, then by the interval} {
    fresh
    set now [clock::now]
    alerts::change 0 [question a] $now
    alerts::change 0 [question b] $now
    until {[llength $::rung]}
    list [llength $::rung] [expr {$::opdesk::app::ring::next - $::opdesk::app::ring::last}] [ring::due [alerts::all] $now]
} {1 15000 {2 0 {}}}

test ring_of_many_looks_at_them_by_slices {one bell, a critical one in the last slice is seen, new ones do not start it again} {
    fresh
    set opdesk::app::ring::slice 10
    set now [clock::now]
    for {set i 0} {$i < 95} {incr i} {
        alerts::change 0 [question a$i severity [expr {$i == 94 ? "critical" : "info"}]] $now
    }
    set ::looks 0
    set look [list apply {{now args} { alerts::change 0 [question late[incr ::looks]] $now }} $now]
    trace add execution opdesk::app::ring::Look enter $look
    until {[llength $::rung]}
    trace remove execution opdesk::app::ring::Look enter $look
    set opdesk::app::ring::slice 500
    list [llength $::rung] $::looks [lindex [ring::due [alerts::all] $now] 1]
} {1 10 1}

test ring_not_for_what_is_aside_or_snoozed {} {
    fresh
    alerts::change 0 [question a] 0
    alerts::change 0 [question b ring_in_ms 500] 0
    windows::put_aside 0/a
    list [ring::due [alerts::all] 100] [ring::due [alerts::all] 600]
} {{0 0 500} {1 0 {}}}

test answer_again_has_the_same_id {the outcome of the first is unknown; another label is another answer} {
    fresh answer
    alerts::change 0 [question a] 0
    answers::send 0/a Ok
    answers::send 0/a Ok
    set one [lindex $::calls 0]
    {*}[lindex $one 2] error {name timeout message late}
    answers::send 0/a Ok
    set two [lindex $::calls 1]
    {*}[lindex $two 2] error {name unavailable message away}
    answers::send 0/a Cancel
    set ids [lmap call $::calls {dict get [lindex $call 1] answer_id}]
    list [llength $::calls] [expr {[lindex $ids 0] eq [lindex $ids 1]}] \
        [expr {[lindex $ids 1] eq [lindex $ids 2]}] [lmap t $::told_answer {lindex $t 0}]
} {3 1 0 {sending failed sending failed sending}}

test answer_done_closes {reply before the notification} {
    fresh answer
    alerts::change 0 [question a] 0
    answers::send 0/a Ok
    {*}[lindex $::calls 0 2] ok [question a version 2 state answered answer Ok by me]
    list [alerts::count] [lindex $::told_answer end]
} {0 {done 0/a}}

test end_is_told_once {by the change or by the reply, whichever comes first} {
    fresh alert
    alerts::change 0 [question a] 0
    answers::send 0/a Ok
    set ::told_alert {}
    alerts::change 0 [question a version 2 state answered answer Ok by me] 0
    {*}[lindex $::calls 0 2] ok [question a version 2 state answered answer Ok by me]
    lmap told $::told_alert {lrange $told 0 1}
} {{closed 0/a}}

test answer_late_names_the_winner {} {
    fresh answer
    alerts::change 0 [question a] 0
    answers::send 0/a Ok
    {*}[lindex $::calls 0 2] error [list name already_answered message m \
        data [question a version 2 state answered answer Cancel by anna]]
    list [alerts::count] [lindex $::told_answer end 0] [words::ending [lindex $::told_answer end 2]]
} {0 late {Answered by anna: Cancel}}

test words_are_plain {one line, cut, nothing hidden} {
    list [words::line "a\n\t b\u202ec"] [string length [words::line [string repeat x 500] 60]] \
        [words::subject [question a title "T:\x1b" text "x\ny"]]
} {{a b\u202ec} 61 {T:\x1b: x y}}

test words_of_time {} {
    list [words::deadline [question a due_ms 65000 default Cancel] 0] \
        [words::deadline [question a due_ms 65000] 0] [words::deadline [question a] 0]
} {{Answers “Cancel” by itself in 1 min 5 s} {Ends without an answer in 1 min 5 s} {}}

test subscription_that_fails_is_tried_again {only a refusal is one} {
    fresh alerts.trouble
    servers::start alpha
    servers::Opened 0 ok {link 3}
    servers::LinkState {link 3 state up program mediachanged}
    set ::calls {}
    set ::opdesk::app::alerts::again_ms 1
    alerts::Subscribed 0 error {name timeout message "no answer in time"}
    until {[llength $::calls]}
    set tried [list [dict get [servers::get 0] state] [lindex $::calls 0 0] ${::told_alerts.trouble}]
    alerts::Subscribed 0 error {name denied message "operators only"}
    lappend tried [dict get [servers::get 0] state]
} {up alert.subscribe {{0 {no answer in time}}} denied}

test signal_failing_watcher {does not keep the others from hearing} {
    fresh
    keeper heard
    signal::on odd {error broken}
    signal::on odd {keep heard}
    set old [interp bgerror {}]
    interp bgerror {} {keep bg}
    signal::emit odd 1
    interp bgerror {} $old
    set ::heard
} 1

test nothing_failed_in_the_background {} { set ::failed } 0

done
