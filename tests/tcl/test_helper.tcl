# SPDX-License-Identifier: ISC
# The pipe to the helper, against helpers that are silent, talk garbage, die half-way, stop reading.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/clock app/helper app/rpc app/pulse app/servers app/words
namespace path opdesk::app
set dir [exec mktemp -d -t opdesk-test.XXXXXX]

# A helper made of a script in Tcl; `count` has a line for every start of it.  Each has files of its own: one
# of the test before may only begin now, and would read the next one's script and be counted for it.
set number 0
proc helper_is {body} {
    helper::stop
    incr ::number
    set ::opdesk::app::rpc::calls {}
    set ::opdesk::app::helper::deaths 0
    keeper states
    set f [open $::dir/helper.$::number w]
    puts $f "#!/usr/bin/env tclsh8.6
        fconfigure stdin -translation binary; fconfigure stdout -translation binary -buffering none
        set starts \[open $::dir/count.$::number a\]; puts \$starts x; close \$starts
        $body"
    close $f
    file attributes $::dir/helper.$::number -permissions 0700
    helper::start $::dir/helper.$::number
}
proc starts {} {
    if {[catch {open $::dir/count.$::number} f]} {
        return 0
    }
    set text [read $f]
    close $f
    return [regexp -all x $text]
}
signal::on helper {keep states}

test helper_answers {a call ends once with its result} {
    helper_is {
        read stdin 4
        puts -nonewline [binary format H* 00000007][binary format H* 9200940101c0c3]
        read stdin
    }
    # [0, [1, 1, nil, true]]
    set ::opdesk::app::rpc::last 0
    rpc::call 0 link.close {link 1} [keeper got]
    until {[llength $::got]}
    set ::got
} {{ok 1}}

test helper_dies_half_way {its calls fail, and it is started again} {
    helper_is {
        read stdin 4
        puts -nonewline [binary format H* 00000100]abc
        exit
    }
    rpc::call 0 link.close {link 1} [keeper got]
    until {[llength $::got] && [starts] >= 2}
    list [lindex $::got 0 0] [dict get [lindex $::got 0 1] name]
} {error unavailable}

test helper_talks_garbage {is ended and started again} {
    helper_is {
        puts -nonewline "HTTP/1.0 200 OK\r\n"
        read stdin
    }
    until {[starts] >= 2}
    regexp {unreadable} $::states
} 1

test helper_cannot_be_started {says why, tries again} {
    helper::stop
    set ::opdesk::app::helper::deaths 0
    keeper states
    helper::start $::dir/none
    until {[llength $::states] >= 2}
    lmap state $::states {lindex $state 0}
} {down down}

test helper_is_started_at_once_when_that_is_asked_for {} {
    helper::stop
    set ::opdesk::app::helper::deaths 5
    keeper states
    helper::start $::dir/none
    after 20 {set ::turn 1}
    vwait ::turn
    set before [llength $::states]
    helper::hurry
    helper::stop
    list $before [llength $::states]
} {1 2}

test helper_pauses_grow {0.2, 1, 5, 5 s} {
    helper::stop
    set ::opdesk::app::helper::deaths 0
    lmap n {0 1 2 3} {
        lindex $::opdesk::app::helper::pauses_ms [expr {min($n, [llength $::opdesk::app::helper::pauses_ms] - 1)}]
    }
} {200 1000 5000 5000}

test helper_stuck {more than 1 MiB waiting: new calls fail at once} {
    helper_is { exec kill -STOP [pid] }
    keeper got
    set big [string repeat x 2000]
    set id 01234567-89ab-4def-8123-456789abcdef
    for {set n 0} {$n < 3000 && ![llength $::got]} {incr n} {
        rpc::call 7 alert.note [list id $id note $big] {keep got}
        if {$n % 100 == 0} {
            after 1 {set ::turn 1}
            vwait ::turn
        }
    }
    until {[llength $::got]}
    exec kill -KILL [pid $::opdesk::app::helper::chan]
    list [dict get [lindex $::got 0 1] name] [expr {$n > 400 && $n < 1200}]
} {unavailable 1}

test rpc_silent_helper {a call ends by our own limit too} {
    helper_is { read stdin }
    set ::opdesk::app::rpc::grace_ms 50
    rpc::call 7 alert.list {} [keeper got] 100
    until {[llength $::got]}
    set ::opdesk::app::rpc::grace_ms 5000
    dict get [lindex $::got 0 1] name
} timeout

test rpc_late_answer {is dropped} {
    helper_is { read stdin }
    keeper got
    rpc::Receive {type response link 7 msgid 99999 result x}
    set ::got
} {}

test rpc_wrong_call {never throws at the caller} {
    helper_is { read stdin }
    rpc::call 7 no.such {} [keeper got]
    until {[llength $::got]}
    dict get [lindex $::got 0 1] name
} unknown_method

test rpc_failing_caller {does not keep the others from hearing that the helper has gone} {
    helper_is { read stdin 10; exit }
    keeper got
    set old [interp bgerror {}]
    interp bgerror {} {keep bg}
    rpc::call 0 link.close {link 1} {error broken}
    rpc::call 0 link.close {link 2} {keep got}
    until {[llength $::got]}
    interp bgerror {} $old
    dict get [lindex $::got 0 1] name
} unavailable

# Beats of 20 ms: asked after 5 of them, given up after 15.
test pulse_stopped_helper {is noticed, ended and replaced; its calls are told} {
    set ::opdesk::app::pulse::beat_ms 20
    helper_is { exec kill -STOP [pid] }
    set old [pid $::opdesk::app::helper::chan]
    rpc::call 0 link.close {link 1} [keeper got]
    until {[llength $::got] && [starts] >= 2}
    set ::opdesk::app::pulse::beat_ms 1000
    exec kill -KILL [pid $::opdesk::app::helper::chan]
    set state ""
    catch {
        set f [open /proc/$old/stat]
        set state [lindex [read $f] 2]
        close $f
    }
    list [regexp {has not answered for} $::states] [dict get [lindex $::got 0 1] name] [expr {$state in {"" Z}}]
} {1 unavailable 1}

test pulse_helper_that_answers {is left alone, however little it says} {
    set ::opdesk::app::pulse::beat_ms 20
    # [0, [1, 1, nil, {}]] to whatever it is asked
    helper_is {
        while {[string length [set head [read stdin 4]]]} {
            binary scan $head Iu length
            read stdin $length
            puts -nonewline [binary format H* 0000000792009401]
            puts -nonewline [binary format H* 01c080]
            set pings [open [file dirname [info script]]/pings a]; puts $pings x; close $pings
        }
    }
    until {[file exists $::dir/pings] && [file size $::dir/pings] >= 10}
    set ::opdesk::app::pulse::beat_ms 1000
    list [starts] [llength $::states]
} {1 1}

test servers_follow_their_links {open on start; states by link, those of other links are not ours} {
    servers::start {tcp:a:1 tcp:b:1}
    keeper ups
    signal::on server.up {keep ups}
    servers::Opened 0 ok {link 3}
    servers::Opened 1 ok {link 4}
    servers::LinkState {link 4 endpoint tcp:b:1 state up}
    servers::LinkState {link 5 endpoint tcp:a:1 state up}
    servers::LinkState {link 3 endpoint tcp:a:1 state down reason refused retry_ms 4000}
    list $::ups [dict get [servers::get 0] state] [dict get [servers::get 1] link] \
        [servers::up 1] [words::server [servers::get 0] [clock::now]]
} {1 down 4 1 {not connected: refused · trying again in 4 s}}

helper::stop
file delete -force $dir
done
