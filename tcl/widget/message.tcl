# SPDX-License-Identifier: ISC
# Plain text to read, select and copy: as wide as it needs up to a limit, as high as it needs up to a
# number of lines, scrolled from there on.
namespace eval opdesk::widget::message {
    variable min_chars 34
    variable max_lines 16
}

# A frame with the text in it.  Tags for `show` are configured by tag_configure on PATH.text.
proc opdesk::widget::message::create {path background} {
    variable min_chars
    ttk::frame $path -style Alert.TFrame
    text $path.text -wrap word -relief flat -borderwidth 0 -highlightthickness 0 -padx 0 -pady 0 \
        -background $background -foreground [opdesk::theme::colour text] -font TkDefaultFont \
        -cursor xterm -takefocus 0 -state disabled -height 1 -width $min_chars \
        -inactiveselectbackground [opdesk::theme::colour accent] \
        -selectbackground [opdesk::theme::colour accent] \
        -selectforeground [opdesk::theme::colour on_accent] \
        -yscrollcommand [list $path.scroll set]
    ttk::scrollbar $path.scroll -command [list $path.text yview]
    grid $path.text -sticky nsew
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    # a canvas knows how text will wrap before any window is on the screen
    canvas $path.measure
    bind $path.text <Configure> [list [namespace current]::Fit $path]
    bind $path.text <Button-1> {focus %W}
    return $path
}

# PARTS: TEXT TAG FONT …, each on lines of its own.  max_width in pixels.  The width it takes.
proc opdesk::widget::message::show {path parts max_width} {
    variable max_lines
    variable min_chars
    set unit [font measure TkDefaultFont 0]
    set widest 0
    foreach {text tag font} $parts {
        set widest [expr {max($widest, [lindex [Box $path $text $font 0] 0])}]
    }
    set chars [expr {min($max_width, $widest) / $unit + 1}]
    set chars [expr {max($chars, min($min_chars, $max_width / $unit))}]
    set lines 0
    foreach {text tag font} $parts {
        incr lines [expr {[lindex [Box $path $text $font [expr {$chars * $unit}]] 1] \
            / [font metrics $font -linespace]}]
    }
    $path.text configure -state normal -width $chars -height [expr {min($lines, $max_lines)}]
    $path.text delete 1.0 end
    set between ""
    foreach {text tag font} $parts {
        $path.text insert end $between$text $tag
        set between \n
    }
    $path.text configure -state disabled
    Scroll $path [expr {$lines > $max_lines}]
    return [expr {$chars * $unit}]
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
    $path.text configure -takefocus $yes
}

# On the screen the text itself knows its lines.
proc opdesk::widget::message::Fit {path} {
    variable max_lines
    set lines [$path.text count -displaylines 1.0 end]
    if {$lines eq ""} {
        return
    }
    set height [expr {min($lines, $max_lines)}]
    if {$height > [$path.text cget -height]} {
        $path.text configure -height $height
    }
    Scroll $path [expr {$lines > $max_lines}]
}
