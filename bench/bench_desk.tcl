# SPDX-License-Identifier: ISC
# How long the desk's loop is away in the worst moments (tcl/app/gaps.tcl): the longest gap of a timer
# of 5 ms, of what waits until the screen is drawn, and how much of a gap the desk ran itself.  The desk, its screen and what plays its daemon
# share the machine.  OPDESK_FLOOD=3600s floods it for that long and prints its memory (default 60s).
shared gui/desk.tcl
shared gui/gaps.tcl

# Some times, each on a screen of its own; figures for the timer and the screen.
proc gap_figure {what script timer_aim idle_aim} {
    set values [alternate $::slow_runs [list gap [string map [list @script $script] {
        screen
        set gaps [@script]
        harness::Cleanup
        set gaps
    }]]]
    set values [dict get $values gap]
    figure "$what: timer" ms [lmap pair $values {lindex $pair 0}] "" "" [list <= $timer_aim]
    figure "  drawing" ms [lmap pair $values {lindex $pair 1}] "" "" [list <= $idle_aim]
    figure "  itself running" ms [lmap pair $values {lindex $pair 2}] "" "" [list <= $timer_aim]
}

test desk {
    need Xvfb openbox xdotool
    gap_figure "a window opens" gaps_window 50 50
    gap_figure "(a) black hole, 10 s" {gaps_black_hole 10000} 16 16
    gap_figure "(b) burst of 10,000 questions" {gaps_burst 10000} 50 50
    gap_figure "(c) history, all 100,000 rows, search" {gaps_history 100000} 50 50
    gap_figure "(d) helper stopped, 10 s" {gaps_stopped_helper 10000} 16 16
    gap_figure "(e) name server silent, 10 s" {gaps_silent_resolver 10000} 16 16
    set flood [expr {[info exists ::env(OPDESK_FLOOD)] ? [string trimright $::env(OPDESK_FLOOD) s] : 60}]
    screen
    lassign [memory_of_flood [expr {$flood * 1000}]] before after rounds
    figure "memory before a flood of $flood s" MiB [expr {$before / 1024.0}] "" ""
    figure "  after $rounds times 200 questions" MiB [expr {$after / 1024.0}] "" "" \
        [list <= [expr {$before / 1024.0 + 8}]]
}
