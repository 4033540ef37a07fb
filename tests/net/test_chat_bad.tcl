# SPDX-License-Identifier: ISC
# Promise: on a network that loses, doubles, delays and turns round what it carries, one comes into the chat and into
# its channel all the same, is there once, and a list that lost something says so or is whole.
source [file join [file dirname [info script]] net.tcl]

test "in the channel by way of a bad relay; a list is whole, or says what it lacks" {
    set d [opchatd]
    set tom [chatter [$d at] tom -c duty]
    set relay [relay [lindex [split [$d at] :] 1] drop=20 double=20 delay=20 delay-max=80 reorder=20 seed=7]
    set lena [Job new -pipe 1 [bin opchat] -n lena -c duty 127.0.0.1:$relay]
    until 30000 {[regexp {you are in duty \(2\)} [$lena out]]} {[$lena describe]}
    hears $tom "* lena came into duty"
    equal [regexp -all {lena came into duty} [$tom out]] 1
    for {set n 1} {$n <= 4} {incr n} {
        types $lena /users
        until 20000 {[regexp -all -line {^\* \d+ users?} [$lena out]] == $n
            || [regexp -all {the server does not answer} [$lena out]]} [$lena describe]
    }
    foreach {line count rest} [regexp -all -inline -line {^\* (\d+) users?(.*)$} [$lena out]] {
        check {$count == 2 || ($count < 2 && [regexp {got lost|does not tell} $rest])} $line
    }
    types $tom "and who hears this?"
    hears $tom {[duty] tom: and who hears this?}
    # one of a few comes through
    for {set n 1} {$n <= 20 && ![regexp {\[duty\] lena: line} [$tom out]]} {incr n} {
        types $lena "line $n"
        catch {until 1000 {[regexp {\[duty\] lena: line} [$tom out]]}}
    }
    matches [$tom out] {\[duty\] lena: line}
}

finish
