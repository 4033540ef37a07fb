# SPDX-License-Identifier: ISC
# 10,000 connections held in multiplexed mode, each of which has had an answer, beside a bare epoll loop that
# holds as many: what one costs, and how soon another client is served meanwhile.  And as many waiting questions
# of mediachanged, whose workers and engine have a link for each.

# kB of its own that a server and its children have.
proc own_memory {job} {
    set kb 0
    foreach pid [tree_of [$job pid]] {
        incr kb [memory_of $pid RssAnon]
    }
    return $kb
}

# {ALL-IN OWN TRIP CONNECT}: kB a connection as the machine's available memory drops and in the server's
# processes; ms of another client's line on a connection of its own, and of connect, line, answer, close.
proc hold {job at count} {
    set before [available]
    set own [own_memory $job]
    set clients [Job new -pipe 1 {*}[bench hold_clients $at $count again]]
    until 60000 {[string match *held* [$clients out]] || [$clients ended]}
    check {[string match *held* [$clients out]]} [$clients describe]
    set costs [list [expr {($before - [available]) * 1024 / $count}] \
        [expr {([own_memory $job] - $own) / double($count)}] \
        [expr {1000 / [value trips [bench line_trips $at 1 $::short]]}] \
        [expr {1000 / [value connections [bench line_clients $at 1 $::short]]}]]
    harness::Cleanup
    return $costs
}

# kB that a waiting question costs.
proc hold_questions {count} {
    set d [measured_daemon "personality = multiplex\nmax_pending = 20000
        max_pending_per_asker = 20000" 0]
    set tool [Peer new [$d unix] tool]
    set before [available]
    set clients [Job new -pipe 1 {*}[bench hold_clients [$d tcp] $count]]
    until 120000 {[dict get [$tool call alert.stats] pending] == $count} [$clients describe]
    set cost [expr {($before - [available]) * 1024 / $count}]
    harness::Cleanup
    return $cost
}

test held {
    set count 10000
    need_limits [expr {2 * $count}] "Max open files"
    set values [alternate $::slow_runs {
        bare { hold [bare loop_server at] $at $count }
        ours { hold [echod multiplex at] $at $count }
        questions { hold_questions $count }
    }]
    foreach kind {bare ours} {
        foreach at {0 1 2 3} name {all own line connect} {
            set $kind-$name [lmap run [dict get $values $kind] {lindex $run $at}]
        }
    }
    figure "$count held: memory of one, all in" kB ${ours-all} "bare epoll loop in C" ${bare-all}
    figure "  in the server's processes" kB ${ours-own}
    figure "  another client's line, held" ms ${ours-line} "bare epoll loop in C" ${bare-line}
    figure "  another client, connect to close" ms ${ours-connect} "bare epoll loop in C" \
        ${bare-connect}
    figure "$count waiting questions: one, all in" kB [dict get $values questions]
}
