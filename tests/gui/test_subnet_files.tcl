# SPDX-License-Identifier: ISC
# Promise: nodes come from CSV, hosts, dhcpd.conf and zone files, by keyboard: all that is wrong is shown first with its
# line, a mended file is read again, and an import is one step of the editor; what is exported is the same.
source [file join [file dirname [info script]] subnet.tcl]

# Tk's dialog for files has the keyboard in the name.
proc choose_file {title path} {
    focus_on [lindex [windows_are 1 $title] 0]
    keys ctrl+slash
    typed $path
    keys Return
    windows_are 0 $title
}

proc import_dialog {id path} {
    focus_on $id
    keys ctrl+shift+i
    choose_file {File to import} $path
    return [lindex [windows_are 1 {Import nodes}] 0]
}

proc stored {daemon file condition} {
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    windows_are 0 Update
    file_becomes $daemon $file $condition
}

test import_shows_what_is_wrong_and_takes_the_mended_file {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    write [tmp new.csv] "name,address,ethernet,comment\nlamp,192.0.2.98,0200c0ffee02,north pier\nbuoy,192.0.2.99,02:00:c0:ff:ee:zz,\nlamp,192.0.2.100,,twice\ndock,198.51.100.7,,\n"
    set dialog [import_dialog $id [tmp new.csv]]
    focus_on $dialog
    shot import-errors
    # with errors nothing is imported
    keys Return
    write [tmp new.csv] "name,address,ethernet,comment\nlamp,192.0.2.98,0200c0ffee02,north pier\nbuoy,192.0.2.99,02:00:c0:ff:ee:09,\ndock,198.51.100.7,,\n"
    keys F5
    shot import-mended
    # the button is what Tab comes to behind the list
    keys Tab Tab Tab Tab
    keys space
    windows_are 0 {Import nodes}
    focus_on $id
    shot import-done
    stored $d Subnet_7.sdb {[string match *\nlamp:192.0.2.98:0200c0ffee02:::north\ pier\nbuoy:192.0.2.99:0200c0ffee09:::\n $text]}
    # undo takes all of it back at once
    keys ctrl+z
    stored $d Subnet_7.sdb {[string match *\nlamp:192.0.2.98:0200c0ffee02:::\n $text]}
    equal [$desk err] ""
}

test hosts_are_imported_and_csv_is_exported {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    write [tmp hosts] "127.0.0.1 localhost\n192.0.2.101 quay.pilots.example.org quay\n"
    set dialog [import_dialog $id [tmp hosts]]
    focus_on $dialog
    shot import-hosts
    keys Return
    windows_are 0 {Import nodes}
    focus_on $id
    keys ctrl+shift+e
    choose_file {Export nodes} [tmp out.csv]
    until 10000 {[file exists [tmp out.csv]] && [string match "*quay,192.0.2.101,*" [contents [tmp out.csv]]]} "exported"
    focus_on $id
    # what has no key of its own is in the menu
    opens {keys F10}
    xd key Down Down Down Return
    choose_file {Export nodes} [tmp out.hosts]
    until 10000 {[file exists [tmp out.hosts]] && [string match "*192.0.2.101*quay*" [contents [tmp out.hosts]]]} "exported"
    focus_on $id
    stored $d Subnet_7.sdb {[string match *\nquay:192.0.2.101:* $text]}
    equal [$desk err] ""
}

test dhcpd_conf_is_imported {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    write [tmp dhcpd.conf] "option domain-name \"pilots.example.org\";
subnet 192.0.2.96 netmask 255.255.255.224 \{
  host quay \{ hardware ethernet 02:00:c0:ff:ee:21; fixed-address 192.0.2.101; \}
  host lamp \{ hardware ethernet 02:00:c0:ff:ee:22; fixed-address 192.0.2.98; \}
\}
"
    set dialog [import_dialog $id [tmp dhcpd.conf]]
    focus_on $dialog
    shot import-dhcpd
    keys Return
    windows_are 0 {Import nodes}
    focus_on $id
    stored $d Subnet_7.sdb {[string match *\nlamp:192.0.2.98:0200c0ffee22:* $text]
        && [string match *\nquay:192.0.2.101:0200c0ffee21:* $text]}
    equal [$desk err] ""
}

test zone_is_imported_below_its_origin {
    screen 1280x900
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set id [editor Subnet_7.sdb lamp]
    write [tmp harbour.zone] "\$TTL 3600
@ IN SOA ns hostmaster 1 3600 600 86400 3600
  IN NS ns
quay IN A 192.0.2.101
quay IN MX 10 mail.example.org.
dock IN CNAME quay
"
    set dialog [import_dialog $id [tmp harbour.zone]]
    focus_on $dialog
    shot import-zone
    keys Return
    windows_are 0 {Import nodes}
    focus_on $id
    stored $d Subnet_7.sdb {[regexp -line {^quay:192\.0\.2\.101::dock:mail\.[Ee]xample\.[Oo]rg:$} $text]}
    equal [$desk err] ""
}

finish
