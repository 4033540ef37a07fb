# SPDX-License-Identifier: ISC
# Promise: connections are added, tested and removed while the desk works, preferences count at once and
# are there again the next time; nothing in a file keeps the desk from starting.
source [file join [file dirname [info script]] view.tcl]

proc dialog {title} {
    set id [lindex [windows_are 1 $title] 0]
    focus_on $id
    return $id
}
proc preferences {} {
    return [file join $::env(HOME) .config opdesk preferences]
}
proc given {text} {
    file mkdir [file dirname [preferences]]
    write [preferences] $text
}

# A desk that was not told a server on the command line.
proc plain_desk {fake args} {
    return [Job new -env [list OPDESK_FAKE_PORT [$fake port] OPDESK_RUNTIME [tmp run]] [bin opdesk] \
        --helper [file join $::desk_folder fake-helper.tcl] {*}$args]
}

proc opened {fake} {
    return [lmap call [$fake calls link.open] {dict get [lindex $call 2] endpoint}]
}

test connections_are_added_kept_and_removed {
    screen
    set fake [Operated new]
    set desk [plain_desk $fake]
    main_window
    until 10000 {[llength [opened $fake]]} "opened"
    equal [opened $fake] unix:[tmp run]/mediachanged.sock
    keys ctrl+k
    dialog Connections
    xd type beta.example:9000
    xd key Return
    until 10000 {[llength [opened $fake]] == 2} "opened"
    equal [lindex [opened $fake] 1] beta.example:9000
    until 5000 {[file exists [preferences]]} "kept"
    shot connections
    # the list, its second row, Delete
    xd key shift+Tab Home Down Delete
    until 10000 {[llength [$fake calls link.close]] == 1} "closed"
    until 5000 {[contents [preferences]] eq "server = unix:[tmp run]/mediachanged.sock\n"} "kept without it"
    put_away Connections
    keys ctrl+q
    equal [$desk wait] 0
    equal [$desk err] ""
}

test servers_of_the_preferences_are_those_of_the_next_start {
    screen
    given "server = alpha.example\nserver = beta.example:9000\n"
    set fake [Operated new]
    set desk [plain_desk $fake]
    until 10000 {[llength [opened $fake]] == 2} "opened"
    equal [opened $fake] {alpha.example beta.example:9000}
    equal [$desk err] ""
}

test silence_of_the_preferences_is_what_the_helper_waits {
    screen
    given "silence = 7s\nserver = alpha.example\n"
    set fake [Operated new]
    set desk [plain_desk $fake]
    until 10000 {[llength [opened $fake]]} "opened"
    equal [param $fake link.open dead_ms] 7000
    equal [$desk err] ""
}

test test_of_a_server_has_a_clear_result {
    lassign [with_view] fake desk
    $fake refuse_endpoint tcp:nowhere:1
    keys ctrl+k
    dialog Connections
    xd type tcp:good:1
    xd key Tab Return
    until 10000 {[llength [$fake calls link.close]] == 1} "tried and closed again"
    shot connection-good
    xd key shift+Tab ctrl+slash BackSpace
    xd type tcp:nowhere:1
    xd key Tab Return
    until 10000 {[llength [$fake calls link.close]] == 2} "tried and closed again"
    shot connection-refused
    $fake operator 0
    xd key shift+Tab ctrl+slash BackSpace
    xd type tcp:good:1
    xd key Tab Return
    until 10000 {[llength [$fake calls link.close]] == 3} "tried and closed again"
    shot connection-denied
    xd key shift+Tab ctrl+slash BackSpace
    xd type "unix relative"
    xd key Return
    shot connection-wrong
    # neither tried nor added: a host called ftp with a port called x
    foreach keys {Return {Tab Return}} {
        xd key ctrl+slash BackSpace
        xd type ftp:x
        xd key {*}$keys
        until 10000 {[set pixels [look "pixels [place_of [windows Connections]]"]] eq \
            [look "pixels [place_of [windows Connections]]"]} "drawn"
    }
    shot connection-no-kind
    put_away Connections
    drawn
    equal [lsort -unique [opened $fake]] {tcp:alpha.example:8979 tcp:good:1 tcp:nowhere:1} "what is wrong is not added"
    equal [$desk err] ""
}

test removed_server_takes_its_questions_along {
    lassign [with_view] fake desk
    listed $fake one two
    keys ctrl+k
    dialog Connections
    xd key shift+Tab Home Delete
    until 10000 {[windows opdesk] ne ""} "no question left"
    xd key Escape
    shot view-no-server
    equal [$desk err] ""
}

test preferences_count_at_once_and_are_kept {
    lassign [with_view] fake desk
    keys ctrl+comma
    dialog Preferences
    # the time between two rings has the keyboard
    xd key ctrl+slash BackSpace
    xd type 5m
    xd key Tab ctrl+slash BackSpace
    xd type 99
    xd key Tab
    shot preferences-wrong
    until 5000 {[file exists [preferences]]} "written"
    equal [contents [preferences]] "bell_interval = 5m\n" "what is wrong is not"
    xd key shift+Tab ctrl+slash BackSpace
    xd type 4
    xd key Tab
    until 5000 {[contents [preferences]] eq "bell_interval = 5m\nmax_windows = 4\n"} "written"
    shot preferences
    put_away Preferences
    equal [$desk err] ""
}

test number_of_windows_follows_the_preference {
    lassign [with_view 1600x1000 96] fake desk
    foreach title {one two three} {
        $fake alert [uuid] title $title
    }
    windows_are 1 {mediachanged: .*}
    keys ctrl+comma
    dialog Preferences
    xd key Tab ctrl+slash BackSpace
    xd type 2
    xd key Tab
    windows_are 2 {mediachanged: .*}
    equal [$desk err] ""
}

test bad_lines_are_named_and_the_desk_starts {
    screen
    given "bell_interval = often\ntheme = dark\nnonsense\n"
    set fake [Operated new]
    set desk [view_of $fake]
    matches [$desk err] "preferences: .*/preferences, line 1: .*\n.*line 3: "
    keys ctrl+k
    put_away Connections
    shot preferences-bad-file
}

test window_place_is_remembered {
    lassign [with_view] fake desk
    set w [main_window]
    xd windowsize --sync $w 1000 700
    xd windowmove --sync $w 200 120
    set place [place_of $w]
    until 10000 {[file exists [file join $::env(HOME) .local state opdesk desk]]
        && [regexp {1000x700} [contents [file join $::env(HOME) .local state opdesk desk]]]} "kept"
    keys ctrl+q
    equal [$desk wait] 0
    set fake2 [Operated new]
    set desk [view_of $fake2]
    equal [lrange [place_of [main_window]] 2 3] [lrange $place 2 3]
    lassign [place_of [main_window]] x y
    check {abs($x - [lindex $place 0]) < 30 && abs($y - [lindex $place 1]) < 40} "$place, now $x $y"
    equal [$desk err] ""
}

finish
