# SPDX-License-Identifier: ISC
# Promise: an Update says how far it has come and can be stopped until it is stored, and then nothing is; a
# daemon that dies in the middle of one loses nothing and does nothing twice.
source [file join [file dirname [info script]] subnet.tcl]

# Update with the current node under another name; it is on its way when the dialog has closed.
proc update_as {name} {
    keys Home F2
    typed $name
    keys Return ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    windows_are 0 Update
}

# The editor takes changes again.
proc writable_again {id} {
    until 20000 {[llength [windows Update]] || [catch {focus_on $id; keys ctrl+s; windows_are 1 Update 1500}] == 0} "Update"
    keys Escape
    windows_are 0 Update
}

test update_is_stopped_until_it_is_stored {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    $d kill committer STOP
    update_as barge
    focus_on $id
    shot update-storing
    keys Escape
    shot update-stopping
    $d kill committer CONT
    writable_again $id
    shot update-stopped
    equal [string match *barge* [contents [$d subnet Subnet_7.sdb]]] 0
    equal [llength [windows {\*Subnet 7.*}]] 1
    equal [$desk err] ""
}

test daemon_is_killed_in_the_middle_of_update {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    $d kill committer STOP
    update_as barge
    $d crash
    focus_on $id
    until 10000 {[llength [windows {\*Subnet 7.*}]]} "what was edited is there"
    shot update-killed
    $d start
    until 40000 {[string match *barge* [contents [$d subnet Subnet_7.sdb]]] || [catch {
        focus_on $id
        keys ctrl+s
        focus_on [lindex [windows_are 1 Update 1500] 0]
        keys Return
    }] || 0} "stored after all"
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    until 10000 {![llength [windows {\*Subnet 7.*}]]} "nothing is left to store"
    equal [llength [split [$d git {log --format=%h -- Subnet_7.sdb}] \n]] 2
    equal [$desk err] ""
}

# Another computer: another home, with nothing in it.
test draft_is_offered_on_another_desk {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    editor Subnet_7.sdb lamp
    keys Home F2
    typed barge
    keys Return
    set peer [$d peer]
    until 20000 {[llength [dict get [$peer call draft.list] drafts]]} "a draft on the server"
    $desk signal KILL
    $desk wait
    set ::env(HOME) [tmp elsewhere]
    file mkdir $::env(HOME)
    set desk [ipadm $d]
    set main [lindex [windows {ipadm - .*}] 0]
    shot draft-elsewhere-offered
    focus_on $main
    until 10000 {[keys ctrl+d; llength [windows {\*Subnet 7.*}]]} "the draft is opened"
    focus_on [lindex [windows {\*Subnet 7.*}] 0]
    shot draft-elsewhere
    # the lock is still that of the desk that has gone
    keys F9
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    file_becomes $d Subnet_7.sdb {[string match *\nbarge:192.0.2.97:* $text]}
    until 10000 {![llength [dict get [$peer call draft.list] drafts]]} "no draft any more"
    equal [llength [glob -nocomplain $::env(HOME)/.local/state/opdesk/drafts/*]] 0
    equal [$desk err] ""
}

finish
