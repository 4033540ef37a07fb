# SPDX-License-Identifier: ISC
# What every test of windows begins with: an X server and a window manager of its own, the desk, keys
# and clicks by xdotool, and `Fake`, which plays the helper and the daemons behind it.
set desk_folder [file dirname [file normalize [info script]]]
if {![namespace exists harness]} {
    source [file join $desk_folder .. harness.tcl]
    set here $desk_folder
}
need Xvfb openbox xdotool import xprop

variable artefacts [expr {[info exists ::env(ARTEFACTS)] ? $::env(ARTEFACTS)
    : [file join $::harness::bin .. artefacts]}]
file mkdir $artefacts

# --- the screen ---

# An X server with a window manager; its display.  Starting them takes longer than most looks at them, so
# they stay for the file's next test that wants the same size; a second screen in one test is another.
proc screen {{size 1600x1000} {dpi 96}} {
    variable screens
    variable screen_job
    set kind [list $size $dpi free]
    if {![dict exists $screens $kind] || ![clean_screen {*}[dict get $screens $kind]]} {
        dict set screens $kind [new_screen $size $dpi]
    }
    set kept [dict get $screens $kind]
    lassign $kept screen_job display
    dict unset screens $kind
    at_end [list dict set ::screens $kind $kept]
    at_a_home $display
    return $display
}
variable screens {}

# One that no other test gets, for what stays with a screen: its monitors.
proc own_screen {{size 1600x1000} {dpi 96}} {
    at_a_home [lindex [new_screen $size $dpi] 1]
    return $::env(DISPLAY)
}

# {JOB DISPLAY WINDOWS}: the window manager has one too.  Keys do not repeat (-r): on a busy machine one that is
# pressed may be released much later.
proc new_screen {size dpi} {
    set job [Job new -kept 1 Xvfb -displayfd 1 -screen 0 ${size}x24 -dpi $dpi -nolisten tcp -noreset -r]
    until 20000 {[regexp {\d+} [$job out] n] || [$job ended]} {[$job describe]}
    set ::env(DISPLAY) :$n
    Job new -kept 1 openbox
    until 20000 {[regexp {window id} [dict get [run xprop -root _NET_SUPPORTING_WM_CHECK] out]]} "openbox"
    return [list $job :$n [windows .*]]
}

# Whether it is there still; the last windows of the test before have gone then.
proc clean_screen {job display empty} {
    set ::env(DISPLAY) $display
    if {[$job ended]} {
        return 0
    }
    until 5000 {[windows .*] eq $empty} "windows of the test before"
    return 1
}

proc at_a_home {display} {
    set ::env(DISPLAY) $display
    set ::env(HOME) [tmp]
    file mkdir $::env(HOME)
    unset -nocomplain ::env(XDG_CONFIG_HOME) ::env(XDG_STATE_HOME)
}

# Input; for looks that are repeated there is `look`.
proc xd {args} {
    return [string trimright [dict get [run xdotool {*}$args] out] \n]
}

# Ask the process that looks at the screen (xlook.c); "" when the X server has gone.
proc look {question} {
    variable looker
    variable looked_at
    if {[info exists looker] && $looked_at ne $::env(DISPLAY)} {
        stop_looking
    }
    if {![info exists looker]} {
        set looked_at $::env(DISPLAY)
        set looker [open |[list [file join $::harness::bin .. tests gui xlook] 2>@stderr] r+]
        fconfigure $looker -buffering line -encoding utf-8
        at_end stop_looking
    }
    if {[catch {puts $looker $question}] || [gets $looker answer] < 0} {
        stop_looking
        return ""
    }
    return [string trim $answer]
}

proc stop_looking {} {
    variable looker
    catch {close $looker}
    unset -nocomplain looker
}

# Ids of the visible windows of a name; a title is matched from its start to its end.
proc windows {title} {
    return [look "windows ^($title)\$"]
}

# What opens a menu, or the choices of a list: it is on the screen then.
proc opens {body} {
    set before [windows .*]
    uplevel 1 $body
    until 10000 {[llength [windows .*]] > [llength $before]} {no menu: $before, [windows .*]}
}

# Wait until there are n windows of that name: them.
proc windows_are {n title {ms 15000}} {
    until $ms {[llength [set found [windows $title]]] == $n} "$n windows $title: [windows .*]"
    return $found
}

proc focused {} {
    return [look focus]
}

# Give a window the keyboard and wait until it has it.
# A window that has just come takes the keyboard when it has been drawn, and may do so after this one has got it.
proc focus_on {id} {
    until 10000 {[
        xd windowactivate --sync $id
        focused
    ] eq $id} "focus on $id"
}

# A dialog goes by its Escape, which it gets only when it has the keyboard.
proc put_away {title} {
    set id [lindex [windows_are 1 $title] 0]
    if {[focused] ne $id} {
        focus_on $id
    }
    xd key Escape
    windows_are 0 $title
}

# The picture of the screen, for people to judge.
proc shot {name} {
    look "shot [file join $::artefacts $name.png]"
}

# What a test that failed has on its screen.
proc shot_of_failure {name} {
    shot failed-[file rootname [file tail [info script]]]-$name
}
set ::harness::on_failure shot_of_failure

# {x y width height} of a window's inside.
proc place_of {id} {
    return [look "place $id"]
}

# None of these places covers another.
proc apart {places} {
    foreach a $places {
        foreach b $places {
            lassign $a x y width height
            lassign $b x2 y2 width2 height2
            if {$a ne $b && $x < $x2 + $width2 && $x2 < $x + $width && $y < $y2 + $height2 && $y2 < $y + $height} {
                return 0
            }
        }
    }
    return 1
}

# --- the desk ---

proc desk {args} {
    return [Job new [bin opdesk] {*}$args]
}

# The main window of a desk.
proc main_window {} {
    return [lindex [windows_are 1 {opdesk( \([0-9]+\))?}] 0]
}

# --- the helper and daemons, played ---

# One link, number 7, that is up; `alerts` are pending.  Calls of the desk are kept in `calls` as
# {METHOD MSGID PARAMS} and answered by `reply` and `refuse`, subscriptions by themselves.
oo::class create Fake {
    variable listening chan in calls alerts refusal accepted

    constructor {} {
        set chan ""
        set in ""
        set calls {}
        set alerts {}
        set refusal {}
        set accepted 0
        set listening [socket -server [list [namespace which my] Accept] -myaddr 127.0.0.1 0]
    }
    destructor {
        close $listening
        my die
    }

    method port {} {
        return [lindex [fconfigure $listening -sockname] 2]
    }
    # Start a desk on it.
    method desk {args} {
        return [Job new -env [list OPDESK_FAKE_PORT [my port]] [bin opdesk] \
            --helper [file join $::desk_folder fake-helper.tcl] -s tcp:alpha.example:8979 {*}$args]
    }
    method Accept {c host port} {
        set chan $c
        set in ""
        incr accepted
        fconfigure $c -translation binary -blocking 0 -buffering none
        fileevent $c readable [list [namespace which my] Readable]
    }
    method Readable {} {
        append in [read $chan]
        if {[eof $chan]} {
            my die
            return
        }
        while {[binary scan $in Iu length] && [string length $in] >= 4 + $length} {
            set payload [string range $in 4 [expr {3 + $length}]]
            set in [string range $in [expr {4 + $length}] end]
            my Message {*}[lrange [mp::unpack $payload] 0 1]
        }
    }
    method Message {link rpc} {
        lassign $rpc type msgid method params
        my Noted $method $msgid [lindex $params 0]
        switch $method {
            link.open {
                my reply $msgid {map {link {int 7}}} 0
                my state up
            }
            ping - link.retry { my reply $msgid {map {}} 0 }
            alert.shown { my reply $msgid {map {}} $link }
            alert.subscribe {
                if {[llength $refusal]} {
                    my refuse $msgid {*}$refusal
                } else {
                    my Snapshot $msgid
                }
            }
            alert.show {
                set id [dict get [lindex $params 0] id]
                if {[dict exists $alerts $id]} {
                    my reply $msgid [my wire $id]
                } else {
                    my refuse $msgid not_found
                }
            }
        }
    }
    method Noted {method msgid params} {
        lappend calls [list $method $msgid $params]
    }
    method Snapshot {msgid} {
        set list {}
        foreach id [dict keys $alerts] {
            if {[dict get $alerts $id state] eq "pending"} {
                lappend list [my wire $id]
            }
        }
        my reply $msgid [list map [list seq {int 1} alerts [list arr $list]]]
    }

    method accepted {} {
        return $accepted
    }
    method calls {{method *}} {
        return [lsearch -all -inline -index 0 $calls $method]
    }
    # Subscriptions end with this error.
    method refuse_subscribe {name message} {
        set refusal [list $name nil $message]
    }
    method die {} {
        catch {close $chan}
        set chan ""
    }
    # The desk may have ended its helper, which is us.
    method raw {bytes} {
        if {[catch {puts -nonewline $chan $bytes}]} {
            my die
        }
    }
    method frame {link rpc} {
        set payload [mp::pack [list arr [list [list int $link] $rpc]]]
        return [binary format I [string length $payload]]$payload
    }
    method send {link rpc} {
        my raw [my frame $link $rpc]
    }
    # What `alert` sends of a question, to be sent by `raw` with others.
    method frame_of_change {id} {
        return [my frame 7 [list arr [list {int 2} {str alert.changed} [list arr [list [my wire $id]]]]]]
    }
    method reply {msgid result {link 7}} {
        my send $link [list arr [list {int 1} [list int $msgid] nil $result]]
    }
    method refuse {msgid name {data nil} {message ""}} {
        my send 7 [list arr [list {int 1} [list int $msgid] [list map [list code {int -1} \
            name [list str $name] message [list str $message] data $data]] nil]]
    }
    method notify {link method params} {
        my send $link [list arr [list {int 2} [list str $method] [list arr [list $params]]]]
    }
    method state {state {reason ""} {retry_ms 0}} {
        my notify 0 link.state [list map [list link {int 7} endpoint {str tcp:alpha.example:8979} \
            state [list str $state] reason [list str $reason] retry_ms [list int $retry_ms] \
            program {str mediachanged} you {str me@desk} operator true]]
    }

    # A question, or a change of one: KEY VALUE … over what it was.  Told to the desk at once, when it
    # is there; or quietly, as while the link is down.
    method alert {id args} {
        my quietly $id {*}$args
        if {$chan ne ""} {
            my notify 7 alert.changed [my wire $id]
        }
    }
    method quietly {id args} {
        set old [expr {[dict exists $alerts $id] ? [dict get $alerts $id] : [dict create id $id \
            seq [expr {[dict size $alerts] + 1}] version 0 asker root@alpha.example \
            from {alpha.example (192.0.2.7)} text "Insert tape 2" kind okcancel labels {Ok Cancel} \
            severity warning state pending age_ms 4000 ring_in_ms 0 waiting 1 attempt 1]}]
        set plain [dict merge $old $args]
        dict incr plain version
        dict set alerts $id $plain
    }
    method forget {id} {
        dict unset alerts $id
    }
    method wire {id} {
        set map {}
        dict for {key value} [dict get $alerts $id] {
            switch -glob $key {
                *_ms - *_at - seq - version - attempt - waiting - escalated { dict set map $key [list int $value] }
                orphaned - cut { dict set map $key [expr {$value ? "true" : "false"}] }
                labels - tags {
                    dict set map $key [list arr [lmap item $value {list str $item}]]
                }
                default { dict set map $key [list str $value] }
            }
        }
        return [list map $map]
    }
}
