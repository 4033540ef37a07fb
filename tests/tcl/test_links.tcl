# SPDX-License-Identifier: ISC
# What counts as an address and as a path, and where an address leads.
source [file join [file dirname [info script]] common.tcl]
parts app/links

proc found {text} {
    return [lmap {kind from to} [opdesk::app::links::find $text] {
        list $kind [string range $text $from $to]
    }]
}

foreach {name text want} {
    sentence {See https://wiki.example.org/a?b=1#c. Then go on.} {{address https://wiki.example.org/a?b=1#c}}
    brackets {(see http://a.example/x_(y)) and <https://b.example/>}
        {{address http://a.example/x_(y)} {address https://b.example/}}
    path {volume 3 goes to /mnt/disk/vol.tar, then on} {{path /mnt/disk/vol.tar}}
    both {/etc/fstab and http://h/etc "/var/log/x"} {{path /etc/fstab} {address http://h/etc} {path /var/log/x}}
    neither {and/or 1/2 a//b ftp://x mailto:y / http://} {}
} {
    test links_in_$name {} [list found $text] $want
}

test links_end_at_letters_that_look_alike {a Cyrillic letter in the name of a host} {
    found "http://ex\u0430mple.org/"
} {{address http://ex}}

test links_end_at_what_is_shown_as_a_code {} {
    found "http://a.example/\\u202egro.elpmaxe"
} {{address http://a.example/}}

test links_lead_to_the_host {} {
    lmap address {
        https://Wiki.example.org:8443/a@b https://bank.example@evil.example/ http://u:p@h?x http:///x
    } {
        opdesk::app::links::target $address
    }
} {wiki.example.org:8443 evil.example h {}}

done
