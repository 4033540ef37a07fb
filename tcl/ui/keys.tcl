# SPDX-License-Identifier: ISC
# Every key there is.  A panel gives its keys as a table, once; the same table binds them and makes
# the page of shortcuts (F1), so that the page cannot be wrong.
#   group NAME PREFIX          {*}PREFIX returns {TITLE ROWS}; ROWS: KEYS WHAT COMMAND …
#   attach NAME WIDGET ARG…    binds the rows on the widget; a COMMAND is called with the ARGs appended
# KEYS is a list of event patterns, the first is the one that is shown.  A row without a COMMAND tells
# of a key that Tk or the window manager gives.
namespace eval opdesk::ui::keys {
    namespace import ::msgcat::mc
    variable groups {}
}

proc opdesk::ui::keys::group {name prefix} {
    variable groups
    dict set groups $name $prefix
}

proc opdesk::ui::keys::attach {name widget args} {
    variable groups
    lassign [{*}[dict get $groups $name]] title rows
    foreach {keys what command} $rows {
        if {$command eq ""} {
            continue
        }
        foreach key $keys {
            bind $widget $key [list [namespace current]::Run {*}$command {*}$args]
        }
    }
}

# The key is used up: nothing further up, and nothing of Tk's own, acts on it as well.
proc opdesk::ui::keys::Run {args} {
    uplevel #0 $args
    return -code break
}

# --- the page ---

# <Control-Shift-Key-a> for people: Ctrl+Shift+A.
proc opdesk::ui::keys::face {pattern} {
    set parts {}
    foreach part [split [string trim $pattern <>] -] {
        switch -regexp -- $part {
            ^Key$ {}
            ^Control$ { lappend parts [mc "Ctrl"] }
            ^Return$ { lappend parts [mc "Return"] }
            ^Escape$ { lappend parts [mc "Escape"] }
            ^space$ { lappend parts [mc "space"] }
            ^Prior$ { lappend parts [mc "Page up"] }
            ^Next$ { lappend parts [mc "Page down"] }
            ^Delete$ { lappend parts [mc "Del"] }
            ^slash$ { lappend parts / }
            ^question$ { lappend parts ? }
            ^plus$ { lappend parts + }
            ^minus$ { lappend parts - }
            {^[a-z]$} { lappend parts [string toupper $part] }
            default { lappend parts [mc $part] }
        }
    }
    return [join $parts +]
}

# TITLE {KEY WHAT …} … of all groups.
proc opdesk::ui::keys::page {} {
    variable groups
    set page {}
    dict for {name prefix} $groups {
        lassign [{*}$prefix] title rows
        set lines {}
        foreach {keys what command} $rows {
            lappend lines [face [lindex $keys 0]] $what
        }
        lappend page $title $lines
    }
    return $page
}

proc opdesk::ui::keys::show {args} {
    if {[winfo exists .keys]} {
        wm deiconify .keys
        raise .keys
        focus .keys.text
        return
    }
    toplevel .keys -background [opdesk::theme::colour window]
    wm withdraw .keys
    wm title .keys [mc "Keys of opdesk"]
    wm group .keys .
    text .keys.text -wrap none -width 64 -takefocus 1 -cursor {} -relief flat -borderwidth 0 \
        -padx [opdesk::theme::px 18] -pady [opdesk::theme::px 12] -highlightthickness 0 \
        -yscrollcommand {.keys.scroll set}
    opdesk::theme::dress .keys.text
    ttk::scrollbar .keys.scroll -command {.keys.text yview}
    ttk::frame .keys.foot -padding [opdesk::theme::px 10]
    ttk::button .keys.foot.close -text [mc "Close"] -default active -command {destroy .keys}
    pack .keys.foot.close -side right
    pack .keys.foot -side bottom -fill x
    pack .keys.scroll -side right -fill y
    pack .keys.text -side left -fill both -expand 1
    Fill .keys.text
    foreach key {Escape Return F1} {
        bind .keys <$key> {destroy .keys; break}
    }
    focus .keys.text
    wm deiconify .keys
}

proc opdesk::ui::keys::Fill {text} {
    set column [opdesk::theme::px 40]
    foreach {title lines} [page] {
        foreach {key what} $lines {
            set column [expr {max($column, [font measure OpdeskBold $key])}]
        }
    }
    $text configure -tabs [list [expr {$column + [opdesk::theme::px 24]}]]
    $text tag configure title -font OpdeskHeader -spacing1 [opdesk::theme::px 12] \
        -spacing3 [opdesk::theme::px 6]
    $text tag configure key -font OpdeskBold
    $text tag configure line -spacing3 [opdesk::theme::px 3]
    foreach {title lines} [page] {
        $text insert end $title\n title
        foreach {key what} $lines {
            $text insert end $key {key line} \t$what\n line
        }
    }
    $text configure -state disabled -height [expr {min(max([lindex [split [$text index end] .] 0], 8), 34)}]
}
