# SPDX-License-Identifier: ISC
# Every text that the desk shows is in every catalogue, and nothing else is; its places for values are the
# same.
source [file join [file dirname [info script]] common.tcl]
set tcl [file normalize [file join $here .. .. tcl]]

proc contents {path} {
    set chan [open $path]
    fconfigure $chan -encoding utf-8
    set text [read $chan]
    close $chan
    return $text
}

proc scripts {} {
    set found {}
    foreach folder {. app ui widget} {
        lappend found {*}[glob -directory [file join $::tcl $folder] *.tcl]
    }
    return $found
}

# {TEXT FILE …} of each mc "…" in the scripts.
proc used {} {
    set texts {}
    foreach path [scripts] {
        foreach {all text} [regexp -all -inline {\mmc "((?:[^"\\]|\\.)*)"} [contents $path]] {
            dict set texts [subst -nocommands -novariables $text] [file tail $path]
        }
    }
    return $texts
}

# Those that stand in tables: buttons of the fixed kinds, preferences and their groups, names of keys.
proc tabled {} {
    parts app/signal app/files app/preferences
    set texts {Ok Cancel Yes No Retry Abort Ignore}
    foreach name [opdesk::app::preferences::names] {
        lappend texts [lindex [opdesk::app::preferences::Row $name] 2]
    }
    regexp {variable sections \{(.*?)\n    \}} [contents $::tcl/ui/preferences.tcl] - sections
    foreach {title names} $sections {
        lappend texts $title
    }
    lappend texts Shift Alt Tab Up Down Left Right letter
    return $texts
}

proc catalogue {language} {
    set ::caught {}
    rename ::msgcat::mcmset ::kept_mcmset
    proc ::msgcat::mcmset {language pairs} { set ::caught $pairs }
    source -encoding utf-8 $::tcl/msgs/$language.msg
    rename ::msgcat::mcmset ""
    rename ::kept_mcmset ::msgcat::mcmset
    return $::caught
}

# The values that a text takes, in order: {1 s 2 d}.
proc places {text} {
    set found {}
    set next 0
    foreach {all at type} [regexp -all -inline {%(?:(\d)\$)?([sd])} $text] {
        lappend found [list [expr {$at eq "" ? [incr next] : $at}] $type]
    }
    return [lsort -unique $found]
}

foreach path [glob -directory $tcl/msgs *.msg] {
    set language [file rootname [file tail $path]]

    test ${language}_is_complete {no text is missing} -body {
        set there [dict create {*}[catalogue $language]]
        lmap text [concat [dict keys [used]] [tabled]] {
            if {[dict exists $there $text]} continue
            set text
        }
    } -result {}

    test ${language}_has_nothing_else {no text that is not used, none twice} -body {
        set wanted [concat [dict keys [used]] [tabled]]
        set pairs [catalogue $language]
        set seen {}
        lmap {text translation} $pairs {
            if {$text in $wanted && ![dict exists $seen $text]} {
                dict set seen $text 1
                continue
            }
            set text
        }
    } -result {}

    test ${language}_takes_the_same_values {} -body {
        lmap {text translation} [catalogue $language] {
            if {[places $text] eq [places $translation]} continue
            set text
        }
    } -result {}
}

test something_is_used {} { expr {[dict size [used]] > 150} } 1

done
