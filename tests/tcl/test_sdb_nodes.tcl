# SPDX-License-Identifier: ISC
# What becomes of nodes in the desk's editor: rows from spreadsheets, conflicts that were decided, nodes put back as
# they were.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/sdb_words app/sdb_edit app/sdb_paste app/sdb_conflict app/sdb_history

set text $subnet

# --- paste ---

test paste-1 {rows with an address are new nodes; the others fill cells} {
    opdesk::app::sdb_paste::plan "buoy\t192.0.2.40\t02:00:c0:ff:ee:09\nquay\t192.0.2.41\n" {0 1} 0
} {{} {{buoy 192.0.2.40 0200c0ffee09 {} {} {}} {quay 192.0.2.41 {} {} {} {}}}}

test paste-2 {a column goes down from the cell, and no further than the rows there are} {
    opdesk::app::sdb_paste::plan "one\r\ntwo\r\nthree\r\n" {4 5} 5
} {{4 {comment one} 5 {comment two}} {}}

test paste-3 {several columns go to the right} {
    opdesk::app::sdb_paste::plan "ferry\tmail" {1} 3
} {{1 {alias ferry mx mail}} {}}

test paste-4 {a row of six fields without an address gets the next free one} {
    lassign [opdesk::app::sdb_paste::plan "a\t\t\t\t\tx\nb\t\t\t\t\ty" {} 0] changes nodes
    opdesk::app::sdb_paste::addressed $nodes {192.0.2.35 192.0.2.36}
} {{a 192.0.2.35 {} {} {} x} {b 192.0.2.36 {} {} {} y}}

test paste-5 {what is copied can be pasted} {
    set nodes {{a 192.0.2.35 {} {} {} {x y}} {b 192.0.2.36 {} f m {}}}
    lindex [opdesk::app::sdb_paste::plan [opdesk::app::sdb_paste::text $nodes] {} 0] 1
} {{a 192.0.2.35 {} {} {} {x y}} {b 192.0.2.36 {} f m {}}}

# --- conflicts ---

proc decided {mine theirs choices} {
    set conflicts [dict get [opdesk::sdb merge $::text $mine $theirs] conflicts]
    return [opdesk::app::sdb_conflict::decide $::text $mine $theirs $conflicts $choices]
}

test conflict-1 {either side, with what else both have changed} {
    set mine [string map {lamp: light: Subnet\ 7 Subnet\ 7M} $text]
    set theirs [string map {lamp: lantern: ferry harbour} $text]
    list [expr {[decided $mine $theirs mine] eq [string map {lamp: light: ferry harbour Subnet\ 7 Subnet\ 7M} $text]}] \
        [expr {[decided $mine $theirs theirs] eq [string map {lamp: lantern: ferry harbour Subnet\ 7 Subnet\ 7M} $text]}]
} {1 1}

test conflict-2 {removed here and changed there} {
    set mine [string map [list "lamp:192.0.2.34::::\n" ""] $text]
    set theirs [string map {lamp: lantern:} $text]
    list [expr {[decided $mine $theirs mine] eq $mine}] [expr {[decided $mine $theirs theirs] eq $theirs}]
} {1 1}

test conflict-3 {one address given twice} {
    set mine "${text}a:192.0.2.40::::\n"
    set theirs "${text}b:192.0.2.40::::\n"
    list [expr {[decided $mine $theirs mine] eq $mine}] [expr {[decided $mine $theirs theirs] eq $theirs}]
} {1 1}

test conflict-4 {lines of a file with CRLF} {
    set text [string map {\n \r\n} $text]
    set ::text $text
    set mine [string map {lamp: light:} $text]
    set theirs [string map {lamp: lantern:} $text]
    set result [list [expr {[decided $mine $theirs mine] eq $mine}] [expr {[decided $mine $theirs theirs] eq $theirs}]]
    set ::text [string map {\r\n \n} $text]
    set result
} {1 1}

test conflict-5 {what looks like a number stays as it was typed} {
    opdesk::app::sdb_conflict::Become "a\r\nb\r\n" a 010
} "010\r\nb\r\n"

# --- a node of another version ---

test back-1 {changed, gone, new since then, and the same} {
    set old [string map {bridge deck} "${text}quay:192.0.2.50::::\n"]
    set s [opdesk::sdb open "${text}new:192.0.2.51::::\n"]
    list [opdesk::app::sdb_history::node_back $s $old 192.0.2.33] [opdesk::app::sdb_history::node_back $s $old quay] \
        [opdesk::app::sdb_history::node_back $s $old 192.0.2.51] [opdesk::app::sdb_history::node_back $s $old lamp]
} {{change {tug 192.0.2.33 0200c0ffee01 ferry {} {deck: console}} 0} {add {quay 192.0.2.50 {} {} {} {}}} {remove 2} {none {}}}

test back-2 {a name that others begin with} {
    set old "${text}web10:192.0.2.50::::\nweb1:192.0.2.51::::\n"
    set s [opdesk::sdb open [string map {web1:192.0.2.51:::: web1:192.0.2.51::::new} $old]]
    list [opdesk::app::sdb_history::node_back $s $old WEB1] [opdesk::app::sdb_history::node_back $s $old web] \
        [opdesk::app::sdb_history::node_back $s $old eb1]
} {{change {web1 192.0.2.51 {} {} {} {}} 3} {none {}} {none {}}}

done
