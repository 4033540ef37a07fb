# SPDX-License-Identifier: ISC
# Promise: a worker may serve a second client of the same source, never one of another, and for each
# everything is as if it had been the first.
source [file join [file dirname [info script]] common.tcl]

# Pids of the workers that said "connection from", in order.
proc served {d} {
    return [lmap {- pid} [regexp -all -inline -line \
        {testd\[(\d+)\] worker: info: connection from} [$d log]] {set pid}]
}

# One question after the other, the next when the worker of the last is at rest.
proc one_by_one {d count {source 127.0.0.1}} {
    for {set i 0} {$i < $count} {incr i} {
        set before [$d logged {worker \d+: at rest}]
        set chan [socket -myaddr $source 127.0.0.1 [$d port]]
        fconfigure $chan -translation binary -buffering none
        puts -nonewline $chan "echo $i\n"
        equal [read $chan] "$i\n"
        close $chan
        logs $d {worker \d+: at rest} [expr {$before + 1}]
    }
}

test same_source_gets_the_same_worker {
    set d [testd -conf {worker_linger = "10s"}]
    one_by_one $d 5
    equal [llength [lsort -unique [served $d]]] 1
    logs $d {attached localhost \(127\.0\.0\.1\) as asker} 5
    equal [llength [$d part worker]] 1
    # One channel for all of them.
    set open [llength [glob /proc/[$d pid]/fd/*]]
    one_by_one $d 3
    equal [llength [glob /proc/[$d pid]/fd/*]] $open
    equal [$d stop] 0
    clean $d
}

test other_source_gets_another {
    set d [testd -conf {worker_linger = "10s"}]
    one_by_one $d 2
    one_by_one $d 2 127.0.0.2
    set tool [Peer new [$d unix] tool]
    $tool call alert.list
    lassign [served $d] a b c e f
    check {$a == $b && $c == $e && $a != $c && $f ni [list $a $c]}
    logs $d {attached localhost \(127\.0\.0\.2\) as asker} 2
    logs $d {attached \S+ \(local\) as tool}
}

test zero_is_a_process_for_each {
    set d [testd -conf {worker_linger = "0"}]
    for {set i 0} {$i < 3} {incr i} {
        line_gets [$d line "echo $i\n"] "$i\n"
        until 5000 {[$d part worker] eq ""}
    }
    equal [llength [lsort -unique [served $d]]] 3
}

test rest_ends_in_time {
    set d [testd -conf {worker_linger = "300ms"}]
    one_by_one $d 2
    until 3000 {[$d part worker] eq ""}
    logs $d {worker \d+: ended: exit 0}
}

test who_rests_takes_no_place {
    set d [testd -conf "worker_linger = \"10s\"\nmax_workers = 2"]
    one_by_one $d 1 127.0.0.2
    one_by_one $d 1 127.0.0.3
    equal [llength [$d part worker]] 2
    set one [$d line "wait\n"]
    set two [$d line "wait\n"]
    until 5000 {[llength [served $d]] == 4}
    set peer [$d line ""]
    until 3000 {[$peer closed]}
    logs $d {127\.0\.0\.1: 1 connection turned away: max_workers}
    check {![$one closed] && ![$two closed]}
}

test new_settings_mean_new_workers {
    set d [testd -conf {worker_linger = "10s"}]
    one_by_one $d 1
    set asker [Peer new [$d tcp] asker]
    set old [lindex [served $d] end]
    write [$d dir]/testd.conf "worker_linger = \"10s\"\nmax_workers = 400\n"
    [$d job] signal HUP
    logs $d {configuration: read again}
    until 5000 {[$d part worker] eq $old} "who rested is let go, who serves stays"
    equal [dict get [$asker call alert.ask id [uuid] text "echo yes"] answer] yes
    $asker close
    until 5000 {[$d part worker] eq ""}
    one_by_one $d 1
    check {[lindex [served $d] end] != $old}
}

test killed_at_rest_harms_nobody {
    set d [testd -conf {worker_linger = "10s"}]
    one_by_one $d 1
    set pid [lindex [served $d] end]
    exec kill -KILL $pid
    logs $d "worker $pid: ended: signal 9"
    one_by_one $d 1
    check {[lindex [served $d] end] != $pid}
}

test who_was_denied_is_not_kept {
    set d [testd -conf "access = {\"deny all\"}\nworker_linger = \"60s\""]
    set peer [$d line "echo\n"]
    until 5000 {[$peer closed]}
    until 5000 {[$d part worker] eq ""}
}

test stop_does_not_wait_for_who_rests {
    set d [testd -conf {worker_linger = "60s"}]
    one_by_one $d 1
    set began [clock milliseconds]
    equal [$d stop] 0
    check {[clock milliseconds] - $began < 3000}
    clean $d
}

test engine_killed_while_workers_rest {
    set d [testd -conf {worker_linger = "10s"}]
    one_by_one $d 1
    exec kill -KILL [set before [$d one engine]]
    until 10000 {[$d part engine] ni [list "" $before]} "a new engine"
    one_by_one $d 2
    equal [llength [lsort -unique [served $d]]] 1
}

finish
