# SPDX-License-Identifier: ISC
# A flat file that is no subnet, in the window of an editor: as a table when its type says how its lines are
# parted (ui/flattable.tcl), and as a text (ui/flattext.tcl).  Both are about the same document; one is shown.
namespace eval opdesk::ui::flat {
    namespace import ::msgcat::mc
    # by toplevel: table or text
    variable shown {}
}

proc opdesk::ui::flat::create {w} {
    variable shown
    opdesk::ui::flattext::create $w.flat $w
    set format [Format $w]
    if {$format ne ""} {
        opdesk::ui::flattable::create $w.table $w $format
        Switch $w.flat.tools.as [mc "As table"] $w
        Switch $w.table.tools.as [mc "As text"] $w
    }
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
    Show $w [expr {$format eq "" ? "text" : "table"}]
}

proc opdesk::ui::flat::Format {w} {
    set key [opdesk::ui::subnet::key $w]
    if {[opdesk::app::sdb_list::exists $key]} {
        return [opdesk::app::sdb_table::format [opdesk::app::sdb_list::get $key]]
    }
}

proc opdesk::ui::flat::Switch {button face w} {
    ttk::button $button -style Small.TButton -text $face -takefocus 0 -command [list [namespace current]::switch_ $w]
    pack $button -side right
}

proc opdesk::ui::flat::Gone {window w} {
    variable shown
    if {$window eq $w} {
        dict unset shown $w
    }
}

proc opdesk::ui::flat::Show {w what} {
    variable shown
    dict set shown $w $what
    pack forget {*}[lmap other {flat table} {
        if {![winfo exists $w.$other]} {
            continue
        }
        set other $w.$other
    }]
    # last: the foot and the findings have their place first
    pack [panel $w] -side top -fill both -expand 1
}

proc opdesk::ui::flat::is_table {w} {
    variable shown
    return [expr {[dict exists $shown $w] && [dict get $shown $w] eq "table"}]
}

# The panel that is shown.
proc opdesk::ui::flat::panel {w} {
    return [expr {[is_table $w] ? "$w.table" : "$w.flat"}]
}

# What takes the keyboard.
proc opdesk::ui::flat::main {w} {
    return [expr {[is_table $w] ? "$w.table.table.tree" : "$w.flat.text"}]
}

# The other way of looking at it; what was being typed counts.
proc opdesk::ui::flat::switch_ {w} {
    if {[winfo exists $w.table]} {
        finish $w
        Show $w [expr {[is_table $w] ? "text" : "table"}]
        # what a line is called is another now
        event generate $w <<SubnetChecked>>
        opdesk::widget::hold::hand_over [main $w]
    }
}

proc opdesk::ui::flat::finish {w} {
    opdesk::ui::[expr {[is_table $w] ? "flattable" : "flattext"}]::finish $w
}

# To a line, from 1: in the table when it is a row there.
proc opdesk::ui::flat::go {w line} {
    if {[is_table $w]} {
        if {[opdesk::ui::flattable::go $w $line]} {
            return
        }
        switch_ $w
    }
    opdesk::ui::flattext::go $w $line
}

# What a line is called in a list.
proc opdesk::ui::flat::where {w line} {
    set name [if {[is_table $w]} {opdesk::ui::flattable::name $w $line}]
    return [if {$name eq "" && $line} {mc "line %d" $line} else {set name}]
}

# --- keys ---

proc opdesk::ui::flat::keys {} {
    set here [namespace current]
    set window opdesk::ui::subnet
    return [list [mc "Editor of a flat file"] [list \
        <Control-Key-s> [mc "Update: show what will change, and store it"] ${window}::update_ \
        <Escape> [mc "Cancel: close without storing"] ${window}::cancel \
        <F4> [mc "As table, as text"] ${here}::switch_ \
        <Control-Key-f> [mc "Find; the rows of a table are filtered"] ${here}::find \
        <F3> [mc "The next place"] ${here}::next \
        <Control-Key-z> [mc "Undo"] [list ${here}::OfTable opdesk::ui::subnet::undo] \
        {<Control-Key-y> <Control-Shift-Key-Z>} [mc "Redo"] [list ${here}::OfTable opdesk::ui::subnet::redo] \
        <Control-Key-n> [mc "New row below the current one"] [list ${here}::OfTable opdesk::ui::flattable::new] \
        <Control-Key-Delete> [mc "Remove the selected rows"] [list ${here}::OfTable opdesk::ui::flattable::remove] \
        <Control-Shift-Key-O> [mc "Sort by the column that the keyboard is in"] [list ${here}::OfTable opdesk::ui::flattable::sort_here] \
        <F7> [mc "History"] ${window}::history \
        <F8> [mc "The next finding"] opdesk::ui::subnetfindings::next \
        <F1> [mc "This page"] opdesk::ui::keys::show \
        <F9> [mc "Try to get the lock"] ${window}::lock \
        <Shift-Key-F9> [mc "Ask whoever has the lock for it"] ${window}::ask_owner \
        <Control-Key-F9> [mc "Give the lock to somebody who asks for it"] opdesk::ui::subnetwanted::give]]
}

proc opdesk::ui::flat::find {w} {
    opdesk::ui::[expr {[is_table $w] ? "flattable" : "flattext"}]::find $w
}

proc opdesk::ui::flat::next {w} {
    if {![is_table $w]} {
        opdesk::ui::flattext::next $w
    }
}

# A text has undo, redo and keys of its own for the rest.
proc opdesk::ui::flat::OfTable {command w} {
    if {[is_table $w]} {
        $command $w
    }
}
