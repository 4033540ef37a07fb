# SPDX-License-Identifier: ISC
# Promise: what the publisher generates is accepted by the real checkers of BIND, Kea, ISC dhcpd and
# dnsmasq: for the example subnets, and whatever bytes the subnet files hold.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] publish.tcl]
need named-checkzone named-checkconf kea-dhcp4 kea-dhcp6 dhcpd dnsmasq

test examples_pass_every_checker {
    set folder [tmp]
    set lines [publish $folder [examples]]
    check_zones $folder $lines
    check_dhcp $folder
}

# The checkers are no dummies: each finds a fault that is put into its file.
test checkers_notice_a_fault {
    set folder [tmp]
    publish $folder [examples]
    foreach {path command fault} {
        bind/zones/pilots.example.org {named-checkzone -i local pilots.example.org FILE} "gate CNAME ns1\n"
        bind/named.conf {named-checkconf FILE} "zone"
        check/kea-dhcp4.json {kea-dhcp4 -t FILE} "\{"
        check/kea-dhcp6.json {kea-dhcp6 -t FILE} "\{"
        dhcpd/dhcpd.conf {dhcpd -t -cf FILE} "host \{"
        check/dnsmasq.conf {dnsmasq --test -C FILE} "dhcp-host=02:00:00:00:00:99,192.0.2.33,twice\n"
    } {
        set file $folder/$path
        write $file [contents $file]$fault
        check {[dict get [run {*}[string map [list FILE $file] $command]] status] ne "0"} $path
    }
}

test kea_list_can_be_included {
    set folder [tmp]
    publish $folder [examples]
    write $folder/own.json "{ \"Dhcp4\": { \"interfaces-config\": { \"interfaces\": \[\] },
        \"subnet4\": <?include \"$folder/kea/subnet4.json\"?> } }"
    must kea-dhcp4 -t $folder/own.json
    equal [llength [json [contents $folder/kea/subnet4.json]]] 3
    equal [llength [json [contents $folder/kea/subnet6.json]]] 2
}

# Names that mean something to one of the programs, and comments that try to.
proc hostile {} {
    set text "Title = \";\} \{ <?include \"/etc/passwd\"?> \\\nFormat = 2\nDomain = if.example.org\n"
    append text "Base_IP = 203.0.113.0\nSubnet_Mask = 28\nGateway = 203.0.113.14\n__NODES__\n"
    set number 0
    foreach name {ignore 10 1h infinite in a soa host subnet include 0x1f 1-2 xn--a} {
        append text "$name:203.0.113.[incr number]:02000000000[format %x $number]:"
        append text "option$number,key${number}::\} \"]; ) # // /* <?include \"x\"?> \$INCLUDE \\ \x01\r tail\n"
    }
    return $text
}

test hostile_names_and_comments_pass_every_checker {
    set folder [tmp]
    file mkdir $folder
    write $folder/Subnet_1.sdb [hostile]
    set lines [publish $folder/out [list {*}[examples] $folder/Subnet_1.sdb]]
    equal [lsearch -all -inline -glob $lines "publish Subnet_1.sdb*"] {}
    check_zones $folder/out $lines
    check_dhcp $folder/out
    matches [contents $folder/out/bind/zones/if.example.org] {(?n)^in A 203.0.113.5 }
}

# Bytes of the example files changed at random (the seed is printed).
test random_changes_pass_every_checker {
    set seed [expr {[info exists ::env(OPDESK_SEED)] ? $::env(OPDESK_SEED) : [clock milliseconds]}]
    puts "OPDESK_SEED=$seed"
    expr {srand($seed)}
    set spice [split "\n:;\"{}#\$()@*.,=-_\\0a9 /" ""]
    set folder [tmp]
    set checked 0
    file mkdir $folder
    for {set i 0} {$i < 12} {incr i} {
        set files {}
        foreach file [examples] {
            set text [contents $file]
            for {set n [expr {int(rand() * 3)}]} {$n > 0} {incr n -1} {
                set at [expr {60 + int(rand() * ([string length $text] - 60))}]
                set text [string replace $text $at $at [lindex $spice [expr {int(rand() * [llength $spice])}]]]
            }
            lappend files $folder/[file tail $file]
            write [lindex $files end] $text
        }
        set lines [publish $folder/out$i $files]
        # a zone whose name server has lost its address does not load, and that is said
        if {[lsearch -glob $lines "*name_server_no_address*"] < 0 && [zones $lines] ne ""} {
            check_zones $folder/out$i $lines
            incr checked
        }
        check_dhcp $folder/out$i
    }
    check {$checked > 0}
}

finish
