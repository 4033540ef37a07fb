# SPDX-License-Identifier: ISC
# Promise: where the user wants it, a question is on the desktop's notifications too: one at a time, of the
# gravest that is due, gone when none is left.  With the real notify-send(1) and a notification daemon that others
# wrote, dunst(1), on a bus of the test's own.
source [file join [file dirname [info script]] view.tcl]
need dbus-daemon dunst dunstctl notify-send gdbus

# A session bus with a notification daemon.
proc desktop {} {
    set bus [Job new dbus-daemon --session --nofork --nopidfile --print-address=1]
    until 10000 {[regexp {^(unix:\S+)} [$bus out] - address] || [$bus ended]} {[$bus describe]}
    set ::env(DBUS_SESSION_BUS_ADDRESS) $address
    set dunst [Job new dunst -conf /dev/null]
    until 10000 {[string trim [dict get [run dunstctl is-paused] out]] eq "false" || [$dunst ended]} {[$dunst describe]}
}

proc shown {} {
    return [string trim [dict get [run dunstctl count displayed] out]]
}

# Titles and texts of those that are gone.
proc gone {} {
    return [dict get [run dunstctl history] out]
}

test question_is_notified_replaced_and_withdrawn {
    screen
    desktop
    file mkdir $::env(HOME)/.config/opdesk
    write $::env(HOME)/.config/opdesk/preferences "notifications = yes\nmax_windows = 1\n"
    set fake [Operated new]
    set desk [view_of $fake]
    set disk [uuid]
    $fake alert $disk title "Change the disk" severity warning from {alpha.example (192.0.2.7)}
    until 15000 {[shown] == 1} "notified"
    set fire [uuid]
    $fake alert $fire title "It is <hot> & burns" severity critical from {beta.example (192.0.2.8)}
    # the second takes the place of the first
    stays 1500 {[shown] == 1} "one at a time"
    shot notification
    $fake alert $disk state withdrawn
    $fake alert $fire state withdrawn
    until 15000 {[shown] == 0} "gone with the questions"
    check {[string match *beta.example* [gone]]} [gone]
    check {[string match "*It is <hot> & burns*" [gone]] || [string match "*It is &lt;hot&gt; &amp; burns*" [gone]]} [gone]
    equal [$desk err] ""
}

test without_the_wish_nothing_is_notified {
    screen
    desktop
    set fake [Operated new]
    set desk [view_of $fake]
    $fake alert [uuid] title "Change the disk"
    windows_are 1 {mediachanged: .*}
    stays 1000 {[shown] == 0} "not wanted"
    equal [$desk err] ""
}

finish
