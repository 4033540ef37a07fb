# SPDX-License-Identifier: ISC
# What every black-box test of whole programs begins with.  A test file sources this one, calls
# `test NAME BODY` once per promise and ends with `finish`.  Nothing here knows how the programs are
# made: only their options, their output and the wire formats of docs/protocol.md.
#   usage: tclsh8.6 -encoding utf-8 FILE.tcl BIN-FOLDER        (or OPDESK_BIN=BIN-FOLDER)
# OPDESK_TEST=PATTERN runs only the tests whose names match; OPDESK_KEEP=1 keeps the temporary folder.
package require Tcl 8.6
encoding system utf-8
foreach part {core job mp peer daemon ipadmd opchatd} {
    source [file join [file dirname [file normalize [info script]]] harness $part.tcl]
}
