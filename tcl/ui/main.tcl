# SPDX-License-Identifier: ISC
# The main window: the list of pending questions and the state of the connections.  Closing it ends
# the desk; the questions stay with their servers.
namespace eval opdesk::ui::main {
    namespace import ::msgcat::mc
    variable counting ""
}

proc opdesk::ui::main::show {} {
    set gap [opdesk::theme::px 10]
    wm withdraw .
    wm title . opdesk
    wm iconphoto . -default [image create photo -file [file join $::opdesk::root opdesk.png]]
    wm protocol . WM_DELETE_WINDOW exit
    wm minsize . [opdesk::theme::px 420] [opdesk::theme::px 240]
    wm geometry . [opdesk::theme::px 900]x[opdesk::theme::px 420]
    ttk::label .head -style Header.TLabel -padding [list $gap $gap $gap [opdesk::theme::px 6]]
    opdesk::ui::list::create .list
    ttk::separator .line
    opdesk::ui::status::create .status
    pack .head -side top -fill x
    pack .status -side bottom -fill x
    pack .line -side bottom -fill x
    pack .list -side top -fill both -expand 1
    bind . <Control-q> exit
    bind . <F5> [list [namespace current]::Retry]
    opdesk::app::signal::on_while .head alert [namespace current]::CountLater
    Count
    opdesk::app::clock::start
    focus .list.tree
    if {![ByHand]} {
        opdesk::x11 quiet .
    }
    wm deiconify .
}

# Started by somebody who waits for it, and not by a daemon: it may take the keyboard.
proc opdesk::ui::main::ByHand {} {
    return [expr {[info exists ::env(DESKTOP_STARTUP_ID)] || ![catch {fconfigure stdin -mode}]}]
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::main::CountLater {args} {
    variable counting
    if {$counting eq ""} {
        set counting [after idle [namespace current]::Count]
    }
}

proc opdesk::ui::main::Count {} {
    variable counting ""
    set n [opdesk::app::alerts::count]
    switch $n {
        0 { set text [mc "Questions"] }
        1 { set text [mc "1 question is waiting"] }
        default { set text [mc "%d questions are waiting" $n] }
    }
    .head configure -text $text
    wm title . [expr {$n ? "opdesk ($n)" : "opdesk"}]
}

proc opdesk::ui::main::Retry {} {
    for {set i 0} {$i < [opdesk::app::servers::count]} {incr i} {
        opdesk::app::servers::retry $i
    }
}
