# SPDX-License-Identifier: ISC
# Promise: the example daemon of docs/server.md works as it is printed there, under each personality.
source [file join [file dirname [info script]] common.tcl]

proc chat {} {
    write [tmp chat.conf] [with_personality ""]
    set job [Job new $::harness::bin/../examples/chat -f -c [tmp chat.conf] --state [tmp state] \
        --listen tcp:127.0.0.1:0]
    until 10000 {[$job ended] || [regexp {ready} [$job out]]}
    regexp {listening (\S+)} [$job out] - at
    return [list $job $at]
}

proc says {peer text} {
    until 5000 {[string first $text [$peer received]] >= 0} $text
}

proc arrivals {peer} {
    return [regexp -all {is here} [$peer received]]
}

test what_one_says_all_read {
    lassign [chat] job at
    set who {localhost (127.0.0.1)}
    set one [Peer new $at]
    says $one "* $who is here\n"
    set two [Peer new $at]
    says $two "* $who is here\n"
    $one send "hello\r\n"
    says $one "<$who> hello\n"
    says $two "<$who> hello\n"
    $two send "good "
    $two send "day\nand more\n"
    says $one "<$who> good day\n<$who> and more\n"
    $two send "red \x1b\[31m\n"
    says $one "<$who> red "
    check {[string first "\x1b" [$one received]] < 0}
    $two close
    says $one "* $who has left\n"
    set bad [Peer new $at]
    $bad send "\xff\xfe\n"
    until 5000 {[$bad closed]}
    set long [Peer new $at]
    $long send [string repeat x 9000]
    until 5000 {[$long closed]}
    check {![$one closed]}
    $job signal TERM
    $job wait
    equal [$job status] 0
}

test engine_killed_they_talk_on {
    lassign [chat] job at
    set one [Peer new $at]
    says $one "is here"
    set two [Peer new $at]
    until 5000 {[arrivals $one] == 2 && [arrivals $two] == 1}
    foreach pid [tree_of [$job pid]] {
        if {[string match *engine* [contents /proc/$pid/comm]]} {
            exec kill -KILL $pid
        }
    }
    until 5000 {[arrivals $one] >= 3 && [arrivals $two] >= 2} "both are back"
    $two send "still there?\n"
    says $one "still there?\n"
}

# What docs/server.md shows is the file.
test printed_as_it_is {
    set doc [contents [file dirname [info script]]/../../docs/server.md]
    set source [contents [file dirname [info script]]/../../examples/chat/chat.c]
    regexp {static void __attribute__.*} $source body
    set shown [join [lmap line [split [string trimright $body] \n] {
        expr {$line eq "" ? "" : "    $line"}}] \n]
    check {[string first $shown $doc] >= 0}
    check {[llength [split $source \n]] <= 64}
}

finish
