# SPDX-License-Identifier: ISC
# Drafts that are kept on this computer, offered above the list of subnets: what was edited and never
# stored.  Those that are open are not offered.
namespace eval opdesk::ui::subnetdrafts {
    namespace import ::msgcat::mc
    variable path ""
    variable keys {}
    variable looking ""
}

proc opdesk::ui::subnetdrafts::create {at} {
    variable path $at
    set here [namespace current]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 6]]
    ttk::label $path.sign -style Bar.TLabel -image [opdesk::ui::sign::get info [opdesk::theme::px 14]]
    ttk::label $path.text -style Bar.TLabel -anchor w
    ttk::button $path.open -style Small.TButton -text [mc "Open"] -command ${here}::Open
    pack $path.sign -side left -padx [list 0 [opdesk::theme::px 8]]
    pack $path.open -side right
    pack $path.text -side left -fill x -expand 1
    foreach signal {subnets draft work} {
        opdesk::app::signal::on_while $path $signal ${here}::Later
    }
    bind $path <Destroy> +[list ${here}::Gone %W]
    return $path
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnetdrafts::Later {args} {
    variable looking
    if {$looking eq ""} {
        set looking [after idle [namespace current]::Look]
    }
}

proc opdesk::ui::subnetdrafts::Gone {window} {
    variable path
    variable looking
    if {$window eq $path} {
        after cancel $looking
        set looking ""
    }
}

proc opdesk::ui::subnetdrafts::Look {} {
    variable path
    variable keys {}
    variable looking ""
    foreach server [opdesk::app::servers::known ipadmd] {
        if {[opdesk::app::sdb_list::listed $server]} {
            foreach key [opdesk::app::sdb_draft::of $server] {
                if {![opdesk::app::sdb_work::exists $key]} {
                    lappend keys $key
                }
            }
        }
    }
    if {![llength $keys]} {
        pack forget $path
        return
    }
    set key [lindex $keys 0]
    set what [if {[opdesk::app::sdb_list::exists $key]} {
        opdesk::app::sdb_words::title [opdesk::app::sdb_list::get $key] 60
    } else {
        lindex [split $key /] 1
    }]
    set text [mc "A draft of “%1\$s” from %2\$s is kept here: it was never stored." $what \
        [opdesk::app::sdb_words::day [dict get [opdesk::app::sdb_draft::find $key] saved]]]
    if {[llength $keys] > 1} {
        append text " " [mc "And %d more." [expr {[llength $keys] - 1}]]
    }
    $path.text configure -text $text
    event generate $path <<DraftsShown>>
}

# A draft of a subnet that is not on the server is a new one.
proc opdesk::ui::subnetdrafts::Open {} {
    variable keys
    set key [lindex $keys 0]
    if {[opdesk::app::sdb_list::exists $key]} {
        opdesk::ui::subnet::open $key
    } else {
        opdesk::ui::subnet::open_new $key [dict get [opdesk::app::sdb_draft::find $key] mine]
    }
}
