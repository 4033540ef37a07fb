# SPDX-License-Identifier: ISC
# A table of any number of rows of which only those on the screen exist: a treeview with as many items as
# fit, filled anew when it is scrolled.  Rows are numbers from 0; the caller gives them by prefixes:
#   -count PREFIX        how many there are
#   -rows PREFIX         {*}PREFIX FROM N: a list of {VALUES TAGS ?IMAGE?}
#   -sorted PREFIX       {*}PREFIX COLUMN: its heading was clicked
#   -signs BOOL          the first column is for the image, and has no value
#   -cells BOOL          the keyboard is in a cell, not only in a row; default 1
#   -single BOOL         one row at most is selected
#   virtual events on PATH.tree:  <<RowsSelect>>  <<RowsOpen>> (Return, double click)  <<RowsMenu>>
#   <<RowsTyped>> (F2, or a letter, which is its data: the cell is to be edited)  <<RowsAcross>> (it has moved sideways)
# Columns share the width there is, down to two thirds of what they ask for; then the table scrolls sideways.
namespace eval opdesk::widget::rows {
    # per path: {count rows sorted columns top cursor anchor column extra after}; the selection is the rows
    # from anchor to cursor and those in the dict extra; anchor -1: only those in extra
    variable tables {}
}

# COLUMNS: NAME TITLE CHARS STRETCH …
proc opdesk::widget::rows::create {path columns args} {
    variable tables
    set tree $path.tree
    ttk::frame $path -style Surface.TFrame -padding [opdesk::theme::px 1]
    set options [dict merge {-count {} -rows {} -sorted {} -signs 0 -cells 1 -single 0} $args]
    set signs [dict get $options -signs]
    ttk::treeview $tree -columns [lmap {name title chars stretch} [lrange $columns [expr {$signs ? 4 : 0}] end] {set name}] \
        -show [expr {$signs ? {tree headings} : "headings"}] -selectmode none -height 3 -takefocus 1 \
        -xscrollcommand [list [namespace current]::Across $path]
    ttk::scrollbar $path.scroll -command [list [namespace current]::Scroll $path]
    grid $tree $path.scroll -sticky nsew
    ttk::scrollbar $path.across -orient horizontal -command [list $tree xview]
    grid $path.across -sticky we
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    grid remove $path.scroll $path.across
    dict set tables $path [dict merge $options [dict create columns $columns \
        top 0 cursor -1 anchor -1 column 0 extra {} after ""]]
    Columns $path $tree
    opdesk::widget::table::Empty $path.empty
    frame $tree.cell -height [opdesk::theme::px 2]
    Bindings $path $tree
    opdesk::widget::table::ring $tree
    Dress $path
    return $tree
}

proc opdesk::widget::rows::Columns {path tree} {
    set sorted [Get $path -sorted]
    foreach {name title chars stretch} [Get $path columns] {
        set width [expr {$chars * [font measure TkDefaultFont 0000000000] / 10}]
        if {$chars == 0} {
            lassign [list #0 [opdesk::theme::px 34]] name width
        }
        $tree column $name -width $width -minwidth [expr {$width * 2 / 3}] -stretch $stretch -anchor w
        $tree heading $name -text $title -anchor w
        if {$sorted ne ""} {
            $tree heading $name -command [concat $sorted [list $name]]
        }
    }
}

proc opdesk::widget::rows::Dress {path} {
    set tree $path.tree
    $tree.cell configure -background [opdesk::theme::colour warning]
    DressSelected $path
    $tree tag configure error -foreground [opdesk::theme::colour error_text]
}

proc opdesk::widget::rows::Get {path name} {
    variable tables
    return [dict get $tables $path $name]
}

proc opdesk::widget::rows::Set {path args} {
    variable tables
    dict for {name value} $args {
        dict set tables $path $name $value
    }
}

# Is it one of these, and how many rows has it?
proc opdesk::widget::rows::exists {path} {
    variable tables
    return [dict exists $tables $path]
}

proc opdesk::widget::rows::count {path} {
    return [{*}[Get $path -count]]
}

proc opdesk::widget::rows::mark_sorted {path sorted descending} {
    foreach {name title chars stretch} [Get $path columns] {
        set arrow [expr {$name ne $sorted ? "" : $descending ? "▾" : "▴"}]
        $path.tree heading $name -text [string trim "$title $arrow"]
    }
}

# --- what is on the screen ---

# Whole rows that fit.
proc opdesk::widget::rows::Fits {path} {
    set step [ttk::style lookup Treeview -rowheight]
    set heading [expr {[font metrics TkHeadingFont -linespace] + [opdesk::theme::px 10]}]
    return [expr {max(1, ([winfo height $path.tree] - $heading) / max(1, $step))}]
}

# Once for all that happens in a turn of the loop: the rows are other ones.
proc opdesk::widget::rows::refresh {path} {
    if {[Get $path after] eq ""} {
        Set $path after [after idle [list [namespace current]::Fill $path]]
    }
}

proc opdesk::widget::rows::Fill {path} {
    variable tables
    if {![dict exists $tables $path]} {
        return
    }
    Set $path after ""
    set count [count $path]
    set fits [Fits $path]
    set top [expr {max(0, min([Get $path top], $count - $fits))}]
    Set $path top $top cursor [expr {min([Get $path cursor], $count - 1)}] \
        anchor [expr {min([Get $path anchor], $count - 1)}]
    set tree $path.tree
    set slot 0
    foreach row [{*}[Get $path -rows] $top [expr {$fits + 1}]] {
        lassign $row values tags image
        if {[is_selected $path [expr {$top + $slot}]]} {
            set tags selected
        }
        if {![$tree exists s$slot]} {
            $tree insert {} end -id s$slot
        }
        $tree item s$slot -values [opdesk::widget::table::cut $tree $values] -tags $tags -image $image
        incr slot
    }
    while {[$tree exists s$slot]} {
        $tree delete [list s$slot]
        incr slot
    }
    Bar $path $top $fits $count
    Cell $path
}

proc opdesk::widget::rows::Bar {path top fits count} {
    if {$count <= $fits} {
        grid remove $path.scroll
    } else {
        grid $path.scroll
        $path.scroll set [expr {double($top) / $count}] [expr {double($top + $fits) / $count}]
    }
}

# Selected rows look as in every other list, stronger while it has the keyboard.
proc opdesk::widget::rows::DressSelected {path} {
    set tree $path.tree
    set colour [expr {[focus -displayof $tree] eq $tree ? "selected_focus" : "selected"}]
    $tree tag configure selected -background [opdesk::theme::colour $colour] \
        -foreground [opdesk::theme::colour text]
}

# The cell that the keyboard is in: a line below it.
proc opdesk::widget::rows::Cell {path} {
    set tree $path.tree
    set slot [expr {[Get $path cursor] - [Get $path top]}]
    set box {}
    if {[Get $path cursor] >= 0 && [$tree exists s$slot]} {
        set box [$tree bbox s$slot "#[expr {[Get $path column] + 1}]"]
    }
    if {![llength $box] || ![Get $path -cells] || [focus -displayof $tree] ne $tree} {
        place forget $tree.cell
        return
    }
    lassign $box x y width height
    place $tree.cell -x $x -y [expr {$y + $height - [winfo reqheight $tree.cell]}] -width $width
}

proc opdesk::widget::rows::Scroll {path what amount {unit ""}} {
    set top [Get $path top]
    switch $what {
        moveto { set top [expr {round($amount * [count $path])}] }
        scroll {
            incr top [expr {round($amount) * ($unit eq "pages" ? max(1, [Fits $path] - 1) : 3)}]
        }
    }
    Set $path top [expr {max(0, $top)}]
    Fill $path
}

proc opdesk::widget::rows::Across {path first last} {
    opdesk::widget::table::Scrolled $path.across $first $last
    event generate $path.tree <<RowsAcross>>
    Cell $path
}

# The column that the keyboard is in comes on the screen.
proc opdesk::widget::rows::see_column {path} {
    set tree $path.tree
    set all 0
    foreach {name title chars stretch} [Get $path columns] {
        set width [$tree column [if {$chars == 0} {string cat #0} else {set name}] -width]
        if {$name eq [column $path]} {
            set start $all
            set end [expr {$all + $width}]
        }
        incr all $width
    }
    lassign [$tree xview] first last
    if {$start < $first * $all - 1} {
        $tree xview moveto [expr {double($start) / $all}]
    } elseif {$end > $last * $all + 1} {
        $tree xview moveto [expr {double($end) / $all - ($last - $first)}]
    }
}

# As if the heading of that column were clicked.
proc opdesk::widget::rows::sort_here {path} {
    if {[Get $path -sorted] ne ""} {
        {*}[Get $path -sorted] [column $path]
    }
}

# --- selection ---

proc opdesk::widget::rows::is_selected {path row} {
    set anchor [Get $path anchor]
    if {[dict exists [Get $path extra] $row]} {
        return 1
    }
    return [expr {$anchor >= 0 && $row >= min($anchor, [Get $path cursor]) && $row <= max($anchor, [Get $path cursor])}]
}

# Rows, in order.
proc opdesk::widget::rows::selected {path} {
    set list [dict keys [Get $path extra]]
    set anchor [Get $path anchor]
    if {$anchor >= 0 && [Get $path cursor] >= 0} {
        set last [expr {max($anchor, [Get $path cursor])}]
        for {set row [expr {min($anchor, [Get $path cursor])}]} {$row <= $last} {incr row} {
            lappend list $row
        }
    }
    set count [count $path]
    return [lmap row [lsort -integer -unique $list] {
        if {$row >= $count} {
            break
        }
        set row
    }]
}

proc opdesk::widget::rows::cursor {path} {
    return [Get $path cursor]
}

# The first row on the screen.
proc opdesk::widget::rows::top {path} {
    return [Get $path top]
}

# The name of the column that the keyboard is in.
proc opdesk::widget::rows::column {path} {
    return [lindex [Get $path columns] [expr {[Get $path column] * 4}]]
}

proc opdesk::widget::rows::columns {path} {
    return [lmap {name title chars stretch} [Get $path columns] {set name}]
}

# One row, seen; -1: none.  `quiet`: nobody is told.
proc opdesk::widget::rows::select {path row {extend 0} {quiet 0}} {
    set row [expr {min($row, [count $path] - 1)}]
    set extend [expr {$extend && ![Get $path -single]}]
    set anchor [expr {$extend && [Get $path anchor] >= 0 ? [Get $path anchor] : $row}]
    Set $path cursor $row anchor $anchor extra {}
    see $path $row
    if {!$quiet} {
        event generate $path.tree <<RowsSelect>>
    }
}

proc opdesk::widget::rows::Toggle {path row} {
    if {[Get $path -single]} {
        select $path $row
        return
    }
    set extra {}
    foreach other [selected $path] {
        dict set extra $other 1
    }
    if {[dict exists $extra $row]} {
        dict unset extra $row
    } else {
        dict set extra $row 1
    }
    Set $path cursor $row anchor -1 extra $extra
    Fill $path
    event generate $path.tree <<RowsSelect>>
}

proc opdesk::widget::rows::see {path row} {
    set fits [Fits $path]
    set top [Get $path top]
    if {$row >= 0 && ($row < $top || $row >= $top + $fits)} {
        Set $path top [expr {max(0, $row < $top ? $row : $row - $fits + 1)}]
    }
    Fill $path
}

# --- keys and mouse ---

proc opdesk::widget::rows::Bindings {path tree} {
    set here [namespace current]
    foreach {key step} {Up -1 Down 1 Prior page-up Next page-down Home first End last} {
        bind $tree <Key-$key> "[list ${here}::Move $path $step 0]; break"
        bind $tree <Shift-Key-$key> "[list ${here}::Move $path $step 1]; break"
    }
    bind $tree <Key-Left> "[list ${here}::Sideways $path -1]; break"
    bind $tree <Key-Right> "[list ${here}::Sideways $path 1]; break"
    bind $tree <Control-Key-a> "[list ${here}::All $path]; break"
    foreach key {Return KP_Enter} {
        bind $tree <$key> "[list event generate $tree <<RowsOpen>>]; break"
    }
    bind $tree <Button-1> [list ${here}::Press $path %x %y 0]
    bind $tree <Shift-Button-1> "[list ${here}::Press $path %x %y 1]; break"
    bind $tree <Control-Button-1> "[list ${here}::Press $path %x %y toggle]; break"
    bind $tree <Double-Button-1> [list ${here}::Double $path %x %y]
    bind $tree <B1-Motion> [list ${here}::Drag $path %x %y]
    bind $tree <Button-3> [list ${here}::Menu $path %x %y %X %Y]
    foreach key {<Key-Menu> <Shift-Key-F10>} {
        bind $tree $key [list ${here}::MenuByKey $path]
    }
    foreach {event amount} {Button-4 -1 Button-5 1} {
        bind $tree <$event> "[list ${here}::Scroll $path scroll $amount units]; break"
    }
    bind $tree <Key-F2> "[list event generate $tree <<RowsTyped>>]; break"
    bind $tree <KeyPress> [list ${here}::Typed $path %A %s]
    bind $tree <space> "[list ${here}::Typed $path { } 0]; break"
    bind $tree <FocusIn> [list ${here}::Focused $path]
    bind $tree <FocusOut> [list ${here}::Unfocused $path]
    bind $tree <Configure> [list ${here}::refresh $path]
    bind $tree <<ThemeChanged>> [list ${here}::Themed $path]
    opdesk::widget::table::on_width $tree [list ${here}::refresh $path]
    bind $path <Destroy> [list ${here}::Gone %W $path]
}

proc opdesk::widget::rows::Themed {path} {
    Dress $path
    refresh $path
}

proc opdesk::widget::rows::Move {path step extend} {
    set cursor [Get $path cursor]
    switch $step {
        first { set to 0 }
        last { set to [expr {[count $path] - 1}] }
        page-up { set to [expr {$cursor - [Fits $path]}] }
        page-down { set to [expr {$cursor + [Fits $path]}] }
        default { set to [expr {$cursor + $step}] }
    }
    select $path [expr {min(max($to, 0), [count $path] - 1)}] $extend
}

proc opdesk::widget::rows::Sideways {path by} {
    set last [expr {[llength [Get $path columns]] / 4 - 1}]
    Set $path column [expr {min(max([Get $path column] + $by, 0), $last)}]
    see_column $path
    Cell $path
}

proc opdesk::widget::rows::All {path} {
    if {[count $path] && ![Get $path -single]} {
        Set $path anchor 0 cursor [expr {[count $path] - 1}] extra {}
        Fill $path
        event generate $path.tree <<RowsSelect>>
    }
}

# The row under the pointer, -1 for none; the column goes with it.
proc opdesk::widget::rows::At {path x y} {
    set tree $path.tree
    set slot [$tree identify row $x $y]
    if {$slot eq "" || [$tree identify region $x $y] ni {cell tree}} {
        return -1
    }
    Set $path column [expr {[string range [$tree identify column $x $y] 1 end] - 1}]
    return [expr {[Get $path top] + [string range $slot 1 end]}]
}

proc opdesk::widget::rows::Press {path x y how} {
    set row [At $path $x $y]
    focus $path.tree
    if {$row < 0} {
        return
    }
    if {$how eq "toggle"} {
        Toggle $path $row
    } else {
        select $path $row $how
    }
}

proc opdesk::widget::rows::Drag {path x y} {
    set row [At $path $x $y]
    if {$row >= 0 && $row != [Get $path cursor] && [Get $path anchor] >= 0} {
        select $path $row 1
    }
}

proc opdesk::widget::rows::Double {path x y} {
    if {[At $path $x $y] >= 0} {
        event generate $path.tree [expr {[Get $path -cells] ? "<<RowsTyped>>" : "<<RowsOpen>>"}]
        return -code break
    }
}

proc opdesk::widget::rows::Menu {path x y root_x root_y} {
    set row [At $path $x $y]
    focus $path.tree
    if {$row >= 0 && ![is_selected $path $row]} {
        select $path $row
    }
    event generate $path.tree <<RowsMenu>> -rootx $root_x -rooty $root_y
}

proc opdesk::widget::rows::MenuByKey {path} {
    set tree $path.tree
    set box [$tree bbox s[expr {[Get $path cursor] - [Get $path top]}]]
    lassign [expr {[llength $box] ? $box : {20 20 0 0}}] x y width height
    event generate $tree <<RowsMenu>> -rootx [expr {[winfo rootx $tree] + $x + [opdesk::theme::px 40]}] \
        -rooty [expr {[winfo rooty $tree] + $y + $height}]
}

# A letter without Control or Alt starts the editing of a cell.
proc opdesk::widget::rows::Typed {path letter state} {
    if {[string length $letter] == 1 && [string is print -strict $letter] && !($state & 0x4c)} {
        event generate $path.tree <<RowsTyped>> -data $letter
        return -code break
    }
}

# The keyboard comes: it is in a row.
proc opdesk::widget::rows::enter {path} {
    if {[Get $path cursor] < 0 && [count $path]} {
        select $path 0
    }
}

proc opdesk::widget::rows::Focused {path} {
    enter $path
    DressSelected $path
    Cell $path
}

proc opdesk::widget::rows::Unfocused {path} {
    DressSelected $path
    Cell $path
}

proc opdesk::widget::rows::Gone {window path} {
    variable tables
    if {$window eq $path} {
        after cancel [Get $path after]
        dict unset tables $path
    }
}

# Where a cell is on the tree, {x y width height}; empty when it is not on the screen.
proc opdesk::widget::rows::box {path row column} {
    set slot [expr {$row - [Get $path top]}]
    if {$slot < 0 || ![$path.tree exists s$slot]} {
        return {}
    }
    return [$path.tree bbox s$slot $column]
}

proc opdesk::widget::rows::go_to_column {path name} {
    Set $path column [lsearch -exact [columns $path] $name]
    see_column $path
    Cell $path
}
