# SPDX-License-Identifier: ISC
# What does not fit into a column of a table ends with …, so that nobody takes the rest for the whole.
source [file join [file dirname [info script]] common.tcl]
parts widget/table
# every character is ten pixels wide here
proc opdesk::widget::table::font {measure font text} {
    return [expr {10 * [string length $text]}]
}
namespace path opdesk::widget

foreach {name text width expected} {
    what_fits_stays "Backup of alpha" 150 "Backup of alpha"
    one_too_many "Backup of alpha" 149 "Backup of alp…"
    no_blank_before_the_dots "Backup of alpha" 80 "Backup…"
    one_character_and_the_dots "Backup" 20 "B…"
    room_for_nothing "Backup" 5 "…"
    nothing_to_cut "" 0 ""
} {
    test cut_$name {} { table::shorten $text $width } $expected
}

done
