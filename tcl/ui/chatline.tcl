# SPDX-License-Identifier: ISC
# The line of the chat that one types into: what was typed and not yet said stays with its conversation, and what
# is wrong with it is said below.
namespace eval opdesk::ui::chatline {
    namespace import ::msgcat::mc
    variable path ""
    # by conversation
    variable drafts {}
    # what was typed when something was wrong with it
    variable refused ""
}

proc opdesk::ui::chatline::create {at} {
    variable path $at
    set here [namespace current]
    ttk::frame $path -padding [list 0 [opdesk::theme::px 8] 0 0]
    ttk::entry $path.entry -style Search.TEntry
    ttk::label $path.hint -style Hint.TLabel -cursor xterm
    ttk::label $path.wrong -style Error.TLabel
    pack $path.entry -side top -fill x
    bind $path.hint <Button-1> [list focus $path.entry]
    foreach event {<KeyRelease> <FocusIn> <FocusOut> <<Paste>> <<Cut>> <<Clear>>} {
        bind $path.entry $event +[list after idle ${here}::hint]
    }
    foreach key {<Return> <KP_Enter>} {
        bind $path.entry $key "[list ${here}::Say]; break"
    }
}

proc opdesk::ui::chatline::entry {} {
    variable path
    return $path.entry
}

# From one conversation to another.
proc opdesk::ui::chatline::turn {from to} {
    variable drafts
    dict set drafts $from [[entry] get]
    [entry] delete 0 end
    if {[dict exists $drafts $to]} {
        [entry] insert 0 [dict get $drafts $to]
    }
    Wrong ""
}

# What could not be sent is there again, unless one has gone on.
proc opdesk::ui::chatline::again {text} {
    if {[[entry] get] eq ""} {
        [entry] insert 0 $text
        hint
    }
}

proc opdesk::ui::chatline::Say {} {
    if {[attempt [list opdesk::app::chat::enter [opdesk::ui::chat::current] [[entry] get]]]} {
        [entry] delete 0 end
        hint
    }
}

# Does it; or says what is wrong.
proc opdesk::ui::chatline::attempt {script} {
    try {
        uplevel #0 $script
        Wrong ""
        return 1
    } trap {OPDESK CHAT} {message} {
        Wrong $message
        return 0
    }
}

proc opdesk::ui::chatline::Wrong {text} {
    variable path
    variable refused [[entry] get]
    $path.wrong configure -text $text
    if {$text eq ""} {
        pack forget $path.wrong
    } else {
        pack $path.wrong -side top -anchor w -padx [opdesk::theme::px 4]
    }
}

# What to type, where nothing is.
proc opdesk::ui::chatline::hint {} {
    variable path
    variable refused
    if {![winfo exists $path]} {
        return
    }
    if {[[entry] get] ne $refused && [winfo manager $path.wrong] ne ""} {
        Wrong ""
    }
    if {[[entry] get] ne ""} {
        place forget $path.hint
        return
    }
    set key [opdesk::ui::chat::current]
    $path.hint configure -text [expr {$key eq "" || ![opdesk::ui::chat::takes]
        ? [mc "/join CHANNEL, or choose one at the left"]
        : [mc "Say something in %s; /help lists commands" [opdesk::ui::chat::title $key]]}]
    place $path.hint -in [entry] -relx 0 -rely 0.5 -x [opdesk::theme::px 8] -anchor w
    raise $path.hint
}
