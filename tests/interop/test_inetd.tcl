# SPDX-License-Identifier: ISC
# Promise: opnet talks with the small services of xinetd, and a Perl program with its servers.
source [file join [file dirname [info script]] .. harness.tcl]

# A free port of loopback, for datagrams and connections.
proc free_port {} {
    set s [socket -server {apply {args {}}} -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    close $s
    return $port
}

# xinetd's own echo, daytime and time, by datagram and connection, of both families: a dict of ports.
proc xinetd {} {
    need xinetd
    set conf ""
    set ports {}
    foreach service {echo daytime time} {
        dict set ports $service [free_port]
        foreach {family flags address} {4 IPv4 127.0.0.1 6 IPv6 ::1} {
            foreach {type protocol wait} {dgram udp yes stream tcp no} {
                append conf "service $service\n{\n id = $service-$type-$family\n type = INTERNAL UNLISTED\n"
                append conf " socket_type = $type\n protocol = $protocol\n flags = $flags\n wait = $wait\n"
                append conf " port = [dict get $ports $service]\n user = $::tcl_platform(user)\n bind = $address\n}\n"
            }
        }
    }
    write [tmp xinetd.conf] $conf
    Job new xinetd -dontfork -f [tmp xinetd.conf] -pidfile [tmp xinetd.pid]
    foreach host {127.0.0.1 ::1} {
        until 10000 {![catch {close [socket $host [dict get $ports time]]}]} "xinetd listens"
    }
    return $ports
}

test "echo, daytime and time of xinetd, by datagram and connection, by IPv4 and IPv6" {
    set ports [xinetd]
    foreach host {127.0.0.1 {[::1]}} {
        foreach option {{} --udp} {
            set r [run [bin opnet] time {*}$option $host:[dict get $ports time]]
            equal [dict get $r status] 0 [dict get $r err]
            # the second may have turned on the way
            matches [dict get $r out] {:\d+ +(0|-1) \w{3} }
        }
        foreach option {{} --tcp} {
            set r [run [bin opnet] daytime {*}$option $host:[dict get $ports daytime]]
            equal [dict get $r status] 0 [dict get $r err]
            matches [dict get $r out] {:\d+ +\d+ [A-Z]{3} \d{4} \d\d:\d\d:\d\d}
        }
        set job [Job new -in "one\nGr\u00f6\u00dfe\n\nlast" [bin opnet] echo $host:[dict get $ports echo]]
        equal [$job wait] 0 [$job err]
        equal [lsort [split [string trimright [$job out] \n] \n]] \
            [lsort [list "one => one" "Gr\u00f6\u00dfe => Gr\u00f6\u00dfe" " => " "last => last"]]
    }
}

# What came back for these bytes, by a connection that is half-closed after them.
proc by_connection {port bytes} {
    return [must -in $bytes perl -MIO::Socket::INET -e {
        my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]") or die "$!";
        local $/;
        my $bytes = <STDIN>;
        # both ways at once, or two full pipes wait for each other
        if (my $pid = fork) { print while sysread($s, $_, 65536); waitpid $pid, 0; exit $? >> 8 }
        while (length $bytes) { my $n = syswrite($s, $bytes) or die "$!"; substr($bytes, 0, $n) = "" }
        shutdown($s, 1);
    } $port]
}

test "a connection to echod: megabytes, and lines that are reversed" {
    need perl
    foreach {options bytes want} [list \
        {} [string repeat "0123456789abcde\n" 200000] [string repeat "0123456789abcde\n" 200000] \
        {--reverse} "7: hello\r\nGr\u00f6\u00dfe\nlast" "7: olleh\r\ne\u00df\u00f6rG\ntsal"] {
        set server [Job new [bin opnet] echod -q --tcp {*}$options -l 127.0.0.1:0]
        until 10000 {[regexp -line {^ready$} [$server out]]} {[$server describe]}
        regexp {listening tcp:127\.0\.0\.1:(\d+)} [$server out] - port
        set back [by_connection $port $bytes]
        check {[string trimright $back \n] eq [string trimright $want \n]} \
            "[string length $back]: [string range $back 0 100]"
        # a line without an end, and many connections, do not live for ever
        if {$options eq "--reverse"} {
            by_connection $port [string repeat x 100000]
            matches [$server err] {a line is too long to be reversed}
        } else {
            for {set n 0} {$n < 101} {incr n} {
                lappend open [socket 127.0.0.1 $port]
            }
            until 10000 {[regexp {one connection too many} [$server err]]} {[$server describe]}
            foreach chan $open {
                close $chan
            }
        }
        $server signal INT
        equal [$server wait] 0
        check {![regexp listening.udp [$server out]]}
    }
}

test "a Perl client with our servers" {
    need perl
    foreach {command payload pattern} {
        {echod --reverse} {7: hello} {^7: olleh$}
        daytimed {} {^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\r\n$}
        timed {} {^....$}
    } {
        set server [Job new [bin opnet] {*}$command -l 127.0.0.1:0]
        until 10000 {[regexp -line {^ready$} [$server out]]} {[$server describe]}
        regexp {listening udp:127\.0\.0\.1:(\d+)} [$server out] - port
        set r [run perl -MIO::Socket::INET -e {
            my ($port, $payload) = @ARGV;
            my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1:$port") or die;
            send($s, $payload // "", 0);
            alarm 10;
            recv($s, my $answer, 1000, 0);
            print length($answer) == 4 ? (abs(unpack("N", $answer) - 2208988800 - time) < 2 ? "good" : "wrong") : $answer;
        } $port $payload]
        matches [dict get $r out] $pattern $command
    }
}

finish
