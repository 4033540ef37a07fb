# SPDX-License-Identifier: ISC
# A subnet of 65,533 nodes in the editor: from Return to the rows on the screen, and how long the desk's loop
# is away while it opens, is scrolled, filtered, sorted, edited and shown before Update (tcl/app/gaps.tcl).
# Beside each the longest time that the processor itself worked on a turn, which other programs do not
# lengthen.
shared gui/subnet.tcl
shared gui/gaps.tcl

proc large_subnet {} {
    set text "Title = Subnet 9, All of it\nDomain = Pilots.Example.Org\nBase_IP = 10.9.0.0\nSubnet_Mask = 255.255.0.0\nGateway = 10.9.255.254\n__NODES__\n"
    for {set n 1} {$n < 65534} {incr n} {
        append text "host$n:10.9.[expr {$n >> 8}].[expr {$n & 255}]:[format 0200c0ff%04x $n]:::node number $n of the large subnet\n"
    }
    return $text
}

# When the editor was drawn with all of its rows, by the clock.
proc wait_for_opened {} {
    until 60000 {[regexp {opened \S+ (\d+)} [contents $::gaps_path] - at]} "opened"
    return $at
}

# {WHAT {TIMER IDLE RAN} …} of one run, and `opens`: from before Return is pressed until all is drawn.
proc subnet_gaps {} {
    screen 1280x900
    set d [ipadmd -files [list Subnet_9.sdb [large_subnet]]]
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [ipadm $d]
    unset ::env(OPDESK_GAPS)
    gaps_settle
    keys ctrl+f
    typed "All of"
    gaps_settle
    set found {}
    foreach {what script} {
        opens {
            set start [clock microseconds]
            xd key Return
            dict set found open [expr {([wait_for_opened] - $start) / 1000.0}]
        }
        rest {focus_on [lindex [windows {Subnet 9.*}] 0]; gaps_settle}
        scrolls {keys Next Next Next Next End Prior Prior Home Next Next}
        filters {keys ctrl+f; typed "host 77"; gaps_settle; keys Escape; gaps_settle}
        sorts {xd mousemove --window [lindex [windows {Subnet 9.*}] 0] 230 222 click 1; gaps_settle}
        edits {keys F6 F6 F6 F6 F2; typed x; keys Return; gaps_settle; gaps_settle}
        undoes {keys ctrl+z; gaps_settle; gaps_settle}
        updates {keys F2; typed y; keys Return ctrl+s; windows_are 1 Update; gaps_settle; gaps_settle}
    } {
        dict set found $what [gaps_of $script]
        if {[info exists ::env(SHOTS)]} { shot large-$what }
    }
    equal [$desk err] ""
    return $found
}

test subnets {
    need Xvfb openbox xdotool
    set runs {}
    for {set run 0} {$run < $::slow_runs} {incr run} {
        lappend runs [subnet_gaps]
        harness::Cleanup
    }
    figure "opens, from Return" ms [lmap run $runs {dict get $run open}] "" "" [list <= 1000]
    foreach what {opens rest scrolls filters sorts edits undoes updates} {
        figure "$what: timer" ms [lmap run $runs {lindex [dict get $run $what] 0}] "" "" [list <= 50]
        figure "  drawing" ms [lmap run $runs {lindex [dict get $run $what] 1}] "" "" [list <= 50]
        figure "  processor" ms [lmap run $runs {lindex [dict get $run $what] 2}]  "" "" [list <= 50]
    }
}
