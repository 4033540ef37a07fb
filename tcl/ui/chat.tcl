# SPDX-License-Identifier: ISC
# The view of the chat: channels and people one talks to alone at the left, what was said, who is there at
# the right, a line to type into.  Before there is a server the form to name one is in its place.
namespace eval opdesk::ui::chat {
    namespace import ::msgcat::mc
    variable path ""
    # the conversation that is shown
    variable key ""
    # what was typed and not yet said, by conversation
    variable drafts {}
    variable laying ""
    variable moment_ms 40
    variable naming 0
    # what was typed when something was wrong with it
    variable refused ""
    # is the form shown?
    variable formed 1
}

# Made before it is looked at when there is a server to connect to (tcl/opdesk.tcl).
proc opdesk::ui::chat::create {at} {
    variable path $at
    set here [namespace current]
    ttk::frame $path
    Bar $path.bar
    opdesk::ui::chatform::create $path.form ${here}::Named
    ttk::panedwindow $path.panes -orient horizontal
    opdesk::widget::table::create $path.panes.rooms \
        [list sign "" 0 0 name [mc "Conversations"] 13 1 count "" 6 0]
    opdesk::widget::table::create $path.panes.people [list sign "" 0 0 nick [mc "People"] 12 1]
    foreach side {rooms people} {
        $path.panes.$side.tree configure -selectmode browse
    }
    $path.panes.rooms.tree column count -anchor e
    Talk $path.panes.talk
    $path.panes add $path.panes.rooms -weight 1
    $path.panes add $path.panes.talk -weight 6
    $path.panes add $path.panes.people -weight 1
    opdesk::ui::sash::remember $path.panes
    bind [rooms] <<TreeviewSelect>> ${here}::Selected
    bind [rooms] <<TableOpen>> [list focus [entry]]
    bind [people] <<TableOpen>> ${here}::Private
    bind [rooms] <<ThemeChanged>> +${here}::Dress
    foreach {signal handler} {chat Chat tick Tick} {
        opdesk::app::signal::on_while $path $signal ${here}::$handler
    }
    foreach event {<Map> <Unmap>} {
        bind $path $event +[list ${here}::Looking %W]
    }
    bind $path <Destroy> +[list ${here}::Gone %W]
    foreach key {<Return> <KP_Enter>} {
        bind [entry] $key "[list ${here}::Say]; break"
    }
    foreach widget [list [entry] [rooms] [people] [opdesk::ui::chatlog::widget]] {
        opdesk::ui::keys::attach chat $widget
    }
    opdesk::app::chatcall::ask ${here}::Attentive
    opdesk::app::chat::start
    Dress
    Layout
    return $path
}

# Is the keyboard in this desk?
proc opdesk::ui::chat::Attentive {} {
    return [expr {[focus] ne ""}]
}

proc opdesk::ui::chat::Bar {bar} {
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $bar -padding [list $gap $gap]
    ttk::label $bar.sign
    ttk::label $bar.text -style Small.TLabel
    ttk::button $bar.retry -style Small.TButton -text [mc "Try now"] -command opdesk::ui::main::Retry -takefocus 0
    ttk::button $bar.other -style Small.TButton -text [mc "Other server or nickname …"] -command ${here}::Name
    pack $bar.sign -side left -padx [list 0 [opdesk::theme::px 6]]
    pack $bar.text -side left
    pack $bar.other -side right
}

proc opdesk::ui::chat::Talk {talk} {
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $talk
    ttk::label $talk.about -style Surface.TLabel -padding [list [opdesk::theme::px 10] [opdesk::theme::px 4]]
    opdesk::ui::chatlog::create $talk.log
    opdesk::widget::table::Empty $talk.log.empty
    ttk::frame $talk.line -style Line.TFrame -height 1
    ttk::frame $talk.say -padding [list 0 $gap 0 0]
    ttk::entry $talk.say.entry -style Search.TEntry
    ttk::label $talk.say.hint -style Hint.TLabel -cursor xterm
    ttk::label $talk.say.wrong -style Error.TLabel
    pack $talk.say.entry -side top -fill x
    bind $talk.say.hint <Button-1> [list focus $talk.say.entry]
    foreach event {<KeyRelease> <FocusIn> <FocusOut> <<Paste>> <<Cut>> <<Clear>>} {
        bind $talk.say.entry $event +[list after idle ${here}::Hint]
    }
    pack $talk.about -side top -fill x
    pack $talk.line -side top -fill x
    pack $talk.say -side bottom -fill x
    pack $talk.log -side top -fill both -expand 1
}

proc opdesk::ui::chat::rooms {} {
    variable path
    return $path.panes.rooms.tree
}

proc opdesk::ui::chat::people {} {
    variable path
    return $path.panes.people.tree
}

proc opdesk::ui::chat::entry {} {
    variable path
    return $path.panes.talk.say.entry
}

# Where the keyboard goes when the view comes to the front.
proc opdesk::ui::chat::page {} {
    variable path
    return [expr {[Form] ? [opdesk::ui::chatform::entry] : [entry]}]
}

proc opdesk::ui::chat::find {} {
    focus [page]
}

proc opdesk::ui::chat::keys {} {
    set here [namespace current]
    return [list [mc "Chat"] [list \
        {<Return> <KP_Enter>} [mc "Say it; a line that begins with / is a command"] "" \
        {<Control-Key-Up>} [mc "The conversation before"] [list ${here}::Step -1] \
        {<Control-Key-Down>} [mc "The next conversation"] [list ${here}::Step 1] \
        <Control-Key-Return> [mc "The next conversation with unread lines"] ${here}::NextUnread \
        <Key-Prior> [mc "A page up"] [list ${here}::Page -1] \
        <Key-Next> [mc "A page down"] [list ${here}::Page 1] \
        <Control-Key-w> [mc "Leave this channel"] ${here}::Leave]]
}

# --- the server ---

proc opdesk::ui::chat::Form {} {
    variable naming
    return [expr {$naming || ![opdesk::app::chat::is_set]
        || [dict get [opdesk::app::chat::server] state] eq "failed"}]
}

# Another server, or another name there.
proc opdesk::ui::chat::Name {} {
    variable naming 1
    Layout
}

proc opdesk::ui::chat::Named {} {
    variable naming 0
    Layout
}

# The keyboard follows when the form comes or goes, unless it is in another view or window.
proc opdesk::ui::chat::Grasp {} {
    if {[opdesk::ui::main::is_front chat] && [focus] ne "" && [winfo toplevel [focus]] eq "."} {
        focus [page]
        [page] selection range 0 end
        [page] icursor end
    }
}

# --- which conversation ---

proc opdesk::ui::chat::Selected {} {
    show [lindex [[rooms] selection] 0]
}

proc opdesk::ui::chat::show {wanted} {
    variable key
    variable drafts
    variable path
    if {$wanted eq $key} {
        return
    }
    dict set drafts $key [[entry] get]
    set key $wanted
    [entry] delete 0 end
    if {[dict exists $drafts $key]} {
        [entry] insert 0 [dict get $drafts $key]
    }
    Wrong ""
    opdesk::ui::chatlog::show $key
    Looking $path
    About
    People
}

# What is on the screen counts as read.
proc opdesk::ui::chat::Looking {window} {
    variable path
    variable key
    if {$window eq $path} {
        opdesk::app::chat::look [if {[winfo ismapped $path] && [winfo viewable $path]} {set key}]
    }
}

proc opdesk::ui::chat::Select {wanted} {
    [rooms] selection set [list $wanted]
    [rooms] focus $wanted
    [rooms] see $wanted
}

proc opdesk::ui::chat::Step {by} {
    variable key
    set all [[rooms] children {}]
    if {[llength $all]} {
        set at [expr {[lsearch -exact $all $key] + $by}]
        Select [lindex $all [expr {min(max($at, 0), [llength $all] - 1)}]]
    }
}

# First those that call us.
proc opdesk::ui::chat::NextUnread {} {
    foreach field {called unread} {
        foreach one [opdesk::app::chat::keys] {
            if {[dict get [opdesk::app::chat::get $one] $field]} {
                Select $one
                return
            }
        }
    }
}

proc opdesk::ui::chat::Page {by} {
    [opdesk::ui::chatlog::widget] yview scroll $by pages
}

proc opdesk::ui::chat::Leave {} {
    variable key
    Try {opdesk::app::chat::leave $::opdesk::ui::chat::key}
}

# With the person of that row.
proc opdesk::ui::chat::Private {} {
    set nick [lindex [[people] item [[people] focus] -values] 0]
    if {$nick ne "" && ![opdesk::app::chat::is_me $nick]} {
        set one [opdesk::app::chat::private $nick]
        Layout
        Select $one
        focus [entry]
    }
}

# --- saying ---

proc opdesk::ui::chat::Say {} {
    variable key
    if {[Try {opdesk::app::chat::enter $::opdesk::ui::chat::key [[opdesk::ui::chat::entry] get]}]} {
        [entry] delete 0 end
        Hint
    }
}

# Does it; or says what is wrong.
proc opdesk::ui::chat::Try {script} {
    try {
        uplevel #0 $script
        Wrong ""
        return 1
    } trap {OPDESK CHAT} {message} {
        Wrong $message
        return 0
    }
}

proc opdesk::ui::chat::Wrong {text} {
    variable path
    variable refused [[entry] get]
    set label $path.panes.talk.say.wrong
    $label configure -text $text
    if {$text eq ""} {
        pack forget $label
    } else {
        pack $label -side top -anchor w -padx [opdesk::theme::px 4]
    }
}

proc opdesk::ui::chat::Hint {} {
    variable path
    variable key
    if {![winfo exists $path]} {
        return
    }
    variable refused
    if {[[entry] get] ne $refused && [winfo manager $path.panes.talk.say.wrong] ne ""} {
        Wrong ""
    }
    set hint $path.panes.talk.say.hint
    if {[[entry] get] ne ""} {
        place forget $hint
        return
    }
    $hint configure -text [expr {$key eq "" || ![Takes] ? [mc "/join CHANNEL, or choose one at the left"]
        : [mc "Say something in %s; /help lists commands" [Title $key]]}]
    place $hint -in [entry] -relx 0 -rely 0.5 -x [opdesk::theme::px 8] -anchor w
    raise $hint
}

# May one say something here?
proc opdesk::ui::chat::Takes {} {
    variable key
    return [expr {[opdesk::app::chat::is_private $key] || [dict get [opdesk::app::chat::get $key] in]}]
}

proc opdesk::ui::chat::Title {one} {
    return [opdesk::app::words::line [dict get [opdesk::app::chat::get $one] title] 40]
}

# --- what happens ---

proc opdesk::ui::chat::Chat {event args} {
    variable key
    switch $event {
        state - list { Later }
        joined {
            Layout
            Select [lindex $args 0]
        }
        people {
            if {[lindex $args 0] eq $key} {
                People
            }
        }
        unsent {
            lassign $args where text
            if {$where eq $key && [[entry] get] eq ""} {
                [entry] insert 0 $text
                Hint
            }
        }
        trouble { opdesk::ui::status::news [lindex $args 0] {triangle warning} }
    }
}

# Once for all that happens in a moment: in a flood of lines the counts change with each.
proc opdesk::ui::chat::Later {} {
    variable laying
    variable moment_ms
    if {$laying eq ""} {
        set laying [after $moment_ms [namespace current]::Layout]
    }
}

proc opdesk::ui::chat::Layout {} {
    variable path
    variable laying
    after cancel $laying
    set laying ""
    variable formed
    set was $formed
    set formed [Form]
    if {$formed} {
        opdesk::ui::chatform::refresh
        pack forget $path.bar $path.panes
        pack $path.form -side top -fill both -expand 1
    } else {
        pack forget $path.form
        pack $path.bar -side top -fill x
        pack $path.panes -side top -fill both -expand 1
    }
    if {$formed != $was} {
        Grasp
    }
    set n [opdesk::app::chat::unread]
    opdesk::ui::main::face chat [expr {$n ? [mc "Chat (%d)" $n] : [mc "Chat"]}]
    Rooms
    About
    Empty
    Tick [opdesk::app::clock::now]
}

proc opdesk::ui::chat::Tick {now} {
    variable path
    set server [opdesk::app::chat::server]
    if {$server eq "" || ![dict size $server]} {
        return
    }
    set state [dict get $server state]
    $path.bar.sign configure -image [opdesk::ui::status::sign $state]
    set name [opdesk::app::words::line [opdesk::app::preferences::get chat_server] 80]
    $path.bar.text configure -text "$name: [opdesk::app::words::server $server $now]"
    if {$state eq "down"} {
        pack $path.bar.retry -side left -padx [opdesk::theme::px 10]
    } else {
        pack forget $path.bar.retry
    }
}

proc opdesk::ui::chat::Rooms {} {
    variable key
    set tree [rooms]
    set keys [opdesk::app::chat::keys]
    foreach row [$tree children {}] {
        if {$row ni $keys} {
            $tree delete [list $row]
        }
    }
    set at -1
    foreach one $keys {
        if {![$tree exists $one]} {
            $tree insert {} end -id $one
        }
        $tree move $one {} [incr at]
        Room $one
    }
    if {$key ne "" && $key ni $keys} {
        show ""
    }
    if {$key eq "" && [llength $keys]} {
        Select [lindex $keys 0]
    }
}

# Shape and colour tell whether one is in it; the number how much is unread, else how many are in it.
proc opdesk::ui::chat::Room {one} {
    set room [opdesk::app::chat::get $one]
    set unread [dict get $room unread]
    lassign [expr {[dict get $room called] ? {triangle warning} : [dict get $room in] ? {disc ok}
        : [opdesk::app::chat::is_private $one] ? {disc info} : {ring idle}}] shape colour
    set count [expr {$unread ? "● $unread\u2002" : [opdesk::app::chat::is_private $one] ? "" : "[dict get $room count]\u2002"}]
    [rooms] item $one -image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour] \
        -values [list [Title $one] $count] \
        -tags [expr {$unread ? "unread" : [dict get $room in] || [opdesk::app::chat::is_private $one] ? "" : "out"}]
}

proc opdesk::ui::chat::Dress {} {
    [rooms] tag configure unread -font OpdeskBold
    [rooms] tag configure out -foreground [opdesk::theme::colour muted]
}

proc opdesk::ui::chat::About {} {
    variable path
    variable key
    set text ""
    if {$key ne "" && [opdesk::app::chat::exists $key]} {
        set room [opdesk::app::chat::get $key]
        set about [opdesk::app::words::line [dict get $room text] 120]
        if {[opdesk::app::chat::is_private $key]} {
            set about [mc "between the two of you; not kept by the server"]
        }
        set text [Title $key]
        if {$about ne ""} {
            append text " – $about"
        }
    }
    $path.panes.talk.about configure -text $text
    Hint
}

proc opdesk::ui::chat::People {} {
    variable key
    set tree [people]
    set nicks [if {$key ne "" && [opdesk::app::chat::exists $key]} {dict get [opdesk::app::chat::get $key] people}]
    set chosen [lindex [$tree item [$tree focus] -values] 0]
    $tree delete [$tree children {}]
    foreach nick $nicks {
        set me [opdesk::app::chat::is_me $nick]
        set row [$tree insert {} end -image [opdesk::ui::sign::get disc [opdesk::theme::px 10] [expr {$me ? "ok" : "info"}]] \
            -values [list [opdesk::app::words::line $nick 40]]]
        if {$nick eq $chosen} {
            $tree focus $row
            $tree selection set [list $row]
        }
    }
}

# --- nothing there ---

proc opdesk::ui::chat::Empty {} {
    variable key
    set text [opdesk::ui::chatlog::widget]
    if {[llength [opdesk::app::chat::keys]]} {
        if {$key ne "" && ![Takes]} {
            opdesk::widget::table::say $text [mc "You are not in %s." [Title $key]] \
                [mc "Whoever goes into a channel hears what is said there from then on, and the last lines of before."] "" \
                [list [mc "Go into %s" [Title $key]] [list [namespace current]::Join $key]]
        } else {
            opdesk::widget::table::say $text
        }
    } elseif {[opdesk::app::chat::is_up]} {
        opdesk::widget::table::say $text [mc "You are in no channel."] [mc "Type the name of one below:"] [mc "/join duty"]
    } else {
        opdesk::widget::table::say $text [mc "Not connected yet."] \
            [mc "It is tried again by itself; F5 tries now."]
    }
}

proc opdesk::ui::chat::Join {one} {
    Try [list opdesk::app::chat::go [dict get [opdesk::app::chat::get $one] title]]
    focus [entry]
}

proc opdesk::ui::chat::Gone {window} {
    variable path
    variable laying
    variable key
    if {$window eq $path} {
        after cancel $laying
        set key ""
        opdesk::app::chat::look ""
    }
}
