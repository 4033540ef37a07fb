# SPDX-License-Identifier: ISC
# The addresses of a subnet as a grid: what each is shows by shape as well as by colour.  Only the cells on
# the screen are drawn.  Arrows move, Return and a click make a node of a free address or go to the one
# that has it; a node that is dragged to a free address is renumbered.
namespace eval opdesk::ui::subnetgrid {
    namespace import ::msgcat::mc
    # by toplevel: {columns top cursor size pressed over cells after}; cursor: offset of an address; net: as
    # opdesk::sdb says it, ? when that is to be asked; cells:
    # {CELL NUMBER ADDRESS …} from the first one on the screen
    variable grids {}
}

proc opdesk::ui::subnetgrid::create {path w} {
    variable grids
    set here [namespace current]
    ttk::frame $path -style Surface.TFrame
    ttk::frame $path.top -style Surface.TFrame -padding [list [opdesk::theme::px 8] [opdesk::theme::px 6] 0 0]
    ttk::label $path.top.head -style Surface.TLabel -anchor w
    ttk::button $path.top.next -style Small.TButton -text [mc "Next free"] -takefocus 0 \
        -command [list opdesk::ui::subnetnodes::new $w]
    pack $path.top.head -side left
    pack $path.top.next -side right -padx [list 0 [opdesk::theme::px 6]]
    canvas $path.canvas -width [opdesk::theme::px 330] -height [opdesk::theme::px 120] -highlightthickness 1 -borderwidth 0 -takefocus 1
    opdesk::theme::dress $path.canvas
    ttk::scrollbar $path.scroll -command [list ${here}::Scroll $w]
    ttk::label $path.note -style Surface.TLabel -anchor w -padding [list [opdesk::theme::px 8] 0]
    opdesk::ui::subnetcells::legend $path.legend
    opdesk::ui::subnetused::create $path.used $w
    grid $path.top - -sticky we
    grid $path.canvas $path.scroll -sticky nsew -pady [opdesk::theme::px 6]
    grid $path.used -row 1 -column 0 -columnspan 2 -sticky nsew -pady [list [opdesk::theme::px 6] 0]
    grid remove $path.used
    grid $path.note - -sticky we
    grid $path.legend - -sticky we
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 1 -weight 1
    dict set grids $w [dict create columns 16 top 0 cursor -1 size 20 pressed -1 over -1 cells {} after "" net ?]
    Bindings $w $path
    return $path
}

proc opdesk::ui::subnetgrid::Bindings {w path} {
    set here [namespace current]
    set c $path.canvas
    foreach {event by} {Left {-1 0} Right {1 0} Up {0 -1} Down {0 1} Prior {0 -8} Next {0 8} Home first End last} {
        bind $c <$event> "[list ${here}::Step $w $by]; break"
    }
    foreach key {Return KP_Enter space} {
        bind $c <$key> "[list ${here}::Do $w]; break"
    }
    bind $c <Button-1> [list ${here}::Press $w %x %y]
    bind $c <B1-Motion> [list ${here}::Drag $w %x %y]
    bind $c <ButtonRelease-1> [list ${here}::Release $w %x %y]
    bind $c <Motion> [list ${here}::Point $w %x %y]
    bind $c <Leave> [list ${here}::Over $w -1]
    foreach {event amount} {Button-4 -1 Button-5 1} {
        bind $c <$event> [list ${here}::Scroll $w scroll $amount units]
    }
    foreach event {Configure FocusIn FocusOut} {
        bind $c <$event> [list ${here}::Later $w]
    }
    bind $c <<ThemeChanged>> +[list ${here}::Later $w]
    foreach {event handler} {SubnetEdited Edited SubnetMode Later SubnetNode Node} {
        bind $w <<$event>> +[list ${here}::$handler $w %d]
    }
    bind $w <Destroy> +[list ${here}::Gone %W $w]
}

proc opdesk::ui::subnetgrid::Path {w} {
    return $w.panes.grid
}

proc opdesk::ui::subnetgrid::Get {w name} {
    variable grids
    return [dict get $grids $w $name]
}

proc opdesk::ui::subnetgrid::Set {w args} {
    variable grids
    dict for {name value} $args {
        dict set grids $w $name $value
    }
}

proc opdesk::ui::subnetgrid::Gone {window w} {
    variable grids
    if {$window eq $w} {
        after cancel [Get $w after]
        dict unset grids $w
    }
}

# --- drawing ---

# The document is another: its network is looked up anew.
proc opdesk::ui::subnetgrid::Edited {w args} {
    Set $w net ?
    Later $w
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnetgrid::Later {w args} {
    if {[Get $w after] eq ""} {
        Set $w after [after idle [list [namespace current]::Draw $w]]
    }
}

proc opdesk::ui::subnetgrid::Net {w} {
    if {![opdesk::ui::subnet::ready $w]} {
        return {}
    }
    if {[Get $w net] eq "?"} {
        Set $w net [opdesk::sdb net [opdesk::ui::subnet::sheet $w]]
    }
    return [Get $w net]
}

# How many addresses there are to draw: those of an IPv4 subnet, and none of IPv6, which has too many.
proc opdesk::ui::subnetgrid::Size {w net} {
    if {![dict exists $net family] || [dict get $net family] != 4} {
        return 0
    }
    return [expr {1 << (32 - [dict get $net prefix])}]
}

proc opdesk::ui::subnetgrid::Draw {w} {
    variable grids
    if {![dict exists $grids $w]} {
        return
    }
    Set $w after ""
    set path [Path $w]
    set c $path.canvas
    set net [Net $w]
    set size [Size $w $net]
    $c delete all
    Head $w $net
    Choose $w [expr {!$size && [dict size $net]}]
    if {!$size} {
        grid remove $path.scroll
        Instead $w $net
        return
    }
    Measure $w $size
    set columns [Get $w columns]
    set from [expr {[Get $w top] * $columns}]
    set n [expr {min($size - $from, $columns * ([Rows $w] + 1))}]
    Set $w cells [opdesk::sdb cells [opdesk::ui::subnet::sheet $w] $from $n]
    set offset $from
    foreach {cell number address} [Get $w cells] {
        Paint $w $offset $cell $address
        incr offset
    }
    Cursor $w
    Note $w
}

# Columns and the size of a cell, so that the numbers can be read; a power of two a row.
proc opdesk::ui::subnetgrid::Measure {w size} {
    set path [Path $w]
    set least [expr {[font measure OpdeskSmall 000] + [opdesk::theme::px 4]}]
    set width [expr {[winfo width $path.canvas] - [Margin] - [opdesk::theme::px 6]}]
    set columns 32
    while {$columns > 4 && ($columns * $least > $width || $columns > $size)} {
        set columns [expr {$columns / 2}]
    }
    set columns [expr {min($columns, $size)}]
    set cell [expr {max($least, min($width / $columns, [opdesk::theme::px 36]))}]
    Set $w columns $columns size $cell
    set rows [expr {($size + $columns - 1) / $columns}]
    Set $w top [expr {max(0, min([Get $w top], $rows - [Rows $w]))}]
    if {$rows > [Rows $w]} {
        grid $path.scroll
        $path.scroll set [expr {double([Get $w top]) / $rows}] [expr {double([Get $w top] + [Rows $w]) / $rows}]
    } else {
        grid remove $path.scroll
    }
}

# Left of the cells: the beginning of a row's addresses.
proc opdesk::ui::subnetgrid::Margin {} {
    return [expr {[font measure OpdeskSmall 000.000] + [opdesk::theme::px 10]}]
}

proc opdesk::ui::subnetgrid::Height {w} {
    return [expr {[font metrics OpdeskSmall -linespace] + [opdesk::theme::px 9]}]
}

proc opdesk::ui::subnetgrid::Rows {w} {
    return [expr {max(1, ([winfo height [Path $w].canvas] - [opdesk::theme::px 4]) / [Height $w])}]
}

# {x1 y1 x2 y2} of an offset.
proc opdesk::ui::subnetgrid::Box {w offset} {
    set columns [Get $w columns]
    set x [expr {[Margin] + $offset % $columns * [Get $w size]}]
    set y [expr {[opdesk::theme::px 3] + ($offset / $columns - [Get $w top]) * [Height $w]}]
    return [list $x $y [expr {$x + [Get $w size] - [opdesk::theme::px 2]}] [expr {$y + [Height $w] - [opdesk::theme::px 2]}]]
}

proc opdesk::ui::subnetgrid::Paint {w offset cell address} {
    set c [Path $w].canvas
    set columns [Get $w columns]
    set box [Box $w $offset]
    set octets [split $address .]
    if {$offset % $columns == 0} {
        lassign $box x1 y1 x2 y2
        $c create text [expr {[Margin] - [opdesk::theme::px 6]}] [expr {($y1 + $y2) / 2}] -anchor e -font OpdeskSmall \
            -fill [opdesk::theme::colour muted] -text [lindex $octets 2].[lindex $octets 3]
    }
    opdesk::ui::subnetcells::shape $c $box $cell [lindex $octets 3]
}

proc opdesk::ui::subnetgrid::Cursor {w} {
    set c [Path $w].canvas
    $c delete cursor
    foreach {offset colour} [list [Get $w over] muted [Get $w cursor] warning] {
        if {$offset >= 0} {
            $c create rectangle [Box $w $offset] -tags cursor -outline [opdesk::theme::colour $colour] \
                -width [opdesk::theme::px 2]
        }
    }
}

proc opdesk::ui::subnetgrid::Head {w net} {
    set path [Path $w]
    set text ""
    if {[dict size $net]} {
        set text [dict get $net base]/[dict get $net prefix]
        if {[dict exists $net free]} {
            append text " · " [mc "%s free" [opdesk::app::sdb_words::number [dict get $net free]]]
        }
    }
    $path.top.head configure -text $text
    $path.top.next state [expr {[opdesk::ui::subnet::writable $w] && [dict size $net] ? "!disabled" : "disabled"}]
}

# A header that names no subnet yet: words instead of cells.  IPv6: what is in use as a list.
proc opdesk::ui::subnetgrid::Instead {w net} {
    set path [Path $w]
    set gap [opdesk::theme::px 10]
    if {[opdesk::ui::subnet::ready $w] && ![dict size $net]} {
        $path.canvas create text $gap $gap -anchor nw -width [expr {max(50, [winfo width $path.canvas] - 2 * $gap)}] \
            -font TkDefaultFont -fill [opdesk::theme::colour text] \
            -text [mc "The header names no subnet yet: base address and mask are missing or wrong."]
    }
    $path.note configure -text ""
}

# Cells with their legend, or the list of IPv6.
proc opdesk::ui::subnetgrid::Choose {w is_list} {
    set path [Path $w]
    set cells [list $path.canvas $path.note $path.legend]
    foreach widget [expr {$is_list ? $cells : [list $path.used]}] {
        grid remove $widget
    }
    foreach widget [expr {$is_list ? [list $path.used] : $cells}] {
        grid $widget
    }
}

# What the keyboard is for.
proc opdesk::ui::subnetgrid::main {w} {
    set path [Path $w]
    return [expr {[winfo manager $path.used] ne "" ? "$path.used.tree" : "$path.canvas"}]
}

# --- where one is ---

# {CELL NUMBER ADDRESS} of an offset that is on the screen; else of any.
proc opdesk::ui::subnetgrid::Cell {w offset} {
    if {$offset < 0 || ![opdesk::ui::subnet::ready $w]} {
        return {}
    }
    return [opdesk::sdb cells [opdesk::ui::subnet::sheet $w] $offset 1]
}

proc opdesk::ui::subnetgrid::At {w x y} {
    set net [Net $w]
    set columns [Get $w columns]
    set column [expr {int(floor(double($x - [Margin]) / [Get $w size]))}]
    set row [expr {($y - [opdesk::theme::px 3]) / [Height $w] + [Get $w top]}]
    set offset [expr {$row * $columns + $column}]
    return [expr {$column < 0 || $column >= $columns || $y < 0 || $offset >= [Size $w $net] ? -1 : $offset}]
}

proc opdesk::ui::subnetgrid::Note {w} {
    set offset [expr {[Get $w over] >= 0 ? [Get $w over] : [Get $w cursor]}]
    set text ""
    lassign [Cell $w $offset] cell number address
    if {$address ne ""} {
        set parts [list $address]
        if {$number >= 0} {
            lassign [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number] name - ethernet - - comment
            lappend parts [opdesk::app::words::line $name 40] [opdesk::app::sdb_vendor::words $ethernet] \
                [opdesk::app::words::line $comment 60]
        }
        switch $cell {
            free { lappend parts [mc "free"] }
            gateway { lappend parts [mc "gateway"] }
            shared { lappend parts [mc "shared"] }
            conflict { lappend parts [mc "conflict"] }
            network { lappend parts [mc "the subnet's own address"] }
            broadcast { lappend parts [mc "broadcast"] }
        }
        set text [join [lsearch -all -inline -not -exact $parts {}] " · "]
    }
    Say $w $text
}

proc opdesk::ui::subnetgrid::Say {w text} {
    set note [Path $w].note
    $note configure -text [opdesk::widget::table::shorten $text [expr {[winfo width $note] - [opdesk::theme::px 20]}]]
}

proc opdesk::ui::subnetgrid::Over {w offset} {
    if {$offset != [Get $w over]} {
        Set $w over $offset
        Cursor $w
        Note $w
    }
}

proc opdesk::ui::subnetgrid::Point {w x y} {
    Over $w [At $w $x $y]
}

proc opdesk::ui::subnetgrid::Go {w offset} {
    Set $w cursor $offset
    See $w
    Later $w
    lassign [Cell $w $offset] cell number address
    if {$number ne "" && $number >= 0} {
        opdesk::ui::subnet::go $w $number grid
    }
}

proc opdesk::ui::subnetgrid::See {w} {
    set row [expr {[Get $w cursor] / [Get $w columns]}]
    set top [Get $w top]
    if {$row < $top} {
        Set $w top $row
    } elseif {$row >= $top + [Rows $w]} {
        Set $w top [expr {$row - [Rows $w] + 1}]
    }
}

proc opdesk::ui::subnetgrid::Step {w by} {
    set size [Size $w [Net $w]]
    if {!$size} {
        return
    }
    set cursor [expr {max(0, [Get $w cursor])}]
    switch $by {
        first { set cursor 0 }
        last { set cursor [expr {$size - 1}] }
        default { incr cursor [expr {[lindex $by 0] + [lindex $by 1] * [Get $w columns]}] }
    }
    if {$cursor >= 0 && $cursor < $size} {
        Go $w $cursor
    }
}

proc opdesk::ui::subnetgrid::Scroll {w what amount {unit ""}} {
    set rows [expr {([Size $w [Net $w]] + [Get $w columns] - 1) / [Get $w columns]}]
    if {$what eq "moveto"} {
        set top [expr {round($amount * $rows)}]
    } else {
        set top [expr {[Get $w top] + round($amount) * ($unit eq "pages" ? [Rows $w] : 2)}]
    }
    Set $w top [expr {max(0, min($top, $rows - [Rows $w]))}]
    Draw $w
}

# Chosen by another panel.
proc opdesk::ui::subnetgrid::Node {w from} {
    if {$from eq "grid" || ![opdesk::ui::subnet::ready $w] || [opdesk::ui::subnet::current $w] < 0} {
        return
    }
    set address [lindex [opdesk::sdb node [opdesk::ui::subnet::sheet $w] [opdesk::ui::subnet::current $w]] 1]
    Set $w cursor [opdesk::sdb offset [opdesk::ui::subnet::sheet $w] $address]
    if {[Get $w cursor] >= 0} {
        See $w
    }
    Later $w
}

# --- doing something ---

proc opdesk::ui::subnetgrid::Do {w} {
    lassign [Cell $w [Get $w cursor]] cell number address
    if {$cell eq "free"} {
        opdesk::ui::subnetnodes::new $w $address
    } elseif {$number ne "" && $number >= 0} {
        opdesk::ui::subnet::go $w $number grid
        focus [opdesk::ui::subnetnodes::tree $w]
    }
}

proc opdesk::ui::subnetgrid::Press {w x y} {
    focus [Path $w].canvas
    Set $w pressed [At $w $x $y]
    if {[Get $w pressed] >= 0} {
        Go $w [Get $w pressed]
    }
}

# A node on its way: what is under the pointer says whether it may go there.
proc opdesk::ui::subnetgrid::Drag {w x y} {
    set offset [At $w $x $y]
    Over $w $offset
    set from [Get $w pressed]
    if {$from < 0 || $offset == $from || [lindex [Cell $w $from] 1] < 0} {
        return
    }
    set free [expr {[lindex [Cell $w $offset] 0] eq "free"}]
    [Path $w].canvas configure -cursor [expr {$free ? "hand2" : "X_cursor"}]
    if {$free} {
        Say $w [mc "%1\$s becomes %2\$s" [lindex [Cell $w $from] 2] [lindex [Cell $w $offset] 2]]
    }
}

proc opdesk::ui::subnetgrid::Release {w x y} {
    set from [Get $w pressed]
    set to [At $w $x $y]
    Set $w pressed -1
    [Path $w].canvas configure -cursor ""
    if {$from < 0 || $to < 0} {
        return
    }
    if {$from == $to} {
        if {[lindex [Cell $w $to] 0] eq "free" && [opdesk::ui::subnet::writable $w]} {
            Do $w
        }
    } else {
        Renumber $w $from $to
    }
}

proc opdesk::ui::subnetgrid::Renumber {w from to} {
    lassign [Cell $w $from] - number
    lassign [Cell $w $to] cell - address
    if {$number >= 0 && $cell eq "free"} {
        opdesk::ui::subnet::edit $w change $number [list address $address]
        Go $w $to
    }
}
