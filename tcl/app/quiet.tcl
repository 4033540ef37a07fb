# SPDX-License-Identifier: ISC
# Quiet hours: nothing rings and nothing is announced on the desktop then, except critical questions.
# Windows open and the list goes on as ever.  Which hours: preference quiet_hours, by the clock on the
# wall, also past midnight.
namespace eval opdesk::app::quiet {}

# Is that minute of the day within {FROM TO}?  {} is never.
proc opdesk::app::quiet::within {minute hours} {
    if {![llength $hours]} {
        return 0
    }
    lassign $hours from to
    return [expr {$from <= $to ? $minute >= $from && $minute < $to : $minute >= $from || $minute < $to}]
}

proc opdesk::app::quiet::now {} {
    scan [clock format [clock seconds] -format %H:%M] %d:%d hour minute
    return [within [expr {60 * $hour + $minute}] [opdesk::app::preferences::get quiet_hours]]
}

# May these alerts make themselves heard?
proc opdesk::app::quiet::allows {critical} {
    return [expr {$critical || ![now]}]
}
