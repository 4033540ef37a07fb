# SPDX-License-Identifier: ISC
# What does not fit into a column of a table ends with …, so that nobody takes the rest for the whole.  Columns
# become wider for what stands in them while there is room.
source [file join [file dirname [info script]] common.tcl]
parts widget/table widget/fit
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

# State and who has claimed it: 190 to 340 and 140 to 300, the question keeps 300.
foreach {name sum states owners expected} {
    enough_for_both 1200 330 290 {330 290 580}
    no_more_than_the_most 2000 900 900 {340 300 1360}
    no_less_than_the_least 1200 20 0 {190 140 870}
    the_first_is_first 800 330 290 {330 170 300}
    none_left 640 330 290 {200 140 300}
    too_narrow_for_all 500 330 290 {190 140 170}
} {
    test shares_$name {} { fit::shares $sum 300 [list [list 190 340 $states] [list 140 300 $owners]] } $expected
}

done
