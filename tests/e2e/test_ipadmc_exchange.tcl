# SPDX-License-Identifier: ISC
# Promise: nodes come from CSV, hosts, dhcpd.conf and zone files and go to CSV and hosts; an import is shown first with
# everything that is wrong, and written as a whole or not at all.
source [file join [file dirname [info script]] .. harness.tcl]

set tug tug1:192.0.2.33:0200c0ffee01:ferry::bridge

proc c {daemon args} {
    return [run [bin ipadmc] -s [$daemon unix] {*}$args]
}

proc two_subnets {} {
    return [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug] Subnet_3.sdb [subnet_text 3]]]
}

# Import a text from a file of that name.
proc import {daemon name text args} {
    write [tmp $name] $text
    return [c $daemon import [tmp $name] {*}$args]
}

proc unchanged {daemon} {
    equal [contents [$daemon subnet Subnet_2.sdb]] [subnet_text 2 $::tug]
    equal [contents [$daemon subnet Subnet_3.sdb]] [subnet_text 3]
}

test shown_first_then_written_in_one_commit {
    set d [two_subnets]
    set csv "Name,IP address,Comment\r\ntug1,192.0.2.33,mole\r\nlamp.s3.example.org,192.0.3.7,\"a, b\"\r\n"
    set r [import $d nodes.csv $csv]
    equal [dict get $r status] 0 $r
    equal [dict get $r out] "Subnet_2.sdb:\n-$::tug\n+[string map {bridge mole} $::tug]
Subnet_3.sdb:\n+lamp:192.0.3.7::::a, b\n1 to add, 1 to change, 0 to move, 0 the same; nothing is written without --write\n"
    unchanged $d
    set before [llength [split [$d git {log --format=%s}] \n]]
    set r [import $d nodes.csv $csv --write -m "from the sheet"]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {^1 added, 1 changed, 0 moved, 0 the same: commit [0-9a-f]{10}\n$}
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug]]
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 {lamp:192.0.3.7::::a, b}]
    equal [llength [split [$d git {log --format=%s}] \n]] [expr {$before + 1}]
    equal [$d git {log -1 --format=%s}] "from the sheet"
    matches [dict get [import $d nodes.csv $csv -w] out] {0 to add, 0 to change, 0 to move, 2 the same: nothing had to be written}
}

test every_error_is_listed_and_nothing_written {
    set d [two_subnets]
    set r [import $d nodes.csv "name,address,mac\na,10.0.0.1,\nb,192.0.2.999,\nlamp,192.0.3.7,0200c0ffee01\nok,192.0.3.8,\n" --write]
    equal [dict get $r status] 65
    foreach pattern {
        {nodes\.csv:2:1: error: no subnet has 10\.0\.0\.1\n}
        {nodes\.csv:3:3: error: "192\.0\.2\.999" is not an address\n}
        {nodes\.csv:4:1: error: Subnet_3\.sdb:7: the Ethernet address of tug1 \(line 7\), in Subnet_2\.sdb\n}
    } {
        matches [dict get $r err] $pattern
    }
    matches [dict get $r out] {; 3 errors: nothing is written\n}
    unchanged $d
    set j [json [dict get [c $d --json import [tmp nodes.csv]] out]]
    equal [list [dict get $j errors] [llength [dict get $j findings]] [dict get $j added]] {3 3 2}
}

test the_other_formats {
    set d [two_subnets]
    set r [import $d hosts "127.0.0.1 localhost\n192.0.3.5 lamp.s3.example.org lamp light # pier\n" -w]
    equal [dict get $r status] 0 $r
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 {lamp:192.0.3.5::light::pier}]
    set r [import $d dhcpd.conf "subnet 192.0.3.0 netmask 255.255.255.0 {\n host lamp { hardware ethernet 02:00:00:00:00:05; fixed-address 192.0.3.5; }\n}\n" -w]
    equal [dict get $r status] 0 $r
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 {lamp:192.0.3.5:020000000005:light::pier}]
    set zone "\$TTL 1h\n@ IN SOA ns hostmaster (1 2 3 4 5)\n NS ns\nlamp A 192.0.3.5\n MX 10 mail.other.org.\nbuoy 1d A 192.0.3.6\nb CNAME buoy\n"
    set r [import $d s3.zone $zone -w --origin s3.example.org]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {s3\.zone:2:6: warning: "SOA" records are passed over}
    equal [contents [$d subnet Subnet_3.sdb]] \
        [subnet_text 3 lamp:192.0.3.5:020000000005:light:mail.other.org:pier buoy:192.0.3.6::b::]
    # by standard input, whose format must be said
    equal [dict get [c $d import -] status] 64
    set r [run -in "name,comment\nbuoy,green\n" [bin ipadmc] -s [$d unix] import - --format csv --by name -w]
    equal [dict get $r status] 0 $r
    matches [contents [$d subnet Subnet_3.sdb]] {\nbuoy:192\.0\.3\.6::b::green\n}
    set r [import $d move.csv "mac,address,name\n020000000005,192.0.2.50,lamp\n" --by mac -w]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {^0 added, 0 changed, 1 moved}
    matches [contents [$d subnet Subnet_2.sdb]] {\nlamp:192\.0\.2\.50:020000000005:light:mail\.other\.org:pier\n}
    check {![string match *lamp* [contents [$d subnet Subnet_3.sdb]]]}
}

test what_is_exported_imports_as_the_same {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug {lamp:192.0.2.34:::m.other.org:say "hi", all}] Subnet_3.sdb [subnet_text 3]]]
    set csv [must [bin ipadmc] -s [$d unix] export]
    matches $csv {^subnet,name,address,ethernet,alias,mx,comment\r\nSubnet_2\.sdb,tug1,}
    matches [dict get [import $d all.csv $csv -w] out] {2 the same: nothing had to be written}
    set hosts [must [bin ipadmc] -s [$d unix] export --format hosts 2]
    matches $hosts {\n192\.0\.2\.33 tug1\.s2\.example\.org ferry\.s2\.example\.org tug1 # bridge}
    matches [dict get [import $d hosts $hosts -w] out] {2 the same: nothing had to be written}
    matches [must [bin ipadmc] -s [$d unix] export 3] {^subnet,name,[^\n]*$}
}

test what_others_change_at_the_same_time_is_merged_or_refused_as_a_whole {
    set d [two_subnets]
    must [bin ipadmc] -s [$d unix] lock 3
    set p [$d peer]
    must [bin ipadmc] -s [$d unix] unlock 3
    $p call sdb.lock file Subnet_3 session [uuid]
    set r [import $d nodes.csv "name,address\nlamp,192.0.2.34\nbuoy,192.0.3.7\n" -w]
    equal [dict get $r status] 1
    matches [dict get $r err] {locked by}
    unchanged $d
}

test a_subnet_that_cannot_be_read_keeps_no_other_from_it {
    set d [two_subnets]
    file link -symbolic [$d subnet Subnet_4.sdb] /etc/passwd
    set r [import $d nodes.csv "name,address\nbuoy,192.0.3.7\n" -w]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {Subnet_4\.sdb is passed over: a symbolic link}
    equal [contents [$d subnet Subnet_3.sdb]] [subnet_text 3 buoy:192.0.3.7::::]
    matches [dict get [c $d export] out] {\nSubnet_3\.sdb,buoy,}
    equal [dict get [c $d export 4] status] 74
    set r [c $d --json export]
    equal [list [dict get $r status] [dict get $r out]] {64 {}}
}

test hostile_files_are_clear_errors {
    set d [two_subnets]
    foreach {name bytes} [list a.csv \0\0\0 a.csv "" hosts \0\n dhcpd.conf [string repeat "\{" 100000] a.zone [string repeat ( 100000]] {
        set r [import $d $name $bytes]
        check {[dict get $r status] in {0 65}} "$name [dict get $r status]"
    }
    equal [dict get [c $d import /no/such/file.csv] status] 66
    equal [dict get [c $d import [write [tmp what] x; tmp what]] status] 64
    equal [dict get [c $d import x.csv --by colour] status] 64
    equal [dict get [c $d import x.csv --format colour] status] 64
    equal [dict get [c $d export --format colour] status] 64
    unchanged $d
}

finish
