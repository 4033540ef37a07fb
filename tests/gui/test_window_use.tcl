# SPDX-License-Identifier: ISC
# Promise: what stands beside the answers works by mouse and keys: later, I am on it, the text and the
# links in it; windows are where they are wanted, in the colours that are wanted.
source [file join [file dirname [info script]] desk.tcl]

proc with_desk {args} {
    set fake [Fake new]
    set desk [$fake desk {*}$args]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    return [list $fake $desk]
}

# Programs that the desk calls, played: they keep what they were called with.
proc played {args} {
    file mkdir [tmp played]
    foreach name $args {
        write [tmp played/$name] "#!/bin/sh\necho $name \"\$@\" >>[tmp played.log]\n"
        file attributes [tmp played/$name] -permissions 0700
    }
    set old $::env(PATH)
    set ::env(PATH) [tmp played]:$old
    at_end [list set ::env(PATH) $old]
    file delete [tmp played.log]
}

proc prefer {args} {
    set lines ""
    foreach {name value} $args {
        append lines "$name = $value\n"
    }
    file mkdir $::env(HOME)/.config/opdesk
    write $::env(HOME)/.config/opdesk/preferences $lines
}

# Press a key until the condition holds.
proc press_until {key condition} {
    uplevel 1 [list until 10000 "\[xd key $key; expr {$condition}\]" "after $key"]
}

proc safe_second {} {
    stays 1300 {1} "keys and clicks do not count yet"
}

# Open a menu and choose its first line.
proc menu_by_key {key} {
    opens {xd key $key}
    xd key Down
    xd key Return
}

# Where in a window a word is cannot be asked of another process: a point of its inside, from the left
# and the top, at 96 dots an inch.
proc click {id x y args} {
    xd mousemove --window $id $x $y {*}$args
}

# The clipboard, asked for by a program of its own.
proc clipboard_is {want} {
    set f [tmp clipboard.tcl]
    write $f {wm withdraw .; puts -nonewline [clipboard get]; exit}
    until 8000 {[dict get [run [auto_execok wish8.6] $f] out] eq $want} "the clipboard"
}

test later_by_key_snoozes_and_the_window_goes {
    screen
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    focus_on [lindex [windows_are 1 mediachanged] 0]
    safe_second
    until 10000 {[menu_by_key ctrl+l; llength [$fake calls alert.snooze]]} "snoozed"
    lassign [lindex [$fake calls alert.snooze] 0] - msgid params
    equal [dict get $params id] $id
    equal [dict get $params for_ms] 300000
    $fake alert $id ring_in_ms 900000
    $fake reply $msgid [$fake wire $id]
    windows_are 0 mediachanged
    equal [$fake calls alert.answer] ""
    # its time has come
    $fake alert $id ring_in_ms 0
    $fake notify 7 alert.ring [list map [list ids [list arr [list [list str $id]]]]]
    windows_are 1 mediachanged
    equal [$desk err] ""
}

test i_am_on_it_claims_and_gives_back {
    screen
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    focus_on [lindex [windows_are 1 mediachanged] 0]
    press_until alt+i {[llength [$fake calls alert.claim]]}
    lassign [lindex [$fake calls alert.claim] 0] - msgid params
    check {[dict get $params for_ms] > 0}
    $fake alert $id claimed_by me@desk ring_in_ms 3600000
    $fake reply $msgid [$fake wire $id]
    press_until ctrl+i {[dict get [lindex [$fake calls alert.claim] end 2] for_ms] == 0}
    shot window-claimed
    equal [llength [windows mediachanged]] 1 "the window stays"
    equal [$desk err] ""
}

test what_fails_is_said_in_the_window {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid]
    focus_on [lindex [windows_are 1 mediachanged] 0]
    press_until alt+i {[llength [$fake calls alert.claim]]}
    $fake refuse [lindex [$fake calls alert.claim] 0 1] denied nil "operators only"
    stays 300 {[llength [windows mediachanged]] == 1}
    shot window-claim-failed
    equal [$desk err] ""
}

test text_is_selected_and_copied_by_keys {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid] text "Insert tape 2"
    focus_on [lindex [windows_are 1 mediachanged] 0]
    # from the end of the text backwards; nothing can be typed into it
    safe_second
    xd key ctrl+t ctrl+End x BackSpace Delete shift+Left ctrl+shift+Left ctrl+c
    clipboard_is "tape 2"
    # what is selected is for the middle button as well
    equal [dict get [run [auto_execok wish8.6] [file join $::desk_folder selection.tcl]] out] "tape 2\n"
    equal [$fake calls alert.answer] ""
    equal [$desk err] ""
}

test double_click_takes_a_whole_path {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid] text "/mnt/disk/vol-3.tar is wanted"
    set w [lindex [windows_are 1 mediachanged] 0]
    safe_second
    click $w 110 62 click --repeat 2 --delay 60 1
    safe_second
    xd key ctrl+c
    clipboard_is /mnt/disk/vol-3.tar
    equal [$desk err] ""
}

test menu_of_the_text_copies_a_whole_path {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid] text "/mnt/disk/vol-3.tar is wanted"
    set w [lindex [windows_are 1 mediachanged] 0]
    safe_second
    opens {click $w 110 62 click 3}
    # nothing is selected: Select all, then the path
    xd key Down Down Return
    clipboard_is /mnt/disk/vol-3.tar
    equal [$desk err] ""
}

test link_is_shown_before_it_is_opened {
    screen
    played xdg-open
    lassign [with_desk] fake desk
    $fake alert [uuid] text "https://bank.example@evil.example/login?x=1 tells more"
    set w [lindex [windows_are 1 mediachanged] 0]
    safe_second
    click $w 140 62 click 1
    set ask [lindex [windows_are 1 {Open a link}] 0]
    shot link-asked
    equal [contents [tmp played.log]] "" "nothing is opened yet"
    # Return is the safe choice
    focus_on $ask
    xd key Return
    windows_are 0 {Open a link}
    equal [contents [tmp played.log]] ""
    click $w 140 62 click 1
    focus_on [lindex [windows_are 1 {Open a link}] 0]
    xd key shift+Tab shift+Tab space
    until 8000 {[contents [tmp played.log]] ne ""} "opened"
    equal [contents [tmp played.log]] "xdg-open https://bank.example@evil.example/login?x=1\n"
    equal [$desk err] ""
}

# Of two windows, does the window manager show the first above the second?
proc is_above {w other} {
    set stack [regexp -all -inline {0x[0-9a-f]+} [must xprop -root _NET_CLIENT_LIST_STACKING]]
    return [expr {[lsearch -exact -integer $stack $w] > [lsearch -exact -integer $stack $other]}]
}

test critical_window_stays_on_top {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid] severity critical title grave
    $fake alert [uuid] title other
    foreach {title above} {grave 1 other 0} {
        set w [lindex [windows_are 1 "mediachanged: $title"] 0]
        until 5000 {[string match *_ABOVE* [must xprop -id $w _NET_WM_STATE]] == $above} $title
        # what is brought to the front is above all but the critical ones
        focus_on [main_window]
        xd windowraise [main_window]
        until 5000 {[is_above $w [main_window]] == $above} "$title is on top: $above"
    }
}

test place_given_by_the_operator_is_remembered {
    screen
    lassign [with_desk] fake desk
    set id [uuid]
    $fake alert $id
    set w [lindex [windows_are 1 mediachanged] 0]
    stays 1200 {1} "the window manager has had its say"
    xd windowmove $w 700 500
    until 10000 {[string match {*alert_place = [67]?? *} [contents $::env(HOME)/.local/state/opdesk/desk]]} "kept"
    lassign [place_of $w] x y
    $fake alert $id state withdrawn
    windows_are 0 {mediachanged.*}
    focus_on [main_window]
    xd key ctrl+q
    equal [$desk wait] 0
    lassign [with_desk] fake desk
    $fake alert [uuid]
    lassign [place_of [lindex [windows_are 1 mediachanged] 0]] x2 y2
    equal [list $x2 $y2] [list $x $y]
}

test six_windows_do_not_cover_each_other {
    screen 1900x1100
    lassign [with_desk --max-windows 6] fake desk
    foreach n {1 2 3 4 5 6} {
        $fake alert [uuid] title "number $n" severity [lindex {info warning critical} [expr {$n % 3}]]
    }
    set all {}
    foreach w [windows_are 6 {mediachanged: number .}] {
        lassign [place_of $w] x y width height
        foreach other $all {
            lassign $other x2 y2 width2 height2
            check {$x + $width <= $x2 || $x2 + $width2 <= $x || $y + $height <= $y2 || $y2 + $height2 <= $y}
        }
        lappend all [list $x $y $width $height]
    }
    shot windows-six
}

# A window that is all on the screen, once it has come to rest: the window manager may map it before it has
# its size; its place.
proc inside {id across down} {
    until 5000 {[
        lassign [place_of $id] x y width height
        expr {$x >= 0 && $y >= 0 && $x + $width <= $across && $y + $height <= $down}
    ]} "all of $id on ${across}x$down: [place_of $id]"
    return [list $x $y $width $height]
}

test long_answers_stand_in_a_column {
    screen
    lassign [with_desk] fake desk
    $fake alert [uuid] kind labels labels [list "Use the drive in the left cabinet of room 2.14" \
        "Use the drive in the right cabinet of room 2.14" "Stop the job and write a mail about it" Cancel]
    lassign [inside [lindex [windows_are 1 mediachanged] 0] 1600 1000] x y width height
    check {$width < 760}
    safe_second
    shot window-column
}

test many_short_answers_stand_in_rows {
    screen 1280x800 96
    lassign [with_desk] fake desk
    $fake alert [uuid] kind labels labels [lmap n {1 2 3 4 5 6 7 8} {set _ "Drive number $n"}]
    lassign [inside [set w [lindex [windows_are 1 mediachanged] 0]] 1280 800] x y width height
    check {$width < 700 && $height < 300}
    safe_second
    shot window-rows
    focus_on $w
    safe_second
    # down a row, and to the right
    xd key Down Right
    press_until Return {[llength [$fake calls alert.answer]]}
    equal [dict get [lindex [$fake calls alert.answer] 0 2] label] "Drive number 6"
    equal [$desk err] ""
}

# The sentences are so long and so many that they are scrolled; every one can be pressed.
foreach {name size dpi char} {a_small_screen 1280x800 192 x wide_letters 1280x800 192 W the_least 1024x768 192 m} {
    test eight_long_answers_fit_on_$name [string map [list @size $size @dpi $dpi @char $char @name $name] {
        screen @size @dpi
        lassign [with_desk] fake desk
        foreach n {1 2 3 4 5 6 7 8} {
            lappend labels "$n[string repeat @char 58]$n"
        }
        set id [uuid]
        $fake alert $id kind labels labels $labels title [string repeat "title " 33] left_ms 900000 \
            from "[string repeat host. 60]example (192.0.2.7)" text [string repeat "one word " 2000]
        set w [lindex [windows_are 1 {mediachanged.*}] 0]
        lassign [split @size x] across down
        inside $w $across $down
        focus_on $w
        safe_second
        shot window-eight-@name
        # what Alt and a digit presses, though it may be out of sight
        press_until alt+7 {[llength [$fake calls alert.answer]]}
        equal [dict get [lindex [$fake calls alert.answer] 0 2] label] [lindex $labels 6]
        $fake refuse [lindex [$fake calls alert.answer] 0 1] unavailable nil "the store is being read"
        # Tab brings the last one into sight
        press_until "Tab Tab Tab Tab Tab Tab Tab" {1}
        stays 300 {1} "the layout comes to rest"
        shot window-eight-@name-tab
        inside $w $across $down
        equal [$desk err] ""
    }]
}

test word_without_a_blank_is_broken {
    screen 1280x800 96
    lassign [with_desk] fake desk
    $fake alert [uuid] title [string repeat T 200] text "[string repeat x 2000] end" from [string repeat f 300] \
        kind labels labels [list [string repeat "\u202e" 60] Cancel]
    inside [lindex [windows_are 1 {mediachanged.*}] 0] 1280 800
    safe_second
    shot window-one-word
    equal [$desk err] ""
}

test colours_follow_the_preference_and_the_desktop {
    foreach {name preferred gtk said want} {
        light light {} prefer-dark ECFFFF   dark dark {} default 0F2B2D
        environment desktop Adwaita:dark default 0F2B2D   settings desktop {} prefer-dark 0F2B2D
        nothing desktop {} default ECFFFF
    } {
        screen
        prefer theme $preferred
        played gsettings
        write [tmp played/gsettings] "#!/bin/sh\necho \"org.gnome.desktop.interface color-scheme '$said'\"\n"
        unset -nocomplain ::env(GTK_THEME)
        if {$gtk ne ""} {
            set ::env(GTK_THEME) $gtk
        }
        lassign [with_desk] fake desk
        $fake alert [uuid] title "Backup of alpha" left_ms 252000 default Cancel \
            text "Change the disk in bay 2: volume 3 goes to /mnt/disk/vol.tar.\nSee https://wiki.example/bay"
        lassign [place_of [lindex [windows_are 1 {mediachanged: .*}] 0]] x y
        until 8000 {[string match -nocase *#${want}* \
            [must import -window root -crop 1x1+[expr {$x + 6}]+[expr {$y + 10}] -depth 8 txt:-]]} $name
        shot window-$name
        equal [$desk err] ""
        unset -nocomplain ::env(GTK_THEME)
        harness::Cleanup
    }
}

# How high the window of a question is with the desktop's settings.
proc height_with {font dpi} {
    write [tmp played/gsettings] "#!/bin/sh\necho \"org.gnome.desktop.interface font-name '$font'\"\n"
    set xrdb [Job new -in "Xft.dpi: $dpi\n" xrdb -merge -]
    equal [$xrdb wait] 0
    lassign [with_desk] fake desk
    # the first start hears it, the next one begins with it
    until 10000 {[string match "*desktop.font = *" [contents $::env(HOME)/.local/state/opdesk/desk]]} "heard"
    $fake alert [uuid]
    set height [lindex [place_of [lindex [windows_are 1 mediachanged] 0]] 3]
    $desk destroy
    $fake destroy
    return $height
}

test font_and_scaling_follow_the_desktop {
    need xrdb
    screen
    played gsettings
    set plain [height_with "DejaVu Sans 10" 96]
    set larger [height_with "DejaVu Sans 16" 96]
    set scaled [height_with "DejaVu Sans 10" 192]
    puts "     heights: $plain, larger font $larger, twice the dots $scaled"
    check {$larger > 1.15 * $plain}
    check {$scaled > 1.8 * $plain && $scaled < 2.2 * $plain}
}

# The desktop says it when windows are there, as at the first start, when nothing is remembered: they get places
# and are as wide as if they had begun with it.
test font_that_is_told_late_is_the_windows_too {
    screen 1900x1700 192
    played gsettings
    write [tmp played/gsettings] "#!/bin/sh\nuntil test -e [tmp told]; do sleep 0.05; done
echo \"org.gnome.desktop.interface font-name 'DejaVu Sans 11'\"\n"
    lassign [with_desk] fake desk
    foreach n {1 2 3} {
        $fake alert [uuid] title "number $n"
    }
    set small [lmap w [set all [windows_are 3 {mediachanged: number .}]] {lindex [place_of $w] 2}]
    foreach w $all {
        look "watch $w"
    }
    write [tmp told] ""
    until 10000 {[
        set places [lmap w $all {place_of $w}]
        expr {[lindex $places 0 2] > [lindex $small 0] && [lindex $places 1 2] > [lindex $small 1]
            && [lindex $places 2 2] > [lindex $small 2] && [apart $places]}
    ]} "as wide as the letters want, and apart"
    foreach place $places {
        lassign $place x y width height
        check {$x >= 0 && $y >= 0 && $x + $width <= 1900 && $y + $height <= 1700}
    }
    shot window-font-late
    # from the old size to the new one in one step
    equal [lsort -unique [look sizes]] [lsort -unique [lmap place $places {join [lrange $place 2 3] x}]]
    equal [windows {mediachanged: number .}] $all
    equal [$desk err] ""
}

# An operator is at work in them then: what he has typed, which button he is at, where he has put one and why
# his answer was not taken stay.
test font_that_is_told_late_takes_nothing_away {
    screen 1900x1700 192
    played gsettings timeout
    # it is told when the test is ready, however long that takes
    at_end [list file delete [tmp played/timeout]]
    write [tmp played/timeout] "#!/bin/sh\nshift 3\nexec \"\$@\"\n"
    write [tmp played/gsettings] "#!/bin/sh\nuntil test -e [tmp told_now]; do sleep 0.05; done
echo \"org.gnome.desktop.interface font-name 'DejaVu Sans 11'\"\n"
    lassign [with_desk] fake desk
    $fake alert [uuid] title moved
    set moved [lindex [windows_are 1 {mediachanged: moved}] 0]
    set at 0
    until 15000 {[
        # not once: it may not have come to rest yet
        if {[clock milliseconds] - $at > 2000} {
            set at [clock milliseconds]
            xd windowmove $moved [expr {900 + [incr n]}] 1200
        }
        string match "*alert_place = *" [contents $::env(HOME)/.local/state/opdesk/desk]
    ]} "moved by the operator"
    set place [place_of $moved]
    $fake alert [uuid] title failed
    set failed [lindex [windows_are 1 {mediachanged: failed}] 0]
    set height [lindex [place_of $failed] 3]
    focus_on $failed
    until 10000 {[xd key Return; llength [set sent [$fake calls alert.answer]]]} "answer"
    $fake refuse [lindex $sent 0 1] unavailable
    until 5000 {[lindex [place_of $failed] 3] > 1.2 * $height} "says why"
    set high [lindex [place_of $failed] 3]
    until 5000 {[set pixels [look "pixels [place_of $failed]"]] eq [look "pixels [place_of $failed]"]} "drawn"
    xd key Tab
    until 5000 {[look "pixels [place_of $failed]"] ne $pixels} "at the next button"
    $fake alert [uuid] title typed kind text
    set typed [lindex [windows_are 1 {mediachanged: typed}] 0]
    set width [lindex [place_of $typed] 2]
    focus_on $typed
    safe_second
    write [tmp told_now] ""
    set x ""
    until 10000 {[xd type x; append x x; expr {[lindex [place_of $typed] 2] > $width}]} "as wide as the letters want"
    until 10000 {[xd key Return; llength [$fake calls alert.answer]] > 1} "its answer"
    equal [dict get [lindex [$fake calls alert.answer] 1 2] text] $x
    check {[lindex [place_of $failed] 3] >= $high}
    equal [lrange [place_of $moved] 0 1] [lrange $place 0 1]
    shot window-font-late-use
    focus_on $failed
    until 10000 {[xd key Return; llength [$fake calls alert.answer]] > 2} "the other answer"
    equal [dict get [lindex [$fake calls alert.answer] 2 2] label] Cancel
    equal [$desk err] ""
}

test hanging_settings_are_not_waited_for {
    screen
    played gsettings
    write [tmp played/gsettings] "#!/bin/sh\nexec tail -f /dev/null\n"
    lassign [with_desk] fake desk
    $fake alert [uuid]
    windows_are 1 mediachanged 4000
    equal [$desk err] ""
}

test keys_page_shows_every_key {
    screen
    lassign [with_desk] fake desk
    focus_on [main_window]
    xd key F1
    windows_are 1 {Keys of opdesk}
    shot keys
    put_away {Keys of opdesk}
    equal [$desk err] ""
}

foreach {dpi size} {96 1600x1000 192 2560x1600 288 3840x2160} {
    foreach colours {light dark} {
        test alert_windows_at_${dpi}_dots_$colours [string map [list @dpi $dpi @size $size @colours $colours] {
            screen @size @dpi
            prefer theme @colours
            lassign [with_desk] fake desk
            $fake alert [uuid] title "Nightly backup of alpha" left_ms 252000 default Cancel claimed_by anna@beta \
                text "Change the disk in bay 2: volume 3 goes to /mnt/disk/vol.tar.\nHow to: https://wiki.example.org/backup/bay-2"
            $fake alert [uuid] severity critical kind abortretryignore labels {Abort Retry Ignore} attempt 2 \
                title "RAID of gamma" text "Drive 4 does not answer. Replace it, then press Retry."
            $fake alert [uuid] severity info kind text text "Which label does the tape carry?" orphaned 1
            lassign [split @size x] across down
            foreach w [windows_are 3 {mediachanged.*}] {
                lassign [place_of $w] x y width height
                check {$x >= 0 && $y >= 0 && $x + $width <= $across && $y + $height <= $down}
            }
            safe_second
            shot window-@dpi-@colours
            equal [$desk err] ""
        }]
    }
}

finish
