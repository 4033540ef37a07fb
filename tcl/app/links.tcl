# SPDX-License-Identifier: ISC
# Addresses and paths in a text from outside: pure.
namespace eval opdesk::app::links {
    # printable ASCII without quotes, angle brackets and the backslash: what looks like another letter
    # cannot be part of an address that is opened
    variable address {https?://[!#-;=?-\[\]-~]+}
    # absolute, at the beginning of a word
    variable path {(?:^|[\s"'(=,:\[])(/[^\s"'<>()/][^\s"'<>()]*)}
}

# KIND FROM TO … in order, KIND address or path, FROM and TO the indices of the first and last
# character.  What follows as punctuation is not part of it.
proc opdesk::app::links::find {text} {
    variable address
    variable path
    set found {}
    foreach range [regexp -all -inline -indices $address $text] {
        lappend found [Trim $text address {*}$range]
    }
    foreach {all range} [regexp -all -inline -indices $path $text] {
        set item [Trim $text path {*}$range]
        if {[lindex $item 2] > [lindex $item 1] && ![Inside $item $found]} {
            lappend found $item
        }
    }
    return [concat {*}[lsort -integer -index 1 $found]]
}

proc opdesk::app::links::Trim {text kind from to} {
    while {$to > $from && [regexp {[.,;:!?')\]\}]} [string index $text $to]]
        && ![Closes [string range $text $from $to]]} {
        incr to -1
    }
    return [list $kind $from $to]
}

# Does the bracket at the end close one that is inside?
proc opdesk::app::links::Closes {text} {
    return [expr {[string index $text end] eq ")"
        && [regexp -all {\(} $text] >= [regexp -all {\)} $text]}]
}

proc opdesk::app::links::Inside {item found} {
    lassign $item - from to
    foreach other $found {
        lassign $other kind first last
        if {$kind eq "address" && $from <= $last && $first <= $to} {
            return 1
        }
    }
    return 0
}

# Where an address leads: its host and port, without a user in front of it, which may look like a host.
proc opdesk::app::links::target {address} {
    if {![regexp {^https?://(?:[^/?#]*@)?([^/?#@]+)} $address - host]} {
        return ""
    }
    return [string tolower $host]
}
