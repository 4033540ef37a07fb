# SPDX-License-Identifier: ISC
# Promise: greetd greets over TCP and UNIX sockets, runs a program on the connection, accounts for its
# children, and goes on whatever they or its clients do.
source [file join [file dirname [info script]] examples.tcl]

proc greetd {args} {
    set job [Job new [example greetd] {*}$args]
    return [list $job [says $job {^listening (\S+)$}]]
}
set time {[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}}

test greets_over_tcp_and_logs_it {
    lassign [greetd tcp:127.0.0.1:0] server where
    matches [dict get [run [example greet] $where] out] "^Hello there, \\S+, it's now $::time\r\n$"
    until 5000 {[regexp {reaped \d+ with exit 0} [$server err]]} {[$server err]}
    matches [$server err] "server started on $where"
    matches [$server err] {connection from \S+ \[127\.0\.0\.1\] at port \d+}
    matches [$server err] {begat \d+}
}

test greets_over_a_unix_socket_without_a_name {
    lassign [greetd unix:[tmp greet.sock]] server where
    matches [dict get [run [example greet] $where] out] "^Hello there, it's now $::time\n$"
    $server signal TERM
    equal [$server wait] 0
    check {![file exists [tmp greet.sock]]} "the socket file is left behind"
}

test a_program_has_the_connection_and_a_clean_environment {
    write [tmp program] "#!/bin/sh\nread line\necho \"got \$line\"\nenv\nls /proc/self/fd\nexit 3\n"
    file attributes [tmp program] -permissions 0755
    lassign [greetd --exec [tmp program] tcp:127.0.0.1:0] server where
    need nc
    set port [lindex [split $where :] end]
    set r [run -in "a word\n" nc 127.0.0.1 $port]
    matches [dict get $r out] "^Hello there, .*\r\ngot a word\n"
    check {![string match *OPDESK* [dict get $r out]]} [dict get $r out]
    check {![regexp -line {^([5-9]|\d\d)$} [dict get $r out]]} "descriptors are left open: [dict get $r out]"
    until 5000 {[regexp {reaped \d+ with exit 3} [$server err]]} {[$server err]}
}

test a_program_that_is_not_there_is_said_in_the_log {
    lassign [greetd --exec /does/not/exist tcp:127.0.0.1:0] server where
    matches [dict get [run [example greet] $where] out] "^Hello"
    until 5000 {[regexp {reaped \d+ with exit 69} [$server err]]} {[$server err]}
    matches [$server err] {cannot run: /does/not/exist: No such file}
}

test iterative_serves_one_and_the_others_wait {
    lassign [greetd --iterative tcp:127.0.0.1:0] server where
    set jobs {}
    foreach i {1 2 3 4 5} {
        lappend jobs [Job new [example greet] $where]
    }
    foreach job $jobs {
        equal [$job wait] 0
        matches [$job out] "^Hello there"
    }
    check {![regexp begat [$server err]]} [$server err]
}

test many_at_once_are_all_greeted_and_reaped {
    lassign [greetd tcp:127.0.0.1:0] server where
    set jobs {}
    for {set i 0} {$i < 30} {incr i} {
        lappend jobs [Job new [example greet] $where]
    }
    foreach job $jobs {
        equal [$job wait] 0
        matches [$job out] "^Hello there"
    }
    until 5000 {[regexp -all {reaped \d+ with exit 0} [$server err]] == 30} {[$server err]}
}

test refusals_say_why {
    lassign [greetd unix:[tmp live.sock]] server where
    matches [dict get [run [example greetd] unix:[tmp live.sock]] err] {in use by a running server}
    write [tmp plain] x
    matches [dict get [run [example greetd] unix:[tmp plain]] err] {exists and is not a socket}
    equal [contents [tmp plain]] x
    matches [dict get [run [example greet] unix:[tmp nothing]] err] {is greetd running}
    equal [dict get [run [example greetd] --exec relative] status] 64
}

finish
