# SPDX-License-Identifier: ISC
# ipadmh as the desk sees it: frames of [link, rpc] over its pipes.
#   Helper new ?-env {NAME VALUE …}? ?-wrap PREFIX?      PREFIX: a command that runs it
oo::class create Helper {
    variable job taken next_id replies states pauses

    constructor {args} {
        set taken 0
        set next_id 0
        set replies {}
        set states {}
        set pauses {}
        set wrap {}
        if {[dict exists $args -wrap]} {
            set wrap [dict get $args -wrap]
            dict unset args -wrap
        }
        set job [Job new {*}$args -pipe 1 {*}$wrap [bin ipadmh]]
    }
    destructor {
        catch {$job destroy}
    }

    # Take in what has come since the last time.
    method Take {} {
        set all [$job raw]
        while {[binary scan $all @${taken}Iu length]
            && [string length $all] >= $taken + 4 + $length} {
            set payload [string range $all [expr {$taken + 4}] [expr {$taken + 3 + $length}]]
            incr taken [expr {4 + $length}]
            lassign [mp::unpack $payload] link message
            switch [lindex $message 0] {
                1 { dict set replies [lindex $message 1] [lrange $message 2 3] }
                2 { my Note [lindex $message 1] [lindex $message 2 0] }
            }
        }
    }
    method Note {method params} {
        if {$method eq "link.state"} {
            dict with params {}
            dict lappend states $link [list $state [expr {[info exists reason] ? $reason : ""}]]
            dict set pauses $link [if {[info exists retry_ms]} {set retry_ms}]
        }
    }

    method job {} {
        return $job
    }
    # Call a method on a link (0: the helper itself): the result, or an error {RPC NAME DATA}.
    method call {link method args} {
        set id [incr next_id]
        set params [expr {[llength $args] ? [list arr [list [peer_params {*}$args]]] : {arr {}}}]
        set bytes [mp::pack [list arr [list [list int $link] \
            [list arr [list {int 0} [list int $id] [list str $method] $params]]]]]
        puts -nonewline [$job chan] [binary format I [string length $bytes]]$bytes
        flush [$job chan]
        until 20000 {[my has $id]} {$method: [$job describe]}
        lassign [dict get $replies $id] failure result
        if {$failure ne ""} {
            throw [list RPC [dict get $failure name] ""] [dict get $failure message]
        }
        return $result
    }
    method has {id} {
        my Take
        return [dict exists $replies $id]
    }
    method open {endpoint} {
        return [dict get [my call 0 link.open endpoint $endpoint] link]
    }
    # The states that a link went through: a list of {state reason}.
    method states {link} {
        my Take
        return [expr {[dict exists $states $link] ? [dict get $states $link] : ""}]
    }
    # Until it is tried again, as its last state said; "" when that said nothing.
    method pause {link} {
        return [dict get $pauses $link]
    }
    # Wait until it is in that state and give the reason; what came before is forgotten.
    method reaches {link state} {
        until 20000 {[lsearch -index 0 [my states $link] $state] >= 0} \
            "$state; so far: [my states $link] [$job err]"
        set reason [lindex [lsearch -inline -index 0 [my states $link] $state] 1]
        dict set states $link {}
        return $reason
    }
    # End its input as the desk does and wait: the exit status.
    method stop {} {
        close [$job chan] write
        return [$job wait]
    }
}
