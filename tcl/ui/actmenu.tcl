# SPDX-License-Identifier: ISC
# The menus of what can be done with the chosen questions (the table of ui/act.tcl): one at the pointer, those of the
# buttons Snooze and More.
namespace eval opdesk::ui::actmenu {
    namespace import ::msgcat::mc
    variable panel ""
}

# PANEL.buttons.{snooze more} and PANEL.menu
proc opdesk::ui::actmenu::create {path} {
    variable panel $path
    foreach {name face} [list snooze [mc "Snooze"] more [mc "More"]] {
        set button $path.buttons.$name
        ttk::menubutton $button -text $face -menu $button.menu
        menu $button.menu -tearoff 0 -postcommand [list [namespace current]::Fill_$name $button.menu]
    }
    menu $path.menu -tearoff 0
    menu $path.menu.snooze -tearoff 0
}

proc opdesk::ui::actmenu::Fill_snooze {menu} {
    opdesk::ui::snooze::fill $menu opdesk::ui::act::snooze
    $menu add command -label [mc "Ring again now"] -command [list opdesk::ui::act::snooze 0]
}

proc opdesk::ui::actmenu::Fill_more {menu} {
    $menu delete 0 end
    foreach {name face when command} [opdesk::ui::act::table] {
        if {$name ni {claim}} {
            Row $menu $name $face $when
        }
    }
}

proc opdesk::ui::actmenu::Row {menu name face when} {
    $menu add command -label $face -command [list opdesk::ui::act::do $name] \
        -accelerator [opdesk::ui::main::key_of [list ::opdesk::ui::waiting::do $name]] \
        -state [expr {($name in {open copy} || [opdesk::ui::actchosen::known may]) && [$when] ? "normal" : "disabled"}]
}

# At a point of the screen: answers, then the table.
proc opdesk::ui::actmenu::post {x y} {
    variable panel
    opdesk::ui::actchosen::look
    set menu $panel.menu
    $menu delete 0 end
    opdesk::ui::actanswer::fill $menu
    if {[opdesk::ui::actanswer::count]} {
        $menu add separator
    }
    foreach {name face when command} [opdesk::ui::act::table] {
        Row $menu $name $face $when
        if {$name eq "release"} {
            Fill_snooze $menu.snooze
            $menu add cascade -label [mc "Snooze"] -menu $menu.snooze \
                -state [expr {[opdesk::ui::actchosen::known may] && [opdesk::ui::actchosen::any] ? "normal" : "disabled"}]
        }
    }
    tk_popup $menu $x $y
}

proc opdesk::ui::actmenu::post_snooze {} {
    variable panel
    set button $panel.buttons.snooze
    if {[$button instate !disabled]} {
        Fill_snooze $button.menu
        tk_popup $button.menu [winfo rootx $button] [expr {[winfo rooty $button] + [winfo height $button]}] 0
    }
}
