# SPDX-License-Identifier: ISC
# Promise: from a click on a line of the list to the committed file: a node is edited in its cell, in the
# form and in the grid, Update shows and stores it, and the history says who and why.
source [file join [file dirname [info script]] subnet.tcl]

test node_is_edited_in_its_cell_and_stored {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    shot subnet-editor
    keys F2
    typed light
    keys Return
    keys ctrl+s
    set dialog [lindex [windows_are 1 Update] 0]
    focus_on $dialog
    typed "a name that can be seen"
    shot subnet-update
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nlight:192.0.2.98:* $text]}
    until 10000 {[log_of $d %s] eq "a name that can be seen"} "committed: [log_of $d %s]"
    shot subnet-stored
    equal [$desk err] ""
}

test next_free_address_becomes_a_node {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb tug1
    keys ctrl+n
    typed buoy
    keys Return
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nbuoy:192.0.2.99:* $text]}
    equal [$desk err] ""
}

test undo_takes_back_and_redo_does_again {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    keys F2
    typed one
    keys Return
    keys Up F2
    typed two
    keys Return
    keys ctrl+z ctrl+z ctrl+z ctrl+y ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\none:192.0.2.98:* $text]}
    equal [$desk err] ""
}

# What holds it up is the daemon's committer, which gives locks.
test keys_typed_while_it_is_opened_count {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    $d kill committer STOP
    editor Subnet_7.sdb lamp
    keys Home F2
    typed Barge
    keys Return F2
    typed light
    keys Return
    shot subnet-opening
    $d kill committer CONT
    focus_on [lindex [windows_are 1 {\*Subnet 7.*}] 0]
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nBarge:192.0.2.97:*\nlight:192.0.2.98:* $text]}
    equal [$desk err] ""
}

test file_that_could_not_be_opened_at_first_has_the_keyboard_when_it_comes {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    $d kill committer STOP
    set id [editor Subnet_7.sdb lamp]
    $d crash
    $d start
    windows_are 1 {Subnet 7.*} 30000
    focus_on $id
    keys Home F2
    typed barge
    keys Return
    windows_are 1 {\*Subnet 7.*}
    equal [$desk err] ""
}

test keys_typed_while_the_lock_is_asked_for_count {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set other [$d peer]
    $other call sdb.lock file Subnet_7.sdb held! true
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    windows_are 1 {Subnet 7.*}
    # it is somebody else's: nothing is typed into it
    keys F2
    typed barge
    shot subnet-read-only
    $other call sdb.unlock file Subnet_7.sdb
    $d kill committer STOP
    keys F9 F2
    typed light
    keys Return
    windows_are 1 {\*Subnet 7.*}
    shot subnet-asking
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    $d kill committer CONT
    file_becomes $d Subnet_7.sdb {[string match "*\n$::tug\nlight:192.0.2.98:*" $text]}
    equal [$desk err] ""
}

finish
