# SPDX-License-Identifier: ISC
# Promise: the two services on UNIX sockets, a stream and datagrams, answer their clients and nobody's
# mistakes end them.
source [file join [file dirname [info script]] examples.tcl]

proc service {name path} {
    set job [Job new [example $name] $path]
    says $job {^listening unix:}
    return $job
}

test wrap_fills_what_it_is_sent {
    set server [service wrapd [tmp w]]
    set text "The quick brown fox jumps over the lazy dog.\n\nA second paragraph here.\n"
    equal [dict get [run -in $text [example wrap] [tmp w]] out] \
        "The quick brown fox jumps over\nthe lazy dog.\n\nA second paragraph here.\n"
    equal [dict get [run -in "" [example wrap] [tmp w]] out] ""
}

test wrap_of_a_large_text_is_whole {
    set server [service wrapd [tmp w2]]
    set text [string repeat "word and another " 200000]
    set r [run -in $text [example wrap] [tmp w2]]
    equal [dict get $r status] 0
    equal [string map {\n " "} [dict get $r out]] $text
}

test wrap_of_too_much_says_so {
    set server [service wrapd [tmp w3]]
    set r [run -in [string repeat "0123456 " 2200000] [example wrap] [tmp w3]]
    check {[dict get $r status] == 1 || [string match *longer* [dict get $r out]]} $r
    equal [dict get [run -in "still there" [example wrap] [tmp w3]] out] "still there\n"
}

test localtime_answers_and_leaves_no_file {
    set server [service localtimed [tmp l]]
    set r [run [example localtime] -s [tmp l] UTC Asia/Tokyo]
    equal [llength [split [string trim [dict get $r out]] \n]] 2
    matches [dict get $r out] {^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n}
    matches [dict get [run [example localtime] -s [tmp l]] out] {\d\d:\d\d:\d\d}
    matches [dict get [run [example localtime] -s [tmp l] ../../etc/passwd] out] {not the name of a time zone}
    matches [dict get [run [example localtime] -s [tmp l] Mars/Olympus] out] {unknown time zone}
    matches [dict get [run [example localtime] -s [tmp l] [string repeat x 300]] out] {longer than 128 bytes}
    until 5000 {[regexp "for $::tcl_platform(user) " [$server err]]} {[$server err]}
    $server signal TERM
    equal [$server wait] 0
    check {![file exists [tmp l]]}
}

test localtime_reports_a_silent_server {
    set server [service localtimed [tmp s]]
    $server signal STOP
    set client [Job new [example localtime] -s [tmp s] UTC]
    equal [$client wait] 1
    matches [$client err] {no answer in 5 seconds}
    $server signal CONT
    matches [dict get [run [example localtime] -s [tmp s] UTC] out] {\d\d:\d\d:\d\d}
}

finish
