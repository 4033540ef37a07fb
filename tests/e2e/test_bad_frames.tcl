# SPDX-License-Identifier: ISC
# Promise: whatever a framed client sends, it gets a clear error or is closed with a line in the log;
# others are served meanwhile and no question is harmed.
source [file join [file dirname [info script]] .. harness.tcl]

# What the log says of the peer's fault: one line, with its address.
proc is_told_once {d what} {
    until 5000 {[$d logged {notice: .*\(127\.0\.0\.1\): }] == 1} "one line in the log"
    equal [$d logged "\\(127\\.0\\.0\\.1\\): $what"] 1
}

# After bad input on `peer`: others are served.
proc still_serves {d} {
    set desk [Desk new [$d unix]]
    set r [run [bin mediachangec] -s [$d tcp] "still there?"]
    $desk destroy
    equal [dict get $r out] "Ok\n" "another client is served"
    equal [$d logged {(?i)sanitizer|runtime error|assert}] 0
}

foreach {name bytes said} {
    zero_length "\0\0\0\0" "a message of 0 bytes"
    oversized "\0\xff\xff\xff" "a message of 16777215 bytes"
    one_past_the_limit "\0\x10\0\1" "a message of 1048577 bytes"
    no_messagepack "\0\0\0\4\xc1\xc1\xc1\xc1" "not an RPC message"
    not_an_array "\0\0\0\1\x05" "not an RPC message"
    huge_array "\0\0\0\5\xdd\xff\xff\xff\xff" "not an RPC message"
    huge_map "\0\0\0\5\xdf\x7f\xff\xff\xff" "not an RPC message"
    huge_string "\0\0\0\5\xdb\xff\xff\xff\xff" "not an RPC message"
    ext_type "\0\0\0\3\xd4\1\2" "not an RPC message"
    left_over "\0\0\0\2\x90\x90" "not an RPC message"
    empty_array "\0\0\0\1\x90" "not an RPC message"
    unknown_type "\0\0\0\5\x94\x07\1\2\3" "not an RPC message"
    msgid_negative "\0\0\0\x09\x94\0\xff\xa4ping\x90" "not an RPC message"
    method_not_text "\0\0\0\5\x94\0\1\2\x90" "not an RPC message"
} {
    test ${name}_ends_the_connection [list apply [list {bytes said} {
        set d [daemon]
        set peer [Peer new [$d tcp]]
        $peer send $bytes
        until 5000 {[$peer closed]}
        # it hears why, as far as it can be reached
        matches [$peer received] "server.closing.*$said"
        is_told_once $d "closed: $said"
        still_serves $d
    }] $bytes $said]
}

test deep_nesting_is_refused {
    set d [daemon]
    set peer [Peer new [$d tcp] asker]
    set bytes [string repeat \x91 5000]\x90
    $peer frame $bytes
    until 5000 {[$peer closed]}
    still_serves $d
}

test truncated_frame_then_end_is_no_harm {
    set d [daemon]
    set peer [Peer new [$d tcp] asker]
    $peer send "\0\0\1\0half a frame"
    $peer close
    is_told_once $d "left inside a message: 16 bytes"
    still_serves $d
}

test frame_that_never_ends_is_closed {
    set d [daemon -conf {stall = "300ms"}]
    set peer [Peer new [$d tcp] asker]
    $peer send "\0\0\1\0half a frame"
    until 8000 {[$peer closed]}
    is_told_once $d "closed: stalled inside a message"
    still_serves $d
}

test hello_must_come_in_time_and_first {
    set d [daemon -conf {hello = "300ms"}]
    set slow [Peer new [$d tcp]]
    $slow send "\0"
    until 8000 {[$slow closed]}
    set peer [Peer new [$d tcp]]
    equal [fails {$peer call alert.ask id [uuid] text x}] bad_request
    equal [pending $d] {}
}

# The relay answers it: what follows it must not look like the fault of the worker.
test unknown_role_is_refused_and_so_is_what_follows_it_at_once {
    set d [daemon]
    set peer [Peer new [$d tcp]]
    set hello [$peer begin hello proto 1 program test version 0 role boss]
    set ask [$peer begin alert.ask id [uuid] text x]
    equal [fails {$peer end $hello}] bad_request
    equal [fails {$peer end $ask}] bad_request
    $peer call hello proto 1 program test version 0 role tool
    equal [$d logged {killed}] 0
}

test other_protocol_version_is_a_conflict_with_both_numbers {
    set d [daemon]
    set peer [Peer new [$d tcp]]
    catch {$peer call hello proto 99 program test version 0 role asker} message options
    equal [lindex [dict get $options -errorcode] 1] conflict
    matches $message {99}
    matches $message {\m1\M}
}

test missing_and_wrong_params_are_named {
    set d [daemon]
    set peer [Peer new [$d unix] tool]
    foreach {method params key} [list \
        alert.ask {text x} id \
        alert.ask [list id [uuid]] text \
        alert.ask {id 12345 text x} id \
        alert.ask [list id [uuid] text! {int 7}] text \
        alert.ask [list id [uuid] text x labels! {str Ok}] labels \
        alert.ask [list id [uuid] text x timeout_ms! {str soon}] timeout_ms \
        alert.ask [list id [uuid] text x timeout_ms -5] timeout_ms \
        alert.ask [list id [uuid] text x wait! {int 1}] wait \
        alert.ask [list id [uuid] text x severity loud] severity \
        alert.ask [list id [uuid] text x kind whatever] kind \
        alert.ask [list id [uuid] text x default Perhaps] default \
        alert.ask [list id [uuid] text [string repeat x 16385]] text \
        alert.ask [list id [uuid] text x key [string repeat x 201]] key \
        alert.ask [list id [uuid] text! "bin \xff\xfe"] text \
        alert.ask [list id [uuid] text! "raw \xa2\xff\xfe"] text \
        alert.ask [list id [uuid] text "a\0b"] text \
        alert.ask [list id [uuid] text x labels {a b c d e f g h i}] labels \
        alert.answer [list id [uuid] label Ok] answer_id \
        alert.answer [list id [uuid] answer_id [uuid]] label \
        alert.history {limit 5000} limit \
        alert.snooze [list id [uuid]] for_ms] {
        set code [catch {$peer call $method {*}$params} message options]
        check {$code == 1} "$method $params was accepted: $message"
        equal [lindex [dict get $options -errorcode] 1] bad_request "$method $params: $message"
        matches $message "\\m$key\\M" "$method [string range $params 0 200]"
    }
    equal [pending $d] {}
    equal [fails {$peer call alert.fly}] unknown_method
    equal [fails {$peer call alert.show id [uuid]}] not_found
    equal [fails {$peer call alert.answer id [uuid] answer_id [uuid] label Ok}] not_found
}

test unknown_keys_and_notifications_are_ignored {
    set d [daemon]
    set peer [Peer new [$d tcp] asker]
    $peer notify no.such.thing a b
    $peer notify {$/cancel} msgid 4711
    set call [$peer begin alert.ask id [uuid] text x colour blue! nil]
    pending_is $d 1
    check {![$peer closed]}
}

test response_nobody_asked_for_does_not_matter_or_closes {
    set d [daemon]
    set peer [Peer new [$d tcp] asker]
    $peer frame [mp::pack {arr {{int 1} {int 5} nil {str x}}}]
    catch {$peer call ping}
    still_serves $d
}

test same_msgid_twice_is_no_harm {
    set d [daemon]
    set peer [Peer new [$d tcp] asker]
    set frame [mp::pack [list arr [list {int 0} {int 99} {str alert.ask} \
        [list arr [list [peer_params id [uuid] text x]]]]]]
    $peer frame $frame
    $peer frame $frame
    catch {$peer call ping}
    still_serves $d
}

test random_bytes_never_bring_it_down {
    set d [daemon]
    set seed [expr {[info exists ::env(OPDESK_SEED)] ? $::env(OPDESK_SEED) : [clock microseconds] % 1000000}]
    puts "seed $seed"
    expr {srand($seed)}
    for {set i 0} {$i < 60} {incr i} {
        set peer [Peer new [$d tcp] [expr {rand() < 0.5 ? "asker" : ""}]]
        set bytes ""
        for {set n [expr {int(rand() * 60)}]} {$n >= 0} {incr n -1} {
            append bytes [binary format c [expr {int(rand() * 256)}]]
        }
        if {rand() < 0.7 && $bytes ne ""} {
            $peer frame $bytes
        } else {
            $peer send $bytes
        }
        harness::Turn 1
        $peer destroy
    }
    still_serves $d
}

test calls_past_the_limit_are_refused_not_queued {
    set d [daemon -conf {max_calls = 10}]
    set peer [Peer new [$d tcp] asker]
    set calls {}
    for {set i 0} {$i < 30} {incr i} {
        lappend calls [$peer begin alert.ask id [uuid] text "question $i"]
    }
    set refused 0
    foreach call [lrange $calls 10 end] {
        set code [fails {$peer end $call}]
        check {$code in {unavailable too_large closed}} $code
        incr refused
    }
    check {[llength [pending $d]] <= 10}
    still_serves $d
}

finish
