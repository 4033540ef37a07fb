# SPDX-License-Identifier: ISC
# The desk's state without its windows, for tests/gui/test_view_past.tcl: connects to a server by the real
# helper, pages through all of its history, and prints the ids in the order they come, then its memory.
#   opdesk_tclsh page-all.tcl TCL-FOLDER HELPER ENDPOINT
package require msgcat
lassign $argv tcl helper endpoint
foreach part {app/signal app/clock app/helper app/rpc app/servers app/words app/alerts app/history} {
    source -encoding utf-8 [file join $tcl $part.tcl]
}
namespace path opdesk::app
proc history_told {event {from ""} {rows {}}} {
    if {$event eq "rows"} {
        foreach row $rows {
            puts [dict get $row id]
        }
    }
    after cancel next
    after idle next
}
proc next {} {
    if {[history::error] ne "" || (![history::has_more] && ![history::busy])} {
        set ::finished [history::error]
    } elseif {![history::busy]} {
        history::want [history::count] [history::count]
    }
}
signal::on history history_told
signal::on server.up [list apply {{index} { history::search {} }}]
servers::start [list $endpoint]
helper::start $helper
vwait finished
puts stderr $finished
exit [expr {$finished ne ""}]
