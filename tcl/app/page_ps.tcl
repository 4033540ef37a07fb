# SPDX-License-Identifier: ISC
# Pages as PostScript (Adobe's language reference, 3rd edition), with the comments of its document structuring
# conventions 3.0.  Contract: app/page.tcl.
namespace eval opdesk::app::page_ps {
    # it is read when it is called, and then there is something to import
    ::opdesk::app::page::papers
    namespace import ::opdesk::app::page::*
    # by channel: {height number}
    variable files {}
    # Code page 1252 where it differs from the standard ISOLatin1Encoding.
    variable letters {
        39 quotesingle 45 hyphen 96 grave 128 Euro 130 quotesinglbase 131 florin 132 quotedblbase 133 ellipsis
        134 dagger 135 daggerdbl 136 circumflex 137 perthousand 138 Scaron 139 guilsinglleft 140 OE 142 Zcaron
        145 quoteleft 146 quoteright 147 quotedblleft 148 quotedblright 149 bullet 150 endash 151 emdash
        152 tilde 153 trademark 154 scaron 155 guilsinglright 156 oe 158 zcaron 159 Ydieresis
    }
    # What the pages use: S stroke and F fill a path in a colour, R makes that of a rectangle.
    variable prolog {/letters 256 array def ISOLatin1Encoding letters copy pop
%s
/font { findfont dup length dict begin { 1 index /FID ne { def } { pop pop } ifelse } forall
  /Encoding letters def currentdict end definefont pop } def
/Plain /Helvetica font /Bold /Helvetica-Bold font
/S { setrgbcolor stroke } bind def
/F { gsave setrgbcolor fill grestore } bind def
/R { newpath 4 2 roll moveto 1 index 0 rlineto 0 exch rlineto neg 0 rlineto closepath } bind def
/T { setrgbcolor findfont exch scalefont setfont moveto show } bind def}
}

proc opdesk::app::page_ps::begin {chan title width height count} {
    variable files
    variable letters
    variable prolog
    dict set files $chan [list $height 0]
    set set_letters [join [lmap {code name} $letters {string cat "letters $code /$name put"}] \n]
    puts $chan "%!PS-Adobe-3.0\n%%Creator: opdesk\n%%Title: [Text $title]\n%%Pages: $count"
    puts $chan "%%BoundingBox: 0 0 $width $height\n%%DocumentNeededResources: font Helvetica Helvetica-Bold"
    puts $chan "%%LanguageLevel: 2\n%%EndComments\n%%BeginProlog\n[format $prolog $set_letters]\n%%EndProlog"
    puts $chan "%%BeginSetup\n<< /PageSize \[$width $height\] >> setpagedevice\n%%EndSetup"
}

proc opdesk::app::page_ps::page {chan drawings} {
    variable files
    lassign [dict get $files $chan] height number
    incr number
    dict set files $chan [list $height $number]
    puts $chan "%%Page: $number $number\nsave"
    foreach drawing $drawings {
        puts $chan [Draw_[lindex $drawing 0] $height {*}[lrange $drawing 1 end]]
    }
    puts $chan "restore showpage"
}

proc opdesk::app::page_ps::end {chan} {
    variable files
    dict unset files $chan
    puts $chan "%%Trailer\n%%EOF"
}

# A channel that nobody will end.
proc opdesk::app::page_ps::drop {chan} {
    variable files
    dict unset files $chan
}

proc opdesk::app::page_ps::Text {text} {
    return "([string map {\\ \\\\ ( \\( ) \\)} [encoding convertto cp1252 [regsub -all {[\x00-\x1f]} $text { }]]])"
}

proc opdesk::app::page_ps::Draw_rect {height x y w h fill line} {
    set path "[numbers $x [expr {$height - $y - $h}] $w $h] R"
    return "$path[if {$fill ne ""} {string cat " " [rgb $fill] " F"}][if {$line ne ""} {string cat " 0.5 setlinewidth " [rgb $line] " S"}]"
}

proc opdesk::app::page_ps::Draw_poly {height points fill} {
    set path [join [lmap {x y} $points {numbers $x [expr {$height - $y}]}] " lineto "]
    return "newpath [regsub lineto $path moveto] lineto closepath [rgb $fill] F"
}

proc opdesk::app::page_ps::Draw_line {height x1 y1 x2 y2 width colour} {
    return "newpath [numbers $x1 [expr {$height - $y1}]] moveto [numbers $x2 [expr {$height - $y2}]] lineto\
        [number $width] setlinewidth [rgb $colour] S"
}

proc opdesk::app::page_ps::Draw_text {height x y anchor size bold colour room text} {
    set text [fit $text $size $bold $room]
    return "[Text $text] [numbers [left $x $anchor $text $size $bold] [expr {$height - $y - [baseline $size]}]]\
        [number $size] /[expr {$bold ? "Bold" : "Plain"}] [rgb $colour] T"
}
