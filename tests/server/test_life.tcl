# SPDX-License-Identifier: ISC
# Promise: no death of a part of the daemon loses a client, and stopping is orderly.
source [file join [file dirname [info script]] common.tcl]

test line_asks_and_gets_its_answer {
    set d [testd]
    line_gets [$d line "echo Ok\n"] "Ok\n"
    logs $d {heard: alert\.confirm}
    if {[personality] eq "fork"} {
        logs $d {worker \d+: ended: exit 0}
    }
    logs $d {connection from localhost \[127\.0\.0\.1\]}
    equal [$d stop] 0
    clean $d
}

test engine_killed_with_waiting_clients_loses_none {
    set d [testd]
    set line [$d line "wait\n"]
    set asker [Peer new [$d tcp] asker]
    set id [uuid]
    set call [$asker begin alert.ask id $id text question]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    until 5000 {[waiting $d] == 2}
    foreach round {1 2 3} {
        set before [$d one engine]
        exec kill -KILL $before
        until 10000 {[$d part engine] ni [list "" $before]} "a new engine"
        until 10000 {[waiting $d] == 2} "both questions asked again"
    }
    until 5000 {[lsearch -index 0 [$desk notes] server.reset] >= 0} "the desk is told"
    check {![$line closed] && ![$asker closed] && ![$desk closed]}
    $desk call alert.answer id $id answer_id [uuid] label Yes
    equal [dict get [$asker end $call] answer] Yes
    equal [$d logged {engine: ended: signal 9}] 3
    clean $d
}

test engine_killed_then_calls_go_on {
    set d [testd]
    set asker [Peer new [$d tcp] asker]
    exec kill -KILL [$d one engine]
    equal [dict get [$asker call alert.ask id [uuid] text "echo yes"] answer] yes
    equal [$asker notes] {} "nothing subscribed: no server.reset"
}

test cancelled_call_is_answered {
    set d [testd]
    set asker [Peer new [$d tcp] asker]
    set call [$asker begin alert.ask id [uuid] text wait]
    $asker notify {$/cancel} msgid $call
    equal [fails {$asker end $call}] cancelled
}

test worker_killed_harms_nobody_else {
    set d [testd]
    set one [$d line "wait\n"]
    until 5000 {[regexp {testd\[(\d+)\] worker: info: connection from} [$d log] - pid]}
    set two [Peer new [$d tcp] asker]
    exec kill -KILL $pid
    until 5000 {[$one closed]}
    logs $d "worker $pid: ended: signal 9"
    equal [dict get [$two call alert.ask id [uuid] text "echo yes"] answer] yes
    until 5000 {[waiting $d] == 0} "its question is gone"
}

test rogue_worker_is_killed_and_engine_lives {
    set d [testd]
    set engine [$d one engine]
    # multiplexed: the least loaded takes turns, so it has the other worker
    set other [Peer new [$d tcp] asker]
    set rogue [$d line "!"]
    until 5000 {[$rogue closed]}
    logs $d {worker \d+: ended: signal 9}
    equal [$d part engine] $engine
    equal [dict get [$other call alert.ask id [uuid] text "echo yes"] answer] yes
}

test broken_engine_message_ends_only_that_worker {
    set d [testd]
    set other [Peer new [$d tcp] asker]
    set asker [Peer new [$d tcp] asker]
    $asker begin alert.ask id [uuid] text broken
    until 5000 {[$asker closed]}
    logs $d {bad message from the engine}
    equal [dict get [$other call alert.ask id [uuid] text "echo yes"] answer] yes
}

test term_stops_in_order {
    set d [testd]
    set line [$d line "wait\n"]
    set desk [Peer new [$d unix] desk]
    set slow [$d line ""]
    until 5000 {[waiting $d] == 1}
    set began [clock milliseconds]
    equal [$d stop] 0
    check {[clock milliseconds] - $began < 10000}
    until 1000 {[$line closed] && [$desk closed] && [$slow closed]}
    equal [$line received] "" "no answer"
    equal [lsearch -index 0 -all -inline [$desk notes] server.closing] \
        {{server.closing {reason {the server stops}}}}
    check {![file exists [$d dir]/sock]} "the socket file is removed"
    clean $d
}

test acceptor_killed_ends_the_tree {
    set d [testd]
    set line [$d line "wait\n"]
    set desk [Peer new [$d unix] desk]
    set parts [$d tree]
    exec kill -KILL [$d pid]
    until 6000 {[llength [lmap pid $parts {expr {[running $pid] ? $pid : [continue]}}]] == 0}
    until 1000 {[$line closed] && [$desk closed]}
    $d start
    line_gets [$d line "echo again\n"] "again\n"
}

test acceptor_killed_with_a_client_that_does_not_read {
    set d [testd -conf {stall = "30s"}]
    set deaf [Peer new [$d tcp] asker]
    $deaf reading 0
    set text "echo [string repeat x 15000]"
    for {set i 0} {$i < 1000} {incr i} {
        $deaf begin alert.ask id [uuid] text $text
    }
    set parts [$d tree]
    check {[llength $parts] >= 4}
    exec kill -KILL [$d pid]
    until 6000 {[llength [lmap pid $parts {expr {[running $pid] ? $pid : [continue]}}]] == 0}
}

fork_test engine_and_client_gone_at_once_leaves_no_worker {
    set d [testd]
    set line [$d line "wait\n"]
    until 5000 {[waiting $d] == 1}
    until 5000 {[llength [$d part worker]] == 1} "that of whoever looked has ended"
    set worker [$d one worker]
    stays 1100 {[running $worker]} "past the time of a half-close"
    exec kill -STOP $worker
    exec kill -KILL [$d one engine]
    $line close
    exec kill -CONT $worker
    until 5000 {![running $worker]}
    until 5000 {[waiting $d] == 0}
}

test hup_takes_good_settings_and_refuses_bad {
    set d [testd -conf {greeting = "one"}]
    set line [$d line "wait\n"]
    write [$d dir]/testd.conf "greeting = \"two\"\n"
    [$d job] signal HUP
    logs $d {greeting: two}
    write [$d dir]/testd.conf "greeting = \"three\"\nnap = 10m;\n"
    [$d job] signal HUP
    logs $d {old settings stay: .*testd\.conf:2: nap: expected a duration}
    equal [$d logged {greeting: three}] 0
    check {![$line closed]}
    line_gets [$d line "echo x\n"] "x\n"
}

test hup_after_rotation_moves_every_process_to_the_new_file {
    must [bin testd] --state [tmp st] --pid-file [tmp rpid] --log [tmp rlog] --log-level debug \
        --listen unix:[tmp rsock]
    set pid [string trim [contents [tmp rpid]]]
    at_end "catch {exec kill -TERM $pid}"
    set waits [Peer new unix:[tmp rsock] asker]
    $waits begin alert.ask id [uuid] text wait
    # its worker is older than the acceptor then
    exec kill -USR2 $pid
    until 10000 {[regexp {takes over.*listening on} [contents [tmp rlog]]]}
    set tool [Peer new unix:[tmp rsock] tool]
    $tool call alert.claim id [uuid]
    until 5000 {[string match "*holder: poked 1*" [contents [tmp rlog]]]}
    file rename [tmp rlog] [tmp rlog.1]
    exec kill -HUP $pid
    until 5000 {[string match "*configuration: read again*" [contents [tmp rlog]]]}
    set old [contents [tmp rlog.1]]
    $tool call alert.claim id [uuid]
    until 5000 {[string match "*holder: poked 2*" [contents [tmp rlog]]]} "a child of the engine"
    exec kill -KILL [lindex [lmap p [tree_of $pid] {
        expr {[string match *engine* [contents /proc/$p/comm]] ? $p : [continue]}}] 0]
    until 5000 {[regexp -all {worker: debug: [^\n]*attached to a new engine} [contents [tmp rlog]]] == 2} \
        "both workers"
    equal [contents [tmp rlog.1]] $old "nothing more in the old file"
    exec kill -TERM $pid
    until 5000 {![running $pid]}
}

proc testd_on_syslog {lines} {
    set here [file join [file dirname [info script]] syslog.pl]
    return [testd -wrap [list unshare -m perl $here $lines] -conf {log = "syslog"}]
}

# The logger's socket is kept where others are closed by their numbers.
test syslog_writes_into_nothing_else {
    if {[exec id -u] != 0} {
        return
    }
    need perl unshare
    set lines [tmp syslog]
    write $lines ""
    set d [testd_on_syslog $lines]
    set held [$d line "wait\n"]
    foreach i {1 2 3} {
        line_gets [$d line "echo $i\n"] "$i\n"
    }
    until 5000 {[regexp -all {worker: connection from localhost} [contents $lines]] >= 4}
    check {![regexp {killed|ended: signal|engine: ended} [contents $lines]]} [contents $lines]
    set open [lmap fd [glob /proc/[$d one engine]/fd/*] {file readlink $fd}]
    check {"[$d state]/lock" in $open} "the engine has its lock"
    check {![$held closed]}
}

test logger_that_hangs_holds_up_no_answer {
    if {[exec id -u] != 0} {
        return
    }
    need perl unshare
    set lines [tmp hung]
    set d [testd_on_syslog $lines]
    for {set i 0} {$i < 30} {incr i} {
        line_gets [$d line "echo $i\n"] "$i\n"
    }
    write $lines ""
    until 5000 {[file size $lines] > 0} "it reads again"
    line_gets [$d line "echo more\n"] "more\n"
    until 5000 {[string match "*lines were lost: the system's logger does not read*" [contents $lines]]} \
        [contents $lines]
}

test second_daemon_on_the_state_says_who_holds_it {
    set d [testd]
    set began [clock milliseconds]
    set r [run [bin testd] -f -c /dev/null --state [$d state] --listen tcp:127.0.0.1:0]
    set ms [expr {[clock milliseconds] - $began}]
    check {[dict get $r status] != 0 && $ms >= 4500 && $ms < 9000} "$ms ms"
    matches [dict get $r err] "in use by the daemon with process id [$d pid]"
}

# A program that ignores TERM, and what it has started: their pids.
proc stubborn {d tool {then ""}} {
    set script [tmp]
    set pids $script.pids
    write $script "#!/bin/sh\ntrap '' TERM\nsleep 60 & echo \$\$ \$! >$pids.new; mv $pids.new $pids\n$then\nwait\n"
    file attributes $script -permissions 0700
    $tool call alert.note id [uuid] note $script
    until 10000 {[file exists $pids]}
    set found [contents $pids]
    foreach pid $found {
        at_end [list catch [list exec kill -KILL $pid]]
    }
    return $found
}

proc none_runs {pids} {
    foreach pid $pids {
        if {[running $pid]} {
            return 0
        }
    }
    return 1
}

test program_is_held_to_its_limit_when_the_engine_has_been_killed_or_replaced {
    foreach {signal part} {KILL engine USR2 acceptor} {
        set d [testd]
        set tool [Peer new [$d unix] tool]
        set pids [stubborn $d $tool]
        $d kill $part $signal
        until 10000 {[none_runs $pids]} "after $signal"
    }
}

test program_ends_with_the_daemon {
    set d [testd -conf {program_limit = "5m"}]
    set tool [Peer new [$d unix] tool]
    set pids [stubborn $d $tool]
    $d kill engine
    stays 700 {![none_runs $pids]}
    equal [$d stop] 0
    until 6000 {[none_runs $pids]}
    $d start
    set tool [Peer new [$d unix] tool]
    set pids [stubborn $d $tool]
    $d stop
    until 6000 {[none_runs $pids]}
    # what it has started does not end with it
    $d start
    set tool [Peer new [$d unix] tool]
    set pids [stubborn $d $tool "trap 'exit 0' TERM"]
    $d stop
    until 6000 {[none_runs $pids]} "its child"
}

test program_runs_without_shell_and_with_a_limit {
    set d [testd]
    set tool [Peer new [$d unix] tool]
    $tool call alert.note id [uuid] note "env"
    logs $d {program ended: 0}
    logs $d {env: EXTRA=yes}
    logs $d {env: PATH=/usr/local/sbin:}
    equal [$d logged {env: OPDESK_RUNTIME}] 0
    $tool call alert.note id [uuid] note "echo \$HOME;ls"
    logs $d {echo: \$HOME;ls}
    $tool call alert.note id [uuid] note "tail -f /dev/null"
    logs $d {tail: killed: it ran longer}
    $tool call alert.note id [uuid] note "no-such-program"
    logs $d {cannot run: No such file}
}

finish
