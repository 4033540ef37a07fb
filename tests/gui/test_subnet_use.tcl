# SPDX-License-Identifier: ISC
# Promise: the list of subnets is the original's hypertext, and everything in the editor works by mouse and
# by keyboard: hot line, Fast Find, filter, form that searches, grid that makes and renumbers nodes, paste,
# corrections; the view looks right light and dark, at 100 and 200 %, empty, full and wrong.
source [file join [file dirname [info script]] subnet.tcl]

proc store {} {
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
}

test line_under_the_pointer_is_hot_and_a_click_opens_it {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set main [lindex [windows {ipadm - .*}] 0]
    # the third line of subnets: below the title, two subnets and the gap between them
    until 10000 {[click $main 120 190; llength [windows {.*Subnet_[0-9A-Z]+.sdb}]]} "opened by a click"
    equal [llength [windows {.*Subnet_[0-9A-Z]+.sdb}]] 1
    focus_on $main
    xd mousemove --window $main 120 140
    shot subnet-list-hot
    # again: the same window comes to the front, not a second one
    click $main 120 190
    equal [llength [windows {.*Subnet_[0-9A-Z]+.sdb}]] 1
    equal [$desk err] ""
}

test list_is_kept_up_by_the_daemon {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set peer [$d peer]
    $peer call sdb.lock file Subnet_2.sdb held! true
    $peer call sdb.put id [uuid] file Subnet_9.sdb base "" \
        text! [list bin [string map {host light} [subnet_file 9 Lighthouses 203.0.113.0 255.255.255.0 7]]] message "a new one"
    # found as soon as the desk has been told of it
    keys ctrl+f
    typed Lighthouses
    until 20000 {[keys Return; catch {windows_are 1 .*Subnet_9.sdb 4000}] == 0} "the new one is found"
    focus_on [lindex [windows_are 1 .*Subnet_9.sdb] 0]
    keys Escape
    windows_are 0 {.*Subnet_9.sdb}
    focus_on [lindex [windows {ipadm - .*}] 0]
    keys Escape
    shot subnet-list-live
    equal [$desk err] ""
}

test form_searches_while_one_types_and_stores {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_2.sdb host7
    # to the form, which is emptied: what is typed then is looked for
    keys Return Escape
    typed "host12"
    shot subnet-form-search
    keys Return Tab Tab Tab Tab Tab
    keys End shift+Home
    typed "the twelfth"
    keys Return
    store
    file_becomes $d Subnet_2.sdb {[string match "*\nhost12:192.0.2.14:*:the twelfth\n*" $text]}
    equal [$desk err] ""
}

test grid_makes_nodes_and_renumbers_them {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    # grid; from .98 right to .100
    keys F6 Right Right Return
    typed "quay"
    keys Return
    store
    file_becomes $d Subnet_7.sdb {[string match *\nquay:192.0.2.100:* $text]}
    # drag .98 to .101: cells of one row
    focus_on $id
    xd mousemove --window $id 848 205 mousedown 1
    xd mousemove --window $id 932 205
    xd mousemove --window $id 952 205 mouseup 1
    shot subnet-grid-dragged
    # the second of the free addresses, as in the original
    click $id 1110 219
    typed "pier"
    keys Return
    store
    file_becomes $d Subnet_7.sdb {![string match *\nlamp:192.0.2.98:* $text] && [string match *\nlamp:192.0.2.10* $text]
        && [string match *\npier:192.0.2.99:* $text]}
    equal [$desk err] ""
}

test nodes_go_through_the_clipboard {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb tug1
    keys ctrl+c ctrl+Delete ctrl+v
    # whole rows are new nodes, at the end
    store
    file_becomes $d Subnet_7.sdb {[string match *\nlamp:192.0.2.98:*\n$::tug\n $text]}
    equal [$desk err] ""
}

test correction_is_one_key {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_128B.sdb crane_1
    until 10000 {[keys F8 Return; llength [windows {\*Subnet 13.*}]]} "corrected"
    store
    file_becomes $d Subnet_128B.sdb {[string match *\ncrane-1:198.51.101.9:* $text]}
    equal [$desk err] ""
}

test addresses_of_ipv6_that_are_in_use_are_a_list {
    screen 1280x900
    set text "Title = Subnet 200, Lighthouses\nDomain = Pilots.Example.Org\nFormat = 2\nBase_IP = \[2001:db8:7::\]\nSubnet_Mask = 64\n__NODES__\n"
    foreach n {30 9 100 5} {
        append text "light$n:\[2001:db8:7::$n\]::::\n"
    }
    set d [ipadmd -files [list Subnet_200.sdb $text]]
    set desk [ipadm $d]
    editor Subnet_200.sdb light30
    # the third of them by address is the current node then
    keys F6 Home Down Down
    shot subnet-ipv6
    keys ctrl+Delete
    store
    file_becomes $d Subnet_200.sdb {![string match *light30:* $text] && [regexp -all light $text] == 3}
    equal [$desk err] ""
}

test looks_dark_at_200_percent_and_empty {
    screen 2300x1700 192
    file mkdir $::env(HOME)/.config/opdesk
    write $::env(HOME)/.config/opdesk/preferences "theme = dark\n"
    set home [tmp flat]
    file mkdir $home
    write $home/hosts "127.0.0.1 localhost\n# the harbour\n192.0.2.1 gate gw # by the door\n192.0.2.9 lamp\n192.0.2.9 lamp\nbad line here\n"
    write $home/new.csv "name,address,ethernet\nbuoy,198.51.100.200,02:00\nlamp,10.1.1.1,\n"
    set d [ipadmd -files [harbour] -conf "file \"hosts\" {\n path = \"$home/hosts\"\n type = \"hosts\"\n}"]
    set desk [ipadm $d]
    set id [editor Subnet_128A.sdb dock5]
    keys F6
    shot subnet-editor-dark-200
    keys ctrl+shift+i
    focus_on [lindex [windows_are 1 {File to import}] 0]
    typed $home/new.csv
    keys Return
    focus_on [lindex [windows_are 1 {Import nodes}] 0]
    shot import-dark-200
    keys Escape
    windows_are 0 {Import nodes}
    focus_on $id
    keys F6 F6 F6 F2
    typed quay
    keys Return ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    $d kill committer STOP
    keys Return
    windows_are 0 Update
    focus_on $id
    keys F6
    shot update-dark-200
    $d kill committer CONT
    file_becomes $d Subnet_128A.sdb {[string match *quay* $text]}
    focus_on [lindex [windows {ipadm - .*}] 0]
    editor hosts hosts
    keys Down Down F2
    shot flat-table-dark-200
    keys Escape F4 ctrl+f
    typed lamp
    shot flat-text-dark-200
    $desk signal TERM
    $desk wait
    set empty [ipadmd]
    set desk [ipadm $empty]
    keys Down
    shot subnet-list-empty-dark-200
    equal [$desk err] ""
}

finish
