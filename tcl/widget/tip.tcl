# SPDX-License-Identifier: ISC
# The whole text of a table's cell that has no room for it, beside the pointer that rests there; gone when the
# pointer moves on or a key or button is pressed.  It takes neither keyboard nor clicks.
namespace eval opdesk::widget::tip {
    # per tree: {COMMAND CELL TIMER}
    variable tables {}
    variable rest_ms 500
    variable window .tip
}

# {*}whole ROW COLUMN returns the text of a cell, where COLUMN is a name; "" when there is nothing to say.
proc opdesk::widget::tip::offer {tree whole} {
    variable tables
    dict set tables $tree [list $whole {} ""]
    bindtags $tree [linsert [bindtags $tree] 0 OpdeskTip]
}

# On a tag of their own, so that no binding of the table for one key stands before that for all.
proc opdesk::widget::tip::Bindings {} {
    set here [namespace current]
    bind OpdeskTip <Motion> [list ${here}::Over %W %x %y]
    foreach event {<Leave> <ButtonPress> <KeyPress>} {
        bind OpdeskTip $event [list ${here}::Away %W]
    }
    bind OpdeskTip <Destroy> [list ${here}::Gone %W]
}
opdesk::widget::tip::Bindings

proc opdesk::widget::tip::Over {tree x y} {
    variable tables
    variable rest_ms
    set cell [list [$tree identify item $x $y] [$tree identify column $x $y]]
    if {$cell eq [lindex [dict get $tables $tree] 1]} {
        return
    }
    Away $tree
    dict set tables $tree [lreplace [dict get $tables $tree] 1 2 $cell \
        [after $rest_ms [list [namespace current]::Show $tree {*}$cell]]]
}

proc opdesk::widget::tip::Away {tree} {
    variable tables
    variable window
    lassign [dict get $tables $tree] whole cell timer
    after cancel $timer
    dict set tables $tree [list $whole {} ""]
    destroy $window
}

proc opdesk::widget::tip::Show {tree row column} {
    variable tables
    if {$row eq "" || $column in {"" #0} || ![$tree exists $row]} {
        return
    }
    set name [$tree column $column -id]
    set text [{*}[lindex [dict get $tables $tree] 0] $row $name]
    if {$text ne "" && $text ne [$tree set $row $name]} {
        Window $text
    }
}

proc opdesk::widget::tip::Window {text} {
    variable window
    destroy $window
    toplevel $window -background [opdesk::theme::colour edge]
    wm withdraw $window
    wm overrideredirect $window 1
    wm title $window $text
    ttk::label $window.text -style Surface.TLabel -text $text -wraplength [opdesk::theme::px 420] \
        -padding [list [opdesk::theme::px 6] [opdesk::theme::px 3]]
    pack $window.text -padx 1 -pady 1
    lassign [winfo pointerxy $window] x y
    set x [expr {min($x + [opdesk::theme::px 8], [winfo screenwidth $window] - [winfo reqwidth $window.text] - 2)}]
    set below [expr {$y + [opdesk::theme::px 18]}]
    set high [expr {[winfo reqheight $window.text] + 2}]
    wm geometry $window +[expr {max($x, 0)}]+[expr {$below + $high > [winfo screenheight $window] ? $y - $high - 4 : $below}]
    wm deiconify $window
    raise $window
}

proc opdesk::widget::tip::Gone {tree} {
    variable tables
    Away $tree
    dict unset tables $tree
}
