# SPDX-License-Identifier: ISC
# The check of what is being edited: at once of the file alone (when it is not so large that one would feel
# it), and a moment later by the daemon, with all other files.
namespace eval opdesk::ui::subnetcheck {
    namespace import ::msgcat::mc
    # by toplevel: timers {near far}; the number of the last question or edit
    variable timers {}
    variable numbers {}
    variable near_ms 120
    variable far_ms 700
    # larger files are checked by the daemon only
    variable near_nodes 10000
    variable try_nodes 3000
    variable max_findings 1000
}

proc opdesk::ui::subnetcheck::attach {w} {
    bind $w <<SubnetEdited>> +[list [namespace current]::Later $w]
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
}

proc opdesk::ui::subnetcheck::Later {w} {
    variable timers
    variable near_ms
    variable far_ms
    variable numbers
    Stop $w
    dict incr numbers $w
    set here [namespace current]
    dict set timers $w [list [after $near_ms [list ${here}::Near $w]] [after $far_ms [list ${here}::Far $w]]]
}

proc opdesk::ui::subnetcheck::Stop {w} {
    variable timers
    if {[dict exists $timers $w]} {
        foreach timer [dict get $timers $w] {
            after cancel $timer
        }
        dict unset timers $w
    }
}

proc opdesk::ui::subnetcheck::Gone {window w} {
    variable numbers
    if {$window eq $w} {
        Stop $w
        dict unset numbers $w
    }
}

proc opdesk::ui::subnetcheck::Nodes {w} {
    return [lindex [opdesk::sdb count [opdesk::ui::subnet::sheet $w]] 1]
}

proc opdesk::ui::subnetcheck::Near {w} {
    variable near_nodes
    variable max_findings
    if {[opdesk::ui::subnet::ready $w] && ![opdesk::ui::subnet::is_flat $w] && [Nodes $w] <= $near_nodes} {
        opdesk::ui::subnet::set_findings $w [opdesk::sdb check [opdesk::ui::subnet::sheet $w] $max_findings]
    }
}

proc opdesk::ui::subnetcheck::Far {w} {
    variable numbers
    if {![opdesk::ui::subnet::ready $w]} {
        return
    }
    lassign [split [opdesk::ui::subnet::key $w] /] server file
    if {[opdesk::app::servers::up $server]} {
        # what is on the server need not go there
        set key [opdesk::ui::subnet::key $w]
        set text [expr {[opdesk::app::sdb_work::modified $key]
            ? [list text [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]]] : {}}]
        opdesk::app::servers::call $server sdb.check [dict create file $file {*}$text] \
            [list [namespace current]::Checked $w [dict get $numbers $w]] 30000
    }
}

# What has been edited since makes the answer one about another text.
proc opdesk::ui::subnetcheck::Checked {w n status value} {
    variable numbers
    if {$status eq "ok" && [opdesk::ui::subnet::ready $w] && $n == [dict get $numbers $w]} {
        lassign [split [opdesk::ui::subnet::key $w] /] server file
        opdesk::ui::subnet::set_findings $w [lmap finding [dict get $value findings] {
            if {[opdesk::app::sdb_list::field $finding file $file] ne $file} {
                continue
            }
            set finding
        }]
    }
}

# --- while one types ---

# KEY by the number of its line.
proc opdesk::ui::subnetcheck::header_lines {w} {
    if {![opdesk::ui::subnet::ready $w]} {
        return {}
    }
    set lines {}
    set number 0
    foreach line [split [string range [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]] 0 8000] \n] {
        incr number
        if {[string match __NODES__* $line]} {
            break
        }
        if {[regexp {^(?:\xef\xbb\xbf)?\s*([A-Za-z0-9_-]+)\s*=} $line - key] && $key ni [dict values $lines]} {
            dict set lines $number $key
        }
    }
    return $lines
}

# What the check would say of the header line, "" when nothing.
proc opdesk::ui::subnetcheck::try_header {w key value} {
    return [Try $w [list opdesk::sdb set %S $key $value] \
        [lindex [lsearch -exact -inline -index 1 [Pairs [header_lines $w]] $key] 0]]
}

# The same of a node; number -1: a new one.
proc opdesk::ui::subnetcheck::try_node {w number fields} {
    if {$number < 0} {
        set node [lmap name {name address ethernet alias mx comment} {
            if {[dict exists $fields $name]} {dict get $fields $name}
        }]
        return [Try $w [list opdesk::sdb add %S -1 [list $node]] last]
    }
    return [Try $w [list opdesk::sdb change %S $number $fields] \
        [opdesk::sdb line [opdesk::ui::subnet::sheet $w] $number]]
}

proc opdesk::ui::subnetcheck::Pairs {dict} {
    set pairs {}
    dict for {name value} $dict {
        lappend pairs [list $name $value]
    }
    return $pairs
}

proc opdesk::ui::subnetcheck::Try {w command line} {
    variable try_nodes
    if {[Nodes $w] > $try_nodes} {
        return ""
    }
    set sheet [opdesk::sdb open [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]]]
    try {
        {*}[lmap word $command {if {$word eq "%S"} {set sheet} else {set word}}]
        if {$line eq "last"} {
            set line [opdesk::sdb line $sheet [expr {[lindex [opdesk::sdb count $sheet] 1] - 1}]]
        }
        foreach finding [opdesk::sdb check $sheet 1000] {
            if {[dict get $finding line] eq $line} {
                return [dict get $finding message]
            }
        }
        return ""
    } trap {OPDESK} {message} {
        return $message
    } finally {
        opdesk::sdb close $sheet
    }
}
