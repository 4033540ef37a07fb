# SPDX-License-Identifier: ISC
# Promise: a storer that hangs (SIGSTOP here, a disk that does not answer in life) makes nobody wait
# without bound: calls are told within seconds, the process is replaced, and what was on its way is
# neither lost nor done twice.  The same for the reader of the history.
source [file join [file dirname [info script]] .. harness.tcl]

proc stop_part {d part} {
    foreach pid [$d part $part] {
        exec kill -STOP $pid
        at_end [list catch [list exec kill -KILL $pid]]
    }
}

test start_on_a_disk_that_hangs_ends_with_its_reason {
    set armed [tmp armed]
    set d [daemon -conf {store_limit = "1s"} -env [list OPDESK_FAULT_HANG 1 OPDESK_FAULT_ARM $armed]]
    $d stop
    write $armed ""
    $d launch
    equal [[$d job] wait 10000] 69 [[$d job] describe]
    matches [[$d job] err] "[$d state]: no answer from the disk in 1 s"
    file delete $armed
    $d start
}

# Here it is the log, which nobody reads, at which the daemon waits before it has told anybody.
test start_in_the_background_that_takes_too_long_is_given_up {
    set dir [tmp]
    file mkdir $dir
    exec mkfifo $dir/log
    write $dir/conf "start_limit = \"1s\"\nlog = \"$dir/log\"\npid_file = \"$dir/pid\"\n"
    set r [run [bin mediachanged] -c $dir/conf --state $dir/state --listen unix:$dir/sock]
    equal [dict get $r status] 75 $r
    matches [dict get $r err] {^mediachanged: not ready in 1 s \(start_limit\): told to stop}
    until 5000 {[harness::Others] eq ""}
}

test calls_are_told_within_seconds_and_at_once_from_then_on {
    set d [daemon -conf {store_limit = "5m"}]
    set kept [ask $d "asked before"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    stop_part $d storer
    set tool [Peer new [$d unix] tool]
    set began [clock milliseconds]
    equal [fails {$tool call alert.answer id $id answer_id [uuid] label Ok}] unavailable
    set took [expr {[clock milliseconds] - $began}]
    check {$took > 3000 && $took < 9000} "$took ms"
    set began [clock milliseconds]
    equal [fails {$tool call alert.ask id [uuid] text "another" wait 0}] unavailable
    check {[clock milliseconds] - $began < 2000}
    check {[$d logged {store: no answer for 5 s}] == 1}
    # mediachangec names the reason, not a missing daemon
    set job [ask $d --connect-timeout 3s "in vain"]
    equal [$job wait] 4
    matches [$job err] {cannot do it now: it cannot be written to disk: the disk of its host does not answer}
    $d kill storer CONT
    # the answer that was on its way when the storer stopped is there
    equal [$kept wait] 0 [$kept err]
    until 5000 {[$d logged {store: it answers again}] == 1}
    equal [pending_is $d 0] {}
}

test patience_that_ends_before_the_disk_answers_is_not_called_a_wrong_port {
    set d [daemon -conf {store_limit = "5m"}]
    stop_part $d storer
    set job [ask $d --connect-timeout 3s "in vain"]
    equal [$job wait] 4
    matches [$job err] {mediachanged at \S+ cannot do it now: it has not said}
    $d kill storer CONT
}

test question_that_another_daemon_took_is_withdrawn_from_the_slow_one {
    set slow [daemon -conf {store_limit = "5m"}]
    set d [daemon]
    stop_part $slow storer
    set job [Job new [bin mediachangec] -s [$slow tcp] -s [$d tcp] --connect-timeout 600ms "who can?"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    $slow kill storer CONT
    until 10000 {[regexp {"reason":"another daemon was quicker"} [dict get [q $slow --json history] out]]}
    equal [pending $slow] {}
    q $d answer $id Ok
    equal [$job wait] 0 [$job err]
}

# By another transport the asker is somebody else, and the same id of somebody else is a conflict.
test one_daemon_at_two_endpoints_that_is_slow_at_the_first_takes_the_question_once {
    set d [daemon -conf {store_limit = "5m"}]
    stop_part $d storer
    set job [Job new [bin mediachangec] -s [$d tcp] -s [$d unix] --connect-timeout 4s "who can?"]
    until 10000 {[regexp {mediachanged at unix:\S+ cannot do it now: it is the daemon at tcp:\S+, and has the} [$job err]] ||
        [$job ended]} [$job describe]
    $d kill storer CONT
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d answer $id Ok
    equal [$job wait] 0 [$job err]
}

test operator_who_answers_is_told_that_it_takes_long {
    set d [daemon -conf {store_limit = "5m"}]
    set kept [ask $d "asked before"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    stop_part $d storer
    set answer [Job new [bin mediachangeq] -s [$d unix] answer $id Ok]
    until 10000 {[string match {*taken the call, but not answered; waiting*} [$answer err]]} {[$answer describe]}
    $d kill storer CONT
    equal [$answer wait] 0 [$answer err]
    equal [$kept wait] 0 [$kept err]
}

test storer_that_answers_nothing_is_replaced {
    set d [daemon -conf {store_limit = "1s"}]
    set kept [ask $d "asked before"]
    pending_is $d 1
    set old [$d part storer]
    stop_part $d storer
    set job [ask $d --connect-timeout 60s "asked meanwhile"]
    until 10000 {[$d logged {storer: ended: .*: no answer from the disk in 1 s: a new one starts}] == 1}
    set alerts [pending_is $d 2]
    check {[$d part storer] ne $old}
    check {[$d logged {cannot be killed}] == 0}
    foreach alert $alerts {
        q $d answer [dict get $alert id] Ok
    }
    equal [$kept wait] 0
    equal [$job wait] 0 [$job err]
}

test reader_that_answers_nothing_is_replaced {
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set tool [Peer new [$d unix] tool]
    $tool call alert.history
    stop_part $d reader
    equal [fails {$tool end [$tool begin alert.history] 40000}] unavailable
    # questions and answers do not need it
    q $d answer $id Ok
    equal [$job wait] 0
    check {[$d logged {reader: ended: .*: no answer from the disk in 15 s: a new one starts}] == 1} [$d log]
    until 10000 {![catch {$tool call alert.history} history]}
    equal [llength [dict get $history alerts]] 1
}

finish
