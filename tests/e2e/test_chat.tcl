# SPDX-License-Identifier: ISC
# Promise: people on duty chat: channels, private messages, lists, an administrator; a server that was
# restarted has them back by themselves, and nobody's datagrams disturb the others.
source [file join [file dirname [info script]] .. harness.tcl]

test two_talk_in_a_channel {
    set d [opchatd]
    set lena [chatter [$d at] lena -c duty]
    hears $lena "* you are in duty (1)"
    set tom [chatter [$d at] tom -c duty]
    hears $tom "* you are in duty (2)"
    hears $lena "* tom came into duty"
    types $tom "good evening"
    hears $lena {[duty] tom: good evening}
    hears $tom {[duty] tom: good evening}
    types $lena "/private tom over to you"
    hears $tom "(privately) lena: over to you"
    types $lena //slash
    hears $tom {[duty] lena: /slash}
    types $tom /quit
    equal [$tom wait] 0
    hears $lena "* tom left duty"
}

test channels_are_listed_joined_and_left {
    set d [opchatd -conf {
        channel "weather" { description = "rain and shine" }
        channel "secret" { description = "not for everybody" allow = {"deny all"} }
    }]
    set lena [chatter [$d at] lena]
    types $lena /channels
    hears $lena "  weather                 0  rain and shine"
    hears $lena "* 2 channels"
    types $lena "/join secret"
    hears $lena "* channel secret is not open to you"
    types $lena hello?
    hears $lena "* you are in no channel: join one"
    types $lena "/join nowhere"
    hears $lena "* no channel nowhere"
    types $lena "/join weather"
    hears $lena "* you are in weather (1)"
    types $lena /users
    hears $lena "  lena                 0 min  weather"
    hears $lena "* 1 user"
    types $lena /part
    hears $lena "* you left weather"
    types $lena /nonsense
    until 5000 {[string match "*no such command*" [$lena err]]}
}

test history_is_shown_to_who_comes_later {
    set d [opchatd]
    set lena [chatter [$d at] lena -c duty]
    hears $lena "* you are in duty (1)"
    foreach i {1 2 3} {
        types $lena "line $i"
        hears $lena "\[duty\] lena: line $i"
    }
    set tom [chatter [$d at] tom -c duty]
    until 10000 {[regexp {\[duty\] lena: \(\d\d:\d\d\) line 3} [$tom out]]} {[$tom describe]}
    check {[string first "line 1" [$tom out]] < [string first "line 3" [$tom out]]}
}

test a_nickname_is_one_persons {
    set d [opchatd]
    set lena [chatter [$d at] lena]
    set other [Job new -pipe 1 [bin opchat] -n LENA [$d at]]
    equal [$other wait] 1
    hears $other "* not logged in: this nickname is taken"
    $lena signal TERM
    equal [$lena wait] 0
    chatter [$d at] LENA
}

test administrator_sees_and_acts {
    set d [opchatd]
    matches [dict get [admin $d users] err] {nobody is logged in|^$}
    set lena [chatter [$d at] lena -c duty]
    set tom [chatter [$d at] tom -c duty]
    hears $tom "* you are in duty (2)"
    matches [dict get [admin $d users] out] {tom +127\.0\.0\.1:\d+ .* duty}
    matches [dict get [admin $d channels] out] {duty +2}
    equal [dict get [admin $d muzzle tom] status] 0
    hears $tom "* you are muzzled: nobody hears you"
    types $tom "hear me"
    types $lena "all quiet"
    hears $tom {[duty] lena: all quiet}
    check {![string match "*hear me*" [$lena out]]}
    equal [dict get [admin $d unmuzzle tom] status] 0
    types $tom "hear me now"
    hears $lena {[duty] tom: hear me now}
    equal [dict get [admin $d logout tom "good night"] status] 0
    hears $tom "* logged out by the administrator: good night"
    hears $lena "* tom left duty"
    equal [dict get [admin $d logout tom] status] 1
    equal [dict get [admin $d muzzle] status] 64
    equal [dict get [admin $d nonsense] status] 64
    equal [dict get [run sh -c {"$@" >/dev/full} sh [bin opchat] -s [$d unix] --admin channels] status] 70
    set r [run [bin opchat] -i nosuch 127.0.0.1]
    equal [dict get $r status] 64
    matches [dict get $r err] {this host has no "nosuch"}
}

test a_restarted_server_has_everybody_back {
    set d [opchatd -conf {silent = "60s"}]
    set lena [chatter [$d at] lena -c cafe]
    hears $lena "* you are in cafe (1)"
    $d crash
    $d start
    # what is said next finds out, and leads back in
    types $lena anybody?
    until 20000 {[regexp -all {you are in cafe} [$lena out]] == 2} {[$lena describe]}
    matches [$lena out] {the server has forgotten us|connection refused}
    set tom [chatter [$d at] tom -c cafe]
    hears $tom "* you are in cafe (2)"
}

test a_server_that_stops_has_them_back_without_a_word_of_theirs {
    set d [opchatd]
    set lena [chatter [$d at] lena -c cafe]
    hears $lena "* you are in cafe (1)"
    equal [$d stop] 0
    hears $lena "* the server has forgotten us: logging in again"
    $d start
    until 15000 {[regexp -all {you are in cafe} [$lena out]] == 2} {[$lena describe]}
}

test a_client_waits_for_its_server {
    set d [opchatd]
    set at [$d at]
    $d crash
    set lena [Job new -pipe 1 [bin opchat] -n lena -c duty $at]
    hears $lena "* connection refused; trying on"
    equal [regexp -all {trying on} [$lena out]] 1
    $d start
    hears $lena "* you are in duty (1)" 20000
}

test a_client_that_vanished_is_logged_out_in_time {
    set d [opchatd -conf {silent = "1s"}]
    set lena [chatter [$d at] lena -c duty]
    hears $lena "* you are in duty (1)"
    $lena signal KILL
    $lena wait
    # its closed port answers what is sent to it, or the time is over
    set tom [chatter [$d at] tom -c duty]
    types $tom hello
    hears $tom {[duty] tom: hello}
    until 40000 {![string match "*lena*" [dict get [admin $d users] out]]}
}

test what_is_piped_in_is_said_and_the_status_tells_whether_it_arrived {
    set d [opchatd]
    set lena [chatter [$d at] lena -c duty]
    hears $lena "* you are in duty (1)"
    set r [run -in "tape 3 is in\nand 4\n" [bin opchat] -n backup -c duty [$d at]]
    equal [dict get $r status] 0 $r
    hears $lena {[duty] backup: tape 3 is in}
    hears $lena {[duty] backup: and 4}
    set tom [chatter [$d at] tom -c duty]
    hears $tom "* you are in duty (2)"
    $d crash
    close [$tom chan] write
    equal [$tom wait] 1
    matches [$tom err] {the server did not answer at the end}
    set r [run -in "hello\n" [bin opchat] -n backup -c duty [$d at]]
    equal [dict get $r status] 1 $r
    matches [dict get $r err] {connection refused}
}

test what_was_too_fast_is_counted_and_the_status_tells {
    set d [opchatd -conf {burst = 3}]
    set r [run -in [string repeat "hello\n" 8] [bin opchat] -n backup -c duty [$d at]]
    equal [dict get $r status] 1 $r
    equal [regexp -all {\[duty\] backup: hello} [dict get $r out]] 3
    matches [dict get $r out] {too fast: what you said was dropped.*too fast: 4 more messages were dropped}
}

test every_address_of_a_name_is_tried {
    need unshare
    set d [opchatd]
    lassign [split [$d at] :] host port
    write [tmp hosts] "::1 harbour\n127.0.0.1 harbour\n127.0.0.2 harbour\n"
    write [tmp nsswitch] "hosts: files\n"
    set script {mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"}
    set private [expr {[exec id -u] == 0 ? "-m" : "-Urm"}]
    set r [run -in "/channels\n" unshare $private sh -c $script sh [tmp hosts] [tmp nsswitch] [bin opchat] -n lena harbour:$port]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {logged in as lena}
    matches [dict get $r err] {trying its next address}
}

test garbage_is_answered_briefly_and_disturbs_nobody {
    set d [opchatd]
    set lena [chatter [$d at] lena -c duty]
    hears $lena "* you are in duty (1)"
    lassign [split [$d at] :] host port
    set reply [must perl -e {
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => $ARGV[0]) or die;
        for my $bytes ("", "\0", "\0\x14", "\0\x5a\xff\xfe", "x" x 2000, "\0\0", "\x7f\x7fabc") {
            $s->send($bytes);
            my $in = "";
            eval { local $SIG{ALRM} = sub { die }; alarm 2; $s->recv($in, 4096); alarm 0; };
            printf "%d %s\n", length($in), length($in) > 2 ? substr($in, 2) : "-";
        }
    } [$d at]]
    foreach line [split $reply \n] {
        check {[lindex $line 0] <= 64} $line
    }
    matches $reply {not logged in}
    types $lena "still here"
    hears $lena {[duty] lena: still here}
}

# Who shares the worker of a client that does not read keeps it.
test an_administrator_who_does_not_read_harms_nobody {
    set conf "personality = \"multiplex\"\nworkers = 1\nmax_calls = 1000\n"
    for {set i 0} {$i < 60} {incr i} {
        append conf "channel \"c$i\" { description = \"[string repeat d 390]\" }\n"
    }
    set d [opchatd -conf $conf]
    set neighbour [Peer new [$d unix] tool]
    set worker [$d part worker]
    set deaf [Peer new [$d unix] tool]
    $deaf reading 0
    # 25 kB each: more than may be queued
    $deaf flood 900 chat.channels
    until 20000 {[$d logged {does not read|killed}] > 0}
    equal [llength [dict get [$neighbour call chat.channels] channels]] 60
    equal [$d logged killed] 0
    equal [$d part worker] $worker
}

test bad_settings_are_told_with_their_line {
    foreach {text pattern} {
        {udp = {"nowhere:x:y"}} {bad.conf:1: udp: "nowhere:x:y": expected ADDRESS:PORT}
        {udp = {"2027"}} {bad.conf:1: udp: "2027": expected ADDRESS:PORT, \*:PORT for every address}
        {udp = {"*"}} {bad.conf:1: udp: "\*": expected}
        {udp = {"www.example.org:2027"}} {udp: "www.example.org:2027": expected}
        {udp = {"127.0.0.1:chat"}} {udp: "127.0.0.1:chat": expected}
        {channel "two words" { }} {is no title}
        {channel "a" { group = "192.0.2.1" }} {no multicast address}
        {members = {"allow www.example.org"}} {all or a network}
    } {
        write [tmp bad.conf] $text\n
        set r [run [bin opchatd] --check -c [tmp bad.conf]]
        equal [dict get $r status] 78
        matches [dict get $r err] $pattern
    }
}

finish
