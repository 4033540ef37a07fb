# SPDX-License-Identifier: ISC
# What the main window shows and does, without a window: filter and order, actions, many answers, the
# merged history, servers that come and go, trials, a snapshot in parts.
source [file join [file dirname [info script]] common.tcl]
interp bgerror {} [list apply {{message options} { puts stderr [dict get $options -errorinfo]; set ::failed 1 }}]
set ::failed 0
parts app/signal app/clock app/helper app/rpc app/servers app/trial app/words app/alerts app/windows \
    app/answers app/actions app/order app/history
namespace path opdesk::app
# on a busy machine a slice may end after one row: here pages are taken in at once
set ::opdesk::app::history::slice_us 60000000

# Calls on servers and on the helper are kept: {LINK METHOD PARAMS CALLBACK}.
proc opdesk::app::rpc::call {link method params callback args} {
    lappend ::calls [list $link $method $params $callback]
}
proc opdesk::app::helper::running {} { return 1 }

proc question {id args} {
    return [dict merge [list id $id seq 1 version 1 from "a (b)" asker root@a text T kind okcancel \
        labels {Ok Cancel} severity warning state pending age_ms 0 ring_in_ms 3600000] $args]
}

# Servers that are up on links 1 …, nothing known of them.
proc fresh {{count 1}} {
    set ::calls {}
    foreach key [dict keys [alerts::all]] {
        dict unset ::opdesk::app::alerts::alerts $key
    }
    set ::opdesk::app::alerts::feeds {}
    set ::opdesk::app::actions::queue {}
    set ::opdesk::app::actions::sent 0
    servers::start [lrange {alpha beta gamma} 0 [expr {$count - 1}]]
    for {set n 0} {$n < $count} {incr n} {
        servers::Opened $n ok [list link [expr {$n + 1}]]
        servers::Notify 0 link.state [list link [expr {$n + 1}] state up]
    }
    set ::calls {}
}
proc methods {} {
    return [lmap call $::calls {lindex $call 1}]
}
proc answer {at status value} {
    {*}[lindex $::calls $at 3] $status $value
}
foreach name {alert action answers history server.removed} {
    signal::on $name [keeper told_[string map {. _} $name]]
}

# --- filter and order ---

test filter_wants_all_words {in any field, small or capital} {
    set hay [order::haystack [question a title "Backup of Alpha" tags {tape} claimed_by anna@beta] "waiting"]
    lmap filter {"" alpha "ALPHA anna" "tape  waiting" "alpha gamma" okcancel cancel} {
        order::matches $hay [order::words $filter]
    }
} {1 1 1 1 0 0 1}

test order_of_columns {the number of the question decides between equals} {
    set rows [list [question b seq 2 severity info title beta claimed_by zoe born_ms 20] \
        [question a seq 1 severity critical title gamma born_ms 30] \
        [question c seq 3 severity info title Alpha claimed_by anna born_ms 10]]
    lmap column {severity age question owner} {
        join [lmap pair [lsort -index 0 [lmap row $rows {
            list [order::rank $column 0/x [dict merge {ring_ms 0} $row] 0] [dict get $row id]
        }]] {lindex $pair 1}] ""
    }
} {abc cba cba cba}

test order_by_owner_begins_with_ones_own {} {
    fresh
    servers::Set 0 you me@desk
    set rows [lmap {id who} {a anna@beta b "" c me@desk d zoe} {question $id server 0 seq 1 claimed_by $who}]
    join [lmap pair [lsort -index 0 [lmap row $rows {list [order::rank owner 0/x $row 0] [dict get $row id]}]] {
        lindex $pair 1
    }] ""
} cadb

# --- who ---

test oneself_is_you {by the name that the server of the question has given us, and no other} {
    fresh 2
    servers::Notify 0 link.state {link 1 state up you anna@local operator 1 program mediachanged}
    set mine [question a server 0 claimed_by anna@local by anna@local state answered answer Ok claim_ms 60000]
    set other [dict replace $mine server 1]
    list [words::owner $mine] [words::claim $mine] [words::claim $mine 0] [words::ending $mine] \
        [words::event $mine {what claimed by anna@local}] [words::outcome $mine] \
        [words::owner $other] [words::claim $other] [words::event $other {what claimed by anna@local}] \
        [words::claim [dict remove $mine claimed_by]]
} {you {You are on it} {You are on it, for another 1 min} {Answered by you: Ok} {claimed by you} {Ok · you}\
    anna@local {anna@local is on it} {claimed by anna@local} {}}

test a_name_and_an_answer_that_look_like_numbers_stay {} {
    fresh 1
    set alert [question a server 0 by 010 claimed_by 010 state answered answer 4.10]
    list [words::ending $alert] [words::outcome $alert] [order::rank owner 0/a $alert 0]
} "{Answered by 010: 4.10} {4.10 · 010} 010\u0001000000000001"

# --- escalation ---

test escalation_is_told {in the list, in a sentence, in the life; a failure before all} {
    fresh
    set one [question a server 0 escalated 2 ring_ms 0]
    set bad [dict replace $one escalation_error "killed: it took longer than 1 s"]
    list [words::state 0/a $one 0] [words::escalation $one] [words::escalation_error $one] \
        [words::state 0/a $bad 0] [words::escalation_error $bad] [words::escalation [question b]] \
        [words::event $one {what escalated by "level 1" note "failed with exit status 3"}]
} {{▲ escalated · waiting} {Escalated, level 2: others were called} {} {▲ escalation failed}\
    {Escalated in vain: killed: it took longer than 1 s. Perhaps nobody else knows of this question.} {}\
    {escalated, level 1: failed with exit status 3}}

# --- letters ---

test letters_are_each_taken_once {the first that nobody has, -1 when there is none} {
    list [words::letters {Ok Cancel} alpha] [words::letters {Abort Retry Ignore All} alpha] \
        [words::letters {Later Lift} alpha l] [words::letters {1 2 1 "" äö Ä} alnum] [words::letters {1 a 2} alpha]
} {{0 0} {0 0 0 1} {1 1} {0 0 -1 -1 0 -1} {-1 0 -1}}

# --- actions ---

test actions_are_calls {on each of the questions} {
    fresh
    alerts::change 0 [question a] 0
    alerts::change 0 [question b] 0
    actions::claim {0/a 0/b}
    actions::snooze 0/a 300000
    actions::withdraw 0/b ""
    actions::withdraw 0/b "why"
    lmap call $::calls {lrange $call 0 2}
} {{1 alert.claim {id a for_ms 3600000}} {1 alert.claim {id b for_ms 3600000}} {1 alert.snooze {id a for_ms 300000}} {1 alert.withdraw {id b}} {1 alert.withdraw {id b reason why}}}

test actions_go_a_few_at_a_time {and what has ended meanwhile is left out} {
    fresh
    for {set n 0} {$n < 40} {incr n} {
        alerts::change 0 [question q$n] 0
        lappend keys 0/q$n
    }
    actions::claim $keys
    set first [llength $::calls]
    alerts::change 0 [question q39 version 2 state withdrawn] 0
    for {set n 0} {$n < [llength $::calls]} {incr n} {
        answer $n ok [question q$n version 2 claimed_by me]
    }
    list $first [llength $::calls] $::opdesk::app::actions::sent
} {16 39 0}

test action_too_late_says_who {} {
    fresh
    alerts::change 0 [question a] 0
    actions::claim 0/a
    answer 0 error [list name already_answered message m data [question a version 3 state answered answer Ok by anna]]
    list [lindex $::told_action end] [alerts::count]
} {{failed alert.claim 0/a {Too late. Answered by anna: Ok.}} 0}

test until_morning {also over a change of the clock} {
    lmap now {{2026-11-20 07:59:00} {2026-11-20 23:30:00} {2026-12-31 12:00:00}} {
        set s [clock scan $now -format "%Y-%m-%d %H:%M:%S"]
        clock format [expr {$s + [actions::until_morning $s] / 1000}] -format "%m-%d %H:%M"
    }
} {{11-21 08:00} {11-21 08:00} {01-01 08:00}}

test cut_is_of_bytes {} {
    list [words::cut abc 10] [words::cut abcdef 3] [words::cut "äöü" 5]
} {abc abc äö}

# --- many answers ---

test many_answers {few at a time; the sum is told} {
    fresh
    for {set n 0} {$n < 30} {incr n} {
        alerts::change 0 [question q$n] 0
        lappend many 0/q$n
    }
    answers::send_many $many Ok note
    set first [llength $::calls]
    # the last one is answered elsewhere before it is its turn
    alerts::change 0 [question q29 version 2 state answered answer Cancel by anna] 0
    answer 0 error {name timeout message slow}
    answer 1 error [list name already_answered message m data [question q1 version 2 state answered answer Cancel by anna]]
    for {set n 2} {$n < [llength $::calls]} {incr n} {
        set id [dict get [lindex $::calls $n 2] id]
        answer $n ok [question $id version 2 state answered answer Ok by me]
    }
    set sum [lindex $::told_answers end 0]
    list $first [lmap name {left sent done late failed} {dict get $sum $name}] \
        [dict get [lindex $::calls 5 2] note] [alerts::count]
} {16 {0 29 27 1 1} note 1}

# --- servers ---

test servers_that_a_view_connects_are_not_kept {before somebody adds them} {
    fresh
    set before [servers::endpoints]
    servers::add unix:/run/ipadmd.sock ipadmd {} 0
    servers::add tcp:beta.example
    set without [servers::endpoints]
    list [expr {$without eq [concat $before tcp:beta.example]}] [servers::keep tcp:gamma.example] \
        [servers::keep unix:/run/ipadmd.sock] [expr {"unix:/run/ipadmd.sock" in [servers::endpoints]}]
} {1 0 1 1}

# --- history ---

proc past {seq at} {
    return [list id h$seq seq $seq created_at [expr {10000 - $at}] closed_at $at state answered]
}
proc rows {} {
    return [join [lmap told $::told_history {
        if {[lindex $told 0] ne "rows"} {
            continue
        }
        lmap row [lindex $told 2] {return -level 0 [dict get $row server]/[dict get $row id]}
    }]]
}

test history_is_merged_by_the_time_of_the_end {a row waits until every server has shown its next} {
    fresh 2
    set ::told_history {}
    history::search {text tape}
    set asked [lmap call $::calls {lrange $call 0 2}]
    answer 0 ok [list alerts [list [past 9 900] [past 5 500]] more 0]
    set before [rows]
    answer 1 ok [list alerts [list [past 3 700] [past 2 400]] more 0]
    list $asked $before [rows] [history::has_more] [history::busy]
} {{{1 alert.history {text tape limit 100 by_end 1}} {2 alert.history {text tape limit 100 by_end 1}}} {} {0/h9 1/h3 0/h5 1/h2} 0 0}

test history_pages_when_wanted {from below the last row} {
    fresh
    set ::told_history {}
    set opdesk::app::history::first_page 2
    set opdesk::app::history::page 3
    set opdesk::app::history::ahead 0
    history::search {}
    answer 0 ok [list alerts [list [past 9 900] [past 8 800]] more 1]
    set after_one [list [llength $::calls] [history::has_more] [dict get [lindex $::calls 0 2] limit]]
    history::want 0 2
    set params [lindex $::calls 1 2]
    answer 1 ok [list alerts [list [past 7 700]] more 0]
    history::want 0 5
    list $after_one $params [rows] [llength $::calls] [history::has_more] [history::count]
} {{1 1 2} {limit 3 by_end 1 before_at 800 before_seq 8} {0/h9 0/h8 0/h7} 2 0 3}

# A server's answer to the call of that number: as many as it asked for below its last, of `all`.
proc past_answer {call all} {
    set params [lindex $::calls $call 2]
    set before [expr {[dict exists $params before_seq] ? [dict get $params before_seq] : $all + 1}]
    set found {}
    for {set seq [expr {$before - 1}]} {$seq > 0 && [llength $found] < [dict get $params limit]} {incr seq -1} {
        lappend found [past $seq [expr {$seq * 10}]]
    }
    answer $call ok [list alerts $found more [expr {$seq > 0}]]
}

test history_of_any_length {only pages around what is looked at are kept, the others come again} {
    fresh
    set opdesk::app::history::max_pages 3
    history::search {}
    for {set call 0} {$call < [llength $::calls]} {incr call} {
        past_answer $call 30
        history::want [expr {[history::count] - 1}] [history::count]
    }
    set reached [list [history::count] [history::has_more] [dict size $opdesk::app::history::pages] [history::row 3]]
    set last [dict get [history::row 29] id]
    # back to the fourth row: its page comes again, from where it began, and then the one below it
    history::want 3 6
    set params [lindex $::calls $call 2]
    past_answer $call 30
    past_answer [incr call] 30
    set result [list $reached $last $params [dict get [history::row 3] id] [dict get [history::row 6] id] \
        [llength $::calls] [history::count] [dict size $opdesk::app::history::pages]]
    set opdesk::app::history::max_pages 8
    set result
} {{30 0 3 {}} h1 {limit 3 by_end 1 before_at 290 before_seq 29} h27 h24 13 30 3}

test history_goes_on_where_it_failed {} {
    fresh
    history::search {}
    past_answer 0 30
    history::want 0 4
    answer 1 error {name timeout message slow}
    history::want 0 4
    set after_error [list [history::error] [history::count] [llength $::calls]]
    history::resume
    past_answer 2 30
    list $after_error [lindex $::calls 2 2] [history::error] [history::count] [dict get [history::row 4] id]
} {{slow 2 2} {limit 3 by_end 1 before_at 290 before_seq 29} {} 5 h26}

test history_page_that_fails_when_it_comes_again {the one behind it begins where it did} {
    fresh
    set opdesk::app::history::max_pages 3
    history::search {}
    for {set call 0} {$call < [llength $::calls]} {incr call} {
        past_answer $call 30
        history::want [expr {[history::count] - 1}] [history::count]
    }
    history::want 3 4
    answer $call error {name timeout message slow}
    history::want 6 7
    history::resume
    past_answer [incr call] 30
    set result [list [lindex $::calls $call 2] [dict get [history::row 6] id]]
    set opdesk::app::history::max_pages 8
    set opdesk::app::history::first_page 100
    set opdesk::app::history::page 400
    set opdesk::app::history::ahead 30
    set result
} {{limit 3 by_end 1 before_at 260 before_seq 26} h24}

test history_of_an_older_search_is_dropped {} {
    fresh
    set ::told_history {}
    history::search {text a}
    history::search {text b}
    answer 0 ok [list alerts [list [past 1 100]] more 0]
    answer 1 ok [list alerts [list [past 2 200]] more 0]
    rows
} 0/h2

test history_that_fails_on_one_server {shows the others and says so} {
    fresh 2
    set ::told_history {}
    history::search {}
    answer 0 error {name timeout message slow}
    answer 1 ok [list alerts [list [past 2 200]] more 0]
    list [rows] [history::error] [history::busy]
} {1/h2 slow 0}

test history_without_servers {} {
    fresh
    servers::Notify 0 link.state {link 1 state down}
    history::search {}
    list [history::nobody] [history::has_more] $::calls
} {1 0 {}}

# --- servers ---

test server_is_added_and_removed {its number is never used again} {
    fresh 2
    alerts::change 1 [question a] 0
    servers::remove 1
    set gone [list [alerts::count] [lindex $::told_alert end 0] [servers::exists 1] [lrange [lindex $::calls 0] 0 2]]
    set new [servers::add delta]
    list $gone $new [servers::endpoints] [servers::up 1]
} {{0 dropped 0 {0 link.close {link 2}}} 2 {alpha delta} 0}

test server_removed_before_it_is_open {is closed when it is} {
    fresh
    set new [servers::add beta]
    servers::remove $new
    answer 0 ok {link 9}
    lrange [lindex $::calls end] 0 2
} {0 link.close {link 9}}

test call_on_a_removed_server_fails_later {} {
    fresh
    servers::remove 0
    servers::call 0 alert.show {} [keeper got]
    set at_once [llength $::got]
    until {[llength $::got]}
    list $at_once [dict get [lindex $::got 0 1] name]
} {0 unavailable}

# --- trials ---

test trial_of_a_good_server {opened, asked, closed} {
    fresh
    trial::start beta [keeper got]
    answer 0 ok {link 7}
    signal::emit notify 0 link.state {link 7 state connecting}
    signal::emit notify 0 link.state {link 7 state up}
    answer 1 ok {pending 4}
    list $::got [methods] [trial::running]
} {{{ok 4 mediachanged}} {link.open alert.stats link.close} 0}

test trial_that_fails {each in its way, once} {
    fresh
    trial::start beta [keeper one]
    answer 0 error {name bad_request message "not an endpoint"}
    trial::start beta [keeper two]
    answer 1 ok {link 7}
    signal::emit notify 0 link.state {link 7 state down reason refused}
    signal::emit notify 0 link.state {link 7 state up}
    trial::start beta [keeper three]
    answer 3 ok {link 8}
    signal::emit notify 0 link.state {link 8 state up}
    answer 4 error {name denied message "operators only"}
    list $::one $::two $::three
} {{{failed {not an endpoint} {}}} {{failed refused {}}} {{denied {operators only} mediachanged}}}

test trial_of_an_ipadmd {is asked for its files, not for questions} {
    fresh
    trial::start beta [keeper got]
    answer 0 ok {link 7}
    signal::emit notify 0 link.state {link 7 state up program ipadmd}
    answer 1 ok {files {{file Subnet_2.sdb} {file motd}}}
    trial::start beta [keeper denied]
    answer 3 ok {link 8}
    signal::emit notify 0 link.state {link 8 state up program ipadmd}
    answer 4 error {name denied message "operators only"}
    list $::got $::denied [lrange [methods] 0 2]
} {{{ok 2 ipadmd}} {{denied {operators only} ipadmd}} {link.open sdb.list link.close}}

test trial_of_another_daemon {is told which} {
    fresh
    trial::start beta [keeper got]
    answer 0 ok {link 7}
    signal::emit notify 0 link.state {link 7 state up program opchatd}
    list $::got [methods]
} {{{other opchatd opchatd}} {link.open link.close}}

test trial_is_replaced_by_the_next {the first is not heard of again} {
    fresh
    trial::start beta [keeper one]
    trial::start gamma [keeper two]
    answer 0 ok {link 7}
    answer 1 ok {link 8}
    signal::emit notify 0 link.state {link 8 state failed reason no}
    list $::one $::two [methods]
} {{} {{failed no {}}} {link.open link.open link.close link.close}}

# --- a snapshot in parts ---

test snapshot_in_parts {nothing is taken away before it is complete} {
    fresh
    foreach id {a b c} {
        alerts::change 0 [question $id] 0
    }
    alerts::snapshot 0 [list [question a version 2]] 0 1
    alerts::Note 0 alert.changed [question b version 2]
    set before [lsort [dict keys [alerts::all]]]
    alerts::Note 0 alert.complete {}
    list $before [lsort [dict keys [alerts::all]]] [lindex $::told_alert end 0]
} {{0/a 0/b 0/c} {0/a 0/b} absent}

test age_does_not_wander {with what a message takes on its way} {
    fresh
    alerts::change 0 [question a age_ms 1000] 5000
    alerts::change 0 [question a version 2 age_ms 2000] 6007
    dict get [alerts::get 0/a] born_ms
} 4000

test other_daemons_are_not_asked_for_questions {neither pending nor closed} {
    fresh 2
    servers::Notify 0 link.state {link 1 state up program ipadmd}
    servers::Notify 0 link.state {link 2 state up program mediachanged}
    history::search {}
    lmap call $::calls {lrange $call 0 1}
} {{2 alert.subscribe} {2 alert.history}}

test nothing_failed_in_the_background {} { set ::failed } 0

done
