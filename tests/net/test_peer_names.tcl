# SPDX-License-Identifier: ISC
# Promise: the name of a peer is looked up without harm: one that has none is called by its address, and a
# name server that never answers delays nobody but the one whose name is asked for, and that one not for
# long.  And a daemon that was told nothing hears nobody from outside.
source [file join [file dirname [info script]] net.tcl]

# A daemon on host a that finds names as an nsswitch.conf of that text says, from no hosts, and from a name
# server on its own 127.0.0.1.
proc daemon_with_names {nsswitch} {
    set script ""
    foreach {name text} [list nsswitch.conf $nsswitch resolv.conf "nameserver 127.0.0.1\noptions timeout:30\n" hosts ""] {
        write [tmp $name] $text
        append script "mount --bind [tmp $name] /etc/$name && "
    }
    return [daemon -args {--listen tcp:10.9.0.1:8979} -conf "lookup = \"1s\"\naccess = {\"allow all\"}" \
        -wrap [list {*}[on a] unshare -m sh -c "${script}exec \"\$@\"" sh]]
}

# Ask one line from host b.
proc line {text} {
    return [Job new -in $text\n {*}[on b] nc -N 10.9.0.1 8979]
}

# Take the one question that waits, and answer it.
proc answer_the_only_one {d} {
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get [q $d answer [dict get $alert id] Ok] status] 0
    return $alert
}

test peer_without_a_name_is_called_by_its_address {
    two_hosts
    set d [daemon_with_names "hosts: files\n"]
    # twice, as it is the second one that finds a daemon that has died of the first
    foreach round {1 2} {
        set asks [line "question"]
        equal [dict get [answer_the_only_one $d] from] "10.9.0.2 (10.9.0.2)"
        $asks wait
        equal [$asks raw] "Ok\n"
    }
}

test name_server_that_never_answers_delays_nobody_else {
    two_hosts
    set silent [Job new {*}[on a] perl -MIO::Socket::INET -e {
        my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:53") or die "$!";
        $| = 1; print "ready\n"; while ($s->recv(my $m, 512)) { print "asked\n" }}]
    until 5000 {[string match ready* [$silent out]]}
    set d [daemon_with_names "hosts: dns\n"]
    set began [clock milliseconds]
    set asks [line "its name is asked for"]
    until 5000 {[string match *asked* [$silent out]]} "the name server was asked"
    set other [Job new [bin mediachangec] -s [$d unix] "other"]
    equal [dict get [answer_the_only_one $d] text] "other"
    equal [$other wait] 0
    # it is served by its address when the time for its name is over
    set alert [answer_the_only_one $d]
    equal [dict get $alert text],[dict get $alert from] "its name is asked for,10.9.0.2 (10.9.0.2)"
    set took [expr {[clock milliseconds] - $began}]
    check {$took >= 1000} "the name was waited for: $took ms"
    $asks wait
    equal [$asks raw] "Ok\n"
}

test nothing_said_is_loopback_and_a_unix_socket_and_nothing_wider {
    two_hosts
    set d [Job new {*}[on a] env OPDESK_RUNTIME=[tmp runtime] [bin mediachanged] -f --state [tmp state] --desk none]
    until 10000 {[string match "*ready\n" [$d out]]} {[$d err]}
    equal [$d out] "listening tcp:127.0.0.1:8979\nlistening unix:[tmp runtime]/mediachanged.sock\nready\n"
    equal [exec stat -c %a [tmp runtime]/mediachanged.sock] 600
    equal [lmap line [split [exec {*}[on a] ss -H -tuln] \n] {lindex $line 4}] 127.0.0.1:8979
}

finish
