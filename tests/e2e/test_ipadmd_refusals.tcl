# SPDX-License-Identifier: ISC
# Promise: every fault that the checkers of DNS and DHCP servers let pass, or find too late, is refused by our own
# check before it is in a file; one that is in a file already is named.
source [file join [file dirname [info script]] .. harness.tcl]
need git

# A header of 192.0.4.0/24 with some lines replaced.
proc header {args} {
    set lines {Title "Title = T" Domain "Domain = s4.example.org" Base "Base_IP = 192.0.4.0" Mask "Subnet_Mask = 255.255.255.0"
        Gateway "Gateway = 192.0.4.1"}
    set text [join [dict values [dict merge $lines $args]] \n]
    return $text\n__NODES__\n
}

set faults [list \
    "an address for two nodes" address_twice [header]a:192.0.4.5::::\nb:192.0.4.5::::\n \
    "an Ethernet address for two hosts" mac_twice [header]a:192.0.4.5:020000000001:::\nb:192.0.4.6:020000000001:::\n \
    "that of a host in another subnet" mac_twice [header]a:192.0.4.5:0200c0ffee01:::\n \
    "a name twice" name_twice [header]a:192.0.4.5::::\nA:192.0.4.6::::\n \
    "outside its subnet" address_outside [header]a:192.0.5.5::::\n \
    "the network's own address" address_network [header]a:192.0.4.0::::\n \
    "the broadcast address" address_broadcast [header]a:192.0.4.255::::\n \
    "a gateway outside" gateway_outside [header Gateway "Gateway = 192.0.9.1"] \
    "the gateway's address taken" gateway_taken [header]a:192.0.4.1::::\n \
    "overlapping subnets" subnet_overlap [header Base "Base_IP = 192.0.2.128" Mask "Subnet_Mask = 255.255.255.128" Gateway "# none"] \
    "the same subnet twice" subnet_overlap [header Base "Base_IP = 192.0.2.0" Gateway "# none"] \
    "a base not on the mask's boundary" base_unaligned [header Base "Base_IP = 192.0.4.1" Gateway "# none"] \
    "no mask" mask_bad [header Mask "Subnet_Mask = 255.0.255.0"] \
    "a dangling alias" alias_dangling [header]:192.0.4.5::www::\n \
    "an alias that is a name" alias_collides [header]a:192.0.4.5::b::\nb:192.0.4.6::::\n \
    "an alias twice" alias_twice [header]a:192.0.4.5::www::\nb:192.0.4.6::www::\n \
    "no address" address_bad [header]a:192.0.4.300::::\n \
    "an underscore in a name" label_bad [header]a_b:192.0.4.5::::\n \
    "no Ethernet address" mac_bad [header]a:192.0.4.5:0200c0ffee:::\n \
    "syntax: fields missing" fields_missing [header]a:192.0.4.5\n \
    "syntax: a header line" header_syntax [header Domain "Domain example.org"] \
    "Title misplaced" title_misplaced [header Title "Domain = s4.example.org" Domain "Title = T"] \
    "Title missing" title_missing [header Title "# none"] \
    "a control character" control_byte [header]a:192.0.4.5::::\x01\n]

# The finding may be about the cause instead.
set about {"a dangling alias" name_missing}

foreach {what code text} $faults {
    dict set codes $what [list $code $text]
}

test each_fault_is_refused_with_its_place {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 tug:192.0.2.9:0200c0ffee01:::] Subnet_4.sdb [header]]]
    set p [$d peer]
    set base [version_of $p Subnet_4]
    dict for {what case} $::codes {
        lassign $case code text
        # as a new version, in a change set, and by hand
        foreach way [list [list put $p Subnet_4 $base $text] [list commit $p [list [list Subnet_4 $base $text]]]] {
            set failed [catch $way message options]
            equal $failed 1 $what
            lassign [dict get $options -errorcode] - name data
            equal $name bad_request $what
            set found [lmap f [dict get $data findings] {dict get $f code}]
            check {$code in $found || ([dict exists $::about $what] && [dict get $::about $what] in $found)} "$what: $found"
            check {[dict get [lindex [dict get $data findings] 0] message] ne ""} $what
        }
        check {[dict get [$p call sdb.check file Subnet_4 text! [list bin [encoding convertto utf-8 $text]]] errors] > 0} $what
    }
    equal [contents [$d subnet Subnet_4.sdb]] [header]
    # single nodes, and allocation, go the same way
    $p call sdb.add id [uuid] file Subnet_4 name a address 192.0.4.5 ethernet 02:00:00:00:00:01
    foreach {name address ethernet} {
        b 192.0.4.5 {}  b 192.0.4.6 02-00-00-00-00-01  b 192.0.4.6 0200c0ffee01  a 192.0.4.6 {}  b 192.0.5.1 {}
        b 192.0.4.0 {}  b 192.0.4.255 {}  b 192.0.4.1 {}  b_c 192.0.4.6 {}  b 192.0.4.x {}  b 192.0.4.6 0200
    } {
        equal [fails {$p call sdb.add id [uuid] file Subnet_4 name $name address $address ethernet $ethernet}] bad_request \
            "$name $address $ethernet"
    }
    equal [fails {$p call sdb.allocate id [uuid] file Subnet_4 name b ethernet 020000000001}] bad_request
    equal [fails {$p call sdb.allocate id [uuid] file Subnet_4 name a}] bad_request
}

test what_is_there_by_hand_is_named_and_can_be_mended {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 tug:192.0.2.9:0200c0ffee01:::]]]
    set p [$d peer]
    dict for {what case} $::codes {
        lassign $case code text
        write [$d subnet Subnet_4.sdb] [encoding convertto utf-8 $text]
        set found [lmap f [dict get [$p call sdb.check] findings] {dict get $f code}]
        check {$code in $found || ([dict exists $::about $what] && [dict get $::about $what] in $found)} "$what: $found"
    }
    put $p Subnet_4 [must git hash-object [$d subnet Subnet_4.sdb]] [header]
    equal [dict get [$p call sdb.check] errors] 0
}

finish
