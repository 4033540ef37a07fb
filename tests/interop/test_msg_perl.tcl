# SPDX-License-Identifier: ISC
# Promise: opaque messages of 1 byte, of NULs, of every byte and of 16 MiB - 1 go to a Perl program
# of a few lines and back unchanged.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

test opaque_messages_come_back {
    need perl
    set server [Job new [file join $::harness::bin .. examples msgecho] unix:[tmp s]]
    until 15000 {[string match listening* [$server out]]} {[$server describe]}
    equal [must perl $::here/msg_peer.pl [tmp s]] \
        "1 the same\n5 the same\n256 the same\n16777215 the same"
    check {![$server ended]} [$server describe]
}

finish
