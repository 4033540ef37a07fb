# SPDX-License-Identifier: ISC
# Promise: an upgrade in place (USR2) is not noticed by who has asked: framed or with one line.
source [file join [file dirname [info script]] .. harness.tcl]

test questions_survive_a_new_program {
    set d [daemon]
    set job [ask $d "Change the disk"]
    set line [Peer new [$d tcp]]
    $line send "Insert the tape\n"
    set alerts [pending_is $d 2]
    $d job
    foreach round {1 2} {
        [$d job] signal USR2
        until 10000 {[llength [regexp -all -inline -line {^ready$} [[$d job] out]]] == $round + 1}
        set again [pending_is $d 2]
        equal [lsort [lmap a $again {dict get $a id}]] [lsort [lmap a $alerts {dict get $a id}]]
    }
    check {![$job ended] && ![$line closed]}
    foreach alert $alerts {
        equal [dict get [q $d answer [dict get $alert id] ok] status] 0
    }
    $job wait
    equal [$job status] 0
    equal [$job out] "Ok\n"
    until 5000 {[$line closed]}
    equal [$line received] "Ok\n"
    equal [$d stop] 0
}

finish
