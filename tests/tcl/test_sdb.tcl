# SPDX-License-Identifier: ISC
# Subnet files in the desk: opdesk::sdb, documents with undo and redo, what is free between subnets.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/sdb_edit app/sdb_changes app/sdb_gaps app/sdb_list app/alerts app/words

set text "Title = Subnet 7, Harbour Pilots
# who: the harbour
Domain = Pilots.Example.Org
Base_IP = 192.0.2.32
Subnet_Mask = 255.255.255.224
Gateway = 192.0.2.62
__NODES__
tug10:192.0.2.43:0200c0ffee01:ferry:mail.Example.Org:bridge: console
lamp:192.0.2.34:0200c0ffee02:::no alias

tug2:192.0.2.35::::
"

proc sheet {} {
    return [opdesk::sdb open $::text]
}
proc names {sheet} {
    return [lmap row [opdesk::sdb rows $sheet 0 100] {lindex $row 1}]
}

test sdb-1 {rows, header and counts} {
    set s [sheet]
    list [opdesk::sdb count $s] [dict get [opdesk::sdb header $s] Base_IP] [names $s] \
        [lindex [opdesk::sdb rows $s 0 1] 0] [opdesk::sdb line $s 2] [opdesk::sdb at_line $s 9] \
        [opdesk::sdb at_line $s 10]
} {{3 3} 192.0.2.32 {tug10 lamp tug2} {0 tug10 192.0.2.43 0200c0ffee01 ferry mail.Example.Org {bridge: console}} 11 1 -1}

test sdb-2 {filter and order} {
    set s [sheet]
    set result {}
    foreach {words field down} {TUG name 0 {} name 0 {} name 1 {} address 0 {lamp 0200} order 0 nothing name 0} {
        opdesk::sdb show $s $words $field $down
        lappend result [names $s]
    }
    set result
} {{tug2 tug10} {lamp tug2 tug10} {tug10 tug2 lamp} {lamp tug2 tug10} lamp {}}

test sdb-3 {finding: beginnings first, from a node on and round} {
    set s [sheet]
    list [opdesk::sdb find $s name ug2 0] [opdesk::sdb find $s name TUG 1] [opdesk::sdb find $s comment con 0] \
        [opdesk::sdb find $s address 192.0.2.4 0] [opdesk::sdb find $s name x 0]
} {2 2 0 0 -1}

test sdb-4 {cells, usage, free addresses} {
    set s [sheet]
    set seen [opdesk::sdb cells $s 0 100]
    list [llength $seen] [lrange $seen 0 11] [lrange $seen end-5 end] [opdesk::sdb free $s 3] \
        [opdesk::sdb offset $s 192.0.2.62] [opdesk::sdb offset $s 192.0.2.70] [opdesk::sdb at $s 192.0.2.34] \
        [dict get [opdesk::sdb net $s] free] [dict get [opdesk::sdb net $s] used]
} {96 {network -1 192.0.2.32 free -1 192.0.2.33 used 1 192.0.2.34 used 2 192.0.2.35} {gateway -1 192.0.2.62 broadcast -1 192.0.2.63} {192.0.2.33 192.0.2.36 192.0.2.37} 30 -1 1 26 4}

test sdb-5 {two nodes of one address are in conflict, and so is the broadcast address of a node} {
    set s [opdesk::sdb open "${text}a:192.0.2.35::::\nb:192.0.2.63::::\n"]
    list [lindex [opdesk::sdb cells $s 3 1] 0] [lindex [opdesk::sdb cells $s 31 1] 0]
} {conflict conflict}

test sdb-6 {an edit touches its own bytes, and its splice undoes it} {
    set s [sheet]
    set splice [opdesk::sdb change $s 1 {name light comment grün}]
    set new [encoding convertfrom utf-8 [opdesk::sdb read $s]]
    opdesk::sdb splice $s [lindex $splice 0] [lindex $splice 2] [lindex $splice 1]
    list [expr {$new eq [string map {lamp: light: {no alias} grün} $text]}] [expr {[opdesk::sdb read $s] eq $text}]
} {1 1}

test sdb-7 {a field with a colon is refused and changes nothing} {
    set s [sheet]
    list [catch {opdesk::sdb change $s 0 {name a:b}} m] $m $errorCode [expr {[opdesk::sdb read $s] eq $text}] \
        [catch {opdesk::sdb add $s -1 {{a 192.0.2.50 {} {} {} {}} {b:c {} {} {} {} {}}}}] \
        [expr {[opdesk::sdb read $s] eq $text}] [names $s]
} {1 {it would not read back as it was typed: a colon or a line break in it} {OPDESK SDB bad_request} 1 1 1 {tug10 lamp tug2}}

test sdb-8 {findings with corrections} {
    set s [opdesk::sdb open "${text}lamp:192.0.2.99::::\n"]
    set codes [lmap f [opdesk::sdb check $s 100] {dict get $f code}]
    list [expr {"address_outside" in $codes}] [expr {"name_twice" in $codes}]
} {1 1}

test sdb-9 {difference and merge} {
    set mine [string map {lamp light} $text]
    set theirs [string map {tug2 boat} $text]
    set other [string map {lamp lantern} $text]
    set diff [opdesk::sdb diff $text $mine]
    set merged [opdesk::sdb merge $text $mine $theirs]
    set conflict [opdesk::sdb merge $text $mine $other]
    list [llength [dict get $diff changes]] [dict get [lindex [dict get $diff changes] 0] what] [dict get $diff counts node] \
        [expr {[dict get $merged text] eq [string map {lamp light tug2 boat} $text]}] \
        [llength [dict get $conflict conflicts]] [dict get $conflict text]
} {1 changed {added 0 removed 0 changed 1} 1 1 {}}

test sdb-10 {spellings} {
    list [opdesk::sdb mac 02-00-C0-FF-EE-01] [opdesk::sdb mac 0200.c0ff.ee01] [opdesk::sdb mac x] \
        [opdesk::sdb name Subnet_128B] [catch {opdesk::sdb name ../x}]
} {0200c0ffee01 0200c0ffee01 {} {Subnet_128B.sdb 128 B} 1}

test sdb-11 {closed sheets are gone} {
    set s [sheet]
    opdesk::sdb close $s
    list [catch {opdesk::sdb read $s} m] $m $errorCode
} {1 {no such sheet} {OPDESK SDB not_found}}

# --- documents ---

test edit-1 {steps are counted, undone and done again} {
    set id [opdesk::app::sdb_edit::open $text]
    set states {}
    opdesk::app::sdb_edit::change $id 0 {name barge}
    opdesk::app::sdb_edit::set_header $id Title "Subnet 7, Barges"
    opdesk::app::sdb_edit::add $id {{new 192.0.2.36 {} {} {} {}} {next 192.0.2.37 {} {} {} {}}}
    opdesk::app::sdb_edit::remove $id {1 2}
    set all [opdesk::app::sdb_edit::text $id]
    lappend states [names [opdesk::app::sdb_edit::sheet $id]] [opdesk::app::sdb_edit::changes $id] \
        [opdesk::app::sdb_edit::undoable $id]
    foreach - {1 2 3 4 5} {
        opdesk::app::sdb_edit::undo $id
    }
    lappend states [opdesk::app::sdb_edit::modified $id] [expr {[opdesk::app::sdb_edit::text $id] eq $text}]
    foreach - {1 2 3 4 5} {
        opdesk::app::sdb_edit::redo $id
    }
    lappend states [expr {[opdesk::app::sdb_edit::text $id] eq $all}] [opdesk::app::sdb_edit::modified $id]
    opdesk::app::sdb_edit::close $id
    set states
} {{barge new next} 4 {removal of 2 nodes} 0 1 1 1}

test edit-2 {what is done after an undo has no way back to what was on the server} {
    set id [opdesk::app::sdb_edit::open $text]
    opdesk::app::sdb_edit::change $id 0 {name barge}
    opdesk::app::sdb_edit::rebase $id [opdesk::app::sdb_edit::text $id]
    set before [opdesk::app::sdb_edit::modified $id]
    opdesk::app::sdb_edit::undo $id
    opdesk::app::sdb_edit::change $id 0 {name boat}
    opdesk::app::sdb_edit::undo $id
    list $before [opdesk::app::sdb_edit::modified $id] [opdesk::app::sdb_edit::redoable $id]
} {0 1 {change of tug10}}

test edit-3 {several cells are one step, all or none} {
    set id [opdesk::app::sdb_edit::open $text]
    catch {opdesk::app::sdb_edit::change_many $id paste {0 {name a} 1 {name b:c}}}
    set untouched [expr {[opdesk::app::sdb_edit::text $id] eq $text && ![opdesk::app::sdb_edit::modified $id]}]
    opdesk::app::sdb_edit::change_many $id paste {0 {name a} 1 {name b}} {{c 192.0.2.40 {} {} {} {}}}
    set all [names [opdesk::app::sdb_edit::sheet $id]]
    opdesk::app::sdb_edit::undo $id
    list $untouched $all [expr {[opdesk::app::sdb_edit::text $id] eq $text}]
} {1 {a b tug2 c} 1}

test edit-4 {a value that is the same is no step} {
    set id [opdesk::app::sdb_edit::open $text]
    opdesk::app::sdb_edit::change $id 1 {name lamp}
    list [opdesk::app::sdb_edit::changes $id] [opdesk::app::sdb_edit::undoable $id]
} {0 {}}

test edit-5 {a draft is a document that differs from its base, and can be undone to nothing} {
    set id [opdesk::app::sdb_edit::open $text [string map {lamp light} $text] 1]
    list [opdesk::app::sdb_edit::modified $id] [opdesk::app::sdb_edit::changes $id] [opdesk::app::sdb_edit::undoable $id]
} {1 1 {}}

test edit-6 {old steps go when there are too many} {
    set id [opdesk::app::sdb_edit::open $text]
    set opdesk::app::sdb_edit::max_steps 3
    foreach name {a b c d e} {
        opdesk::app::sdb_edit::change $id 0 [list name $name]
    }
    foreach - {1 2 3 4 5 6} {
        opdesk::app::sdb_edit::undo $id
    }
    set opdesk::app::sdb_edit::max_steps 1000
    list [lindex [names [opdesk::app::sdb_edit::sheet $id]] 0] [opdesk::app::sdb_edit::modified $id]
} {b 1}

test edit-7 {fields as the file wants them} {
    list [opdesk::app::sdb_edit::written address " 2001:db8::7"] [opdesk::app::sdb_edit::written address 192.0.2.1] \
        [opdesk::app::sdb_edit::written ethernet 02:00:C0:FF:EE:01] [opdesk::app::sdb_edit::written ethernet no]
} {{[2001:db8::7]} 192.0.2.1 0200c0ffee01 no}

# --- gaps ---

test gaps-1 {what lies between subnets, in whole networks} {
    set gaps [opdesk::app::sdb_gaps::find {a 192.0.2.128/25 b 192.0.2.0/27 c 192.0.2.8/29 d 10.0.0.0/8 e 2001:db8::/64}]
    list [dict keys $gaps] [opdesk::app::sdb_gaps::networks {*}[dict get $gaps b]]
} {b {192.0.2.32/27 192.0.2.64/26}}

test gaps-2 {neighbours and different sites have none} {
    opdesk::app::sdb_gaps::find {a 192.0.2.0/25 b 192.0.2.128/25 c 10.1.0.0/24 d 10.2.0.0/24}
} {}

# expr would make numbers of these: 020000000001 is 2147483649 to it, 1e5 is 100000.0
test typed-1 {what looks like a number stays as it was typed} {
    list [opdesk::app::sdb_edit::written ethernet 02:00:00:00:00:01] [opdesk::app::sdb_edit::written name 0x10] \
        [opdesk::app::sdb_list::field {text 010} text] [opdesk::app::sdb_list::field {} text 1e5] \
        [opdesk::app::alerts::field {text 010} text] [opdesk::app::words::line 010] \
        [opdesk::app::words::subject {text 1e5}]
} {020000000001 0x10 010 1e5 010 010 1e5}

# --- the difference, of little or much ---

# The same as of all of it, done at once or in turns.
proc changes_of {base mine at_once} {
    set opdesk::app::sdb_changes::at_once $at_once
    set id [opdesk::app::sdb_edit::open $base $mine 1]
    set ::changes {}
    opdesk::app::sdb_changes::find $id [list apply {{changes} { set ::changes [list $changes] }}]
    until {[llength $::changes]}
    opdesk::app::sdb_edit::close $id
    return [lindex $::changes 0]
}

test changes-1 {what both begin and end with does not count} {
    set bad {}
    foreach mine [list $text [string map {lamp: light:} $text] [string map {Harbour Port} $text] "${text}quay:192.0.2.50::::\n" \
        [string map {"tug2:192.0.2.35::::\n" ""} $text] [string range $text 0 end-1] \
        [string map {"tug10:192.0.2.43:0200c0ffee01:ferry:mail.Example.Org:bridge: console\n" ""} $text] \
        [string map {tug10 tug2 tug2 tug10} $text] [string map {\n \r\n} $text] {} "__NODES__\n" "${text}lamp:192.0.2.34::::"] {
        foreach {a b} [list $text $mine $mine $text] {
            foreach at_once {500000 0} {
                if {[changes_of $a $b $at_once] ne [opdesk::sdb diff $a $b]} {
                    lappend bad [list $at_once $b]
                }
            }
        }
    }
    set opdesk::app::sdb_changes::at_once 500000
    set bad
} {}

test changes-2 {a few edits of a large file leave little to be read} {
    set s [opdesk::sdb open [string map {lamp: light:} $text]]
    set header [expr {[string first __NODES__\n $text] + 10}]
    lmap bytes [opdesk::sdb excerpt $text $s] {string trim [string range $bytes $header end]}
} {{lamp:192.0.2.34:0200c0ffee02:::no alias} {light:192.0.2.34:0200c0ffee02:::no alias}}

test changes-3 {of very many only the first ones are told, and how many there are} {
    set header [string range $text 0 [expr {[string first __NODES__ $text] + 9}]]
    set old $header
    set new $header
    for {set n 1} {$n <= 3000} {incr n} {
        set address 10.0.[expr {$n >> 8}].[expr {$n & 255}]
        append old host$n:${address}::::\n
        append new node$n:${address}::::\n
    }
    set found [changes_of $old $new 0]
    list [llength [dict get $found changes]] [opdesk::app::sdb_changes::total $found] \
        [opdesk::app::sdb_changes::count $found changed node] [opdesk::app::sdb_changes::total $found header]
} {2000 3000 3000 0}

# --- files of other programs ---

proc imported {bytes args} {
    set s [sheet]
    set result [opdesk::sdb import $s [encoding convertto utf-8 $bytes] {*}$args]
    if {[opdesk::sdb read $s] ne $::text} {
        error "the sheet itself was changed"
    }
    return $result
}
proc of_import {result args} {
    return [lmap name $args {dict get $result $name}]
}

test import-1 {known by the address: changed in the columns that there are; else new} {
    set result [imported "IP Address,Hostname,Comment\n192.0.2.34,light,x\n192.0.2.50,buoy,\"a, b\"\n192.0.2.35,tug2,\n" csv address ""]
    set s [opdesk::sdb open [dict get $result text]]
    list [of_import $result added changed same errors warnings] [names $s] [opdesk::sdb node $s 3]
} {{1 1 1 0 0} {tug10 light tug2 buoy} {buoy 192.0.2.50 {} {} {} {a, b}}}

test import-2 {all that is wrong with its line and column; what the check would find then, too} {
    set result [imported "name,address,ethernet\nlamp,192.0.2.51,\nx,192.0.2.52,zz\n,192.0.2.53,\n" csv address ""]
    lsort [lmap finding [dict get $result findings] {
        list [dict get $finding line] [dict get $finding severity] [expr {[dict get $finding column] > 0}]
    }]
} {{2 error 1} {3 error 1} {4 error 1}}

test import-3 {nodes of other subnets are said and left out} {
    set result [imported "192.0.2.36 quay\n198.51.100.7 dock crane\n" hosts address ""]
    list [of_import $result added errors warnings] [of_import [lindex [dict get $result findings] 0] line message]
} {{1 0 1} {2 {198.51.100.7 is of another subnet: left out}}}

test import-4 {known by the name; a zone file within its origin; DHCP} {
    list [of_import [imported "name,comment\nlamp,y\n" csv name ""] added changed] \
        [of_import [imported "quay A 192.0.2.36\npier CNAME quay\n" zone address pilots.example.org] added errors] \
        [of_import [imported "host quay { hardware ethernet 02:00:c0:ff:ee:09; fixed-address 192.0.2.36; }" dhcpd address ""] added errors]
} {{0 1} {1 0} {1 0}}

test import-5 {what it is read as, by its name} {
    lmap path {/tmp/x.csv /etc/hosts a.zone dhcpd.conf what} {opdesk::sdb format $path}
} {csv hosts zone dhcpd {}}

test import-6 {any bytes are read} {
    set s [sheet]
    foreach format {csv hosts dhcpd zone} {
        dict get [opdesk::sdb import $s "\x00\xff\n\"\x7b(" $format address ""] findings
    }
} {}

test export-1 {what is written is read, and nothing is to be changed} {
    set s [sheet]
    of_import [opdesk::sdb import $s [opdesk::sdb export $s csv Subnet_7.sdb] csv address ""] added changed same errors
} {0 0 3 0}

test export-2 {hosts} {
    regexp -line {^192.0.2.34\s+lamp} [opdesk::sdb export [sheet] hosts Subnet_7.sdb]
} 1

done
