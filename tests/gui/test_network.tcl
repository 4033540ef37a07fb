# SPDX-License-Identifier: ISC
# Promise: the desk on a host of a real network (namespaces of the test's own): it chats by multicast, rings when
# it is called, notices that the server has gone and that it is back; it shows hosts whose beacons come to the
# group: alive, silent, of a wrong clock, of another time zone.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] .. harness netns.tcl]

proc desk_on {host lines} {
    set folder [file join $::env(HOME) .config opdesk]
    file mkdir $folder
    write [file join $folder preferences] [join $lines \n]\n
    return [Job new {*}[on $host] [bin opdesk] -s unix:/nonexistent/sock]
}

# What stands in the middle of the window, a text: all of it, by way of the clipboard.
proc shown_text {} {
    lassign [place_of [main_window]] x y width height
    xd mousemove [expr {$x + $width / 2}] [expr {$y + $height / 2}] click 1
    xd key --delay 25 ctrl+slash ctrl+c
    set f [tmp clipboard.tcl]
    write $f {wm withdraw .; catch {puts -nonewline [clipboard get]}; exit}
    return [dict get [run [auto_execok wish8.6] $f] out]
}
proc shows {line} {
    until 15000 {[string match "*$line*" [shown_text]]} "shown: $line"
}
proc line {text} {
    xd type --delay 5 -- $text
    keys Return
}

# The colour of a sign, somewhere in the list?
proc list_shows {rgb} {
    lassign [place_of [main_window]] x y width height
    set file [tmp list.ppm]
    run import -window root -crop 80x[expr {$height - 150}]+$x+[expr {$y + 90}] -depth 8 ppm:$file
    set chan [open $file rb]
    set bytes [read $chan]
    close $chan
    return [expr {[string first [binary format H6 $rgb] $bytes] >= 0}]
}

# Both with dark colours on a screen of twice the usual resolution; the views' own tests have the others.
test "chat by multicast, heard once; called, it rings; a server that was away is found again" {
    hosts server desk other
    screen 2000x1400 192
    set conf "multicast = true\nchannel \"duty\" { description = \"who is on duty\" }\n"
    append conf "channel \"weather\" { description = \"rain and shine\" }"
    set d [opchatd -wrap [on server] -udp *:2027 -conf $conf]
    set tom [Job new -pipe 1 {*}[on other] [bin opchat] -n tom -c weather -c duty 10.9.0.1]
    hears $tom "* you are in duty (1)"
    set rang [tmp rang]
    set desk [desk_on desk [list "chat_server = 10.9.0.1" "chat_nick = lena" "chat_channel = duty" \
        "chat_channel = weather" "sound = file" "theme = dark" "sound_file = $rang" "sound_player = touch"]]
    focus_on [main_window]
    keys alt+5
    hears $tom "* lena came into weather"
    line "by the group"
    hears $tom {[duty] lena: by the group}
    types $tom "heard by the group as well"
    shows "heard by the group as well"
    # ours came back by the group, and once
    equal [regexp -all {lena\s+by the group} [shown_text]] 1
    check {![file exists $rang]}
    foreach text {"the tape of alpha is full, and nobody has put the next one in since seven: who is near it?" \
        "https://status.example.org/alpha/tapes?view=all&since=2026-11-26T07:00:00Z#last"} {
        types $tom $text
    }
    shows "last"
    # in a channel that is not on the screen
    types $tom "/join weather"
    hears $tom "* you are in weather (2)"
    types $tom "Lena, it rains"
    until 10000 {[file exists $rang]} "it rings"
    shot chat-multicast
    equal [$d stop] 0
    shows "The connection is lost"
    $d start
    shows "Connected again"
    # both are back in the group
    hears $tom "* the server has forgotten us: logging in again"
    until 15000 {[regexp {tom.*duty.*weather|tom.*weather.*duty} [dict get [admin $d users] out]]} {[$tom describe]}
    types $tom "back in the group"
    keys ctrl+Down
    shows "back in the group"
    equal [$desk err] ""
}

test "hosts by their beacons: alive, silent, clock off, time zone" {
    hosts desk b c
    screen 2000x1400 192
    set desk [desk_on desk [list "theme = dark"]]
    focus_on [main_window]
    keys alt+4
    set alive [Job new {*}[on b] [bin opnet] beacon --interval 1s --host harbour.example.org]
    set ends [Job new {*}[on c] [bin opnet] beacon --interval 1s --host lighthouse.example.org]
    until 15000 {[list_shows 5fcf75]} "a sign of life"
    check {![list_shows ff6b5e]}
    # Beacons of hosts whose clocks are 100 s ahead, and of one in another zone that tells no more.
    set liars [Job new {*}[on c] perl -MIO::Socket::INET -MPOSIX -e {
        my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "224.225.226.227:2070") or die "$!";
        for my $n (0 .. 200) {
            my $t = time + 100;
            my $stamp = POSIX::strftime("%a %b %d %H:%M:%S %Y", gmtime $t);
            $s->send("$stamp/buoy.example.org/t=$t.000/tz=+0000/period=1/seq=$n/v=1") or die "$!";
            $s->send(POSIX::strftime("%a %b %d %H:%M:%S %Y", localtime(time + 7200)) . "/ferry.example.org");
            select undef, undef, undef, 1;
        }
    }]
    until 20000 {[list_shows f0a830]} "a clock that is off"
    $ends signal KILL
    until 30000 {[list_shows ff6b5e]} "a sign of silence"
    drawn
    shot hosts-network
    check {[list_shows 5fcf75]}
    equal [$desk err] ""
}

finish
