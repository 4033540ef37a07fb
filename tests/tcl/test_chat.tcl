# SPDX-License-Identifier: ISC
# The state of the chat and of the hosts without a window: conversations, unread lines, what is typed, what
# is held until its channel is current, what has not gone out; hosts by their state.
source [file join [file dirname [info script]] common.tcl]
interp bgerror {} [list apply {{message options} { puts stderr [dict get $options -errorinfo]; set ::failed 1 }}]
set ::failed 0
parts app/signal app/files app/clock app/preferences app/helper app/rpc app/servers app/words app/quiet app/sound app/notify \
    app/chat app/chatnews app/chatsay app/chatcall app/hosts
namespace path opdesk::app

# Calls are kept: {LINK METHOD PARAMS CALLBACK}.
proc opdesk::app::rpc::call {link method params callback args} {
    lappend ::calls [list $link $method $params $callback]
}
proc opdesk::app::helper::running {} { return 1 }
proc opdesk::app::preferences::save {} { incr ::saved }
signal::on chat [keeper told]
set opdesk::app::sound::bell {incr ::rung}

proc link {state {reason ""}} {
    servers::Notify 0 link.state [list link 5 state $state reason $reason]
}
proc event {type args} {
    servers::Notify 5 chat.event [dict merge [list type $type title "" nick "" text "" count 0] $args]
}
# Connected as lena to a server with no channel of ours.
proc fresh {} {
    set ::calls {}
    set ::told {}
    set ::saved 0
    if {[chat::is_set]} {
        chat::disconnect
    }
    set ::opdesk::app::chat::looking ""
    set ::opdesk::app::preferences::values {}
    servers::start {}
    chat::connect chat.example.org lena
    servers::Opened [set ::opdesk::app::chat::index] ok {link 5}
    link up
    set ::calls {}
    set ::told {}
}
# The same, in these channels, looking at the first.
proc inside {args} {
    fresh
    foreach title $args {
        event joined title $title count 2
    }
    chat::look [lindex $args 0]
    event joined title [lindex $args 0] count 2
    set ::calls {}
}
proc methods {} {
    return [lmap call $::calls {lrange $call 1 2}]
}
proc texts {key} {
    return [lmap line [chat::lines $key 0 end] {dict get $line text}]
}
proc wrong {script} {
    try {
        uplevel 1 $script
        return "nothing"
    } trap {OPDESK CHAT} {message} {
        return $message
    }
}

# --- the server ---

test chat_is_opened_with_the_nick {} {
    fresh
    dict get [servers::get $::opdesk::app::chat::index] params
} {nick lena}

test chat_is_no_server_of_questions {} {
    fresh
    list [servers::listed] [servers::endpoints] [servers::of mediachanged]
} {{} {} {}}

test chat_form_says_what_is_wrong {} {
    fresh
    list [wrong {chat::connect "" lena}] [wrong {chat::connect unix:/x lena}] [wrong {chat::connect h "two words"}]
} {{Which server? Type the host that runs opchatd.} {HOST or HOST:PORT is expected.} {A nickname is one word of at most 32 bytes.}}

test chat_channels_are_joined_when_up_again {and told once, however often it is tried} {
    inside duty weather
    link down "connection refused"
    link down "the server does not answer"
    link connecting
    link up
    list [lmap call [methods] {if {[lindex $call 0] ne "chat.join"} continue; dict get [lindex $call 1] title}] \
        [texts duty]
} {{duty weather} {{The connection is lost: what is said meanwhile is not seen here.} {Connected again.}}}

# --- conversations ---

test chat_unread_counts_where_nobody_looks {and a name that is called, as a whole word} {
    inside duty weather
    event said title duty nick tom text "lena!"
    event said title weather nick tom text "helena is a name"
    event said title weather nick lena text "mine"
    event came title weather nick anna
    set before [dict get [chat::get weather] called]
    event said title weather nick tom text "(Lena, rain)"
    list [chat::unread] [dict get [chat::get duty] unread] $before [dict get [chat::get weather] called]
} {2 0 0 1}

test chat_looking_reads {} {
    inside duty weather
    event said title weather nick tom text x
    chat::look weather
    list [chat::unread] [methods]
} {0 {{chat.join {title weather}}}}

test chat_order_of_conversations {joined, private, others} {
    inside weather duty
    event channel title attic count 0 text ""
    event whispered nick tom text hello
    chat::keys
} {duty weather {@ tom} attic}

test chat_lines_are_bounded {} {
    inside duty
    set ::opdesk::app::chat::max_lines 1000
    for {set n 0} {$n < 2200} {incr n} {
        event said title duty nick tom text $n
    }
    set ::opdesk::app::chat::max_lines 10000
    lassign [chat::count duty] dropped count
    list [expr {$dropped + $count}] [expr {$count <= 1500}] [lindex [texts duty] end]
} {2200 1 2199}

test chat_last_lines_of_before_come_once {with their own time, and are not unread} {
    inside duty
    event said title duty nick tom text "the tape is full"
    chat::look ""
    event said title duty nick tom text "(00:01) the tape is full"
    event said title duty nick anna text "(00:00) which?"
    set line [lindex [chat::lines duty end end] 0]
    list [texts duty] [clock format [dict get $line at] -format %H:%M] [chat::unread]
} {{{the tape is full} which?} 00:00 0}

test chat_people_are_those_of_the_last_list {} {
    inside duty
    event user nick tom text "duty attic"
    event user nick anna text attic
    event user nick Bea text duty
    chat::Settle duty
    set first [dict get [chat::get duty] people]
    event came title duty nick carl
    event went title duty nick TOM
    list $first [dict get [chat::get duty] people]
} {{Bea tom} {Bea carl}}

test chat_list_of_people_that_lost_some_is_asked_for_again {what has come counts; three times at most} {
    inside duty
    event user nick tom text duty
    event listed title users count 1 text "1 more got lost on the way"
    set first [list [dict get [chat::get duty] people] [methods]]
    event user nick tom text duty
    event user nick bea text duty
    event listed title users count 2
    set second [list [dict get [chat::get duty] people] [llength [methods]]]
    set ::calls {}
    chat::AskPeople
    for {set n 0} {$n < 5} {incr n} {
        event listed title users count 0 text "the server does not tell whether these are all"
    }
    list $first $second [llength [methods]]
} {{tom {{chat.users {}}}} {{bea tom} 1} 3}

# --- being called ---

proc called {args} {
    set ::rung 0
    set ::opdesk::app::chatcall::last ""
    inside duty weather
    event said {*}$args
    return $::rung
}

test chat_rings_when_it_calls_us {by name where nobody looks, or alone; not for our own words or others' names} {
    set rings {}
    lappend rings [called title weather nick tom text "lena, the tape!"]
    lappend rings [called title weather nick tom text "helena, the tape!"]
    lappend rings [called title weather nick lena text "I am lena"]
    lappend rings [called title weather nick tom text "(09:30) lena, are you there?"]
    set ::rung 0
    set ::opdesk::app::chatcall::last ""
    event whispered nick tom text "psst"
    lappend rings $::rung
} {1 0 0 0 1}

test chat_rings_for_what_is_on_the_screen_only_when_nobody_sits_there {} {
    set rings {}
    lappend rings [called title duty nick tom text "lena?"]
    set ::opdesk::app::chatcall::attentive {expr 1}
    lappend rings [called title duty nick tom text "lena?"] [called title weather nick tom text "lena?"]
    set ::opdesk::app::chatcall::attentive {expr 0}
    set rings
} {1 0 1}

test chat_rings_seldom_and_not_when_unwanted {} {
    called title weather nick tom text "lena 1"
    event said title weather nick tom text "lena 2"
    set twice $::rung
    foreach {name value} {chat_ring no quiet_hours 0:00-24:00} {
        inside duty weather
        preferences::change $name $value
        set ::opdesk::app::chatcall::last ""
        set ::rung 0
        event said title weather nick tom text "lena"
        lappend twice $::rung
    }
    set twice
} {1 0 0}

# --- what is typed ---

test chat_says_where_it_was_typed {held until that channel is current} {
    inside duty weather
    chat::look ""
    event joined title weather count 1
    set ::calls {}
    chat::enter duty "  good   evening "
    set before [methods]
    event joined title duty count 2
    list $before [lindex [methods] 1]
} {{{chat.join {title duty}}} {chat.say {title duty text {good evening}}}}

test chat_commands {} {
    inside duty
    chat::enter duty "/join weather"
    chat::enter duty "//join"
    chat::enter duty "/private tom two words"
    chat::enter duty "/part"
    methods
} {{chat.join {title weather}} {chat.say {title duty text /join}} {chat.whisper {nick tom text {two words}}} {chat.part {title duty}}}

test chat_refuses_what_cannot_be_said {} {
    inside duty
    event channel title attic count 0
    list [wrong {chat::enter duty /nonsense}] [wrong {chat::enter duty "/private tom"}] \
        [wrong {chat::enter duty "/join two words"}] [wrong {chat::enter attic hello}] \
        [wrong {chat::enter duty [string repeat ä 201]}] [methods]
} {{There is no command /nonsense; /help lists them.} {To whom, and what? /private NICK TEXT} {A channel is one word of at most 32 bytes.} {You are in no channel: choose one at the left, or /join CHANNEL.} {Too long by 2 bytes: say it in two lines.} {}}

test chat_unsent_is_told_and_given_back {} {
    inside duty
    chat::enter duty hello
    {*}[lindex $::calls end 3] error {name unavailable message "the connection was lost"}
    list [texts duty] [lsearch -inline -index 0 $::told unsent]
} {{{Not sent (the connection was lost): hello}} {unsent duty hello}}

test chat_down_takes_no_line {and gives back what was held} {
    inside duty weather
    event joined title weather count 1
    chat::enter duty held
    link down gone
    list [wrong {chat::enter duty hello}] [lsearch -inline -index 0 $::told unsent]
} {{Not connected yet: what you typed stays here.} {unsent duty held}}

test chat_private_line_stands_when_it_is_sent {} {
    inside duty
    chat::enter [chat::private tom] hello
    set before [texts "@ tom"]
    {*}[lindex $::calls end 3] ok {}
    list $before [texts "@ tom"]
} {{} hello}

test chat_channel_may_look_like_a_nick {} {
    inside duty
    event channel title @tom count 1
    event whispered nick tom text hello
    list [chat::keys] [dict get [chat::get "@ tom"] title] [chat::is_private @tom]
} {{duty {@ tom} @tom} @tom 0}

test chat_names_that_look_like_numbers_stay {of channels and of people} {
    inside 010 8
    event whispered nick 4.10 text hello
    chat::enter 010 "/part 010"
    list [chat::keys] [lmap key [chat::keys] {dict get [chat::get $key] title}] [methods]
} {{8 010 {@ 4.10}} {8 010 @4.10} {{chat.part {title 010}}}}

test chat_channel_that_is_gone_can_be_left {} {
    inside duty
    chat::leave duty
    {*}[lindex $::calls end 3] error {name conflict message "not in that channel"}
    list [chat::joined] [preferences::get chat_channel]
} {{} {}}

# --- hosts ---

proc host {name args} {
    servers::Notify 6 watch.host [dict merge [list host $name address 192.0.2.1 silent 0 clock good offset_ms 0 \
        seen_ms 0 age_ms 0 period_ms 15000 beacons 1] $args]
}

test hosts_by_their_state {the worst of it} {
    servers::start {}
    hosts::start
    servers::Opened $::opdesk::app::hosts::index ok {link 6}
    host a
    host b clock off
    host c clock off silent 1
    host d clock zone
    host b
    list [lmap name [hosts::all] {hosts::state $name}] [hosts::counts]
} {{alive alive silent zone} {silent 1 off 0 zone 1 alive 2}}

test hosts_times_count_up {} {
    host a age_ms 4000 offset_ms -12
    host b age_ms 0 offset_ms 200000
    set now [clock::now]
    list [hosts::heard a $now] [hosts::heard b $now] [hosts::offset a] [hosts::offset b]
} {{4 s ago} now {−0.012 s} {+3 min 20 s}}

test nothing_failed_behind {} { set ::failed } 0

done
