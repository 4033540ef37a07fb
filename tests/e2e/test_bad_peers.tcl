# SPDX-License-Identifier: ISC
# Promise: slow, deaf and numerous peers cost themselves only: the daemon's memory stays bounded and
# others are served while they are there.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

proc served {d} {
    set peer [Peer new [$d unix]]
    $peer send "question\n"
    set alert ""
    set tool [Peer new [$d unix] tool]
    until 10000 {[set mine [lsearch -inline -index 0 [lmap a [dict get [$tool call alert.list] alerts] \
        {list [dict get $a text] [dict get $a id]}] question]] ne ""}
    $tool call alert.answer id [lindex $mine 1] answer_id [uuid] label Ok
    until 10000 {[$peer closed]}
    equal [$peer received] "Ok\n"
    $peer destroy
    $tool destroy
}

# A daemon whose memory can be judged: the address sanitizer keeps what is freed for a while.
proc lean_daemon {} {
    return [daemon -env {ASAN_OPTIONS quarantine_size_mb=1:thread_local_quarantine_size_kb=64}]
}

proc memory {d} {
    set all 0
    foreach pid [$d tree] {
        catch {incr all [memory_of $pid VmRSS]}
    }
    return $all
}

# Ask `n` questions of 8 KB on one connection, a few at a time.
proc served_warm {peer n} {
    set text [string repeat "sixteen bytes..." 512]
    set open {}
    for {set i 0} {$i < $n} {incr i} {
        lappend open [$peer begin alert.ask id [uuid] text $text]
        if {[llength $open] >= 20} {
            foreach call $open {
                $peer call alert.confirm id [dict get [$peer end $call] id]
            }
            set open {}
        }
    }
    foreach call $open {
        $peer end $call
    }
}

test two_thousand_connections_past_the_limit {
    set d [daemon -conf {max_workers = 40}]
    set crowd [Job new -pipe 1 perl $::here/many_connections.pl [$d port] 2000]
    # all but those within the limit are closed without a byte
    until 60000 {[regexp {closed (\d+) bytes (\d+)\n$} [$crowd out] - closed bytes] && $closed >= 1960}
    equal $bytes 0
    check {[llength [$d part worker]] <= 40}
    until 5000 {[$d logged {turned away}] >= 1}
    check {[$d logged {turned away}] <= 30} "one line per source and second"
    $crowd signal KILL
    until 10000 {[llength [$d part worker]] <= 1}
    served $d
}

test limit_per_source_exempts_loopback {
    set d [daemon -conf {max_workers_per_source = 2}]
    set peers {}
    foreach i {1 2 3 4} {
        lappend peers [Peer new [$d tcp] asker]
    }
    foreach peer $peers {
        $peer call ping
    }
}

test desk_that_never_reads_is_reset_and_costs_bounded_memory {
    set d [lean_daemon]
    set deaf [Peer new [$d unix] desk]
    $deaf call alert.subscribe
    $deaf reading 0
    set peer [Peer new [$d tcp] asker]
    set desk [Desk new [$d unix]]
    served_warm $peer 50
    set before [memory $d]
    served_warm $peer 1500
    set after [memory $d]
    check {$after - $before < 60000} "grew from $before to $after kB"
    $desk destroy
    served $d
    $deaf reading 1
    until 15000 {[$deaf closed] || [lsearch -index 0 [$deaf notes] server.reset] >= 0
        || [llength [$deaf notes]] >= 3000}
}

test asker_that_never_reads_is_bounded {
    set d [lean_daemon]
    set tool [Peer new [$d unix] tool]
    set deaf [Peer new [$d tcp]]
    $deaf reading 0
    # pings without end, their answers unread
    set ping [mp::pack {arr {{int 0} {int 1} {str ping} {arr {}}}}]
    set frame [binary format I [string length $ping]]$ping
    set hello [mp::pack [list arr [list {int 0} {int 2} {str hello} [list arr [list \
        [peer_params proto 1 program deaf version 0 role asker]]]]]]
    $deaf frame $hello
    set before [memory $d]
    set end [expr {[clock milliseconds] + 1500}]
    while {[clock milliseconds] < $end && ![$deaf closed]} {
        $deaf send [string repeat $frame 2000]
        harness::Turn 1
    }
    set after [memory $d]
    check {$after - $before < 60000} "grew from $before to $after kB"
    served $d
}

test questions_past_the_limits_get_a_clear_error {
    set d [daemon -conf "max_pending = 20\nmax_pending_per_asker = 10"]
    set tcp [Peer new [$d tcp] asker]
    for {set i 0} {$i < 10} {incr i} {
        $tcp begin alert.ask id [uuid] text "question $i"
    }
    pending_is $d 10
    check {[fails {$tcp call alert.ask id [uuid] text more}] in {unavailable too_large denied}}
    set unix [Peer new [$d unix] asker]
    for {set i 0} {$i < 10} {incr i} {
        $unix begin alert.ask id [uuid] text "question $i"
    }
    pending_is $d 20
    check {[fails {$unix call alert.ask id [uuid] text more}] in {unavailable too_large denied}}
    set r [run [bin mediachangec] -s [$d unix] --connect-timeout 1s "one more"]
    check {[dict get $r status] ni {0 1 2}} $r
    check {[dict get $r err] ne ""}
}

# Every call is answered: a result that finds no room is an error instead.  Nobody else is harmed, not
# even those whom the same worker serves.
test history_for_a_client_that_does_not_read_is_refused_and_harms_nobody {
    set d [daemon -conf "personality = \"multiplex\"\nworkers = 1"]
    set asker [Peer new [$d unix] asker]
    set desk [Peer new [$d unix] desk]
    set typed [string repeat "sixteen bytes..." 1000]
    for {set i 1} {$i <= 100} {incr i} {
        set id [uuid]
        set ask [$asker begin alert.ask id $id text x kind text]
        until 5000 {[llength [$asker notes]] == $i}
        $desk call alert.answer id $id answer_id [uuid] label Ok text $typed
        $asker end $ask
    }
    set line [Peer new [$d tcp]]
    $line send "cannot come back\n"
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set deaf [Peer new [$d unix] tool]
    $deaf reading 0
    # 1.6 MB each, all at once: more than may be queued
    set calls {}
    for {set i 0} {$i < 30} {incr i} {
        lappend calls [$deaf begin alert.history]
    }
    served $d
    # searches are done one after the other
    $desk call alert.history limit 1
    $deaf reading 1
    set refused 0
    foreach call $calls {
        set code [fails {$deaf end $call 20000}]
        incr refused [expr {$code eq "unavailable"}]
        check {$code eq "unavailable" || [string match "no error*" $code]} $code
    }
    check {$refused > 5 && $refused < 30} $refused
    check {[$d logged killed] == 0}
    $desk call alert.answer id $id answer_id [uuid] label Ok
    until 10000 {[$line closed]}
    equal [string trim [$line received]] Ok
}

# What a worker answers itself waits in the worker: it must not read on for ever meanwhile.
test refused_calls_of_a_peer_that_does_not_read_stay_bounded {
    set d [lean_daemon]
    set peer [Peer new [$d tcp]]
    $peer frame [mp::pack [list arr [list {int 0} {int 1} {str hello} \
        [list arr [list [peer_params proto 1 role asker]]]]]]
    until 5000 {[$peer received] ne ""}
    set worker [$d part worker]
    set before [memory_of $worker VmHWM]
    $peer reading 0
    set calls ""
    for {set id 100000} {$id <= 220000} {incr id} {
        append calls [binary format Ia* 13 [binary format cccIa*c 0x94 0 0xce $id \xa4none 0x90]]
    }
    $peer send $calls
    stays 500 {[memory_of $worker VmHWM] - $before < 5000} "kB for answers that nobody takes"
    $peer reading 1
    until 30000 {[string first [binary format cccI 0x94 1 0xce 220000] [$peer received]] > 0}
    served $d
}

finish
