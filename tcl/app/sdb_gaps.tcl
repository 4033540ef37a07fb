# SPDX-License-Identifier: ISC
# What is free between subnets: pure.  IPv4 only; a gap counts when the subnets on both its sides lie in
# one /16, as those of one site do.
namespace eval opdesk::app::sdb_gaps {}

# "192.0.2.32/27" as {FIRST LAST} numbers; {} when it is no IPv4 network.
proc opdesk::app::sdb_gaps::range {network} {
    if {![regexp {^(\d+)\.(\d+)\.(\d+)\.(\d+)/(\d+)$} $network - a b c d bits]} {
        return {}
    }
    set first [expr {($a << 24) | ($b << 16) | ($c << 8) | $d}]
    return [list $first [expr {$first | ((1 << (32 - $bits)) - 1)}]]
}

proc opdesk::app::sdb_gaps::address {number} {
    return [expr {$number >> 24}].[expr {$number >> 16 & 255}].[expr {$number >> 8 & 255}].[expr {$number & 255}]
}

# KEY NETWORK … → by KEY the gap that follows it, {FIRST LAST} as numbers.
proc opdesk::app::sdb_gaps::find {networks} {
    set ranges {}
    foreach {key network} $networks {
        set range [range $network]
        if {[llength $range]} {
            lappend ranges [list {*}$range $key]
        }
    }
    set gaps {}
    set end -1
    set before ""
    foreach range [lsort -integer -index 0 $ranges] {
        lassign $range first last key
        if {$before ne "" && $first > $end + 1 && ($first >> 16) == ($end >> 16)} {
            dict set gaps $before [list [expr {$end + 1}] [expr {$first - 1}]]
        }
        if {$last > $end} {
            set end $last
            set before $key
        }
    }
    return $gaps
}

# The gap as whole networks: "192.0.2.64/26" ….
proc opdesk::app::sdb_gaps::networks {first last} {
    set list {}
    while {$first <= $last} {
        set bits 32
        while {$bits > 0} {
            set size [expr {1 << (33 - $bits)}]
            if {$first % $size || $first + $size - 1 > $last} {
                break
            }
            incr bits -1
        }
        lappend list [address $first]/$bits
        incr first [expr {1 << (32 - $bits)}]
    }
    return $list
}
