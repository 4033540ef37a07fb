# SPDX-License-Identifier: ISC
# Promise: a question that comes takes nothing from what somebody is doing: neither a menu that is open, nor
# a mouse button that is held, nor the desktop that is looked at, here or in another program.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] typist.tcl]

proc question_comes {fake args} {
    set n [llength [windows {mediachanged.*}]]
    $fake alert [uuid] {*}$args
    windows_are [incr n] {mediachanged.*}
    # it has had its time to do harm
    stays 300 {1}
}

# Another program with a menu and a text; it keeps a line for each thing that happens to it.
proc program {} {
    write [tmp program.tcl] {
        wm title . program
        wm geometry . 500x300+30+40
        proc log {what} { set o [open $::argv a]; puts $o $what; close $o }
        menu .m -tearoff 0
        .m add command -label One -command {log one}
        .m add command -label Two -command {log two}
        text .t
        pack .t -fill both -expand 1
        .t insert end [string repeat "abcdefghij klmnopqrst uvwxyz\n" 20]
        bind .t <F2> {tk_popup .m [expr {[winfo rootx .] + 20}] [expr {[winfo rooty .] + 20}]; break}
        bind .m <<MenuSelect>> {log "at [%W index active]"}
        bind .t <ButtonRelease-1> {after idle {log "selected [string length [.t get sel.first sel.last]]"}}
        focus -force .t
    }
    file delete [tmp happened]
    set job [Job new [auto_execok wish8.6] [tmp program.tcl] [tmp happened]]
    focus_on [lindex [windows_are 1 program] 0]
    return $job
}
proc happened {pattern} {
    until 10000 {[string match $pattern [contents [tmp happened]]]} {$pattern: [contents [tmp happened]]}
}

test open_menu_of_another_program_stays_open {
    lassign [with_view] fake desk
    program
    opens {xd key F2}
    xd key Down
    happened "*at 0\n"
    question_comes $fake
    xd key Down
    happened "*at 1\n"
    xd key Return
    happened "*two*"
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test open_menu_of_the_desk_stays_open {
    lassign [with_view] fake desk
    listed $fake one
    keys Home
    opens {keys shift+F10}
    question_comes $fake title other
    # Ok is the first line of the menu: the question that was chosen gets it, in its own place
    xd key Down Return
    until 10000 {[llength [$fake calls alert.answer]]} "the answer"
    stays 300 {[llength [$fake calls alert.answer]] == 1}
    check {[lindex [called $fake alert.answer 1] 0] eq [dict get [lindex [$fake calls alert.show] 0 2] id]}
    equal [$desk err] ""
}

test button_that_is_held_selects_on {
    lassign [with_view] fake desk
    program
    xd mousemove 40 70 mousedown 1 mousemove 60 90
    question_comes $fake
    # its window is under the pointer now, on the way, and where the button is let go
    lassign [place_of [lindex [windows mediachanged] 0]] x y width height
    foreach part {0.3 0.6 0.9} {
        xd mousemove [expr {round($x + $part * $width)}] [expr {round($y + $part * $height)}]
    }
    xd mousemove 300 200 mouseup 1
    happened "*selected *"
    check {[regexp {selected (\d+)} [contents [tmp happened]] - n] && $n > 100} [contents [tmp happened]]
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test entry_of_another_program_keeps_its_keys_with_critical_ones_too {
    lassign [with_view 1600x1000 96 --max-windows 3] fake desk
    typist
    set n 0
    typing_until {[if {[incr n] % 3 == 1} {$fake alert [uuid] title "number $n" severity critical}
        llength [windows {mediachanged: .*}]] == 3}
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test desktop_that_is_looked_at_stays {
    lassign [with_view 1600x1000 96 --max-windows 3] fake desk
    xd set_num_desktops 2
    until 5000 {[xd get_num_desktops] == 2} "two desktops"
    xd set_desktop 1
    typist
    set window [focused]
    foreach severity {warning critical} {
        question_comes $fake severity $severity
        equal [xd get_desktop] 1
        equal [focused] $window
    }
    xd type "still here"
    until 5000 {[contents [tmp typed]] eq "still here"} {the keys: [contents [tmp typed]]}
    # where somebody looks the question is seen; the main window stays where it is
    xd set_desktop 0
    main_window
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test key_that_is_held_presses_nothing {
    # it repeats while the question comes up and gets the keyboard by a click into it
    need xset
    lassign [with_view] fake desk
    run xset r on
    at_end {run xset r off}
    typist
    xd keydown Return
    question_comes $fake
    lassign [place_of [lindex [windows mediachanged] 0]] x y width height
    xd mousemove [expr {$x + $width / 2}] [expr {$y + 8}] click 1
    stays 700 {[$fake calls alert.answer] eq ""}
    xd keyup Return
    equal [$desk err] ""
}

finish
