# SPDX-License-Identifier: ISC
# The chat of the people on duty: one server, the conversations in it, what is said.  A conversation's
# key is the channel's title in small letters, or "@ NICK", which no channel can be called, for what two say to
# each other alone.  It is a dict
# {title in count unread called text people}: `in` the channel, so many are, so many lines unread, one of
# them calls us by name, what the server says of it, the nicks in it that are known.  Lines are dicts
# {at kind nick text}, `at` in seconds, kind said mine note error unsent; the oldest go past max_lines.
#   signal  chat state               how the link is (`server`), or which server it is
#   signal  chat list                the conversations, or something of them
#   signal  chat people KEY
#   signal  chat line KEY LINE       at the end
#   signal  chat unsent KEY TEXT     what was typed and did not go out
#   signal  chat called KEY LINE     somebody calls us, or says something to us alone
# Here: the server, the conversations, their lines.  What the server tells is in chatnews, what is typed in
# chatsay.
namespace eval opdesk::app::chat {
    namespace import ::msgcat::mc
    # its number among the servers, "" for none
    variable index ""
    variable conversations {}
    # by key
    variable lines {}
    # by key, how many of the oldest are gone
    variable dropped {}
    variable max_lines 10000
    # the conversation on the screen, "" when nobody looks
    variable looking ""
    # where the server puts what we say
    variable current ""
    # {KEY TEXT …} to be said as soon as that channel is current
    variable held {}
    # nicks of the list that is coming, by key; how often it was asked for; its timer
    variable coming {}
    variable asks 0
    variable max_asks 3
    variable timer ""
    # what has not ended by then is taken for all
    variable settle_ms 15000
    variable refresh_s 30
    variable asked_s 0
    variable was_up 0
    # what a server takes
    variable max_text 400
    variable max_word 32
    variable say_ms 8000
}

# --- the server ---

# As it was kept, if it was.
proc opdesk::app::chat::start {} {
    if {[opdesk::app::preferences::get chat_server] ne "" && [opdesk::app::preferences::get chat_nick] ne ""} {
        Open
    }
}

proc opdesk::app::chat::is_set {} {
    variable index
    return [expr {$index ne ""}]
}

# The dict of app/servers, {} for none.
proc opdesk::app::chat::server {} {
    variable index
    return [expr {[is_set] ? [opdesk::app::servers::get $index] : {}}]
}

proc opdesk::app::chat::is_up {} {
    variable index
    return [expr {[is_set] && [opdesk::app::servers::up $index]}]
}

proc opdesk::app::chat::nick {} {
    return [opdesk::app::preferences::get chat_nick]
}

# Another server or nick, kept.  Throws {OPDESK CHAT} with what is wrong.
proc opdesk::app::chat::connect {server nick} {
    set server [regsub {^chat:} [string trim $server] ""]
    if {$server eq ""} {
        throw {OPDESK CHAT server} [mc "Which server? Type the host that runs opchatd."]
    }
    if {[regexp {^(unix|ssh|tcp|watch):} $server] || [catch {opdesk::system endpoint $server} message]} {
        throw {OPDESK CHAT server} [mc "HOST or HOST:PORT is expected."]
    }
    if {![Word $nick]} {
        throw {OPDESK CHAT nick} [mc "A nickname is one word of at most %d bytes." $::opdesk::app::chat::max_word]
    }
    disconnect
    opdesk::app::preferences::change chat_server $server
    opdesk::app::preferences::change chat_nick $nick
    opdesk::app::preferences::save
    Open
}

proc opdesk::app::chat::Word {text} {
    variable max_word
    return [expr {$text ne "" && ![regexp {\s} $text]
        && [string length [encoding convertto utf-8 $text]] <= $max_word}]
}

proc opdesk::app::chat::Open {} {
    variable was_up 0
    variable index [opdesk::app::servers::add chat:[opdesk::app::preferences::get chat_server] opchatd \
        [dict create nick [nick]]]
    foreach title [opdesk::app::preferences::get chat_channel] {
        Conversation $title
        Put [Key $title] in 1
    }
    opdesk::app::signal::emit chat state
}

proc opdesk::app::chat::disconnect {} {
    variable index
    if {[is_set]} {
        set old $index
        set index ""
        opdesk::app::servers::remove $old
    }
    Reset
    opdesk::app::signal::emit chat state
    opdesk::app::signal::emit chat list
}

proc opdesk::app::chat::Reset {} {
    variable conversations {}
    variable lines {}
    variable dropped {}
    variable current ""
    variable held {}
    variable coming {}
    variable timer
    after cancel $timer
}

proc opdesk::app::chat::Up {server} {
    variable index
    variable current ""
    variable was_up
    if {$server ne $index} {
        return
    }
    if {$was_up} {
        NoteAll [mc "Connected again."]
    }
    set was_up 1
    foreach key [joined] {
        Call chat.join [dict create title [dict get [get $key] title]]
    }
    Refresh
}

proc opdesk::app::chat::State {server} {
    variable index
    variable held
    variable was_up
    if {$server ne $index} {
        return
    }
    if {$was_up == 1 && ![is_up]} {
        # told once, however often it is tried
        set was_up 2
        NoteAll [mc "The connection is lost: what is said meanwhile is not seen here."]
        Unsend [mc "not connected"]
    }
    if {[is_up] && $was_up == 2} {
        set was_up 1
    }
    opdesk::app::signal::emit chat state
}

proc opdesk::app::chat::Removed {server} {
    variable index
    if {$server eq $index} {
        set index ""
        Reset
        opdesk::app::signal::emit chat state
        opdesk::app::signal::emit chat list
    }
}

proc opdesk::app::chat::Call {method params {callback ""} {timeout_ms 60000}} {
    variable index
    if {$callback eq ""} {
        set callback [namespace current]::Answered
    }
    opdesk::app::servers::call $index $method $params $callback $timeout_ms
}

proc opdesk::app::chat::Answered {status value} {
    if {$status eq "error"} {
        variable looking
        Line $looking error "" [dict get $value message]
    }
}

# --- conversations ---

proc opdesk::app::chat::Key {title} {
    return [string tolower $title]
}

proc opdesk::app::chat::is_private {key} {
    return [string match "@ *" $key]
}

# Channels that we are in, what two say alone, then the other channels; each in order of its name.
proc opdesk::app::chat::keys {} {
    variable conversations
    set order {}
    dict for {key one} $conversations {
        lappend order [list [expr {[dict get $one in] ? 0 : [is_private $key] ? 1 : 2}] $key]
    }
    return [lmap item [lsort -index 0 -integer [lsort -dictionary -index 1 $order]] {lindex $item 1}]
}

proc opdesk::app::chat::joined {} {
    variable conversations
    return [lmap key [dict keys $conversations] {
        if {![dict get $conversations $key in]} {
            continue
        }
        set key
    }]
}

proc opdesk::app::chat::exists {key} {
    variable conversations
    return [dict exists $conversations $key]
}

proc opdesk::app::chat::get {key} {
    variable conversations
    return [dict get $conversations $key]
}

# The key of a conversation, made if need be.
proc opdesk::app::chat::Conversation {title {private 0}} {
    variable conversations
    variable lines
    variable dropped
    set key [Key [if {$private} {string cat "@ " $title} else {set title}]]
    if {![dict exists $conversations $key]} {
        dict set conversations $key \
            [dict create title [if {$private} {string cat @ $title} else {set title}] in 0 count 0 unread 0 called 0 text "" people {}]
        dict set lines $key {}
        dict set dropped $key 0
    }
    return $key
}

proc opdesk::app::chat::Put {key args} {
    variable conversations
    foreach {name value} $args {
        dict set conversations $key $name $value
    }
    opdesk::app::signal::emit chat list
}

proc opdesk::app::chat::is_looked_at {key} {
    variable looking
    return [expr {$looking eq $key}]
}

# What is on the screen, "" for nothing: it counts as read, and one says something there.
proc opdesk::app::chat::look {key} {
    variable looking
    if {$looking eq $key} {
        return
    }
    set looking $key
    if {$key eq ""} {
        return
    }
    Put $key unread 0 called 0
    if {[is_up] && [dict get [get $key] in]} {
        Current $key
    }
}

proc opdesk::app::chat::Current {key} {
    variable current
    if {$current ne $key} {
        Call chat.join [dict create title [dict get [get $key] title]]
    } else {
        AskPeople
    }
}

proc opdesk::app::chat::unread {} {
    variable conversations
    set sum 0
    dict for {key one} $conversations {
        incr sum [dict get $one unread]
    }
    return $sum
}

# --- lines ---

proc opdesk::app::chat::count {key} {
    variable lines
    variable dropped
    return [list [dict get $dropped $key] [llength [dict get $lines $key]]]
}

# Lines FIRST to LAST of those that are kept, from 0.
proc opdesk::app::chat::lines {key first last} {
    variable lines
    return [lrange [dict get $lines $key] $first $last]
}

# Without a conversation a line has no place, but is not lost: it goes to the first one there is.
proc opdesk::app::chat::Line {key kind nick text {at ""}} {
    variable lines
    variable dropped
    variable max_lines
    variable looking
    if {![exists $key]} {
        set key [lindex [keys] 0]
        if {$key eq ""} {
            opdesk::app::signal::emit chat trouble $text
            return
        }
    }
    set line [dict create at [if {$at eq ""} {clock seconds} else {set at}] kind $kind nick $nick text $text]
    dict lappend lines $key $line
    # in portions: taking one off the front each time would copy them all
    if {[llength [dict get $lines $key]] > $max_lines + 500} {
        dict set lines $key [lrange [dict get $lines $key] 500 end]
        dict incr dropped $key 500
    }
    opdesk::app::signal::emit chat line $key $line
}

proc opdesk::app::chat::NoteAll {text} {
    foreach key [joined] {
        Line $key note "" $text
    }
}

# Does a text call us?
proc opdesk::app::chat::calls_us {text} {
    set nick [nick]
    set at [string first [string tolower $nick] [string tolower $text]]
    while {$at >= 0 && $nick ne ""} {
        set end [expr {$at + [string length $nick]}]
        if {![string is wordchar -strict [string index $text $at-1]]
            && ![string is wordchar -strict [string index $text $end]]} {
            return 1
        }
        set at [string first [string tolower $nick] [string tolower $text] $end]
    }
    return 0
}

proc opdesk::app::chat::is_me {nick} {
    return [string equal -nocase $nick [nick]]
}

proc opdesk::app::chat::Keep {} {
    opdesk::app::preferences::change chat_channel [lmap key [joined] {dict get [get $key] title}]
    if {[catch opdesk::app::preferences::save message]} {
        variable looking
        Line $looking error "" [mc "The preferences could not be written: %s" $message]
    }
}

opdesk::app::signal::on server.up opdesk::app::chat::Up
opdesk::app::signal::on servers opdesk::app::chat::State
opdesk::app::signal::on server.removed opdesk::app::chat::Removed
