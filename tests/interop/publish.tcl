# SPDX-License-Identifier: ISC
# What the tests of the publisher with real servers share: generating the files of the example
# subnets, and the checkers of each.
set data [file normalize [file join [file dirname [info script]] .. data publish]]

# Subnet files into `folder`; a list of the tool's output lines.  The outputs say that they are in
# `folder` as well.
proc publish {folder files {hint 100}} {
    file mkdir $folder
    return [split [must [bin publish_tool] $folder $folder $hint \
        ns1.pilots.example.org,ns2.radar.pilots.example.org {*}$files] \n]
}

proc examples {} {
    return [lsort [glob $::data/*.sdb]]
}

# {path zone} of every zone in the tool's output.
proc zones {lines} {
    set found {}
    foreach line $lines {
        if {[string match bind/zones/* $line]} {
            lappend found [lrange [split $line { }] 0 1]
        }
    }
    return $found
}

# Every zone; names outside it are not looked up (-i local), all warnings are failures.
proc check_zones {folder lines} {
    check {[llength [zones $lines]] > 0}
    foreach pair [zones $lines] {
        lassign $pair path zone
        must named-checkzone -i local -k fail -m fail -M fail -n fail -r fail -S fail \
            $zone $folder/$path
    }
    must named-checkconf $folder/bind/named.conf
}

proc check_dhcp {folder} {
    must kea-dhcp4 -t $folder/check/kea-dhcp4.json
    must kea-dhcp6 -t $folder/check/kea-dhcp6.json
    must dhcpd -t -cf $folder/dhcpd/dhcpd.conf
    must dnsmasq --test -C $folder/check/dnsmasq.conf
    must dnsmasq --test -C $folder/dnsmasq/dnsmasq.conf
}
