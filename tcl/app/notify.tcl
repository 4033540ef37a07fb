# SPDX-License-Identifier: ISC
# One notification of the desktop in addition, when the user wants it (preference notifications) and
# notify-send(1) is there: of the most grave question that is due, and how many more there are.  It is
# replaced when that one has ended, and withdrawn when none is left.
namespace eval opdesk::app::notify {
    namespace import ::msgcat::mc
    variable seconds 5
    # what it shows: the key and how many, and its number at the desktop ("" = none)
    variable shown {}
    variable id ""
    variable busy 0
    variable later ""
    # many at once are looked at once
    variable pause_ms 300
}

proc opdesk::app::notify::Alert {event key alert} {
    if {[opdesk::app::preferences::get notifications]} {
        Later
    }
}

proc opdesk::app::notify::Later {} {
    variable later
    variable pause_ms
    if {$later eq ""} {
        set later [after $pause_ms [namespace current]::Look]
    }
}

# One program at a time; what happens meanwhile is looked at afterwards.
proc opdesk::app::notify::Look {} {
    variable later ""
    variable busy
    variable shown
    if {$busy} {
        return
    }
    set wanted [choose [opdesk::app::alerts::all] [opdesk::app::clock::now]]
    lassign $wanted key n
    if {$key eq [lindex $shown 0] && $n <= [lindex $shown 1]} {
        return
    }
    if {$key eq ""} {
        Close
    } elseif {[opdesk::app::quiet::allows [opdesk::app::ring::is_critical $key]]} {
        set shown $wanted
        Show $key $n
    }
}

# {KEY N}: the gravest and oldest of the n questions that are due, {"" 0} for none.
proc opdesk::app::notify::choose {alerts now} {
    set best ""
    set least 3
    set n 0
    dict for {key alert} $alerts {
        if {![opdesk::app::ring::is_due $key $alert $now]} {
            continue
        }
        incr n
        set rank [lsearch {critical warning info} [opdesk::app::words::severity $alert]]
        if {$rank < $least} {
            set least $rank
            set best $key
        }
    }
    return [list $best $n]
}

proc opdesk::app::notify::Show {key n} {
    variable id
    variable seconds
    variable busy 1
    set alert [opdesk::app::alerts::get $key]
    set urgency [dict get {critical critical warning normal info low} [opdesk::app::words::severity $alert]]
    set title [mc "Question from %s" [opdesk::app::words::sender $alert]]
    set body "“[opdesk::app::words::subject $alert]”"
    if {$n > 1} {
        append body \n [mc "and %d more" [expr {$n - 1}]]
    }
    set replace [expr {$id eq "" ? {} : [list -r $id]}]
    opdesk::app::program::run [list notify-send -p -a opdesk -i opdesk -u $urgency {*}$replace -- \
        $title [Escape $body]] $seconds [namespace current]::Shown
}

# Another one beside it, that stays as long as the desktop likes.
proc opdesk::app::notify::once {title body} {
    variable seconds
    opdesk::app::program::run [list notify-send -a opdesk -i opdesk -- $title [Escape $body]] $seconds \
        [list apply {{status output} {}}]
}

# A body may be taken for markup.
proc opdesk::app::notify::Escape {text} {
    return [string map {& &amp; < &lt; > &gt;} $text]
}

# A failure is not repeated before something else is to be shown.
proc opdesk::app::notify::Shown {status output} {
    variable id
    if {$status eq "0" && [scan $output %u number] == 1} {
        set id $number
    }
    Done
}

proc opdesk::app::notify::Close {} {
    variable id
    variable shown {}
    variable seconds
    variable busy
    if {$id ne ""} {
        set busy 1
        opdesk::app::program::run [list gdbus call --session --dest org.freedesktop.Notifications \
            --object-path /org/freedesktop/Notifications \
            --method org.freedesktop.Notifications.CloseNotification $id] $seconds \
            [list [namespace current]::Done]
        set id ""
    }
}

proc opdesk::app::notify::Done {args} {
    variable busy 0
    Later
}

opdesk::app::signal::on alert opdesk::app::notify::Alert
