# SPDX-License-Identifier: ISC
# Ringing: quiet hours, the sound, the notification of the desktop.  The programs that make them are
# played: each says what it was called with in a file.
source [file join [file dirname [info script]] common.tcl]
interp bgerror {} [list apply {{message options} { puts stderr [dict get $options -errorinfo]; set ::failed 1 }}]
set ::failed 0
set tmp [exec mktemp -d -t opdesk-test.XXXXXX]
set ::env(PATH) $tmp:$::env(PATH)
foreach {name end} {player {exit 0} broken {exit 1} hanging {exec tail -f /dev/null} notify-send {exit 0} gdbus {exit 0}} {
    set f [open $tmp/$name w]
    puts $f "#!/bin/sh\necho $name \"\$@\" >>$tmp/log\necho 42\n$end"
    close $f
    file attributes $tmp/$name -permissions 0700
}
parts app/signal app/clock app/files app/preferences app/program app/helper app/rpc app/servers \
    app/words app/alerts app/windows app/answers app/quiet app/sound app/ring app/notify
namespace path opdesk::app
set opdesk::app::sound::bell {keep rung}
signal::on sound {keep told}
set opdesk::app::notify::pause_ms 0
set opdesk::app::ring::gap_ms 0

proc question {id args} {
    return [dict merge [list id $id seq 1 version 1 from "a (b)" text T kind okcancel labels {Ok Cancel} \
        severity warning state pending age_ms 0 ring_in_ms 0] $args]
}
proc log {} {
    if {![file exists $::tmp/log]} {
        return ""
    }
    set f [open $::tmp/log]
    try { return [string trim [read $f]] } finally { close $f }
}
proc fresh {args} {
    after cancel $::opdesk::app::ring::timer
    set ::opdesk::app::ring::timer ""
    set ::opdesk::app::ring::last -100000
    set ::opdesk::app::alerts::alerts {}
    set ::opdesk::app::notify::shown {}
    set ::opdesk::app::notify::id ""
    set ::opdesk::app::preferences::values $args
    ring::configure 60000 ::opdesk::app::sound::ring
    keeper rung
    keeper told
    set ::opdesk::app::sound::told ""
    file delete $::tmp/log
}
# The hours around now, or the others.
proc hours {around} {
    scan [clock format [clock seconds] -format %H] %d hour
    set from [expr {($hour + 23) % 24}]
    set to [expr {($hour + 2) % 24}]
    return [expr {$around ? "$from:00-$to:00" : "$to:00-$from:00"}]
}

foreach {minute hours want} {
    0 {} 0   1320 {1320 360} 1   1319 {1320 360} 0   0 {1320 360} 1   359 {1320 360} 1   360 {1320 360} 0
    540 {540 1020} 1   1020 {540 1020} 0   539 {540 1020} 0   5 {600 600} 0
} {
    test quiet_minute_${minute}_in_[join $hours -] {} [list quiet::within $minute $hours] $want
}

test ring_is_the_bell {} {
    fresh
    alerts::change 0 [question a] [clock::now]
    until {[llength $::rung] == 1}
    log
} {}

test ring_is_silent_in_quiet_hours {but goes on afterwards: it is due all the time} {
    fresh quiet_hours [hours 1]
    alerts::change 0 [question a] [clock::now]
    until {$::opdesk::app::ring::last > 0}
    list $::rung [expr {$::opdesk::app::ring::timer ne ""}]
} {{} 1}

test ring_for_critical_ones_also_in_quiet_hours {} {
    fresh quiet_hours [hours 1]
    alerts::change 0 [question a severity critical] [clock::now]
    until {[llength $::rung]}
    llength $::rung
} 1

test ring_outside_quiet_hours {} {
    fresh quiet_hours [hours 0]
    alerts::change 0 [question a] [clock::now]
    until {[llength $::rung]}
    llength $::rung
} 1

test sound_none_is_silent {} {
    fresh sound none
    sound::ring
    set ::rung
} {}

test sound_file_is_given_to_the_player {its words, then the file} {
    fresh sound file sound_file {/tmp/a b.wav} sound_player {player --volume 3}
    sound::ring
    until {[log] ne "" && $::opdesk::app::sound::playing eq ""}
    list [log] $::rung
} {{player --volume 3 /tmp/a b.wav} {}}

# What was told of a ring with these preferences, once it is over.
proc rings {args} {
    fresh sound file sound_file $::tmp/player {*}$args
    sound::ring
    until {$::opdesk::app::sound::playing eq ""}
    return $::told
}

test sound_that_cannot_be_played_is_the_bell {and it is told which setting is wrong} {
    foreach {player file} [list broken $::tmp/player /no/such/player $::tmp/player "" $::tmp/player "\{" $::tmp/player \
        broken $::tmp/none player ""] {
        lassign [rings sound_player $player sound_file $file] told
        lappend all [llength $::rung] [lindex $told 1] [regsub {\. The bell rang instead\.$} [lindex $told 2] ""]
    }
    set all
} {1 sound_player {broken could not play the sound file (exit status 1)}\
    1 sound_player {/no/such/player could not be started: is it installed?}\
    1 sound_player {No player is named that can be started}\
    1 sound_player {No player is named that can be started}\
    1 sound_file {The sound file cannot be read}\
    1 sound_file {No sound file is chosen}}

test sound_that_does_not_end_is_ended_and_is_the_bell {never twice at once} -setup {
    set kept $::opdesk::app::sound::seconds
    set ::opdesk::app::sound::seconds 1
} -body {
    fresh sound file sound_file /tmp/a.wav sound_player hanging
    sound::ring
    sound::ring
    until {[log] ne ""}
    sound::ring
    until {$::opdesk::app::sound::playing eq ""}
    list [log] [llength $::rung] [lindex $::told 0 2]
} -cleanup {
    set ::opdesk::app::sound::seconds $kept
} -result {{hanging /tmp/a.wav} 1 {hanging had not ended after 1 seconds, and was ended. The bell rang instead.}}

test sound_that_fails_is_told_once {until it has worked, or somebody tries it; the bell rings each time} {
    fresh sound file sound_file $::tmp/player
    foreach {player how} {broken ring broken ring broken try player ring broken ring} {
        dict set opdesk::app::preferences::values sound_player $player
        sound::$how
        until {$::opdesk::app::sound::playing eq ""}
        lappend counts [llength $::told]
    }
    list $counts [lmap one $::told {lrange $one 0 0}] [lmap one $::told {lindex $one 3}] [llength $::rung]
} {{1 1 2 3 4} {failed failed played failed} {0 1 {} 0} 4}

# The clock on the wall is set by the time zone.
proc at_home {clock} {
    scan $clock %d:%d hour minute
    set east [expr {(60 * $hour + $minute) * 60 + 20 - [clock seconds] % 86400}]
    set west [expr {-$east}]
    set ::env(TZ) [format "<here>%s%02d:%02d:%02d" [expr {$west < 0 ? "-" : "+"}] [expr {abs($west) / 3600}] \
        [expr {abs($west) / 60 % 60}] [expr {abs($west) % 60}]]
}

test quiet_hours_across_midnight {by the clock on the wall} -body {
    foreach clock {21:59 22:00 23:59 0:00 3:00 5:59 6:00 12:00} {
        at_home $clock
        fresh quiet_hours 22:00-06:00
        alerts::change 0 [question a] [clock::now]
        until {$::opdesk::app::ring::last > 0}
        lappend bells_by_hour [llength $::rung]
    }
    set bells_by_hour
} -cleanup {
    unset ::env(TZ)
} -result {1 0 0 0 0 0 1 1}

test notification_only_when_wanted {} {
    fresh notifications no
    alerts::change 0 [question a] [clock::now]
    after 50 {set ::turn 1}
    vwait ::turn
    log
} {}

test notification_of_the_gravest_replaced_and_withdrawn {markup in it is text; no word is an option} {
    fresh notifications yes
    set now [clock::now]
    alerts::change 0 [question a from "-x" text "<b>one</b>"] $now
    until {[log] ne "" && !$::opdesk::app::notify::busy}
    alerts::change 0 [question b severity critical text two] $now
    until {[string match *two* [log]] && !$::opdesk::app::notify::busy}
    alerts::change 0 [question b version 2 state answered] $now
    until {[regexp -all one [log]] == 2 && !$::opdesk::app::notify::busy}
    alerts::change 0 [question a version 2 state withdrawn] $now
    until {[string match *gdbus* [log]]}
    split [log] \n
} [list \
    {notify-send -p -a opdesk -i opdesk -u normal -- Question from -x “&lt;b&gt;one&lt;/b&gt;”} \
    {notify-send -p -a opdesk -i opdesk -u critical -r 42 -- Question from a (b) “two”} {and 1 more} \
    {notify-send -p -a opdesk -i opdesk -u normal -r 42 -- Question from -x “&lt;b&gt;one&lt;/b&gt;”} \
    {gdbus call --session --dest org.freedesktop.Notifications --object-path /org/freedesktop/Notifications --method org.freedesktop.Notifications.CloseNotification 42}]

test notification_not_in_quiet_hours {} {
    fresh notifications yes quiet_hours [hours 1]
    alerts::change 0 [question a] [clock::now]
    notify::Look
    log
} {}

test nothing_failed_behind {} {
    set ::failed
} 0

file delete -force $tmp
done
