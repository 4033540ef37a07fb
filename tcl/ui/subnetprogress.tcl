# SPDX-License-Identifier: ISC
# How far an Update has come, in a bar above the foot of the editor: stored, then published step by step.
# It can be stopped until it is stored; then the button says why it can no more.
namespace eval opdesk::ui::subnetprogress {
    namespace import ::msgcat::mc
    # by toplevel: {step stored timer commit}; step: the one that is going on; stored: what was said of
    # that, "" before; commit: what it was stored as
    variable runs {}
    # what is over sooner needs no bar
    variable pause_ms 250
}

# NAME FACE of the steps, in their order.
proc opdesk::ui::subnetprogress::Steps {} {
    return [list store [mc "Check and store"] generate [mc "Generate"] check [mc "Check files"] \
        switch [mc "Switch"] reload [mc "Reload"] probe [mc "Ask servers"]]
}

proc opdesk::ui::subnetprogress::create {path w} {
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 6]]
    ttk::frame $path.steps -style Bar.TFrame
    foreach {name face} [Steps] {
        ttk::label $path.steps.$name -style Bar.TLabel -compound left -text " $face"
        pack $path.steps.$name -side left -padx [list 0 [opdesk::theme::px 14]]
    }
    ttk::label $path.why -style Bar.TLabel -anchor w -justify left
    ttk::button $path.stop -style Small.TButton -text [mc "Stop"] -command [list ${here}::stop $w]
    pack $path.stop -side right -padx [list $gap 0]
    pack $path.steps $path.why -side top -fill x
    bind $path.why <Configure> {%W configure -wraplength %w}
    bind $path <Destroy> +[list ${here}::Gone %W $path $w]
    opdesk::app::signal::on_while $path work [list ${here}::Work $path $w]
    opdesk::app::signal::on_while $path publishing [list ${here}::Publishing $path $w]
    opdesk::app::signal::on_while $path published [list ${here}::Published $path $w]
    opdesk::app::signal::on_while $path servers [list ${here}::Servers $path $w]
    return $path
}

proc opdesk::ui::subnetprogress::Gone {window path w} {
    variable runs
    if {$window eq $path} {
        Forget $w
    }
}

proc opdesk::ui::subnetprogress::Forget {w} {
    variable runs
    if {[dict exists $runs $w]} {
        after cancel [dict get $runs $w timer]
        dict unset runs $w
    }
}

proc opdesk::ui::subnetprogress::Server {w} {
    return [lindex [split [opdesk::ui::subnet::key $w] /] 0]
}

# Is it still to be stopped?
proc opdesk::ui::subnetprogress::stoppable {w} {
    variable runs
    return [expr {[dict exists $runs $w] && [dict get $runs $w stored] eq ""}]
}

proc opdesk::ui::subnetprogress::stop {w} {
    if {[stoppable $w]} {
        opdesk::app::sdb_update::stop [opdesk::ui::subnet::key $w]
    } else {
        bell
    }
}

# --- what happens ---

proc opdesk::ui::subnetprogress::Work {path w key event {value ""} args} {
    if {$key ne [opdesk::ui::subnet::key $w]} {
        return
    }
    switch $event {
        putting { Begin $path $w }
        stopping {
            $path.stop state disabled
            Show $path $w
            $path.why configure -text [mc "Stopping: the daemon is asked whether it was in time …"]
        }
        done { Stored $path $w $value }
        stopped - failed - refused - conflict { End $path $w }
    }
}

proc opdesk::ui::subnetprogress::Begin {path w} {
    variable runs
    variable pause_ms
    Forget $w
    dict set runs $w [dict create step store stored "" timer [after $pause_ms [list [namespace current]::Show $path $w]]]
    $path.stop state !disabled
    $path.why configure -text [mc "Until it is stored, Stop or Escape leaves everything on the server as it was."]
    Draw $path $w
}

proc opdesk::ui::subnetprogress::Stored {path w value} {
    variable runs
    set said [Said $value]
    event generate $w <<SubnetMode>>
    opdesk::ui::subnet::say $w $said {disc ok}
    if {![opdesk::app::sdb_publish::enabled [Server $w]] || [opdesk::app::sdb_list::field $value commit] eq ""} {
        End $path $w
        return
    }
    dict set runs $w step stored
    dict set runs $w stored $said
    dict set runs $w commit [dict get $value commit]
    Show $path $w
    $path.stop state disabled
    $path.why configure -text [mc "It is stored and will be published with what others have stored, so it cannot be stopped any more: History takes it back."]
    Draw $path $w
}

proc opdesk::ui::subnetprogress::Said {value} {
    set commit [string range [opdesk::app::sdb_list::field $value commit] 0 9]
    if {[opdesk::app::sdb_list::field $value late 0]} {
        return [mc "It had been stored before it could be stopped: History takes it back."]
    }
    if {$commit eq ""} {
        return [mc "Nothing had to be changed."]
    }
    if {[opdesk::app::sdb_list::field $value merged 0]} {
        return [mc "Stored as %s, merged with what somebody else has changed." $commit]
    }
    return [mc "Stored as %s." $commit]
}

# Is what was stored here in that publication?  One without commits could not begin to look: nothing is
# published then, ours as well.
proc opdesk::ui::subnetprogress::IsOurs {w server commits} {
    variable runs
    return [expr {[dict exists $runs $w] && [Server $w] eq $server && ![stoppable $w]
        && (![llength $commits] || [dict get $runs $w commit] in $commits)}]
}

# How what was stored gets to the servers; said where it was stored.
proc opdesk::ui::subnetprogress::Publishing {path w server face step commits} {
    variable runs
    if {[llength $commits] && [IsOurs $w $server $commits]} {
        set before [dict get $runs $w step]
        dict set runs $w step $step
        if {$step eq "switch" && $before in {reload probe}} {
            $path.why configure -text [mc "Servers did not take it: back to what they had."]
        }
        Draw $path $w
        opdesk::ui::subnet::say $w "[dict get $runs $w stored] [mc "Publishing: %s …" $face]" {ring info}
    }
}

proc opdesk::ui::subnetprogress::Published {path w server state text commits} {
    variable runs
    if {[IsOurs $w $server $commits]} {
        opdesk::ui::subnet::say $w "[dict get $runs $w stored] $text" \
            [expr {$state in {published unchanged} ? {disc ok} : {triangle warning}}]
        End $path $w
    }
}

proc opdesk::ui::subnetprogress::Servers {path w server} {
    variable runs
    if {[dict exists $runs $w] && [Server $w] eq $server && ![stoppable $w] && ![opdesk::app::servers::up $server]} {
        opdesk::ui::subnet::say $w "[dict get $runs $w stored] [mc "The daemon is away: whether it is published is seen when it is back."]" \
            {triangle warning}
        End $path $w
    }
}

proc opdesk::ui::subnetprogress::End {path w} {
    Forget $w
    if {[string match $path.* [focus -displayof $w]]} {
        focus [opdesk::ui::subnet::Main $w]
    }
    pack forget $path
}

# --- on the screen ---

proc opdesk::ui::subnetprogress::Show {path w} {
    foreach {name face} [Steps] {
        if {$name ne "store"} {
            pack forget $path.steps.$name
            if {[opdesk::app::sdb_publish::enabled [Server $w]]} {
                pack $path.steps.$name -side left -padx [list 0 [opdesk::theme::px 14]]
            }
        }
    }
    if {[winfo manager $path] eq ""} {
        pack $path -side bottom -fill x -after $w.foot
    }
}

# What is before the step that goes on is done, what is behind it is to come.
proc opdesk::ui::subnetprogress::Draw {path w} {
    variable runs
    set names [dict keys [Steps]]
    set now [dict get $runs $w step]
    set at [expr {$now eq "stored" ? 0.5 : [lsearch -exact $names $now]}]
    for {set i 0} {$i < [llength $names]} {incr i} {
        lassign [expr {$i < $at ? {disc ok} : $i > $at ? {ring idle} : {ring info}}] shape colour
        $path.steps.[lindex $names $i] configure -image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour]
    }
}
