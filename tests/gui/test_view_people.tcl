# SPDX-License-Identifier: ISC
# Promise: the chat and the hosts fit their window, light and dark, at 100 and 200 percent, in both languages
# (the pictures are for people to judge); the desk stays in hand with 10,000 lines and 1,000 hosts.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] gaps.tcl]

# The helper with a chat server and beacons behind it.
oo::class create Sociable {
    superclass Operated
    variable numbers

    method Opened {msgid endpoint} {
        if {![regexp {^(chat|watch):} $endpoint - kind]} {
            next $msgid $endpoint
            return
        }
        set number [dict get {chat 50 watch 51} $kind]
        dict set numbers $kind $number
        my reply $msgid [list map [list link [list int $number]]] 0
        my link $kind up
    }
    method link {kind state {reason ""} {retry_ms -1}} {
        my notify 0 link.state [list map [list link [list int [dict get {chat 50 watch 51} $kind]] \
            endpoint {str x} state [list str $state] reason [list str $reason] \
            retry_ms [list int $retry_ms] program [list str [dict get {chat opchatd watch beacons} $kind]] \
            you [list str [expr {$kind eq "chat" ? "lena" : ""}]]]]
    }
    method Message {link rpc} {
        lassign $rpc type msgid method params
        set params [lindex $params 0]
        switch $method {
            chat.join {
                my reply $msgid {map {}} 50
                my event joined title [dict get $params title] count 3
            }
            chat.say {
                my reply $msgid {map {}} 50
                my event said title [dict get $params title] nick lena text [dict get $params text]
            }
            chat.users {
                my reply $msgid {map {}} 50
                foreach nick {anna lena tom} {
                    my event user nick $nick text "duty weather" count 60
                }
            }
            chat.channels {
                my reply $msgid {map {}} 50
                foreach {title count text} {duty 3 "who is on duty, and what is going on" weather 1 "rain and shine"
                    storage 0 "disks, tapes and robots"} {
                    my event channel title $title count $count text $text
                }
            }
            chat.whisper { my reply $msgid {map {}} 50 }
        }
        next $link $rpc
    }
    method event {type args} {
        my raw [my frame_of_event $type {*}$args]
    }
    method frame_of_event {type args} {
        set event [dict merge {title "" nick "" text "" count 0} $args]
        set map [list type [list str $type]]
        foreach name {title nick text} {
            lappend map $name [list str [dict get $event $name]]
        }
        lappend map count [list int [dict get $event count]]
        return [my frame 50 [list arr [list {int 2} {str chat.event} [list arr [list [list map $map]]]]]]
    }
    method frame_of_host {host args} {
        set one [dict merge {address 192.0.2.1 silent 0 clock good offset_ms 12 age_ms 3000 period_ms 15000} $args]
        set map [list host [list str $host] seen_ms [list int [clock milliseconds]] beacons {int 7} \
            address [list str [dict get $one address]] clock [list str [dict get $one clock]] \
            silent [expr {[dict get $one silent] ? "true" : "false"}]]
        foreach name {offset_ms age_ms period_ms} {
            lappend map $name [list int [dict get $one $name]]
        }
        return [my frame 51 [list arr [list {int 2} {str watch.host} [list arr [list [list map $map]]]]]]
    }
}

proc preferences {args} {
    set folder [file join $::env(HOME) .config opdesk]
    file mkdir $folder
    write [file join $folder preferences] [join $args \n]\n
}

proc talk {fake} {
    foreach {nick text} {
        tom "Good morning. The robot of alpha has eaten a tape again."
        anna "Which one? The nightly backup waits for volume 3."
        tom "That one. I have it out, the label is torn: I write a new one and put it back into slot 7, which takes a quarter of an hour or so."
        anna "lena, can you answer the question with Cancel until then?"
        "Zoë" "Überall ist es grün."
    } {
        $fake event said title duty nick $nick text $text
    }
    $fake event came title duty nick karl
    $fake event said title weather nick tom text "rain at noon"
    $fake event said title weather nick tom text "lena: storm warning from six o'clock"
    $fake event whispered nick anna text "between us: it is the old drive"
}

proc neighbours {fake} {
    set bytes [$fake frame_of_host tape1.example.org address 192.0.2.11 silent 1 age_ms 754000]
    append bytes [$fake frame_of_host gamma.example.org address 192.0.2.12 clock off offset_ms -200000]
    append bytes [$fake frame_of_host tokyo.example.org address 2001:db8::17 clock zone offset_ms 310]
    for {set n 1} {$n <= 40} {incr n} {
        append bytes [$fake frame_of_host node$n.example.org address 192.0.2.[expr {20 + $n}] \
            age_ms [expr {$n * 300}] offset_ms [expr {$n * 7 - 60}]]
    }
    $fake raw $bytes
}

proc tour {name width height dpi theme {language en}} {
    screen ${width}x$height $dpi
    preferences "theme = $theme" "chat_server = chat.example.org" "chat_nick = lena" "chat_channel = duty" \
        "chat_channel = weather"
    set fake [Sociable new]
    set desk [view_of $fake --language $language]
    keys alt+4
    drawn
    shot $name-hosts-empty
    neighbours $fake
    drawn
    keys Down
    drawn
    shot $name-hosts
    keys alt+5
    until 10000 {[llength [$fake calls chat.users]]} "in the channel"
    drawn
    talk $fake
    drawn
    # a while later the list of people has settled
    keys ctrl+Down ctrl+Up
    xd type --delay 5 -- "I do"
    keys Return
    called_at_least $fake chat.say 1
    drawn
    shot $name-chat
    xd type --delay 5 -- "/nonsense"
    keys Return
    $fake link chat down "connection refused" 2000
    drawn
    shot $name-chat-down
    lassign [place_of [main_window]] x y w h
    check {$x >= 0 && $y >= 0 && $x + $w <= $width && $y + $h <= $height} "$x $y $w $h"
    equal [$desk err] ""
}

# The desk has heard everything up to now: it asks for the people of a channel that it has come into.
proc heard {fake} {
    set n [llength [$fake calls chat.users]]
    $fake event joined title duty count 3
    until 60000 {[llength [$fake calls chat.users]] > $n} "all is heard"
}

proc called_at_least {fake method n} {
    until 15000 {[llength [$fake calls $method]] >= $n} {$method: [$fake calls $method]}
}

test light { tour people-light 1280 800 96 light }
test dark { tour people-dark 1280 800 96 dark }
test light_twice_the_size { tour people-light-200 2560 1600 192 light }
test dark_twice_the_size { tour people-dark-200 2560 1600 192 dark }
test german { tour people-german 1280 800 96 light de }

test ten_thousand_lines_and_a_thousand_hosts_hold_nobody_up {
    screen
    preferences "theme = light" "chat_server = chat.example.org" "chat_nick = lena" "chat_channel = duty"
    set fake [Sociable new]
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [view_of $fake]
    keys alt+4
    keys alt+5
    called_at_least $fake chat.users 1
    set lines ""
    for {set n 1} {$n <= 10000} {incr n} {
        append lines [$fake frame_of_event said title duty nick tom text "line $n of very many, and some words"]
    }
    set hosts ""
    for {set n 1} {$n <= 1000} {incr n} {
        append hosts [$fake frame_of_host host$n.example.org address 10.0.[expr {$n / 250}].[expr {$n % 250}]]
    }
    set gaps [gaps_of {
        $fake raw $lines
        heard $fake
        xd type --delay 5 -- done
        keys Return
        called_at_least $fake chat.say 1
        keys Prior Prior
        drawn
        shot people-many-lines
        keys alt+4
        $fake raw $hosts
        heard $fake
        keys End Home
        drawn
    }]
    shot people-many
    # what it ran at one go; the loop is away for longer on a loaded machine
    check {[lindex $gaps 2] < 300 && [lindex $gaps 0] < 3000} $gaps
    puts "      longest gaps, ms: $gaps"
    equal [$desk err] ""
}

finish
