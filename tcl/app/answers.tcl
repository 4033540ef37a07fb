# SPDX-License-Identifier: ISC
# Answers on their way.  An answer carries an id of ours, so that sending it again after a failure
# whose outcome is unknown cannot answer twice; another label is another answer.
#   signal  answer sending KEY
#   signal  answer failed KEY MESSAGE     not known to have arrived: it can be sent again
#   signal  answer late KEY ALERT         somebody else was quicker
#   signal  answer done KEY
# Many answers go a few at a time:
#   signal  answers PROGRESS     a dict: left, sent, done, late, failed, message of the last failure
namespace eval opdesk::app::answers {
    namespace import ::msgcat::mc
    variable sending {}
    # the last try of each question: {LABEL TEXT NOTE ANSWER-ID}
    variable tries {}
    # many at once: keys to come {KEY LABEL NOTE …}, keys on their way, and how it goes
    variable queue {}
    variable batch {}
    variable progress {}
    variable at_once 16
    variable timeout_ms 15000
    variable desk ""
}

proc opdesk::app::answers::is_sending {key} {
    variable sending
    return [dict exists $sending $key]
}

# The name of this desk, for those who ask where an answer came from.
proc opdesk::app::answers::desk {} {
    variable desk
    if {$desk eq ""} {
        set display [if {[info exists ::env(DISPLAY)]} {set ::env(DISPLAY)}]
        set desk [string range [opdesk::system hostname]$display 0 100]
    }
    return $desk
}

proc opdesk::app::answers::send {key label {text ""} {note ""}} {
    variable sending
    variable tries
    variable timeout_ms
    if {[dict exists $sending $key] || ![opdesk::app::alerts::exists $key]} {
        return
    }
    if {![dict exists $tries $key]
        || [lrange [dict get $tries $key] 0 2] ne [list $label $text $note]} {
        dict set tries $key [list $label $text $note [opdesk::system uuid]]
    }
    lassign [split $key /] server id
    set params [dict create id $id answer_id [lindex [dict get $tries $key] 3] label $label desk [desk]]
    if {$note ne ""} {
        dict set params note [opdesk::app::words::cut $note [opdesk::system limit alert.answer note]]
    }
    if {[opdesk::app::alerts::field [opdesk::app::alerts::get $key] kind] eq "text"
        && $label eq "Ok"} {
        dict set params text [opdesk::app::words::cut $text [opdesk::system limit alert.answer text]]
    }
    dict set sending $key 1
    opdesk::app::signal::emit answer sending $key
    opdesk::app::servers::call $server alert.answer $params [list [namespace current]::Sent $key] $timeout_ms
}

proc opdesk::app::answers::Sent {key status value} {
    variable sending
    variable tries
    dict unset sending $key
    if {$status eq "ok"} {
        opdesk::app::signal::emit answer done $key
        Closed $key $value
    } elseif {[dict get $value name] eq "already_answered" && [dict exists $value data]} {
        set data [dict get $value data]
        dict set data server [lindex [split $key /] 0]
        opdesk::app::signal::emit answer late $key $data
        Closed $key $data
    } else {
        opdesk::app::signal::emit answer failed $key [Advice $value]
    }
}

# The reply may be here before the notification.
proc opdesk::app::answers::Closed {key alert} {
    variable tries
    dict unset tries $key
    lassign [split $key /] server
    opdesk::app::alerts::change $server $alert [opdesk::app::clock::now]
}

# --- many at once ---

proc opdesk::app::answers::send_many {keys label {note ""}} {
    variable queue
    variable progress
    variable batch
    if {![llength $queue] && ![dict size $batch]} {
        set progress {left 0 sent 0 done 0 late 0 failed 0 message {}}
    }
    foreach key $keys {
        lappend queue $key $label $note
        dict incr progress left
    }
    More
}

proc opdesk::app::answers::More {} {
    variable queue
    variable batch
    variable progress
    variable at_once
    while {[llength $queue] && [dict size $batch] < $at_once} {
        set queue [lassign $queue key label note]
        dict incr progress left -1
        # answered meanwhile, or on its way already
        if {[opdesk::app::alerts::exists $key] && ![is_sending $key]} {
            dict incr progress sent
            dict set batch $key 1
            send $key $label "" $note
        }
    }
    opdesk::app::signal::emit answers $progress
}

proc opdesk::app::answers::Count {event key args} {
    variable batch
    variable progress
    if {$event ni {done late failed} || ![dict exists $batch $key]} {
        return
    }
    dict unset batch $key
    dict incr progress $event
    if {$event eq "failed"} {
        dict set progress message [lindex $args 0]
    }
    More
}

# What went wrong, and what to do.
proc opdesk::app::answers::Advice {error} {
    set message [opdesk::app::words::line [dict get $error message]]
    switch [dict get $error name] {
        unavailable - timeout - cancelled {
            return [mc "Not confirmed: %s. The question is kept; answer again when the server is connected." $message]
        }
        denied { return [mc "Not allowed: %s. Answer on a desk of an operator." $message] }
        not_found { return [mc "The server does not know this question any more. Close the window."] }
    }
    return [mc "The answer was refused: %s." $message]
}

proc opdesk::app::answers::Alert {event key alert} {
    variable tries
    if {$event in {closed absent dropped} && ![is_sending $key]} {
        dict unset tries $key
    }
}

opdesk::app::signal::on alert opdesk::app::answers::Alert
opdesk::app::signal::on answer opdesk::app::answers::Count
