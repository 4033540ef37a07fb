# SPDX-License-Identifier: ISC
# Promise: the desk never freezes, whatever the network, the helper and the daemon do.  Bounds here are
# generous, because tests share their machine and run under sanitizers; script/bench desk prints the
# figures and their aims.
source [file join [file dirname [info script]] desk.tcl]
source [file join [file dirname [info script]] gaps.tcl]

# How long the desk itself ran at one go, in ms: what other tests take of the machine is not in that.  Who
# waits for something does not run, but is away for seconds.
proc within {ran_ms gaps} {
    lassign $gaps timer idle ran
    puts "     longest gap $timer ms, drawing $idle ms, itself running $ran ms"
    check {$ran < $ran_ms && $timer < 2000 && $idle < 2500} $gaps
}

test helper_that_is_stopped_holds_nobody_up {
    screen
    within 100 [gaps_stopped_helper 3000]
}

test black_hole_holds_nobody_up {
    screen
    within 100 [gaps_black_hole 4000]
}

test name_server_that_is_silent_holds_nobody_up {
    screen
    within 100 [gaps_silent_resolver 3000]
}

test burst_of_thousands_is_taken_in_by_slices {
    screen
    within 300 [gaps_burst 4000]
}

test history_is_scrolled_and_searched_without_a_stop {
    screen
    within 300 [gaps_history 3000]
}

finish
