# SPDX-License-Identifier: ISC
# What the chat's server tells: one handler On_TYPE for each type of chat.event.  Part of app/chat.

proc opdesk::app::chat::Note {server method params} {
    variable index
    if {$server eq $index && $method eq "chat.event"} {
        set handler On_[dict get $params type]
        if {[llength [info commands [namespace current]::$handler]]} {
            $handler $params
        }
    }
}

proc opdesk::app::chat::On_joined {event} {
    variable current
    variable looking
    set key [Conversation [dict get $event title]]
    set current $key
    set was [dict get [get $key] in]
    Put $key in 1 count [dict get $event count]
    if {!$was} {
        Keep
        opdesk::app::signal::emit chat joined $key
    }
    Flush
    AskPeople
}

proc opdesk::app::chat::On_parted {event} {
    variable current ""
    variable looking
    set key [Conversation [dict get $event title]]
    Put $key in 0 count [dict get $event count] unread 0 called 0 people {}
    Keep
    opdesk::app::signal::emit chat people $key
    Line $key note "" [mc "You have left."]
}

# The last lines of before come again to who joins, the time in front; those that are known stay one.
proc opdesk::app::chat::On_said {event} {
    set key [Conversation [dict get $event title]]
    set nick [dict get $event nick]
    set text [dict get $event text]
    if {[regexp {^\((\d\d):(\d\d)\) (.*)$} $text - hour minute rest]} {
        if {![Known $key $nick $rest]} {
            Line $key [expr {[is_me $nick] ? "mine" : "said"}] $nick $rest [At $hour $minute]
        }
        return
    }
    Line $key [expr {[is_me $nick] ? "mine" : "said"}] $nick $text
    if {![is_me $nick]} {
        set called [calls_us $text]
        Unread $key $called
        if {$called} {
            Called $key
        }
    }
}

# By the last line.
proc opdesk::app::chat::Called {key} {
    variable lines
    opdesk::app::signal::emit chat called $key [lindex [dict get $lines $key] end]
}

proc opdesk::app::chat::Known {key nick text} {
    variable lines
    foreach line [lrange [dict get $lines $key] end-199 end] {
        if {[dict get $line nick] eq $nick && [dict get $line text] eq $text} {
            return 1
        }
    }
    return 0
}

# The last time that it was so late.
proc opdesk::app::chat::At {hour minute} {
    set now [clock seconds]
    set at [clock scan $hour:$minute -format %H:%M -base $now]
    return [expr {$at > $now + 60 ? $at - 86400 : $at}]
}

proc opdesk::app::chat::Unread {key called} {
    variable looking
    if {$key ne $looking} {
        set one [get $key]
        Put $key unread [expr {[dict get $one unread] + 1}] called [expr {$called || [dict get $one called]}]
    }
}

proc opdesk::app::chat::On_whispered {event} {
    set nick [dict get $event nick]
    set key [Conversation $nick 1]
    Line $key said $nick [dict get $event text]
    Unread $key 1
    Called $key
}

proc opdesk::app::chat::On_came {event} {
    set key [Conversation [dict get $event title]]
    set nick [dict get $event nick]
    set people [dict get [get $key] people]
    if {$nick ni $people} {
        Put $key people [lsort -dictionary [linsert $people 0 $nick]] count [expr {[dict get [get $key] count] + 1}]
    }
    Line $key note $nick [mc "%s has come." $nick]
    opdesk::app::signal::emit chat people $key
}

proc opdesk::app::chat::On_went {event} {
    set key [Conversation [dict get $event title]]
    set nick [dict get $event nick]
    Put $key people [lsearch -all -inline -not -exact -nocase [dict get [get $key] people] $nick] \
        count [expr {max(0, [dict get [get $key] count] - 1)}]
    Line $key note $nick [mc "%s has left." $nick]
    opdesk::app::signal::emit chat people $key
}

proc opdesk::app::chat::On_channel {event} {
    set key [Conversation [dict get $event title]]
    Put $key count [dict get $event count] text [dict get $event text]
}

# One of a list.
proc opdesk::app::chat::On_user {event} {
    variable coming
    variable conversations
    foreach title [split [dict get $event text]] {
        set key [Key $title]
        if {[dict exists $conversations $key]} {
            dict lappend coming $key [dict get $event nick]
        }
    }
}

# The end of a list.  One of which something got lost is asked for again; what has come counts meanwhile.
proc opdesk::app::chat::On_listed {event} {
    variable current
    variable asks
    variable max_asks
    if {[dict get $event title] ne "users"} {
        return
    }
    Settle $current
    if {[dict get $event text] ne "" && $asks < $max_asks} {
        AskPeople $asks
    }
}

proc opdesk::app::chat::On_error {event} {
    variable looking
    Line $looking error "" [dict get $event text]
    Unsend [dict get $event text]
}

# Who is in the current channel?
proc opdesk::app::chat::AskPeople {{before 0}} {
    variable current
    variable timer
    variable settle_ms
    variable asks
    variable coming {}
    if {$current eq "" || ![is_up]} {
        return
    }
    set asks [expr {$before + 1}]
    after cancel $timer
    set timer [after $settle_ms [list [namespace current]::Settle $current]]
    Call chat.users {}
}

proc opdesk::app::chat::Settle {key} {
    variable coming
    variable timer
    after cancel $timer
    if {[exists $key] && [dict exists $coming $key]} {
        set people [lsort -dictionary -unique [dict get $coming $key]]
        Put $key people $people count [llength $people]
        opdesk::app::signal::emit chat people $key
    }
    set coming {}
}

proc opdesk::app::chat::Refresh {} {
    variable asked_s [clock seconds]
    if {[is_up]} {
        Call chat.channels {}
        AskPeople
    }
}

proc opdesk::app::chat::Tick {now} {
    variable looking
    variable asked_s
    variable refresh_s
    if {$looking ne "" && [is_up] && abs([clock seconds] - $asked_s) >= $refresh_s} {
        Refresh
    }
}

opdesk::app::signal::on server.note opdesk::app::chat::Note
opdesk::app::signal::on tick opdesk::app::chat::Tick
