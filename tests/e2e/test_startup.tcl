# SPDX-License-Identifier: ISC
# Promise: mediachanged starts as it says, in front or in the background, checks its configuration with
# the file and the line, and never shares its state with a second one.
source [file join [file dirname [info script]] .. harness.tcl]

test second_daemon_on_the_same_state_says_who_holds_it {
    set d [daemon]
    set r [run [bin mediachanged] -f --state [$d state] --listen tcp:127.0.0.1:0]
    check {[dict get $r status] ni {0 SIGKILL}} $r
    matches [dict get $r err] "[$d state]"
    set holders [join [$d tree] |]
    matches [dict get $r err] "\\m($holders)\\M" "the message names the process"
    equal [regexp -all {in use by} [dict get $r err]] 1 "said once: [dict get $r err]"
    set log [tmp second.log]
    run [bin mediachanged] -f --state [$d state] --listen tcp:127.0.0.1:0 --log $log
    equal [regexp -all {in use by} [contents $log]] 1 "and in the log: [contents $log]"
    check {![string match "*ready*" [dict get $r out]]}
    # the first one is none the worse
    equal [pending $d] {}
}

test term_while_the_state_is_waited_for_is_heard_at_once {
    set d [daemon]
    set second [Job new [bin mediachanged] -f --state [$d state] --listen tcp:127.0.0.1:0]
    until 5000 {"opdesk:engine" in [lmap pid [tree_of [$second pid]] {string trim [contents /proc/$pid/comm]}]}
    set began [clock milliseconds]
    $second signal TERM
    equal [$second wait] 0
    check {[clock milliseconds] - $began < 2000}
    check {![string match "*engine*" [$second err]]} [$second err]
}

test port_in_use_says_so {
    set d [daemon]
    set r [run [bin mediachanged] -f --state [tmp other] --listen [$d tcp]]
    check {[dict get $r status] != 0}
    matches [dict get $r err] "127\\.0\\.0\\.1:[$d port].*in use"
}

test live_socket_file_is_not_taken_and_a_stale_one_is {
    set d [daemon]
    set r [run [bin mediachanged] -f --state [tmp other] --listen [$d unix]]
    check {[dict get $r status] != 0}
    matches [dict get $r err] "in use"
    $d crash
    check {[file exists [string range [$d unix] 5 end]]}
    $d start
    equal [pending $d] {}
}

test file_that_is_no_socket_is_never_removed {
    set path [tmp precious]
    write $path "data"
    set r [run [bin mediachanged] -f --state [tmp] --listen unix:$path]
    check {[dict get $r status] != 0}
    matches [dict get $r err] "not a socket"
    equal [contents $path] "data"
}

test check_tests_the_configuration_only {
    set file [tmp good.conf]
    write $file "max_workers = 10\nfirst_byte = \"5s\"\n"
    set r [run [bin mediachanged] --check -c $file]
    equal [dict get $r status] 0 $r
    check {![file exists $::env(OPDESK_RUNTIME)/mediachanged.sock]}
}

test check_names_file_line_and_what_was_expected {
    foreach {text pattern} {
        "max_workers = 10\nno_such = 1\n" {:2:.*no_such}
        "max_workers = many\n" {:1:.*max_workers}
        "\nfirst_byte = \"10parsecs\"\n" {:2:.*first_byte}
        "first_byte = \"10m;\"\n" {:1:.*first_byte}
        "max_workers = 0\n" {:1:.*max_workers}
        "listen = \{\"tcp:127.0.0.1\"\n" {:\d+:}
        "listen = {\"carrier-pigeon:x:y:z\"}\n" {listen}
        "access = {\"perhaps all\"}\n" {access}
        "max_frame = \"1Q\"\n" {:1:.*max_frame}
        "max_frame = \"8K\"\n" {:1:.*max_frame.*32}
        "operators = \"no-such-group-here\"\n" {no-such-group-here}
    } {
        set file [tmp bad.conf]
        write $file $text
        set r [run [bin mediachanged] --check -c $file]
        check {[dict get $r status] != 0} "accepted: $text"
        matches [dict get $r err] $pattern $text
        matches [dict get $r err] {bad\.conf} $text
    }
    set r [run [bin mediachanged] --check -c [tmp missing.conf]]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {missing\.conf}
}

test wrong_use_is_64 {
    foreach arguments {--no-such-option {--listen} extra {--state}} {
        set r [run [bin mediachanged] {*}$arguments]
        equal [dict get $r status] 64 "mediachanged $arguments: $r"
    }
}

test background_start_returns_when_ready_and_term_ends_it {
    set dir [tmp background]
    file mkdir $dir
    file attributes $dir -permissions 0700
    set r [run [bin mediachanged] --state $dir/state --listen unix:$dir/sock \
        --pid-file $dir/pid --log $dir/log]
    equal [dict get $r status] 0 $r
    set pid [string trim [contents $dir/pid]]
    at_end [list catch [list exec kill -KILL $pid]]
    check {[running $pid]}
    set list [run [bin mediachangeq] -s unix:$dir/sock list]
    equal [dict get $list status] 0 $list
    exec kill -TERM $pid
    until 10000 {![running $pid]}
    check {![file exists $dir/pid]}
    check {![file exists $dir/sock]}
    until 10000 {[harness::Others] eq ""}
}

test background_start_that_fails_says_so_and_is_not_0 {
    set d [daemon]
    set r [run [bin mediachanged] --state [$d state] --listen unix:[tmp sock] \
        --pid-file [tmp pid] --log [tmp log]]
    check {[dict get $r status] != 0}
    check {[dict get $r err] ne ""}
}

test hup_reads_the_configuration_again {
    set d [daemon -conf {access = {"allow local"}}]
    check {[dict get [run [bin mediachangec] -s [$d tcp] --connect-timeout 1s x] status] != 0}
    write [$d dir]/mediachanged.conf "access = {\"allow all\"}\n"
    exec kill -HUP [$d pid]
    set job ""
    until 10000 {[$d logged {(?i)configuration|reload|settings}] >= 1}
    set job [ask $d "question"]
    pending_is $d 1
    write [$d dir]/mediachanged.conf "access = {\"nonsense\"}\n"
    exec kill -HUP [$d pid]
    until 10000 {[$d logged {mediachanged\.conf}] >= 1}
    # the old settings stay
    set second [ask $d "question 2"]
    pending_is $d 2
}

# Its path must outlive the configuration that it came from.
test storer_started_again_after_hup_finds_its_state {
    set d [daemon]
    set job [ask $d "question"]
    pending_is $d 1
    exec kill -HUP [$d pid]
    until 10000 {[$d logged {read again}] == 1}
    set job2 [ask $d "question 2"]
    pending_is $d 2
    $d kill storer
    until 10000 {[$d logged {storer: ended: signal 9: a new one starts}] == 1}
    set job3 [ask $d "question 3"]
    pending_is $d 3
    equal [$d logged {(?i)sanitizer}] 0
}

test state_changed_by_hup_counts_from_the_next_start_of_the_daemon {
    set dir [tmp places]
    file mkdir $dir
    set settings "listen = {\"unix:$dir/sock\"}\ndesk = none\nstate = "
    write $dir/conf "$settings \"$dir/one\"\n"
    set job [Job new [bin mediachanged] -f -c $dir/conf]
    until 20000 {[regexp -line {^ready$} [$job out]]}
    set peer [Peer new unix:$dir/sock asker]
    $peer call alert.ask id [uuid] text x wait 0
    # and so do others, each of which is named, whenever it is read
    set user [exec id -un]
    write $dir/conf "$settings \"$dir/two\"\nlog = \"$dir/log\"\npid_file = \"$dir/pid\"
socket_mode = \"0660\"\nsocket_group = \"[exec id -gn]\"\nuser = \"$user\"\ngroup = \"[exec id -gn]\"\nlease = \"9s\"\n"
    for {set i 1} {$i <= 2} {incr i} {
        $job signal HUP
        until 10000 {[regexp -all {read again} [$job err]] == $i}
        equal [regexp -all {counts from the next start: state, log, pid_file, socket_mode, socket_group, user, group\n} [$job err]] $i
    }
    foreach pid [tree_of [$job pid]] {
        if {[string match *engine* [contents /proc/$pid/comm]]} {
            exec kill -KILL $pid
        }
    }
    until 10000 {[regexp {engine: ended} [$job err]]}
    set tool [Peer new unix:$dir/sock tool]
    equal [llength [dict get [$tool call alert.list] alerts]] 1 "the question is still there"
    check {![file exists $dir/two]}
}

test state_is_private {
    set d [daemon]
    equal [expr {[file attributes [$d state] -permissions] & 0777}] [expr {0700}]
}

test store_that_is_damaged_ends_the_start_in_front_and_behind {
    set d [daemon]
    set job [ask $d --no-wait "question"]
    equal [$job wait] 0
    $d stop
    set db [$d state]/alerts.db
    foreach len {0 5000} {
        file copy -force $db $db.good
        set f [open $db r+b]
        chan truncate $f $len
        close $f
        set start [list [bin mediachanged] --state [$d state] --listen unix:[tmp sock] --log [tmp log]]
        set r [run {*}$start -f]
        equal [dict get $r status] 69 $r
        equal [dict get $r out] ""
        matches [dict get $r err] "alerts\\.db: damaged: .*put back a copy"
        set r [run {*}$start --pid-file [tmp pid]]
        check {[dict get $r status] ni {0 SIGKILL}} $r
        matches [dict get $r err] "alerts\\.db: damaged: .*put back a copy"
        equal [file size $db] $len
        file rename -force $db.good $db
    }
    $d start
    equal [llength [pending $d]] 1
}

test store_of_another_user_names_the_file_and_the_reason {
    if {[exec id -u] != 0} {
        return
    }
    # not in the test's own folder, which is closed to others
    set dir [exec mktemp -d -t opdesk-state.XXXXXX]
    at_end [list file delete -force $dir]
    file attributes $dir -owner nobody -permissions 0700
    write $dir/alerts.db "it belongs to root"
    file attributes $dir/alerts.db -permissions 0600
    set r [run setpriv --reuid=65534 --regid=65534 --clear-groups \
        [bin mediachanged] -f --state $dir --listen unix:$dir/sock]
    equal [dict get $r status] 69 $r
    matches [dict get $r err] "alerts\\.db: Permission denied; .*must belong to the user"
}

finish
