# SPDX-License-Identifier: ISC
# The desk's state without its windows, for tests/gui/test_trial.tcl: tests each endpoint by the real helper, as the
# connection dialog does, and prints a line STATUS TEXT PROGRAM for each.
#   opdesk_tclsh try-all.tcl TCL-FOLDER HELPER ENDPOINT…
package require msgcat
set endpoints [lassign $argv tcl helper]
foreach part {app/signal app/clock app/helper app/rpc app/servers app/trial app/words app/alerts} {
    source -encoding utf-8 [file join $tcl $part.tcl]
}
namespace path opdesk::app
servers::start {}
helper::start $helper
foreach endpoint $endpoints {
    trial::start $endpoint [list apply {{status text program} { set ::ended [list $status $text $program] }}]
    vwait ended
    puts $ended
}
exit
