# SPDX-License-Identifier: ISC
# What the tests of examples/ share: an example program, and its port once it says that it listens.
source [file join [file dirname [info script]] .. harness.tcl]

proc example {name} {
    return [file join $::harness::bin .. examples $name]
}

# Wait for `pattern` in the output of a job: what its first group matched, or all of it.
proc says {job pattern {ms 15000}} {
    until $ms {[regexp -line -- $pattern [$job out]] || [$job ended]} "$pattern: [$job describe]"
    if {![regexp -line -- $pattern [$job out] all first]} {
        error "it ended without saying $pattern: [$job describe]"
    }
    return [expr {[info exists first] && $first ne "" ? $first : $all}]
}
