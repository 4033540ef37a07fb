# SPDX-License-Identifier: ISC
# Who made a network card, by the first half of its Ethernet address: the table of Debian's ieee-data,
# read by slices the first time somebody wants to know.  Addresses with the second lowest bit of the first
# byte set were given by an administrator (IEEE 802, 8.2.2) and have no maker.
#   signal  vendors       the table has been read
namespace eval opdesk::app::sdb_vendor {
    namespace import ::msgcat::mc
    variable path /usr/share/ieee-data/oui.txt
    # by six digits in capitals
    variable makers {}
    # none, reading, read, absent
    variable state none
    variable slice_us 5000
}

# "made by …", "locally administered", "" when nothing is known (yet).
proc opdesk::app::sdb_vendor::words {ethernet} {
    variable makers
    set mac [opdesk::sdb mac $ethernet]
    if {$mac eq ""} {
        return ""
    }
    scan [string range $mac 0 1] %x first
    if {$first & 1} {
        return [mc "a group address: no card has it"]
    }
    if {$first & 2} {
        return [mc "locally administered"]
    }
    Load
    set key [string toupper [string range $mac 0 5]]
    return [expr {[dict exists $makers $key] ? [mc "made by %s" [dict get $makers $key]] : ""}]
}

proc opdesk::app::sdb_vendor::Load {} {
    variable state
    variable path
    if {$state ne "none"} {
        return
    }
    if {[catch {::open $path} chan]} {
        set state absent
        return
    }
    set state reading
    fconfigure $chan -encoding utf-8
    after 0 [list [namespace current]::Slice $chan]
}

# Lines such as "00000C     (base 16)\t\tCisco Systems, Inc".
proc opdesk::app::sdb_vendor::Slice {chan} {
    variable makers
    variable state
    variable slice_us
    set end [expr {[clock microseconds] + $slice_us}]
    while {[clock microseconds] < $end} {
        if {[gets $chan line] < 0} {
            ::close $chan
            set state read
            opdesk::app::signal::emit vendors
            return
        }
        if {[regexp {^([0-9A-F]{6})\s+\(base 16\)\s+(\S.*?)\s*$} $line - key maker]} {
            dict set makers $key $maker
        }
    }
    after idle [list after 0 [list [namespace current]::Slice $chan]]
}
