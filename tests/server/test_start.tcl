# SPDX-License-Identifier: ISC
# Promise: starting says clearly whether it worked, in the foreground and in the background; a bad
# configuration is refused with file, line, setting and what was expected.
source [file join [file dirname [info script]] common.tcl]

# Run testd on a configuration text; the result as `run` gives it.
proc with_conf {text args} {
    set file [tmp conf]
    write $file $text
    return [run [bin testd] -c $file --state [tmp state] {*}$args]
}

proc with_file {text} {
    set file [tmp]
    write $file $text
    return $file
}

test check_accepts_a_good_file {
    set r [with_conf "color = \"green\"\nnap = \"2s\"\naccess = {\"allow all\"}\n" --check]
    equal [dict get $r status] 0
    equal [dict get $r out] "[tmp conf]: ok\n"
    check {![file exists [tmp state]]} "--check makes nothing"
}

foreach {name text line said} {
    unknown {x = 1} 1 {x: no such setting}
    later_line "# a\n\nnap = \"2s\"\nnappy = 3\n" 4 {nappy: no such setting}
    trailing_semicolon {nap = 10m;} 1 {nap: expected a duration such as .*, not "10m;"}
    too_small {nap = "1ms"} 1 {nap: expected a duration .* from 1 s to 1 min}
    choice {color = "blue"} 1 {color: expected one of red green, not "blue"}
    boolean {fail_start = "perhaps"} 1 {fail_start: expected yes or no}
    integer {max_workers = "many"} 1 {max_workers: expected a whole number}
    size {max_frame = "2Q"} 1 {max_frame: expected a size}
    brace "nap = \"2s\"\naccess = \x7b\"allow all\"\n" 2 {a \x7b that is never closed}
    quote "nap = \"2s\ncolor" 1 {a quote that is never closed}
    comment "/* nap\n" 1 {a comment that is never closed}
    no_value "nap\n" 0 {syntax: }
    no_name "= 3\n" 1 {syntax: }
} {
    test config_${name}_is_told [list apply [list {text line said} {
        set r [with_conf $text --check]
        check {[dict get $r status] != 0}
        equal [dict get $r out] ""
        set at [expr {$line ? "conf:$line" : "conf:\\d+"}]
        matches [dict get $r err] "^testd: \[^\n\]*$at: $said\[^\n\]*\n\$"
    }] $text $line $said]
}

foreach {name text said} {
    access {access = {"permit all"}} {access: expected "allow WHAT"}
    operators {operators = "no-such-group-here"} {operators: there is no group}
    insecure {insecure_operators = {"somewhere"}} {insecure_operators: expected an address}
    mode {socket_mode = "rw"} {socket_mode: expected octal}
    listen {listen = {"tcp:"}} {listen: tcp:}
    background_stderr {log = "stderr"} {log: stderr needs the option -f}
} {
    test across_${name}_is_told [list apply [list {text said} {
        set r [with_conf "# first\n$text"]
        check {[dict get $r status] != 0}
        matches [dict get $r err] "^testd: \[^\n\]*conf:2: $said"
    }] $text $said]
}

test options_are_checked_too {
    set r [run [bin testd] -f --state [tmp s] --color blue]
    equal [dict get $r status] 78
    matches [dict get $r err] {--color: expected one of red green, not "blue"}
    set r [run [bin testd] --nonsense]
    equal [dict get $r status] 64
    set r [run [bin testd] extra]
    matches [dict get $r err] {unexpected argument: extra}
}

test help_and_version_are_there {
    matches [dict get [run [bin testd] --help] out] {--listen, listen .*max_workers .*\[500\]}
    matches [dict get [run [bin testd] --help] out] {Exit status:\n  0 .*\n  78 }
    matches [dict get [run [bin testd] --version] out] {^testd \d}
}

test foreground_failure_is_told {
    set r [run [bin testd] -f --state [tmp s] -c [with_file {fail_start = yes}]]
    equal [dict get $r status] 69
    matches [dict get $r err] {testd: told not to start}
    equal [dict get $r out] ""
}

proc background {args} {
    return [run [bin testd] --state [tmp state] --pid-file [tmp pid] --log [tmp log] \
        --listen unix:[tmp sock] {*}$args]
}

proc child_of {pid} {
    return [lindex [contents /proc/$pid/task/$pid/children] 0]
}

proc end_background {} {
    set pid [string trim [contents [tmp pid]]]
    exec kill -TERM $pid
    until 5000 {![running $pid]}
}

test background_start_returns_when_ready {
    set r [background]
    equal [dict get $r status] 0 [dict get $r err]
    equal [dict get $r out] ""
    set pid [string trim [contents [tmp pid]]]
    at_end "catch {exec kill -KILL $pid}"
    equal [lindex [contents /proc/$pid/stat] 5] $pid "a session leader"
    foreach fd {0 1 2} {
        equal [file readlink /proc/$pid/fd/$fd] /dev/null
    }
    set peer [Peer new unix:[tmp sock] tool]
    equal [dict get [$peer call alert.list] count] 0
    set again [background]
    equal [dict get $again status] 73
    matches [dict get $again err] "already running as process $pid"
    end_background
    check {![file exists [tmp pid]] && ![file exists [tmp sock]]}
    matches [contents [tmp log]] {listening on unix:.*stopped}
}

foreach {name args status said} {
    engine {-c [with_file {fail_start = yes}]} 69 {told not to start}
    address {--listen tcp:192.0.2.1:1} 69 {cannot listen on tcp:192\.0\.2\.1:1}
    log {--log /no/such/folder/log} 73 {log: cannot open /no/such/folder/log: No such file or directory}
    pid_file {--pid-file [tmp none]/pid} 73
        {pid_file: \S*none/pid: the directory \S*/none is not there; make it so, or choose another one}
    runtime {--listen unix: --pid-file [tmp pid]} 69
        {cannot listen on unix:/proc/none/testd.sock: the directory /proc/none is not there; OPDESK_RUNTIME can}
    runtime_pid_file {--pid-file /proc/none/testd.pid} 73
        {pid_file: /proc/none/testd.pid: the directory /proc/none is not there; OPDESK_RUNTIME can}
} {
    test failure_is_the_same_in_the_background_$name [list apply [list {args status said} {
        set was $::env(OPDESK_RUNTIME)
        at_end [list set ::env(OPDESK_RUNTIME) $was]
        set ::env(OPDESK_RUNTIME) /proc/none
        foreach mode {{} -f} {
            set r [background {*}[subst $args] {*}$mode]
            equal [dict get $r status] $status
            matches [dict get $r err] "^testd: $said\[^\n]*\n\$"
            equal [dict get $r out] ""
            check {![file exists [tmp sock]] && ![file exists [tmp none]]}
        }
    }] $args $status $said]
}

test runtime_directory_that_cannot_be_named_is_told {
    set r [run env OPDESK_RUNTIME=/[string repeat x 120] [bin testd] --check --listen unix:]
    equal [dict get $r status] 78
    matches [dict get $r err] {listen: unix: the path of the runtime directory is too long; OPDESK_RUNTIME can}
}

test pid_file_of_another_program_is_called_so {
    write [tmp pid] ""
    set holder [Job new flock [tmp pid] sleep 60]
    until 5000 {[set pid [child_of [$holder pid]]] ne "" && [contents /proc/$pid/comm] eq "sleep\n"}
    write [tmp pid] $pid\n
    set r [background]
    equal [dict get $r status] 73
    matches [dict get $r err] "pid: it is the pid file of sleep, process $pid: choose another"
    equal [string trim [contents [tmp pid]]] $pid
}

test stale_pid_file_is_taken_whoever_has_its_number_now {
    write [tmp pid] [pid]\n
    equal [dict get [background] status] 0
    end_background
}

test start_waits_for_who_is_stopping {
    equal [dict get [background] status] 0
    set pid [string trim [contents [tmp pid]]]
    set engine [child_of $pid]
    exec kill -STOP $engine
    exec kill -TERM $pid
    until 5000 {[string match *stopping* [contents [tmp log]]]}
    set second [Job new [bin testd] --state [tmp state] --pid-file [tmp pid] --log [tmp log] --listen unix:[tmp sock]]
    # it looks again and again
    until 5000 {[set child [child_of [$second pid]]] ne ""}
    until 20000 {[regexp {voluntary_ctxt_switches:\s+\d\d} [contents /proc/$child/status]]}
    exec kill -CONT $engine
    equal [$second wait] 0 [$second err]
    equal [string trim [contents [tmp pid]]] $child
    end_background
    check {![file exists [tmp pid]]}
}

# As from a rotation of logs that reads the pid file at that very moment.
test hang_up_as_soon_as_the_pid_file_is_there_ends_nothing {
    need strace
    set pid_file [tmp early.pid]
    set job [Job new -env {ASAN_OPTIONS detect_leaks=0} strace -qq -o /dev/null -e trace=pwrite64 \
        -e inject=pwrite64:delay_exit=300000 [bin testd] -f --state [tmp early] --pid-file $pid_file --listen unix:[tmp early.sock]]
    until 10000 {[file exists $pid_file] && [contents $pid_file] ne ""}
    exec kill -HUP [string trim [contents $pid_file]]
    until 10000 {[$job ended] || [regexp {configuration: read again} [$job err]]} {[$job describe]}
    check {![$job ended]} [$job describe]
    exec kill -TERM [string trim [contents $pid_file]]
    $job wait
}

# Sockets and the lifeline must not get the numbers of the standard streams.
test streams_that_are_closed_do_no_harm {
    set close {exec "$@" <&- >&- 2>&-}
    set daemon [list [bin testd] --state [tmp state] --pid-file [tmp pid] --log [tmp log] --listen unix:[tmp sock]]
    equal [dict get [run sh -c "$close 9</dev/zero" sh {*}$daemon] status] 0
    # nor does it keep open what its caller had
    set pid [string trim [contents [tmp pid]]]
    check {"/dev/zero" ni [lmap fd [glob /proc/$pid/fd/*] {file readlink $fd}]}
    set peer [Peer new unix:[tmp sock] tool]
    equal [dict get [$peer call alert.list] count] 0
    end_background
    set front [Job new sh -c $close sh {*}$daemon -f]
    until 5000 {![catch {set peer [Peer new unix:[tmp sock] tool]}]}
    equal [dict get [$peer call alert.list] count] 0
    foreach fd {0 1 2} {
        equal [file readlink /proc/[$front pid]/fd/$fd] /dev/null
    }
    $front signal TERM
    equal [$front wait] 0
}

finish
