# SPDX-License-Identifier: ISC
# Where the chat is and who one is there: what the view shows before there is a server, or when that has
# refused us.
namespace eval opdesk::ui::chatform {
    namespace import ::msgcat::mc
    variable path ""
    # called when there is a server
    variable named ""
}

proc opdesk::ui::chatform::create {at prefix} {
    variable path $at.in
    variable named $prefix
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $at -style Surface.TFrame
    ttk::frame $path -style Surface.TFrame
    ttk::label $path.head -style Empty.TLabel -text [mc "Talk to the others on duty"]
    ttk::label $path.hint -style EmptyHint.TLabel -justify center -wraplength [opdesk::theme::px 480] \
        -text [mc "The chat needs a server that all of you can reach. Start one with"]
    ttk::label $path.code -style EmptyCode.TLabel -text "opchatd"
    opdesk::widget::field::create $at.server [mc "Server"]
    opdesk::widget::field::create $at.nick [mc "Nickname"]
    ttk::label $path.form -style SmallHint.TLabel -text [mc "HOST or HOST:PORT (2027 by default)"]
    ttk::label $path.wrong -style Wrong.TLabel -wraplength [opdesk::theme::px 480] -justify center
    ttk::frame $path.do -style Surface.TFrame
    ttk::button $path.do.connect -text [mc "Connect"] -default active -command ${here}::Connect
    ttk::button $path.do.back -text [mc "Cancel"] -command ${here}::Back
    pack $path.do.connect -side left
    foreach name {server nick} {
        $at.$name.name configure -width 10
        $at.$name.entry configure -width 30
        bind $at.$name.entry <Return> ${here}::Connect
        bind $at.$name.entry <Escape> ${here}::Back
    }
    foreach {part pady} [list head $gap hint 0 code [expr {2 * $gap}]] {
        pack $path.$part -pady [list 0 $pady]
    }
    pack $at.server -in $path
    pack $path.form -pady [list 0 $gap]
    pack $at.nick -in $path -pady [list 0 [expr {2 * $gap}]]
    pack $path.do
    place $path -relx 0.5 -rely 0.46 -anchor center
    raise $at.server
    raise $at.nick
    return $at
}

# What is kept is in it, and what the server has said.
proc opdesk::ui::chatform::refresh {} {
    variable path
    set at [winfo parent $path]
    foreach name {server nick} {
        if {[$at.$name.entry get] eq ""} {
            $at.$name.entry insert 0 [Default $name]
        }
    }
    set server [opdesk::app::chat::server]
    if {[dict size $server]} {
        pack $path.do.back -side left -padx [list [opdesk::theme::px 8] 0]
        if {[dict get $server state] eq "failed"} {
            pack forget $path.do.back
            Wrong [mc "%1\$s says: %2\$s" [opdesk::app::words::line [dict get $server endpoint] 80] \
                [opdesk::app::words::line [dict get $server reason]]]
        }
    } else {
        pack forget $path.do.back
    }
}

# The line to begin with: a server that has refused us wants another name.
proc opdesk::ui::chatform::entry {} {
    variable path
    set server [opdesk::app::chat::server]
    set refused [expr {[dict size $server] && [dict get $server state] eq "failed"}]
    return [winfo parent $path].[expr {$refused ? "nick" : "server"}].entry
}

proc opdesk::ui::chatform::Default {name} {
    set kept [opdesk::app::preferences::get chat_$name]
    if {$kept ne "" || $name ne "nick" || ![info exists ::tcl_platform(user)]} {
        return $kept
    }
    return $::tcl_platform(user)
}

proc opdesk::ui::chatform::Wrong {text} {
    variable path
    $path.wrong configure -text $text
    if {$text eq ""} {
        pack forget $path.wrong
    } else {
        pack $path.wrong -before $path.do -pady [list 0 [opdesk::theme::px 12]]
    }
}

proc opdesk::ui::chatform::Connect {} {
    variable path
    variable named
    set at [winfo parent $path]
    Wrong ""
    try {
        opdesk::app::chat::connect [$at.server.entry get] [string trim [$at.nick.entry get]]
        {*}$named
    } trap {OPDESK CHAT} {message options} {
        Wrong $message
        focus $at.[lindex [dict get $options -errorcode] 2].entry
    } on error {message} {
        # there is a server for this run; only the file could not be written
        Wrong [mc "The preferences could not be written: %s" $message]
    }
}

proc opdesk::ui::chatform::Back {} {
    variable named
    set server [opdesk::app::chat::server]
    if {[dict size $server] && [dict get $server state] ne "failed"} {
        {*}$named
    }
}
