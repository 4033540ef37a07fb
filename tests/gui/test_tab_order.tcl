# SPDX-License-Identifier: ISC
# Promise: Tab goes through all of a view and of the window of a question and comes round, Shift-Tab goes the
# same way back, nobody is trapped on the way, and one sees where the keyboard is.
source [file join [file dirname [info script]] view.tcl]
source [file join $here gaps.tcl]

# What a widget looks like with its edge, as one number.
proc picture {x y width height} {
    set number [look "pixels [incr x -2] [incr y -2] [incr width 4] [incr height 4]"]
    check {$number ne ""} "$x $y $width $height is on the screen"
    return $number
}

# Does that place look different while the keyboard is there?  Once more when it does not: a caret blinks.
proc is_seen {who key back} {
    set there [picture {*}[lrange $who 1 end]]
    xd key $key
    set next [keyboard]
    set gone [picture {*}[lrange $who 1 end]]
    for {set n 0} {$n < 4 && $there eq $gone} {incr n} {
        xd key $back
        until 10000 {[keyboard] eq $who} "back"
        set there [picture {*}[lrange $who 1 end]]
        xd key $key
        set next [keyboard]
    }
    if {$there eq $gone} {
        shot tab-not-seen
    }
    check {$there ne $gone} "one sees that [lindex $who 0] has the keyboard"
    return $next
}

# widgets that have been looked at
set looked_at {}

# Press the key until the keyboard is back where it was: the widgets, in order.
proc round {key {seen 0}} {
    set first [keyboard]
    set order [list [lindex $first 0]]
    set who $first
    while {[llength $order] < 40} {
        if {$seen && [lindex $who 0] ni $::looked_at} {
            lappend ::looked_at [lindex $who 0]
            set next [is_seen $who $key ISO_Left_Tab]
        } else {
            xd key $key
            set next [keyboard]
        }
        check {[lindex $next 0] ne [lindex $who 0]} "$key leads out of [lindex $who 0]"
        if {[lindex $next 0] eq [lindex $first 0]} {
            return $order
        }
        lappend order [lindex $next 0]
        set who $next
    }
    error "$key does not come round: $order"
}

# Both ways round; the widgets.
proc there_and_back {what} {
    set order [round Tab 1]
    set back [round ISO_Left_Tab]
    equal [lreverse [lrange $back 1 end]] [lrange $order 1 end] "$what: back the same way"
    return [lmap widget $order {string range $widget [string last . $widget]+1 end}]
}

test tab_goes_through_every_view {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Operated new]
    $fake past [list [closed 2] [closed 1]]
    set desk [view_of $fake]
    listed $fake "Backup of alpha" "Backup of beta"
    keys Down
    foreach {number name least} {1 waiting 6 2 history 5 3 subnets 4 4 hosts 4 5 chat 4} {
        keys alt+$number
        until 10000 {[string match .$name* [keyboard]]} "$name has the keyboard"
        set order [there_and_back $name]
        puts "     $name: $order"
        check {[llength $order] >= $least} "$name: $order"
    }
    equal [$desk err] ""
}

test tab_goes_through_the_dialogs {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Operated new]
    set desk [view_of $fake]
    foreach {key title all} {
        ctrl+comma Preferences {bell_interval max_windows quiet_hours notifications chat_ring sound b sound_file b
            sound_player theme language silence beacon_group close}
        ctrl+k Connections {entry test add close tree}
    } {
        keys $key
        focus_on [lindex [windows_are 1 $title] 0]
        set order [there_and_back $title]
        puts "     $title: $order"
        foreach widget $all {
            check {$widget in $order} "$title: $widget in $order"
        }
        xd key Escape
        windows_are 0 $title
    }
    equal [$desk err] ""
}

test tab_goes_through_the_window_of_a_question {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Operated new]
    set desk [view_of $fake]
    $fake alert [uuid] title Backup text "Change the disk in /dev/sdb" kind yesnocancel labels {Yes No Cancel}
    focus_on [lindex [windows_are 1 {mediachanged: Backup}] 0]
    until 10000 {[string match *.b0* [keyboard]]} "the first button has the keyboard"
    set order [there_and_back window]
    puts "     window: $order"
    check {[lrange $order 0 2] eq {b0 b1 b2}} $order
    equal [$desk err] ""
}

finish
