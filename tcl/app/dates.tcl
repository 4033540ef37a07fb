# SPDX-License-Identifier: ISC
# Points of time as people write them, by the clock on the wall: 2026-11-20, 2026-11-20 14:30, or 14:30
# of today.  Pure but for the time zone.
namespace eval opdesk::app::dates {
    namespace import ::msgcat::mc
}

# Milliseconds since 1970; "" for an empty text.  A day alone is its beginning, or with `end` the beginning
# of the next one.  Throws {OPDESK DATES} with what was expected.
proc opdesk::app::dates::parse {text now_s {end 0}} {
    set text [string trim [regsub -all {[\sT]+} $text " "]]
    if {$text eq ""} {
        return ""
    }
    if {![regexp {^(?:(\d{4}-\d{1,2}-\d{1,2}))?(?: ?(\d{1,2}:\d\d))?$} $text - day time]} {
        Wrong
    }
    set whole_day [expr {$time eq ""}]
    if {$day eq ""} {
        set day [clock format $now_s -format %Y-%m-%d]
    }
    scan $day %d-%d-%d year month date
    scan [if {$whole_day} {string cat 0:00} else {set time}] %d:%d hour minute
    set at [At [format "%04d-%02d-%02d %02d:%02d" $year $month $date $hour $minute]]
    return [expr {($whole_day && $end ? [clock add $at 1 day] : $at) * 1000}]
}

# The 31st of February is no day, though `clock scan` takes it.
proc opdesk::app::dates::At {text} {
    set form "%Y-%m-%d %H:%M"
    if {[catch {clock scan $text -format $form} at] || [clock format $at -format $form] ne $text} {
        Wrong
    }
    return $at
}

proc opdesk::app::dates::Wrong {} {
    throw {OPDESK DATES} [mc "expected a day or a time, such as 2026-11-20 or 2026-11-20 14:30"]
}
