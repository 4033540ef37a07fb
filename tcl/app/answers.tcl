# SPDX-License-Identifier: ISC
# Answers on their way.  An answer carries an id of ours, so that sending it again after a failure
# whose outcome is unknown cannot answer twice; another label is another answer.
#   signal  answer sending KEY
#   signal  answer failed KEY MESSAGE     not known to have arrived: it can be sent again
#   signal  answer late KEY ALERT         somebody else was quicker
#   signal  answer done KEY
namespace eval opdesk::app::answers {
    namespace import ::msgcat::mc
    variable sending {}
    # the last try of each question: {LABEL TEXT ANSWER-ID}
    variable tries {}
    variable timeout_ms 15000
    variable desk ""
}

proc opdesk::app::answers::is_sending {key} {
    variable sending
    return [dict exists $sending $key]
}

# The name of this desk, for those who ask where an answer came from.
proc opdesk::app::answers::Desk {} {
    variable desk
    if {$desk eq ""} {
        set display [expr {[info exists ::env(DISPLAY)] ? $::env(DISPLAY) : ""}]
        set desk [string range [info hostname]$display 0 100]
    }
    return $desk
}

proc opdesk::app::answers::send {key label {text ""}} {
    variable sending
    variable tries
    variable timeout_ms
    if {[dict exists $sending $key] || ![opdesk::app::alerts::exists $key]} {
        return
    }
    if {![dict exists $tries $key] || [lrange [dict get $tries $key] 0 1] ne [list $label $text]} {
        dict set tries $key [list $label $text [opdesk::system uuid]]
    }
    lassign [split $key /] server id
    set params [dict create id $id answer_id [lindex [dict get $tries $key] 2] label $label desk [Desk]]
    if {[opdesk::app::alerts::field [opdesk::app::alerts::get $key] kind] eq "text"
        && $label eq "Ok"} {
        dict set params text $text
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
        opdesk::app::signal::emit answer late $key [dict get $value data]
        Closed $key [dict get $value data]
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
    if {$event in {closed absent} && ![is_sending $key]} {
        dict unset tries $key
    }
}

opdesk::app::signal::on alert opdesk::app::answers::Alert
