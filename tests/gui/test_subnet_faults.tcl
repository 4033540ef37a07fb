# SPDX-License-Identifier: ISC
# Promise: nothing that was edited is lost: two editors merge, or decide side by side; a lock that is taken
# over, a daemon that dies, a program that is killed leave a draft; a daemon that is dead or silent leaves
# the window alive.
source [file join [file dirname [info script]] subnet.tcl]

# A change by somebody else, who does not ask for the lock.
proc other_changes {daemon file args} {
    set peer [$daemon peer]
    return [$peer call sdb.change id [uuid] file $file {*}$args]
}

proc stored {} {
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
}

# The cell of the current node's name.
proc rename {name} {
    keys Home F2
    typed $name
    keys Return
}

# Somebody edits the file with vi: it is noticed and merged, whoever has the lock.
proc vi {daemon file from to} {
    set path [$daemon subnet $file]
    write $path.vi [string map [list $from $to] [contents $path]]
    file rename -force $path.vi $path
    # any call that reads the file makes the daemon see it
    set peer [$daemon peer]
    $peer call sdb.get file $file
    until 10000 {[regexp $to [$daemon git [list show HEAD:$file]]]} "noticed"
}

test changes_of_different_nodes_are_merged {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    rename barge
    vi $d Subnet_7.sdb lamp: light:
    stored
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:*\nlight:192.0.2.98:* $text]}
    shot subnet-merged
    equal [$desk err] ""
}

test changes_of_one_node_are_decided_side_by_side {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    rename barge
    vi $d Subnet_7.sdb tug1: tugboat:
    stored
    set dialog [lindex [windows_are 1 Conflict] 0]
    focus_on $dialog
    shot subnet-conflict
    keys Tab Tab Return
    focus_on [lindex [windows_are 1 Update] 0]
    shot subnet-decided
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    equal [$desk err] ""
}

test draft_outlives_the_program {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    rename barge
    until 10000 {[llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/Subnet_7.*.????????]]} "a draft"
    $desk signal KILL
    $desk wait
    set desk [ipadm $d]
    set main [lindex [windows {ipadm - .*}] 0]
    # it is offered above the list
    shot subnet-draft-offered
    focus_on $main
    until 10000 {[keys ctrl+d; llength [windows {.*Subnet_7.sdb}]]} "the draft is opened"
    until 10000 {[llength [windows {\*Subnet 7.*}]]} "the draft is there again"
    focus_on [lindex [windows {\*Subnet 7.*}] 0]
    shot subnet-draft
    # the lock is still that of the program that was killed
    keys F9
    stored
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    until 10000 {![llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/*]]} "no draft any more"
    equal [$desk err] ""
}

test daemon_killed_and_back_again {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    rename barge
    $d crash
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    shot subnet-away
    $d start
    # until it is connected again Update fails, and nothing is lost by that
    until 30000 {[string match *\nbarge:192.0.2.97:* [contents [$d subnet Subnet_7.sdb]]] || [catch {
        focus_on [lindex [windows {.*Subnet_7.sdb}] 0]
        keys ctrl+s
        focus_on [lindex [windows_are 1 Update 1500] 0]
        keys Return
    }] || 0} "stored after all"
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    equal [$desk err] ""
}

test lock_taken_over_while_typing {
    screen 1280x900
    set d [ipadmd -conf {lock = 2s} -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    rename barge
    set other [$d peer]
    until 20000 {![catch {$other call sdb.lock file Subnet_7.sdb held! true}]} "taken over"
    keys F2
    typed boat
    keys Return
    shot subnet-lost
    until 10000 {[llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/*.????????]]} "a draft"
    $other call sdb.unlock file Subnet_7.sdb
    keys F9
    stored
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:*\nboat:192.0.2.98:* $text]}
    equal [$desk err] ""
}

test dead_daemon_is_named_and_the_window_lives {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    $d crash
    set desk [Job new [bin ipadm] -s [$d unix]]
    windows_are 1 {Daemon is Dead}
    shot subnet-dead
    $d start
    windows_are 0 {Daemon is Dead} 30000
    focus_on [lindex [windows_are 1 {ipadm - Administer IP Nodes}] 0]
    editor Subnet_7.sdb lamp
    equal [$desk err] ""
}

test silent_daemon_leaves_the_window_alive {
    screen 1280x900
    set listening [socket -server {apply {{chan args} { lappend ::silent $chan }}} -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $listening -sockname] 2]
    set desk [Job new [bin ipadm] -s tcp:127.0.0.1:$port]
    focus_on [lindex [windows_are 1 {ipadm - Administer IP Nodes}] 0]
    keys F1
    windows_are 1 {Keys of opdesk}
    shot subnet-silent
    put_away {Keys of opdesk}
    close $listening
    equal [$desk err] ""
}

finish
