# SPDX-License-Identifier: ISC
# Promise: a real name server serves the published zones and answers for every node forward and
# backward, also through the RFC 2317 delegation; after a change and a reload it serves the higher
# serial and the change.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] publish.tcl]
need named dig

# A name server of our own with the published zones in it.
proc start_named {folder} {
    set ::port [free_port]
    write $folder/named.conf "options {
        directory \"$folder\"; pid-file \"$folder/named.pid\"; session-keyfile \"$folder/session.key\";
        listen-on port $::port { 127.0.0.1; }; listen-on-v6 { none; };
        recursion no; notify no; allow-query { any; }; empty-zones-enable no; dnssec-validation no;
    };
    controls { };
    include \"$folder/bind/named.conf\";\n"
    set ::named [Job new named -g -c $folder/named.conf -n 1]
    # a zone is refused until it has been loaded, each at its time
    until 15000 {[string match "*all zones loaded*" [$::named err]] || [$::named ended]} {[$::named err]}
    check {![$::named ended]} [$::named err]
}

# {name address} of every node, from the hosts file that is generated beside the zones.
proc nodes {folder} {
    set found {}
    foreach line [split [contents $folder/dnsmasq/hosts] \n] {
        if {$line ne "" && ![string match "#*" $line]} {
            lappend found [list [lindex [split $line { }] 1] [lindex [split $line { }] 0]]
        }
    }
    return $found
}

test every_node_forward_and_backward {
    set folder [tmp]
    publish $folder [examples]
    start_named $folder
    check {[llength [nodes $folder]] == 15}
    foreach node [nodes $folder] {
        lassign $node name address
        set type [expr {[string match *:* $address] ? "AAAA" : "A"}]
        check {$address in [answer $name $type]} "$name $address"
        set back [string trimright [lindex [answer [reverse $address] PTR] end] .]
        # of two with a shared address the first one is named
        equal $back [string map {virtual-b virtual-a} $name] $address
    }
}

test rfc_2317_delegation_is_followed {
    set folder [tmp]
    publish $folder [examples]
    start_named $folder
    equal [answer 33.2.0.192.in-addr.arpa PTR] \
        {33.32/27.2.0.192.in-addr.arpa. tug1.pilots.example.org.}
    equal [answer 33.2.0.192.in-addr.arpa CNAME] {33.32/27.2.0.192.in-addr.arpa.}
    equal [lsort [answer 32/27.2.0.192.in-addr.arpa NS]] \
        {ns1.pilots.example.org. ns2.radar.pilots.example.org.}
    # an address without a node: the name in the /24 is there, and leads nowhere
    equal [answer 40.2.0.192.in-addr.arpa PTR] {40.32/27.2.0.192.in-addr.arpa.}
}

test aliases_mail_and_other_case {
    set folder [tmp]
    publish $folder [examples]
    start_named $folder
    equal [answer FERRY.Pilots.Example.ORG A] {tug1.pilots.example.org. 192.0.2.33}
    equal [answer www.pilots.example.org AAAA] {shore.pilots.example.org. 2001:db8:0:60::7}
    equal [answer tug1.pilots.example.org MX] {{10 mail.example.org.}}
    equal [answer dish.radar.pilots.example.org A] 10.20.5.1
    equal [answer radar-www.pilots.example.org A] {dish.radar.pilots.example.org. 10.20.5.1}
}

test change_is_served_with_a_higher_serial {
    set folder [tmp]
    file mkdir $folder/sdb
    foreach file [examples] {
        file copy $file $folder/sdb
    }
    publish $folder [glob $folder/sdb/*.sdb]
    start_named $folder
    equal [serial pilots.example.org] 100
    set file $folder/sdb/Subnet_7.sdb
    write $file [string map {"lamp:192.0.2.34" "beam:192.0.2.40"} [contents $file]]
    publish $folder [glob $folder/sdb/*.sdb]
    $::named signal HUP
    until 10000 {[serial pilots.example.org] eq "101"}
    until 10000 {[serial 32/27.2.0.192.in-addr.arpa] eq "101"}
    equal [answer beam.pilots.example.org A] 192.0.2.40
    equal [answer lamp.pilots.example.org A] {}
    equal [lindex [answer 40.2.0.192.in-addr.arpa PTR] end] beam.pilots.example.org.
    # what was not touched keeps its serial
    equal [serial links.example.org] 100
    equal [serial 2.0.192.in-addr.arpa] 100
    # a deletion is a change as well
    write $file [regsub {(?n)^beam:.*\n} [contents $file] {}]
    publish $folder [glob $folder/sdb/*.sdb]
    $::named signal HUP
    until 10000 {[serial pilots.example.org] eq "102"}
    equal [answer beam.pilots.example.org A] {}
}

finish
