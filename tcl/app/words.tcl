# SPDX-License-Identifier: ISC
# Sentences about questions that more than one panel needs.  Text from outside goes through `line` or
# `plain`: control and bidirectional characters shown as such, one line or a few, cut to a length.
namespace eval opdesk::app::words {
    namespace import ::msgcat::mc
    # faces of the fixed kinds' buttons; the label that is sent stays as it is
    variable fixed_kinds {ok okcancel yesno yesnocancel retrycancel abortretryignore text}
}

proc opdesk::app::words::line {text {max 200}} {
    set text [string trim [regsub -all {\s+} $text { }]]
    set cut [expr {[string length $text] > $max}]
    set text [opdesk::system plain [string range $text 0 [expr {$max - 1}]]]
    return $text[if {$cut} {string cat …}]
}

proc opdesk::app::words::plain {text} {
    return [opdesk::system plain $text 1]
}

# What the wire takes of a text: that many bytes at most.
proc opdesk::app::words::cut {text max_bytes} {
    set text [string range $text 0 [expr {$max_bytes - 1}]]
    while {[string length [encoding convertto utf-8 $text]] > $max_bytes} {
        set text [string range $text 0 end-1]
    }
    return $text
}

# How many letters there are too many of it.
proc opdesk::app::words::over {text max_bytes} {
    return [expr {[string length $text] - [string length [cut $text $max_bytes]]}]
}

# What a list shows of a question.
proc opdesk::app::words::subject {alert} {
    set title [opdesk::app::alerts::field $alert title]
    set text [opdesk::app::alerts::field $alert text]
    return [line [if {$title eq ""} {set text} else {string cat $title ": " $text}]]
}

proc opdesk::app::words::sender {alert} {
    return [line [opdesk::app::alerts::field $alert from [opdesk::app::alerts::field $alert asker]] 120]
}

# The face of a button.
proc opdesk::app::words::face {alert label} {
    variable fixed_kinds
    if {[opdesk::app::alerts::field $alert kind] in $fixed_kinds} {
        return [mc $label]
    }
    return [line $label 60]
}

# For each face of a button the place of a character in it, alpha or alnum, that no other has, so that Alt
# can reach it, the first if it can be; -1 when all are taken.
proc opdesk::app::words::letters {faces kind {taken ""}} {
    return [lmap face $faces {
        set at -1
        for {set index 0} {$index < [string length $face]} {incr index} {
            set letter [string tolower [string index $face $index]]
            if {[string is $kind $letter] && [string first $letter $taken] < 0} {
                append taken $letter
                set at $index
                break
            }
        }
        set at
    }]
}

proc opdesk::app::words::severity {alert} {
    set severity [opdesk::app::alerts::field $alert severity warning]
    return [if {$severity in {info warning critical}} {set severity} else {string cat warning}]
}

# Whole minutes and hours are enough for people once a thing is older than a few minutes.
proc opdesk::app::words::duration {ms} {
    set ms [expr {max($ms, 0)}]
    if {$ms >= 600000} {
        set ms [expr {$ms / 60000 * 60000}]
    }
    if {$ms < 1000} {
        return "0 s"
    }
    return [opdesk::system duration [expr {$ms / 1000 * 1000}]]
}

# Is that who we are to the question's server?
proc opdesk::app::words::is_you {alert who} {
    return [expr {$who ne "" && $who eq [opdesk::app::servers::you [opdesk::app::alerts::field $alert server]]}]
}

# Somebody, behind a "by".
proc opdesk::app::words::person {alert who {max 80}} {
    return [if {[is_you $alert $who]} {mc "you"} else {line $who $max}]
}

# How a closed question ended.
proc opdesk::app::words::ending {alert} {
    set by [person $alert [opdesk::app::alerts::field $alert by]]
    set label [opdesk::app::alerts::field $alert answer]
    set answer [if {$label ne ""} {face $alert $label}]
    switch [dict get $alert state] {
        answered {
            set text [line [opdesk::app::alerts::field $alert text_answer] 80]
            if {$text ne ""} {
                set answer "$answer, “$text”"
            }
            return [expr {$by eq "" ? [mc "Answered: %s" $answer] : [mc "Answered by %s: %s" $by $answer]}]
        }
        expired {
            return [expr {$answer eq "" ? [mc "Time is up: it ended without an answer"]
                : [mc "Time is up: answered %s by itself" $answer]}]
        }
        withdrawn {
            set reason [line [opdesk::app::alerts::field $alert reason] 120]
            return [expr {$reason eq "" ? [mc "Withdrawn"] : [mc "Withdrawn: %s" $reason]}]
        }
    }
    return [mc "It has ended"]
}

# The state of a pending question, briefly; one that was escalated has a sign in front.
proc opdesk::app::words::state {key alert now} {
    set state [State $key $alert $now]
    if {[opdesk::app::alerts::field $alert escalation_error] ne ""} {
        return "▲ [mc "escalation failed"]"
    }
    if {[opdesk::app::alerts::field $alert escalated 0]} {
        return "▲ [mc "escalated"] · $state"
    }
    return $state
}

proc opdesk::app::words::State {key alert now} {
    if {[opdesk::app::answers::is_sending $key]} {
        return [mc "sending …"]
    }
    if {![opdesk::app::servers::up [opdesk::app::alerts::field $alert server]]} {
        # nobody here knows whether it still waits
        return [mc "server away"]
    }
    if {[opdesk::app::alerts::field $alert orphaned 0]} {
        return [mc "job not connected"]
    }
    if {[opdesk::app::alerts::field $alert claimed_by] ne ""} {
        return [mc "claimed"]
    }
    if {[dict get $alert ring_ms] > $now} {
        return [mc "silent for %s" [duration [expr {[dict get $alert ring_ms] - $now}]]]
    }
    if {[opdesk::app::windows::is_open $key]} {
        return [mc "window open"]
    }
    if {[opdesk::app::windows::is_aside $key]} {
        return [mc "put aside here"]
    }
    return [mc "waiting"]
}

# Who has claimed it, "" for nobody.
proc opdesk::app::words::owner {alert} {
    return [person $alert [opdesk::app::alerts::field $alert claimed_by] 60]
}

proc opdesk::app::words::is_mine {alert} {
    return [is_you $alert [opdesk::app::alerts::field $alert claimed_by]]
}

# A sentence about it, with how long it lasts when that is known; "" when nobody has claimed it.
proc opdesk::app::words::claim {alert {now ""}} {
    if {[opdesk::app::alerts::field $alert claimed_by] eq ""} {
        return ""
    }
    set mine [is_mine $alert]
    if {$now eq "" || ![dict exists $alert claim_ms]} {
        return [expr {$mine ? [mc "You are on it"] : [mc "%s is on it" [owner $alert]]}]
    }
    set left [duration [expr {[dict get $alert claim_ms] - $now}]]
    return [expr {$mine ? [mc "You are on it, for another %s" $left]
        : [mc "%1\$s is on it, for another %2\$s" [owner $alert] $left]}]
}

# A point of time by the clock on the wall: the time of today, else with its date.
proc opdesk::app::words::time {at_ms} {
    set at [expr {$at_ms / 1000}]
    set today [expr {[clock format $at -format %Y%j] eq [clock format [clock seconds] -format %Y%j]}]
    return [clock format $at -format [expr {$today ? "%H:%M:%S" : "%Y-%m-%d %H:%M"}]]
}

# The zone of the times that people read here: its name, and how far it is from UTC.
proc opdesk::app::words::zone {at_s} {
    regexp {^([+-]\d\d)(\d\d)$} [clock format $at_s -format %z] - hours minutes
    set offset [expr {$hours eq "+00" && $minutes eq "00" ? "" : "$hours:$minutes"}]
    set name [clock format $at_s -format %Z]
    return [expr {$name eq "UTC" || [regexp {^[+-]} $name] ? "UTC$offset" : "$name, UTC$offset"}]
}

# A line of a question's life: what, by whom, with which words.
proc opdesk::app::words::event {alert event} {
    set what [dict get $event what]
    set by [person $alert [opdesk::app::alerts::field $event by]]
    set note [line [opdesk::app::alerts::field $event note] 2000]
    # for the catalogue: each has a sentence of its own
    switch $what {
        asked { set text [mc "asked"] }
        shown { return [Shown $by $note] }
        joined { set text [mc "asked again, waits for the same answer"] }
        claimed { set text [mc "claimed"] }
        released { set text [mc "released"] }
        snoozed { set text [mc "snoozed"] }
        "rings again" { set text [mc "rings again"] }
        note { set text [mc "note"] }
        escalated { return [Escalated $by $note] }
        answered { set text [mc "answered"] }
        expired { set text [mc "time was up"] }
        withdrawn { set text [mc "withdrawn"] }
        default { set text [line $what 60] }
    }
    if {$by ne ""} {
        set text [mc "%1\$s by %2\$s" $text $by]
    }
    return $text[if {$note ne ""} {string cat ": " $note}]
}

# The note is the name of the desk.
proc opdesk::app::words::Shown {by note} {
    return [expr {$note eq "" ? [mc "shown to %s" $by] : [mc "shown to %1\$s, on the desk %2\$s" $by $note]}]
}

# The daemon's "by" is the level, its note what became of it.
proc opdesk::app::words::Escalated {by note} {
    set text [expr {[scan $by "level %d" level] == 1 ? [mc "escalated, level %d" $level] : [mc "escalated"]}]
    return $text[if {$note ne ""} {string cat ": " $note}]
}

# The same for a column: the answer and by whom, or why there is none.
proc opdesk::app::words::outcome {alert} {
    set by [person $alert [opdesk::app::alerts::field $alert by] 60]
    set label [opdesk::app::alerts::field $alert answer]
    set parts {}
    if {[dict get $alert state] ne "answered"} {
        lappend parts [event $alert [dict create what [dict get $alert state]]]
    }
    foreach part [list [if {$label ne ""} {face $alert $label}] \
        [line [opdesk::app::alerts::field $alert text_answer] 40] $by \
        [line [opdesk::app::alerts::field $alert reason] 60]] {
        if {$part ne ""} {
            lappend parts $part
        }
    }
    return [join $parts " · "]
}

# What will happen by itself, "" without a deadline.
proc opdesk::app::words::deadline {alert now} {
    if {![dict exists $alert due_ms]} {
        return ""
    }
    set left [duration [expr {[dict get $alert due_ms] - $now}]]
    set label [opdesk::app::alerts::field $alert default]
    if {$label eq ""} {
        return [mc "Ends without an answer in %s" $left]
    }
    return [mc "Answers “%s” by itself in %s" [face $alert $label] $left]
}

# How far it was escalated, and what went wrong with that; each "" when there is nothing to say.
proc opdesk::app::words::escalation {alert} {
    set level [opdesk::app::alerts::field $alert escalated 0]
    return [expr {$level ? [mc "Escalated, level %d: others were called" $level] : ""}]
}

proc opdesk::app::words::escalation_error {alert} {
    set error [line [opdesk::app::alerts::field $alert escalation_error]]
    return [expr {$error eq "" ? "" : [mc "Escalated in vain: %s. Perhaps nobody else knows of this question." \
        [string trimright $error .]]}]
}

proc opdesk::app::words::attempt {alert} {
    set attempt [opdesk::app::alerts::field $alert attempt 1]
    return [expr {$attempt > 1 ? [mc "Attempt %d: the last answer did not help" $attempt] : ""}]
}

proc opdesk::app::words::orphaned {alert} {
    return [expr {[opdesk::app::alerts::field $alert orphaned 0] ? [mc "Kept: the job is not connected"] : ""}]
}

# The state of a server, for people.
proc opdesk::app::words::server {server now} {
    dict with server {}
    set reason [line $reason 200]
    switch $state {
        up {
            if {$program eq "beacons"} {
                return [mc "listening"]
            }
            return [expr {$you eq "" ? [mc "connected"] : [mc "connected as %s" [line $you 80]]}]
        }
        connecting { return [mc "connecting …"] }
        denied { return [mc "connected, but not allowed: %s" $reason] }
    }
    set text [expr {$reason eq "" ? [mc "not connected"] : [mc "not connected: %s" $reason]}]
    if {$retry_ms > $now} {
        set seconds [expr {($retry_ms - $now + 999) / 1000}]
        append text " · " [mc "trying again in %d s" $seconds]
    }
    return $text
}
