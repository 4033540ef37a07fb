# SPDX-License-Identifier: ISC
# What the desk remembers by itself: where windows were, how the list was sorted.  Lines `name = value`
# in $XDG_STATE_HOME/opdesk/desk; what cannot be read is forgotten.
namespace eval opdesk::app::memory {
    variable values {}
    variable timer ""
    variable pause_ms 1000
}

proc opdesk::app::memory::Path {} {
    return [opdesk::app::files::state desk]
}

proc opdesk::app::memory::load {} {
    variable values {}
    if {[catch {opdesk::app::files::lines [Path]} lines]} {
        return
    }
    foreach line $lines {
        if {![catch {opdesk::app::files::pair $line} pair] && [llength $pair]} {
            dict set values {*}$pair
        }
    }
}

proc opdesk::app::memory::recall {name {default ""}} {
    variable values
    if {[dict exists $values $name]} {
        return [dict get $values $name]
    }
    return $default
}

# On disk a moment later, once for all that changes meanwhile.
proc opdesk::app::memory::keep {name value} {
    variable values
    variable timer
    variable pause_ms
    if {[recall $name] eq $value} {
        return
    }
    dict set values $name [string map {\n { }} $value]
    after cancel $timer
    set timer [after $pause_ms [namespace current]::flush]
}

# At once.  A full disk is no reason to disturb anybody: the places are only not remembered.
proc opdesk::app::memory::flush {} {
    variable values
    variable timer
    after cancel $timer
    catch {opdesk::app::files::write [Path] [lmap {name value} $values {set _ "$name = $value"}]}
}
