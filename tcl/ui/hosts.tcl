# SPDX-License-Identifier: ISC
# The view of hosts: who sends beacons, who has fallen silent, whose clock is off; those that need somebody
# first.  The times that count up are drawn once a second, for the rows on the screen only.
namespace eval opdesk::ui::hosts {
    namespace import ::msgcat::mc
    variable path ""
    variable columns {}
    variable sorted state
    variable descending 0
    # hosts to be drawn: HOST 1 …
    variable queue {}
    variable timer ""
    variable sorting ""
    variable slice_us 6000
    variable signs {alive {disc ok} silent {critical critical} off {triangle warning} zone {ring idle}}
    variable ranks {silent 0 off 1 zone 2 alive 3}
}

proc opdesk::ui::hosts::create {at} {
    variable path $at
    variable columns [list state "" 0 0 host [mc "Host"] 24 1 address [mc "Address"] 20 0 \
        how [mc "State"] 20 0 heard [mc "Last beacon"] 16 0 offset [mc "Clock"] 16 0 \
        period [mc "Period"] 8 0]
    variable sorted
    variable descending
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $path
    opdesk::ui::filter::create $path.filter [mc "Filter: host, address, state"] ${here}::Filter 60
    opdesk::widget::table::create $path.list $columns ${here}::Sort
    $path.list.tree configure -selectmode browse
    opdesk::widget::table::on_width $path.list.tree ${here}::Visible
    ttk::frame $path.foot -style Surface.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 4]]
    ttk::label $path.foot.text -style Surface.TLabel
    pack $path.foot.text -side left
    pack $path.filter -side top -fill x -padx $gap -pady $gap
    pack $path.foot -side bottom -fill x
    pack $path.list -side top -fill both -expand 1
    bind $path.filter.entry <Down> [list focus [tree]]
    bind $path.filter.entry <Return> [list focus [tree]]
    foreach {signal handler} {hosts Host hosts.state Foot tick Tick} {
        opdesk::app::signal::on_while $path $signal ${here}::$handler
    }
    bind $path <Destroy> +[list ${here}::Gone %W]
    opdesk::widget::table::mark_sorted [tree] $columns $sorted $descending
    Foot
    return $path
}

proc opdesk::ui::hosts::tree {} {
    variable path
    return $path.list.tree
}

proc opdesk::ui::hosts::find {} {
    variable path
    opdesk::ui::filter::grasp $path.filter
}

proc opdesk::ui::hosts::shown {} {
    opdesk::app::hosts::start
    Foot
    Visible
}

proc opdesk::ui::hosts::keys {} {
    variable columns
    set here [namespace current]
    set rows [list {<Up> <Down>} [mc "Another host"] "" \
        <Control-Key-c> [mc "Copy its address"] ${here}::Copy]
    set number 0
    foreach {name title chars stretch} $columns {
        lappend rows <Control-Key-[incr number]> \
            [mc "Sort by: %s" [if {$title eq ""} {mc "how grave"} else {set title}]] [list ${here}::Sort $name]
    }
    return [list [mc "List of hosts"] $rows]
}

proc opdesk::ui::hosts::Copy {} {
    set host [lindex [[tree] selection] 0]
    if {$host ne ""} {
        clipboard clear
        clipboard append [dict get [opdesk::app::hosts::get $host] address]
    }
}

# --- order and filter ---

proc opdesk::ui::hosts::Sort {name} {
    variable sorted
    variable descending
    variable columns
    set descending [expr {$sorted eq $name && !$descending}]
    set sorted $name
    opdesk::widget::table::mark_sorted [tree] $columns $sorted $descending
    Order
}

# What a host is sorted by, its name last.
proc opdesk::ui::hosts::Rank {host} {
    variable sorted
    variable ranks
    set one [opdesk::app::hosts::get $host]
    switch $sorted {
        host { return 0 }
        address { return [dict get $one address] }
        heard { return [expr {-[dict get $one heard_ms]}] }
        offset { return [expr {abs([dict get $one offset_ms])}] }
        period { return [dict get $one period_ms] }
    }
    return [dict get $ranks [opdesk::app::hosts::state $host]]
}

proc opdesk::ui::hosts::Order {} {
    variable sorting ""
    variable descending
    set rows [lmap host [opdesk::app::hosts::all] {
        if {![[tree] exists $host] || ![Matches $host]} {
            continue
        }
        list [Rank $host] $host
    }]
    set rows [lsort -dictionary {*}[expr {$descending ? "-decreasing" : ""}] -index 0 [lsort -dictionary -index 1 $rows]]
    set wanted [lmap row $rows {lindex $row 1}]
    if {$wanted ne [[tree] children {}]} {
        [tree] children {} $wanted
    }
    Foot
    Visible
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::hosts::OrderLater {} {
    variable sorting
    if {$sorting eq ""} {
        set sorting [after idle [namespace current]::Order]
    }
}

proc opdesk::ui::hosts::Filter {text} {
    Order
}

proc opdesk::ui::hosts::Matches {host} {
    variable path
    set words [string tolower [opdesk::ui::filter::text $path.filter]]
    set one [string tolower "$host [dict get [opdesk::app::hosts::get $host] address] \
        [opdesk::app::hosts::words $host 0]"]
    foreach word [regexp -all -inline {\S+} $words] {
        if {[string first $word $one] < 0} {
            return 0
        }
    }
    return 1
}

# --- rows ---

proc opdesk::ui::hosts::Host {host} {
    variable queue
    variable timer
    if {$host eq ""} {
        set queue {}
        [tree] delete [[tree] children {}]
        Foot
        return
    }
    dict set queue $host 1
    if {$timer eq ""} {
        set timer [after idle [namespace current]::Soon]
    }
}

# After what is to be drawn.
proc opdesk::ui::hosts::Soon {} {
    variable timer [after 0 [namespace current]::Slice]
}

proc opdesk::ui::hosts::Slice {} {
    variable queue
    variable timer ""
    variable slice_us
    set end [expr {[clock microseconds] + $slice_us}]
    set now [opdesk::app::clock::now]
    foreach host [dict keys $queue] {
        dict unset queue $host
        Row $host $now
        if {[clock microseconds] > $end} {
            break
        }
    }
    if {[dict size $queue]} {
        set timer [after idle [namespace current]::Soon]
    }
    Foot
}

# Its place is looked for only when what it is sorted by is another.
proc opdesk::ui::hosts::Row {host now} {
    variable signs
    set tree [tree]
    set state [opdesk::app::hosts::state $host]
    set new [expr {![$tree exists $host]}]
    if {$new} {
        $tree insert {} end -id $host
    }
    set was [$tree item $host -tags]
    lassign [dict get $signs $state] shape colour
    $tree item $host -tags [list $state] -values [opdesk::widget::table::cut $tree [Cells $host $now]] \
        -image [opdesk::ui::sign::get $shape [opdesk::theme::px 14] $colour]
    variable sorted
    if {$new || $was ne $state || $sorted in {offset address period}} {
        OrderLater
    }
}

proc opdesk::ui::hosts::Cells {host now} {
    set one [opdesk::app::hosts::get $host]
    return [list [opdesk::app::words::line $host 80] [dict get $one address] \
        [opdesk::app::hosts::words $host $now] [opdesk::app::hosts::heard $host $now] \
        [opdesk::app::hosts::offset $host] [opdesk::app::words::duration [dict get $one period_ms]]]
}

# The rows on the screen.
proc opdesk::ui::hosts::Visible {} {
    if {![opdesk::ui::main::is_front hosts]} {
        return
    }
    set tree [tree]
    set rows [$tree children {}]
    if {![llength $rows]} {
        return
    }
    lassign [$tree yview] first last
    set now [opdesk::app::clock::now]
    set n [llength $rows]
    foreach host [lrange $rows [expr {int($first * $n)}] [expr {int($last * $n) + 1}]] {
        $tree item $host -values [opdesk::widget::table::cut $tree [Cells $host $now]]
    }
}

proc opdesk::ui::hosts::Tick {now} {
    variable sorted
    if {![opdesk::ui::main::is_front hosts]} {
        return
    }
    if {$sorted eq "heard"} {
        Order
    } else {
        Visible
    }
}

# --- how it stands ---

proc opdesk::ui::hosts::Foot {args} {
    variable path
    set counts [opdesk::app::hosts::counts]
    dict with counts {}
    set all [llength [opdesk::app::hosts::all]]
    set trouble [expr {$silent + $off}]
    opdesk::ui::main::face hosts [expr {$trouble ? [mc "Hosts (%d)" $trouble] : [mc "Hosts"]}]
    set parts [list [expr {$all == 1 ? [mc "1 host"] : [mc "%d hosts" $all]}]]
    foreach {n text} [list $silent [mc "%d silent" $silent] $off [mc "%d with a wrong clock" $off] \
        $zone [mc "%d of another time zone, it seems" $zone]] {
        if {$n} {
            lappend parts $text
        }
    }
    set server [opdesk::app::hosts::server]
    if {[dict size $server] && [dict get $server reason] ne ""} {
        lappend parts [opdesk::app::words::line [dict get $server reason]]
    }
    $path.foot.text configure -text [expr {$all || [llength $parts] > 1 ? [join $parts " · "] : ""}]
    set shown [llength [[tree] children {}]]
    opdesk::ui::filter::count $path.filter [expr {[opdesk::ui::filter::text $path.filter] eq "" ? ""
        : [mc "%1\$d of %2\$d" $shown $all]}]
    Empty $all $shown $server
}

proc opdesk::ui::hosts::Empty {all shown server} {
    variable path
    if {$shown} {
        opdesk::widget::table::say [tree]
    } elseif {$all} {
        opdesk::widget::table::say [tree] [mc "No host is like that."] [mc "Try fewer words; Escape shows all."]
    } elseif {![dict size $server] || [dict get $server state] eq "connecting"} {
        opdesk::widget::table::say [tree] [mc "Beginning to listen …"]
    } elseif {[dict get $server state] eq "up"} {
        opdesk::widget::table::say [tree] [mc "No beacon has been heard yet."] \
            [mc "A host tells every 15 seconds that it is alive when this runs on it. This desk listens to %s." \
            [opdesk::app::preferences::get beacon_group]] "opnet beacon"
    } else {
        opdesk::widget::table::say [tree] [mc "Beacons cannot be heard."] \
            "[opdesk::app::words::line [dict get $server reason]].\n[mc "It is tried again by itself; F5 tries now."]"
    }
}

proc opdesk::ui::hosts::Gone {window} {
    variable path
    variable timer
    variable sorting
    if {$window eq $path} {
        after cancel $timer
        after cancel $sorting
    }
}
