# SPDX-License-Identifier: ISC
# Promise: the handlers of a connection come in the documented order, the same under each
# personality (this file runs under both), and what they know of their peer stays true.
source [file join [file dirname [info script]] common.tcl]

proc traced {{conf ""}} {
    return [testd -conf "trace = yes\n$conf"]
}

# The handlers that ran, in order, of connections from an address.
proc trace {d {source localhost}} {
    return [lmap {- handler} [regexp -all -inline -line \
        "worker: debug: trace $source \\S+ \\S+ (.*)\$" [$d log]] {set handler}]
}

proc order {d wanted {source localhost}} {
    until 10000 {[lindex [trace $d $source] end] in {closed denied}}
    equal [trace $d $source] $wanted
}

test question_and_answer {
    set d [traced]
    line_gets [$d line "echo hi\n"] "hi\n"
    order $d {accepted allow opened input served closed}
    clean $d
}

test line_in_pieces {
    set d [traced]
    set peer [$d line "ec"]
    until 5000 {"input" in [trace $d]}
    $peer send "ho hi\n"
    line_gets $peer "hi\n"
    order $d {accepted allow opened input input served closed}
}

test nothing_said {
    set d [traced]
    [$d line ""] close
    order $d {accepted allow opened eof+0 served closed}
}

test end_with_an_unread_rest {
    set d [traced {hello = "10s"}]
    set peer [$d line "\0\0\0\5ab"]
    until 5000 {"input" in [trace $d]}
    $peer close
    order $d {accepted allow opened input eof+6 served closed}
}

test time_out {
    set d [traced {first_byte = "150ms"}]
    set peer [$d line ""]
    order $d {accepted allow opened timeout served closed}
}

test denied_by_the_list {
    set d [traced {access = {"deny all"}}]
    set peer [$d line "echo hi\n"]
    order $d {accepted denied}
    stays 200 {[trace $d] eq {accepted denied}}
}

test denied_by_the_daemon {
    set d [traced {refuse = yes}]
    set peer [$d line "echo hi\n"]
    order $d {accepted allow denied}
    logs $d {refused: by the daemon}
    until 5000 {[$peer closed]}
}

test stopped {
    set d [traced]
    set peer [$d line "wait\n"]
    until 5000 {[waiting $d] == 1}
    $d stop
    order $d {accepted allow opened input stopping served closed}
}

test peer_stays_what_it_was {
    set d [traced]
    set first [socket -myaddr 127.0.0.3 127.0.0.1 [$d port]]
    until 5000 {"opened" in [trace $d {127\.0\.0\.3|localhost}]}
    set later {}
    for {set i 4} {$i < 12} {incr i} {
        lappend later [socket -myaddr 127.0.0.$i 127.0.0.1 [$d port]]
    }
    set tool [Peer new [$d unix] tool]
    $tool call alert.list
    logs $d {trace .* opened$} 10
    close $first
    logs $d {trace localhost \(127\.0\.0\.3\) tcp:127\.0\.0\.1:\d+ closed$}
    foreach chan $later {
        close $chan
    }
    for {set i 4} {$i < 12} {incr i} {
        logs $d "trace localhost \\(127\\.0\\.0\\.$i\\) tcp:127\\.0\\.0\\.1:\\d+ closed\$"
    }
    equal [$d logged {closed but open|too late}] 0
}

proc hooks {d} {
    return [lmap {- hook} [regexp -all -inline -line {hook: (\w+)$} [$d log]] {
        expr {$hook eq "dequeue" ? [continue] : $hook}}]
}

test daemon_hooks {
    set d [testd]
    until 5000 {[hooks $d] eq {bound ready}}
    [$d job] signal HUP
    until 5000 {[hooks $d] eq {bound ready reloaded}}
    [$d job] signal USR2
    until 10000 {[hooks $d] eq {bound ready reloaded restarting restarted ready}}
    $d stop
    equal [hooks $d] {bound ready reloaded restarting restarted ready stopping stopped}
}

test dequeue_comes_again_and_again_beside_time_outs {
    set d [testd -conf {first_byte = "500ms"}]
    set peer [$d line ""]
    logs $d {dequeue: info: hook: dequeue$} 3
    until 3000 {[$peer closed]}
    set log [$d log]
    check {[string first "it said nothing" $log] > [string first "hook: dequeue" $log]}
}

# Once 250 ms after the start, again after the 150 ms that it asks for, and then after a client.
test a_listener_has_time_outs_beside_dequeue {
    set d [testd]
    set quiet {quiet: tcp:127\.0\.0\.1:\d+$}
    logs $d {quiet: } 3
    logs $d {hook: dequeue$} 2
    stays 400 {[$d logged {quiet: }] == 3}
    line_gets [$d line "echo hi\n"] "hi\n"
    set before [$d logged $quiet]
    logs $d $quiet [expr {$before + 1}]
}

finish
