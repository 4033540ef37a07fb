# SPDX-License-Identifier: ISC
# Promise: the window of a subnet's history shows who changed what and why, what one commit did and what lies
# between two; a commit is taken back, a version comes back, a node alone is put back.
source [file join [file dirname [info script]] subnet.tcl]

# Three commits: lamp is renamed, moved, and tug1 gets another comment.
proc changed {daemon} {
    set peer [$daemon peer]
    foreach args {{node lamp name light message {a better name}} {node light address 192.0.2.100 message {moved}}
        {node tug1 comment {harbour tug} message {what it is}}} {
        $peer call sdb.change id [uuid] file Subnet_7.sdb {*}$args
    }
}

proc history_window {} {
    keys F7
    set id [lindex [windows_are 1 {History of Subnet_7}] 0]
    focus_on $id
    return $id
}

test commit_is_taken_back_and_later_ones_stay {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    changed $d
    set desk [ipadm $d]
    editor Subnet_7.sdb light
    history_window
    shot subnet-history
    # the second: "moved"; the third, newer one stays
    keys Down
    shot subnet-history-moved
    focus_on [lindex [windows_are 1 {History of Subnet_7}] 0]
    keys Tab Return
    typed "it was better there"
    shot subnet-history-ask
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nlight:192.0.2.98:* $text] && [string match {*harbour tug*} $text]}
    equal [log_of $d %s] "it was better there"
    equal [$desk err] ""
}

test version_comes_back {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    changed $d
    set desk [ipadm $d]
    editor Subnet_7.sdb light
    set id [history_window]
    keys Down Down
    keys Tab Tab Return
    typed "as it was"
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nlight:192.0.2.98:* $text] && [string match {*pilot boat*} $text]}
    equal [log_of $d %s] "as it was"
    shot subnet-history-back
    equal [$desk err] ""
}

test node_is_put_back_in_the_editor {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    changed $d
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb tug1]
    keys shift+F7
    set history [lindex [windows_are 1 {History of Subnet_7}] 0]
    focus_on $history
    shot subnet-history-node
    # the oldest of its commits: as it was found
    keys End
    keys Tab Tab Tab Return
    until 10000 {[llength [windows {\*Subnet 7.*}]]} "an edit in the editor"
    shot subnet-history-put-back
    focus_on $id
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match {*pilot boat*} $text] && [string match *192.0.2.100* $text]}
    equal [$desk err] ""
}

finish
