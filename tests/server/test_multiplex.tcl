# SPDX-License-Identifier: ISC
# Promise: a few workers with many connections each: nobody waits for a slow, silent or greedy
# neighbour, a worker that dies takes its own connections along and no other, and bounds hold.
source [file join [file dirname [info script]] common.tcl]

proc multiplexed {{conf ""} args} {
    return [testd -conf "personality = \"multiplex\"\nworkers = 2\n$conf" {*}$args]
}

# Pids of the workers, in the order in which clients came to them.
proc served {d} {
    return [lmap {- pid} [regexp -all -inline -line \
        {testd\[(\d+)\] worker: info: connection from} [$d log]] {set pid}]
}

proc serves {d} {
    line_gets [$d line "echo still\n"] "still\n"
}

# `count` clients that wait for an answer.
proc hold {d count} {
    set held {}
    for {set i 0} {$i < $count} {incr i} {
        lappend held [$d line "wait\n"]
    }
    until 10000 {[waiting $d] == $count}
    return $held
}

test clients_are_spread_evenly {
    set d [multiplexed]
    until 5000 {[llength [$d part worker]] == 2}
    for {set i 1} {$i <= 10} {incr i} {
        $d line "wait\n"
        until 10000 {[llength [set pids [served $d]]] == $i} "client $i"
    }
    foreach pid [lsort -unique $pids] {
        equal [llength [lsearch -all $pids $pid]] 5
    }
    equal [llength [$d part worker]] 2
    equal [$d stop] 0
    clean $d
}

test worker_killed_loses_its_own_clients_only {
    set d [multiplexed]
    set held [hold $d 20]
    set victim [lindex [served $d] 0]
    exec kill -KILL $victim
    logs $d "worker $victim: ended: signal 9: 1\\d connections are lost"
    until 5000 {[llength [lmap p $held {expr {[$p closed] ? $p : [continue]}}]] == 10}
    until 5000 {[waiting $d] == 10}
    until 5000 {[llength [$d part worker]] == 2 && $victim ni [$d part worker]}
    foreach i {1 2 3 4} {
        serves $d
    }
    check {[llength [lsort -unique [served $d]]] == 3}
    stays 200 {[llength [lmap p $held {expr {[$p closed] ? $p : [continue]}}]] == 10}
}

test newcomers_wait_until_there_is_a_worker_again {
    set d [multiplexed]
    serves $d
    foreach round {1 2 3 4 5} {
        until 5000 {[llength [set workers [$d part worker]]] == 2}
        exec kill -KILL {*}$workers
        logs $d {ended: signal 9} [expr {2 * $round}]
        serves $d
    }
}

test engine_killed_with_many_clients {
    set d [multiplexed]
    set held [hold $d 50]
    exec kill -KILL [set before [$d one engine]]
    until 10000 {[$d part engine] ni [list "" $before]} "a new engine"
    until 10000 {[waiting $d] == 50} "all ask again"
    equal [llength [lmap p $held {expr {[$p closed] ? $p : [continue]}}]] 0
    clean $d
}

test slow_and_silent_neighbours_hold_nobody {
    set d [multiplexed "workers = 1"]
    set silent [$d line ""]
    set slow [Peer new [$d tcp] asker]
    $slow send "\0\0\1\0abc"
    set deaf [Peer new [$d tcp] asker]
    $deaf reading 0
    set text "echo [string repeat x 15000]"
    for {set i 0} {$i < 200} {incr i} {
        $deaf begin alert.ask id [uuid] text $text
    }
    foreach i {1 2 3} {
        serves $d
    }
    check {![$silent closed] && ![$slow closed]}
    clean $d
}

# What it misses it is told, once it reads again; nobody else notices.
test desk_that_does_not_read_is_told_that_it_missed_something {
    set d [multiplexed "workers = 1\nlog_level = \"notice\""]
    set neighbour [Peer new [$d tcp] asker]
    set worker [$d one worker]
    set deaf [Peer new [$d unix] desk]
    $deaf call alert.subscribe
    $deaf reading 0
    set calls {}
    for {set i 0} {$i < 200} {incr i} {
        lappend calls [$neighbour begin alert.ask id [uuid] text "echo wide"]
    }
    foreach call $calls {
        equal [dict get [$neighbour end $call] answer] wide
    }
    logs $d {its link is closed: it does not read}
    $deaf reading 1
    until 20000 {"server.reset" in [lmap note [$deaf notes] {lindex $note 0}]}
    $deaf call alert.subscribe
    equal [$d part worker] $worker
    equal [$d logged killed] 0
    clean $d
}

# With the worker stopped, a flood and then one line wait in the kernel: the line is not the last.
test flood_of_one_client_is_fair_to_the_others {
    set d [multiplexed "workers = 1\nmax_calls = 100000"]
    set greedy [Peer new [$d tcp] asker]
    $greedy reading 0
    set worker [$d one worker]
    exec kill -STOP $worker
    for {set i 0} {$i < 600} {incr i} {
        $greedy begin alert.ask id [uuid] text "echo flood [string repeat x 2000]"
    }
    set peer [$d line "echo still\n"]
    exec kill -CONT $worker
    line_gets $peer "still\n"
    $greedy reading 1
    logs $d {asked: echo flood} 600
    set before [string range [$d log] 0 [string first "asked: echo still" [$d log]]]
    check {[regexp -all {asked: echo flood} $before] < 300}
}

test max_workers_counts_connections {
    set d [multiplexed "max_workers = 5"]
    set held {}
    foreach i {1 2 3 4} {
        lappend held [$d line "wait\n"]
    }
    set last [Peer new [$d tcp] asker]
    set peer [$d line ""]
    until 3000 {[$peer closed]}
    logs $d {127\.0\.0\.1: \d+ connections? turned away: max_workers}
    $last close
    until 5000 {![catch {serves $d}]}
}

test max_per_worker_holds {
    set d [multiplexed "max_per_worker = 2"]
    set held {}
    foreach i {1 2 3 4} {
        lappend held [Peer new [$d tcp] asker]
    }
    set peer [$d line ""]
    until 3000 {[$peer closed]}
    logs $d {turned away: max_per_worker}
    # whoever answers has places beyond it
    set operator [Peer new [$d unix] tool]
    equal [dict get [$operator call alert.list] count] 0
    $operator destroy
    [lindex $held 0] close
    until 5000 {![catch {serves $d}]}
}

test new_settings_bring_new_workers_and_end_nobody {
    set d [multiplexed {greeting = "one"}]
    set held {}
    foreach i {1 2 3 4} {
        lappend held [Peer new [$d tcp] asker]
    }
    set old [$d part worker]
    write [$d dir]/testd.conf "personality = \"multiplex\"\nworkers = 3\ngreeting = \"two\"\n"
    [$d job] signal HUP
    logs $d {greeting: two}
    until 5000 {[llength [$d part worker]] == 5}
    serves $d
    check {[lindex [served $d] end] ni $old}
    foreach peer $held {
        check {![$peer closed]}
        $peer close
    }
    until 5000 {[llength [$d part worker]] == 3}
    equal [lmap pid $old {expr {[running $pid] ? $pid : [continue]}}] {}
    equal [$d logged {connections are lost}] 0
    clean $d
}

test same_settings_keep_the_workers {
    set d [multiplexed]
    until 5000 {[llength [set old [$d part worker]]] == 2}
    [$d job] signal HUP
    logs $d {configuration: read again: as before}
    logs $d {greeting: hello} 2
    equal [$d part worker] $old
}

test a_worker_that_hangs_is_killed_and_replaced {
    set d [multiplexed "workers = 2\nworker_silence = \"2s\""]
    until 5000 {[llength [set workers [$d part worker]]] == 2}
    set peers [lmap - {1 2} {Peer new [$d tcp] asker}]
    exec kill -STOP [lindex $workers 0]
    until 15000 {[llength [lmap p $peers {expr {[$p closed] ? $p : [continue]}}]] == 1}
    logs $d "worker [lindex $workers 0]: killed: it hangs: not a sign of life for \\d+ ms \\(1 connections\\)"
    until 5000 {[llength [$d part worker]] == 2}
    check {[lindex $workers 1] in [$d part worker]}
    foreach p $peers {
        if {![$p closed]} {
            equal [dict get [$p call alert.ask id [uuid] text "echo yes"] answer] yes
        }
    }
    equal [$d logged {killed: it hangs}] 1
}

test handler_that_holds_the_loop_is_logged {
    set d [multiplexed]
    set peer [$d line "^\n"]
    logs $d {localhost \(127\.0\.0\.1\): its handler `input` held the loop for 2\d\d ms}
}

test thousands_of_connections {
    set wanted 4000
    set d [multiplexed "max_workers = 12000\nfirst_byte = \"600s\"\nlog_level = \"notice\""]
    set holder [Job new -pipe 1 perl -MIO::Socket::INET -e {
        my ($port, $n) = @ARGV; my @held; $| = 1;
        while (@held < $n) {
            my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or die "connect: $!";
            print $s "wait\n"; push @held, $s;
        }
        print "held ", scalar(@held), "\n"; <STDIN>;
    } [$d port] $wanted]
    until 60000 {[$holder ended] || [regexp {held} [$holder out]]}
    equal [$holder out] "held $wanted\n" [$holder err]
    until 30000 {[waiting $d] == $wanted}
    equal [llength [$d part worker]] 2
    serves $d
    equal [$d stop] 0
}

finish
