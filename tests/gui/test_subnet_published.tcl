# SPDX-License-Identifier: ISC
# Promise: a node that is edited in the window is answered by a real named a moment later, and the foot of
# the editor says that it was published.
source [file join [file dirname [info script]] subnet.tcl]
source [file join [file dirname [info script]] .. interop publisher.tcl]
need named dig

test from_a_click_to_the_answer_of_dig {
    screen 1280x900
    set home [publishing_home]
    lassign [publisher_and_named $home -more [with_probe]] d p
    until 20000 {[answer lamp.pilots.example.org A] eq "192.0.2.34"} "named is there"
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb 192.0.2.34]
    shot published-editor
    keys F2
    typed "light"
    keys Return ctrl+s
    set dialog [lindex [windows_are 1 Update] 0]
    focus_on $dialog
    typed "seen from the sea"
    keys ctrl+Tab
    shot published-preview
    $d kill publisher STOP
    keys ctrl+Tab Return
    until 10000 {[string match *light* [contents [$d subnet Subnet_7.sdb]]]} "stored"
    until 10000 {[llength [windows {Subnet 7.*}]]} "told so"
    shot published-stored
    $d kill publisher CONT
    until 30000 {[answer light.pilots.example.org A] eq "192.0.2.34"} {[$d log]}
    equal [answer lamp.pilots.example.org A] {}
    equal [string trimright [lindex [answer [reverse 192.0.2.34] PTR] end] .] light.pilots.example.org
    focus_on $id
    shot published-done
    equal [$desk err] ""
}

finish
