# SPDX-License-Identifier: ISC
# The palettes: text can be read on everything it stands on, and signs can be told from it; what the
# desktop says is understood.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/clock app/program app/desktop theme

# Relative luminance and contrast: Web Content Accessibility Guidelines 2.1.
proc luminance {colour} {
    foreach byte [scan [string range $colour 1 end] %2x%2x%2x] weight {0.2126 0.7152 0.0722} {
        set s [expr {$byte / 255.0}]
        lappend parts [expr {$weight * ($s <= 0.04045 ? $s / 12.92 : (($s + 0.055) / 1.055) ** 2.4)}]
    }
    return [expr [join $parts +]]
}
proc contrast {a b} {
    set a [luminance $a]
    set b [luminance $b]
    return [expr {(max($a, $b) + 0.05) / (min($a, $b) + 0.05)}]
}

# The pairs of a palette whose contrast is less than that.
proc weak {least pairs} {
    set weak {}
    dict for {name palette} $opdesk::theme::palettes {
        foreach {front backs} $pairs {
            foreach back $backs {
                set c [contrast [dict get $palette $front] [dict get $palette $back]]
                if {$c < $least} {
                    lappend weak [format "%s: %s on %s %.2f" $name $front $back $c]
                }
            }
        }
    }
    return $weak
}

test theme_text_is_readable {4.5:1 and more, light and dark} {
    weak 4.5 {
        text {window surface alert button hover pressed selected selected_focus alert_button alert_hover alert_pressed}
        muted {window surface alert hover}
        link {window surface alert hover alert_hover alert_pressed}
        error_text {alert window surface hover selected}
        attempt_text {alert surface}
        ok {surface hover}
        on_accent accent
        on_ok ok on_info info on_warning warning on_critical critical
    }
} {}

test theme_every_colour_of_text_is_measured {what is written in another colour is in the test above} {
    set found {}
    foreach path [glob [file join $here .. .. tcl * *.tcl] [file join $here .. .. tcl theme.tcl]] {
        set f [open $path]
        set code [read $f]
        close $f
        foreach {all name} [regexp -all -inline -- \
            {-(?:foreground|insertcolor)\s+(?:\[list[^\]]*)?\[(?:opdesk::theme::)?colour\s+(\w+)\]} $code] {
            lappend found $name
        }
    }
    lsort -unique $found
} {attempt_text disabled error_text link muted ok on_warning text}

test theme_what_is_off_can_still_be_read {3:1 and more} {
    weak 3.0 {disabled {window surface alert}}
} {}

test theme_fields_and_boxes_can_be_found {by their edge, 3:1 and more} {
    weak 3.0 {edge {window surface alert}}
} {}

test theme_signs_stand_out {3:1 and more} {
    set backs {window surface alert selected selected_focus}
    weak 3.0 [list ok $backs info $backs warning $backs critical $backs idle $backs accent $backs]
} {}

test theme_colours_are_nowhere_else {but the inks of what is printed} {
    set found {}
    foreach path [glob [file join $here .. .. tcl {{app,ui,widget}} *.tcl] [file join $here .. .. tcl opdesk.tcl]] {
        set f [open $path]
        set code [read $f]
        close $f
        if {[file tail $path] ne "sdb_pages.tcl" && [regexp {#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\M} $code colour]} {
            lappend found [file tail $path] $colour
        }
    }
    set found
} {}

test theme_palettes_have_the_same_colours {} {
    lsort [dict keys [dict get $opdesk::theme::palettes light]]
} [lsort [dict keys [dict get $opdesk::theme::palettes dark]]]

test theme_the_alert_keeps_its_hue {#ECFFFF is cyan: as much green as blue, less red} {
    lmap name {light dark} {
        lassign [scan [dict get $opdesk::theme::palettes $name alert] #%2x%2x%2x] r g b
        expr {abs($g - $b) <= 2 && $r < $g}
    }
} {1 1}

test desktop_gnome_dark {} {
    opdesk::app::desktop::understand "org.gnome.desktop.interface color-scheme 'prefer-dark'
org.gnome.desktop.interface cursor-size 24
org.gnome.desktop.interface font-name 'Noto Sans, 11'
org.gnome.desktop.interface gtk-theme 'Adwaita'"
} {colours dark font {{Noto Sans} 11}}

test desktop_theme_name_says_it {} {
    opdesk::app::desktop::understand "org.gnome.desktop.interface color-scheme 'default'
org.gnome.desktop.interface gtk-theme 'Arc-Dark'"
} {colours dark}

test desktop_garbage_says_nothing {} {
    opdesk::app::desktop::understand "No such schema \"org.gnome\"\n\n\\ \[ \" exit"
} {}

test desktop_environment_counts {} -setup {
    set ::env(GTK_THEME) Adwaita:dark
} -body {
    opdesk::app::desktop::environment
} -cleanup {
    unset ::env(GTK_THEME)
} -result {colours dark}

test program_tells_status_and_output {} {
    opdesk::app::program::run {sh -c {echo hello; exit 3}} 5 [keeper told]
    until {[llength $::told]}
    set ::told
} "{3 {hello\n}}"

test program_that_is_missing_is_told {} {
    opdesk::app::program::run {/no/such/program} 5 [keeper told]
    until {[llength $::told]}
    lindex $::told 0 1
} {}

test program_that_hangs_is_ended {} {
    opdesk::app::program::run {sh -c {exec tail -f /dev/null}} 1 [keeper told]
    until {[llength $::told]}
    lindex $::told 0 0
} 124

test program_words_that_tcl_would_redirect_are_refused {} {
    opdesk::app::program::run {echo >file} 1 [keeper told]
    until {[llength $::told]}
    list $::told [file exists file]
} {{{{} {}}} 0}

done
