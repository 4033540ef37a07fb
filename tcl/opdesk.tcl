# SPDX-License-Identifier: ISC
# The desk: loads its parts, connects the servers of the command line and shows the main window.
# gui/main.c evaluates this file once; ::opdesk::config has what it was started with.
package require msgcat

namespace eval opdesk {
    variable config
    variable root [file dirname [file normalize [info script]]]
    variable parts {
        app/signal app/files app/preferences app/memory app/clock app/program app/desktop app/gaps
        app/helper app/rpc app/servers app/trial app/alerts app/windows app/answers app/actions app/order
        app/history app/dates
        app/sdb_list app/sdb_gaps app/sdb_edit app/sdb_words app/sdb_draft app/sdb_shelf app/sdb_work app/sdb_update
        app/sdb_blame
        app/page app/page_ps app/page_pdf app/sdb_pages app/sdb_paper
        app/sdb_paste app/sdb_vendor app/sdb_conflict app/sdb_publish app/sdb_changes app/sdb_history app/sdb_text app/sdb_table
        app/quiet app/sound app/ring app/notify app/placement app/links app/words
        app/chat app/chatnews app/chatsay app/chatcall app/hosts
        theme
        widget/guard widget/message widget/button widget/table widget/rows widget/celledit widget/bar widget/field
        widget/flow widget/scroller
        ui/keys ui/sign ui/place ui/snooze ui/link ui/alertface ui/alert ui/dialog ui/connection ui/preferences
        ui/sash ui/empty ui/list ui/filter ui/detail ui/act ui/waiting ui/history ui/status
        ui/subnetline ui/subnetfind ui/subnetdrafts ui/subnets ui/subnetnew ui/subnet ui/subnetstate ui/subnetwanted ui/subnethead
        ui/subnetcheck ui/subnetnodes ui/subnetform ui/subnetgrid ui/subnetfindings ui/subnetdiff
        ui/subnethistory ui/subnetblame ui/subnetrevert ui/subnetprint
        ui/subnetpanes ui/subnetfree ui/subnetused ui/subnetcells
        ui/subnetupdate ui/subnetpreview ui/subnetprogress ui/subnetconflict ui/subnetfiles ui/subnetimport ui/flat ui/flattext ui/flattable ui/flatconflict ui/ipadm
        ui/chatlog ui/chatform ui/chat ui/hosts ui/main
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
    if {[dict exists $config helper]} {
        return [dict get $config helper]
    }
    set folder [dict get $config folder]
    set beside [file join $folder ipadmh]
    if {[file executable $beside]} {
        return $beside
    }
    return [file normalize [file join $folder [dict get $config libexec] ipadmh]]
}

# What the command line says counts for this run; --language, else the preferences, else LANG.
proc opdesk::prefer {} {
    variable config
    variable root
    app::preferences::load
    app::memory::load
    foreach name {bell_interval max_windows language} {
        if {[dict exists $config $name]} {
            app::preferences::override $name [dict get $config $name]
        }
    }
    foreach problem [app::preferences::problems] {
        puts stderr "opdesk: preferences: $problem"
    }
    set language [app::preferences::get language]
    if {$language ne "desktop"} {
        ::msgcat::mclocale $language
    }
    namespace eval ::opdesk [list ::msgcat::mcload [file join $root msgs]]
}

# -s, else those of the connection dialog, else this host's own.
proc opdesk::servers {} {
    variable config
    if {[dict get $config name] eq "ipadm"} {
        return {}
    }
    foreach list [list [dict get $config servers] [app::preferences::get server]] {
        if {[llength $list]} {
            return $list
        }
    }
    return [list [dict get $config local_server]]
}

# The ipadmds of this desk are connected: those that were named at once, this host's own when somebody
# looks at subnets.
proc opdesk::connect_subnets {{looked_at 0}} {
    variable config
    if {[llength [app::servers::known ipadmd]]} {
        return
    }
    set endpoints [dict get $config subnets]
    if {![llength $endpoints] && ($looked_at || [dict get $config name] eq "ipadm")} {
        set endpoints [list [dict get $config local_subnets]]
    }
    foreach endpoint $endpoints {
        app::servers::add $endpoint ipadmd
    }
}

# Counts from now on.
proc opdesk::preferred {name} {
    switch $name {
        max_windows { app::windows::configure [app::preferences::get $name] }
        silence { app::servers::configure [app::preferences::get $name] }
        bell_interval {
            app::ring::configure [app::preferences::get $name] [namespace current]::app::sound::ring
        }
    }
}

proc opdesk::start {} {
    interp bgerror {} [namespace which background_error]
    # any X client could run Tcl here through it
    rename ::send {}
    prefer
    theme::init
    foreach name {max_windows bell_interval silence} {
        preferred $name
    }
    app::signal::on preferences [namespace which preferred]
    app::servers::start [servers]
    connect_subnets
    ui::main::show
    if {[dict get $::opdesk::config name] ne "ipadm"} {
        app::chat::start
    }
    ui::ipadm::start
    ui::alert::start
    app::helper::start [find_helper]
    app::gaps::start
}

opdesk::start
