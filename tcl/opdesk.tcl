# SPDX-License-Identifier: ISC
# The desk: loads its parts, connects the servers of the command line and shows the main window.
# gui/main.c evaluates this file once; ::opdesk::config has what it was started with.
package require msgcat

namespace eval opdesk {
    variable config
    variable root [file dirname [file normalize [info script]]]
    variable parts {
        app/signal app/clock app/helper app/rpc app/servers app/alerts app/windows app/answers
        app/ring app/placement app/words
        theme
        widget/guard widget/message
        ui/sign ui/place ui/alert ui/list ui/status ui/main
    }
}

foreach opdesk::part $opdesk::parts {
    source -encoding utf-8 [file join $opdesk::root $opdesk::part.tcl]
}

# A failure in a callback is ours: it is told on standard error and the desk goes on.
proc opdesk::background_error {message options} {
    puts stderr "opdesk: error: [dict get $options -errorinfo]"
}

# --helper, else beside the executable, else among the programs that are not for people.
proc opdesk::find_helper {} {
    variable config
    set folder [dict get $config folder]
    set named [dict get $config helper]
    if {$named ne ""} {
        return $named
    }
    set beside [file join $folder ipadmh]
    if {[file executable $beside]} {
        return $beside
    }
    return [file normalize [file join $folder [dict get $config libexec] ipadmh]]
}

proc opdesk::start {} {
    variable config
    variable root
    interp bgerror {} [namespace which background_error]
    # any X client could run Tcl here through it
    rename ::send {}
    namespace eval ::opdesk [list ::msgcat::mcload [file join $root msgs]]
    theme::init
    app::windows::configure [dict get $config max_windows]
    app::ring::configure [dict get $config interval_ms] ::bell
    app::servers::start [dict get $config servers]
    ui::main::show
    ui::alert::start
    app::helper::start [find_helper]
}

opdesk::start
