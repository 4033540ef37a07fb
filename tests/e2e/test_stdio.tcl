# SPDX-License-Identifier: ISC
# Promise: `mediachanged --stdio` is one session with the daemon that runs, on standard input and
# output, for ssh and inetd: every byte passes, the peers' pace is kept, either side ends it, and
# without a daemon it says so.
source [file join [file dirname [info script]] .. harness.tcl]

proc stdio {daemon args} {
    return [Job new -pipe 1 [bin mediachanged] --stdio --listen [$daemon unix] {*}$args]
}

proc send {job bytes} {
    puts -nonewline [$job chan] $bytes
    flush [$job chan]
}

proc frame {payload} {
    return [binary format I [string length $payload]]$payload
}

proc request {id method args} {
    return [frame [mp::pack [list arr [list {int 0} [list int $id] [list str $method] \
        [list arr [list [peer_params {*}$args]]]]]]]
}

proc hello {} {
    return [request 1 hello proto 1 program test version 0 role tool]
}

# CPU time used so far, in ticks.
proc cpu_of {pid} {
    set stat [contents /proc/$pid/stat]
    set fields [string range $stat [string last ) $stat]+2 end]
    return [expr {[lindex $fields 11] + [lindex $fields 12]}]
}

proc uses_no_cpu {job} {
    set before [cpu_of [$job pid]]
    stays 300 {[running [$job pid]]}
    check {[cpu_of [$job pid]] - $before <= 3} "ticks of [$job describe]"
}

test session_is_that_of_the_user_and_ends_with_its_input {
    set d [daemon]
    set job [stdio $d]
    send $job [hello]
    until 10000 {[binary scan [$job raw] Iu length] && [string length [$job raw]] == 4 + $length}
    set answer [mp::unpack [string range [$job raw] 4 end]]
    equal [lindex $answer 2] ""
    equal [dict get [lindex $answer 3] operator] 1
    uses_no_cpu $job
    close [$job chan] write
    equal [$job wait] 0 [$job err]
}

test half_closed_input_still_gets_the_answer {
    set d [daemon]
    set job [stdio $d]
    send $job "Insert volume 2\n"
    close [$job chan] write
    set id [dict get [lindex [pending_is $d 1] 0] id]
    uses_no_cpu $job
    q $d answer $id Ok
    equal [$job wait] 0 [$job err]
    equal [$job out] "Ok\n"
}

test daemon_that_stops_ends_the_session {
    set d [daemon]
    set job [stdio $d]
    send $job [hello]
    until 10000 {[string length [$job raw]] > 4}
    $d stop
    equal [$job wait] 0 [$job err]
    matches [$job raw] "server.closing"
}

test vanished_reader_ends_the_session {
    set d [daemon]
    set job [stdio $d]
    send $job [hello]
    until 10000 {[string length [$job raw]] > 4}
    close [$job chan] read
    until 10000 {![running [$job pid]]} "ended with its reader"
}

# Answers of some megabytes, which nobody reads at first.
test client_that_does_not_read_is_waited_for {
    set d [daemon]
    set text [string repeat "x" 400]
    set peer [Peer new [$d unix] tool]
    set calls {}
    for {set i 0} {$i < 200} {incr i} {
        lappend calls [$peer begin alert.ask id [uuid] text "$i $text" wait 0]
    }
    foreach call $calls {
        $peer end $call
    }
    set job [stdio $d]
    fileevent [$job chan] readable {}
    send $job [hello]
    for {set id 2} {$id <= 40} {incr id} {
        send $job [request $id alert.list]
    }
    uses_no_cpu $job
    set memory [memory_of [$job pid] VmRSS]
    # all of it is there, in order, once somebody reads
    fconfigure [$job chan] -blocking 1
    for {set id 1} {$id <= 40} {incr id} {
        binary scan [read [$job chan] 4] Iu length
        equal [lindex [mp::unpack [read [$job chan] $length]] 1] $id
    }
    check {[memory_of [$job pid] VmRSS] - $memory < 1024}
}

test without_a_daemon_it_says_so {
    set r [run [bin mediachanged] --stdio --listen unix:[tmp nobody]]
    equal [dict get $r status] 69
    equal [dict get $r out] ""
    matches [dict get $r err] {^mediachanged: no daemon at unix:.*/nobody: no such file or directory; is it running\?\n$}
    set r [run [bin mediachanged] --stdio --listen tcp:127.0.0.1:1]
    equal [dict get $r status] 69
    matches [dict get $r err] "no UNIX socket is configured"
}

# What inetd does: the client's socket is standard input, output and error.
test inetd_socket_is_a_session {
    need perl
    set d [daemon]
    set program {
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
        $| = 1;
        print $s->sockport, "\n";
        my $c = $s->accept;
        open(STDIN, "<&", $c) && open(STDOUT, ">&", $c) && open(STDERR, ">&", $c) or die;
        exec @ARGV;
    }
    foreach {endpoint sent want} [list \
        [$d unix] "Insert volume 2\n" "Ok\n" \
        unix:[tmp nobody] "" ""] {
        set job [Job new perl -e $program [bin mediachanged] --stdio --listen $endpoint]
        until 10000 {[regexp {^\d+\n} [$job out] port]}
        set peer [Peer new tcp:127.0.0.1:[string trim $port]]
        $peer send $sent
        if {$sent ne ""} {
            q $d answer [dict get [lindex [pending_is $d 1] 0] id] Ok
        }
        until 10000 {[$peer closed]}
        equal [$peer received] $want
        equal [$job wait] [expr {$sent ne "" ? 0 : 69}]
    }
}

finish
