# SPDX-License-Identifier: ISC
# The view of the chat: conversations at the left (ui/chatrooms.tcl), what was said (ui/chatlog.tcl), who is there at
# the right, a line to type into (ui/chatline.tcl).  Before there is a server the form to name one is in its place.
namespace eval opdesk::ui::chat {
    namespace import ::msgcat::mc
    variable path ""
    # the conversation that is shown
    variable key ""
    variable laying ""
    variable moment_ms 40
    variable naming 0
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
    opdesk::ui::chatrooms::create $path.panes.rooms
    opdesk::widget::table::create $path.panes.people [list sign "" 0 0 nick [mc "People"] 12 1]
    [people] configure -selectmode browse
    Talk $path.panes.talk
    $path.panes add $path.panes.rooms -weight 1
    $path.panes add $path.panes.talk -weight 6
    $path.panes add $path.panes.people -weight 1
    opdesk::ui::sash::remember $path.panes
    bind [rooms] <<TreeviewSelect>> ${here}::Selected
    bind [rooms] <<TableOpen>> [list focus [entry]]
    bind [people] <<TableOpen>> ${here}::Private
    foreach {signal handler} {chat Chat tick Tick} {
        opdesk::app::signal::on_while $path $signal ${here}::$handler
    }
    foreach event {<Map> <Unmap>} {
        bind $path $event +[list ${here}::Looking %W]
    }
    bind $path <Destroy> +[list ${here}::Gone %W]
    foreach widget [list [entry] [rooms] [people] [opdesk::ui::chatlog::widget]] {
        opdesk::ui::keys::attach chat $widget
    }
    opdesk::app::chatcall::ask ${here}::Attentive
    opdesk::app::chat::start
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
    ttk::frame $talk
    ttk::label $talk.about -style Surface.TLabel -padding [list [opdesk::theme::px 10] [opdesk::theme::px 4]]
    opdesk::ui::chatlog::create $talk.log
    opdesk::widget::table::Empty $talk.log.empty
    ttk::frame $talk.line -style Line.TFrame -height 1
    opdesk::ui::chatline::create $talk.say
    pack $talk.about -side top -fill x
    pack $talk.line -side top -fill x
    pack $talk.say -side bottom -fill x
    pack $talk.log -side top -fill both -expand 1
}

proc opdesk::ui::chat::rooms {} {
    return [opdesk::ui::chatrooms::tree]
}

proc opdesk::ui::chat::people {} {
    variable path
    return $path.panes.people.tree
}

proc opdesk::ui::chat::entry {} {
    return [opdesk::ui::chatline::entry]
}

# The key of the conversation that is shown, "" for none.
proc opdesk::ui::chat::current {} {
    variable key
    return $key
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
        {<Control-Key-Up>} [mc "The conversation before"] [list opdesk::ui::chatrooms::step -1] \
        {<Control-Key-Down>} [mc "The next conversation"] [list opdesk::ui::chatrooms::step 1] \
        <Control-Key-Return> [mc "The next conversation with unread lines"] opdesk::ui::chatrooms::next_unread \
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
    variable path
    if {$wanted eq $key} {
        return
    }
    opdesk::ui::chatline::turn $key $wanted
    set key $wanted
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

proc opdesk::ui::chat::Page {by} {
    [opdesk::ui::chatlog::widget] yview scroll $by pages
}

proc opdesk::ui::chat::Leave {} {
    variable key
    opdesk::ui::chatline::attempt [list opdesk::app::chat::leave $key]
}

# With the person of that row.
proc opdesk::ui::chat::Private {} {
    set nick [lindex [[people] item [[people] focus] -values] 0]
    if {$nick ne "" && ![opdesk::app::chat::is_me $nick]} {
        set one [opdesk::app::chat::private $nick]
        Layout
        opdesk::ui::chatrooms::select $one
        focus [entry]
    }
}

# May one say something here?
proc opdesk::ui::chat::takes {} {
    variable key
    return [expr {[opdesk::app::chat::is_private $key] || [dict get [opdesk::app::chat::get $key] in]}]
}

proc opdesk::ui::chat::title {one} {
    return [opdesk::app::words::line [dict get [opdesk::app::chat::get $one] title] 40]
}

# --- what happens ---

proc opdesk::ui::chat::Chat {event args} {
    variable key
    switch $event {
        state - list { Later }
        joined {
            Layout
            opdesk::ui::chatrooms::select [lindex $args 0]
        }
        people {
            if {[lindex $args 0] eq $key} {
                People
            }
        }
        unsent {
            lassign $args where text
            if {$where eq $key} {
                opdesk::ui::chatline::again $text
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

# There is one that is shown while there are any.
proc opdesk::ui::chat::Rooms {} {
    variable key
    opdesk::ui::chatrooms::refresh
    set keys [opdesk::app::chat::keys]
    if {$key ne "" && $key ni $keys} {
        show ""
    }
    if {$key eq "" && [llength $keys]} {
        opdesk::ui::chatrooms::select [lindex $keys 0]
    }
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
        set text [title $key]
        if {$about ne ""} {
            append text " – $about"
        }
    }
    $path.panes.talk.about configure -text $text
    opdesk::ui::chatline::hint
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
        if {$key ne "" && ![takes]} {
            opdesk::widget::table::say $text [mc "You are not in %s." [title $key]] \
                [mc "Whoever goes into a channel hears what is said there from then on, and the last lines of before."] "" \
                [list [mc "Go into %s" [title $key]] [list [namespace current]::Join $key]]
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
    opdesk::ui::chatline::attempt [list opdesk::app::chat::go [dict get [opdesk::app::chat::get $one] title]]
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
