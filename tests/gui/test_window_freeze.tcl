# SPDX-License-Identifier: ISC
# Promise: the desk never freezes, whatever the network, the helper and the daemon do.  Bounds here are
# generous, because tests share their machine and run under sanitizers; script/bench desk prints the
# figures and their aims.
source [file join [file dirname [info script]] desk.tcl]
source [file join [file dirname [info script]] gaps.tcl]

# The longest gap in ms, of the timer and of what waits for the screen to be drawn.
proc within {timer idle gaps} {
    lassign $gaps got_timer got_idle ran
    puts "     longest gap $got_timer ms, drawing $got_idle ms, itself running $ran ms"
    check {$got_timer < $timer && $got_idle < $idle}
}

test helper_that_is_stopped_holds_nobody_up {
    screen
    within 150 150 [gaps_stopped_helper 3000]
}

test black_hole_holds_nobody_up {
    screen
    within 150 150 [gaps_black_hole 4000]
}

test name_server_that_is_silent_holds_nobody_up {
    screen
    within 150 150 [gaps_silent_resolver 3000]
}

test burst_of_ten_thousand_is_taken_in_by_slices {
    screen
    within 400 800 [gaps_burst 10000]
}

test history_is_scrolled_and_searched_without_a_stop {
    screen
    within 400 800 [gaps_history 3000]
}

finish
