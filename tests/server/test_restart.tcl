# SPDX-License-Identifier: ISC
# Promise: USR2 puts a new program in the place of the running one and loses no connection: neither
# those that are there nor those that come meanwhile.
source [file join [file dirname [info script]] common.tcl]

# Restart and wait until the new program is ready.
proc restart {d} {
    set ready [llength [regexp -all -inline -line {^ready$} [[$d job] out]]]
    [$d job] signal USR2
    until 10000 {[llength [regexp -all -inline -line {^ready$} [[$d job] out]]] > $ready
        || [[$d job] ended]}
    check {![[$d job] ended]}
}

proc serves_now {d} {
    line_gets [$d line "echo still\n"] "still\n"
}

test waiting_clients_stay_and_get_their_answers {
    set d [testd]
    set pid [$d pid]
    set line [$d line "wait\n"]
    set asker [Peer new [$d tcp] asker]
    set id [uuid]
    set call [$asker begin alert.ask id $id text question]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    until 5000 {[waiting $d] == 2}
    foreach round {1 2 3} {
        set engine [$d one engine]
        restart $d
        equal [$d pid] $pid
        check {[$d one engine] != $engine}
        until 5000 {[waiting $d] == 2} "both have asked again"
    }
    until 5000 {[lsearch -index 0 [$desk notes] server.reset] >= 0} "the desk is told"
    $desk call alert.answer id $id answer_id [uuid] label Yes
    equal [dict get [$asker end $call] answer] Yes
    check {![$line closed]}
    equal [$d logged {engine: ended}] 0
    equal [$d stop] 0
    until 1000 {[$line closed]}
    check {![file exists [$d dir]/sock]} "the socket file is still ours to remove"
    clean $d
}

test clients_that_come_meanwhile_are_served {
    set d [testd -conf {max_workers = 5000}]
    set clients [Job new perl -MIO::Socket::INET -e {
        my ($port, $end, $n, $bad) = ($ARGV[0], time + 4, 0, 0);
        while (time < $end) {
            my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or ($bad++, next);
            print $s "echo $n\n";
            my $got = <$s> // "nothing";
            $bad++ if $got ne "$n\n";
            $n++;
        }
        print "$bad of $n\n";
    } [$d port]]
    foreach round {1 2 3} {
        restart $d
        serves_now $d
    }
    until 20000 {[$clients ended]}
    matches [$clients out] {^0 of \d{2,}\n$}
    clean $d
}

test new_program_that_does_not_like_its_settings_is_not_taken {
    set d [testd]
    set asker [Peer new [$d tcp] asker]
    set engine [$d one engine]
    write [$d dir]/testd.conf "nonsense = 1\n"
    [$d job] signal USR2
    logs $d {restart: not done: `.*testd --check` ended with exit 78}
    matches [$d log] {testd\.conf:1: nonsense: no such setting}
    equal [$d one engine] $engine
    equal [dict get [$asker call alert.ask id [uuid] text "echo yes"] answer] yes
    write [$d dir]/testd.conf [with_personality ""]
    restart $d
    equal [dict get [$asker call alert.ask id [uuid] text "echo yes"] answer] yes
}

test upgrade_to_a_program_that_speaks_otherwise {
    set d [testd]
    set desk [Peer new [$d unix] desk]
    set line [$d line "wait\n"]
    until 5000 {[waiting $d] == 1}
    set old [$d part worker]
    file copy [bin testd_next] [$d dir]/next
    file rename -force [$d dir]/next [$d dir]/testd
    restart $d
    logs $d {restart: the workers are of another version}
    until 5000 {[$desk closed] && [$line closed]}
    equal [lsearch -index 0 -all -inline [$desk notes] server.closing] \
        {{server.closing {reason {the server stops}}}}
    until 5000 {[lmap pid $old {expr {[running $pid] ? $pid : [continue]}}] eq {}}
    serves_now $d
    equal [$d stop] 0
    clean $d
}

test program_that_is_gone_is_not_taken {
    set d [testd]
    file rename [$d dir]/testd [$d dir]/away
    [$d job] signal USR2
    logs $d {restart: not done: .* ended with exit 127}
    serves_now $d
}

test new_settings_are_taken_and_reload_works_afterwards {
    set d [testd -conf {greeting = "one"}]
    write [$d dir]/testd.conf [with_personality "greeting = \"two\""]
    restart $d
    logs $d {greeting: two}
    write [$d dir]/testd.conf [with_personality "greeting = \"three\""]
    [$d job] signal HUP
    logs $d {greeting: three}
    serves_now $d
}

test engine_that_fails_in_the_new_program_is_tried_again {
    set d [testd]
    set line [$d line "wait\n"]
    until 5000 {[waiting $d] == 1}
    write [$d dir]/testd.conf [with_personality "fail_start = yes"]
    [$d job] signal USR2
    logs $d {engine: ended: told not to start; a new one starts} 2
    check {![$line closed]}
    write [$d dir]/testd.conf [with_personality ""]
    [$d job] signal HUP
    until 10000 {![catch {waiting $d} n] && $n == 1} "it has asked again"
}

test in_the_background_with_its_pid_file {
    must [bin testd] --state [tmp st] --pid-file [tmp pid] --log [tmp log] --listen unix:[tmp sock]
    set pid [string trim [contents [tmp pid]]]
    at_end "catch {exec kill -TERM $pid}"
    set peer [Peer new unix:[tmp sock] tool]
    exec kill -USR2 $pid
    until 10000 {[regexp -all {listening on} [contents [tmp log]]] == 2}
    equal [string trim [contents [tmp pid]]] $pid
    equal [dict get [$peer call alert.list] count] 0
    set again [run [bin testd] --state [tmp st] --pid-file [tmp pid] --log [tmp log2] \
        --listen unix:[tmp sock2]]
    matches [dict get $again err] "already running as process $pid"
    exec kill -TERM $pid
    until 5000 {![running $pid]}
    check {![file exists [tmp pid]] && ![file exists [tmp sock]]}
}

# A service manager in Perl: makes the sockets, hands them over, prints what it is told.
test service_manager_hands_over_sockets_and_is_told {
    set manager [Job new perl -MPOSIX=dup2,WNOHANG -MIO::Select -MIO::Socket::INET -MIO::Socket::UNIX -MSocket -e {
        $| = 1; $^F = 9;
        my ($notify, @command) = @ARGV;
        my $told = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $notify) or die;
        my $s = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1:0") or die;
        print "port ", $s->sockport, "\n";
        my $pid = fork;
        if (!$pid) {
            dup2(fileno $s, 3) if fileno $s != 3;
            @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES NOTIFY_SOCKET)} = ($$, 1, "x", $notify);
            exec @command;
        }
        print "pid $pid\n";
        my $readable = IO::Select->new($told);
        while (waitpid($pid, WNOHANG) == 0) {
            next unless $readable->can_read(0.05) && defined $told->recv(my $text, 1000);
            print "told ", $text =~ /^(.*)/, "\n";
        }
        print "ended $?\n";
    } [tmp notify] [bin testd] -f -c /dev/null --state [tmp managed] --log-level debug \
        --listen tcp:127.0.0.1:1]
    until 10000 {[regexp {told READY=1} [$manager out]]}
    regexp {port (\d+)} [$manager out] - port
    set peer [Peer new tcp:127.0.0.1:$port asker]
    equal [dict get [$peer call alert.ask id [uuid] text "echo yes"] answer] yes
    regexp {pid (\d+)} [$manager out] - pid
    exec kill -USR2 $pid
    until 10000 {[regexp {told RELOADING=1\n.*told READY=1\n} [$manager out]]}
    equal [dict get [$peer call alert.ask id [uuid] text "echo yes"] answer] yes
    exec kill -TERM $pid
    until 10000 {[$manager ended]}
    matches [$manager out] {told STOPPING=1\n.*ended 0}
}

finish
