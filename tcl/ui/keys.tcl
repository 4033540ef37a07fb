# SPDX-License-Identifier: ISC
# Every key there is.  A panel gives its keys as a table, once; the same table binds them and makes
# the page of shortcuts (F1), so that the page cannot be wrong.
#   group NAME PREFIX          {*}PREFIX returns {TITLE ROWS}; ROWS: KEYS WHAT COMMAND …
#   attach NAME WIDGET ARG…    binds the rows on the widget; a COMMAND is called with the ARGs appended
# KEYS is a list of event patterns.  A row without a COMMAND tells
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
            if {$key eq "<F10>"} {
                # which is also taken for F10, is for the menu of what has the keyboard
                bind $widget <Shift-Key-F10> { }
            }
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
            ^ISO_Left_Tab$ { lappend parts [mc "Shift"] Tab }
            ^Next$ { lappend parts [mc "Page down"] }
            ^Delete$ { lappend parts [mc "Del"] }
            ^slash$ { lappend parts / }
            ^comma$ { lappend parts , }
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
            lappend lines [join [lmap key $keys {face $key}] {, }] $what
        }
        lappend page $title $lines
    }
    return $page
}

proc opdesk::ui::keys::show {args} {
    if {[winfo exists .keys]} {
        wm deiconify .keys
        raise .keys
        focus .keys.f.text
        return
    }
    opdesk::ui::dialog::create .keys [mc "Keys of opdesk"]
    text .keys.f.text -wrap word -width 70 -cursor {} -relief flat -borderwidth 0 -font TkDefaultFont \
        -padx [opdesk::theme::px 18] -pady [opdesk::theme::px 6] -highlightthickness [opdesk::theme::px 1] \
        -yscrollcommand {.keys.f.scroll set}
    opdesk::theme::dress .keys.f.text
    ttk::scrollbar .keys.f.scroll -command {.keys.f.text yview}
    pack .keys.f.scroll -side right -fill y
    pack .keys.f.text -side left -fill both -expand 1
    Fill .keys.f.text
    bind .keys <Return> {destroy .keys; break}
    bind .keys <F1> {destroy .keys; break}
    opdesk::ui::dialog::open .keys .keys.f.text
}

proc opdesk::ui::keys::Fill {text} {
    set column [opdesk::theme::px 40]
    foreach {title lines} [page] {
        foreach {key what} $lines {
            set column [expr {max($column, [font measure OpdeskBold $key])}]
        }
    }
    set column [expr {$column + [opdesk::theme::px 24]}]
    $text configure -tabs [list $column]
    $text tag configure title -font OpdeskHeader -spacing1 [opdesk::theme::px 12] \
        -spacing3 [opdesk::theme::px 6]
    $text tag configure key -font OpdeskBold
    $text tag configure line -spacing3 [opdesk::theme::px 3] -lmargin2 $column
    foreach {title lines} [page] {
        $text insert end $title\n title
        foreach {key what} $lines {
            $text insert end $key {key line} \t$what\n line
        }
    }
    set most [expr {[winfo screenheight $text] * 2 / 3 / [font metrics OpdeskHeader -linespace]}]
    $text configure -state disabled -height [expr {min(round([$text index end]) + 4, $most)}]
}

# Tk pastes at Control-y as Emacs does; here it does again what was undone.
event delete <<Paste>> <Control-Key-y>
