# SPDX-License-Identifier: ISC
# Somebody at work in another program while questions come.

# A window to type into, and what has been typed there.
proc typist {} {
    set f [tmp typist.tcl]
    write $f {
        wm title . typist
        pack [text .t -width 40 -height 6]
        focus .t
        bind .t <KeyRelease> {set o [open $argv w]; puts -nonewline $o [.t get 1.0 end-1c]; close $o}
    }
    set job [Job new [auto_execok wish8.6] $f [tmp typed]]
    set id [lindex [windows_are 1 typist] 0]
    focus_on $id
    return $job
}
# Type words until the condition holds and a few more: every key must have arrived.
proc typing_until {condition} {
    set text ""
    set more 4
    until 30000 {[
        xd type --delay 8 "the quick fox "
        append text "the quick fox "
        uplevel 1 [list expr $condition]
    ] && [incr more -1] < 0} "while typing"
    until 5000 {[contents [tmp typed]] eq $text} {all keys arrived: [contents [tmp typed]]}
}
