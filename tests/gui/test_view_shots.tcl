# SPDX-License-Identifier: ISC
# Promise: every view fits its window, light and dark, at 100 and 200 percent, in both languages.  The
# pictures are kept for people to judge.
source [file join [file dirname [info script]] view.tcl]

# Questions of all kinds and states, the fullest of them first.
proc furnish {fake} {
    set now [clock milliseconds]
    set first [uuid]
    $fake lives $first [list \
        [dict create at [expr {$now - 252000}] what asked by root@alpha.example] \
        [dict create at [expr {$now - 200000}] what claimed by anna@beta.example] \
        [dict create at [expr {$now - 100000}] what note by anna@beta.example \
            note "Tape 7 is at the other site; the courier brings it at two."] \
        [dict create at [expr {$now - 50000}] what released by anna@beta.example]]
    $fake quietly $first title "Nightly backup of alpha" age_ms 252000 created_at [expr {$now - 252000}] \
        text "Volume 3 of 5 is full.\n\nChange the disk in bay 2: volume 3 goes to /mnt/disk/vol.tar. \
The list of volumes is at https://backup.example/volumes." left_ms 1252000 default Cancel attempt 2 \
        ring_in_ms 900000 tags {backup tape}
    $fake quietly [uuid] title "RAID of gamma" severity critical kind abortretryignore age_ms 90000 \
        labels {Abort Retry Ignore} text "Drive 4 does not answer. Replace it, then press Retry." \
        from {gamma.example (192.0.2.9)} ring_in_ms 900000
    $fake quietly [uuid] title "Label" severity info kind text text "Which label does the tape carry?" \
        orphaned 1 age_ms 7200000 ring_in_ms 900000
    $fake quietly [uuid] title "Release of delta 12.4" kind yesno labels {Yes No} age_ms 60000 \
        text "May the release go out?" claimed_by anna@beta.example claim_left_ms 1800000 ring_in_ms 1800000
    for {set n 1} {$n <= 30} {incr n} {
        $fake quietly [uuid] title "Volume $n" text "Insert volume $n" age_ms [expr {$n * 1000}] \
            severity [lindex {info warning critical} [expr {$n % 3}]] ring_in_ms 900000
    }
    for {set seq 250} {$seq > 0} {incr seq -1} {
        lappend past [closed $seq closed_at [expr {$now - (250 - $seq) * 3600000}] \
            created_at [expr {$now - (250 - $seq) * 3600000 - $seq * 1000}]]
    }
    $fake past $past
}

proc inside {id width height} {
    lassign [place_of $id] x y w h
    check {$x >= 0 && $y >= 0 && $x + $w <= $width && $y + $h <= $height} "$id: $x $y $w $h"
}

proc connections {} {
    return (Connections|Verbindungen)
}
proc preferences_title {} {
    return (Preferences|Einstellungen)
}

# All views, one after the other.
proc tour {name width height dpi args} {
    screen ${width}x$height $dpi
    if {[dict exists $args theme]} {
        set folder [file join $::env(HOME) .config opdesk]
        file mkdir $folder
        write [file join $folder preferences] "theme = [dict get $args theme]\n"
    }
    set options [expr {[dict exists $args language] ? [list --language [dict get $args language]] : {}}]
    set fake [Operated new]
    set desk [view_of $fake {*}$options]
    drawn
    shot $name-empty
    furnish $fake
    $fake state down "" 1
    $fake state up
    until 10000 {[windows {opdesk \(34\)}] ne ""} "full"
    keys ctrl+2
    keys ctrl+2
    keys ctrl+2
    inside [main_window] $width $height
    # the question with the long life
    keys ctrl+f
    xd type nightly
    keys Return Home
    until 10000 {[llength [$fake calls alert.show]]} "fetched"
    keys ctrl+f Escape Return
    drawn
    shot $name-full
    keys ctrl+a
    drawn
    shot $name-selected
    keys ctrl+h
    until 10000 {[llength [$fake calls alert.history]]} "searched"
    keys Home
    drawn
    shot $name-history
    keys ctrl+k
    inside [lindex [windows_are 1 [connections]] 0] $width $height
    shot $name-connections
    put_away [connections]
    keys ctrl+comma
    inside [lindex [windows_are 1 [preferences_title]] 0] $width $height
    stays 300 {1} "drawn"
    shot $name-preferences
    put_away [preferences_title]
    equal [$desk err] ""
}

test light { tour light 1280 800 96 theme light }
test dark { tour dark 1280 800 96 theme dark }
test light_twice_the_size { tour light-200 2560 1600 192 theme light }
test dark_twice_the_size { tour dark-200 2560 1600 192 theme dark }
test german { tour german 1280 800 96 language de }
# many dots an inch and little room, and the smallest there is
test laptop_twice_the_size { tour laptop 1920 1080 192 theme dark }
test small_german { tour small 1024 768 96 language de }

finish
