# SPDX-License-Identifier: ISC
# The bar at the foot: a line per server with its state as shape and text, a button to try again at
# once; above it how the last question ended.
namespace eval opdesk::ui::status {
    namespace import ::msgcat::mc
    variable bar ""
    # shape and colour by state: not by colour alone
    variable signs {
        up {disc ok} connecting {ring idle} down {triangle warning} failed {octagon critical}
        denied {octagon critical}
    }
}

proc opdesk::ui::status::create {path} {
    variable bar $path
    set here [namespace current]
    ttk::frame $path -padding [list [opdesk::theme::px 10] [opdesk::theme::px 6]]
    ttk::label $path.last -style Small.TLabel -anchor w
    pack $path.last -side top -fill x -pady [list 0 [opdesk::theme::px 2]]
    pack forget $path.last
    opdesk::app::signal::on_while $path servers ${here}::Refresh
    opdesk::app::signal::on_while $path tick ${here}::Tick
    opdesk::app::signal::on_while $path alert ${here}::Alert
    return $path
}

proc opdesk::ui::status::Line {index} {
    variable bar
    set line $bar.server$index
    if {![winfo exists $line]} {
        ttk::frame $line
        ttk::label $line.sign
        ttk::label $line.text -anchor w
        ttk::button $line.retry -style Small.TButton -text [mc "Try now"] -takefocus 0 \
            -command [list opdesk::app::servers::retry $index]
        pack $line.sign -side left -padx [list 0 [opdesk::theme::px 6]]
        pack $line.text -side left -fill x -expand 1
        pack $line -side top -fill x
    }
    return $line
}

proc opdesk::ui::status::Refresh {index} {
    variable signs
    set server [opdesk::app::servers::get $index]
    set state [dict get $server state]
    set line [Line $index]
    set shown [expr {[dict exists $signs $state] ? $state : "failed"}]
    lassign [dict get $signs $shown] shape colour
    $line.sign configure -image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour]
    if {$state in {down failed} && [dict get $server link] ne ""} {
        pack $line.retry -side right
    } else {
        pack forget $line.retry
    }
    Text $index [opdesk::app::clock::now]
}

proc opdesk::ui::status::Text {index now} {
    set server [opdesk::app::servers::get $index]
    [Line $index].text configure -text "[opdesk::app::words::line [dict get $server endpoint] 80]: [
        opdesk::app::words::server $server $now]"
}

proc opdesk::ui::status::Tick {now} {
    for {set i 0} {$i < [opdesk::app::servers::count]} {incr i} {
        Text $i $now
    }
}

# How a question ended, for who has looked away.
proc opdesk::ui::status::Alert {event key alert} {
    variable bar
    if {$event ne "closed"} {
        return
    }
    set time [clock format [clock seconds] -format %H:%M]
    set subject [opdesk::app::words::line [opdesk::app::words::subject $alert] 60]
    $bar.last configure -text "$time  [opdesk::app::words::ending $alert] – $subject"
    pack $bar.last -side top -fill x -pady [list 0 [opdesk::theme::px 2]] \
        {*}[expr {[winfo exists $bar.server0] ? [list -before $bar.server0] : {}}]
}
