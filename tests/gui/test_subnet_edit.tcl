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

finish
