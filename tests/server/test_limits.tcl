# SPDX-License-Identifier: ISC
# Promise: every bound holds, passing it is told, and others are served meanwhile.
source [file join [file dirname [info script]] common.tcl]

set is_root [expr {[exec id -u] == 0}]

proc serves {d} {
    line_gets [$d line "echo still\n"] "still\n"
}

test no_first_byte_is_closed {
    set d [testd -conf {first_byte = "200ms"}]
    set peer [$d line ""]
    until 3000 {[$peer closed]}
    logs $d {closed: it said nothing}
    serves $d
}

test one_byte_at_a_time_ends_by_the_absolute_limit {
    set d [testd -conf {hello = "400ms"}]
    set peer [$d line "e"]
    set began [clock milliseconds]
    until 3000 {[$peer send "x"; $peer closed]}
    check {[clock milliseconds] - $began < 1500}
    logs $d {closed: no whole line in time}
    serves $d
}

test one_byte_of_hello_at_a_time_ends_too {
    set d [testd -conf {hello = "400ms"}]
    set peer [$d line "\0\0\1\0"]
    until 3000 {[$peer send "x"; $peer closed]}
    logs $d {closed: no hello in time}
    matches [$peer received] {server\.closing.*no hello in time}
    serves $d
}

test half_a_frame_stalls {
    set d [testd -conf {stall = "200ms"}]
    set peer [Peer new [$d tcp] asker]
    $peer send "\0\0\1\0abc"
    until 3000 {[$peer closed]}
    logs $d {stalled inside a message}
    serves $d
}

# The rest of a message came in time, but the worker was not there to read it.
test a_stopped_worker_takes_nobody_for_stalled {
    set d [testd -conf {stall = "300ms"}]
    set peer [Peer new [$d tcp] asker]
    set ping "\x94\0\7\xa4ping\x90"
    set frame [binary format Ia* [string length $ping] $ping]
    $peer send $frame[string range $frame 0 5]
    $peer end 7 ;# answered, so that the piece behind it is read, too
    set workers [$d part worker]
    exec kill -STOP {*}$workers
    $peer send [string range $frame 6 end]
    stays 500 {![$peer closed]}
    exec kill -CONT {*}$workers
    $peer end 7
    check {![$peer closed]}
}

# The same for what it had to send: the peer has taken all that there was.
test a_stopped_worker_takes_no_reader_for_stalled {
    set d [testd -conf {stall = "300ms"}]
    set peer [Peer new [$d unix] asker]
    set workers [$d part worker]
    $peer reading 0
    set calls [lmap - [lrepeat 100 x] {$peer begin alert.ask id [uuid] text "large one"}]
    serves $d ;# the engine has answered those before
    until 5000 {[lsort -unique [lmap pid $workers {state_of $pid}]] eq "S"}
    exec kill -STOP {*}$workers
    $peer reading 1
    stays 500 {![$peer has [lindex $calls end]]} "all was sent before"
    exec kill -CONT {*}$workers
    foreach call $calls {
        $peer end $call
    }
}

test waiting_call_is_no_stall {
    set d [testd -conf "stall = \"100ms\"\nhello = \"100ms\"\nfirst_byte = \"100ms\""]
    set peer [Peer new [$d tcp] asker]
    set line [$d line "wait\n"]
    $peer begin alert.ask id [uuid] text wait
    stays 500 {![$peer closed] && ![$line closed]}
}

test tls_is_refused {
    set d [testd]
    set peer [$d line "\x16\3\1\2\0\1"]
    until 3000 {[$peer closed]}
    equal [$peer received] ""
    logs $d {TLS is not configured}
    serves $d
}

test http_is_refused {
    set d [testd]
    set peer [$d line "GET / HTTP/1.1\r\nHost: x\r\n\r\n"]
    until 3000 {[$peer closed]}
    equal [$peer received] ""
    logs $d {line refused: .*HTTP}
}

test bad_lines_are_refused {
    set d [testd]
    foreach line [list "\n" "a\0b\n" "\xff\xfe\n" "[string repeat x 9000]\n" [string repeat x 9000]] {
        set peer [$d line $line]
        until 3000 {[$peer closed]}
        equal [$peer received] ""
    }
    logs $d {line refused} 5
    serves $d
}

test bad_frame_is_told_and_closed {
    set d [testd]
    foreach {bytes why} {
        "\0\0\0\0" {a message of 0 bytes}
        "\0\xff\xff\xff" {a message of 16777215 bytes}
        "\0\0\0\1\xc1" {not an RPC message}
        "\0\0\0\4\x94\1\7\xc0\xc0" {not an RPC message}
    } {
        set peer [$d line [subst -nocommands -novariables $bytes]]
        until 3000 {[$peer closed]}
        matches [$peer received] "server\\.closing.*$why"
        logs $d "closed: $why"
    }
    serves $d
}

test bad_calls_are_answered {
    set d [testd]
    set peer [Peer new [$d tcp]]
    equal [fails {$peer call alert.ask id [uuid] text hi}] bad_request "hello first"
    equal [fails {$peer call hello proto 9 program x version 1 role asker}] conflict
    equal [fails {$peer call hello proto 1 program x version 1 role king}] bad_request
    set you [$peer call hello proto 1 program x version 1 role asker]
    equal [dict get $you you] 127.0.0.1
    equal [dict get $you program] testd
    equal [fails {$peer call hello proto 1 program x version 1 role asker}] bad_request
    equal [$peer call ping] {}
    equal [fails {$peer call no.such}] unknown_method
    equal [fails {$peer call alert.ask id [uuid]}] bad_request "text is missing"
    equal [fails {$peer call alert.list}] denied
    equal [dict get [$peer call alert.ask id [uuid] text "echo yes"] answer] yes
}

test too_many_open_calls_are_refused {
    set d [testd -conf {max_calls = 3}]
    set peer [Peer new [$d tcp] asker]
    foreach i {1 2 3} {
        $peer begin alert.ask id [uuid] text wait
    }
    equal [fails {$peer call alert.ask id [uuid] text wait}] unavailable
}

fork_test max_workers_closes_without_a_byte_and_logs_once_a_second {
    set d [testd -conf {max_workers = 5}]
    set held {}
    foreach i {1 2 3 4 5} {
        lappend held [$d line "wait\n"]
    }
    until 5000 {[llength [$d part worker]] == 5}
    foreach i {1 2 3 4 5 6 7 8 9 10} {
        set peer [$d line ""]
        until 3000 {[$peer closed]}
        equal [$peer received] ""
        $peer destroy
    }
    logs $d {127\.0\.0\.1: \d+ connections turned away: max_workers}
    check {[$d logged {turned away}] <= 3}
    [lindex $held 0] close
    until 5000 {[llength [$d part worker]] < 5}
    serves $d
}

test operators_get_in_when_all_places_are_taken {
    set d [testd -conf "max_workers = 3\nreserved_workers = 1"]
    set held {}
    foreach i {1 2 3} {
        lappend held [$d line "wait\n"]
    }
    logs $d {asked: wait} 3
    set operator [Peer new [$d unix] tool]
    set asker [$d line ""]
    until 3000 {[$asker closed]}
    equal [$asker received] ""
    logs $d {127\.0\.0\.1: \d+ connections? turned away: max_workers}
    # the reserve is bounded, too
    set another [Peer new [$d unix]]
    until 3000 {[$another closed]}
    logs $d {local: \d+ connections? turned away: max_workers}
    equal [dict get [$operator call alert.list] count] 3
    check {![[lindex $held 2] closed]}
}

test reserve_is_not_for_who_asks {
    set d [testd -conf "max_workers = 1\nreserved_workers = 2"]
    set held [$d line "wait\n"]
    logs $d {asked: wait}
    set job [Peer new [$d unix]]
    equal [fails {$job call hello proto 1 program x version 1 role asker}] unavailable "max_workers"
    set line [Peer new [$d unix]]
    $line send "echo me\n"
    until 3000 {[$line closed]}
    equal [$line received] ""
    logs $d {closed without an answer: all places are taken}
    $job close
    until 5000 {![catch {[Peer new [$d unix] tool] call alert.list}]}
    equal [$d logged {asked: echo me}] 0
}

if {$::is_root} {
    file attributes [tmp .] -permissions 0711

    test members_of_the_group_are_operators_in_a_full_daemon {
        set d [testd -conf "max_workers = 1\nreserved_workers = 9\noperators = \"nogroup\"\nsocket_mode = \"0666\""]
        set held [$d line "wait\n"]
        logs $d {asked: wait}
        set group [exec getent group nogroup | cut -d: -f3]
        foreach groups [list "--regid=$group --clear-groups" "--regid=4711 --groups=4712,$group"] {
            set member [Peer new [$d unix] tool [list setpriv --reuid=65534 {*}$groups]]
            equal [dict get [$member call alert.list] count] 1
        }
        set other [Peer new [$d unix] "" {setpriv --reuid=65534 --regid=4711 --clear-groups}]
        until 3000 {[$other closed]}
        logs $d {local: \d+ connections? turned away: max_workers}
    }
}

test emfile_closes_and_recovers {
    set d [testd]
    set open [glob -tails -directory /proc/[$d pid]/fd *]
    for {set free 0} {$free in $open} {incr free} {}
    exec prlimit --pid [$d pid] --nofile=$free:20000
    set peer [$d line "echo lost\n"]
    until 3000 {[$peer closed]}
    equal [$peer received] ""
    logs $d {turned away: Too many open files}
    exec prlimit --pid [$d pid] --nofile=20000:20000
    serves $d
}

# Each connection is gone before it is accepted or just after; each signal may interrupt a call.
test peers_that_vanish_and_signals_do_not_end_the_accept_loop {
    set d [testd]
    set vanish [Job new -pipe 1 perl -MSocket -e {
        for (1 .. 150) {
            socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
            setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) or die;
            connect($s, pack_sockaddr_in($ARGV[0], INADDR_LOOPBACK)) or die "$_: $!";
            close($s);
            kill("HUP", $ARGV[1]) if $_ % 10 == 0;
        }
    } [$d port] [$d pid]]
    equal [$vanish wait] 0 [$vanish err]
    serves $d
    until 5000 {[llength [$d part worker]] <= 2} "each is reaped"
    equal [$d logged {error: }] 0
}

test engine_without_descriptors_lets_clients_wait {
    set d [testd]
    set held [$d line "wait\n"]
    logs $d {asked: wait}
    set engine [$d one engine]
    set open [glob -tails -directory /proc/$engine/fd *]
    for {set free 0} {$free in $open} {incr free} {}
    exec prlimit --pid $engine --nofile=[expr {$free + 1}]:20000
    set peers [list [$d line "echo a\n"] [$d line "echo b\n"]]
    logs $d {engine: too many open files: clients have to wait}
    exec prlimit --pid $engine --nofile=20000:20000
    foreach peer $peers {
        until 10000 {[$peer closed]}
    }
    equal [lmap peer $peers {$peer received}] [list a\n b\n]
    check {![$held closed]}
    equal [$d logged {killed|ended: signal}] 0
}

test access_list_denies {
    set d [testd -conf {access = {"allow all", "deny 127.0.0.0/8"}}]
    set peer [$d line "echo no\n"]
    until 3000 {[$peer closed]}
    equal [$peer received] ""
    logs $d {localhost \(127\.0\.0\.1\): refused: not on the access list}
    set tool [Peer new [$d unix] tool]
    equal [dict get [$tool call alert.list] count] 0
}

test half_close_waits_and_late_end_withdraws {
    set d [testd]
    set half [Job new -in "wait\n" nc -N 127.0.0.1 [$d port]]
    set late [Job new -pipe 1 nc 127.0.0.1 [$d port]]
    puts [$late chan] "wait"
    until 5000 {[waiting $d] == 2}
    stays 1200 {[waiting $d] == 2} "a half-close keeps waiting"
    $late destroy
    logs $d {heard: alert\.withdraw}
    until 5000 {[waiting $d] == 1}
    check {![$half ended]}
}

test unread_bytes_do_not_take_the_answer_back {
    set d [testd]
    foreach i {1 2 3 4 5 6 7 8 9 10} {
        line_gets [$d line "echo yes\n[string repeat junk 20000]"] "yes\n"
    }
}

test client_that_never_reads_holds_nobody {
    set d [testd -conf "stall = \"500ms\"\nmax_calls = 10000"]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    $desk reading 0
    set asker [Peer new [$d tcp] asker]
    for {set i 0} {$i < 8000} {incr i} {
        $asker begin alert.ask id [uuid] text "echo yes"
        if {$i % 100 == 0} {
            harness::Turn 1 ;# the asker does read
        }
    }
    equal [dict get [$asker call alert.ask id [uuid] text "echo end"] answer] end
    serves $d
}

finish
