# SPDX-License-Identifier: ISC
# What the tests of tcl/app/ begin with: its parts, and `done`, which ends a file with a status.
package require Tcl 8.6
package require tcltest
package require msgcat
namespace import ::tcltest::test
set here [file dirname [file normalize [info script]]]
source [file join $here .. harness mp.tcl]

# A subnet file.
set subnet "Title = Subnet 7
Domain = Pilots.Example.Org
Base_IP = 192.0.2.32
Subnet_Mask = 255.255.255.224
Gateway = 192.0.2.62
__NODES__
tug:192.0.2.33:0200c0ffee01:ferry::bridge: console
lamp:192.0.2.34::::
"

# Parts of tcl/, by name.
proc parts {args} {
    foreach part $args {
        uplevel #0 [list source -encoding utf-8 [file join $::here .. .. tcl $part.tcl]]
    }
}

# Failures are counted before the summary forgets them; a file in which nothing ran has failed.
proc done {} {
    set failed [expr {$::tcltest::numTests(Failed) || !$::tcltest::numTests(Passed)}]
    ::tcltest::cleanupTests
    exit $failed
}

# Serve events until the condition holds, 5 s at most.
proc until {condition} {
    set deadline [expr {[clock milliseconds] + 5000}]
    while {![uplevel 1 [list expr $condition]]} {
        if {[clock milliseconds] > $deadline} {
            error "not in time: $condition"
        }
        after 2 {set ::turn 1}
        vwait ::turn
    }
}

# A list prefix that keeps what it was called with in the list `name`.
proc keep {name args} {
    lappend ::$name $args
}
proc keeper {name} {
    set ::$name {}
    return [list keep $name]
}

# A frame of the helper's: [link, rpc], typed as in harness/mp.tcl.
proc frame {link rpc} {
    set payload [mp::pack [list arr [list [list int $link] $rpc]]]
    return [binary format I [string length $payload]]$payload
}

# The messages in encoded frames.
proc unframe {bytes} {
    set messages {}
    while {[binary scan $bytes Iu length]} {
        lappend messages [mp::unpack [string range $bytes 4 [expr {3 + $length}]]]
        set bytes [string range $bytes [expr {4 + $length}] end]
    }
    return $messages
}
