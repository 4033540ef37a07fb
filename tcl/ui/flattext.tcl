# SPDX-License-Identifier: ISC
# A flat file as a text: line numbers, what the check says in the margin, find and replace.  What is typed becomes a step of the document a moment later.
namespace eval opdesk::ui::flattext {
    namespace import ::msgcat::mc
    # by toplevel: {timer how drawing}; how: for app/sdb_text
    variable texts {}
    variable pause_ms 250
}

proc opdesk::ui::flattext::create {path w} {
    variable texts
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    dict set texts $w {timer "" how {utf-8 0} drawing ""}
    ttk::frame $path
    Tools $path.tools $w
    canvas $path.margin -width [opdesk::theme::px 60] -highlightthickness 0 -borderwidth 0
    text $path.text -wrap none -undo 1 -maxundo 1000 -font TkFixedFont -relief flat -borderwidth 0 -highlightthickness 0 \
        -padx [opdesk::theme::px 6] -pady [opdesk::theme::px 4] -yscrollcommand [list ${here}::Scrolled $w] \
        -xscrollcommand [list opdesk::widget::table::Scrolled $path.across]
    opdesk::theme::dress $path.text
    ttk::scrollbar $path.scroll -command [list $path.text yview]
    ttk::scrollbar $path.across -orient horizontal -command [list $path.text xview]
    grid $path.tools - - -sticky we -padx $gap -pady $gap
    grid $path.margin $path.text $path.scroll -sticky nsew
    grid x $path.across -sticky we
    grid columnconfigure $path 1 -weight 1
    grid rowconfigure $path 1 -weight 1
    bind $path.text <<Modified>> [list ${here}::Typed $w]
    bind $path.text <Configure> [list ${here}::MarginLater $w]
    bind $path.text <<ThemeChanged>> +[list ${here}::Dress $w]
    # Tk's Control-o opens a line, Control-y has been taken from pasting
    bind $path.text <Control-Key-y> "catch {$path.text edit redo}; break"
    foreach {event handler} {SubnetEdited Show SubnetMode Mode SubnetChecked Checked} {
        bind $w <<$event>> +[list ${here}::$handler $w]
    }
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    opdesk::ui::subnetcheck::attach $w
    Dress $w
    return $path
}

proc opdesk::ui::flattext::Tools {path w} {
    set here [namespace current]
    ttk::frame $path
    opdesk::ui::filter::create $path.find [mc "Find"] [list ${here}::Found $w 1.0]
    ttk::entry $path.with -width 20
    ttk::label $path.to -text [mc "Replace by"]
    ttk::button $path.one -style Small.TButton -text [mc "Replace"] -command [list ${here}::replace $w 0]
    ttk::button $path.all -style Small.TButton -text [mc "All"] -command [list ${here}::replace $w 1]
    $path.find.entry configure -width 20
    pack $path.find $path.to $path.with $path.one $path.all -side left -padx [list 0 [opdesk::theme::px 8]]
    foreach key {<Return> <F3>} {
        bind $path.find.entry $key "[list ${here}::next $w]; break"
    }
    bind $path.with <Return> "[list ${here}::replace $w 0]; break"
}

proc opdesk::ui::flattext::text_of {w} {
    return $w.flat.text
}

proc opdesk::ui::flattext::Gone {window w} {
    variable texts
    if {$window eq $w} {
        after cancel [dict get $texts $w timer]
        after cancel [dict get $texts $w drawing]
        dict unset texts $w
    }
}

# --- the text and the document ---

proc opdesk::ui::flattext::Encode {w text} {
    variable texts
    return [opdesk::app::sdb_text::encode $text [dict get $texts $w how]]
}

# The document is another by other means than typing: opened, corrected, taken from the server.
proc opdesk::ui::flattext::Show {w} {
    variable texts
    set text [text_of $w]
    set bytes [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]]
    if {[dict get $texts $w timer] ne "" || [Encode $w [$text get 1.0 end-1c]] eq $bytes} {
        return
    }
    set at [$text index insert]
    $text configure -state normal
    $text delete 1.0 end
    lassign [opdesk::app::sdb_text::decode $bytes] shown how
    dict set texts $w how $how
    $text insert 1.0 $shown
    $text mark set insert $at
    $text see insert
    $text edit reset
    $text edit modified 0
    Mode $w
    MarginLater $w
}

proc opdesk::ui::flattext::Mode {w} {
    [text_of $w] configure -state [expr {[opdesk::ui::subnet::writable $w] ? "normal" : "disabled"}]
    if {[opdesk::ui::subnet::ready $w]} {
        opdesk::ui::subnet::count $w
    }
}

proc opdesk::ui::flattext::Typed {w} {
    variable texts
    variable pause_ms
    set text [text_of $w]
    if {![$text edit modified]} {
        return
    }
    $text edit modified 0
    MarginLater $w
    if {![opdesk::ui::subnet::writable $w]} {
        return
    }
    if {![opdesk::app::sdb_work::modified [opdesk::ui::subnet::key $w]]} {
        # from the first letter on it is known that something is edited here: what somebody else stores
        # now is merged, and does not take its place
        finish $w
        return
    }
    after cancel [dict get $texts $w timer]
    dict set texts $w timer [after $pause_ms [list [namespace current]::finish $w]]
}

# What is being typed counts now.
proc opdesk::ui::flattext::finish {w} {
    variable texts
    after cancel [dict get $texts $w timer]
    dict set texts $w timer ""
    if {[opdesk::ui::subnet::writable $w]} {
        opdesk::app::sdb_edit::replace [opdesk::ui::subnet::doc $w] [mc "typing"] \
            [Encode $w [[text_of $w] get 1.0 end-1c]]
    }
}

# --- find and replace ---

proc opdesk::ui::flattext::find {w} {
    opdesk::ui::filter::grasp $w.flat.tools.find
}

proc opdesk::ui::flattext::next {w} {
    Found $w "[[text_of $w] index insert] + 1 chars" [opdesk::ui::filter::text $w.flat.tools.find]
}

# Letters of either case, round at the end.
proc opdesk::ui::flattext::Found {w from what} {
    set text [text_of $w]
    $text tag remove found 1.0 end
    # expr would make 4.1 of 4.10
    set at [if {$what ne ""} {$text search -nocase -count length -- $what $from}]
    opdesk::ui::filter::count $w.flat.tools.find [expr {$what ne "" && $at eq "" ? [mc "not there"] : ""}]
    if {$at ne ""} {
        $text tag add found $at "$at + $length chars"
        $text mark set insert $at
        $text see $at
    }
    return $at
}

proc opdesk::ui::flattext::replace {w all} {
    set text [text_of $w]
    set what [opdesk::ui::filter::text $w.flat.tools.find]
    if {$what eq "" || ![opdesk::ui::subnet::writable $w]} {
        bell
        return
    }
    set with [$w.flat.tools.with get]
    set n 0
    if {$all} {
        set at 1.0
        while {[set at [$text search -nocase -count length -- $what $at end]] ne ""} {
            $text replace $at "$at + $length chars" $with
            set at "$at + [string length $with] chars"
            incr n
        }
        opdesk::ui::subnet::say $w [mc "%d replaced" $n]
        return
    }
    set ranges [$text tag ranges found]
    if {[llength $ranges]} {
        $text replace {*}$ranges $with
    }
    next $w
}

# --- margin ---

proc opdesk::ui::flattext::Dress {w} {
    [text_of $w] tag configure found -background [opdesk::theme::colour warning] \
        -foreground [opdesk::theme::colour on_warning]
    $w.flat.margin configure -background [opdesk::theme::colour window]
    MarginLater $w
}

proc opdesk::ui::flattext::Scrolled {w first last} {
    opdesk::widget::table::Scrolled $w.flat.scroll $first $last
    MarginLater $w
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::flattext::MarginLater {w} {
    variable texts
    if {[dict exists $texts $w] && [dict get $texts $w drawing] eq ""} {
        dict set texts $w drawing [after idle [list [namespace current]::Margin $w]]
    }
}

proc opdesk::ui::flattext::Checked {w} {
    MarginLater $w
}

# The numbers of the lines on the screen, with a sign where there is a finding.
proc opdesk::ui::flattext::Margin {w} {
    variable texts
    dict set texts $w drawing ""
    set text [text_of $w]
    set c $w.flat.margin
    set signs {}
    foreach finding [opdesk::ui::subnet::findings $w] {
        dict set signs [opdesk::app::sdb_list::field $finding line 0] [dict get $finding severity]
    }
    $c delete all
    set line [expr {int([$text index @0,0])}]
    while {[set box [$text dlineinfo $line.0]] ne ""} {
        lassign $box x y width height
        set middle [expr {$y + $height / 2}]
        $c create text [expr {[winfo width $c] - [opdesk::theme::px 6]}] $middle -anchor e -font OpdeskSmall -text $line \
            -fill [opdesk::theme::colour muted]
        if {[dict exists $signs $line]} {
            $c create image [opdesk::theme::px 4] $middle -anchor w -image [opdesk::ui::sign::get \
                [expr {[dict get $signs $line] eq "error" ? "critical" : "warning"}] [opdesk::theme::px 12]]
        }
        incr line
        if {$line > int([$text index end-1c])} {
            break
        }
    }
}

# A finding was chosen in the list below.
proc opdesk::ui::flattext::go {w line} {
    set text [text_of $w]
    $text mark set insert $line.0
    $text see $line.0
    $text tag remove found 1.0 end
    $text tag add found $line.0 $line.end
}
