# SPDX-License-Identifier: ISC
# Promise: hosts that send beacons stand in the view of hosts while they do, and one that falls silent is
# shown as such, first, and shown well again when it comes back.
source [file join [file dirname [info script]] view.tcl]

# A port that nobody of this host uses now, likely for UDP as well.
proc free_port {} {
    set s [socket -server none -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    close $s
    return $port
}

proc beacon {port host} {
    return [Job new [bin opnet] beacon --group 127.0.0.1 --port $port --interval 1s --host $host]
}

# Is there this colour in the list?
proc list_shows {rgb} {
    lassign [place_of [main_window]] x y width height
    set file [tmp list.ppm]
    run import -window root -crop ${width}x[expr {$height - 150}]+$x+[expr {$y + 90}] \
        -depth 8 ppm:$file
    set chan [open $file rb]
    set bytes [read $chan]
    close $chan
    return [expr {[string first [binary format H6 $rgb] $bytes] >= 0}]
}

test host_is_alive_silent_and_back {
    screen
    set port [free_port]
    set folder [file join $::env(HOME) .config opdesk]
    file mkdir $folder
    write [file join $folder preferences] "beacon_group = 127.0.0.1:$port\ntheme = light\n"
    set desk [desk -s unix:/nonexistent/sock]
    keys alt+4
    drawn
    shot hosts-empty
    set alpha [beacon $port alpha]
    set beta [beacon $port beta]
    until 10000 {[list_shows 2c7a39]} "a sign of life"
    check {![list_shows c2261b]}
    $beta signal TERM
    $beta wait
    until 20000 {[list_shows c2261b]} "a sign of silence"
    drawn
    shot hosts-silent
    set beta [beacon $port beta]
    until 10000 {![list_shows c2261b]} "it is back"
    check {[list_shows 2c7a39]}
    equal [$desk err] ""
}

finish
