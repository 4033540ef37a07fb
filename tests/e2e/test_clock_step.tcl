# SPDX-License-Identifier: ISC
# Promise: a step of the wall clock under a running daemon moves nothing: no deadline, lease, claim or
# level of escalation, nor the pauses between two desks that it starts; and while it is down no deadline, claim or snooze,
# and no answer that nobody has fetched.  (clock_step.c does the step.)
source [file join [file dirname [info script]] .. harness.tcl]

set shim [file normalize [file join $harness::bin .. tests libclock_step.so]]

proc step {file seconds} {
    write $file.new $seconds
    file rename -force $file.new $file
}

# A daemon whose clock is stepped by [step $file …].
proc stepped_daemon {file args} {
    step $file 0
    return [daemon {*}[dict merge $args [list -env [list LD_PRELOAD $::shim OPDESK_CLOCK_STEP $file \
        ASAN_OPTIONS verify_asan_link_order=0 {*}[expr {[dict exists $args -env] ? [dict get $args -env] : {}}]]]]]
}

proc now_at {d} {
    set peer [Peer new [$d unix]]
    set now [dict get [$peer call hello proto 1 program test version 0 role tool] now_at]
    $peer destroy
    return $now
}

proc field {d id name} {
    foreach alert [pending $d] {
        if {[dict get $alert id] eq $id} {
            return [dict get $alert $name]
        }
    }
}

test step_moves_no_deadline_claim_lease_or_level {
    set file [tmp clock]
    set ran [tmp ran]
    set d [stepped_daemon $file -conf "lease = \"8s\"\nescalate {\n after = \"8s\"\n command = {\"/bin/sh\", \"-c\", \"echo ran >>$ran\"}\n}"]
    set began [clock milliseconds]
    set short [ask $d --timeout 6s "short"]
    set long [ask $d --timeout 1h "long"]
    pending_is $d 2
    set ids [dict create {*}[concat {*}[lmap a [pending $d] {list [dict get $a text] [dict get $a id]}]]]
    set held [ask $d "held"]
    set alerts [pending_is $d 3]
    set held_id [dict get [lindex $alerts 2] id]
    q $d claim $held_id 1h
    foreach seconds {7200 -7200 86400} {
        step $file $seconds
        check {abs([now_at $d] - [clock milliseconds] - 1000 * $seconds) < 60000} "the step is seen"
        check {[llength [pending $d]] >= 2}
        check {[field $d [dict get $ids long] left_ms] > 3500000}
        check {[field $d $held_id claim_left_ms] > 3500000}
        check {![field $d [dict get $ids long] orphaned]}
        check {![file exists $ran]}
    }
    # not before its time, nor much after
    equal [$short wait] 3
    set took [expr {[clock milliseconds] - $began}]
    check {$took >= 5900 && $took < 16000} "$took ms"
    until 15000 {[file exists $ran] && [file size $ran] > 0}
    set took [expr {[clock milliseconds] - $began}]
    check {$took >= 7900 && $took < 18000} "$took ms"
    # of the long one alone: the short one is closed, the held one claimed
    equal [contents $ran] "ran\n"
}

test step_moves_nothing_while_the_daemon_is_down {
    set file [tmp clock]
    set d [stepped_daemon $file]
    # these jobs die before the answer
    foreach key {ahead behind} {
        set killed [ask $d --key $key "tape"]
        set tape [dict get [lindex [pending_is $d 1] 0] id]
        $killed signal KILL
        equal [dict get [q $d answer $tape Cancel] status] 0
    }
    set job [ask $d --timeout 1h "long"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d claim $id 1h
    q $d snooze $id 2h
    foreach {key seconds} {ahead 8640000 behind -8640000} {
        $d crash
        step $file $seconds
        $d start
        check {abs([now_at $d] - [clock milliseconds] - 1000 * $seconds) < 60000} "the step is seen"
        foreach {name hours} {left_ms 1 claim_left_ms 1 ring_in_ms 2} {
            set left [field $d $id $name]
            check {$left > $hours * 3600000 - 100000 && $left < $hours * 3600000} "$name $left"
        }
        # asked again one gets its answer, and nobody sees it twice
        equal [[ask $d --key $key "tape"] wait] 1
    }
    equal [llength [pending $d]] 1
}

test step_moves_no_pause_between_desks {
    # a daemon of root starts no desk
    set dir [tmp nobody]
    file mkdir $dir/run
    file attributes $dir/run -permissions 0700
    set wrap {}
    if {[exec id -u] == 0} {
        file attributes $harness::tmp -permissions 0711
        exec chown -R 65534:65534 $dir
        set wrap {setpriv --reuid=65534 --regid=65534 --clear-groups}
    }
    set file [tmp clock]
    write $dir/desk "#!/bin/sh\ncut -d' ' -f1 /proc/uptime >>$dir/starts\n"
    file attributes $dir/desk -permissions 0755
    set d [stepped_daemon $file -dir $dir -wrap $wrap -args [list --desk $dir/desk] -conf {desk_wait = "100ms"
desk_pause = "2s"} -env [list OPDESK_RUNTIME $dir/run DISPLAY :77]]
    set job [ask $d "question"]
    set wanted 0
    foreach seconds {7200 -7200 0} {
        incr wanted
        until 10000 {[llength [contents $dir/starts]] >= $wanted} "desk $wanted"
        step $file $seconds
        check {abs([now_at $d] - [clock milliseconds] - 1000 * $seconds) < 60000}
    }
    until 10000 {[llength [contents $dir/starts]] >= 4}
    set starts [contents $dir/starts]
    foreach earlier [lrange $starts 0 end-1] later [lrange $starts 1 end] {
        check {$later - $earlier > 1.9 && $later - $earlier < 6} $starts
    }
    check {[$d logged "desk: none is there: starting $dir/desk"] >= 4}
}

finish
