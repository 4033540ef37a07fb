# SPDX-License-Identifier: ISC
# Promise: any MessagePack-RPC client that adds the 4-byte length can talk to the daemon: one in Perl
# with Data::MessagePack asks, another answers.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

test perl_asks_and_perl_answers {
    need perl
    if {[catch {exec perl -MData::MessagePack -e 1}]} {
        skip libdata-messagepack-perl "Data::MessagePack is not installed"
    }
    set d [daemon]
    set id [uuid]
    set asker [Job new perl $::here/framed_client.pl [$d port] ask $id "Insert volume 2"]
    pending_is $d 1
    set path [string range [$d unix] 5 end]
    set desk [must perl $::here/framed_client.pl $path answer $id Cancel]
    matches $desk $::tcl_platform(user)
    equal [$asker wait] 0 [$asker err]
    equal [$asker out] "Cancel\n"
    set over_tcp [run perl $::here/framed_client.pl [$d port] answer $id Ok]
    matches [dict get $over_tcp err] {alert\.answer: denied}
}

test our_asker_and_a_perl_desk {
    need perl
    set d [daemon]
    set job [ask $d "Insert volume 3"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    must perl $::here/framed_client.pl [string range [$d unix] 5 end] answer $id Ok
    equal [$job wait] 0
}

finish
