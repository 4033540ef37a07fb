# SPDX-License-Identifier: ISC
# Points of time as people write them.
source [file join [file dirname [info script]] common.tcl]
set env(TZ) Europe/Berlin
parts app/dates
namespace path opdesk::app

set now [clock scan "2026-11-26 17:00" -format "%Y-%m-%d %H:%M"]
proc read_date {text {end 0}} {
    if {[catch {dates::parse $text $::now $end} at options]} {
        return [dict get $options -errorcode]
    }
    return [expr {$at eq "" ? "" : [clock format [expr {$at / 1000}] -format "%Y-%m-%d %H:%M"]}]
}

test dates_are_read {a day, a day and a time, a time of today} {
    lmap text {2026-11-20 " 2026-11-20  14:30 " 2026-11-20T14:30 9:05 2026-1-2 ""} {read_date $text}
} {{2026-11-20 00:00} {2026-11-20 14:30} {2026-11-20 14:30} {2026-11-26 09:05} {2026-01-02 00:00} {}}

test dates_until_a_day_include_it {also the days on which the clock is changed; a time is itself} {
    list [read_date 2026-11-20 1] [read_date "2026-11-20 14:30" 1] [read_date 2026-12-31 1] [read_date 2026-03-29 1]
} {{2026-11-21 00:00} {2026-11-20 14:30} {2027-01-01 00:00} {2026-03-30 00:00}}

test dates_that_are_none {say what is expected} {
    lmap text {yesterday 2026-02-31 2026-13-01 2026-11-20-1 25:00 10:60 20.11.2026 2026-00-10 "2026-11-20 x"} {read_date $text}
} [lrepeat 9 {OPDESK DATES}]

done
