# SPDX-License-Identifier: ISC
# A desk as a process of its own, which the fault tests may kill: subscribes, answers after a moment with
# a label, both drawn at random, and prints a line for all that it sees: `ENDED ID STATE ANSWER` and `OK ID LABEL` for an
# answer of its own that the daemon has confirmed.  It comes back by itself when the daemon was away.
# With HELPER, an ipadmh, it talks through that, as opdesk does.
#   tclsh8.6 desk.tcl BIN-FOLDER ENDPOINT SEED SLOWEST-MS ?HELPER?
source [file join [file dirname [info script]] .. harness.tcl]
lassign $argv - endpoint seed slowest_ms helper
expr {srand($seed)}
fconfigure stdout -buffering line

# Frames of [link, rpc] over the pipes of a helper; a link that is lost is the end of it.
oo::class create ThroughHelper {
    variable link is_up
    method open_link {endpoint} {
        set link 0
        set is_up 0
        set link [dict get [my call link.open endpoint $endpoint] link]
        until 20000 {$is_up || [my closed]}
    }
    method frame {payload} {
        next [mp::pack [list arr [list [list int $link] [list raw $payload]]]]
    }
    method Message {message} {
        lassign $message from rpc
        if {$from == 0 && [lindex $rpc 1] eq "link.state"} {
            set state [dict get [lindex $rpc 2 0] state]
            set is_up [expr {$state eq "up"}]
            if {$state in {down failed}} {
                my close
            }
            return
        }
        next $rpc
    }
}

oo::class create RandomDesk {
    superclass Peer
    variable answering seen slowest
    constructor {endpoint slowest_ms helper} {
        set answering {}
        set seen {}
        set slowest $slowest_ms
        if {$helper eq ""} {
            next $endpoint desk
        } else {
            # in the place of the nc that a Peer starts
            next $endpoint "" [list sh -c {exec "$0"} $helper]
            oo::objdefine [self] mixin ThroughHelper
            my open_link $endpoint
        }
        my on_note [list [namespace which my] Heard]
        foreach alert [dict get [my call alert.subscribe] alerts] {
            my Alert $alert
        }
    }
    method Heard {method params} {
        if {$method eq "alert.changed"} {
            my Alert $params
        } elseif {$method in {server.reset server.closing}} {
            my close
        }
    }
    method Alert {alert} {
        set id [dict get $alert id]
        if {[dict get $alert state] ne "pending"} {
            puts "ENDED $id [dict get $alert state] [expr {[dict exists $alert answer]
                ? [dict get $alert answer] : {}}]"
            return
        }
        if {![dict exists $seen $id]} {
            dict set seen $id 1
            set label [lindex [dict get $alert labels] [expr {int(rand() * 2)}]]
            after [expr {int(rand() * $slowest)}] [list catch [list [namespace which my] Answer $id \
                [list id $id answer_id [uuid] label $label]]]
        }
    }
    method Answer {id params} {
        dict set answering $id [list [my begin alert.answer {*}$params] $params]
    }
    # Print what the daemon said about answers of ours; one that it could not keep is given again.
    method collect {} {
        dict for {id waiting} $answering {
            lassign $waiting call params
            if {![my has $call]} {
                continue
            }
            dict unset answering $id
            if {![catch {my end $call} alert options]} {
                puts "OK $id [dict get $alert answer]"
            } elseif {[lindex [dict get $options -errorcode] 1] eq "unavailable"} {
                my Answer $id $params
            }
        }
    }
}

proc attend {endpoint} {
    set desk [RandomDesk new $endpoint $::slowest_ms $::helper]
    try {
        until 3600000 {[$desk collect] eq "x" || [$desk closed]}
    } finally {
        catch {$desk destroy}
    }
}

set end [expr {[clock seconds] + 600}]
while {[clock seconds] < $end} {
    catch {attend $endpoint}
    harness::Turn 30
}
