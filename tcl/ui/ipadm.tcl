# SPDX-License-Identifier: ISC
# What is different when the desk was started as ipadm: the original's title and menus, and its warning
# when there is no daemon.  Unlike the original's, the window stays and connects when it can.
namespace eval opdesk::ui::ipadm {
    namespace import ::msgcat::mc
    variable w .dead
    # has the daemon been there once?
    variable seen 0
}

proc opdesk::ui::ipadm::start {} {
    if {[dict get $::opdesk::config name] ne "ipadm"} {
        return
    }
    # a window that has its title can be typed in: until its widgets are on the screen none of them is
    # given the keyboard
    bind [opdesk::ui::subnets::page] <Map> {+wm title . "ipadm - Administer IP Nodes"}
    pack forget .head
    Menus
    opdesk::app::signal::on servers [namespace current]::Server
}

proc opdesk::ui::ipadm::Menus {} {
    # what is around a word of the bar is this border, of which nothing is seen
    menu .menubar -tearoff 0 -activeborderwidth [opdesk::theme::px 4] -borderwidth 0
    foreach {name title rows} [list \
        file [mc "File"] [list [mc "New subnet …"] opdesk::ui::subnets::New \
            [mc "Preferences …"] opdesk::ui::preferences::show - - [mc "Quit"] opdesk::ui::main::quit] \
        edit [mc "Edit"] [list [mc "Fast Find"] opdesk::ui::main::Find] \
        help [mc "Help"] [list [mc "Keys"] opdesk::ui::keys::show [mc "About"] [namespace current]::About]] {
        menu .menubar.$name -tearoff 0
        .menubar add cascade -label $title -menu .menubar.$name -underline 0
        foreach {face command} $rows {
            if {$face eq "-"} {
                .menubar.$name add separator
            } else {
                .menubar.$name add command -label $face -command $command \
                    -accelerator [opdesk::ui::main::key_of $command]
            }
        }
    }
    . configure -menu .menubar
}

proc opdesk::ui::ipadm::About {} {
    destroy .about
    opdesk::ui::dialog::create .about [mc "About"]
    ttk::label .about.f.head -style Header.TLabel -text "ipadm [dict get $::opdesk::config version]"
    ttk::label .about.f.text -text [mc "Subnets in flat files, edited from afar. Part of opdesk."]
    pack .about.f.head .about.f.text -anchor w -pady [list 0 [opdesk::theme::px 8]]
    bind .about <Return> {destroy .about}
    opdesk::ui::dialog::open .about .about.foot.close
}

# --- no daemon ---

proc opdesk::ui::ipadm::Server {index} {
    variable seen
    variable w
    if {[opdesk::app::servers::program $index] ne "ipadmd"} {
        return
    }
    switch [dict get [opdesk::app::servers::get $index] state] {
        up {
            set seen 1
            destroy $w
        }
        down - failed {
            if {!$seen && ![winfo exists $w]} {
                Dead $index
            }
        }
    }
}

proc opdesk::ui::ipadm::Dead {index} {
    variable w
    # said once; after that the status line says it
    variable seen 1
    set server [opdesk::app::servers::get $index]
    set place [regsub {^(tcp|unix|ssh):} [dict get $server endpoint] {}]
    opdesk::ui::dialog::create $w [mc "Daemon is Dead"]
    ttk::label $w.f.sign -image [opdesk::ui::sign::get warning [opdesk::theme::px 32]]
    ttk::label $w.f.head -style Header.TLabel -text [mc "No ipadmd answers at %s." $place]
    ttk::label $w.f.text -wraplength [opdesk::theme::px 420] -justify left \
        -text "[opdesk::app::words::line [dict get $server reason]]\n\n[mc "The window stays open and connects as soon as the daemon is there."]"
    grid $w.f.sign $w.f.head -sticky w -padx [list 0 [opdesk::theme::px 12]]
    grid x $w.f.text -sticky w -pady [list [opdesk::theme::px 8] 0]
    ttk::button $w.foot.retry -text [mc "Try now"] -command [list opdesk::app::servers::retry $index]
    pack $w.foot.retry -side right -padx [opdesk::theme::px 8]
    opdesk::ui::dialog::open $w $w.foot.close
}
