# SPDX-License-Identifier: ISC
# The desk: finds its parts, connects the servers of the command line and shows the main window.
# gui/main.c evaluates this file once; ::opdesk::config has what it was started with.
package require msgcat
# `namespace import` would look for autoloaded commands each time; there are none of ours
catch {rename ::auto_import {}}

# A file here is a namespace: ui/chat.tcl is opdesk::ui::chat.  It is read when one of its commands is called
# for the first time (`unknown`), so that the first window need not wait for the other views.  What only
# listens (app/signal.tcl) or binds would never be called; `listening` says when it is read, in this order.
# `with`: what is read with a part, more of its commands or who listens to it.  `question`: what a question
# needs, its window and its line in the list, read soon after the start: one may come when the desk has run
# for weeks, and this folder has been upgraded or is away.
namespace eval opdesk {
    variable config
    variable root [file dirname [file normalize [info script]]]
    variable listening {
        start {app/rpc app/pulse app/servers app/alerts app/windows app/answers app/seen app/ring app/notify
            widget/button}
        subnets {app/sdb_list app/sdb_work app/sdb_publish app/sdb_shelf}
    }
    variable with {
        app/chat {app/chatnews app/chatsay app/chatcall}
        app/sdb_work app/sdb_update
    }
    variable question {
        ui/alert ui/alertface ui/place ui/sign ui/keys ui/dialog ui/link ui/snooze widget/guard widget/message
        widget/flow widget/scroller app/placement app/memory app/links app/words app/clock app/actions
        app/program app/preferences app/quiet ui/waiting ui/list ui/detail ui/act ui/actchosen ui/actanswer
        ui/actnote ui/actcopy ui/actmenu ui/filter ui/sash ui/empty ui/status app/order widget/table widget/bar
        widget/hold widget/field widget/fit widget/tip app/sound
    }
    variable question_ms 2000
    # by part: has it been read?
    variable known {}
}

# These parts are there; one that cannot be read is tried again when it is needed again.
proc opdesk::need {parts} {
    variable root
    variable known
    variable with
    foreach part $parts {
        if {![dict exists $known $part]} {
            dict set known $part 1
            try {
                uplevel #0 [list source -encoding utf-8 [file join $root $part.tcl]]
                if {[dict exists $with $part]} {
                    need [dict get $with $part]
                }
            } on error {message options} {
                dict unset known $part
                return -options $options $message
            }
        }
    }
}

# The same when nothing else is to be done, a part a turn of the loop.
proc opdesk::need_soon {parts} {
    if {[llength $parts]} {
        after idle [list after 0 [list [namespace which need_soon] [lrange $parts 1 end]]]
        need [list [lindex $parts 0]]
    }
}

# A command that is not there yet, called as it was meant to be; what is none of ours is for Tcl's own way.
proc opdesk::unknown {command args} {
    variable known
    if {[regexp {^(?:::)?(?:opdesk::)?((?:(?:app|ui|widget)::)\w+|theme)::\w+$} $command - space]} {
        set part [string map {:: /} $space]
        if {![dict exists $known $part]} {
            need [list $part]
            tailcall $command {*}$args
        }
    }
    tailcall ::unknown $command {*}$args
}
namespace unknown ::opdesk::unknown

# A failure in a callback is ours: it is told on standard error and the desk goes on.
proc opdesk::background_error {message options} {
    variable config
    puts stderr "[dict get $config name]: error: [dict get $options -errorinfo]"
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
        puts stderr "[dict get $config name]: preferences: $problem"
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
        app::servers::add $endpoint ipadmd {} 0
    }
}

# A server says what it is before it is told to be up.
proc opdesk::server {index} {
    variable listening
    if {[app::servers::program $index] eq "ipadmd"} {
        need [dict get $listening subnets]
    }
}

# Counts from now on.
proc opdesk::preferred {name} {
    switch $name {
        max_windows { app::windows::configure [app::preferences::get $name] }
        silence { app::servers::configure [app::preferences::get $name] }
        bell_interval {
            app::ring::configure [app::preferences::get $name] opdesk::app::sound::ring
        }
    }
}

# The helper is started before the window is made: the links come up meanwhile.
proc opdesk::start {} {
    variable config
    variable listening
    interp bgerror {} [namespace which background_error]
    # any X client could run Tcl here through it
    rename ::send {}
    need [dict get $listening start]
    prefer
    theme::init
    foreach name {max_windows bell_interval silence} {
        preferred $name
    }
    app::signal::on preferences [namespace which preferred]
    app::signal::on servers [namespace which server]
    app::servers::start [servers]
    connect_subnets
    app::helper::start [find_helper]
    ui::main::show
    if {[dict get $config name] eq "ipadm"} {
        ui::ipadm::start
    }
    ui::alert::start
    if {[info exists ::env(OPDESK_GAPS)]} {
        app::gaps::start
    }
    after idle [list after 0 [namespace which settle]]
}

# The window is there: what nobody has waited for.
proc opdesk::settle {} {
    variable config
    variable question
    variable question_ms
    after $question_ms [list [namespace which need_soon] $question]
    app::desktop::ask
    if {[dict get $config name] ne "ipadm" && [app::preferences::get chat_server] ne ""} {
        ui::main::make chat
    }
}

opdesk::start
