# SPDX-License-Identifier: ISC
# The original's list of free addresses, beside the grid: a click on one, or Return, makes a new node of it.
# Of very many only the first ones are in it: the grid and Next free have them all.
namespace eval opdesk::ui::subnetfree {
    namespace import ::msgcat::mc
    # by path: {w addresses after}
    variable lists {}
    variable max_rows 4096
}

proc opdesk::ui::subnetfree::create {path w} {
    variable lists
    set here [namespace current]
    opdesk::widget::rows::create $path [list free [mc "Free"] 17 1] \
        -count [list ${here}::Count $path] -rows [list ${here}::Rows $path]
    dict set lists $path [dict create w $w addresses {} after ""]
    bind $path.tree <ButtonRelease-1> +[list ${here}::Clicked $path %x %y]
    bind $path.tree <<RowsOpen>> [list ${here}::Take $path]
    foreach event {SubnetEdited SubnetMode} {
        bind $w <<$event>> +[list ${here}::Later $path]
    }
    bind $path <Map> +[list ${here}::Later $path]
    bind $path <Destroy> +[list ${here}::Gone %W $path]
    return $path
}

proc opdesk::ui::subnetfree::Gone {window path} {
    variable lists
    if {$window eq $path} {
        after cancel [dict get $lists $path after]
        dict unset lists $path
    }
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnetfree::Later {path} {
    variable lists
    if {[dict get $lists $path after] eq ""} {
        dict set lists $path after [after idle [list [namespace current]::Look $path]]
    }
}

proc opdesk::ui::subnetfree::Look {path} {
    variable lists
    variable max_rows
    dict set lists $path after ""
    set w [dict get $lists $path w]
    if {[opdesk::ui::subnet::ready $w] && [winfo viewable $path]} {
        set addresses [opdesk::sdb free [opdesk::ui::subnet::sheet $w] $max_rows]
        dict set lists $path addresses $addresses
        opdesk::widget::table::say $path.tree {*}[if {![llength $addresses]} {list [mc "None"]}]
        opdesk::widget::rows::refresh $path
    }
}

proc opdesk::ui::subnetfree::Count {path} {
    variable lists
    return [llength [dict get $lists $path addresses]]
}

proc opdesk::ui::subnetfree::Rows {path from n} {
    variable lists
    return [lmap address [lrange [dict get $lists $path addresses] $from [expr {$from + $n - 1}]] {list [list $address] {}}]
}

# On a row, not on the heading.
proc opdesk::ui::subnetfree::Clicked {path x y} {
    if {[$path.tree identify region $x $y] eq "cell"} {
        Take $path
    }
}

proc opdesk::ui::subnetfree::Take {path} {
    variable lists
    set address [lindex [dict get $lists $path addresses] [opdesk::widget::rows::cursor $path]]
    if {$address ne ""} {
        opdesk::ui::subnetnodes::new [dict get $lists $path w] $address
    }
}
