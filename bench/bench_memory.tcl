# SPDX-License-Identifier: ISC
# (d) All-in memory of 5,000 waiting questions, as the machine's available memory drops, beside
# 5,000 children of a bare forking server.  Clients are the same on both sides.
# MiB that `count` held connections cost; `ready` is a condition that says when all are there.
proc held {at count ready} {
    set before [available]
    set clients [Job new -pipe 1 {*}[bench hold_clients $at $count]]
    until 120000 {[string match *held* [$clients out]]}
    uplevel 1 [list until 120000 $ready]
    set used [expr {$before - [available]}]
    $clients destroy
    return $used
}

test memory {
    set count 5000
    need_limits [expr {$count + 2000}] "Max open files" "Max processes"
    set values [alternate $::slow_runs {
        bare {
            set bare [bare fork_server at --hold]
            set used [held $at $count {[llength [children_of [$bare pid]]] == $count}]
            until 30000 {[llength [children_of [$bare pid]]] == 0}
            harness::Cleanup
            set used
        }
        ours {
            set d [measured_daemon "max_pending = 20000\nmax_pending_per_asker = 20000" 0]
            set tool [Peer new [$d unix] tool]
            set used [held [$d tcp] $count {[dict get [$tool call alert.stats] pending] == $count}]
            harness::Cleanup
            set used
        }
    }]
    figure "$count waiting questions, all in" MiB [dict get $values ours] "bare forked children" \
        [dict get $values bare] {<= 1.5}
}
