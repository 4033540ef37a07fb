# SPDX-License-Identifier: ISC
# Promise: a MessagePack-RPC peer in Perl, which has only the 4-byte length from us, is client and
# server for the RPC toolkit (examples/rpc), with calls back, errors and cancelling.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

proc peer {} {
    need perl
    if {[catch {exec perl -MData::MessagePack -e 1}]} {
        skip libdata-messagepack-perl "Data::MessagePack is not installed"
    }
    return [file join $::here rpc_peer.pl]
}
proc example {name} {
    return [file join $::harness::bin .. examples $name]
}

test perl_calls_rpcd {
    set peer [peer]
    set server [Job new [example rpcd] unix:[tmp s]]
    until 15000 {[dict get [run [example rpc] unix:[tmp s] 1 1] status] == 0} {[$server describe]}
    equal [must perl $peer call [tmp s]] "3 2\nbad_request\nasked: name\nGrace\ncancelled"
    check {![$server ended]} [$server describe]
}

test rpc_calls_perl {
    set server [Job new perl [peer] serve]
    until 15000 {[regexp {listening (\d+)} [$server out] - port]} {[$server describe]}
    equal [must [example rpc] 127.0.0.1:$port 17 5] "\[3, 2\]\nforever: cancelled\n\"Ada\""
    equal [$server wait] 0
    matches [$server out] {\$/cancel 2\n}
    set server [Job new perl [peer] serve]
    until 15000 {[regexp {listening (\d+)} [$server out] - port]} {[$server describe]}
    matches [must [example rpc] 127.0.0.1:$port 17 0] {^error: not by nothing\n}
}

finish
