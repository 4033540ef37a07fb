# SPDX-License-Identifier: ISC
# Promise: a sound file is played by a real player (aplay of alsa-utils, into a file instead of a loudspeaker);
# whatever is wrong with it the bell of the screen rings instead, and one player at a time runs, not for ever.
source [file join [file dirname [info script]] desk.tcl]
need aplay mkfifo

# A tone, 16 bit mono.
proc tone {path} {
    set data ""
    for {set i 0} {$i < 4000} {incr i} {
        append data [binary format s [expr {int(12000 * sin($i * 0.3))}]]
    }
    set length [string length $data]
    set f [open $path wb]
    puts -nonewline $f "RIFF[binary format i [expr {36 + $length}]]WAVEfmt [binary format issiiss \
        16 1 1 8000 16000 2 16]data[binary format i $length]$data"
    close $f
}

# The sound card is a file, which is not there yet.
proc card {path} {
    file delete $path
    write [tmp asound.conf] "pcm.!default {\n type file\n slave.pcm { type null }\n file \"$path\"\n format wav\n}\n"
    set ::env(ALSA_CONFIG_PATH) [tmp asound.conf]
    at_end {unset -nocomplain ::env(ALSA_CONFIG_PATH)}
}

# aplay under a name of the test's own, which keeps a line for each start.
proc player {} {
    write [tmp player] "#!/bin/sh\necho started >>[tmp starts]\nexec aplay -q \"\$@\"\n"
    file attributes [tmp player] -permissions 0700
    return [tmp player]
}
proc starts {} {
    return [expr {[file exists [tmp starts]] ? [regexp -all started [contents [tmp starts]]] : 0}]
}

# The processes of players that have this file as their last argument.
proc playing {file} {
    set found {}
    foreach path [glob -nocomplain /proc/\[0-9\]*/cmdline] {
        if {![catch {contents $path} line] && [string match "aplay\0*\0$file\0" $line]} {
            lappend found [lindex [file split $path] 2]
        }
    }
    return $found
}

proc with_desk {args} {
    set lines ""
    foreach {name value} $args {
        append lines "$name = $value\n"
    }
    file mkdir $::env(HOME)/.config/opdesk
    write $::env(HOME)/.config/opdesk/preferences $lines
    set fake [Fake new]
    set desk [$fake desk]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    look bells
    return [list $fake $desk]
}

test sound_file_comes_out_of_a_real_player {
    screen
    tone [tmp "the bell.wav"]
    card [tmp card.wav]
    lassign [with_desk sound file sound_file [tmp "the bell.wav"] sound_player "aplay -q"] fake desk
    $fake alert [uuid]
    until 10000 {[file exists [tmp card.wav]] && [dict get [run cmp [tmp card.wav] [tmp "the bell.wav"]] status] == 0} "played"
    equal [look bells] 0
    until 5000 {![llength [playing [tmp "the bell.wav"]]]} "ended"
    equal [$desk err] ""
}

test bell_rings_at_once_and_again {
    screen
    lassign [with_desk bell_interval 2s] fake desk
    set id [uuid]
    $fake alert $id
    until 3000 {[look bells] == 1} "at once"
    set first [clock milliseconds]
    until 6000 {[look bells] == 2} "again"
    check {[clock milliseconds] - $first >= 1500}
    # once for all of them, and no more for none
    $fake alert [uuid] title two
    $fake alert $id state answered answer Ok
    until 6000 {[look bells] >= 3} "for the other one"
    focus_on [lindex [windows_are 1 {mediachanged: two}] 0]
    until 10000 {[xd key Escape; windows mediachanged.*] eq ""} "put aside"
    set n [look bells]
    stays 3000 {[look bells] == $n}
    equal [$desk err] ""
}

test quiet_hours_are_quiet {
    screen
    tone [tmp bell.wav]
    card [tmp card.wav]
    lassign [with_desk sound file sound_file [tmp bell.wav] sound_player "aplay -q" quiet_hours 0:00-24:00] fake desk
    $fake alert [uuid]
    windows_are 1 mediachanged
    stays 1000 {![file exists [tmp card.wav]] && [look bells] == 0}
    # a critical one is heard
    $fake alert [uuid] severity critical
    until 10000 {[file exists [tmp card.wav]]} "played"
    equal [$desk err] ""
}

test player_that_fails_or_is_missing_is_told_and_the_bell_rings {
    foreach {name player} [list sound-failed "aplay -q" sound-missing /no/such/player] {
        screen
        # a host without a sound card
        write [tmp asound.conf] ""
        set ::env(ALSA_CONFIG_PATH) [tmp asound.conf]
        tone [tmp bell.wav]
        lassign [with_desk sound file sound_file [tmp bell.wav] sound_player $player] fake desk
        $fake alert [uuid]
        until 10000 {[look bells] == 1} "the bell of $name"
        shot $name
        equal [$desk err] ""
        harness::Cleanup
    }
}

# A real player waits for ever for what nobody writes.
test player_that_hangs_runs_once_and_not_for_ever {
    screen
    must mkfifo [tmp pipe]
    card [tmp card.wav]
    set since [clock milliseconds]
    lassign [with_desk bell_interval 1s sound file sound_file [tmp pipe] sound_player [player]] fake desk
    $fake alert [uuid]
    until 10000 {[llength [playing [tmp pipe]]] == 1} "playing"
    # it rings again each second
    stays 4000 {[llength [playing [tmp pipe]]] == 1 && [starts] == 1 && [look bells] == 0}
    until 15000 {[look bells] == 1} "the bell"
    check {[clock milliseconds] - $since >= 10000}
    shot sound-late
    equal [$desk err] ""
    # the next one has its time also when the desk is killed
    until 10000 {[starts] == 2} "started again"
    $desk signal KILL
    until 15000 {[playing [tmp pipe]] eq ""} "ended"
}

test sound_is_tried_and_chosen_in_the_preferences {
    screen
    tone [tmp bell.wav]
    card [tmp card.wav]
    lassign [with_desk sound_player "aplay -q"] fake desk
    focus_on [main_window]
    xd key ctrl+comma
    focus_on [lindex [windows_are 1 Preferences] 0]
    # from the first line: four more of "Attention", the sound, its button
    xd key Tab Tab Tab Tab Tab Tab space
    until 5000 {[look bells] == 1} "the bell, tried"
    # "Sound file", which is not chosen yet
    opens {xd key shift+Tab Down}
    xd key Down Return Tab space
    until 5000 {[look bells] == 2} "the bell instead"
    shot preferences-sound-wrong
    xd key Tab
    xd type [tmp bell.wav]
    xd key Return shift+Tab space
    until 5000 {[file exists [tmp card.wav]]} "played"
    # the button beside it
    xd key Tab Tab space
    windows_are 1 {Sound file}
    shot preferences-sound-file
    equal [$desk err] ""
}

finish
