# SPDX-License-Identifier: ISC
# What the desktop prefers: light or dark, and its font.  GTK_THEME is asked first, then the settings of
# GNOME and its relatives by gsettings(1), which may be missing or hang: nobody waits for it.
#   signal  desktop SETTINGS     a dict of what is known: colours light|dark, font {FAMILY SIZE}
namespace eval opdesk::app::desktop {
    variable seconds 3
    variable asking 0
    variable asked_ms ""
    # it is not asked more often
    variable pause_ms 30000
}

proc opdesk::app::desktop::ask {} {
    variable asking
    variable asked_ms
    variable pause_ms
    variable seconds
    set now [opdesk::app::clock::now]
    if {$asking || ($asked_ms ne "" && $now - $asked_ms < $pause_ms)} {
        return
    }
    set asking 1
    set asked_ms $now
    opdesk::app::program::run {gsettings list-recursively org.gnome.desktop.interface} $seconds \
        [namespace current]::Told
}

proc opdesk::app::desktop::Told {status output} {
    variable asking 0
    opdesk::app::signal::emit desktop [dict merge [understand $output] [environment]]
}

# Of the environment: GTK_THEME=NAME:dark, or a name that says so.
proc opdesk::app::desktop::environment {} {
    if {![info exists ::env(GTK_THEME)] || $::env(GTK_THEME) eq ""} {
        return {}
    }
    return [dict create colours [Colours $::env(GTK_THEME)]]
}

proc opdesk::app::desktop::Colours {theme} {
    return [expr {[regexp -nocase {[-:_]dark} $theme] ? "dark" : "light"}]
}

# Of what gsettings says: lines SCHEMA KEY VALUE.  The scheme counts before the name of a theme.
proc opdesk::app::desktop::understand {output} {
    set said {}
    foreach line [split $output \n] {
        if {[regexp {^org\.gnome\.desktop\.interface (\S+) '(.*)'$} $line - key value]} {
            dict set said $key $value
        }
    }
    set settings {}
    if {[dict exists $said gtk-theme]} {
        dict set settings colours [Colours [dict get $said gtk-theme]]
    }
    if {[dict exists $said color-scheme] && [dict get $said color-scheme] ne "default"} {
        dict set settings colours \
            [expr {[dict get $said color-scheme] eq "prefer-dark" ? "dark" : "light"}]
    }
    if {[dict exists $said font-name]
        && [regexp {^(.{1,80}?),? (\d{1,2})(\.\d+)?$} [dict get $said font-name] - family size]} {
        dict set settings font [list $family $size]
    }
    return $settings
}
