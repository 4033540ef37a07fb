# SPDX-License-Identifier: ISC
# A cell of a table of opdesk::widget::rows, edited where it is: Return takes it and goes down, Tab to the
# next cell, Escape leaves it as it was.
#   -value PREFIX     {*}PREFIX ROW COLUMN: what the cell holds; throws why it cannot be edited
#   -take PREFIX      {*}PREFIX ROW COLUMN TEXT: throws what is wrong with it
#   -typing PREFIX    {*}PREFIX COLUMN TEXT, at each letter: what to say about it; and when it was refused
namespace eval opdesk::widget::celledit {
    # per path: {options row column}
    variable edits {}
}

proc opdesk::widget::celledit::attach {path args} {
    variable edits
    set entry $path.tree.entry
    set here [namespace current]
    dict set edits $path [dict create options $args row -1 column ""]
    ttk::entry $entry -takefocus 0
    Hide $path
    bind $path.tree <<RowsTyped>> +[list ${here}::start $path %d]
    bind $path.tree <<RowsAcross>> [list ${here}::Across $path]
    foreach {key by} {Return {1 0} KP_Enter {1 0} Tab {0 1} Down {1 0} Up {-1 0}} {
        bind $entry <$key> "[list ${here}::Take $path {*}$by]; break"
    }
    foreach key {Shift-Tab ISO_Left_Tab} {
        bind $entry <$key> "[list ${here}::Take $path 0 -1]; break"
    }
    bind $entry <Escape> "[list ${here}::Leave $path]; break"
    bind $entry <FocusOut> [list ${here}::Left $path]
    bind $entry <KeyRelease> [list ${here}::Typing $path]
    bind $path <Destroy> +[list ${here}::Gone %W $path]
}

proc opdesk::widget::celledit::is_open {path} {
    variable edits
    return [expr {[dict get $edits $path row] >= 0}]
}

# The cell at the cursor, with a first letter instead of what it holds.
proc opdesk::widget::celledit::start {path {letter ""}} {
    variable edits
    set row [opdesk::widget::rows::cursor $path]
    set column [opdesk::widget::rows::column $path]
    if {$row < 0} {
        return
    }
    opdesk::widget::rows::see $path $row
    opdesk::widget::rows::see_column $path
    set box [opdesk::widget::rows::box $path $row $column]
    if {![llength $box]} {
        return
    }
    try {
        set value [Call $path -value $row $column]
    } trap {OPDESK} {message} {
        bell -displayof $path
        Call $path -typing $column $message refused
        return
    }
    set entry $path.tree.entry
    $entry delete 0 end
    $entry insert 0 [if {$letter eq ""} {set value} else {set letter}]
    if {$letter eq ""} {
        $entry selection range 0 end
    }
    Put $path $box
    dict set edits $path row $row
    dict set edits $path column $column
    focus $entry
    $entry icursor end
}

# Out of sight, but on the screen for Tk: so it has the keyboard at once when the cell opens, and not some keys later.
proc opdesk::widget::celledit::Hide {path} {
    place $path.tree.entry -x -9999 -y 0
}

proc opdesk::widget::celledit::Put {path box} {
    lassign $box x y width height
    place $path.tree.entry -x $x -y [expr {$y - [opdesk::theme::px 2]}] \
        -width [expr {max($width, [opdesk::theme::px 120])}] -height [expr {$height + [opdesk::theme::px 4]}]
}

# The cell goes sideways with its column.  The table tells it later than it moves: the cell may have been
# opened there meanwhile.
proc opdesk::widget::celledit::Across {path} {
    variable edits
    if {![is_open $path]} {
        return
    }
    set box [opdesk::widget::rows::box $path [dict get $edits $path row] [dict get $edits $path column]]
    if {[llength $box]} {
        Put $path $box
    } else {
        finish $path
    }
}

proc opdesk::widget::celledit::Call {path option args} {
    variable edits
    set options [dict get $edits $path options]
    if {[dict exists $options $option]} {
        return [{*}[dict get $options $option] {*}$args]
    }
}

# An error keeps the cell open, with what is wrong said by -typing's panel.
proc opdesk::widget::celledit::Take {path down right} {
    variable edits
    set row [dict get $edits $path row]
    set column [dict get $edits $path column]
    if {$row < 0} {
        return
    }
    try {
        Call $path -take $row $column [$path.tree.entry get]
    } trap {OPDESK} {message} {
        Call $path -typing $column $message refused
        return
    }
    if {!$right} {
        Close $path
        opdesk::widget::rows::Move $path $down 0
        return
    }
    # the keyboard stays in the entry: that it went would be told when the next cell is open, and close that
    dict set edits $path row -1
    Call $path -typing "" "" left
    opdesk::widget::rows::Sideways $path $right
    start $path
    if {![is_open $path]} {
        Close $path
    }
}

proc opdesk::widget::celledit::Leave {path} {
    Close $path
}

# The keyboard went elsewhere: what was typed counts, as in a spreadsheet.
proc opdesk::widget::celledit::Left {path} {
    variable edits
    if {![winfo exists $path] || ![is_open $path]} {
        return
    }
    set row [dict get $edits $path row]
    set column [dict get $edits $path column]
    dict set edits $path row -1
    Hide $path
    if {[focus -displayof $path] eq "$path.tree.entry"} {
        focus $path.tree
    }
    catch {Call $path -take $row $column [$path.tree.entry get]}
}

# What is being typed counts now.
proc opdesk::widget::celledit::finish {path} {
    Left $path
}

proc opdesk::widget::celledit::Close {path} {
    variable edits
    dict set edits $path row -1
    Hide $path
    Call $path -typing "" "" left
    focus $path.tree
}

proc opdesk::widget::celledit::Typing {path} {
    variable edits
    if {[is_open $path]} {
        Call $path -typing [dict get $edits $path column] [$path.tree.entry get] typed
    }
}

proc opdesk::widget::celledit::Gone {window path} {
    variable edits
    if {$window eq $path} {
        dict unset edits $path
    }
}
