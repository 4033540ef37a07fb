# SPDX-License-Identifier: ISC
# The questions that are chosen in the list, for the panel that acts on them (ui/act.tcl): which of them still
# wait, what they have in common, whether their servers are there.
namespace eval opdesk::ui::actchosen {
    namespace import ::msgcat::mc
    variable keys {}
    # see look
    variable known {pending {} claimed {} others {} labels {} may 0 away {}}
    variable max_named 3
}

# From now on these; are they others than those that were, of which some may have ended?
proc opdesk::ui::actchosen::choose {list} {
    variable keys
    set left [lmap key $keys {
        if {![opdesk::app::alerts::exists $key]} {
            continue
        }
        set key
    }]
    set others [expr {$list ne $keys && ($list ne $left || ![llength $list])}]
    set keys $list
    return $others
}

proc opdesk::ui::actchosen::keys {} {
    variable keys
    return $keys
}

# All that is to be known of the chosen questions, in one pass, as there may be thousands:
#   pending    those that still are
#   claimed    of those: that somebody has claimed
#   others     of those: that are not claimed by oneself
#   labels     the answers that all have, {} when they differ or a text is wanted of several
#   may        all their servers are there
#   away       one that is not, "" for none
proc opdesk::ui::actchosen::look {} {
    variable keys
    variable known
    set claimed {}
    set others {}
    set pending {}
    set kinds {}
    set servers {}
    set alerts [opdesk::app::alerts::all]
    foreach key $keys {
        if {![dict exists $alerts $key]} {
            continue
        }
        set alert [dict get $alerts $key]
        lappend pending $key
        dict set servers [lindex [split $key /] 0] 1
        dict set kinds [list [opdesk::app::alerts::field $alert kind] [dict get $alert labels]] 1
        if {[opdesk::app::alerts::field $alert claimed_by] ne ""} {
            lappend claimed $key
        }
        if {![opdesk::app::words::is_mine $alert]} {
            lappend others $key
        }
    }
    set away ""
    foreach server [dict keys $servers] {
        if {![opdesk::app::servers::up $server]} {
            set away $server
        }
    }
    set known [dict create pending $pending claimed $claimed others $others may [expr {$away eq ""}] away $away \
        labels [Labels [dict keys $kinds] [llength $pending]]]
}

proc opdesk::ui::actchosen::Labels {kinds count} {
    if {[llength $kinds] != 1 || ($count > 1 && [lindex $kinds 0 0] eq "text")} {
        return {}
    }
    return [lindex $kinds 0 1]
}

proc opdesk::ui::actchosen::known {what} {
    variable known
    return [dict get $known $what]
}

proc opdesk::ui::actchosen::pending {} {
    look
    return [known pending]
}

proc opdesk::ui::actchosen::any {} {
    return [llength [known pending]]
}

proc opdesk::ui::actchosen::claimed {} {
    return [llength [known claimed]]
}

proc opdesk::ui::actchosen::not_mine {} {
    return [llength [known others]]
}

proc opdesk::ui::actchosen::away {} {
    return [mc "%s is not connected: what is done here would not arrive." [opdesk::app::words::line \
        [dict get [opdesk::app::servers::get [known away]] endpoint] 60]]
}

# A key that cannot do anything now says why.
proc opdesk::ui::actchosen::refused {} {
    if {[known away] ne ""} {
        opdesk::ui::status::news [away] {triangle warning}
    }
    return [expr {![known may]}]
}

# The first few by name.
proc opdesk::ui::actchosen::names {pending} {
    variable max_named
    set names [lmap key [lrange $pending 0 [expr {$max_named - 1}]] {
        opdesk::app::words::line [opdesk::app::words::subject [opdesk::app::alerts::get $key]] 50
    }]
    set names [join $names "; "]
    if {[llength $pending] > $max_named} {
        append names " " [mc "and %d more" [expr {[llength $pending] - $max_named}]]
    }
    return $names
}
