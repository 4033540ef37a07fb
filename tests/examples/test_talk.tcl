# SPDX-License-Identifier: ISC
# Promise: two people talk over the message toolkit, and neither can write on the other's terminal
# anything but text.
source [file join [file dirname [info script]] examples.tcl]

proc speaker {args} {
    return [Job new -pipe 1 [example talk] {*}$args]
}

test two_terminals_talk {
    set a [speaker -l 127.0.0.1:0]
    set where [says $a {^listening (.*)$}]
    set b [speaker $where]
    says $a {^talking$}
    says $b {^talking$}
    puts [$b chan] "Hello, is the tape in?"
    says $a {^> Hello, is the tape in\?$}
    puts -nonewline [$a chan] [encoding convertto utf-8 "It is.\nÅse says \x1b\[2J hi\n"]
    says $b {^> It is\.$}
    says $b {^> Åse says \\x1b\[2J hi$}
    set late [run [example talk] $where]
    equal [dict get $late status] 1
    puts -nonewline [$b chan] "unfinished"
    chan close [$b chan] write
    says $a {^> unfinished$}
    equal [$a wait] 0 [$a describe]
    equal [$b wait] 0 [$b describe]
}

test usage_and_nobody_there {
    matches [must [example talk] --help] {usage: talk ENDPOINT}
    equal [dict get [run [example talk]] status] 64
    set r [run [example talk] unix:[tmp none]]
    equal [dict get $r status] 1
    matches [dict get $r err] {^talk: no such file}
}

finish
