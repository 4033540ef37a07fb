# SPDX-License-Identifier: ISC
# Promise: two users with a window each: what both have changed is decided side by side, and nothing is lost; a
# daemon whose network swallows everything leaves the window alive, and what was edited meanwhile is stored.
source [file join [file dirname [info script]] subnet.tcl]
source [file join [file dirname [info script]] gaps.tcl]

# A window of the user nobody's; its id, being the one of that title that was not there before.
proc ipadm_of_nobody {d before} {
    set home [tmp nobody]
    file mkdir $home
    file attributes $home -owner nobody -permissions 0700
    set desk [Job new -env [list HOME $home] setpriv --reuid=65534 --regid=65534 --clear-groups [bin ipadm] -s [$d unix]]
    windows_are [expr {[llength $before] + 1}] {ipadm - Administer IP Nodes}
    return [list $desk [other_of {ipadm - Administer IP Nodes} $before]]
}

proc other_of {title before} {
    until 15000 {[llength [set new [lmap id [windows $title] {if {$id in $before} continue; set id}]]] == 1} "another $title"
    return [lindex $new 0]
}

proc update_in {id} {
    focus_on $id
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    windows_are 0 Update
}

test two_users_change_one_node {
    screen 1600x1000
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set d [ipadmd -conf "lock = 2s\noperators = nogroup\nsocket_mode = \"0666\"" -files [harbour]]
    file attributes $::harness::tmp -permissions 0711
    set desk [ipadm $d]
    set main [windows {ipadm - Administer IP Nodes}]
    set mine [editor Subnet_7.sdb lamp]
    keys Home F2
    typed barge
    keys Return
    lassign [ipadm_of_nobody $d $main] other other_main
    focus_on $other_main
    keys ctrl+f
    typed lamp
    keys Return
    set theirs [other_of {Subnet 7, Harbour Pilots .*} {}]
    focus_on $theirs
    shot two-read-only
    # when the time of the lock is up they take it over, change the same node and store it
    lock_goes_to $d Subnet_7.sdb nobody
    keys Home F2
    typed boat
    keys Return
    windows_are 2 {\*Subnet 7.*}
    update_in $theirs
    file_becomes $d Subnet_7.sdb {[string match *boat:192.0.2.97:* $text]}
    focus_on $mine
    shot two-lost
    focus_on $theirs
    keys Escape
    windows_are 1 {.*Subnet_7.sdb}
    focus_on $mine
    keys F9
    update_in $mine
    focus_on [lindex [windows_are 1 Conflict] 0]
    shot two-conflict
    keys Tab Tab Return
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    equal [$desk err] ""
    equal [$other err] ""
}

test black_holed_daemon_leaves_the_window_alive {
    lassign [gaps_network] ns here there
    screen 1280x900
    set home [tmp hole]
    file mkdir $home/subnets
    foreach {name text} [harbour] {
        write $home/subnets/$name $text
    }
    write $home/ipadmd.conf "insecure_operators = { \"$here\" }\naccess = { \"allow local\", \"allow $here\" }\n"
    set daemon [Job new ip netns exec $ns [bin ipadmd] -f -c $home/ipadmd.conf --state $home/state \
        --directory $home/subnets --listen tcp:$there:8980]
    until 20000 {[regexp -line {^ready$} [$daemon out]]} {[$daemon describe]}
    set desk [Job new [bin ipadm] -s tcp:$there:8980]
    focus_on [lindex [windows_are 1 {ipadm - Administer IP Nodes}] 0]
    set id [editor Subnet_7.sdb lamp]
    exec ip -n $ns route add blackhole $here/32
    keys Home F2
    typed barge
    keys Return ctrl+s
    # its difference is there, what would be generated is not
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    windows_are 0 Update
    focus_on $id
    shot hole-storing
    # the window answers: keys and a dialog
    keys F1
    put_away {Keys of opdesk}
    exec ip -n $ns route del blackhole $here/32
    until 60000 {[string match *\nbarge:192.0.2.97:* [contents $home/subnets/Subnet_7.sdb]]} "stored when it is back"
    equal [$desk err] ""
}

finish
