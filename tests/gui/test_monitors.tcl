# SPDX-License-Identifier: ISC
# Promise: with several monitors each window is all on one of them, the one in use, also when the one that it
# was on has gone.
source [file join [file dirname [info script]] view.tcl]
need xrandr

# Two monitors beside each other in one screen.
proc two_monitors {} {
    own_screen 1800x700
    must xrandr --setmonitor left 900/240x700/185+0+0 screen
    must xrandr --setmonitor right 900/240x700/185+900+0 none
}

# All of a window's inside is on that monitor, 0 or 1.
proc on_monitor {id n} {
    lassign [place_of $id] x y width height
    check {$x >= 900 * $n && $x + $width <= 900 * ($n + 1) && $y >= 0 && $y + $height <= 700} \
        "monitor $n: $x $y $width $height"
}

proc remember {place} {
    file mkdir $::env(HOME)/.local/state/opdesk
    write $::env(HOME)/.local/state/opdesk/desk "main.place = $place\n"
}

proc one_desk {} {
    set fake [Operated new]
    return [list $fake [view_of $fake]]
}

test questions_open_where_the_pointer_is {
    two_monitors
    foreach {monitor x} {1 1500 0 300} {
        xd mousemove $x 600
        lassign [one_desk] fake desk
        $fake alert [uuid]
        on_monitor [lindex [windows_are 1 mediachanged] 0] $monitor
        $desk destroy
        $fake destroy
    }
}

test main_window_comes_back_to_its_monitor {
    two_monitors
    remember 700x500+1000+100
    lassign [one_desk] fake desk
    on_monitor [main_window] 1
    # and so do its dialogs, though there is more room across both
    foreach {key title} {ctrl+k Connections ctrl+comma Preferences F1 {Keys of opdesk}} {
        keys $key
        on_monitor [lindex [windows_are 1 $title] 0] 1
        put_away $title
    }
    equal [$desk err] ""
}

test place_on_a_monitor_that_has_gone_is_given_up {
    foreach place {700x500+1000+100 700x500+860+100 700x500+100+690} {
        screen 900x700
        remember $place
        lassign [one_desk] fake desk
        lassign [place_of [main_window]] x y width height
        check {$x >= 0 && $y >= 0 && $x + $width <= 900 && $y + $height <= 700} "$place: $x $y $width $height"
        equal [list $width $height] {700 500} "the size stays"
        harness::Cleanup
    }
}

test window_partly_outside_is_left_there {
    screen 900x700
    remember 700x500+-200+300
    lassign [one_desk] fake desk
    lassign [place_of [main_window]] x y width height
    check {$x < 0 && $x > -220 && $width == 700} "$x $y $width $height"
}

test remembered_size_is_not_larger_than_the_monitor {
    two_monitors
    remember 1700x650+20+20
    lassign [one_desk] fake desk
    on_monitor [main_window] 0
}

test questions_moved_on_a_large_monitor_open_on_a_small_one {
    foreach size {1800x700 900x700} {
        lassign [split $size x] across
        screen $size
        file mkdir $::env(HOME)/.local/state/opdesk
        write $::env(HOME)/.local/state/opdesk/desk "alert_place = 1300 500\n"
        lassign [one_desk] fake desk
        $fake alert [uuid]
        lassign [place_of [lindex [windows_are 1 mediachanged] 0]] x y width height
        check {$x + $width <= $across && $y + $height <= 700 && $x > 400} "$size: $x $y $width $height"
        harness::Cleanup
    }
}

finish
