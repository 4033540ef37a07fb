# SPDX-License-Identifier: ISC
# Fast Find: every field of every subnet, answered by the daemons while one types.  A found node opens its
# subnet there; a subnet is found by its title and network too.
namespace eval opdesk::ui::subnetfind {
    namespace import ::msgcat::mc
    variable path ""
    variable text ""
    # a search is on its way under this number
    variable number 0
    variable waiting 0
    variable limit 200
    # by row: {KEY ADDRESS}
    variable targets {}
    variable more 0
    variable failed ""
    # Return came before the answer: the first that is found is opened
    variable eager 0
}

proc opdesk::ui::subnetfind::create {at} {
    variable path $at
    set here [namespace current]
    opdesk::widget::table::create $path [list sign "" 0 0 name [mc "Name"] 18 0 address [mc "Address"] 18 0 \
        ethernet [mc "Ethernet"] 15 0 alias [mc "Alias"] 14 0 mx [mc "Mail"] 14 0 comment [mc "Comment"] 20 1 \
        subnet [mc "Subnet"] 26 0]
    bind [tree] <<TableOpen>> ${here}::Open
    bind [tree] <Escape> "opdesk::ui::subnets::LeaveFind; break"
    opdesk::app::signal::on_while $path subnets ${here}::Again
    return $path
}

proc opdesk::ui::subnetfind::tree {} {
    variable path
    return $path.tree
}

proc opdesk::ui::subnetfind::active {} {
    variable text
    return [expr {$text ne ""}]
}

proc opdesk::ui::subnetfind::stop {} {
    variable text ""
    variable number
    incr number
    opdesk::ui::subnets::count ""
}

proc opdesk::ui::subnetfind::search {what} {
    variable text [string trim $what]
    variable number
    variable waiting 0
    variable limit
    variable more 0
    variable failed ""
    variable eager 0
    incr number
    Clear
    Titles
    foreach server [opdesk::app::servers::known ipadmd] {
        if {[opdesk::app::servers::up $server]} {
            incr waiting
            opdesk::app::servers::call $server sdb.search \
                [dict create text [opdesk::app::words::cut $text 200] limit $limit] \
                [list [namespace current]::Found $number $server] 15000
        }
    }
    Say
}

# Has any daemon told its list?
proc opdesk::ui::subnetfind::Listed {} {
    foreach server [opdesk::app::servers::known ipadmd] {
        if {[opdesk::app::sdb_list::listed $server]} {
            return 1
        }
    }
    return 0
}

# A daemon is there, or has changed its files: what was looked for may be found now.
proc opdesk::ui::subnetfind::Again {server} {
    variable text
    variable eager
    variable waiting
    if {[active] && ![llength [[tree] children {}]]} {
        set was $eager
        if {$waiting} {
            # the nodes are still being looked for: the list with the titles was quicker
            Titles
            Say
        } else {
            search $text
        }
        set eager $was
        if {$eager && [llength [[tree] children {}]]} {
            open_first
        }
    }
}

proc opdesk::ui::subnetfind::Clear {} {
    variable targets {}
    set tree [tree]
    $tree delete [$tree children {}]
}

proc opdesk::ui::subnetfind::Titles {} {
    variable text
    foreach key [opdesk::app::sdb_list::keys] {
        set subnet [opdesk::app::sdb_list::get $key]
        set title [opdesk::app::sdb_words::title $subnet]
        set network [opdesk::app::sdb_list::field $subnet network]
        if {[string first [string tolower $text] [string tolower "$title $network [dict get $subnet file]"]] >= 0} {
            Row $key "" [list "" $network "" "" "" "" $title]
        }
    }
}

proc opdesk::ui::subnetfind::Row {key address values} {
    variable targets
    set row [[tree] insert {} end -values [lmap value $values {opdesk::app::words::line $value 80}]]
    dict set targets $row [list $key $address]
}

proc opdesk::ui::subnetfind::Found {n server status value} {
    variable number
    variable waiting
    variable more
    variable failed
    if {$n != $number} {
        return
    }
    incr waiting -1
    if {$status eq "ok"} {
        foreach node [dict get $value nodes] {
            Node $server $node
        }
        set more [expr {$more || [opdesk::app::sdb_list::field $value more 0]}]
    } else {
        set failed [opdesk::app::sdb_words::failure $value]
    }
    Say
    variable eager
    if {$eager && (!$waiting || [llength [[tree] children {}]])} {
        open_first
    }
}

proc opdesk::ui::subnetfind::Node {server node} {
    set key $server/[dict get $node file]
    set title [if {[opdesk::app::sdb_list::exists $key]} {
        opdesk::app::sdb_words::title [opdesk::app::sdb_list::get $key]
    } else {
        dict get $node file
    }]
    set values [lmap name {name address ethernet alias mx comment} {
        opdesk::app::sdb_list::field $node $name
    }]
    Row $key [opdesk::app::sdb_list::field $node address] [concat $values [list $title]]
}

proc opdesk::ui::subnetfind::Say {} {
    variable waiting
    variable more
    variable failed
    set n [llength [[tree] children {}]]
    opdesk::ui::subnets::count [expr {$waiting > 0 && !$n ? [mc "searching …"]
        : $more ? [mc "the first %d" $n] : [mc "%d found" $n]}]
    if {$n || $waiting > 0} {
        opdesk::widget::table::say [tree]
    } elseif {$failed ne ""} {
        opdesk::widget::table::say [tree] [mc "The search failed."] $failed
    } else {
        opdesk::widget::table::say [tree] [mc "No node and no subnet has this text."] \
            [mc "Names, addresses, Ethernet addresses, aliases, mail exchangers and comments were searched."]
    }
}

proc opdesk::ui::subnetfind::open_first {} {
    variable waiting
    variable eager
    set tree [tree]
    set row [lindex [concat [$tree selection] [$tree children {}]] 0]
    set eager [expr {$row eq "" && ($waiting > 0 || ![Listed])}]
    if {$eager} {
        return
    }
    if {$row eq ""} {
        bell
    } else {
        OpenRow $row
    }
}

proc opdesk::ui::subnetfind::Open {} {
    foreach row [lrange [[tree] selection] 0 0] {
        OpenRow $row
    }
}

proc opdesk::ui::subnetfind::OpenRow {row} {
    variable targets
    opdesk::ui::subnet::open {*}[dict get $targets $row]
}
