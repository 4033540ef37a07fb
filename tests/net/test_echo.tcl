# SPDX-License-Identifier: ISC
# Promise: through a network that loses, doubles, delays and reorders, opnet echo gets every line
# answered once, or says which it did not; a server that was stopped and continued is matched again.
source [file join [file dirname [info script]] net.tcl]

# The distinct words of our documents: a word list of some thousands.
proc words {} {
    set top [file normalize [file join [file dirname [info script]] .. ..]]
    set words {}
    foreach file [glob $top/docs/*.md $top/docs/man/*] {
        lappend words {*}[regexp -all -inline {[[:alpha:]]{3,}} [contents $file]]
    }
    return [lsort -unique $words]
}

proc answers_of {out} {
    set answers {}
    foreach line [split [string trimright $out \n] \n] {
        check {[regexp {^(.*) => (.*)$} $line - text reply]} $line
        check {[string reverse $text] eq $reply} $line
        lappend answers $text
    }
    return $answers
}

proc echo_words {port} {
    set words [words]
    check {[llength $words] > 1500}
    set job [Job new -in [join $words \n]\n [bin opnet] echo -w 64 -t 150ms --tries 40 127.0.0.1 $port]
    equal [$job wait 90000] 0 [$job err]
    equal [lsort [answers_of [$job out]]] $words
    return [$job err]
}

test "a word list through a lossy server: each line answered once" {
    set server [server {} echod --reverse -q -l 127.0.0.1:0 --drop 10 --double 10 --delay 10 \
        --delay-max 50ms --reorder 10]
    set err [echo_words [port_of $server]]
    matches $err {\d+: retrying\.\.\.}
    matches $err {Discarding duplicate message seqno = \d+}
    matches $err {--- 127.0.0.1:\d+: (\d+) sent, \1 answered, 0 lost, [1-9]\d* repeated, \d+ late, [1-9]\d* duplicate, [1-9]\d* misordered}
    $server signal TERM
    equal [$server wait] 0
}

test "a word list through a relay that is bad in both directions" {
    set server [server {} echod --reverse -q -l 127.0.0.1:0]
    set relay [relay [port_of $server] drop=5 double=5 delay=10 delay-max=40 reorder=5]
    matches [echo_words $relay] {0 lost, [1-9]}
}

test "a server that is stopped and continued is matched again" {
    set server [server {} echod --reverse -l 127.0.0.1:0]
    set client [Job new -pipe 1 [bin opnet] echo -t 200ms --tries 50 127.0.0.1 [port_of $server]]
    puts [$client chan] "before"
    flush [$client chan]
    until 10000 {[string match "*before => erofeb*" [$client out]]}
    $server signal STOP
    puts [$client chan] "one\ntwo"
    flush [$client chan]
    until 10000 {[regexp {1: retrying} [$client err]] && [regexp {2: retrying} [$client err]]}
    $server signal CONT
    until 10000 {[string match "*one => eno*" [$client out]] && [string match "*two => owt*" [$client out]]}
    puts [$client chan] "after"
    flush [$client chan]
    until 10000 {[string match "*after => retfa*" [$client out]]}
    # What was repeated meanwhile is answered, too, and discarded.
    until 10000 {[regexp {Discarding duplicate message seqno = [12]} [$client err]]}
    equal [answers_of [$client out]] {before one two after}
    $client signal INT
    equal [$client wait] 0 [$client err]
    matches [$client err] {4 sent, 4 answered, 0 lost}
}

test "interrupted: the statistics, and 1 when something is still on the way" {
    set silent [Job new -pipe 1 [bin opnet] echo -t 60s 127.0.0.1 [port_of [server {} echod --drop 100 -l 127.0.0.1:0]]]
    puts [$silent chan] "hello"
    flush [$silent chan]
    until 5000 {[llength [glob -nocomplain /proc/[$silent pid]/fd/*]] > 3}
    stays 100 {![$silent ended]}
    $silent signal INT
    equal [$silent wait] 1
    matches [$silent err] {0 answered, 0 lost}
}

test "nobody there: refused, named, 1; and the other address of the host is tried" {
    set server [server {} echod -l 127.0.0.1:0]
    set port [port_of $server]
    set r [opnet {} echo -n 2 -i 0s localhost $port]
    equal [dict get $r status] 0 [dict get $r err]
    $server signal TERM
    $server wait
    set r [opnet {} echo -n 1 -t 50ms --tries 2 localhost $port]
    equal [dict get $r status] 1
    matches [dict get $r err] {connection refused.*0: lost}
    equal [dict get [opnet {} echo -n 1 --plain 127.0.0.1 $port] status] 1
}

test "plain and retry send lines as they are" {
    set server [server {} echod -l 127.0.0.1:0]
    foreach mode {--plain --retry} {
        set r [run [bin opnet] echo $mode -n 2 -i 0s 127.0.0.1 [port_of $server]]
        equal [dict get $r out] "opdesk echo\nopdesk echo\n"
    }
    matches [$server out] {Received 11 bytes from \[127.0.0.1,\d+\]}
    # --retry over a lossy way
    set lossy [server {} echod -q --drop 40 -l 127.0.0.1:0]
    set r [run [bin opnet] echo --retry -t 50ms --tries 50 -n 20 -i 0s 127.0.0.1 [port_of $lossy]]
    equal [dict get $r status] 0 [dict get $r err]
    matches [dict get $r err] retrying
}

test "lines that are too long are passed over; a last line needs no end" {
    set server [server {} echod -q -l 127.0.0.1:0]
    set long [string repeat x 513]
    set job [Job new -in "$long\nok\n[string repeat y 5000]\nend" [bin opnet] echo 127.0.0.1 [port_of $server]]
    equal [$job wait] 0
    equal [$job out] "ok => ok\nend => end\n"
    matches [$job err] {line 1 is longer than 512 bytes: not sent.*line 3 is longer}
}

test "json has every event and the statistics" {
    set server [server {} echod -q -l 127.0.0.1:0]
    set r [run [bin opnet] echo --json -n 3 -i 0s 127.0.0.1 [port_of $server]]
    set lines [split [string trimright [dict get $r out] \n] \n]
    equal [llength $lines] 4
    set reply [json [lindex $lines 0]]
    equal [dict get $reply event] reply
    equal [dict get $reply seq] 0
    set s [json [lindex $lines 3]]
    equal [dict get $s event] statistics
    equal [dict get $s answered] 3
}

test "everybody: broadcast and a group, this host included" {
    two_hosts
    foreach host {a b} {
        server [on $host] echod -q -l *:2107
    }
    set job [Job new -in "hello\n" {*}[on a] [bin opnet] echo --all 10.9.0.255 -t 500ms 2107]
    equal [$job wait] 0
    matches [$job out] {received 5 bytes from 10\.9\.0\.2:2107}
    matches [$job out] {received 5 bytes from 10\.9\.0\.1:2107}
    set r [run {*}[on a] [bin opnet] echo --all 239.1.1.1 --interface nothing 2107]
    equal [dict get $r status] 1
    matches [dict get $r err] {no interface "nothing"}
    # a group that nobody is in
    set job [Job new -in "hello\n" {*}[on a] [bin opnet] echo --all 239.1.1.1 --interface v0 -t 100ms 2107]
    equal [$job wait] 1
}

test "wrong use is 64" {
    foreach arguments {{} {echo} {echo --plain --retry x} {echo a b c} {echo -w 0 x} {echod x} {echod --drop 101}
        {echo x nosuchservice} {dance} {beacon --interval 1500ms} {beacon --host a/b} {watch --alert ssh:}
        {discover lamp} {timed --listen unix:/x}} {
        equal [dict get [opnet {} {*}$arguments] status] 64 $arguments
    }
}

finish
