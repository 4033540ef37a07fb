# SPDX-License-Identifier: ISC
# The addresses of an IPv6 subnet that are in use, in their order, where others have their grid: it has too
# many for that.  The node that is chosen here is the current one.
namespace eval opdesk::ui::subnetused {
    namespace import ::msgcat::mc
    # by path: {w sheet after}; sheet: a copy, sorted by address, "" when it is not looked at
    variable lists {}
}

proc opdesk::ui::subnetused::create {path w} {
    variable lists
    set here [namespace current]
    opdesk::widget::rows::create $path [list address [mc "In use"] 22 1 name [mc "Name"] 12 1] \
        -count [list ${here}::Count $path] -rows [list ${here}::Rows $path]
    dict set lists $path [dict create w $w sheet "" after ""]
    bind $path.tree <<RowsSelect>> [list ${here}::Chosen $path]
    bind $w <<SubnetEdited>> +[list ${here}::Later $path]
    bind $path <Map> +[list ${here}::Later $path]
    bind $path <Destroy> +[list ${here}::Gone %W $path]
    return $path
}

proc opdesk::ui::subnetused::Gone {window path} {
    variable lists
    if {$window eq $path} {
        after cancel [dict get $lists $path after]
        Close $path
        dict unset lists $path
    }
}

proc opdesk::ui::subnetused::Close {path} {
    variable lists
    if {[dict get $lists $path sheet] ne ""} {
        opdesk::sdb close [dict get $lists $path sheet]
        dict set lists $path sheet ""
    }
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnetused::Later {path} {
    variable lists
    if {[dict get $lists $path after] eq ""} {
        dict set lists $path after [after idle [list [namespace current]::Look $path]]
    }
}

proc opdesk::ui::subnetused::Look {path} {
    variable lists
    dict set lists $path after ""
    set w [dict get $lists $path w]
    Close $path
    if {[opdesk::ui::subnet::ready $w] && [winfo viewable $path]} {
        set sheet [opdesk::sdb open [opdesk::sdb read [opdesk::ui::subnet::sheet $w]]]
        opdesk::sdb show $sheet {} address 0
        dict set lists $path sheet $sheet
        opdesk::widget::table::say $path.tree {*}[if {![Count $path]} {list [mc "None"]}]
        opdesk::widget::rows::refresh $path
    }
}

proc opdesk::ui::subnetused::Count {path} {
    variable lists
    set sheet [dict get $lists $path sheet]
    return [expr {$sheet eq "" ? 0 : [lindex [opdesk::sdb count $sheet] 0]}]
}

proc opdesk::ui::subnetused::Rows {path from n} {
    variable lists
    set sheet [dict get $lists $path sheet]
    if {$sheet eq ""} {
        return {}
    }
    return [lmap row [opdesk::sdb rows $sheet $from $n] {
        list [list [lindex $row 2] [opdesk::app::words::line [lindex $row 1] 60]] {}
    }]
}

proc opdesk::ui::subnetused::Chosen {path} {
    variable lists
    set w [dict get $lists $path w]
    set row [lindex [Rows $path [opdesk::widget::rows::cursor $path] 1] 0]
    if {[llength $row] && [opdesk::ui::subnet::ready $w]} {
        set number [opdesk::sdb at [opdesk::ui::subnet::sheet $w] [string trim [lindex $row 0 0] {[]}]]
        if {$number >= 0} {
            opdesk::ui::subnet::go $w $number used
        }
    }
}
