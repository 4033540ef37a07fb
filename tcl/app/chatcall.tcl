# SPDX-License-Identifier: ISC
# Somebody calls us in the chat by our nickname, or says something to us alone: the bell rings once, and the
# desktop notifies where that is wanted (preferences chat_ring, notifications).  Not in quiet hours, not for
# a line that is being read, and seldom however much is said.
namespace eval opdesk::app::chatcall {
    namespace import ::msgcat::mc
    variable gap_ms 10000
    variable last ""
    # a command: does somebody look at the conversation on the screen?
    variable attentive {expr 0}
}

proc opdesk::app::chatcall::ask {prefix} {
    variable attentive $prefix
}

proc opdesk::app::chatcall::Chat {event args} {
    if {$event eq "called"} {
        Called {*}$args
    }
}

proc opdesk::app::chatcall::Called {key line} {
    variable gap_ms
    variable last
    variable attentive
    set now [opdesk::app::clock::now]
    if {![opdesk::app::preferences::get chat_ring] || ![opdesk::app::quiet::allows 0]
        || ($last ne "" && $now - $last < $gap_ms)
        || ([opdesk::app::chat::is_looked_at $key] && [{*}$attentive])} {
        return
    }
    set last $now
    opdesk::app::sound::ring
    if {[opdesk::app::preferences::get notifications]} {
        Notify $key $line
    }
}

proc opdesk::app::chatcall::Notify {key line} {
    set nick [opdesk::app::words::line [dict get $line nick] 40]
    set title [expr {[opdesk::app::chat::is_private $key] ? [mc "%s to you alone" $nick]
        : [mc "%1\$s in %2\$s" $nick [dict get [opdesk::app::chat::get $key] title]]}]
    opdesk::app::notify::once $title [opdesk::app::words::line [dict get $line text] 200]
}

opdesk::app::signal::on chat opdesk::app::chatcall::Chat
