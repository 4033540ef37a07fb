# SPDX-License-Identifier: ISC
# A list of rows with a sign in front: a treeview whose scrollbar comes and goes, moved in and selected
# from by the keyboard as by the mouse, and a place for what to say when it is empty.
#   virtual events on PATH.tree:  <<TreeviewSelect>> (Tk's)  <<TableOpen>>  <<TableMenu>>
namespace eval opdesk::widget::table {
    # where a selection by Shift and arrow began, per tree
    variable anchors {}
    # per tree: {WIDTHS COMMAND TIMER}
    variable widths {}
    variable pause_ms 80
    # per tree: how wide ten digits were when its columns were made
    variable digits {}
    # per tree: has the last click begun at the edge of a column?
    variable drawn {}
}

# COLUMNS: NAME TITLE CHARS STRETCH …; the first is that of the sign, with stretch 0.  `sorted`, when
# given, is called with the name of a column whose heading was clicked.
proc opdesk::widget::table::create {path columns {sorted ""}} {
    set tree $path.tree
    ttk::frame $path -style Surface.TFrame -padding [opdesk::theme::px 1]
    ttk::treeview $tree -columns [lmap {name title chars stretch} [lrange $columns 4 end] {set name}] \
        -show {tree headings} -selectmode extended -height 6 \
        -yscrollcommand [list [namespace current]::Scrolled $path.scroll]
    ttk::scrollbar $path.scroll -command [list $tree yview]
    grid $tree $path.scroll -sticky nsew
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    grid remove $path.scroll
    Columns $tree $columns $sorted
    variable digits
    dict set digits $tree [Digits]
    bind $tree <<ThemeChanged>> [list [namespace current]::Rescale $tree]
    Bindings $tree
    ring $tree
    Empty $path.empty
    return $tree
}

proc opdesk::widget::table::Columns {tree columns sorted} {
    set digits [Digits]
    foreach {name title chars stretch} $columns id [Ids $tree] {
        set width [expr {$id eq "#0" ? [opdesk::theme::px 34] : $chars * $digits / 10}]
        $tree column $id -width $width -minwidth [opdesk::theme::px 30] -stretch $stretch -anchor w
        $tree heading $id -text $title -anchor w
        if {$sorted ne ""} {
            $tree heading $id -command [list {*}$sorted $name]
        }
    }
}

# How wide ten of them are: one alone, in whole pixels, would be a tenth off.
proc opdesk::widget::table::Digits {} {
    return [font measure TkDefaultFont 0000000000]
}

# The font is another: the columns keep their width in characters, those that stretch what is left.
proc opdesk::widget::table::Rescale {tree} {
    variable digits
    set now [Digits]
    set was [dict get $digits $tree]
    dict set digits $tree $now
    if {$now == $was} {
        return
    }
    set more 0
    foreach stretch {0 1} {
        foreach column [$tree cget -columns] {
            set width [$tree column $column -width]
            if {[$tree column $column -stretch] != $stretch} continue
            set new [expr {$stretch ? $width - $more : round(double($width) * $now / $was)}]
            incr more [expr {$new - $width}]
            $tree column $column -width [expr {max($new, [$tree column $column -minwidth])}]
        }
    }
}

proc opdesk::widget::table::Ids {tree} {
    return [linsert [$tree cget -columns] 0 #0]
}

# The column that the rows are in the order of.
proc opdesk::widget::table::mark_sorted {tree columns sorted descending} {
    foreach {name title chars stretch} $columns id [Ids $tree] {
        set arrow [expr {$name ne $sorted ? "" : $descending ? "▾" : "▴"}]
        $tree heading $id -text [string trim "$title $arrow"]
    }
}

proc opdesk::widget::table::Scrolled {scroll first last} {
    $scroll set $first $last
    if {$first <= 0 && $last >= 1} {
        grid remove $scroll
    } else {
        grid $scroll
    }
}

# One sees that the keyboard is in it, also when there is no row to be selected.
proc opdesk::widget::table::ring {tree} {
    foreach {event style} {<FocusIn> Ring.TFrame <FocusOut> Surface.TFrame} {
        bind $tree $event +[list [winfo parent $tree] configure -style $style]
    }
}

# --- what does not fit ---

# Values of the columns after the sign, each ended by … where its column is too narrow.
proc opdesk::widget::table::cut {tree values {font TkDefaultFont}} {
    return [lmap value $values column [lrange [$tree cget -columns] 0 [llength $values]-1] {
        cut_in $tree $column $value $font
    }]
}

proc opdesk::widget::table::cut_in {tree column value {font TkDefaultFont}} {
    return [shorten $value [expr {[$tree column $column -width] - 2 * [opdesk::theme::inset]}] $font]
}

# A text, ended by … where it would be wider than so many pixels.
proc opdesk::widget::table::shorten {text width {font TkDefaultFont}} {
    if {[font measure $font $text] <= $width} {
        return $text
    }
    # so many characters fit, and no more than `most`
    set fit 0
    set most [expr {[string length $text] - 1}]
    while {$fit < $most} {
        set middle [expr {($fit + $most + 1) / 2}]
        if {[font measure $font [string range $text 0 $middle-1]…] <= $width} {
            set fit $middle
        } else {
            set most [expr {$middle - 1}]
        }
    }
    return [string trimright [string range $text 0 $fit-1]]…
}

# {*}COMMAND a moment after a column has become wider or narrower.
proc opdesk::widget::table::on_width {tree command} {
    variable widths
    dict set widths $tree [list {} $command ""]
    foreach event {<Configure> <ButtonRelease-1>} {
        bind $tree $event +[list [namespace current]::WidthLater $tree]
    }
    bind $tree <Destroy> +[list [namespace current]::Gone $tree]
}

# Widths that the operator has drawn are there again at the next start: in pixels of a screen of 96 dpi.
proc opdesk::widget::table::remember {tree name} {
    set widths [opdesk::app::memory::recall $name]
    set columns [$tree cget -columns]
    if {[llength $widths] == [llength $columns] && ![regexp {[^0-9 ]} $widths]} {
        foreach column $columns width $widths {
            $tree column $column -width [opdesk::theme::px [expr {min(max($width, 30), 4000)}]]
        }
    }
    bind $tree <ButtonPress-1> +[list [namespace current]::Grasped $tree %x %y]
    bind $tree <ButtonRelease-1> +[list after idle [list [namespace current]::Drawn $tree $name]]
}

proc opdesk::widget::table::Grasped {tree x y} {
    variable drawn
    dict set drawn $tree [expr {[$tree identify region $x $y] eq "separator"}]
}

proc opdesk::widget::table::Drawn {tree name} {
    variable drawn
    if {[dict exists $drawn $tree] && [dict get $drawn $tree] && [winfo exists $tree]} {
        set one [opdesk::theme::px 1000]
        opdesk::app::memory::keep $name [lmap width [Widths $tree] {expr {$width * 1000 / $one}}]
    }
}

proc opdesk::widget::table::Widths {tree} {
    return [lmap column [$tree cget -columns] {$tree column $column -width}]
}

proc opdesk::widget::table::WidthLater {tree} {
    variable widths
    variable pause_ms
    lassign [dict get $widths $tree] was command timer
    after cancel $timer
    dict set widths $tree [list $was $command [after $pause_ms [list [namespace current]::Width $tree]]]
}

proc opdesk::widget::table::Width {tree} {
    variable widths
    lassign [dict get $widths $tree] was command
    if {[Widths $tree] ne $was} {
        dict set widths $tree [list [Widths $tree] $command ""]
        {*}$command
    }
}

# --- keys and mouse ---

proc opdesk::widget::table::Bindings {tree} {
    set here [namespace current]
    foreach {key step} {Up -1 Down 1 Prior page-up Next page-down Home first End last} {
        bind $tree <Key-$key> "[list ${here}::Move $tree $step 0]; break"
        bind $tree <Shift-Key-$key> "[list ${here}::Move $tree $step 1]; break"
    }
    bind $tree <Control-Key-a> "[list ${here}::All $tree]; break"
    bind $tree <Return> [list event generate $tree <<TableOpen>>]
    bind $tree <KP_Enter> [list event generate $tree <<TableOpen>>]
    bind $tree <space> break
    bind $tree <Double-Button-1> [list ${here}::Opened $tree %x %y]
    bind $tree <Button-3> [list ${here}::Menu $tree %x %y %X %Y]
    bind $tree <Key-Menu> [list ${here}::MenuByKey $tree]
    bind $tree <Shift-Key-F10> [list ${here}::MenuByKey $tree]
    bind $tree <FocusIn> [list ${here}::Focused $tree]
    bind $tree <Destroy> +[list ${here}::Gone $tree]
}

proc opdesk::widget::table::Rows {tree} {
    return [expr {max(1, [winfo height $tree] / max(1, [ttk::style lookup Treeview -rowheight]) - 2)}]
}

# The row to go to from `from`.
proc opdesk::widget::table::Goal {tree from step} {
    set rows [$tree children {}]
    if {$step eq "last" || $from eq ""} {
        return [lindex $rows [expr {$step eq "last" ? "end" : 0}]]
    }
    switch $step {
        first { set to 0 }
        page-up { set to [expr {[$tree index $from] - [Rows $tree]}] }
        page-down { set to [expr {[$tree index $from] + [Rows $tree]}] }
        default { set to [expr {[$tree index $from] + $step}] }
    }
    return [lindex $rows [expr {min(max($to, 0), [llength $rows] - 1)}]]
}

proc opdesk::widget::table::Move {tree step extend} {
    variable anchors
    set from [$tree focus]
    set to [Goal $tree $from $step]
    if {![llength [$tree selection]] && $step in {-1 1} && $from ne ""} {
        set to $from
    }
    if {$to eq ""} {
        return
    }
    if {!$extend || $from eq ""} {
        dict unset anchors $tree
        $tree selection set [list $to]
    } else {
        if {![dict exists $anchors $tree] || ![$tree exists [dict get $anchors $tree]]} {
            dict set anchors $tree $from
        }
        set rows [$tree children {}]
        set ends [lsort -integer [list [$tree index [dict get $anchors $tree]] [$tree index $to]]]
        $tree selection set [lrange $rows {*}$ends]
    }
    $tree focus $to
    $tree see $to
}

proc opdesk::widget::table::All {tree} {
    $tree selection set [$tree children {}]
}

proc opdesk::widget::table::Opened {tree x y} {
    if {[$tree identify region $x $y] in {tree cell}} {
        event generate $tree <<TableOpen>>
    }
}

# A row that is not selected yet is what the menu is about.
proc opdesk::widget::table::Menu {tree x y root_x root_y} {
    set row [$tree identify row $x $y]
    focus $tree
    if {$row ne "" && $row ni [$tree selection]} {
        $tree selection set [list $row]
        $tree focus $row
    }
    event generate $tree <<TableMenu>> -rootx $root_x -rooty $root_y
}

proc opdesk::widget::table::MenuByKey {tree} {
    lassign [$tree bbox [$tree focus]] x y width height
    if {$x eq ""} {
        lassign {20 20 0 0} x y width height
    }
    event generate $tree <<TableMenu>> -rootx [expr {[winfo rootx $tree] + $x + [opdesk::theme::px 40]}] \
        -rooty [expr {[winfo rooty $tree] + $y + $height}]
}

# The arrow keys need a row to start from.  It is not selected by that: a window that comes to the front
# has nothing under the operator's fingers that was not there before.
proc opdesk::widget::table::Focused {tree} {
    if {[$tree focus] eq ""} {
        $tree focus [lindex [$tree children {}] 0]
    }
}

proc opdesk::widget::table::Gone {tree} {
    variable anchors
    variable widths
    variable digits
    variable drawn
    dict unset anchors $tree
    dict unset digits $tree
    dict unset drawn $tree
    if {[dict exists $widths $tree]} {
        after cancel [lindex [dict get $widths $tree] 2]
        dict unset widths $tree
    }
}

# --- nothing there ---

proc opdesk::widget::table::Empty {path} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Surface.TFrame
    ttk::label $path.head -style Empty.TLabel -anchor center
    ttk::label $path.hint -style EmptyHint.TLabel -anchor center -justify center
    ttk::label $path.code -style EmptyCode.TLabel -anchor center
    ttk::button $path.do
    pack $path.head $path.hint -pady [list 0 $gap]
}

# What the matter is, what to do, what to type, a button (TEXT COMMAND); nothing: there are rows.
proc opdesk::widget::table::say {tree {head ""} {hint ""} {code ""} {button ""}} {
    set empty [winfo parent $tree].empty
    if {$head eq ""} {
        place forget $empty
        return
    }
    set gap [opdesk::theme::px 8]
    $empty.head configure -text $head
    $empty.hint configure -text $hint -wraplength [opdesk::theme::px 560]
    pack forget $empty.code $empty.do
    if {$code ne ""} {
        $empty.code configure -text $code
        pack $empty.code -pady [list 0 $gap]
    }
    if {[llength $button]} {
        $empty.do configure -text [lindex $button 0] -command [lindex $button 1]
        pack $empty.do
    }
    place $empty -relx 0.5 -rely 0.48 -anchor center
}
