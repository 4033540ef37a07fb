# SPDX-License-Identifier: ISC
# How long the loop is away: a measurement of the desk itself, off unless OPDESK_GAPS names a file
# (docs/bench.md).  A timer comes every 5 ms; ten times a second a line tells the time and the longest
# gap since the last line, of the timer and of what waits until the screen is drawn (idle), in
# microseconds:  TIME TIMER IDLE
# When a file of that name with .inventory behind it appears, it is deleted, and a line tells what there is
# in the desk, to find what is left behind:  inventory widgets N images N timers N text N
# One with .rows behind it asks how many rows all lists have, which is quicker:  rows N
# One with .focus asks who has the keyboard, and where on the screen that is, once all is drawn:
# focus PATH X Y WIDTH HEIGHT
# When a file that is edited has been opened and all of its editor is drawn:  opened KEY TIME
namespace eval opdesk::app::gaps {
    variable tick_ms 5
    variable line_us 100000
    variable chan
    variable timer_us
    variable idle_us
    variable since_us
    variable ran_us 0
    variable longest {0 0 0}
}

proc opdesk::app::gaps::start {} {
    variable chan
    variable timer_us [clock microseconds]
    variable idle_us $timer_us
    variable since_us $timer_us
    set chan [open $::env(OPDESK_GAPS) a]
    fconfigure $chan -buffering line
    variable ran_us [Ran]
    opdesk::app::signal::on work [namespace current]::Work
    Timer
    Idle
}

# Twice round: panels fill their lists when the loop is idle, and what is in them is drawn after that.
proc opdesk::app::gaps::Work {key event args} {
    if {$event eq "opened"} {
        Drawn [namespace current]::Opened $key
    }
}

proc opdesk::app::gaps::Opened {key} {
    variable chan
    puts $chan "opened $key [clock microseconds]"
}

# The time that this process has run; 0 where the system does not tell.
proc opdesk::app::gaps::Ran {} {
    if {[catch {open /proc/self/schedstat} stat]} {
        return 0
    }
    try {
        return [expr {[lindex [read $stat] 0] / 1000}]
    } finally {
        close $stat
    }
}

proc opdesk::app::gaps::Timer {} {
    variable tick_ms
    variable timer_us
    variable since_us
    variable line_us
    variable ran_us
    after $tick_ms [namespace current]::Timer
    set now [clock microseconds]
    set ran [Ran]
    Gap 0 [expr {$now - $timer_us}]
    Gap 2 [expr {$ran - $ran_us}]
    set timer_us $now
    set ran_us $ran
    if {$now - $since_us >= $line_us} {
        Line $now
    }
}

# After everything that is to be drawn; then a pause, so that the loop can rest.
proc opdesk::app::gaps::Idle {} {
    variable tick_ms
    variable idle_us
    set now [clock microseconds]
    Gap 1 [expr {$now - $idle_us}]
    set idle_us $now
    after $tick_ms [list after idle [namespace current]::Idle]
}

proc opdesk::app::gaps::Gap {which us} {
    variable longest
    if {$us > [lindex $longest $which]} {
        lset longest $which $us
    }
}

# What is away now and has not come back yet counts as well.
proc opdesk::app::gaps::Line {now} {
    variable chan
    variable longest
    variable idle_us
    variable since_us $now
    Gap 1 [expr {$now - $idle_us}]
    puts $chan "$now $longest"
    set longest {0 0 0}
    foreach {what command} {inventory Inventory rows {Rows .} focus Focus} {
        set asked $::env(OPDESK_GAPS).$what
        if {[file exists $asked]} {
            file delete $asked
            {*}[expr {$what eq "focus" ? "Drawn" : ""}] [namespace current]::Tell $what $command
        }
    }
}

proc opdesk::app::gaps::Tell {what command} {
    variable chan
    puts $chan "$what [{*}$command]"
}

# Once all is drawn.
proc opdesk::app::gaps::Drawn {args} {
    after idle [list after 0 [list after idle $args]]
}

# Text: characters in all our variables.
proc opdesk::app::gaps::Inventory {} {
    return [dict create widgets [llength [info commands .*]] images [llength [image names]] \
        timers [llength [after info]] text [Text ::opdesk]]
}

# The X server answers when it has drawn what came before.
proc opdesk::app::gaps::Focus {} {
    winfo pointerxy .
    set widget [focus]
    return [expr {$widget eq "" ? "" : [list $widget [winfo rootx $widget] [winfo rooty $widget] \
        [winfo width $widget] [winfo height $widget]]}]
}

# In all lists.
proc opdesk::app::gaps::Rows {widget} {
    if {[opdesk::widget::rows::exists $widget]} {
        return [opdesk::widget::rows::count $widget]
    }
    set n [expr {[winfo class $widget] eq "Treeview" ? [llength [$widget children {}]] : 0}]
    foreach child [winfo children $widget] {
        incr n [Rows $child]
    }
    return $n
}

proc opdesk::app::gaps::Text {space} {
    set n 0
    foreach name [info vars ${space}::*] {
        if {[info exists $name] && ![array exists $name]} {
            incr n [string length [set $name]]
        }
    }
    foreach child [namespace children $space] {
        incr n [Text $child]
    }
    return $n
}
