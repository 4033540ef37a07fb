# SPDX-License-Identifier: ISC
# Promise: a zone file means to `ipadmc import` what it means to BIND: named-compilezone's plain form of it imports
# as the same; and a dhcpd.conf that ISC's dhcpd takes is read without an error.
source [file join [file dirname [info script]] .. harness.tcl]
need named-compilezone

# As people write them: relative names, owners left out, parentheses, odd spacing, every kind of time.
set zone {$TTL 1h
@   IN  SOA ns.harbour.example.org. hostmaster (
            2026112601 ; serial
            3h 15m 1w
            1h )    ; negative
        NS  ns
ns      A   192.0.2.5
tug1    1d IN A 192.0.2.33   ; "bridge
        MX  10 mail
        MX  20 mail.example.net.
ferry   CNAME tug1
harbour IN 300 CNAME ferry2
ferry2  A ( 192.0.2.34
          )
mail    IN  A   192.0.2.35
        TXT "a (text; with" " odd \" signs)"
$ORIGIN sub.harbour.example.org.
lamp    A   192.0.2.36
light   CNAME lamp
}

set subnet "Title = Subnet 2\nDomain = harbour.example.org\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n__NODES__\n"

# What an import makes of the text: the nodes, sorted.
proc nodes_of {daemon text} {
    write [tmp a.zone] $text
    set r [run [bin ipadmc] -s [$daemon unix] import [tmp a.zone] --origin harbour.example.org]
    return [lsort [regexp -all -inline -line {^\+.*$} [dict get $r out]]]
}

test plain_form_imports_as_the_same {
    set d [ipadmd -files [list Subnet_2.sdb $::subnet]]
    # lamp.sub is in a domain below: no node of this subnet
    set text [string map {lamp "tug3.harbour.example.org." light "harbour2.harbour.example.org. CNAME tug3.harbour.example.org.\n;"} $::zone]
    write [tmp in] $text
    must named-compilezone -q -i none -k ignore -o [tmp plain] harbour.example.org [tmp in]
    set mine [nodes_of $d $text]
    equal $mine [nodes_of $d [contents [tmp plain]]]
    equal [llength $mine] 5
    equal [lsearch -inline $mine +tug1*] "+tug1:192.0.2.33::ferry:mail:"
}

test dhcpd_takes_what_is_read {
    need /usr/sbin/dhcpd
    set d [ipadmd -files [list Subnet_2.sdb $::subnet]]
    # <> are braces where they mean nothing
    write [tmp dhcpd.conf] [string map {< \{ > \}} {authoritative;
option domain-name "harbour.example.org"; # < a brace in a comment
class "odd" { match if substring (option vendor-class-identifier, 0, 4) = "a>b<"; }
shared-network pier {
  subnet 192.0.2.0 netmask 255.255.255.0 {
    option routers 192.0.2.1;
    host tug1 { hardware ethernet 2:0:c0:ff:ee:1; fixed-address 192.0.2.33; }
  }
  group { use-host-decl-names on;
    host lamp { option host-name "lamp"; hardware ethernet 02:00:c0:ff:ee:02; fixed-address 192.0.2.34; }
  }
}
}]
    must /usr/sbin/dhcpd -t -cf [tmp dhcpd.conf]
    set r [run [bin ipadmc] -s [$d unix] import [tmp dhcpd.conf]]
    equal [dict get $r status] 0 $r
    equal [dict get $r err] ""
    equal [lsort [regexp -all -inline -line {^\+.*$} [dict get $r out]]] \
        {+lamp:192.0.2.34:0200c0ffee02::: +tug1:192.0.2.33:0200c0ffee01:::}
}

finish
