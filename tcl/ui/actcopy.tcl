# SPDX-License-Identifier: ISC
# The texts of the chosen questions on the clipboard, whole: what the list has only the beginning of is fetched
# before.
namespace eval opdesk::ui::actcopy {
    namespace import ::msgcat::mc
    # questions that are being copied, how many of them are being fetched, and which copy it is
    variable copying {}
    variable fetching 0
    variable copies 0
}

proc opdesk::ui::actcopy::copy {} {
    variable copying [opdesk::ui::actchosen::pending]
    variable fetching 0
    variable copies
    incr copies
    foreach key $copying {
        if {[opdesk::app::alerts::field [opdesk::app::alerts::get $key] cut 0]} {
            incr fetching
            opdesk::app::alerts::fetch $key [list [namespace current]::Fetched $copies]
        }
    }
    if {!$fetching} {
        Put
    }
}

# One that is copied later is copied instead.
proc opdesk::ui::actcopy::Fetched {copy status value} {
    variable copies
    variable fetching
    if {$copy == $copies && [incr fetching -1] == 0} {
        Put
    }
}

proc opdesk::ui::actcopy::Put {} {
    variable copying
    clipboard clear
    set cut 0
    foreach key $copying {
        if {![opdesk::app::alerts::exists $key]} {
            continue
        }
        set alert [opdesk::app::alerts::get $key]
        clipboard append [string trim "[opdesk::app::alerts::field $alert title]\n[dict get $alert text]"]\n
        incr cut [opdesk::app::alerts::field $alert cut 0]
    }
    set copying {}
    if {$cut} {
        opdesk::ui::status::news [mc "Of %d texts only the beginning is copied: the rest could not be fetched" $cut] \
            {triangle warning}
    }
}
