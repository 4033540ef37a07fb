# SPDX-License-Identifier: ISC
# Promise: a question of a real job goes through the real daemon and helper to every desk and back,
# and a desk, its helper and its X server may die in the middle.
source [file join [file dirname [info script]] desk.tcl]

proc desk_of {daemon} {
    set desk [desk -s [$daemon unix]]
    main_window
    return $desk
}

# Press Ok in the window of that title as soon as keys count.
proc press_ok {title} {
    focus_on [lindex [windows_are 1 $title] 0]
    until 10000 {[xd key Return; llength [windows $title]] == 0} "answered"
}

test answer_reaches_the_job {
    screen
    set d [daemon]
    set desk [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    press_ok {mediachanged: Backup}
    equal [$job wait] 0
    equal [$job out] Ok\n
    equal [$desk err] ""
}

test second_desk_hears_who_answered {
    set d [daemon]
    set here [screen]
    set first [desk_of $d]
    set there [screen]
    set second [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    set ::env(DISPLAY) $here
    press_ok {mediachanged: Backup}
    equal [$job wait] 0
    set ::env(DISPLAY) $there
    until 1000 {[windows {opdesk \([0-9]+\)}] eq ""} "gone from the list within a second"
    windows_are 1 {mediachanged: Answered by .+: Ok}
    shot real-answered-elsewhere
    windows_are 0 {mediachanged.*} 6000
    equal [$second err] ""
}

test withdrawn_question_closes_its_window {
    screen
    set d [daemon]
    desk_of $d
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    $job signal TERM
    windows_are 1 {mediachanged: Withdrawn.*}
    windows_are 0 {mediachanged.*}
}

test x_server_that_dies_loses_nothing {
    set d [daemon]
    screen
    set desk [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    $::screen_job signal KILL
    equal [$desk wait] 74
    matches [$desk err] {opdesk\[\d+\]: error: X server: the connection to :\d+ is lost}
    equal [llength [pending $d]] 1
    # another X server, another desk: the question is there again
    screen
    set desk [desk_of $d]
    windows_are 1 {mediachanged: Backup}
    set id [dict get [lindex [pending $d] 0] id]
    equal [dict get [q $d answer $id Ok] status] 0
    equal [$job wait] 0
    windows_are 0 {mediachanged: Backup}
}

test helper_killed_is_restarted {
    screen
    set d [daemon]
    set desk [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    set helper [children_of [$desk pid]]
    equal [llength $helper] 1
    exec kill -KILL $helper
    until 10000 {[set new [children_of [$desk pid]]] ne "" && $helper ni $new} "a new helper"
    press_ok {mediachanged: Backup}
    equal [$job wait] 0
}

# It keeps its pipe open and its connections, and says nothing: nobody else would ever notice.
test helper_stopped_is_noticed_and_replaced {
    screen
    set d [daemon]
    set desk [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    set helper [children_of [$desk pid]]
    exec kill -STOP $helper
    until 40000 {[set new [children_of [$desk pid]]] ne "" && $helper ni $new} "a new helper"
    check {![running $helper]}
    shot real-helper-replaced
    press_ok {mediachanged: Backup}
    equal [$job wait] 0
    equal [$desk err] ""
}

test daemon_restarted_keeps_window_and_question {
    screen
    set d [daemon]
    set desk [desk_of $d]
    set job [ask $d --title Backup "Insert tape 2"]
    windows_are 1 {mediachanged: Backup}
    $d crash
    $d start
    press_ok {mediachanged: Backup}
    equal [$job wait] 0
    equal [$desk err] ""
}

finish
