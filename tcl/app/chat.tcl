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
    # nicks of the list that is coming, by key; its timer
    variable coming {}
    variable timer ""
    variable settle_ms 1500
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
    set key [Key [expr {$private ? "@ $title" : $title}]]
    if {![dict exists $conversations $key]} {
        dict set conversations $key \
            [dict create title [expr {$private ? "@$title" : $title}] in 0 count 0 unread 0 called 0 text "" people {}]
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
    set line [dict create at [expr {$at eq "" ? [clock seconds] : $at}] kind $kind nick $nick text $text]
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

# --- what happens ---

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
        Unread $key [calls_us $text]
    }
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

# One of a list, which has no end: those who have not come a moment later are not there.
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

proc opdesk::app::chat::On_error {event} {
    variable looking
    Line $looking error "" [dict get $event text]
    Unsend [dict get $event text]
}

proc opdesk::app::chat::AskPeople {} {
    variable current
    variable timer
    variable settle_ms
    variable coming {}
    if {$current eq "" || ![is_up]} {
        return
    }
    after cancel $timer
    set timer [after $settle_ms [list [namespace current]::Settle $current]]
    Call chat.users {}
}

proc opdesk::app::chat::Settle {key} {
    variable coming
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

proc opdesk::app::chat::Keep {} {
    opdesk::app::preferences::change chat_channel [lmap key [joined] {dict get [get $key] title}]
    if {[catch opdesk::app::preferences::save message]} {
        variable looking
        Line $looking error "" [mc "The preferences could not be written: %s" $message]
    }
}

# --- what is typed ---

# COMMAND {ARGUMENTS HANDLER HELP}
proc opdesk::app::chat::commands {} {
    return [list \
        join [list [mc "CHANNEL"] Do_join [mc "go into a channel"]] \
        part [list [mc "?CHANNEL?"] Do_part [mc "leave this channel, or another"]] \
        private [list [mc "NICK TEXT"] Do_private [mc "say something to one person alone"]] \
        channels [list "" Do_channels [mc "ask for the channels and people again"]] \
        help [list "" Do_help [mc "this list"]]]
}

# A line, typed in a conversation ("" = there is none).  Throws {OPDESK CHAT} with what is wrong; then
# nothing has been done with it.
proc opdesk::app::chat::enter {key text} {
    set text [string trim [regsub -all {\s+} $text " "]]
    if {$text eq ""} {
        return
    }
    if {[regexp {^/(?!/)(\S*) ?(.*)$} $text - name rest]} {
        Command $key $name $rest
        return
    }
    say $key [regsub {^//} $text /]
}

proc opdesk::app::chat::Wrong {text} {
    throw {OPDESK CHAT text} $text
}

proc opdesk::app::chat::Command {key name rest} {
    set commands [commands]
    if {![dict exists $commands $name]} {
        Wrong [mc "There is no command /%s; /help lists them." [opdesk::app::words::line $name 20]]
    }
    if {$name ne "help"} {
        Online
    }
    [lindex [dict get $commands $name] 1] $key $rest
}

proc opdesk::app::chat::Online {} {
    if {![is_up]} {
        Wrong [mc "Not connected yet: what you typed stays here."]
    }
}

proc opdesk::app::chat::Do_join {key rest} {
    go $rest
}

proc opdesk::app::chat::Do_part {key rest} {
    leave [expr {$rest eq "" ? $key : [Key $rest]}]
}

proc opdesk::app::chat::Do_private {key rest} {
    if {![regexp {^(\S+) (.+)$} $rest - nick text]} {
        Wrong [mc "To whom, and what? /private NICK TEXT"]
    }
    say [private $nick] $text
}

proc opdesk::app::chat::Do_channels {key rest} {
    Refresh
}

proc opdesk::app::chat::Do_help {key rest} {
    foreach {name row} [commands] {
        lassign $row arguments handler help
        Line $key note "" [string trimright "/$name $arguments"]\t$help
    }
    Line $key note "" "//…\t[mc "says /…"]"
}

proc opdesk::app::chat::go {title} {
    Online
    if {![Word $title]} {
        Wrong [mc "A channel is one word of at most %d bytes." $::opdesk::app::chat::max_word]
    }
    Call chat.join [dict create title $title]
}

proc opdesk::app::chat::leave {key} {
    Online
    if {![exists $key] || !([dict get [get $key] in] || [is_private $key])} {
        Wrong [mc "You are not in that channel."]
    }
    if {[is_private $key]} {
        Forget $key
    } else {
        set title [dict get [get $key] title]
        Call chat.part [dict create title $title] [list [namespace current]::Left $title]
    }
}

# One that the server has not let us into again is left all the same.
proc opdesk::app::chat::Left {title status value} {
    if {$status eq "error" && [dict get $value name] eq "conflict"} {
        On_parted [dict create title $title count 0]
    } else {
        Answered $status $value
    }
}

# What two said alone is closed.
proc opdesk::app::chat::Forget {key} {
    variable conversations
    variable lines
    dict unset conversations $key
    dict unset lines $key
    opdesk::app::signal::emit chat list
}

# The conversation with somebody alone.
proc opdesk::app::chat::private {nick} {
    set key [Conversation $nick 1]
    opdesk::app::signal::emit chat list
    return $key
}

proc opdesk::app::chat::say {key text} {
    variable max_text
    variable current
    variable held
    Online
    if {![exists $key] || !([dict get [get $key] in] || [is_private $key])} {
        Wrong [mc "You are in no channel: choose one at the left, or /join CHANNEL."]
    }
    set length [string length [encoding convertto utf-8 $text]]
    if {$length > $max_text} {
        Wrong [mc "Too long by %d bytes: say it in two lines." [expr {$length - $max_text}]]
    }
    if {[is_private $key]} {
        Call chat.whisper [dict create nick [string range [dict get [get $key] title] 1 end] text $text] \
            [list [namespace current]::Whispered $key $text]
    } elseif {$current eq $key} {
        Say $key $text
    } else {
        lappend held $key $text
        Current $key
    }
}

proc opdesk::app::chat::Say {key text} {
    variable say_ms
    Call chat.say [dict create title [dict get [get $key] title] text $text] \
        [list [namespace current]::Said $key $text] $say_ms
}

# The channel is current now.
proc opdesk::app::chat::Flush {} {
    variable held
    variable current
    set rest {}
    foreach {key text} $held {
        if {$key eq $current} {
            Say $key $text
        } else {
            lappend rest $key $text
        }
    }
    set held $rest
    if {[llength $rest]} {
        Current [lindex $rest 0]
    }
}

proc opdesk::app::chat::Said {key text status value} {
    if {$status eq "error"} {
        Unsent $key $text [dict get $value message]
    }
}

proc opdesk::app::chat::Whispered {key text status value} {
    if {$status eq "error"} {
        Unsent $key $text [dict get $value message]
    } elseif {[exists $key]} {
        Line $key mine [nick] $text
    }
}

proc opdesk::app::chat::Unsent {key text reason} {
    Line $key unsent "" [mc "Not sent (%1\$s): %2\$s" $reason $text]
    opdesk::app::signal::emit chat unsent $key $text
}

proc opdesk::app::chat::Unsend {reason} {
    variable held
    set all $held
    set held {}
    foreach {key text} $all {
        Unsent $key $text $reason
    }
}

opdesk::app::signal::on server.up opdesk::app::chat::Up
opdesk::app::signal::on servers opdesk::app::chat::State
opdesk::app::signal::on server.removed opdesk::app::chat::Removed
opdesk::app::signal::on server.note opdesk::app::chat::Note
opdesk::app::signal::on tick opdesk::app::chat::Tick
