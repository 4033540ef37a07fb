# SPDX-License-Identifier: ISC
# Is the helper alive?  One that is stopped or hangs keeps its pipe open and says nothing, and every
# connection would look as sound as before.  It is asked when it has said nothing for a while, and replaced
# when it says nothing to that either.  What is counted are turns of our own loop and not seconds of a
# clock: while this host slept, or we were away, the helper could say nothing either.
namespace eval opdesk::app::pulse {
    namespace import ::msgcat::mc
    variable beat_ms 1000
    # beats of silence before it is asked, and before it is given up
    variable ask_after 5
    variable give_up 15
    variable silent 0
    variable timer ""
}

proc opdesk::app::pulse::Helper {state args} {
    variable silent 0
    variable timer
    variable beat_ms
    after cancel $timer
    if {$state eq "up"} {
        set timer [after $beat_ms [namespace current]::Beat]
    }
}

proc opdesk::app::pulse::Beat {} {
    variable silent
    variable ask_after
    variable give_up
    variable timer
    variable beat_ms
    set timer [after $beat_ms [namespace current]::Beat]
    incr silent
    if {[opdesk::app::helper::heard]} {
        set silent 0
    } elseif {$silent == $ask_after} {
        opdesk::app::rpc::call 0 ping {} [namespace current]::Ignore
    } elseif {$silent >= $give_up} {
        opdesk::app::helper::replace [mc "the helper has not answered for %d s; another one is started" \
            [expr {$give_up * $beat_ms / 1000}]]
    }
}

# Whatever it answers, it was heard.
proc opdesk::app::pulse::Ignore {args} {}

opdesk::app::signal::on helper opdesk::app::pulse::Helper
