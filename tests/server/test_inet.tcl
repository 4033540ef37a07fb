# SPDX-License-Identifier: ISC
# Promise: in inet style the handler's standard streams are the connection, over TCP, UNIX sockets and
# TLS and under both personalities: it may block, end, fail, hang, and be left by its client.
source [file join [file dirname [info script]] common.tcl]

oo::class create Inetd {
    superclass Testd
    variable job port dir conf args env wrap
    method program {} {
        return [bin inetd]
    }
}
proc inetd {args} {
    return [Inetd new $args]
}
proc handlers {d} {
    return [llength [$d part inet]]
}
proc gets_all {peer text} {
    until 10000 {[$peer received] eq $text} {[$peer received]}
}

test lines_come_back_and_the_end_is_seen {
    set d [inetd]
    foreach where [list [$d tcp] [$d unix]] {
        set p [Peer new $where]
        set other [Peer new $where]
        $other send "aside\n"
        $p send "one\ntw"
        gets_all $p "1: one\n"
        $p send "o\n"
        gets_all $p "1: one\n2: two\n"
        gets_all $other "1: aside\n"
        $other destroy
        $p destroy
    }
    set half [socket 127.0.0.1 [$d port]]
    fconfigure $half -blocking 0 -translation lf
    puts $half "who\nlast"
    close $half write
    set text ""
    until 10000 {[append text [read $half]] ne "" && [eof $half]}
    matches $text "^localhost \\(127\\.0\\.0\\.1\\) at tcp:127\\.0\\.0\\.1:\\d+\n1: last\n1 lines\n$"
    until 10000 {[handlers $d] == 0}
    clean $d
}

test megabytes_pass_both_ways {
    set d [inetd]
    set p [Peer new [$d tcp]]
    set line [string repeat x 60000]
    for {set i 1} {$i <= 40} {incr i} {
        $p send $line\n
        append want "$i: $line\n"
    }
    until 20000 {[string length [$p received]] == [string length $want]}
    check {[$p received] eq $want}
}

test a_handler_that_fails_or_hangs {
    set d [inetd]
    set p [Peer new [$d tcp]]
    $p send "fail\n"
    until 10000 {[$p closed]}
    logs $d {its handler ended with status 3$}
    need perl
    must perl -MIO::Socket::INET -MSocket -e {
        my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
        $s->syswrite("one\nhang\n");
        $s->sysread(my $answer, 100);
        setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) or die; # a reset, no half-close
    } [$d port]
    logs $d {its handler is killed: it goes on without a client$}
    until 10000 {[handlers $d] == 0}
    set p [Peer new [$d tcp]]
    $p send "hang\n"
    until 10000 {[handlers $d] == 1}
    equal [$d stop] 0
}

test over_tls {
    need openssl
    must openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -x509 -subj /CN=localhost -batch \
        -keyout [tmp both.pem] -out [tmp certificate.pem]
    write [tmp both.pem] [contents [tmp both.pem]][contents [tmp certificate.pem]]
    set d [inetd -conf "tls_certificate = \"[tmp both.pem]\"" -args {--listen tls:127.0.0.1:0}]
    regexp -line {^listening (tls:127\.0\.0\.1:\d+)$} [[$d job] out] - where
    set p [Peer new $where]
    $p send "hello\n"
    gets_all $p "1: hello\n"
}

finish
