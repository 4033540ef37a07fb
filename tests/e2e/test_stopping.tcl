# SPDX-License-Identifier: ISC
# Promise: SIGTERM ends the daemon within 5 s with status 0, whoever is connected.  One-line questions
# are withdrawn, framed askers hear it and come back, nothing that was accepted is lost.
source [file join [file dirname [info script]] .. harness.tcl]

test term_with_nobody_there_is_0 {
    set d [daemon]
    set began [clock milliseconds]
    equal [$d stop] 0
    check {[clock milliseconds] - $began < 5000}
}

test term_with_waiting_clients {
    set d [daemon]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    set framed [ask $d "framed"]
    set line [Peer new [$d tcp]]
    $line send "one line\n"
    set begun [Peer new [$d tcp]]
    $begun send "a line that never"
    set mute [Peer new [$d tcp]]
    pending_is $d 2
    set began [clock milliseconds]
    equal [$d stop] 0
    check {[clock milliseconds] - $began < 6000}
    until 5000 {[$line closed] && [$mute closed] && [$begun closed] && [$desk closed]}
    equal [$line received] "" "a one-line client gets no answer"
    check {[lsearch -index 0 [$desk notes] server.closing] >= 0}
    check {![$framed ended]}

    $d start
    set left [pending_is $d 1]
    equal [dict get [lindex $left 0] text] framed
    set tool [Peer new [$d unix] tool]
    set closed [lindex [dict get [$tool call alert.history text "one line"] alerts] 0]
    equal [dict get $closed state] withdrawn
    matches [dict get $closed reason] {daemon stopped}
    q $d answer [dict get [lindex $left 0] id] Ok
    equal [$framed wait] 0
}

test second_term_ends_it_at_once {
    set d [daemon]
    set jobs [list [ask $d one] [ask $d two]]
    pending_is $d 2
    [$d job] signal TERM
    [$d job] signal TERM
    check {[[$d job] wait 3000] ne ""}
}

test questions_on_the_way_are_kept_or_asked_again {
    set d [daemon]
    set jobs {}
    for {set i 0} {$i < 20} {incr i} {
        lappend jobs [ask $d "question $i"]
    }
    equal [$d stop] 0
    $d start
    pending_is $d 20 30000
    set desk [Desk new [$d unix]]
    foreach job $jobs {
        equal [$job wait] 0 [$job err]
    }
}

finish
