# SPDX-License-Identifier: ISC
# Sentences about subnets that more than one panel needs.  Text from outside goes through
# opdesk::app::words::line.
namespace eval opdesk::app::sdb_words {
    namespace import ::msgcat::mc
}

# What the list calls a subnet; its file when it has no title.
proc opdesk::app::sdb_words::title {subnet {max 80}} {
    set title [opdesk::app::words::line [opdesk::app::sdb_list::field $subnet title] $max]
    return [if {$title eq ""} {dict get $subnet file} else {set title}]
}

proc opdesk::app::sdb_words::free {subnet} {
    if {[dict exists $subnet free]} {
        return [mc "%s free" [number [dict get $subnet free]]]
    }
    if {[dict exists $subnet used]} {
        return [mc "%s used" [number [dict get $subnet used]]]
    }
    return ""
}

# 65536 → 65,536 (with a thin space, which no language takes for a decimal point).
proc opdesk::app::sdb_words::number {n} {
    while {[regsub {^(-?\d+)(\d{3})} $n "\\1\u202f\\2" n]} {}
    return $n
}

# Who holds the lock and for how long.
proc opdesk::app::sdb_words::lock {subnet now} {
    if {![dict exists $subnet lock] || ![dict size [dict get $subnet lock]]} {
        return ""
    }
    set lock [dict get $subnet lock]
    set left [expr {[opdesk::app::sdb_list::field $lock until_ms $now] - $now}]
    set who [opdesk::app::words::person $subnet [opdesk::app::sdb_list::field $lock owner] 40]
    if {[opdesk::app::sdb_list::is_mine $lock]} {
        return [expr {$left > 0 ? [mc "yours for %s" [minutes $left]] : [mc "yours until somebody takes it over"]}]
    }
    return [expr {$left > 0 ? [mc "%1\$s, for %2\$s" $who [minutes $left]] : [mc "%s, can be taken over" $who]}]
}

# Minutes are enough for people, rounded up: "1 min" until it ends.
proc opdesk::app::sdb_words::minutes {ms} {
    return [opdesk::system duration [expr {($ms + 59999) / 60000 * 60000}]]
}

proc opdesk::app::sdb_words::changed {subnet} {
    if {![dict exists $subnet changed_at]} {
        return ""
    }
    set who [opdesk::app::words::person $subnet [opdesk::app::sdb_list::field $subnet changed_by] 40]
    return [mc "%1\$s by %2\$s" [day [dict get $subnet changed_at]] $who]
}

# Today the time, else the day.
proc opdesk::app::sdb_words::day {at_ms} {
    set at [expr {$at_ms / 1000}]
    set today [expr {[clock format $at -format %Y%j] eq [clock format [clock seconds] -format %Y%j]}]
    return [clock format $at -format [expr {$today ? "%H:%M" : "%Y-%m-%d"}]]
}

# A time in the past, to the minute.
proc opdesk::app::sdb_words::at {at_ms} {
    return [clock format [expr {$at_ms / 1000}] -format "%Y-%m-%d %H:%M"]
}

# Who gave a node its form, as of app/sdb_blame.tcl.
proc opdesk::app::sdb_words::blame {blame} {
    if {![dict size $blame]} {
        return ""
    }
    set who [opdesk::app::words::line [opdesk::app::sdb_list::field $blame author] 40]
    set why [opdesk::app::words::line [opdesk::app::sdb_list::field $blame message] 120]
    return [mc "Like this since %1\$s, by %2\$s: %3\$s" [at [dict get $blame at]] $who $why]
}

# What an error of the daemon means to somebody who edits, and what to do.
proc opdesk::app::sdb_words::failure {error} {
    set message [string trimright [opdesk::app::words::line [dict get $error message]] .]
    switch [dict get $error name] {
        unavailable { return [mc "The server cannot be reached: %s. Nothing is lost; it can be sent again." $message] }
        timeout { return [mc "No answer in time: %s. It can be sent again." $message] }
        denied { return [mc "Not allowed: %s." $message] }
        default { return "$message." }
    }
}
