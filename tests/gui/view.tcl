# SPDX-License-Identifier: ISC
# For the tests of the main window: a daemon that also claims, snoozes, notes, withdraws, answers and has
# a history, and what to press.
source [file join [file dirname [info script]] desk.tcl]

oo::class create Operated {
    superclass Fake
    variable alerts chan past life links refused_endpoint is_operator part fails held

    constructor {} {
        set past {}
        set life {}
        set links 6
        set refused_endpoint ""
        set is_operator 1
        set part ""
        set fails 0
        set held ""
        next
    }
    # Closed questions, newest first: dicts as `wire` knows them.
    method past {list} {
        set past $list
    }
    method past_fails {yes} {
        set fails $yes
    }
    method lives {id events} {
        dict set life $id $events
    }
    method refuse_endpoint {endpoint} {
        set refused_endpoint $endpoint
    }
    method operator {yes} {
        set is_operator $yes
    }
    # Calls of that method are not answered.
    method hold {method} {
        set held $method
    }
    # The next snapshots have only these, and more to come.
    method part {ids} {
        set part $ids
    }
    method Snapshot {msgid} {
        if {$part eq ""} {
            next $msgid
        } else {
            my reply $msgid [list map [list seq {int 9} more true \
                alerts [list arr [lmap id $part {my wire $id}]]]]
        }
    }
    method Message {link rpc} {
        lassign $rpc type msgid method params
        set params [lindex $params 0]
        if {$method eq $held} {
            my Noted $method $msgid $params
            return
        }
        switch $method {
            link.open { my Opened $msgid [dict get $params endpoint] }
            link.close { my reply $msgid {map {}} 0 }
            alert.show { my Shown $msgid [dict get $params id] }
            alert.claim {
                set ms [expr {[dict exists $params for_ms] ? [dict get $params for_ms] : 3600000}]
                my Changed $msgid $params claimed_by [expr {$ms ? "me@desk" : ""}] claim_left_ms $ms \
                    ring_in_ms $ms
            }
            alert.snooze { my Changed $msgid $params ring_in_ms [dict get $params for_ms] }
            alert.note { my Changed $msgid $params note [dict get $params note] }
            alert.withdraw {
                my Changed $msgid $params state withdrawn reason \
                    [expr {[dict exists $params reason] ? [dict get $params reason] : ""}]
            }
            alert.answer { my Answered $msgid $params }
            alert.history { my Paged $msgid $params }
            alert.stats {
                if {$is_operator} {
                    my reply $msgid [list map [list pending [list int [dict size $alerts]]]] $link
                } else {
                    my refuse_on $link $msgid denied "operators only"
                }
            }
        }
        if {$method in {link.open alert.show}} {
            my Noted $method $msgid $params
        } else {
            next $link $rpc
        }
    }
    method Opened {msgid endpoint} {
        set number [incr links]
        my reply $msgid [list map [list link [list int $number]]] 0
        set state [expr {$endpoint eq $refused_endpoint ? "down" : "up"}]
        my notify 0 link.state [list map [list link [list int $number] endpoint [list str $endpoint] \
            state [list str $state] reason [list str [expr {$state eq "up" ? "" : "connection refused"}]] \
            retry_ms {int 4000} program {str mediachanged} you {str me@desk} operator true]]
    }
    method refuse_on {link msgid name message} {
        my send $link [list arr [list {int 1} [list int $msgid] [list map [list code {int -1} \
            name [list str $name] message [list str $message]]] nil]]
    }
    method Shown {msgid id} {
        set wire ""
        if {[dict exists $alerts $id]} {
            set wire [my wire $id]
        } else {
            foreach alert $past {
                if {[dict get $alert id] eq $id} {
                    set wire [my wire_of $alert]
                }
            }
        }
        if {$wire eq ""} {
            my refuse $msgid not_found
            return
        }
        set events [expr {[dict exists $life $id] ? [dict get $life $id] : {}}]
        set list [lmap event $events {
            set map {}
            dict for {name value} $event {
                lappend map $name [list [expr {$name eq "at" ? "int" : "str"}] $value]
            }
            list map $map
        }]
        lset wire 1 [concat [lindex $wire 1] [list life [list arr $list]]]
        my reply $msgid $wire
    }
    method Changed {msgid params args} {
        set id [dict get $params id]
        my alert $id {*}$args
        my reply $msgid [my wire $id]
    }
    method Answered {msgid params} {
        set note [expr {[dict exists $params note] ? [list note [dict get $params note]] : {}}]
        my Changed $msgid $params state answered answer [dict get $params label] by me@desk {*}$note
    }
    method Paged {msgid params} {
        if {$fails} {
            my refuse $msgid unavailable nil "the store is being read"
            return
        }
        set found {}
        set more false
        foreach alert $past {
            if {[dict exists $params before_seq] && [dict get $alert seq] >= [dict get $params before_seq]} {
                continue
            }
            if {[dict exists $params text] && [string first [dict get $params text] \
                "[dict get $alert title] [dict get $alert text]"] < 0} {
                continue
            }
            if {[llength $found] == [dict get $params limit]} {
                set more true
                break
            }
            lappend found [my wire_of $alert]
        }
        my reply $msgid [list map [list alerts [list arr $found] more $more]]
    }
    method wire_of {alert} {
        set was $alerts
        dict set alerts past $alert
        set wire [my wire past]
        set alerts $was
        return $wire
    }
}

# A screen, a desk on an operated daemon with these options, subscribed: {FAKE DESK}.
proc with_view {{size 1600x1000} {dpi 96} args} {
    screen $size $dpi
    set fake [Operated new]
    return [list $fake [view_of $fake {*}$args]]
}

proc view_of {fake args} {
    set desk [$fake desk --max-windows 1 {*}$args]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    return $desk
}

# Questions by title, listed but silent, so that no window opens.
proc listed {fake args} {
    foreach title $args {
        set id [uuid]
        $fake alert $id title $title ring_in_ms 3600000 created_at [expr {[clock milliseconds] - 4000}]
        lappend ids $id
    }
    until 10000 {[windows "opdesk \\([llength $args]\\)"] ne ""} "listed"
    return $ids
}

# The ids that a method was called for, once n calls have come.
proc called {fake method n} {
    until 15000 {[llength [$fake calls $method]] >= $n} {$n calls of $method: [$fake calls $method]}
    return [lmap call [$fake calls $method] {dict get [lindex $call 2] id}]
}

proc param {fake method name {at end}} {
    return [dict get [lindex [$fake calls $method] $at 2] $name]
}

# Keys into the main window.
proc keys {args} {
    if {[focused] ne [main_window]} {
        focus_on [main_window]
    }
    xd key --delay 25 {*}$args
}

# The main window has drawn what the keys before have brought: it has heard one more.  It has the keyboard.
proc drawn {} {
    keys ctrl+k
    put_away (Connections|Verbindungen)
    until 10000 {[focused] eq [main_window]} "the keyboard"
}

# In a list of choices that has the keyboard: the one so many below.
proc choose_below {n} {
    xd key Down
    until 10000 {[windows popdown] ne ""} "the choices"
    xd key {*}[lrepeat $n Down] Return
    until 10000 {[windows popdown] eq ""} "chosen"
}

# A closed question for `past`.
proc closed {seq args} {
    set now [clock milliseconds]
    return [dict merge [dict create id [uuid] seq $seq version 3 asker root@alpha.example \
        from {alpha.example (192.0.2.7)} title "Backup $seq" text "Insert tape $seq" kind okcancel \
        labels {Ok Cancel} severity [lindex {info warning critical} [expr {$seq % 3}]] state answered \
        answer Ok by anna@beta created_at [expr {$now - 100000 + $seq * 10}] \
        closed_at [expr {$now - 60000 + $seq * 10}] attempt 1] $args]
}
