# SPDX-License-Identifier: ISC
# Promise: people on duty talk through the desk as they do through opchat: a form names the server, what is
# said arrives, is read and answered, nothing that was typed is lost when the server goes, and who comes back
# has the channels back.
source [file join [file dirname [info script]] view.tcl]

# The picture, once what was to be drawn is.
proc after_shot {name} {
    drawn
    shot $name
}
proc line {text} {
    xd type --delay 5 -- $text
    keys Return
}

# A desk that has no server of questions, at its chat view; `lines` are its preferences.
proc chat_desk {lines args} {
    set folder [file join $::env(HOME) .config opdesk]
    file mkdir $folder
    write [file join $folder preferences] [join $lines \n]\n
    set desk [desk -s unix:/nonexistent/sock {*}$args]
    focus_on [main_window]
    keys alt+5
    return $desk
}
proc two_channels {} {
    return [opchatd -conf {
        channel "duty" { description = "who is on duty" }
        channel "weather" { description = "rain and shine" }
    }]
}
proc known_as {d nick args} {
    return [list "chat_server = [$d at]" "chat_nick = $nick" {*}$args]
}
proc kept {} {
    set chan [open [file join $::env(HOME) .config opdesk preferences]]
    set text [read $chan]
    close $chan
    return $text
}

test form_names_the_server_and_is_kept {
    screen
    set d [opchatd]
    set tom [chatter [$d at] tom -c duty]
    set desk [chat_desk {}]
    after_shot chat-form
    # the keyboard is in the form
    xd type --delay 5 -- [$d at]
    keys Tab
    xd type --delay 5 -- lena
    keys Return
    until 10000 {[regexp {chat_nick = lena} [kept]]} {[kept]}
    until 10000 {[regexp lena [dict get [admin $d users] out]]} "logged in"
    line "/join duty"
    hears $tom "* lena came into duty"
    line "good evening"
    hears $tom {[duty] lena: good evening}
    until 10000 {[regexp {chat_channel = duty} [kept]]} {[kept]}
    equal [$desk err] ""
    $desk signal TERM
    $desk wait
}

test what_is_said_arrives_and_is_answered {
    screen
    set d [two_channels]
    set tom [chatter [$d at] tom -c duty]
    set desk [chat_desk [known_as $d lena "chat_channel = duty" "chat_channel = weather"]]
    hears $tom "* lena came into duty"
    types $tom "lena, are you there?"
    types $tom "the tape of alpha is full"
    types $tom "/private lena between us: it is the old one"
    line "//slashes are said"
    hears $tom {[duty] lena: /slashes are said}
    line "/private tom I know"
    hears $tom "(privately) lena: I know"
    after_shot chat-talk
    equal [$desk err] ""
}

test channel_is_chosen_before_it_is_spoken_in {
    screen
    set d [two_channels]
    set tom [chatter [$d at] tom -c weather]
    set desk [chat_desk [known_as $d lena "chat_channel = duty" "chat_channel = weather"]]
    hears $tom "* lena came into weather"
    # duty is in front, weather was joined last: what is typed goes where it was typed
    line "for duty only"
    keys ctrl+Down
    line "for weather"
    hears $tom {[weather] lena: for weather}
    check {![string match "*for duty only*" [$tom out]]}
    equal [$desk err] ""
}

test server_that_goes_loses_nothing_typed {
    screen
    set d [opchatd]
    set tom [chatter [$d at] tom -c duty]
    set desk [chat_desk [known_as $d lena "chat_channel = duty"]]
    hears $tom "* lena came into duty"
    $d crash
    line "are you all there"
    after_shot chat-lost
    $d start
    set anna [chatter [$d at] anna -c duty]
    # whoever of the two is there first
    until 15000 {[regexp {you are in duty \(2\)|lena came into duty} [$anna out]]} {[$anna describe]}
    # it stands in the line still
    keys Return
    hears $anna {[duty] lena: are you all there}
    equal [$desk err] ""
}

# The line that had the keyboard goes out of sight while a dialog has it: the form has it after that.
test form_that_comes_behind_a_dialog_has_the_keyboard {
    screen
    set d [opchatd]
    set tom [chatter [$d at] tom -c duty]
    $d kill engine STOP
    set desk [chat_desk [known_as $d tom]]
    after_shot chat-waits
    keys ctrl+k
    focus_on [lindex [windows_are 1 Connections] 0]
    # where it is said how the server is, which the form takes the place of
    lassign [place_of [main_window]] x y
    set bar "[expr {$x + 10}] [expr {$y + 50}] 300 22"
    set waits [look "pixels $bar"]
    $d kill engine CONT
    until 15000 {[look "pixels $bar"] ne $waits} "refused"
    put_away Connections
    until 10000 {[focused] eq [main_window]} "the keyboard"
    keys ctrl+a
    line lena
    until 15000 {[regexp lena [dict get [admin $d users] out]]} "logged in"
    equal [$desk err] ""
}

test nickname_that_is_taken_brings_the_form {
    screen
    set d [opchatd]
    set tom [chatter [$d at] tom -c duty]
    set desk [chat_desk [known_as $d tom]]
    # the form asks for another
    after_shot chat-taken
    until 20000 {[
        keys ctrl+a
        line lena
        regexp lena [dict get [admin $d users] out]
    ]} "logged in"
    equal [$desk err] ""
}

finish
