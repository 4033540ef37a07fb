# SPDX-License-Identifier: ISC
# Promise: the main window shows what is pending and how each connection is, whatever the helper
# does, and has something to say when it is empty.
source [file join [file dirname [info script]] desk.tcl]

proc with_desk {args} {
    screen {*}$args
    set fake [Fake new]
    set desk [$fake desk]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    return [list $fake $desk]
}

test empty_desk_says_what_to_do {
    lassign [with_desk] fake desk
    shot desk-empty
    equal [$desk err] ""
}

test desk_that_cannot_start_says_why {
    foreach {args display status what} {
        {} "" 69 {cannot open a window: no display name}
        {} :4711 69 {couldn't connect to display ":4711"}
        --bogus :4711 64 {try opdesk --help}
        {-s host:port:port} :4711 64 {opdesk: --server: host:port:port: }
        operand :4711 64 {unexpected argument: operand}
        {--helper /no/such} :4711 64 {opdesk: --helper: /no/such: No such file or directory}
    } {
        set desk [Job new env -u DISPLAY {*}[expr {$display eq "" ? {} : "DISPLAY=$display"}] [bin opdesk] {*}$args]
        equal [$desk wait] $status $args
        check {[string first $what [$desk err]] >= 0} [$desk err]
    }
}

test desk_quits_by_key_and_leaves_nothing_behind {
    lassign [with_desk] fake desk
    $fake alert [uuid] severity critical
    windows_are 1 mediachanged
    focus_on [main_window]
    xd key ctrl+q
    equal [$desk wait] 0
    equal [$desk err] ""
}

# Xlib keeps nothing for root.
test list_of_composed_characters_is_kept_for_the_next_start {
    screen
    set home [tmp home]
    file mkdir $home
    set person {}
    if {[exec id -u] == 0} {
        exec chown nobody $home
        exec chmod a+x [file dirname $home]
        set person [list setpriv --reuid=nobody --regid=nogroup --clear-groups]
    }
    set desk [Job new {*}$person env -u XDG_CACHE_HOME HOME=$home LC_ALL=C.UTF-8 [bin opdesk] -s unix:/nonexistent/sock]
    main_window
    check {[llength [glob -nocomplain $home/.cache/opdesk/compose/*]] == 1} "kept"
    # programs that are started do not hear of it
    until 10000 {[llength [set children [children_of [$desk pid]]]]} "the helper"
    foreach child $children {
        check {![string match *XCOMPOSECACHE* [contents /proc/$child/environ]]} "environment of $child"
    }
    equal [$desk err] ""
}

test views_at_twice_the_size {
    lassign [with_desk 2560x1600 192] fake desk
    $fake alert [uuid] title "Nightly backup of alpha" left_ms 252000 default Cancel \
        text "Change the disk in bay 2: volume 3 goes to /mnt/disk/vol.tar."
    $fake alert [uuid] severity critical kind abortretryignore labels {Abort Retry Ignore} attempt 2 \
        title "RAID of gamma" text "Drive 4 does not answer. Replace it, then press Retry."
    $fake alert [uuid] severity info kind text text "Which label does the tape carry?" orphaned 1
    set all [windows_are 3 {mediachanged.*}]
    foreach w $all {
        lassign [place_of $w] x y width height
        check {$x >= 0 && $y >= 0 && $x + $width <= 2560 && $y + $height <= 1600}
        check {$height > 200} "scaled"
    }
    shot desk-double
    equal [$desk err] ""
}

test long_text_is_scrolled {
    lassign [with_desk 1280x800] fake desk
    $fake alert [uuid] title long text "[string repeat {A long question that goes on. } 400]\u202e\x1b\[31m"
    set w [lindex [windows_are 1 {mediachanged: long}] 0]
    lassign [place_of $w] x y width height
    check {$width < 800 && $height < 600} "kept small"
    shot window-long
    equal [$desk err] ""
}

test connection_that_is_down_is_shown_and_comes_back {
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    set w [lindex [windows_are 1 mediachanged] 0]
    focus_on $w
    $fake state down "connection refused" 4000
    stays 1500 {[xd key Return; llength [$fake calls alert.answer]] == 0} "no answer can be given"
    shot desk-down
    focus_on [main_window]
    xd key F5
    until 10000 {[llength [$fake calls link.retry]]} "F5 tries again"
    # while it was away somebody answered
    $fake quietly $id state answered answer Ok by anna
    $fake state up
    until 10000 {[llength [$fake calls alert.show]]} "asks how it ended"
    windows_are 0 mediachanged
    equal [$desk err] ""
}

test refused_desk_says_why {
    screen
    set fake [Fake new]
    $fake refuse_subscribe denied "operators only"
    set desk [$fake desk]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    shot desk-denied
    equal [$desk err] ""
}

test helper_that_dies_is_restarted_and_nothing_is_lost {
    lassign [with_desk] fake desk
    $fake alert [uuid] title kept
    windows_are 1 {mediachanged: kept}
    $fake die
    until 15000 {[$fake accepted] == 2 && [llength [$fake calls alert.subscribe]] == 2} "started again"
    $fake alert [uuid] title after
    windows_are 1 {mediachanged: after}
    equal [llength [windows {mediachanged: kept}]] 1 "shown once"
    matches [xd getwindowname [main_window]] {\(2\)}
}

test helper_that_talks_garbage_is_restarted {
    lassign [with_desk] fake desk
    $fake raw "HTTP/1.1 400 Bad Request\r\n\r\n"
    until 15000 {[$fake accepted] >= 2} "started again"
}

test helper_that_is_missing_is_told {
    screen
    write [tmp none] "#!/no/such/interpreter\n"
    file attributes [tmp none] -permissions 0755
    set desk [desk --helper [tmp none] -s tcp:alpha.example:8979]
    main_window
    shot desk-no-helper
    equal [$desk err] ""
}

test ten_thousand_questions_are_listed {
    screen
    set fake [Fake new]
    for {set n 0} {$n < 10000} {incr n} {
        $fake alert [uuid] title "question $n" severity [lindex {info warning critical} [expr {$n % 3}]]
    }
    set desk [$fake desk]
    until 60000 {[windows {opdesk \(10000\)}] ne ""} "all are counted"
    windows_are 3 {mediachanged: .*}
    shot desk-full
    focus_on [lindex [windows {opdesk.*}] 0]
    xd key End
    $fake alert [uuid] title last
    until 20000 {[windows {opdesk \(10001\)}] ne ""} "goes on"
    check {[memory_of [$desk pid] VmRSS] < 600000}
    equal [$desk err] ""
}

finish
