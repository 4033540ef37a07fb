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

# --- a name server at $port, asked by dig ---

proc free_port {} {
    set s [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    close $s
    return $port
}

# The data of the answer's records, aliases first.  The server does not look into another zone for
# an alias's target; whoever asks does, so it is done here.
proc answer {name type} {
    set found {}
    while {$name ne "" && [llength $found] < 5} {
        set r [run dig @127.0.0.1 -p $::port +noall +answer +tries=1 +time=2 $name $type]
        set name ""
        foreach line [split [string trim [dict get $r out]] \n] {
            set words [regexp -all -inline {\S+} $line]
            set data [join [lrange $words 4 end] { }]
            lappend found $data
            set name [expr {[lindex $words 3] eq "CNAME" && $type ne "CNAME" ? $data : ""}]
        }
    }
    return $found
}

proc serial {zone} {
    return [lindex [lindex [answer $zone SOA] 0] 2]
}

# dig's own idea of an address's name.
proc reverse {address} {
    regexp {;(\S+\.arpa)\.} [dict get [run dig @127.0.0.1 -p $::port +tries=1 +time=2 -x $address] out] - name
    return $name
}
