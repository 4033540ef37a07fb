# SPDX-License-Identifier: ISC
# The editor of a subnet, a toplevel of its own: whose it is, header, nodes with the grid of addresses beside
# them, the original's form for one node, findings, Update and Cancel.  The panels are files of their own and
# talk by virtual events on the toplevel:
#   <<SubnetEdited>>    the document is another
#   <<SubnetNode>>      another node is the current one (`current`), its data says which panel chose it
#   <<SubnetMode>>      it can be edited now, or no more
#   <<SubnetChecked>>   the findings are other ones (`findings`)
namespace eval opdesk::ui::subnet {
    namespace import ::msgcat::mc
    # by toplevel: {key doc current findings opened}; by key: the toplevel
    variable windows {}
    variable by_key {}
    variable last 0
    # toplevels that are to be told of edits
    variable edited {}
    variable telling ""
    # a node to go to when the document is there
    variable wanted {}
}

# address: of a node to go to; draft: the id of the one to begin with.
proc opdesk::ui::subnet::open {key {address ""} {look_only 0} {draft ""}} {
    variable by_key
    variable wanted
    if {$address ne ""} {
        dict set wanted $key $address
    }
    if {[dict exists $by_key $key]} {
        set w [dict get $by_key $key]
        wm deiconify $w
        raise $w
        focus $w
        GoToWanted $w
        return
    }
    Window $key
    opdesk::app::sdb_work::open $key $look_only $draft
}

# A subnet that is not on the server yet; args: what it was drafted as, as of sdb_work::create.
proc opdesk::ui::subnet::open_new {key text args} {
    variable by_key
    if {![dict exists $by_key $key]} {
        Window $key
        opdesk::app::sdb_work::create $key $text {*}$args
    }
}

# "" when it is not open.
proc opdesk::ui::subnet::window_of {key} {
    variable by_key
    return [expr {[dict exists $by_key $key] ? [dict get $by_key $key] : ""}]
}

proc opdesk::ui::subnet::key {w} {
    variable windows
    return [dict get $windows $w key]
}

proc opdesk::ui::subnet::is_flat {w} {
    return [opdesk::app::sdb_list::is_flat [key $w]]
}

proc opdesk::ui::subnet::doc {w} {
    variable windows
    return [dict get $windows $w doc]
}

proc opdesk::ui::subnet::sheet {w} {
    return [opdesk::app::sdb_edit::sheet [doc $w]]
}

# Is there a document?
proc opdesk::ui::subnet::ready {w} {
    variable windows
    return [expr {[dict exists $windows $w] && [doc $w] ne ""}]
}

proc opdesk::ui::subnet::writable {w} {
    return [expr {[ready $w] && [opdesk::app::sdb_work::writable [key $w]]}]
}

# Throws why it cannot be edited; `begun`: while it is being stored an edit may begin, as that is over soon.
proc opdesk::ui::subnet::must_be_writable {w {begun 0}} {
    set busy [opdesk::app::sdb_work::get [key $w] busy]
    if {![writable $w] && !($begun && $busy)} {
        throw {OPDESK SDB denied} [expr {$busy ? [mc "It is being stored: once more when that is done."]
            : [mc "It is read-only: F9 tries to get the lock."]}]
    }
}

# The number of the node that all panels are about, -1 for none.
proc opdesk::ui::subnet::current {w} {
    variable windows
    return [dict get $windows $w current]
}

proc opdesk::ui::subnet::go {w number from} {
    variable windows
    dict set windows $w current $number
    event generate $w <<SubnetNode>> -data $from
}

proc opdesk::ui::subnet::findings {w} {
    variable windows
    return [dict get $windows $w findings]
}

proc opdesk::ui::subnet::set_findings {w findings} {
    variable windows
    dict set windows $w findings $findings
    event generate $w <<SubnetChecked>>
}

# An edit by a panel; what is wrong with it is said in the foot.  1: done.
proc opdesk::ui::subnet::edit {w args} {
    if {![writable $w]} {
        bell
        return 0
    }
    try {
        opdesk::app::sdb_edit::[lindex $args 0] [doc $w] {*}[lrange $args 1 end]
        say $w ""
        return 1
    } trap {OPDESK} {message} {
        say $w [opdesk::app::words::line $message] {triangle warning}
        return 0
    }
}

# --- the window ---

proc opdesk::ui::subnet::Window {key} {
    variable windows
    variable by_key
    variable last
    set w .subnet[incr last]
    set here [namespace current]
    toplevel $w -class Toplevel -background [opdesk::theme::colour window]
    wm withdraw $w
    opdesk::theme::dress $w
    wm minsize $w [opdesk::theme::px 640] [opdesk::theme::px 420]
    wm protocol $w WM_DELETE_WINDOW [list ${here}::cancel $w]
    dict set windows $w [dict create key $key doc "" current -1 findings {} said ""]
    dict set by_key $key $w
    Parts $w
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    opdesk::app::signal::on_while $w work [list ${here}::Work $w]
    opdesk::app::signal::on_while $w edit [list ${here}::Edited $w]
    opdesk::app::signal::on_while $w draft.failed [list ${here}::DraftFailed $w]
    opdesk::app::signal::on_while $w tick [list ${here}::Tick $w]
    opdesk::app::signal::on_while $w servers [list ${here}::Servers $w]
    opdesk::ui::keys::attach [expr {[is_flat $w] ? "flat" : "subnet"}] $w $w
    opdesk::widget::hold::begin $w
    Title $w
    Size $w
    wm deiconify $w
    # as soon as it is on the screen, and not when the file has come
    focus $w
    return $w
}

proc opdesk::ui::subnet::Parts {w} {
    set gap [opdesk::theme::px 8]
    opdesk::ui::subnetstate::create $w.state $w
    pack $w.state -side top -fill x
    opdesk::ui::subnetwanted::create $w.wanted $w
    opdesk::ui::subnetfindings::create $w.found $w
    Foot $w
    pack $w.foot -side bottom -fill x
    opdesk::ui::subnetprogress::create $w.progress $w
    Ask $w
    if {[is_flat $w]} {
        opdesk::ui::flat::create $w
    } else {
        opdesk::ui::subnetpanes::create $w
    }
}

# The question whether to throw away what was edited.
proc opdesk::ui::subnet::Ask {w} {
    opdesk::widget::bar::create $w.ask pack $w.ask -side bottom -fill x -after $w.foot
    ttk::button $w.ask.line.keep -text [mc "Keep as a draft"]
    pack $w.ask.line.keep -side left
    bind $w.ask.line.keep <Escape> "[list opdesk::widget::bar::close $w.ask]; break"
}

# What takes the keyboard first.
proc opdesk::ui::subnet::Main {w} {
    return [expr {[is_flat $w] ? [opdesk::ui::flat::main $w] : [opdesk::ui::subnetnodes::tree $w]}]
}

proc opdesk::ui::subnet::Foot {w} {
    set gap [opdesk::theme::px 8]
    set here [namespace current]
    ttk::frame $w.foot -padding [list $gap $gap]
    ttk::label $w.foot.sign
    ttk::label $w.foot.text -style Status.TLabel -anchor w
    ttk::button $w.foot.update -text [mc "Update …"] -command [list ${here}::update_ $w]
    ttk::button $w.foot.cancel -text [mc "Cancel"] -command [list ${here}::cancel $w]
    ttk::button $w.foot.history -text [mc "History …"] -command [list ${here}::history $w]
    pack $w.foot.cancel $w.foot.update $w.foot.history -side right -padx [list $gap 0]
    pack $w.foot.sign -side left
    pack $w.foot.text -side left -fill x -expand 1
}

# Each a little beside the one before, on the monitor of the main window.
proc opdesk::ui::subnet::Size {w} {
    variable last
    set point [opdesk::ui::place::middle]
    lassign [opdesk::ui::place::area . $point] left top
    set at [expr {$last % 8 * [opdesk::theme::px 24]}]
    lassign [opdesk::ui::place::within $point [opdesk::theme::px 1200] [opdesk::theme::px 720] \
        [expr {$left + $at + [opdesk::theme::px 40]}] [expr {$top + $at + [opdesk::theme::px 20]}]] width height x y
    wm geometry $w ${width}x$height+$x+$y
}

proc opdesk::ui::subnet::Title {w} {
    set key [key $w]
    lassign [split $key /] server file
    set title $file
    if {[ready $w] && ![is_flat $w]} {
        set header [opdesk::sdb header [sheet $w]]
        if {[dict exists $header Title]} {
            set title [opdesk::app::words::line [dict get $header Title] 100]
        }
    }
    set mark [expr {[ready $w] && [opdesk::app::sdb_work::modified $key] ? "*" : ""}]
    wm title $w [if {$title eq $file} {string cat $mark $file} else {string cat $mark $title " – " $file}]
}

proc opdesk::ui::subnet::Gone {window w} {
    variable windows
    variable by_key
    if {$window eq $w} {
        dict unset by_key [key $w]
        dict unset windows $w
    }
}

# --- what happens ---

proc opdesk::ui::subnet::Work {w key event {value ""} {more ""}} {
    variable windows
    if {$key ne [key $w]} {
        return
    }
    switch $event {
        opened {
            dict set windows $w doc [opdesk::app::sdb_work::get $key doc]
            Title $w
            event generate $w <<SubnetEdited>>
            GoToWanted $w
            TakeKeys $w
        }
        mode { Mode $w }
        moved {
            say $w [mc "%s has changed this subnet meanwhile: Update merges it with yours." \
                [opdesk::app::words::line [opdesk::app::sdb_list::field $value who [mc "Somebody"]]]] \
                {triangle warning}
        }
        wanted { opdesk::ui::subnetwanted::show $w.wanted $w $value $more }
        asked { Asked $w $value }
        putting {
            say $w ""
            event generate $w <<SubnetMode>>
        }
        stopped {
            event generate $w <<SubnetMode>>
            say $w [mc "Stopped: nothing of it has been stored."] {ring info}
        }
        failed {
            say $w $value {triangle warning}
            event generate $w <<SubnetMode>>
        }
        refused {
            event generate $w <<SubnetMode>>
            say $w [mc "Not stored: it would bring errors, listed above."] {critical critical}
        }
        conflict {
            event generate $w <<SubnetMode>>
            opdesk::ui::[expr {[is_flat $w] ? "flatconflict" : "subnetconflict"}]::ask $w $value
        }
        closed { destroy $w }
    }
}

proc opdesk::ui::subnet::Mode {w} {
    event generate $w <<SubnetMode>>
    if {[opdesk::app::sdb_work::get [key $w] mode] eq "failed" && [opdesk::widget::hold::drop $w]} {
        bell -displayof $w
    }
}

# What was typed while it was on its way.
proc opdesk::ui::subnet::TakeKeys {w} {
    set main [Main $w]
    if {[opdesk::widget::rows::exists [winfo parent $main]]} {
        opdesk::widget::rows::enter [winfo parent $main]
    }
    opdesk::widget::hold::release $w $main [list [namespace current]::KeysLost $w]
}

proc opdesk::ui::subnet::KeysLost {w} {
    bell -displayof $w
    say $w [mc "What was typed while it was opened is lost: the keyboard had gone elsewhere."] {triangle warning}
}

proc opdesk::ui::subnet::Asked {w value} {
    set who [opdesk::app::words::line [dict get $value owner] 60]
    if {[dict get $value told]} {
        say $w [mc "%s has been asked for it." $who] {disc ok}
    } else {
        say $w [mc "%s holds the lock without a window: nobody can be asked there." $who] {triangle warning}
    }
}

proc opdesk::ui::subnet::DraftFailed {w key message} {
    if {$key eq [key $w]} {
        say $w [mc "No draft could be kept: %s" $message] {triangle warning}
    }
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnet::Edited {w doc what} {
    variable edited
    variable telling
    if {[ready $w] && [doc $w] eq $doc} {
        # what was said is about the text before
        if {$what ne ""} {
            say $w ""
        }
        dict set edited $w 1
        if {$telling eq ""} {
            set telling [after idle [namespace current]::TellEdited]
        }
    }
}

proc opdesk::ui::subnet::TellEdited {} {
    variable edited
    variable windows
    variable telling ""
    set tell [dict keys $edited]
    set edited {}
    foreach w $tell {
        if {[ready $w]} {
            lassign [opdesk::sdb count [sheet $w]] shown all
            if {[current $w] >= $all} {
                dict set windows $w current [expr {$all - 1}]
            }
            Title $w
            event generate $w <<SubnetEdited>>
        }
    }
}

proc opdesk::ui::subnet::Tick {w now} {
    opdesk::ui::subnetstate::show $w.state $w
}

proc opdesk::ui::subnet::Servers {w server} {
    if {[lindex [split [key $w] /] 0] eq $server} {
        opdesk::ui::subnetstate::show $w.state $w
    }
}

# What was wanted when it was opened.
proc opdesk::ui::subnet::GoToWanted {w} {
    variable wanted
    set key [key $w]
    if {![ready $w] || [is_flat $w] || ![dict exists $wanted $key]} {
        return
    }
    set number [opdesk::sdb at [sheet $w] [string trim [dict get $wanted $key] {[]}]]
    dict unset wanted $key
    if {$number >= 0} {
        go $w $number open
    }
}

# A line in the foot; "" is how many changes there are.
proc opdesk::ui::subnet::say {w text {sign ""}} {
    variable windows
    dict set windows $w said $text
    set image ""
    if {$sign ne ""} {
        lassign $sign shape colour
        set image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour]
    }
    if {$text eq ""} {
        set text [Changes $w]
    }
    $w.foot.sign configure -image $image
    $w.foot.text configure -text " $text"
}

# How many changes there are now, unless something else is said there.
proc opdesk::ui::subnet::count {w} {
    variable windows
    if {[dict get $windows $w said] eq ""} {
        say $w ""
    }
}

proc opdesk::ui::subnet::Changes {w} {
    if {![ready $w]} {
        return ""
    }
    set n [opdesk::app::sdb_edit::changes [doc $w]]
    return [expr {$n == 0 ? "" : $n == 1 ? [mc "1 change"] : [mc "%d changes" $n]}]
}

# --- commands ---

proc opdesk::ui::subnet::undo {w} {
    if {[writable $w]} {
        opdesk::app::sdb_edit::undo [doc $w]
    }
}

proc opdesk::ui::subnet::redo {w} {
    if {[writable $w]} {
        opdesk::app::sdb_edit::redo [doc $w]
    }
}

proc opdesk::ui::subnet::lock {w} {
    if {[opdesk::app::sdb_work::get [key $w] mode] in {reading lost}} {
        opdesk::app::sdb_work::lock [key $w]
    }
}

# Not of oneself: one's own lock can be taken here.
proc opdesk::ui::subnet::ask_owner {w} {
    set key [key $w]
    if {[opdesk::app::sdb_work::get $key mode] eq "reading" && ![opdesk::app::sdb_work::is_own $key]
        && [dict exists [opdesk::app::sdb_work::get $key lock] owner]} {
        opdesk::app::sdb_work::ask_owner $key
    } else {
        bell
    }
}

proc opdesk::ui::subnet::history {w} {
    opdesk::ui::subnethistory::show [key $w]
}

proc opdesk::ui::subnet::update_ {w} {
    if {[writable $w]} {
        finish $w
        if {[opdesk::app::sdb_work::modified [key $w]]} {
            opdesk::ui::subnetupdate::ask $w
        } else {
            say $w [mc "Nothing has been changed."]
        }
    } else {
        bell
    }
}

# What is being typed counts now.
proc opdesk::ui::subnet::finish {w} {
    if {[is_flat $w]} {
        opdesk::ui::flat::finish $w
        return
    }
    opdesk::widget::celledit::finish [opdesk::ui::subnetnodes::table $w]
    opdesk::ui::subnethead::finish $w.head $w
    opdesk::ui::subnetform::finish $w.panes.left.form $w
}

# Without changes at once; with them it is asked, in the window.
proc opdesk::ui::subnet::cancel {w} {
    set key [key $w]
    if {![opdesk::app::sdb_work::exists $key]} {
        destroy $w
    } elseif {[opdesk::ui::subnetprogress::stoppable $w]} {
        opdesk::ui::subnetprogress::stop $w
    } elseif {[opdesk::app::sdb_work::modified $key]} {
        set n [opdesk::app::sdb_edit::changes [doc $w]]
        $w.ask.line.keep configure -command [list opdesk::app::sdb_work::close $key 1]
        opdesk::widget::bar::ask $w.ask [mc "Throw away what was edited here (%d changes)?" $n] \
            [mc "Throw away"] [list opdesk::app::sdb_work::close $key]
    } else {
        opdesk::app::sdb_work::close $key
    }
}
