# SPDX-License-Identifier: ISC
# Promise: with 10,000 questions the main window stays alive: filter, order, selection and history never
# hold the loop for long.  The bounds are generous, for slow machines and sanitizers, and those of what the
# desk itself ran, whatever runs beside it; the figures are printed.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] gaps.tcl]

variable bound_ms 300

proc bounded {what gaps} {
    lassign $gaps timer idle ran
    puts "     $what: longest gap $timer ms, until drawn $idle ms, itself running $ran ms"
    check {$ran < $::bound_ms && $timer < 3000} "$what: $gaps"
}

# Nothing is being put in any more.
proc gaps_quiet {} {
    set gaps [gaps_of {}]
    # what it ran itself: a timer is late on a busy machine, too
    return [expr {[lindex $gaps 2] < 12}]
}

# 10,000 questions; the snapshot brings `first` of them, and changes the rest until it is complete.
proc crowded {first} {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Operated new]
    set bytes ""
    for {set n 0} {$n < 10000} {incr n} {
        set id [uuid]
        $fake quietly $id title "question $n" text "Change the disk in bay $n, then press Ok" \
            severity [lindex {info warning critical} [expr {$n % 3}]] ring_in_ms 3600000
        if {$n < $first} {
            lappend page $id
        } else {
            append bytes [$fake frame_of_change $id]
        }
    }
    if {$first < 10000} {
        $fake part $page
    }
    set desk [view_of $fake]
    bounded "10,000 questions arrive in parts" [gaps_of {
        $fake raw $bytes
        $fake notify 7 alert.complete {map {}}
        until 60000 {[windows {opdesk \(10000\)}] ne ""} "all are counted"
    }]
    until 60000 {[gaps_quiet]} "at rest"
    return [list $fake $desk]
}

test list_of_ten_thousand {
    lassign [crowded 200] fake desk
    bounded filter [gaps_of {
        keys ctrl+f
        xd type --delay 60 "bay 77"
        shot gaps-filter
        keys Escape
    }]
    bounded order [gaps_of { keys Down ctrl+4 ctrl+4 ctrl+3 ctrl+5 ctrl+1 ctrl+2 }]
    bounded "moving about" [gaps_of { keys End Home Next Next shift+End ctrl+a Home }]
    bounded "select all and claim nothing" [gaps_of { keys ctrl+a alt+o Escape Home }]
    check {[memory_of [$desk pid] VmRSS] < 700000}
    equal [$desk err] ""
}

test history_of_many_pages {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Operated new]
    for {set seq 5000} {$seq > 0} {incr seq -1} {
        lappend past [closed $seq]
    }
    $fake past $past
    set desk [view_of $fake]
    keys ctrl+h
    until 10000 {[llength [$fake calls alert.history]]} "searched"
    bounded "history scrolled" [gaps_of {
        until 120000 {[xd key --delay 10 End End End; llength [$fake calls alert.history]] >= 10} "scrolled"
    }]
    equal [$desk err] ""
}

finish
