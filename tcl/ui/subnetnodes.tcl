# SPDX-License-Identifier: ISC
# The table of a subnet's nodes: filtered, sorted, edited in its cells, copied to and pasted from a
# spreadsheet.  The rows stay in C; here is what to show of them.
namespace eval opdesk::ui::subnetnodes {
    namespace import ::msgcat::mc
    variable fields {name address ethernet alias mx comment}
    # by toplevel: {words sort descending bad editing}; bad: by number, nodes with findings; editing: the
    # node whose cell is being edited, as it was then
    variable views {}
}

proc opdesk::ui::subnetnodes::create {path w} {
    variable views
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    dict set views $w {words {} sort order descending 0 bad {} editing {}}
    ttk::frame $path
    ttk::frame $path.tools
    opdesk::ui::filter::create $path.tools.filter [mc "Filter: words in any field"] [list ${here}::Filter $w]
    $path.tools.filter.entry configure -width 26
    foreach {name text command} [list new [mc "New"] new remove [mc "Remove"] remove \
        undo [mc "Undo"] opdesk::ui::subnet::undo redo [mc "Redo"] opdesk::ui::subnet::redo] {
        ttk::button $path.tools.$name -style Small.TButton -text $text -takefocus 0 \
            -command [list [if {[string match opdesk::* $command]} {set command} else {string cat ${here}::$command}] $w]
    }
    ttk::menubutton $path.tools.more -style Small.TMenubutton -text [mc "More"] -menu $path.tools.more.m -takefocus 0
    menu $path.tools.more.m -tearoff 0 -postcommand [list opdesk::ui::subnetfiles::fill $path.tools.more.m $w]
    # where there is little room it is the filter's line that becomes shorter
    pack $path.tools.more $path.tools.redo $path.tools.undo $path.tools.remove $path.tools.new -side right -padx [list [opdesk::theme::px 4] 0]
    pack $path.tools.filter -side left
    set table $path.table
    opdesk::widget::rows::create $table [list name [mc "Name"] 12 0 address [mc "Address"] 14 0 \
        ethernet [mc "Ethernet"] 14 0 alias [mc "Alias"] 7 0 mx MX 7 0 comment [mc "Comment"] 16 1] \
        -count [list ${here}::Count $w] -rows [list ${here}::Rows $w] -sorted [list ${here}::Sort $w]
    opdesk::widget::celledit::attach $table -value [list ${here}::Value $w] -take [list ${here}::Take $w] \
        -typing [list ${here}::Typing $w]
    menu $table.menu -tearoff 0
    pack $path.tools -side top -fill x -padx $gap -pady $gap
    pack $table -side top -fill both -expand 1
    Bindings $w $path $table
    opdesk::ui::subnetcheck::attach $w
    return $path
}

proc opdesk::ui::subnetnodes::post_menu {w} {
    ttk::menubutton::Popdown $w.panes.left.nodes.tools.more
}

proc opdesk::ui::subnetnodes::Bindings {w path table} {
    set here [namespace current]
    set tree $table.tree
    foreach {event handler} {SubnetEdited Show SubnetNode Node SubnetMode Mode SubnetChecked Checked} {
        bind $w <<$event>> +[list ${here}::$handler $w %d]
    }
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    bind $tree <<RowsSelect>> [list ${here}::Selected $w]
    bind $tree <<RowsOpen>> [list ${here}::ToForm $w]
    bind $tree <<RowsMenu>> [list ${here}::Menu $w %X %Y]
    bind $tree <<Copy>> "[list ${here}::copy $w]; break"
    bind $tree <<Paste>> "[list ${here}::paste $w]; break"
    bind $tree <<Cut>> "[list ${here}::copy $w]; [list ${here}::remove $w]; break"
    bind $tree <Delete> "[list ${here}::ClearCells $w]; break"
    bind $tree <Control-Delete> "[list ${here}::remove $w]; break"
    foreach key {<Down> <Return>} {
        bind $path.tools.filter.entry $key [list focus $tree]
    }
}

proc opdesk::ui::subnetnodes::table {w} {
    return $w.panes.left.nodes.table
}

proc opdesk::ui::subnetnodes::tree {w} {
    return [table $w].tree
}

proc opdesk::ui::subnetnodes::Gone {window w} {
    variable views
    if {$window eq $w} {
        dict unset views $w
    }
}

# --- rows ---

proc opdesk::ui::subnetnodes::Count {w} {
    return [expr {[opdesk::ui::subnet::ready $w] ? [lindex [opdesk::sdb count [opdesk::ui::subnet::sheet $w]] 0] : 0}]
}

proc opdesk::ui::subnetnodes::Rows {w from n} {
    variable views
    if {![opdesk::ui::subnet::ready $w]} {
        return {}
    }
    set bad [dict get $views $w bad]
    return [lmap row [opdesk::sdb rows [opdesk::ui::subnet::sheet $w] $from $n] {
        set number [lindex $row 0]
        list [lmap value [lrange $row 1 end] {opdesk::system plain $value}] \
            [expr {[dict exists $bad $number] ? "error" : ""}]
    }]
}

proc opdesk::ui::subnetnodes::number_of {w row} {
    return [expr {$row < 0 ? -1 : [lindex [opdesk::sdb rows [opdesk::ui::subnet::sheet $w] $row 1] 0 0]}]
}

# The numbers of the selected nodes.
proc opdesk::ui::subnetnodes::selected {w} {
    set rows [opdesk::widget::rows::selected [table $w]]
    if {![llength $rows]} {
        return {}
    }
    set first [lindex $rows 0]
    set all [opdesk::sdb rows [opdesk::ui::subnet::sheet $w] $first [expr {[lindex $rows end] - $first + 1}]]
    return [lmap row $rows {lindex $all [expr {$row - $first}] 0}]
}

# The document is another: the same nodes are shown, in the same order.
proc opdesk::ui::subnetnodes::Show {w args} {
    variable views
    if {![opdesk::ui::subnet::ready $w]} {
        return
    }
    dict with views $w {}
    set sheet [opdesk::ui::subnet::sheet $w]
    opdesk::sdb show $sheet $words $sort $descending
    lassign [opdesk::sdb count $sheet] shown all
    opdesk::ui::filter::count $w.panes.left.nodes.tools.filter \
        [expr {[llength $words] ? [mc "%1\$d of %2\$d" $shown $all] : [mc "%d nodes" $all]}]
    opdesk::widget::rows::refresh [table $w]
    Empty $w $shown $all
    Buttons $w
    Widen $w
}

# An IPv6 address needs more room, once it is known that there are such.
proc opdesk::ui::subnetnodes::Widen {w} {
    set first [lindex [opdesk::sdb rows [opdesk::ui::subnet::sheet $w] 0 1] 0 2]
    set wanted [expr {22 * [font measure TkDefaultFont 0]}]
    if {[string match {\[*} $first] && [[tree $w] column address -width] < $wanted} {
        [tree $w] column address -width $wanted
    }
}

proc opdesk::ui::subnetnodes::Empty {w shown all} {
    if {$shown} {
        opdesk::widget::table::say [tree $w]
    } elseif {$all} {
        opdesk::widget::table::say [tree $w] [mc "No node has all these words."] \
            [mc "Escape in the filter shows all of them again."]
    } else {
        opdesk::widget::table::say [tree $w] [mc "No nodes yet."] \
            [mc "Click a free address, press Ctrl+N, or paste rows from a spreadsheet."]
    }
}

proc opdesk::ui::subnetnodes::Mode {w args} {
    Buttons $w
}

proc opdesk::ui::subnetnodes::Buttons {w} {
    set tools $w.panes.left.nodes.tools
    set writable [opdesk::ui::subnet::writable $w]
    foreach {name yes} [list new $writable remove $writable \
        undo [expr {$writable && [opdesk::app::sdb_edit::undoable [opdesk::ui::subnet::doc $w]] ne ""}] \
        redo [expr {$writable && [opdesk::app::sdb_edit::redoable [opdesk::ui::subnet::doc $w]] ne ""}]] {
        $tools.$name state [expr {$yes ? "!disabled" : "disabled"}]
    }
    if {[opdesk::ui::subnet::ready $w]} {
        opdesk::ui::subnet::count $w
    }
}

# Which nodes have findings, by their lines.
proc opdesk::ui::subnetnodes::Checked {w args} {
    variable views
    set bad {}
    set sheet [opdesk::ui::subnet::sheet $w]
    foreach finding [opdesk::ui::subnet::findings $w] {
        set number [opdesk::sdb at_line $sheet [opdesk::app::sdb_list::field $finding line -1]]
        if {$number >= 0 && [dict get $finding severity] eq "error"} {
            dict set bad $number 1
        }
    }
    dict set views $w bad $bad
    opdesk::widget::rows::refresh [table $w]
}

# --- filter and order ---

proc opdesk::ui::subnetnodes::find {w} {
    opdesk::ui::filter::grasp $w.panes.left.nodes.tools.filter
}

proc opdesk::ui::subnetnodes::Filter {w text} {
    variable views
    dict set views $w words [opdesk::app::order::words $text]
    Show $w
    if {[Count $w]} {
        opdesk::widget::rows::select [table $w] 0
    }
}

# By that column, then the other way round, then as in the file.
proc opdesk::ui::subnetnodes::Sort {w name} {
    variable views
    dict with views $w {}
    if {$sort ne $name} {
        set next [list $name 0]
    } elseif {!$descending} {
        set next [list $name 1]
    } else {
        set next {order 0}
    }
    dict set views $w sort [lindex $next 0]
    dict set views $w descending [lindex $next 1]
    opdesk::widget::rows::mark_sorted [table $w] {*}$next
    Show $w
    Node $w sort
}

proc opdesk::ui::subnetnodes::sort_here {w} {
    opdesk::widget::rows::sort_here [table $w]
}

# --- the current node ---

proc opdesk::ui::subnetnodes::Selected {w} {
    opdesk::ui::subnet::go $w [number_of $w [opdesk::widget::rows::cursor [table $w]]] nodes
}

# Chosen by another panel: seen here too, whatever the filter.
proc opdesk::ui::subnetnodes::Node {w from} {
    if {$from eq "nodes" || ![opdesk::ui::subnet::ready $w]} {
        return
    }
    set number [opdesk::ui::subnet::current $w]
    if {$number < 0} {
        return
    }
    set row [opdesk::sdb row_of [opdesk::ui::subnet::sheet $w] $number]
    if {$row < 0} {
        opdesk::ui::filter::clear $w.panes.left.nodes.tools.filter
        opdesk::ui::filter::hurry $w.panes.left.nodes.tools.filter
        set row [opdesk::sdb row_of [opdesk::ui::subnet::sheet $w] $number]
    }
    opdesk::widget::rows::select [table $w] $row 0 1
}

proc opdesk::ui::subnetnodes::ToForm {w} {
    focus $w.panes.left.form.name
}

# --- edits ---

proc opdesk::ui::subnetnodes::Value {w row column} {
    variable fields
    variable views
    opdesk::ui::subnet::must_be_writable $w 1
    set node [opdesk::sdb node [opdesk::ui::subnet::sheet $w] [number_of $w $row]]
    dict set views $w editing $node
    return [lindex $node [lsearch -exact $fields $column]]
}

proc opdesk::ui::subnetnodes::Take {w row column text} {
    opdesk::ui::subnet::must_be_writable $w
    variable views
    if {[opdesk::sdb node [opdesk::ui::subnet::sheet $w] [number_of $w $row]] ne [dict get $views $w editing]} {
        throw {OPDESK SDB conflict} [mc "Somebody else has changed this row meanwhile: Escape shows it."]
    }
    opdesk::app::sdb_edit::change [opdesk::ui::subnet::doc $w] [number_of $w $row] \
        [list $column [opdesk::app::sdb_edit::written $column $text]]
}

# What is wrong with it, while it is typed, in the foot.
proc opdesk::ui::subnetnodes::Typing {w column text what} {
    set wrong ""
    switch $what {
        refused { set wrong $text }
        typed {
            set wrong [opdesk::ui::subnetcheck::try_node $w [opdesk::ui::subnet::current $w] \
                [list $column [opdesk::app::sdb_edit::written $column $text]]]
        }
    }
    opdesk::ui::subnet::say $w [opdesk::app::words::line $wrong] \
        [expr {$wrong eq "" ? "" : {triangle warning}}]
}

# With the next free address, ready to be named.
proc opdesk::ui::subnetnodes::new {w {address ""}} {
    if {$address eq ""} {
        set address [lindex [opdesk::sdb free [opdesk::ui::subnet::sheet $w]] 0]
    }
    if {$address eq ""} {
        opdesk::ui::subnet::say $w [mc "No address is free."] {triangle warning}
        bell
        return
    }
    opdesk::ui::subnetform::new $w $address
}

proc opdesk::ui::subnetnodes::remove {w} {
    set numbers [selected $w]
    if {![llength $numbers]} {
        bell
        return
    }
    set row [lindex [opdesk::widget::rows::selected [table $w]] 0]
    if {[opdesk::ui::subnet::edit $w remove $numbers]} {
        Show $w
        opdesk::widget::rows::select [table $w] $row
    }
}

# Delete empties the cells of the column that the keyboard is in.
proc opdesk::ui::subnetnodes::ClearCells {w} {
    set column [opdesk::widget::rows::column [table $w]]
    if {$column eq "name"} {
        remove $w
        return
    }
    set changes {}
    foreach number [selected $w] {
        lappend changes $number [list $column ""]
    }
    opdesk::ui::subnet::edit $w change_many [mc "emptied cells"] $changes
}

# --- copy and paste ---

proc opdesk::ui::subnetnodes::copy {w} {
    clipboard clear -displayof $w
    clipboard append -displayof $w [opdesk::app::sdb_paste::text [lmap number [selected $w] {
        opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number
    }]]
}

proc opdesk::ui::subnetnodes::paste {w} {
    variable fields
    if {[catch {clipboard get -displayof $w -type UTF8_STRING} text]
        && [catch {clipboard get -displayof $w} text]} {
        bell
        return
    }
    set sheet [opdesk::ui::subnet::sheet $w]
    set numbers {}
    foreach row [opdesk::sdb rows $sheet [expr {max(0, [opdesk::widget::rows::cursor [table $w]])}] \
        [llength [split $text \n]]] {
        lappend numbers [lindex $row 0]
    }
    lassign [opdesk::app::sdb_paste::plan $text $numbers \
        [lsearch -exact $fields [opdesk::widget::rows::column [table $w]]]] changes nodes
    set free [opdesk::sdb free $sheet [llength $nodes]]
    set nodes [opdesk::app::sdb_paste::addressed $nodes $free]
    if {[opdesk::ui::subnet::edit $w change_many [mc "pasted rows"] $changes $nodes]} {
        opdesk::ui::subnet::say $w [mc "Pasted: %1\$d nodes changed, %2\$d new." \
            [expr {[llength $changes] / 2}] [llength $nodes]]
    }
}

proc opdesk::ui::subnetnodes::Menu {w x y} {
    set menu [table $w].menu
    set here [namespace current]
    set state [expr {[opdesk::ui::subnet::writable $w] ? "normal" : "disabled"}]
    $menu delete 0 end
    foreach {face command state} [list [mc "Edit cell"] [list opdesk::widget::celledit::start [table $w]] $state \
        [mc "New node"] [list ${here}::new $w] $state [mc "Remove"] [list ${here}::remove $w] $state \
        [mc "Copy"] [list ${here}::copy $w] normal [mc "Paste"] [list ${here}::paste $w] $state \
        [mc "Who gave this address?"] [list opdesk::ui::subnethistory::of_node $w] normal] {
        $menu add command -label $face -command $command -state $state
    }
    tk_popup $menu $x $y
}
