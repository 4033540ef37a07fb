# SPDX-License-Identifier: ISC
# The desk's state without its windows, for tests/gui/test_bad_daemon.tcl: a server by the real helper, and
# what a desk says about it: a line for each change, STATE {THE STATUS BAR} {THE EMPTY LIST} QUESTIONS.
#   opdesk_tclsh said.tcl TCL-FOLDER HELPER ENDPOINT SILENCE-MS
package require msgcat
lassign $argv tcl helper endpoint silence_ms
foreach part {app/signal app/clock app/helper app/rpc app/servers app/alerts app/words app/windows app/answers
    app/pulse ui/empty} {
    set path [file join $tcl $part.tcl]
    if {[file exists $path]} {
        source -encoding utf-8 $path
    }
}
fconfigure stdout -encoding utf-8 -buffering line
set last ""
proc say {args} {
    set server [opdesk::app::servers::get 0]
    set line [list [dict get $server state] [opdesk::app::words::server $server [opdesk::app::clock::now]] \
        [lrange [opdesk::ui::empty::waiting] 0 1] [dict size [opdesk::app::alerts::all]]]
    if {$line ne $::last} {
        puts [string map {\n { }} [set ::last $line]]
    }
}
opdesk::app::signal::on servers say
opdesk::app::signal::on alert say
opdesk::app::servers::configure $silence_ms
opdesk::app::servers::start [list $endpoint]
opdesk::app::helper::start $helper
vwait forever
