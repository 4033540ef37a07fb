# SPDX-License-Identifier: ISC
# A desk as a process of its own, which the fault tests may kill: subscribes, answers with a label drawn
# at random, and prints a line for all that it sees: `ENDED ID STATE ANSWER` and `OK ID LABEL` for an
# answer of its own that the daemon has confirmed.  It comes back by itself when the daemon was away.
#   tclsh8.6 desk.tcl BIN-FOLDER ENDPOINT SEED
source [file join [file dirname [info script]] .. harness.tcl]
lassign $argv - endpoint seed
expr {srand($seed)}
fconfigure stdout -buffering line

oo::class create RandomDesk {
    superclass Peer
    variable answering on_note
    constructor {endpoint} {
        set answering {}
        next $endpoint desk
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
        if {![dict exists $answering $id]} {
            set label [lindex [dict get $alert labels] [expr {int(rand() * 2)}]]
            dict set answering $id [my begin alert.answer id $id answer_id [uuid] label $label]
        }
    }
    # Print what the daemon said about answers of ours.
    method collect {} {
        dict for {id call} $answering {
            if {[my has $call]} {
                if {![catch {my end $call} alert]} {
                    puts "OK $id [dict get $alert answer]"
                }
                dict unset answering $id
            }
        }
    }
}

proc attend {endpoint} {
    set desk [RandomDesk new $endpoint]
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
