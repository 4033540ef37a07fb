# SPDX-License-Identifier: ISC
# The helper process and the pipe to it: started, written to without ever waiting, restarted when it
# dies (0.2, 1, then every 5 s).  Messages that come in go to the prefix given to `receive`, for a few
# milliseconds at a time: between two slices the screen is drawn and the operator heard, and nothing is
# read, so that a flood waits in the helper and behind it in the daemon, and not here.
#   signal  helper up | down REASON
namespace eval opdesk::app::helper {
    namespace import ::msgcat::mc
    variable program ""
    variable chan ""
    # something has come since `heard` was asked last
    variable heard 0
    variable in ""
    # decoded and not yet delivered, from `next` on
    variable messages {}
    variable next 0
    variable slicing ""
    variable slice_us 4000
    variable receiver {}
    variable deaths 0
    variable started 0
    variable timer ""
    # bytes that may wait in the pipe: a stopped helper must not queue for ever
    variable max_waiting 1048576
    variable read_bytes 65536
    variable pauses_ms {200 1000 5000}
    # a helper that lived this long was sound: the next pause is short again
    variable sound_ms 30000
}

proc opdesk::app::helper::receive {prefix} {
    variable receiver $prefix
}

proc opdesk::app::helper::start {path} {
    variable program $path
    Start
}

# One that is to be started after a pause is started now.
proc opdesk::app::helper::hurry {} {
    variable program
    variable chan
    variable timer
    if {$chan eq "" && $program ne ""} {
        after cancel $timer
        Start
    }
}

proc opdesk::app::helper::running {} {
    variable chan
    return [expr {$chan ne ""}]
}

# What has come from a helper that is gone.
proc opdesk::app::helper::Forget {} {
    variable in ""
    variable messages {}
    variable next 0
    variable slicing
    after cancel $slicing
}

proc opdesk::app::helper::stop {} {
    variable chan
    variable timer
    after cancel $timer
    Forget
    if {$chan ne ""} {
        close $chan
        set chan ""
    }
}

proc opdesk::app::helper::Start {} {
    variable program
    variable chan
    variable started [opdesk::app::clock::now]
    variable read_bytes
    try {
        set chan [open |[list $program 2>@stderr] r+b]
    } on error {message} {
        Again $message
        return
    }
    fconfigure $chan -blocking 0 -buffering none -buffersize $read_bytes
    Listen
    opdesk::app::signal::emit helper up
}

# Throws {OPDESK HELPER unavailable} when the helper is not there or does not take more.
proc opdesk::app::helper::send {bytes} {
    variable chan
    variable max_waiting
    if {$chan eq ""} {
        throw {OPDESK HELPER unavailable} [mc "the helper is not running"]
    }
    if {[chan pending output $chan] > $max_waiting} {
        throw {OPDESK HELPER unavailable} [mc "the helper does not take more"]
    }
    if {[catch {puts -nonewline $chan $bytes} message]} {
        Down $message
        throw {OPDESK HELPER unavailable} [mc "the helper is not running"]
    }
}

# Has anything come since this was asked last?  What it has sent and we have not looked at yet counts.
proc opdesk::app::helper::heard {} {
    variable heard
    variable messages
    variable next
    set was $heard
    set heard 0
    return [expr {$was || $next < [llength $messages]}]
}

# It is of no more use: ended, also when it is stopped, and another one started.
proc opdesk::app::helper::replace {reason} {
    variable chan
    if {$chan ne ""} {
        opdesk::system kill [pid $chan]
        Down $reason
    }
}

proc opdesk::app::helper::Readable {from} {
    variable in
    variable read_bytes
    variable heard 1
    if {[catch {read $from $read_bytes} bytes] || (![string length $bytes] && [eof $from])} {
        Down [mc "the helper has ended; it is started again"]
        return
    }
    append in $bytes
    fileevent $from readable {}
    Slice
}

proc opdesk::app::helper::Slice {} {
    variable chan
    variable messages
    variable next
    variable slicing ""
    variable slice_us
    set end [expr {[clock microseconds] + $slice_us}]
    while {[clock microseconds] < $end} {
        if {$next >= [llength $messages]} {
            set next 0
            set messages [Decode]
            if {![llength $messages]} {
                Await
                return
            }
        }
        Deliver [lindex $messages $next]
        incr next
    }
    set slicing [after idle [namespace current]::SliceSoon]
}

# A message of megabytes comes in many pieces: what is to be drawn is drawn between them.  (Its length is
# asked for, as a comparison would make a text of all its bytes each time.)
proc opdesk::app::helper::Await {} {
    variable in
    variable slicing
    if {![string length $in]} {
        Listen
    } else {
        set slicing [after idle [namespace current]::ListenSoon]
    }
}

proc opdesk::app::helper::ListenSoon {} {
    variable slicing [after 0 [namespace current]::Listen]
}

# After what is to be drawn: a timer alone would come before it every time.
proc opdesk::app::helper::SliceSoon {} {
    variable slicing [after 0 [namespace current]::Slice]
}

proc opdesk::app::helper::Listen {} {
    variable chan
    if {$chan ne ""} {
        fileevent $chan readable [list [namespace current]::Readable $chan]
    }
}

# Messages that are complete; garbage ends the helper, which is a child of ours and started anew.
proc opdesk::app::helper::Decode {} {
    try {
        return [opdesk::codec decode [namespace which -variable in]]
    } trap {OPDESK CODEC} {message} {
        Down [mc "the helper sent something unreadable (%s); it is started again" $message]
        return {}
    }
}

proc opdesk::app::helper::Deliver {message} {
    variable receiver
    if {[catch {{*}$receiver $message} text options]} {
        {*}[interp bgerror {}] $text $options
    }
}

proc opdesk::app::helper::Down {reason} {
    variable chan
    if {$chan eq ""} {
        return
    }
    catch {close $chan}
    set chan ""
    Forget
    Again $reason
}

proc opdesk::app::helper::Again {reason} {
    variable deaths
    variable started
    variable sound_ms
    variable pauses_ms
    variable timer
    if {[opdesk::app::clock::now] - $started > $sound_ms} {
        set deaths 0
    }
    set pause [lindex $pauses_ms [expr {min($deaths, [llength $pauses_ms] - 1)}]]
    incr deaths
    after cancel $timer
    set timer [after $pause [namespace current]::Start]
    opdesk::app::signal::emit helper down $reason
}
