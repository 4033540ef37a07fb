# SPDX-License-Identifier: ISC
# One line of the list of subnets, as pieces: TEXT TAGS …, an image as {} {image NAME}.  What a line shows
# is worked out here and compared by ui/subnets.tcl, so that only lines that differ are drawn anew.
namespace eval opdesk::ui::subnetline {
    namespace import ::msgcat::mc
    # bars by how full, in steps; drawn anew when the theme changes
    variable bars {}
    variable steps 40
    # the places of the columns behind the title, and how wide a column is
    variable columns {title 28 network 16 use 19 marks 6 lock 20 changed 18}
}

# Tab stops for a text, and the indent of a line (the original's half a centimetre).
proc opdesk::ui::subnetline::configure {text} {
    variable columns
    set at [opdesk::theme::px 19]
    set tabs {}
    foreach {name chars} $columns {
        lappend tabs [set at [expr {$at + $chars * [font measure TkDefaultFont 0] + [opdesk::theme::px 12]}]]
    }
    $text configure -tabs $tabs
    set half [opdesk::theme::px 19]
    $text tag configure title -font OpdeskTitle -lmargin1 $half -spacing1 [opdesk::theme::px 10] \
        -spacing3 [opdesk::theme::px 8]
    $text tag configure line -lmargin1 $half -lmargin2 [expr {2 * $half}] -spacing1 [opdesk::theme::px 3] \
        -spacing3 [opdesk::theme::px 3]
    $text tag configure link -foreground [opdesk::theme::colour link]
    $text tag configure muted -foreground [opdesk::theme::colour muted]
    $text tag configure gap -foreground [opdesk::theme::colour muted] -font OpdeskSmall
    $text tag configure bad -foreground [opdesk::theme::colour error_text]
    $text tag configure mine -foreground [opdesk::theme::colour ok]
    $text tag configure hot -relief raised -borderwidth 1 -foreground [opdesk::theme::colour ok] \
        -background [opdesk::theme::colour hover]
    $text tag raise hot
}

proc opdesk::ui::subnetline::title {server} {
    set endpoint [dict get [opdesk::app::servers::get $server] endpoint]
    set host [opdesk::system hostname]
    regexp {^(?:tcp|ssh):(.*)$} $endpoint - host
    return [list [mc "Subnets of %s" [opdesk::app::words::line $host 60]] title]
}

proc opdesk::ui::subnetline::subnet {key now} {
    set subnet [opdesk::app::sdb_list::get $key]
    set pieces [list [Fit [opdesk::app::sdb_words::title $subnet] title] {line link} \t line]
    if {[dict exists $subnet error]} {
        lappend pieces [mc "cannot be read: %s" \
            [opdesk::app::words::line [dict get $subnet error] 80]] {line bad}
        return $pieces
    }
    lappend pieces [Fit [opdesk::app::sdb_list::field $subnet network [Kind $subnet]] network]\t {line muted}
    if {[dict exists $subnet permille]} {
        lappend pieces {} [list line image [Bar [dict get $subnet permille]]]
    }
    lappend pieces " [opdesk::app::sdb_words::free $subnet]\t" {line muted}
    lappend pieces {*}[Marks $subnet] \t line
    set mine [expr {[dict exists $subnet lock] && [opdesk::app::sdb_list::is_mine [dict get $subnet lock]]}]
    lappend pieces [Fit [opdesk::app::sdb_words::lock $subnet $now] lock]\t \
        [list line [expr {$mine ? "mine" : "muted"}]]
    lappend pieces [opdesk::app::sdb_words::changed $subnet] {line muted}
    return $pieces
}

# What a file that is no subnet is.
proc opdesk::ui::subnetline::Kind {subnet} {
    switch [opdesk::app::sdb_list::field $subnet type] {
        hosts { return [mc "hosts file"] }
        table { return [mc "table"] }
        text { return [mc "text"] }
    }
    return ""
}

# What is free behind a subnet: FIRST LAST as numbers.
proc opdesk::ui::subnetline::gap {first last} {
    set networks [opdesk::app::sdb_gaps::networks $first $last]
    set text [join [lrange $networks 0 3] ", "]
    if {[llength $networks] > 4} {
        append text " …"
    }
    return [list "\u2003[mc "free: %1\$s addresses, %2\$s" \
        [opdesk::app::sdb_words::number [expr {$last - $first + 1}]] $text]" {line gap}]
}

# How many errors and warnings, each with its sign.
proc opdesk::ui::subnetline::Marks {subnet} {
    set pieces {}
    foreach {name sign} {errors critical warnings warning} {
        set n [opdesk::app::sdb_list::field $subnet $name 0]
        if {$n} {
            lappend pieces {} [list line image [opdesk::ui::sign::get $sign [opdesk::theme::px 12]]] \
                "\u2009$n " {line muted}
        }
    }
    return $pieces
}

# As much of a text as its column takes.
proc opdesk::ui::subnetline::Fit {text column} {
    variable columns
    set width [expr {[dict get $columns $column] * [font measure TkDefaultFont 0]}]
    if {[font measure TkDefaultFont $text] <= $width} {
        return $text
    }
    set n [expr {[string length $text] * $width / [font measure TkDefaultFont $text]}]
    while {$n > 1 && [font measure TkDefaultFont "[string range $text 0 $n]…"] > $width} {
        incr n -1
    }
    return "[string trimright [string range $text 0 $n]]…"
}

# --- bars ---

proc opdesk::ui::subnetline::Bar {permille} {
    variable bars
    variable steps
    # one address in use is more than none
    set step [expr {($permille * $steps + 999) / 1000}]
    set step [expr {min(max($step, 0), $steps)}]
    if {![dict exists $bars $step]} {
        set image [image create photo -width [opdesk::theme::px 82] -height [opdesk::theme::px 10]]
        dict set bars $step $image
        Paint $image $step
    }
    return [dict get $bars $step]
}

proc opdesk::ui::subnetline::Paint {image step} {
    variable steps
    set width [image width $image]
    set height [image height $image]
    $image put [opdesk::theme::colour border] -to 0 0 $width $height
    $image put [opdesk::theme::colour surface] -to 1 1 [expr {$width - 1}] [expr {$height - 1}]
    set full [expr {double($step) / $steps}]
    set colour [expr {$full >= 0.95 ? "critical" : $full >= 0.8 ? "warning" : "info"}]
    set end [expr {2 + round(($width - 4) * $full)}]
    if {$end > 2} {
        $image put [opdesk::theme::colour $colour] -to 2 2 $end [expr {$height - 2}]
    }
}

proc opdesk::ui::subnetline::repaint {} {
    variable bars
    dict for {step image} $bars {
        Paint $image $step
    }
}
