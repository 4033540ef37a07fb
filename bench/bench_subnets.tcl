# SPDX-License-Identifier: ISC
# A subnet of 65,532 nodes in the editor: from Return to the rows on the screen, and how long the desk's loop
# is away while it opens, is scrolled, filtered, sorted and edited (tcl/app/gaps.tcl).
source $here/../tests/gui/subnet.tcl
source $here/../tests/gui/gaps.tcl

proc large_subnet {} {
    set text "Title = Subnet 9, All of it\nDomain = Pilots.Example.Org\nBase_IP = 10.9.0.0\nSubnet_Mask = 255.255.0.0\nGateway = 10.9.255.254\n__NODES__\n"
    for {set n 1} {$n < 65534} {incr n} {
        append text "host$n:10.9.[expr {$n >> 8}].[expr {$n & 255}]:[format 0200c0ff%04x $n]:::node number $n of the large subnet\n"
    }
    return $text
}

# {WHAT MS TIMER IDLE RAN …} of one run.
proc subnet_gaps {} {
    screen 1280x900
    set d [ipadmd -files [list Subnet_9.sdb [large_subnet]]]
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [ipadm $d]
    unset ::env(OPDESK_GAPS)
    gaps_settle
    set found {}
    keys ctrl+f
    typed "All of"
    gaps_settle
    foreach {what script} {
        opens {keys Return; windows_are 1 {Subnet 9, All of it.*}}
        rest {focus_on [lindex [windows {Subnet 9.*}] 0]; gaps_settle}
        scrolls {keys Next Next Next Next End Prior Prior Home Next Next}
        filters {keys ctrl+f; typed "host 77"; gaps_settle; keys Escape; gaps_settle}
        sorts {xd mousemove --window [lindex [windows {Subnet 9.*}] 0] 230 222 click 1; gaps_settle}
        edits {keys F6 F6 F6 F6 F2; typed x; keys Return; gaps_settle; gaps_settle}
        undoes {keys ctrl+z; gaps_settle; gaps_settle}
    } {
        set start [clock milliseconds]
        set gaps [gaps_of $script]
        lappend found $what [expr {[clock milliseconds] - $start}] {*}$gaps
        if {[info exists ::env(SHOTS)]} { shot large-$what }
    }
    puts [$desk err]
    return $found
}

test subnets {
    need Xvfb openbox xdotool
    set runs {}
    for {set run 0} {$run < 3} {incr run} {
        lappend runs [subnet_gaps]
        harness::Cleanup
    }
    foreach at {0 5 10 15 20 25 30} {
        figure "[lindex [lindex $runs 0] $at]: timer" ms [lmap run $runs {lindex $run $at+2}] "" "" [list <= 50]
        figure "  drawing" ms [lmap run $runs {lindex $run $at+3}] "" "" [list <= 50]
    }
}
