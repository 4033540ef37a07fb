# SPDX-License-Identifier: ISC
# Changes of a subnet as a read-only text: each with a sign, the old and the new line below one another
# with what differs marked.
namespace eval opdesk::ui::subnetdiff {
    namespace import ::msgcat::mc
    variable max_changes 2000
}

proc opdesk::ui::subnetdiff::create {path} {
    ttk::frame $path -style Surface.TFrame
    text $path.text -width 76 -height 12 -wrap none -font TkFixedFont -relief flat -borderwidth 0 \
        -highlightthickness [opdesk::theme::px 1] -padx [opdesk::theme::px 8] -pady [opdesk::theme::px 6] -state disabled \
        -yscrollcommand [list opdesk::widget::table::Scrolled $path.scroll]
    opdesk::theme::dress $path.text
    ttk::scrollbar $path.scroll -command [list $path.text yview]
    grid $path.text $path.scroll -sticky nsew
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    grid remove $path.scroll
    bind $path.text <<ThemeChanged>> +[list [namespace current]::Dress $path]
    Dress $path
    return $path
}

proc opdesk::ui::subnetdiff::Dress {path} {
    $path.text tag configure removed -foreground [opdesk::theme::colour error_text]
    $path.text tag configure added -foreground [opdesk::theme::colour ok]
    $path.text tag configure differs -underline 1
    $path.text tag configure head -font OpdeskBold -spacing1 [opdesk::theme::px 4]
    $path.text tag configure muted -foreground [opdesk::theme::colour muted]
    $path.text tag raise sel
}

# changes: dicts {what old new}, as of opdesk::sdb diff and the daemons; total: how many there are, when these
# are not all.
proc opdesk::ui::subnetdiff::show {path changes {total 0}} {
    $path.text configure -state normal
    $path.text delete 1.0 end
    Changes $path.text $changes $total
    $path.text configure -state disabled
}

# Of several files: dicts {file gone diff}, as of the daemon.
proc opdesk::ui::subnetdiff::show_files {path files} {
    $path.text configure -state normal
    $path.text delete 1.0 end
    foreach file $files {
        $path.text insert end [opdesk::app::words::line [dict get $file file] 120] head
        if {[opdesk::app::sdb_list::field $file gone 0]} {
            $path.text insert end " · [mc "the file goes"]" muted
        }
        $path.text insert end \n
        Changes $path.text [dict get $file diff changes]
    }
    $path.text configure -state disabled
}

# TEXT TAG …, lines with how they look: head, added, removed, muted or "".
proc opdesk::ui::subnetdiff::show_text {path lines} {
    $path.text configure -state normal
    $path.text delete 1.0 end
    foreach {line tag} $lines {
        $path.text insert end "[opdesk::system plain $line]\n" $tag
    }
    $path.text configure -state disabled
}

proc opdesk::ui::subnetdiff::Changes {text changes {total 0}} {
    variable max_changes
    set total [expr {max($total, [llength $changes])}]
    foreach change [lrange $changes 0 $max_changes-1] {
        set old [opdesk::system plain [opdesk::app::sdb_list::field $change old]]
        set new [opdesk::system plain [opdesk::app::sdb_list::field $change new]]
        switch [dict get $change what] {
            added { $text insert end "+ $new\n" added }
            removed { $text insert end "− $old\n" removed }
            default {
                Line $text "− " $old $new removed
                Line $text "+ " $new $old added
            }
        }
    }
    if {$total > $max_changes} {
        $text insert end [mc "… and %d more" [expr {$total - $max_changes}]]\n muted
    }
    if {![llength $changes]} {
        $text insert end [mc "Nothing that matters: order, comments or blank lines only."]\n muted
    }
}

# A line with the part of it underlined that the other has not.
proc opdesk::ui::subnetdiff::Line {text sign line other tag} {
    set head 0
    set most [expr {min([string length $line], [string length $other])}]
    while {$head < $most && [string index $line $head] eq [string index $other $head]} {
        incr head
    }
    set tail 0
    while {$tail < $most - $head && [string index $line end-$tail] eq [string index $other end-$tail]} {
        incr tail
    }
    $text insert end $sign[string range $line 0 $head-1] $tag [string range $line $head end-$tail] \
        [list $tag differs] "[string range $line [expr {[string length $line] - $tail}] end]\n" $tag
}
