#!/usr/bin/env tclsh8.6
# SPDX-License-Identifier: ISC
# Stands in for ipadmh: carries the bytes of the desk's pipe to the test and back, which plays the
# helper and the daemons (tests/gui/desk.tcl, class Fake).  It ends when either side does.
set to_test [socket 127.0.0.1 $env(OPDESK_FAKE_PORT)]
foreach {from to} [list stdin $to_test $to_test stdout] {
    fconfigure $from -translation binary -blocking 0
    fconfigure $to -translation binary -buffering none
    fileevent $from readable [list carry $from $to]
}
proc carry {from to} {
    if {[catch {
        puts -nonewline $to [read $from]
        if {[eof $from]} {
            exit
        }
    }]} {
        exit
    }
}
vwait forever
