# SPDX-License-Identifier: ISC
# Drafts that are kept on this computer and on the servers, offered above the list of subnets: what was edited
# and never stored, the newest first.  Those of files that are open are not offered.
namespace eval opdesk::ui::subnetdrafts {
    namespace import ::msgcat::mc
    variable path ""
    # as of All
    variable drafts {}
    variable looking ""
}

proc opdesk::ui::subnetdrafts::create {at} {
    variable path $at
    set here [namespace current]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 6]]
    ttk::label $path.sign -style Bar.TLabel -image [opdesk::ui::sign::get info [opdesk::theme::px 14]]
    ttk::label $path.text -style Bar.TLabel -anchor w
    ttk::button $path.open -style Small.TButton -text [mc "Open"] -command ${here}::open
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

# {SAVED KEY ID WHERE} of all drafts, the newest first; one that is in both places is the one here.
proc opdesk::ui::subnetdrafts::All {} {
    set found {}
    foreach server [opdesk::app::servers::known ipadmd] {
        if {![opdesk::app::sdb_list::listed $server]} {
            continue
        }
        foreach {where place list} {here draft list_of server shelf of} {
            foreach key [expr {$where eq "here" ? [opdesk::app::sdb_draft::of $server] : [opdesk::app::sdb_shelf::keys $server]}] {
                foreach draft [opdesk::app::sdb_${place}::$list $key] {
                    lassign $draft id saved
                    if {![opdesk::app::sdb_work::exists $key] && ![dict exists $found $id]} {
                        dict set found $id [list $saved $key $id $where]
                    }
                }
            }
        }
    }
    return [lsort -integer -decreasing -index 0 [dict values $found]]
}

proc opdesk::ui::subnetdrafts::Look {} {
    variable path
    variable looking ""
    variable drafts [All]
    if {![llength $drafts]} {
        pack forget $path
        return
    }
    lassign [lindex $drafts 0] saved key id where
    set what [if {[opdesk::app::sdb_list::exists $key]} {
        opdesk::app::sdb_words::title [opdesk::app::sdb_list::get $key] 60
    } else {
        lindex [split $key /] 1
    }]
    set text [if {$where eq "here"} {
        mc "A draft of “%1\$s” from %2\$s is kept here: it was never stored." $what [opdesk::app::sdb_words::day $saved]
    } else {
        mc "A draft of “%1\$s” from %2\$s, of another desk of yours, is kept on the server: it was never stored." $what \
            [opdesk::app::sdb_words::day $saved]
    }]
    if {[llength $drafts] > 1} {
        append text " " [mc "And %d more." [expr {[llength $drafts] - 1}]]
    }
    $path.text configure -text $text
    event generate $path <<DraftsShown>>
}

# The one that is offered.  A draft of a subnet that is not on the server is a new one.
proc opdesk::ui::subnetdrafts::open {} {
    variable drafts
    if {![llength $drafts]} {
        bell
        return
    }
    lassign [lindex $drafts 0] saved key id where
    if {[opdesk::app::sdb_list::exists $key]} {
        opdesk::ui::subnet::open $key "" 0 $id
    } elseif {$where eq "here"} {
        OpenHere $key $id
    } else {
        opdesk::app::sdb_shelf::fetch $key $id [list [namespace current]::OpenNew $key $id]
    }
}

# Another desk may have stored it, or thrown it away, since it was offered.
proc opdesk::ui::subnetdrafts::OpenHere {key id} {
    set draft [opdesk::app::sdb_draft::find $key $id]
    if {$draft ne ""} {
        opdesk::ui::subnet::open_new $key [dict get $draft mine] {} $id
    } else {
        bell
        Later
    }
}

proc opdesk::ui::subnetdrafts::OpenNew {key id status value} {
    if {$status eq "ok"} {
        opdesk::ui::subnet::open_new $key [dict get $value mine] [list $id]
    } else {
        bell
        Later
    }
}
