# SPDX-License-Identifier: ISC
# Promise: the one-line protocol: one line in, the label and a newline out, and no other byte before;
# what is no line is refused with one line in the log and no answer.
source [file join [file dirname [info script]] .. harness.tcl]

proc answer_the_only_one {d label} {
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get [q $d answer [dict get $alert id] $label] status] 0
    return $alert
}

foreach {name bytes} {lf "question\n" crlf "question\r\n"} {
    test ${name}_ends_the_line [string map [list @ $bytes] {
        set d [daemon]
        set peer [Peer new [$d tcp]]
        $peer send "@"
        equal [dict get [answer_the_only_one $d Ok] text] question
        until 5000 {[$peer closed]}
        equal [$peer received] "Ok\n"
    }]
}

test cancel_is_cancel {
    set d [daemon]
    set peer [Peer new [$d unix]]
    $peer send "question\n"
    set alert [answer_the_only_one $d Cancel]
    matches [dict get $alert from] {local}
    until 5000 {[$peer closed]}
    equal [$peer received] "Cancel\n"
}

test client_line_option_speaks_it {
    set d [daemon]
    set job [Job new [bin mediachangec] --line -s [$d tcp] "question"]
    answer_the_only_one $d Cancel
    equal [$job wait] 1
    equal [$job out] "Cancel\n"
}

# So soon after the line that its end could be that of `nc -N`, which waits on.
test client_line_option_leaves_no_question_when_it_gives_up {
    set d [daemon]
    set r [run [bin mediachangec] --line -s [$d tcp] --timeout 300ms "a line"]
    equal [dict get $r status] 3
    pending_is $d 0 3000
    set tool [Peer new [$d unix] tool]
    equal [dict get [lindex [dict get [$tool call alert.history] alerts] 0] state] withdrawn
}

test bytes_one_at_a_time_are_a_line {
    set d [daemon]
    set peer [Peer new [$d tcp]]
    foreach byte [split "Insert volume 2, gr\u00c3\u00bc\u00c3\u009fe\n" ""] {
        $peer send $byte
        harness::Turn 2
    }
    equal [dict get [answer_the_only_one $d Ok] text] "Insert volume 2, gr\u00fc\u00dfe"
    until 5000 {[$peer closed]}
    equal [$peer received] "Ok\n"
}

test longest_line_is_accepted_and_one_more_byte_is_not {
    set d [daemon]
    set fits [Peer new [$d tcp]]
    $fits send "[string repeat x 8190]\n"
    pending_is $d 1
    set over [Peer new [$d tcp]]
    $over send "[string repeat x 8193]\n"
    until 5000 {[$over closed]}
    equal [$over received] ""
    equal [llength [pending $d]] 1
}

foreach {name bytes} {
    empty_line "\n"
    empty_crlf "\r\n"
    nul "a\0b\n"
    bad_utf8 "a\xff\xfe\n"
    cut_utf8 "a\xc3\n"
    http_get "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    http_post "POST /x HTTP/1.0\r\n\r\n"
    tls_hello "\x16\x03\x01\x00\x10aaaaaaaaaaaaaaaa"
    endless "LONG"
} {
    test ${name}_is_refused_and_logged_once [list apply [list {bytes name} {
        set d [daemon]
        if {$bytes eq "LONG"} {
            set bytes [string repeat "no end " 3000]
        }
        set before [$d log]
        set peer [Peer new [$d tcp]]
        $peer send $bytes
        until 5000 {[$peer closed]} $name
        equal [$peer received] "" $name
        equal [pending $d] {} $name
        set new [string range [$d log] [string length $before] end]
        set about [regexp -all -inline -line {^.*127\.0\.0\.1.*(?:warn|notice|refused|closed).*$|^.*(?:warn|notice).*127\.0\.0\.1.*$} $new]
        equal [llength $about] 1 "log lines about $name: $new"
        # and the next one is served
        set next [Peer new [$d tcp]]
        $next send "question\n"
        answer_the_only_one $d Ok
        until 5000 {[$next closed]}
        equal [$next received] "Ok\n"
    }] $bytes $name]
}

test connection_without_a_byte_is_no_question_and_not_logged {
    set d [daemon]
    set before [$d log]
    set peer [Peer new [$d tcp]]
    $peer close
    equal [pending $d] {}
    set again [Peer new [$d tcp]]
    $again send "question\n"
    answer_the_only_one $d Ok
    until 5000 {[$again closed]}
    check {![regexp {warn|error} [string range [$d log] [string length $before] end]]}
}

test silent_peer_is_closed {
    set d [daemon -conf {first_byte = "200ms"}]
    set peer [Peer new [$d tcp]]
    until 5000 {[$peer closed]}
    equal [$peer received] ""
    equal [pending $d] {}
}

test one_byte_now_and_then_does_not_hold_a_place_for_ever {
    set d [daemon -conf {hello = "500ms"}]
    set peer [Peer new [$d tcp]]
    set began [clock milliseconds]
    until 10000 {[$peer closed] || [$peer send x]}
    until 1000 {[$peer closed]}
    check {[clock milliseconds] - $began < 5000}
    equal [pending $d] {}
}

# One call at a time leaves no room for the question behind its hello.
test question_that_is_refused_before_the_engine_sees_it_is_closed {
    set d [daemon -conf {max_calls = 1}]
    set peer [Peer new [$d tcp]]
    $peer send "question\n"
    until 5000 {[$peer closed]}
    equal [$peer received] ""
    equal [$d logged {closed without an answer: too many calls}] 1
}

finish
