# SPDX-License-Identifier: ISC
# Pages as PDF 1.4 (ISO 32000-1): a catalogue, two of the fonts that every viewer has, and for each page its
# drawings, compressed.  Contract: app/page.tcl.
namespace eval opdesk::app::page_pdf {
    # it is read when it is called, and then there is something to import
    ::opdesk::app::page::papers
    namespace import ::opdesk::app::page::*
    # by channel: {title width height offsets pages}; offsets: of the objects, from the first one
    variable files {}
}

# Objects 1 and 2, catalogue and list of pages, are written at the end.
proc opdesk::app::page_pdf::begin {chan title width height count} {
    variable files
    dict set files $chan [dict create title $title width $width height $height offsets {0 0} pages {}]
    puts -nonewline $chan "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    foreach font {Helvetica Helvetica-Bold} {
        Object $chan "<< /Type /Font /Subtype /Type1 /BaseFont /$font /Encoding /WinAnsiEncoding >>"
    }
}

# Its number.
proc opdesk::app::page_pdf::Object {chan body {number ""}} {
    variable files
    set at [tell $chan]
    set offsets [dict get $files $chan offsets]
    if {$number eq ""} {
        lappend offsets $at
        set number [llength $offsets]
    } else {
        lset offsets [expr {$number - 1}] $at
    }
    dict set files $chan offsets $offsets
    puts -nonewline $chan "$number 0 obj\n$body\nendobj\n"
    return $number
}

proc opdesk::app::page_pdf::page {chan drawings} {
    variable files
    set file [dict get $files $chan]
    set height [dict get $file height]
    set bytes [zlib compress [join [lmap drawing $drawings {
        Draw_[lindex $drawing 0] $height {*}[lrange $drawing 1 end]
    }] \n]]
    set content [Object $chan \
        "<< /Length [string length $bytes] /Filter /FlateDecode >>\nstream\n$bytes\nendstream"]
    set page [Object $chan "<< /Type /Page /Parent 2 0 R /MediaBox \[0 0 [dict get $file width] $height\]\
        /Resources << /Font << /F0 3 0 R /F1 4 0 R >> >> /Contents $content 0 R >>"]
    dict with files $chan {
        lappend pages $page
    }
}

proc opdesk::app::page_pdf::end {chan} {
    variable files
    set pages [dict get $files $chan pages]
    set title [binary encode hex [Utf16 [dict get $files $chan title]]]
    Object $chan "<< /Type /Catalog /Pages 2 0 R >>" 1
    Object $chan "<< /Type /Pages /Count [llength $pages] /Kids \[[join [lmap page $pages {string cat $page " 0 R"}]]\] >>" 2
    set info [Object $chan "<< /Title <feff$title> /Producer (opdesk) >>"]
    set offsets [dict get $files $chan offsets]
    set at [tell $chan]
    puts -nonewline $chan "xref\n0 [expr {[llength $offsets] + 1}]\n0000000000 65535 f \n"
    foreach offset $offsets {
        puts -nonewline $chan [format "%010d 00000 n \n" $offset]
    }
    puts -nonewline $chan "trailer\n<< /Size [expr {[llength $offsets] + 1}] /Root 1 0 R /Info $info 0 R >>\n"
    puts -nonewline $chan "startxref\n$at\n%%EOF\n"
    drop $chan
}

# A channel that nobody will end.
proc opdesk::app::page_pdf::drop {chan} {
    variable files
    dict unset files $chan
}

proc opdesk::app::page_pdf::Utf16 {text} {
    set units [encoding convertto unicode $text]
    if {$::tcl_platform(byteOrder) eq "bigEndian"} {
        return $units
    }
    binary scan $units su* numbers
    return [binary format Su* $numbers]
}

proc opdesk::app::page_pdf::Draw_rect {height x y w h fill line} {
    set path "[numbers $x [expr {$height - $y - $h}] $w $h] re"
    set colours [if {$fill ne ""} {string cat [rgb $fill] " rg "}][if {$line ne ""} {string cat [rgb $line] " RG 0.5 w "}]
    return "$colours$path [expr {$fill eq "" ? "S" : $line eq "" ? "f" : "B"}]"
}

proc opdesk::app::page_pdf::Draw_poly {height points fill} {
    set path [join [lmap {x y} $points {numbers $x [expr {$height - $y}]}] " l "]
    return "[rgb $fill] rg [regsub { l } $path { m }] l h f"
}

proc opdesk::app::page_pdf::Draw_line {height x1 y1 x2 y2 width colour} {
    return "[rgb $colour] RG [number $width] w [numbers $x1 [expr {$height - $y1}]] m\
        [numbers $x2 [expr {$height - $y2}]] l S"
}

proc opdesk::app::page_pdf::Draw_text {height x y anchor size bold colour room text} {
    set text [fit $text $size $bold $room]
    set bytes [binary encode hex [encoding convertto cp1252 [regsub -all {[\x00-\x1f]} $text { }]]]
    return "BT [rgb $colour] rg /F[expr {!!$bold}] [number $size] Tf\
        [numbers [left $x $anchor $text $size $bold] [expr {$height - $y - [baseline $size]}]] Td <$bytes> Tj ET"
}
