# SPDX-License-Identifier: ISC
# Promise: many clocks are asked at once with one deadline; who is silent, refuses or says too little
# is named, and costs the others nothing.
source [file join [file dirname [info script]] net.tcl]

test "time and daytime over both protocols and families" {
    set time [server {} timed -l 127.0.0.1:0]
    set daytime [server {} daytimed -l 127.0.0.1:0]
    foreach {protocol option} {tcp {} udp --udp} {
        set r [opnet {} time {*}$option 127.0.0.1:[port_of $time $protocol]]
        equal [dict get $r status] 0 [dict get $r err]
        lassign [split [string trimright [dict get $r out] \n] \n] here there
        check {[regexp {^(.{24}) ( {7}0) (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$} $here]} $here
        check {[regexp {^127\.0\.0\.1:\d+ +(0|-1) \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}  ±[01]\.\d\d s$} $there]} $there
    }
    foreach {protocol option} {tcp --tcp udp {}} {
        set r [opnet {} daytime {*}$option 127.0.0.1:[port_of $daytime $protocol]]
        equal [dict get $r status] 0 [dict get $r err]
        matches [dict get $r out] {^127\.0\.0\.1:\d+ +\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n$}
    }
    set six [server {} timed -l {[::1]:0}]
    equal [dict get [opnet {} time "\[::1\]:[port_of $six tcp]"] status] 0
}

test "a clock that is off, before and after 2036" {
    need perl
    # a server that says what it is told to: seconds since 1900
    set script {
        use IO::Socket::INET; $| = 1;
        my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:0") or die;
        print "listening udp:127.0.0.1:", $s->sockport, "\nready\n";
        while (defined(my $from = recv($s, my $b, 100, 0))) {
            send($s, pack("N", (time + 2208988800 + $ARGV[0]) % 2**32), 0, $from);
        }
    }
    foreach {offset want} {3600 3600 -86400 -86400 400000000 400000000} {
        set job [Job new perl -e $script -- $offset]
        until 10000 {[string match *ready* [$job out]]}
        set r [opnet {} time --udp --json 127.0.0.1:[port_of $job]]
        set answer [json [lindex [split [dict get $r out] \n] 1]]
        check {abs([dict get $answer offset_ms] - $want * 1000) <= [dict get $answer within_ms] + 1} $answer
        $job destroy
    }
}

test "silent, refusing, short and unknown ones are named; the rest goes on" {
    need perl
    set good [server {} timed -l 127.0.0.1:0]
    set silent [server {} echod -q --drop 100 -l 127.0.0.1:0]
    set short [Job new perl -MIO::Socket::INET -e {
        $| = 1;
        my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:0") or die;
        print "listening udp:127.0.0.1:", $s->sockport, "\nready\n";
        while (defined(my $from = recv($s, my $b, 100, 0))) { send($s, "abc", 0, $from) }
    }]
    until 10000 {[string match *ready* [$short out]]}
    set gone [server {} echod -q -l 127.0.0.1:0]
    set port [port_of $gone]
    $gone signal TERM
    $gone wait
    set began [clock milliseconds]
    set r [opnet {} time --udp -t 700ms 127.0.0.1:[port_of $silent] 127.0.0.1:$port nowhere.invalid \
        127.0.0.1:[port_of $short] 127.0.0.1:[port_of $good]]
    check {[clock milliseconds] - $began < 5000}
    equal [dict get $r status] 1
    matches [dict get $r out] "127.0.0.1:[port_of $good] +0 "
    set err [dict get $r err]
    matches $err "opnet: 127.0.0.1:[port_of $silent]: no answer within 700 ms"
    matches $err "opnet: 127.0.0.1:$port: connection refused"
    matches $err "opnet: 127.0.0.1:[port_of $short]: an answer of 3 bytes, not 4"
    matches $err "opnet: nowhere.invalid: "
}

test "two hundred hosts at once" {
    two_hosts
    set server [server [on b] timed --udp -l *:37]
    set hosts {}
    for {set i 3} {$i < 203} {incr i} {
        exec ip -n [ns b] addr add 10.9.0.$i/24 dev v0
        lappend hosts 10.9.0.$i
    }
    # answers leave from the address that was asked, or a connected client would not hear them
    set r [opnet [on a] time --udp --json -t 10s {*}$hosts]
    equal [dict get $r status] 0 [dict get $r err]
    equal [llength [split [string trimright [dict get $r out] \n] \n]] 201
}

test "servers answer no server, and a source only so often" {
    need perl
    two_hosts
    set server [server [on b] daytimed --udp -l *:13 --rate 10]
    set script {
        use IO::Socket::INET;
        my ($port, $n) = @ARGV;
        my $s = IO::Socket::INET->new(Proto => "udp", LocalPort => $port, PeerAddr => "10.9.0.2:13") or die;
        my $answers = 0; my $bytes = 0;
        send($s, "", 0) for 1 .. $n;
        while (1) {
            my $r = ""; vec($r, fileno($s), 1) = 1;
            last unless select($r, undef, undef, 0.3);
            last unless defined recv($s, my $b, 1000, 0);
            $answers++; $bytes = length $b if length $b > $bytes;
        }
        print "$answers $bytes\n";
    }
    lassign [dict get [run {*}[on a] perl -e $script 0 100] out] answers bytes
    check {$answers >= 20 && $answers <= 25} "$answers answers"
    equal $bytes 26
    lassign [dict get [run {*}[on a] perl -e $script 7 3] out] answers
    equal $answers 0
    until 5000 {[regexp {too fast: \d+ datagrams not answered} [$server err]]}
    matches [$server err] {no answer to 10\.9\.0\.1:7: that is a server, too}
}

finish
