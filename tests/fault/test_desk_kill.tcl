# SPDX-License-Identifier: ISC
# Promise: a desk, its helper and the screen under them may die at any moment: the question stays, a
# helper is restarted by its desk, and a new desk shows everything that waits.
source [file join [file dirname [info script]] .. harness.tcl]
need Xvfb openbox xdotool

proc screen {} {
    set x [Job new Xvfb -displayfd 1 -screen 0 1280x900x24 -nolisten tcp]
    until 10000 {[regexp {^(\d+)\n} [$x out] - number]}
    set ::env(DISPLAY) :$number
    Job new openbox --sm-disable
    return $x
}

# Titles of the windows on the screen.
proc windows {} {
    set titles {}
    foreach id [split [dict get [run xdotool search --onlyvisible --name .] out] \n] {
        if {$id ne ""} {
            lappend titles [string trim [dict get [run xdotool getwindowname $id] out]]
        }
    }
    return $titles
}

proc desk {d} {
    set desk [Job new [bin opdesk] -s [$d unix]]
    set tool [Peer new [$d unix] tool]
    until 20000 {[$desk ended] || [dict get [$tool call alert.stats] desks] == 1}
    check {![$desk ended]} [$desk err]
    $tool destroy
    return $desk
}

proc desks_are {d n} {
    set tool [Peer new [$d unix] tool]
    until 20000 {[dict get [$tool call alert.desks] desks] == $n} "$n desks"
    $tool destroy
}

test helper_killed_again_and_again_is_restarted {
    set x [screen]
    set d [daemon]
    set desk [desk $d]
    foreach round {1 2 3} {
        set job [ask $d "question $round"]
        set id [dict get [lindex [pending_is $d 1] 0] id]
        until 10000 {[lsearch -glob [windows] *mediachanged*] >= 0} {a window: [windows]}
        set helper [children_of [$desk pid]]
        check {$helper ne ""}
        catch {exec kill -KILL {*}$helper}
        until 15000 {[set new [children_of [$desk pid]]] ne "" && $new ne $helper}
        desks_are $d 1
        q $d answer $id Ok
        equal [$job wait] 0
        until 10000 {[lsearch -glob [windows] *mediachanged*] < 0} {no window: [windows]}
    }
    check {![$desk ended]}
}

test desk_killed_leaves_the_question_and_the_next_desk_shows_it {
    set x [screen]
    set d [daemon]
    foreach round {1 2 3} {
        set job [ask $d "question $round"]
        set id [dict get [lindex [pending_is $d 1] 0] id]
        set desk [desk $d]
        until 10000 {[lsearch -glob [windows] *mediachanged*] >= 0}
        set helper [children_of [$desk pid]]
        $desk signal KILL
        $desk wait
        desks_are $d 0
        until 5000 {![running [lindex $helper 0]]} "the helper ends with its desk"
        set second [desk $d]
        until 10000 {[lsearch -glob [windows] *mediachanged*] >= 0}
        q $d answer $id Cancel
        equal [$job wait] 1
        $second signal TERM
        $second wait
        desks_are $d 0
    }
}

test screen_that_dies_loses_nothing {
    set x [screen]
    set d [daemon]
    set job [ask $d "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set desk [desk $d]
    until 10000 {[lsearch -glob [windows] *mediachanged*] >= 0}
    $x signal KILL
    $x wait
    $desk wait
    desks_are $d 0
    equal [dict get [lindex [pending $d] 0] id] $id
    set y [screen]
    set desk [desk $d]
    until 10000 {[lsearch -glob [windows] *mediachanged*] >= 0}
    q $d answer $id Ok
    equal [$job wait] 0
}

finish
