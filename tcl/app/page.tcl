# SPDX-License-Identifier: ISC
# Pages on paper.  A page is a list of drawings, distances in points (1/72 inch) from the upper left corner,
# colours as #rrggbb, "" for none:
#   rect X Y WIDTH HEIGHT FILL LINE
#   poly {X Y …} FILL
#   line X1 Y1 X2 Y2 WIDTH COLOUR
#   text X Y ANCHOR SIZE BOLD COLOUR ROOM TEXT      ANCHOR w, c or e of the middle of the line; what is wider
#                                                   than ROOM is cut short, 0: nothing is
# A writer (page_ps, page_pdf) puts pages into a channel that is binary, one after the other:
#   WRITER::begin CHAN TITLE WIDTH HEIGHT COUNT     WRITER::page CHAN DRAWINGS      WRITER::end CHAN
#   WRITER::drop CHAN      instead of `end`: nothing more is written
# Both use Helvetica, which every printer and viewer has, with the characters of code page 1252; others become
# "?".  They are our own because they are small: nothing has to be installed to save a page, and Tk's canvas,
# which knows PostScript, knows neither pages nor PDF.
namespace eval opdesk::app::page {
    namespace export {[a-z]*}
    variable papers {a4 {595 842} letter {612 792}}
    # Widths of Helvetica from the blank to ~, in thousandths of the size (Adobe's font metrics).
    variable widths {
        278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278
        556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556
        1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778
        667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556
        333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556
        556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
    }
}

proc opdesk::app::page::papers {} {
    variable papers
    return [dict keys $papers]
}

# {WIDTH HEIGHT} in points.
proc opdesk::app::page::paper {name} {
    variable papers
    return [dict get $papers $name]
}

# How wide a text is; bold is taken to be a tenth wider, which no letter exceeds by much.
proc opdesk::app::page::width {text size bold} {
    variable widths
    set sum 0
    foreach character [split $text ""] {
        set at [expr {[scan $character %c] - 32}]
        incr sum [expr {$at < [llength $widths] ? [lindex $widths $at] : $character eq "…" ? 1000 : 600}]
    }
    return [expr {$sum * $size * ($bold ? 1.1 : 1) / 1000.0}]
}

proc opdesk::app::page::fit {text size bold room} {
    if {!$room || [width $text $size $bold] <= $room} {
        return $text
    }
    while {$text ne "" && [width $text… $size $bold] > $room} {
        set text [string range $text 0 end-1]
    }
    return $text…
}

# Where a text begins that is anchored at x.
proc opdesk::app::page::left {x anchor text size bold} {
    return [expr {$x - [width $text $size $bold] * [dict get {w 0 c 0.5 e 1} $anchor]}]
}

# From the middle of a line to what its letters stand on.
proc opdesk::app::page::baseline {size} {
    return [expr {$size * 0.35}]
}

# Without zeros that say nothing.
proc opdesk::app::page::number {x} {
    return [expr {$x == round($x) ? round($x) : [string trimright [format %.2f $x] 0]}]
}

proc opdesk::app::page::numbers {args} {
    return [join [lmap x $args {number $x}] " "]
}

# A colour as three numbers from 0 to 1.
proc opdesk::app::page::rgb {colour} {
    return [join [lmap byte [scan $colour #%2x%2x%2x] {number [expr {$byte / 255.0}]}] " "]
}
