# SPDX-License-Identifier: ISC
# What comes of a conflict once somebody has decided each of its lines: pure.  For `theirs` mine is made to
# say what theirs does; for `mine` the base is, so that theirs has changed nothing there; then the ordinary
# merge does the rest.
namespace eval opdesk::app::sdb_conflict {
    namespace import ::msgcat::mc
}

# Bytes.  conflicts: dicts {kind base mine theirs}, lines as text; choices: mine or theirs for each.  Throws
# {OPDESK SDB conflict} when something is in conflict still.
proc opdesk::app::sdb_conflict::decide {base mine theirs conflicts choices} {
    foreach conflict $conflicts choice $choices {
        foreach name {base mine theirs} {
            set line_$name [if {[dict exists $conflict $name]} {encoding convertto utf-8 [dict get $conflict $name]}]
        }
        if {$choice eq "mine"} {
            set base [Become $base $line_base $line_theirs]
        } else {
            set mine [Become $mine $line_mine $line_theirs]
        }
    }
    set merged [opdesk::sdb merge $base $mine $theirs]
    if {[llength [dict get $merged conflicts]]} {
        throw {OPDESK SDB conflict} [mc "These decisions do not go together."]
    }
    return [dict get $merged text]
}

# The line becomes another, "" = it is not there.
proc opdesk::app::sdb_conflict::Become {bytes old new} {
    if {$old eq $new} {
        return $bytes
    }
    set lines [split $bytes \n]
    if {$old eq ""} {
        if {[lindex $lines end] eq ""} {
            return [join [linsert $lines end-1 $new] \n]
        }
        return [join [lappend lines $new] \n]
    }
    set at [lsearch -exact $lines $old]
    if {$at < 0} {
        set at [lsearch -exact $lines $old\r]
        if {$new ne ""} {
            append new \r
        }
    }
    if {$at < 0} {
        throw {OPDESK SDB conflict} [mc "A line of the conflict is not there any more."]
    }
    return [join [if {$new eq ""} {lreplace $lines $at $at} else {lreplace $lines $at $at $new}] \n]
}
