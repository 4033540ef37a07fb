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

# xinetd's own echo, daytime and time: a dict of ports.
proc xinetd {} {
    need xinetd
    set conf ""
    set ports {}
    foreach {service types} {echo dgram daytime {dgram stream} time {dgram stream}} {
        dict set ports $service [free_port]
        foreach type $types {
            append conf "service $service\n{\n id = $service-$type\n type = INTERNAL UNLISTED\n"
            append conf " socket_type = $type\n protocol = [expr {$type eq "dgram" ? "udp" : "tcp"}]\n"
            append conf " port = [dict get $ports $service]\n wait = [expr {$type eq "dgram" ? "yes" : "no"}]\n"
            append conf " user = $::tcl_platform(user)\n bind = 127.0.0.1\n}\n"
        }
    }
    write [tmp xinetd.conf] $conf
    Job new xinetd -dontfork -f [tmp xinetd.conf] -pidfile [tmp xinetd.pid]
    until 10000 {![catch {close [socket 127.0.0.1 [dict get $ports time]]}]} "xinetd listens"
    return $ports
}

test "echo, daytime and time of xinetd, by datagram and connection" {
    set ports [xinetd]
    foreach option {{} --udp} {
        set r [run [bin opnet] time {*}$option 127.0.0.1:[dict get $ports time]]
        equal [dict get $r status] 0 [dict get $r err]
        matches [dict get $r out] {127\.0\.0\.1:\d+ +0 \w{3} }
    }
    foreach option {{} --tcp} {
        set r [run [bin opnet] daytime {*}$option 127.0.0.1:[dict get $ports daytime]]
        equal [dict get $r status] 0 [dict get $r err]
        matches [dict get $r out] {^127\.0\.0\.1:\d+ +\d+ [A-Z]{3} \d{4} \d\d:\d\d:\d\d}
    }
    set job [Job new -in "one\nGr\u00f6\u00dfe\n\nlast" [bin opnet] echo 127.0.0.1 [dict get $ports echo]]
    equal [$job wait] 0 [$job err]
    equal [lsort [split [string trimright [$job out] \n] \n]] \
        [lsort [list "one => one" "Gr\u00f6\u00dfe => Gr\u00f6\u00dfe" " => " "last => last"]]
}

test "a Perl client with our servers" {
    need perl
    foreach {command payload pattern} {
        {echod --reverse} {7: hello} {^7: olleh$}
        daytimed {} {^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\r\n$}
        timed {} {^....$}
    } {
        set server [Job new [bin opnet] {*}$command -l 127.0.0.1:0]
        until 10000 {[regexp -line {^ready$} [$server out]]} [$server describe]
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
