# SPDX-License-Identifier: ISC
# Promise: a client that does not take its answers, and so is not read, is heard all the same when the
# last byte of its cancellation is urgent (TCP); without the mark, and on UNIX sockets, the
# cancellation comes in its turn; the stream is the same to the byte.
source [file join [file dirname [info script]] common.tcl]
set here [file dirname [file normalize [info script]]]
source [file join $here .. harness helper.tcl]

proc flooder {where how} {
    need perl
    if {[catch {exec perl -MData::MessagePack -e 1}]} {
        skip libdata-messagepack-perl "Data::MessagePack is not installed"
    }
    set job [Job new -pipe 1 perl $::here/attention.pl $where $how]
    until 15000 {[string match *asked\n* [$job out]]} {[$job describe]}
    return $job
}
proc say {job what pattern} {
    puts [$job chan] $what
    until 20000 {[regexp -line $pattern [$job out]] || [$job ended]} {[$job describe]}
    matches [$job out] (?n)$pattern
}

# A message from the desk to a link of the helper.
proc frame {helper link args} {
    set bytes [mp::pack [list arr [list [list int $link] [list arr $args]]]]
    set chan [[$helper job] chan]
    puts -nonewline $chan [binary format I [string length $bytes]]$bytes
    flush $chan
}

# Ask until the engine hears no more of it: the worker has stopped reading.
proc flood {d job} {
    set sent 0
    while 1 {
        say $job more "^sent [incr sent 50]$"
        set until [expr {[clock milliseconds] + 1000}]
        while {[$d logged {asked: large}] < $sent} {
            if {[clock milliseconds] > $until} {
                return $sent
            }
            harness::Turn 5
        }
        check {$sent < 20000} "the worker never stops reading"
    }
}

test an_urgent_cancellation_is_heard_before_its_turn {
    set d [testd]
    set job [flooder [$d port] mark]
    set sent [flood $d $job]
    equal [waiting $d] 1
    say $job cancel {^cancelled$}
    until 5000 {[waiting $d] == 0} "the cancellation was not heard"
    say $job read "^cancelled [expr {$sent + 1}]$"
}

test without_a_mark_it_waits_for_the_reader {
    set d [testd]
    set job [flooder [$d port] plain]
    set sent [flood $d $job]
    say $job cancel {^cancelled$}
    stays 300 {[waiting $d] == 1} "heard without a mark"
    say $job read "^cancelled [expr {$sent + 1}]$"
    equal [waiting $d] 0
}

test without_a_mark_it_comes_in_its_turn {
    set d [testd]
    foreach where [list [$d port] [string range [$d unix] 5 end]] {
        set job [flooder $where plain]
        say $job more {^sent 50$}
        say $job cancel {^cancelled$}
        say $job read {^cancelled 51$}
        equal [waiting $d] 0
    }
}

test an_urgent_byte_to_a_reader_changes_nothing {
    set d [testd]
    set job [flooder [$d port] mark]
    for {set i 1} {$i <= 20} {incr i} {
        say $job more "^sent [expr {50 * $i}]$"
    }
    say $job cancel {^cancelled$}
    say $job read {^cancelled 1001$}
}

# ipadmh sends the mark, as nothing lies between.
test the_helper_cancels_and_its_stream_goes_on {
    set d [testd]
    set h [Helper new]
    set link [$h open [$d tcp]]
    $h reaches $link up
    frame $h $link {int 0} {int 1000} {str alert.ask} \
        [list arr [list [peer_params id [uuid] text "wait for it"]]]
    until 5000 {[waiting $d] == 1}
    frame $h 0 {int 2} {str $/cancel} [list arr [list [peer_params link $link msgid 1000]]]
    until 5000 {[waiting $d] == 0}
    equal [dict get [$h call $link alert.ask id [uuid] text "echo on"] answer] on
    equal [$h states $link] {}
}

finish
