# SPDX-License-Identifier: ISC
# A subnet on paper (app/page.tcl): its addresses as a grid, with the names in it or, for large ones, without,
# or its nodes as a list.  Each page has title, network, legend, file, date and number.  A plan is a dict
#   sheet paper how pages total file note at
# with `how` names, numbers or list; pages: for each the offset of its first address, or number of its first row;
# total: how many of those there are; note: what else the foot says; at: when, in seconds.
namespace eval opdesk::app::sdb_pages {
    # it is read when it is called, and then there is something to import
    ::opdesk::app::page::papers
    namespace import ::msgcat::mc ::opdesk::app::page::*
    # by how: columns and rows of a page of the grid
    variable grids {names {8 32} numbers {32 32}}
    variable list_rows 58
    variable margin 40
    # where the content begins, and what is below it
    variable top 92
    variable bottom 74
    # colours of the paper: {FILL LINE TEXT}
    variable inks {free {"" #c3ccd1 #52626b} used {#d3e5f2 #1f6fb2 #1a2226} gateway {#d5ecd9 #2c7a39 #1a2226}
        shared {"" #1f6fb2 #1a2226} conflict {#f7d6d3 #c2261b #1a2226}}
    variable ink #1a2226
    variable muted #52626b
    variable faint #c3ccd1
}

# The least that shows names: a /22 is four pages with names, and one without.
proc opdesk::app::sdb_pages::usual {sheet} {
    set size [Size $sheet]
    return [expr {$size == 0 ? "list" : $size <= 1024 ? "names" : "numbers"}]
}

# How many addresses a grid would have; 0: IPv6, or the header names no subnet.
proc opdesk::app::sdb_pages::Size {sheet} {
    set net [opdesk::sdb net $sheet]
    return [expr {[dict exists $net family] && [dict get $net family] == 4 ? 1 << (32 - [dict get $net prefix]) : 0}]
}

proc opdesk::app::sdb_pages::can {sheet how} {
    return [expr {$how eq "list" || [Size $sheet] > 0}]
}

# only_used: without the pages on which everything is free.
proc opdesk::app::sdb_pages::plan {sheet paper how only_used file note} {
    variable grids
    variable list_rows
    set step [expr {$how eq "list" ? $list_rows : [lindex [dict get $grids $how] 0] * [lindex [dict get $grids $how] 1]}]
    set total [expr {$how eq "list" ? [lindex [opdesk::sdb count $sheet] 1] : [Size $sheet]}]
    set pages [expr {$how ne "list" && $only_used ? [opdesk::sdb used $sheet $step] : [All $total $step]}]
    if {![llength $pages]} {
        set pages 0
    }
    return [dict create sheet $sheet paper $paper how $how pages $pages total $total file $file note $note \
        at [clock seconds]]
}

proc opdesk::app::sdb_pages::All {total step} {
    set pages {}
    for {set from 0} {$from < $total} {incr from $step} {
        lappend pages $from
    }
    return $pages
}

proc opdesk::app::sdb_pages::count {plan} {
    return [llength [dict get $plan pages]]
}

proc opdesk::app::sdb_pages::title {plan} {
    set header [opdesk::sdb header [dict get $plan sheet]]
    set title [if {[dict exists $header Title]} {dict get $header Title}]
    return [opdesk::app::words::line [if {$title eq ""} {dict get $plan file} else {set title}] 100]
}

# The drawings of page n, from 0.
proc opdesk::app::sdb_pages::page {plan n} {
    lassign [paper [dict get $plan paper]] width height
    set from [lindex [dict get $plan pages] $n]
    set drawings [concat [Head $plan $width] [Foot $plan $n $width $height]]
    if {[dict get $plan how] eq "list"} {
        return [concat $drawings [List $plan $from $width]]
    }
    return [concat $drawings [Legend $height] [Grid $plan $from $width $height]]
}

# --- around it ---

proc opdesk::app::sdb_pages::Head {plan width} {
    variable margin
    variable top
    variable ink
    variable muted
    variable faint
    set room [expr {$width - 2 * $margin}]
    return [list [list text $margin 50 w 16 1 $ink $room [title $plan]] \
        [list text $margin 70 w 9 0 $muted $room [Network [dict get $plan sheet]]] \
        [list line $margin [expr {$top - 9}] [expr {$width - $margin}] [expr {$top - 9}] 0.5 $faint]]
}

proc opdesk::app::sdb_pages::Network {sheet} {
    set header [opdesk::sdb header $sheet]
    set net [opdesk::sdb net $sheet]
    set words {}
    if {[dict exists $net base]} {
        lappend words [dict get $net base]/[dict get $net prefix]
    }
    foreach {key face} [list Gateway [mc "gateway %s"] Domain %s] {
        if {[dict exists $header $key] && [dict get $header $key] ne ""} {
            lappend words [format $face [opdesk::app::words::line [dict get $header $key] 60]]
        }
    }
    if {[dict exists $net used]} {
        lappend words [mc "%s used" [Plain [dict get $net used]]]
    }
    if {[dict exists $net free]} {
        lappend words [mc "%s free" [Plain [dict get $net free]]]
    }
    return [join $words " · "]
}

# A number that the fonts of paper can show.
proc opdesk::app::sdb_pages::Plain {n} {
    return [string map {\u202f \u00a0} [opdesk::app::sdb_words::number $n]]
}

proc opdesk::app::sdb_pages::Foot {plan n width height} {
    variable margin
    variable muted
    variable faint
    set y [expr {$height - 36}]
    set words [list [dict get $plan file] [clock format [dict get $plan at] -format "%Y-%m-%d %H:%M"]]
    if {[dict get $plan note] ne ""} {
        lappend words [dict get $plan note]
    }
    set right [expr {$width - $margin}]
    return [list [list line $margin [expr {$y - 10}] $right [expr {$y - 10}] 0.5 $faint] \
        [list text $margin $y w 8 0 $muted [expr {$right - $margin - 80}] [join $words " · "]] \
        [list text $right $y e 8 0 $muted 80 [mc "Page %1\$d of %2\$d" [expr {$n + 1}] [count $plan]]]]
}

proc opdesk::app::sdb_pages::Legend {height} {
    variable margin
    variable muted
    set x $margin
    set y [expr {$height - 64}]
    set drawings {}
    foreach {cell face} [list free [mc "free"] used [mc "used"] gateway [mc "gateway"] shared [mc "shared"] \
        conflict [mc "conflict"] network [mc "reserved"]] {
        lappend drawings {*}[Shape $cell $x $y 14 10] [list text [expr {$x + 19}] [expr {$y + 5}] w 8 0 $muted 0 $face]
        set x [expr {$x + 19 + [width $face 8 0] + 16}]
    }
    return $drawings
}

# --- the grid ---

# Columns, rows and where it is: left of each row stands where its addresses begin.
proc opdesk::app::sdb_pages::Measure {plan width height} {
    variable grids
    variable margin
    variable top
    variable bottom
    lassign [dict get $grids [dict get $plan how]] columns rows
    set columns [expr {min($columns, [dict get $plan total])}]
    set rows [expr {min($rows, ([dict get $plan total] + $columns - 1) / $columns)}]
    set left [expr {$margin + 40}]
    return [dict create columns $columns left $left w [expr {double($width - $margin - $left) / $columns}] \
        h [expr {min(40.0, double($height - $top - $bottom) / $rows)}] n [expr {$columns * $rows}]]
}

proc opdesk::app::sdb_pages::Grid {plan from width height} {
    variable top
    variable margin
    variable muted
    set place [Measure $plan $width $height]
    dict with place {}
    set drawings {}
    set at 0
    foreach {cell number address} [opdesk::sdb cells [dict get $plan sheet] $from [expr {min($n, [dict get $plan total] - $from)}]] {
        set octets [split $address .]
        set x [expr {$left + $at % $columns * $w}]
        set y [expr {$top + $at / $columns * $h}]
        if {$at % $columns == 0} {
            lappend drawings [list text $margin [expr {$y + $h / 2}] w 7 0 $muted 38 [join [lrange $octets 2 3] .]]
        }
        lappend drawings {*}[Shape $cell $x $y [expr {$w - 2}] [expr {$h - 2}]] \
            {*}[Words $plan $cell $number [lindex $octets 3] $x $y [expr {$w - 2}] [expr {$h - 2}]]
        incr at
    }
    return $drawings
}

# Shapes as on the screen: they are told apart without colours, too.
proc opdesk::app::sdb_pages::Shape {cell x y w h} {
    variable inks
    variable muted
    if {![dict exists $inks $cell]} {
        set middle [expr {$y + $h / 2.0}]
        return [list [list line [expr {$x + $w / 4.0}] $middle [expr {$x + $w * 3 / 4.0}] $middle 1 $muted]]
    }
    lassign [dict get $inks $cell] fill line
    set right [expr {$x + $w}]
    set below [expr {$y + $h}]
    switch $cell {
        gateway {
            return [list [list poly [Cut $x $y $right $below 4] $line] \
                [list poly [Cut [expr {$x + 0.7}] [expr {$y + 0.7}] [expr {$right - 0.7}] [expr {$below - 0.7}] 3.7] $fill]]
        }
        shared {
            return [list [list rect $x $y $w $h $fill $line] \
                [list rect [expr {$x + 1.5}] [expr {$y + 1.5}] [expr {$w - 3}] [expr {$h - 3}] "" $line]]
        }
        conflict {
            return [list [list rect $x $y $w $h $fill $line] [list line $x $y $right $below 0.5 $line] \
                [list line $x $below $right $y 0.5 $line]]
        }
    }
    return [list [list rect $x $y $w $h $fill $line]]
}

# A rectangle without its corners.
proc opdesk::app::sdb_pages::Cut {x1 y1 x2 y2 cut} {
    return [list [expr {$x1 + $cut}] $y1 [expr {$x2 - $cut}] $y1 $x2 [expr {$y1 + $cut}] $x2 [expr {$y2 - $cut}] \
        [expr {$x2 - $cut}] $y2 [expr {$x1 + $cut}] $y2 $x1 [expr {$y2 - $cut}] $x1 [expr {$y1 + $cut}]]
}

# The last octet; with names: it above, the name below it, the comment too where there is room.
proc opdesk::app::sdb_pages::Words {plan cell number octet x y w h} {
    variable inks
    variable muted
    if {![dict exists $inks $cell]} {
        return {}
    }
    set colour [lindex [dict get $inks $cell] 2]
    if {[dict get $plan how] eq "numbers" || $number < 0} {
        return [list [list text [expr {$x + $w / 2.0}] [expr {$y + $h / 2.0}] c 6.5 0 $colour 0 $octet]]
    }
    lassign [opdesk::sdb node [dict get $plan sheet] $number] name - - - - comment
    set room [expr {$w - 5}]
    set drawings [list [list text [expr {$x + 3}] [expr {$y + 5.5}] w 6 0 $muted 0 $octet] \
        [list text [expr {$x + 3}] [expr {$y + 13.5}] w 7.5 1 $colour $room [opdesk::app::words::line $name 40]]]
    if {$h > 28 && $comment ne ""} {
        lappend drawings [list text [expr {$x + 3}] [expr {$y + 23}] w 6.5 0 $muted $room [opdesk::app::words::line $comment 60]]
    }
    return $drawings
}

# --- the list ---

proc opdesk::app::sdb_pages::List {plan from width} {
    variable list_rows
    variable margin
    variable top
    variable ink
    variable muted
    variable faint
    # parts of the width; an IPv6 address is never cut short
    set parts [expr {[Size [dict get $plan sheet]] ? {0.18 0.18 0.14 0.12 0.12 0.26} : {0.33 0.17 0.14 0.10 0.08 0.18}}]
    set nodes [opdesk::sdb rows [dict get $plan sheet] $from $list_rows]
    set drawings {}
    set x $margin
    foreach {field face} [list address [mc "Address"] name [mc "Name"] ethernet [mc "Ethernet"] alias [mc "Alias"] mx MX \
        comment [mc "Comment"]] part $parts {
        set room [expr {($width - 2 * $margin) * $part - 6}]
        set y [expr {$top + 2}]
        lappend drawings [list text $x $y w 8 1 $muted $room $face]
        set y [expr {$y + 3}]
        foreach row $nodes {
            set y [expr {$y + 11.5}]
            lassign $row number name address ethernet alias mx comment
            lappend drawings [list text $x $y w 8 [expr {$field eq "name"}] $ink $room \
                [opdesk::app::words::line [set $field] 100]]
        }
        set x [expr {$x + ($width - 2 * $margin) * $part}]
    }
    return $drawings
}
