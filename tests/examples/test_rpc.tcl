# SPDX-License-Identifier: ISC
# Promise: the RPC server and client that docs/msg.md shows are these programs, under 60 lines each,
# and they do what it says.
source [file join [file dirname [info script]] examples.tcl]
set top [file join [file dirname [info script]] .. ..]

test the_programs_in_the_documentation_are_these {
    set text [contents [file join $::top docs msg.md]]
    foreach name {rpcd rpc} {
        set lines [lrange [split [string trimright [contents [file join $::top examples rpc $name.c]]] \n] 1 end]
        set shown "```c\n[join $lines \n]\n```\n"
        check {[string first $shown $text] >= 0} "docs/msg.md: $name.c differs"
        check {[llength $lines] < 60} "$name.c: [llength $lines] lines"
    }
}

test calls_in_both_directions_errors_and_cancelling {
    set server [Job new [example rpcd] unix:[tmp s]]
    until 15000 {[dict get [run [example rpc] unix:[tmp s] 1 1] status] == 0} {[$server describe]}
    equal [must [example rpc] unix:[tmp s] 17 5] "\[3, 2\]\nforever: cancelled\n\"Ada\""
    matches [must [example rpc] unix:[tmp s] 17 0] {^error: a and b: whole numbers, b above 0\nforever: cancelled\n"Ada"}
    matches [dict get [run [example rpc] 127.0.0.1:1 1 1] err] {^rpc: connection refused}
    matches [dict get [run [example rpcd] unix:[tmp s]] err] {^rpcd: }
}

finish
