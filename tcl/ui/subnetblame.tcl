# SPDX-License-Identifier: ISC
# Who gave each node the form it has, when and why: a page of the history's window, asked for when it is
# looked at.  A row that is opened shows that node's history.  Of other files it says that by groups of lines.
#   {*}command NODE      a row was opened
namespace eval opdesk::ui::subnetblame {
    namespace import ::msgcat::mc
    # by path: {key command rows sorted descending number stale}; rows: {NAME ADDRESS AT AUTHOR MESSAGE COMMIT}
    variable pages {}
}

proc opdesk::ui::subnetblame::Columns {key} {
    return [concat [expr {[opdesk::app::sdb_list::is_flat $key] ? [list name [mc "Lines"] 12 0]
        : [list name [mc "Name"] 14 0 address [mc "Address"] 15 0]}] \
        [list at [mc "When"] 17 0 author [mc "Who"] 20 0 message [mc "Why"] 40 1 commit [mc "Commit"] 13 0]]
}

proc opdesk::ui::subnetblame::create {path key command} {
    variable pages
    set here [namespace current]
    dict set pages $path [dict create key $key command $command rows {} sorted "" descending 0 number 0 stale 1]
    opdesk::widget::rows::create $path [Columns $key] -count [list ${here}::Count $path] \
        -rows [list ${here}::Rows $path] -sorted [list ${here}::Sort $path] -cells 0
    bind $path.tree <<RowsOpen>> [list ${here}::Open $path]
    bind $path <Map> +[list ${here}::Look $path]
    bind $path <Destroy> +[list ${here}::Gone %W $path]
    opdesk::app::signal::on_while $path subnet.moved [list ${here}::Moved $path]
    return $path
}

proc opdesk::ui::subnetblame::Gone {window path} {
    variable pages
    if {$window eq $path} {
        dict unset pages $path
    }
}

proc opdesk::ui::subnetblame::Get {path name} {
    variable pages
    return [dict get $pages $path $name]
}

proc opdesk::ui::subnetblame::Set {path args} {
    variable pages
    dict for {name value} $args {
        dict set pages $path $name $value
    }
}

# --- what is there ---

proc opdesk::ui::subnetblame::Moved {path key params} {
    if {$key eq [Get $path key]} {
        Set $path stale 1
        Look $path
    }
}

proc opdesk::ui::subnetblame::Look {path} {
    if {![winfo viewable $path] || ![Get $path stale]} {
        return
    }
    set number [expr {[Get $path number] + 1}]
    Set $path stale 0 number $number
    if {![llength [Get $path rows]]} {
        opdesk::widget::table::say $path.tree [mc "Looking through the history …"]
    }
    lassign [split [Get $path key] /] server file
    opdesk::app::servers::call $server sdb.blame [dict create file $file] \
        [list [namespace current]::Told $path $number] 60000
}

proc opdesk::ui::subnetblame::Told {path number status value} {
    variable pages
    if {![dict exists $pages $path] || [Get $path number] != $number} {
        return
    }
    if {$status eq "error"} {
        Set $path rows {} stale 1
        opdesk::widget::table::say $path.tree [opdesk::app::sdb_words::failure $value] \
            [mc "One node can be asked about by its history."]
    } else {
        Set $path rows [expr {[opdesk::app::sdb_list::is_flat [Get $path key]]
            ? [lmap row [dict get $value lines] {Lines $row}] : [lmap row [dict get $value nodes] {Node $row}]}]
        opdesk::widget::table::say $path.tree {*}[if {![llength [Get $path rows]]} {list [mc "No nodes yet."]}]
        InOrder $path
    }
    opdesk::widget::rows::refresh $path
}

proc opdesk::ui::subnetblame::Node {row} {
    return [list [dict get $row name] [dict get $row address] {*}[Whose $row]]
}

proc opdesk::ui::subnetblame::Lines {row} {
    set first [dict get $row line]
    set last [expr {$first + [dict get $row count] - 1}]
    return [list [if {$last > $first} {string cat $first – $last} else {set first}] "" {*}[Whose $row]]
}

proc opdesk::ui::subnetblame::Whose {row} {
    return [lmap name {at author message commit} {opdesk::app::sdb_list::field $row $name}]
}

# --- the table ---

proc opdesk::ui::subnetblame::Count {path} {
    return [llength [Get $path rows]]
}

proc opdesk::ui::subnetblame::Rows {path from n} {
    set flat [opdesk::app::sdb_list::is_flat [Get $path key]]
    return [lmap row [lrange [Get $path rows] $from [expr {$from + $n - 1}]] {
        lassign $row name address at author message commit
        set values [list [opdesk::app::words::line $name 60] [opdesk::app::words::line $address 60] \
            [opdesk::app::sdb_words::at $at] [opdesk::app::words::line $author 40] \
            [opdesk::app::words::line $message 200] [string range $commit 0 9]]
        list [if {$flat} {lreplace $values 1 1} else {set values}] {}
    }]
}

proc opdesk::ui::subnetblame::Sort {path column} {
    Set $path descending [expr {[Get $path sorted] eq $column && ![Get $path descending]}] sorted $column
    opdesk::widget::rows::mark_sorted $path $column [Get $path descending]
    InOrder $path
    opdesk::widget::rows::refresh $path
}

# The daemon gives them in the order of the file.
proc opdesk::ui::subnetblame::InOrder {path} {
    set column [Get $path sorted]
    if {$column eq ""} {
        return
    }
    set at [dict get {name 0 address 1 at 2 author 3 message 4 commit 5} $column]
    set how [expr {$column eq "at" ? "-integer" : "-dictionary"}]
    Set $path rows [lsort $how -index $at [expr {[Get $path descending] ? "-decreasing" : "-increasing"}] \
        [Get $path rows]]
}

proc opdesk::ui::subnetblame::Open {path} {
    set row [lindex [Get $path rows] [opdesk::widget::rows::cursor $path]]
    if {[llength $row] && [lindex $row 1] ne ""} {
        {*}[Get $path command] [lindex $row 1]
    }
}
