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

# What the lower half of the history's window says, as somebody selects it with the mouse.
proc shown_in_history {words} {
    set id [lindex [windows {History of Subnet_7}] 0]
    lassign [place_of $id] x y width height
    xd mousemove --window $id 28 382 mousedown 1 mousemove --window $id [expr {$width - 60}] 590 mouseup 1
    set text [dict get [run [info nameofexecutable] [file join $::desk_folder selection.tcl]] out]
    return [expr {[string first $words $text] >= 0}]
}

proc double_click {id x y} {
    click $id $x $y
    xd click 1
}

# A file is exchanged before its commit is the newest.
proc log_becomes {daemon message} {
    until 10000 {[log_of $daemon %s] eq $message} "the newest commit: $message"
}

# With its list there, the newest commit selected, and the keyboard in it.
proc history_window {} {
    keys F7
    set id [lindex [windows_are 1 {History of Subnet_7}] 0]
    focus_on $id
    until 10000 {[shown_in_history tug1]} "what the newest commit did"
    click $id 300 137
    return $id
}

test commit_is_taken_back_unless_later_ones_stand_against_it {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    changed $d
    set desk [ipadm $d]
    editor Subnet_7.sdb light
    history_window
    shot subnet-history
    # the oldest of three: the node that it renamed has moved since
    keys Down Down Tab Return
    until 10000 {[shown_in_history "by the commit"]} "the conflict"
    shot subnet-history-conflict
    equal [log_of $d %s] "what it is"
    click [lindex [windows {History of Subnet_7}] 0] 300 137
    # the second: "moved"; the third, newer one stays
    keys Down
    shot subnet-history-moved
    focus_on [lindex [windows_are 1 {History of Subnet_7}] 0]
    keys Tab Return
    typed "it was better there"
    shot subnet-history-ask
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nlight:192.0.2.98:* $text] && [string match {*harbour tug*} $text]}
    log_becomes $d "it was better there"
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
    log_becomes $d "as it was"
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

test node_is_found_by_who_gave_it_its_form_and_put_back_without_an_editor {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    changed $d
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb tug1]
    history_window
    focus_on $id
    keys Escape
    windows_are 0 {.*Subnet_7.sdb}
    focus_on [lindex [windows {History of Subnet_7}] 0]
    # who gave each node its form; the row of tug1 leads to its history
    keys ctrl+Tab
    until 10000 {[double_click [focused] 100 91; shown_in_history "harbour tug"]} "its history"
    keys ctrl+Tab
    shot subnet-history-nodes
    keys ctrl+Tab
    # the oldest commit of the node, when they are there: what would become of it, not what a commit did
    until 15000 {[click [focused] 200 137; keys End Tab Tab Tab Return; shown_in_history "harbour tug\n+ tug1"]} "the node then"
    shot subnet-history-node-ask
    # selecting has taken the keyboard from the line that asks why, above the buttons
    click [focused] 300 [expr {[lindex [place_of [focused]] 3] - 91}]
    typed "a boat it is"
    keys Return
    file_becomes $d Subnet_7.sdb {[string match {*pilot boat*} $text] && [string match *192.0.2.100* $text]}
    log_becomes $d "a boat it is"
    equal [$desk err] ""
}

# A node goes from one subnet to another, in one commit.
proc moved {daemon} {
    set peer [$daemon peer]
    set seven [contents [$daemon subnet Subnet_7.sdb]]
    set two [contents [$daemon subnet Subnet_2.sdb]]
    return [dict get [commit $peer [list \
        [list Subnet_7 [version_of $peer Subnet_7] [string map [list $::tug\n ""] $seven]] \
        [list Subnet_2 [version_of $peer Subnet_2] ${two}[string map {192.0.2.97 192.0.2.60} $::tug]\n]] \
        message "to the office"] commit]
}

test change_set_is_taken_back_in_all_its_files {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    moved $d
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    history_window
    shot subnet-history-set
    # the half of it: both subnets would have the node then
    keys Tab Return
    until 10000 {[shown_in_history "ferry is also the alias"]} "the finding"
    shot subnet-history-finding
    equal [log_of $d %s] "to the office"
    click [lindex [windows {History of Subnet_7}] 0] 300 137
    keys Tab Tab Tab Return
    typed "back to the pier"
    shot subnet-history-set-ask
    keys Return
    file_becomes $d Subnet_7.sdb {$text eq [dict get [harbour] Subnet_7.sdb]}
    file_becomes $d Subnet_2.sdb {$text eq [dict get [harbour] Subnet_2.sdb]}
    log_becomes $d "back to the pier"
    shot subnet-history-set-done
    equal [$desk err] ""
}

finish
