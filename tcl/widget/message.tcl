# SPDX-License-Identifier: ISC
# Plain text to read, select and copy, by mouse and by keyboard: as wide as it needs up to a limit, as
# high as it needs up to a number of lines (`limit`), scrolled from there on.  Addresses and paths in it can be
# copied from its menu; an address that is clicked, or has the cursor at Return, is only told of:
#   virtual event on PATH.text:  <<LinkOpen>> with the address as its data
namespace eval opdesk::widget::message {
    namespace import ::msgcat::mc
    variable min_chars 34
    variable max_lines 16
    # by path: {PARTS MEASURED} that it shows, how many lines that is, at most how many may be seen, its background
    variable shown {}
    variable lines {}
    variable limits {}
    variable grounds {}
}

# A frame with the text in it, on a colour of the theme.  Tags for `show` are configured on PATH.text.
proc opdesk::widget::message::create {path ground} {
    variable min_chars
    variable grounds
    dict set grounds $path $ground
    ttk::frame $path -style Alert.TFrame
    text $path.text -wrap word -relief flat -borderwidth 0 -highlightthickness 0 -padx 0 -pady 0 \
        -font TkDefaultFont -cursor xterm -height 1 -width $min_chars -undo 0 \
        -yscrollcommand [list $path.scroll set]
    bindtags $path.text [list $path.text OpdeskMessage [winfo toplevel $path] all]
    ttk::scrollbar $path.scroll -command [list $path.text yview]
    grid $path.text -sticky nsew
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    # a canvas knows how text will wrap before any window is on the screen
    canvas $path.measure
    bind $path.text <Configure> [list [namespace current]::Fit $path]
    bind $path <Destroy> [list [namespace current]::Gone %W $path]
    bind $path <<ThemeChanged>> [list [namespace current]::Dress $path]
    Dress $path
    return $path
}

proc opdesk::widget::message::Dress {path} {
    variable grounds
    opdesk::theme::dress $path.text
    $path.text configure -background [opdesk::theme::colour [dict get $grounds $path]] \
        -insertwidth [opdesk::theme::px 2]
    $path.text tag configure address -foreground [opdesk::theme::colour link] -underline 1
    $path.text tag raise sel
}

proc opdesk::widget::message::Gone {destroyed path} {
    if {$destroyed eq $path} {
        foreach name {shown lines limits grounds} {
            variable $name
            dict unset $name $path
        }
    }
}

# PARTS: TEXT TAG FONT …, each on lines of its own.  max_width in pixels.  The width it takes.
proc opdesk::widget::message::show {path parts max_width} {
    variable shown
    set unit [font measure TkDefaultFont 0]
    lassign [expr {[dict exists $shown $path] ? [dict get $shown $path] : {}}] known measured
    set measure [list $max_width [font actual TkDefaultFont]]
    if {$known ne $parts} {
        # else what is selected stays selected
        Insert $path.text $parts
    } elseif {$measured eq $measure} {
        return [expr {[$path.text cget -width] * $unit}]
    }
    dict set shown $path [list $parts $measure]
    set chars [Chars $path $parts $max_width $unit]
    set needed 0
    foreach {text tag font} $parts {
        incr needed [expr {[lindex [Box $path $text $font [expr {$chars * $unit}]] 1] \
            / [font metrics $font -linespace]}]
    }
    $path.text configure -width $chars
    Lines $path $needed
    return [expr {$chars * $unit}]
}

proc opdesk::widget::message::Insert {text parts} {
    $text delete 1.0 end
    set between ""
    foreach {what tag font} $parts {
        $text insert end $between$what $tag
        set between \n
    }
    $text mark set insert 1.0
    Links $text
}

# How many letters wide it becomes.
proc opdesk::widget::message::Chars {path parts max_width unit} {
    variable min_chars
    set widest 0
    foreach {text tag font} $parts {
        set widest [expr {max($widest, [lindex [Box $path $text $font 0] 0])}]
    }
    set chars [expr {min($max_width, $widest) / $unit + 1}]
    return [expr {max($chars, min($min_chars, $max_width / $unit))}]
}

# Not more lines than that, however long the text is.
proc opdesk::widget::message::limit {path most} {
    variable limits
    variable lines
    if {![dict exists $limits $path] || [dict get $limits $path] != $most} {
        dict set limits $path $most
        if {[dict exists $lines $path]} {
            Lines $path [dict get $lines $path]
        }
    }
}

proc opdesk::widget::message::Lines {path needed} {
    variable max_lines
    variable lines
    variable limits
    dict set lines $path $needed
    set most [expr {[dict exists $limits $path] ? min([dict get $limits $path], $max_lines) : $max_lines}]
    $path.text configure -height [expr {min($needed, $most)}]
    Scroll $path [expr {$needed > $most}]
}

# Width and height of a text, wrapped at `width` pixels, 0 = not wrapped.
proc opdesk::widget::message::Box {path text font width} {
    set item [$path.measure create text 0 0 -anchor nw -text $text\u200b -font $font -width $width]
    lassign [$path.measure bbox $item] x1 y1 x2 y2
    $path.measure delete $item
    return [list [expr {$x2 - $x1}] [expr {$y2 - $y1}]]
}

proc opdesk::widget::message::Scroll {path yes} {
    if {$yes} {
        grid $path.scroll -row 0 -column 1 -sticky ns -padx [list [opdesk::theme::px 6] 0]
    } else {
        grid remove $path.scroll
    }
}

# On the screen the text itself knows its lines.
proc opdesk::widget::message::Fit {path} {
    variable lines
    set needed [$path.text count -displaylines 1.0 end]
    if {$needed ne "" && [dict exists $lines $path] && $needed > [dict get $lines $path]} {
        Lines $path $needed
    }
}

# --- addresses and paths ---

proc opdesk::widget::message::Links {text} {
    foreach {kind from to} [opdesk::app::links::find [$text get 1.0 end-1c]] {
        $text tag add $kind "1.0 + $from chars" "1.0 + $to chars + 1 chars"
    }
}

# {KIND TEXT} of the address or path at an index, or nothing.
proc opdesk::widget::message::LinkAt {text index} {
    foreach kind {address path} {
        if {$kind in [$text tag names $index]} {
            return [list $kind [$text get {*}[$text tag prevrange $kind "$index + 1 chars"]]]
        }
    }
    return {}
}

proc opdesk::widget::message::Open {text index} {
    lassign [LinkAt $text $index] kind what
    if {$kind eq "address"} {
        event generate $text <<LinkOpen>> -data $what
    }
}

# A click; not the end of a selection.
proc opdesk::widget::message::Click {text x y} {
    if {![llength [$text tag ranges sel]]} {
        Open $text @$x,$y
    }
}

# A double click takes a whole address or path, else a word as ever.
proc opdesk::widget::message::Double {text x y} {
    foreach kind {address path} {
        if {$kind in [$text tag names @$x,$y]} {
            $text tag remove sel 1.0 end
            $text tag add sel {*}[$text tag prevrange $kind "@$x,$y + 1 chars"]
            return -code break
        }
    }
}

proc opdesk::widget::message::Hover {text x y} {
    set over [expr {"address" in [$text tag names @$x,$y]}]
    $text configure -cursor [expr {$over ? "hand2" : "xterm"}]
}

# --- copying ---

proc opdesk::widget::message::copy {text} {
    if {[llength [$text tag ranges sel]]} {
        Clip $text [$text get sel.first sel.last]
    }
}

proc opdesk::widget::message::Clip {text what} {
    clipboard clear -displayof $text
    clipboard append -displayof $text -- $what
}

proc opdesk::widget::message::Menu {text index x y} {
    set menu [winfo parent $text].menu
    if {![winfo exists $menu]} {
        menu $menu -tearoff 0
    }
    $menu delete 0 end
    $menu add command -label [mc "Copy"] -accelerator [mc "Ctrl"]+C \
        -state [expr {[llength [$text tag ranges sel]] ? "normal" : "disabled"}] \
        -command [list [namespace current]::copy $text]
    $menu add command -label [mc "Select all"] -command [list event generate $text <<SelectAll>>]
    lassign [LinkAt $text $index] kind what
    if {$kind ne ""} {
        $menu add separator
        $menu add command -label [mc "Copy “%s”" [opdesk::app::words::line $what 60]] \
            -command [list [namespace current]::Clip $text $what]
    }
    if {$kind eq "address"} {
        $menu add command -label [mc "Open …"] \
            -command [list event generate $text <<LinkOpen>> -data $what]
    }
    tk_popup $menu $x $y
}

proc opdesk::widget::message::MenuByKey {text} {
    lassign [$text bbox insert] x y width height
    if {$height ne ""} {
        Menu $text insert [expr {[winfo rootx $text] + $x}] [expr {[winfo rooty $text] + $y + $height}]
    }
}

# Of the text's own keys and clicks those that change nothing: it can be read but not written, and
# still has a cursor to select with.
proc opdesk::widget::message::Bindings {} {
    foreach event [bind Text] {
        if {[regexp {Select|Char>>|Word>>|Line|Para|<<Copy>>|Prior|Next|Home|End|MouseWheel|Button-[45]} $event]
            || [regexp {^<(Shift-|Control-)?(B1-|Button-1|ButtonRelease-1|Double-Button-1|Triple-Button-1)} $event]} {
            bind OpdeskMessage $event [bind Text $event]
        }
    }
    set here [namespace current]
    bind OpdeskMessage <<Copy>> "${here}::copy %W; break"
    bind OpdeskMessage <ButtonRelease-1> +[list ${here}::Click %W %x %y]
    bind OpdeskMessage <Double-Button-1> "${here}::Double %W %x %y; [bind Text <Double-Button-1>]"
    bind OpdeskMessage <Motion> [list ${here}::Hover %W %x %y]
    bind OpdeskMessage <Return> "${here}::Open %W insert; break"
    bind OpdeskMessage <Button-3> [list ${here}::Menu %W @%x,%y %X %Y]
    bind OpdeskMessage <Key-Menu> [list ${here}::MenuByKey %W]
    bind OpdeskMessage <Shift-Key-F10> [list ${here}::MenuByKey %W]
}
opdesk::widget::message::Bindings
