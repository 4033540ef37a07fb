# SPDX-License-Identifier: ISC
# Promise: datagrams over UDP (IPv4, IPv6) and UNIX sockets reach the daemon's handler with the peer's
# address or user, and its answers come back from the address that was asked; a handler's death loses
# nothing but its datagram; lists, reload, restart and stop count for them, too.
source [file join [file dirname [info script]] common.tcl]
need perl

proc receiver {args} {
    set d [testd -args [list --listen udp:127.0.0.1:0 --listen udp:\[::1\]:0 {*}$args]]
    return $d
}
# The ports of udp:ADDRESS endpoints.
proc ports {d} {
    set ports {}
    foreach {- address port} [regexp -all -inline -line {^listening udp:(\S+):(\d+)$} [[$d job] out]] {
        dict set ports $address $port
    }
    return $ports
}
# Send one and print what comes back: "FROM: TEXT"; "silence" when that takes too long.
set ::client {
    use Socket qw(:all); use strict; my ($to, $port, $text, $from) = @ARGV;
    my $v6 = $to =~ /:/; my $unix = $to =~ m{/};
    socket(my $s, $unix ? PF_UNIX : $v6 ? PF_INET6 : PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
    bind($s, $unix ? pack_sockaddr_un($from) : $v6 ? pack_sockaddr_in6(0, inet_pton(AF_INET6, "::1"))
        : pack_sockaddr_in(0, inet_aton($from || "127.0.0.1"))) or die "bind: $!" if $from ne "-";
    send($s, $text, 0, $unix ? pack_sockaddr_un($to) : $v6 ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $to))
        : pack_sockaddr_in($port, inet_aton($to))) // die "send: $!";
    my $in = ""; vec($in, fileno($s), 1) = 1;
    if (!select($in, undef, undef, $text eq "none" ? 0.3 : 10)) { print "silence"; exit }
    my $peer = recv($s, my $answer, 1000, 0) // die "recv: $!";
    print $unix ? "" : $v6 ? inet_ntop(AF_INET6, (unpack_sockaddr_in6($peer))[1]) : inet_ntoa((unpack_sockaddr_in($peer))[1]),
        ": $answer";
}
proc send {to port text {from ""}} {
    return [must perl -e $::client -- $to $port $text $from]
}

test who_asks_is_known_and_answered {
    set d [receiver]
    set ports [ports $d]
    matches [send 127.0.0.1 [dict get $ports 127.0.0.1] hello] {^127\.0\.0\.1: 127\.0\.0\.1 port \d+ -1: hello$}
    matches [send ::1 [dict get $ports {[::1]}] hello] {^::1: ::1 port \d+ -1: hello$}
    equal [send 127.0.0.1 [dict get $ports 127.0.0.1] none] silence
    # a stream beside them
    line_gets [$d line "echo hi\n"] "hi\n"
    clean $d
}

test an_answer_leaves_from_the_address_that_was_asked {
    set d [testd -args {--listen udp:*:0}]
    matches [send 127.0.0.7 [dict get [ports $d] 0.0.0.0] hello] {^127\.0\.0\.7: 127\.0\.0\.1 }
}

test users_of_unix_sockets_are_known {
    set d [testd -args [list --listen unixgram:[tmp gram]]]
    matches [send [tmp gram] 0 hello [tmp asker]] "^: uid [exec id -u] \\(local\\) [exec id -u]: hello$"
    # whoever has no name cannot be answered
    Job new perl -e $::client -- [tmp gram] 0 hello -
    logs $d {datagram: no answer for uid \d+ \(local\) at unixgram:/}
    $d stop
    check {![file exists [tmp gram]]}
}

test a_process_that_dies_is_replaced {
    set d [testd -args {--listen udp:127.0.0.1:0}]
    set port [dict get [ports $d] 127.0.0.1]
    set first [$d one datagram]
    Job new perl -e $::client -- 127.0.0.1 $port die
    logs $d {udp:127\.0\.0\.1:\d+: its process \d+ ended: signal 6: starting another}
    matches [send 127.0.0.1 $port again] again
    check {![file exists /proc/$first]}
}

test lists_reload_restart_and_stop {
    set d [receiver]
    set port [dict get [ports $d] 127.0.0.1]
    write [$d dir]/testd.conf "access = {\"deny 127.0.0.0/8\", \"allow ::1\"}\n"
    [$d job] signal HUP
    logs $d {configuration: read again$}
    until 10000 {[send 127.0.0.1 $port none] eq "silence" && [$d logged {datagram refused}] > 0}
    write [$d dir]/testd.conf "access = {\"allow 127.0.0.0/8\"}\n"
    [$d job] signal USR2
    logs $d {hook: ready$} 2
    matches [send 127.0.0.1 $port again] again
    equal [$d stop] 0
}

test where_datagrams_make_no_sense_they_are_refused {
    foreach {where said} {udp:127.0.0.1:9 {takes no datagrams} udp:localhost:9 {expected an address}} {
        set job [Job new [bin mediachanged] --check -f --state [tmp state] --listen $where]
        $job wait
        check {[$job status] != 0}
        matches [$job err] $said
    }
}

finish
