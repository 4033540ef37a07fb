# SPDX-License-Identifier: ISC
# A peer of the daemon made by hand: raw bytes, frames, RPC.  UNIX sockets go through nc, as Tcl has
# none.  Parameters of calls are given as KEY VALUE pairs; their types follow from the keys.
#   Peer new ENDPOINT                raw: send, received, closed
#   Peer new ENDPOINT ROLE           says hello; call, notes, flood
#   Peer new ENDPOINT ROLE COMMAND   through COMMAND (setpriv …), UNIX sockets only
#   Peer new tls:HOST:PORT ROLE ARGS TLS by openssl s_client, with ARGS for it
oo::class create Peer {
    variable chan pid in notes replies next_id closed on_note

    constructor {endpoint {role ""} {wrap {}}} {
        set chan ""
        set in ""
        set notes {}
        set replies {}
        set next_id 0
        set closed 0
        set on_note ""
        set pid ""
        if {[regexp {^unix:(.*)$} $endpoint - path]} {
            set chan [open |[list {*}$wrap nc -U $path 2>/dev/null] r+]
            set pid [pid $chan]
        } elseif {[regexp {^tls:(.*)$} $endpoint - where]} {
            set chan [open |[list openssl s_client -quiet -verify_quiet -connect $where {*}$wrap 2>/dev/null] r+]
            set pid [pid $chan]
        } elseif {[regexp {^tcp:\[?(.*?)\]?:(\d+)$} $endpoint - host port]} {
            set chan [socket $host $port]
        } else {
            error "not an endpoint: $endpoint"
        }
        fconfigure $chan -blocking 0 -translation binary -buffering none
        fileevent $chan readable [list [namespace which my] Readable]
        if {$role ne ""} {
            my call hello proto 1 program test version 0 role $role
        }
    }

    destructor {
        my close
    }

    method close {} {
        if {$chan eq ""} {
            return
        }
        if {$pid ne ""} {
            send_signal KILL $pid
        }
        catch {close $chan}
        set chan ""
        set closed 1
    }

    method Readable {} {
        if {[catch {read $chan} bytes]} {
            set bytes ""
            set closed 1
        }
        append in $bytes
        if {$closed || [eof $chan]} {
            set closed 1
            catch {fileevent $chan readable {}}
        }
        if {$next_id} {
            my Frames
        }
    }

    method Frames {} {
        while {[binary scan $in Iu length] && [string length $in] >= 4 + $length} {
            set payload [string range $in 4 [expr {3 + $length}]]
            set in [string range $in [expr {4 + $length}] end]
            my Message [mp::unpack $payload]
        }
    }

    method Message {message} {
        switch [lindex $message 0] {
            1 { dict set replies [lindex $message 1] [lrange $message 2 3] }
            2 {
                set note [list [lindex $message 1] [lindex $message 2 0]]
                lappend notes $note
                if {$on_note ne ""} {
                    {*}$on_note {*}$note
                }
            }
            default { error "the daemon sent a request: $message" }
        }
    }

    method pid {} {
        return $pid
    }
    method closed {} {
        return $closed
    }
    # Raw bytes received and not yet taken apart.
    method received {} {
        return $in
    }
    # Notifications so far: a list of {method params}.
    method notes {} {
        return $notes
    }
    method forget {} {
        set notes {}
    }
    # {*}command METHOD PARAMS for every notification.
    method on_note {command} {
        set on_note $command
    }
    # Stop or go on reading, as a peer that hangs.
    method reading {yes} {
        fileevent $chan readable [expr {$yes ? [list [namespace which my] Readable] : ""}]
    }

    # Raw bytes; a connection that is gone is no error here: 1 then, else 0.
    method send {bytes} {
        return [catch {
            puts -nonewline $chan $bytes
            flush $chan
        }]
    }
    method frame {payload} {
        my send [binary format I [string length $payload]]$payload
    }

    # Send a call; its msgid.
    method begin {method args} {
        set id [incr next_id]
        set params [expr {[llength $args] ? [list arr [list [peer_params {*}$args]]] : {arr {}}}]
        my frame [mp::pack [list arr [list {int 0} [list int $id] [list str $method] $params]]]
        return $id
    }
    method notify {method args} {
        my frame [mp::pack [list arr [list {int 2} [list str $method] \
            [list arr [list [peer_params {*}$args]]]]]]
    }
    # `count` calls at once; nobody fetches their answers.
    method flood {count method args} {
        set bytes ""
        set params [list arr [list [peer_params {*}$args]]]
        set tail [string range [mp::pack [list arr [list [list str $method] $params]]] 1 end]
        for {set i 0} {$i < $count} {incr i} {
            set payload [binary format cccI 0x94 0 0xce [incr next_id]]$tail
            append bytes [binary format I [string length $payload]]$payload
        }
        my send $bytes
    }
    method has {id} {
        return [dict exists $replies $id]
    }
    # Wait for the answer of a call: its result, or an error {RPC NAME DATA}.
    method end {id {ms 15000}} {
        set deadline [expr {[clock milliseconds] + $ms}]
        while {![dict exists $replies $id]} {
            if {$closed} {
                throw {RPC closed {}} "closed by the daemon"
            }
            if {[clock milliseconds] > $deadline} {
                error "no answer within $ms ms to call $id"
            }
            harness::Turn 2
        }
        lassign [dict get $replies $id] failure result
        dict unset replies $id
        if {$failure ne ""} {
            set data [expr {[dict exists $failure data] ? [dict get $failure data] : ""}]
            throw [list RPC [dict get $failure name] $data] [dict get $failure message]
        }
        return $result
    }
    method call {method args} {
        return [my end [my begin $method {*}$args]]
    }
}

# The error name of a call that must fail.
proc fails {script} {
    if {![catch {uplevel 1 $script} message options]} {
        return "no error: $message"
    }
    set code [dict get $options -errorcode]
    if {[lindex $code 0] ne "RPC"} {
        return -options $options $message
    }
    return [lindex $code 1]
}

# KEY VALUE … as a typed map.  A key ending in ! takes a typed value as it is, for wrong types.
proc peer_params {args} {
    set map {}
    foreach {key value} $args {
        switch -glob $key {
            *! { dict set map [string trimright $key !] $value }
            *_ms - *_at - *_seq - proto - limit - msgid - link { dict set map $key [list int $value] }
            wait - require_desk - line - by_end { dict set map $key [expr {$value ? "true" : "false"}] }
            labels - tags {
                set items {}
                foreach item $value {
                    lappend items [list str $item]
                }
                dict set map $key [list arr $items]
            }
            default { dict set map $key [list str $value] }
        }
    }
    return [list map $map]
}

# A desk that answers every question at once with its first label, or with what `choose ALERT` says
# ("" leaves it pending); it keeps what it heard: `events`.
oo::class create Desk {
    superclass Peer
    variable events choose answering

    constructor {endpoint {chooser ""}} {
        set events {}
        set choose $chooser
        set answering {}
        next $endpoint desk
        my on_note [list [namespace which my] Heard]
        my subscribe
    }
    method subscribe {} {
        foreach alert [dict get [my call alert.subscribe] alerts] {
            my Alert $alert
        }
    }
    method events {} {
        return $events
    }
    method Heard {method params} {
        if {$method eq "alert.changed"} {
            my Alert $params
        } elseif {$method eq "server.reset"} {
            my begin alert.subscribe
        }
    }
    method Alert {alert} {
        lappend events $alert
        set id [dict get $alert id]
        if {[dict get $alert state] ne "pending" || [dict exists $answering $id]} {
            return
        }
        set label [lindex [dict get $alert labels] 0]
        if {$choose ne ""} {
            set label [{*}$choose $alert]
        }
        if {$label ne ""} {
            dict set answering $id 1
            my begin alert.answer id $id answer_id [uuid] label $label desk test
        }
    }
}
