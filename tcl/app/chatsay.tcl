# SPDX-License-Identifier: ISC
# What is typed into the chat: commands, and what is said; nothing that was typed is lost.  Part of app/chat.

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
    leave [if {$rest eq ""} {set key} else {Key $rest}]
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
