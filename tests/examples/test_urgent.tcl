# SPDX-License-Identifier: ISC
# Promise: the two examples of urgent data show each of the four ways in which the byte arrives.
source [file join [file dirname [info script]] examples.tcl]

# A receiver and a sender whose ^C comes after `ab` and before `ac`: what the receiver printed.
proc transmit {args} {
    set recv [Job new [example urgent] recv {*}$args 0]
    set port [says $recv {^Listening on port (\d+)\.\.\.$}]
    set send [Job new [example urgent] send --count 3 --interval 600 127.0.0.1 $port]
    says $recv {^got 2 bytes of normal data: ab$}
    $send signal INT
    says $recv {^(got 1 |recv)}
    equal [$send wait] 0
    equal [$recv wait] 0
    equal [$send out] "sending 2 bytes of normal data: aa
sending 2 bytes of normal data: ab
sending 1 byte of OOB data!
sending 2 bytes of normal data: ac
"
    return [lrange [split [string trimright [$recv out]] \n] 1 end]
}

test by_signal_out_of_band {
    equal [transmit --signal] [list {got 2 bytes of normal data: aa} {got 2 bytes of normal data: ab} \
        {got 1 byte of OOB data!} {got 2 bytes of normal data: ac}]
}

test by_signal_inline {
    equal [transmit --signal --inline] [list {got 2 bytes of normal data: aa} {got 2 bytes of normal data: ab} \
        {recv() error: Invalid argument} {got 1 bytes of normal data: !} {got 2 bytes of normal data: ac}]
}

test by_poll_out_of_band {
    equal [transmit --poll] [list {got 2 bytes of normal data: aa} {got 2 bytes of normal data: ab} \
        {got 1 bytes of urgent data: !} {got 2 bytes of normal data: ac}]
}

test by_poll_inline {
    equal [transmit --poll --inline] [list {got 2 bytes of normal data: aa} {got 2 bytes of normal data: ab} \
        {got 1 bytes of urgent data: !} {got 2 bytes of normal data: ac}]
}

# A stopped receiver is connected to by the kernel: the byte is there before accept() returns.
test byte_right_after_connect_is_not_missed {
    foreach {mode line} {--signal {got 1 byte of OOB data!} --poll {got 1 bytes of urgent data: !}} {
        set recv [Job new [example urgent] recv $mode 0]
        set port [says $recv {^Listening on port (\d+)}]
        $recv signal STOP
        set send [Job new [example urgent] send --count 1 --interval 300 127.0.0.1 $port]
        says $send {^sending 2 bytes}
        $send signal INT
        says $send {^sending 1 byte of OOB data!$}
        equal [$send wait] 0
        $recv signal CONT
        equal [$recv wait] 0
        check {$line in [split [$recv out] \n]} [$recv out]
        check {{got 2 bytes of normal data: aa} in [split [$recv out] \n]} [$recv out]
    }
}

test quit_ends_the_sender_and_then_the_receiver {
    set recv [Job new [example urgent] recv 0]
    set port [says $recv {^Listening on port (\d+)}]
    set send [Job new [example urgent] send 127.0.0.1 $port]
    says $recv {aa$}
    $send signal QUIT
    equal [$send wait] SIGQUIT
    equal [$recv wait] 0
}

test sender_says_when_nobody_listens {
    set recv [Job new [example urgent] recv 0]
    set port [says $recv {^Listening on port (\d+)}]
    $recv signal TERM
    $recv wait
    set r [run [example urgent] send 127.0.0.1 $port]
    equal [dict get $r status] 1
    matches [dict get $r err] "cannot connect to 127.0.0.1 port $port: connection refused"
}

finish
