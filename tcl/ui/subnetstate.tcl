# SPDX-License-Identifier: ISC
# The bar at the top of a subnet's editor: mine, read-only (whose, until when), a draft, not connected; and
# what can be done about it.
namespace eval opdesk::ui::subnetstate {
    namespace import ::msgcat::mc
}

proc opdesk::ui::subnetstate::create {path w} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 6]]
    ttk::label $path.sign -style Bar.TLabel
    ttk::label $path.text -style Bar.TLabel -anchor w
    ttk::button $path.do -style Small.TButton -command [list opdesk::ui::subnet::lock $w]
    ttk::button $path.ask -style Small.TButton -text [mc "Ask for it"] -command [list opdesk::ui::subnet::ask_owner $w]
    pack $path.sign -side left -padx [list 0 $gap]
    pack $path.do -side right
    pack $path.text -side left -fill x -expand 1
    bind $w <<SubnetMode>> +[list [namespace current]::show $path $w]
    bind $w <<SubnetEdited>> +[list [namespace current]::show $path $w]
    return $path
}

# {SHAPE COLOUR TEXT BUTTON ?ASK?}; ASK: whoever has it can be asked for it
proc opdesk::ui::subnetstate::Words {w} {
    set key [opdesk::ui::subnet::key $w]
    set server [lindex [split $key /] 0]
    if {![opdesk::app::sdb_work::exists $key]} {
        return [list ring idle "" ""]
    }
    set mode [opdesk::app::sdb_work::get $key mode]
    if {$mode ne "loading" && ![opdesk::app::servers::up $server]} {
        set words [mc "Not connected."]
        if {$mode ne "failed"} {
            append words " " [mc "What you edit is kept here as a draft; Update works again when the daemon is there."]
        }
        return [list triangle warning $words ""]
    }
    if {[opdesk::app::sdb_work::get $key busy]} {
        return [list ring info [mc "Storing …"] ""]
    }
    if {[opdesk::app::sdb_work::get $key asking]} {
        return [list ring info [mc "Asking for the lock … What you edit meanwhile counts."] ""]
    }
    return [Words_$mode $key [opdesk::app::clock::now]]
}

proc opdesk::ui::subnetstate::Words_loading {key now} {
    return [list ring idle [mc "Opening … What you type meanwhile counts when it is there."] ""]
}

proc opdesk::ui::subnetstate::Words_mine {key now} {
    set text [mc "Yours"]
    set subnet [expr {[opdesk::app::sdb_list::exists $key] ? [opdesk::app::sdb_list::get $key] : {}}]
    set lock [opdesk::app::sdb_list::field $subnet lock]
    if {[dict exists $lock until_ms]} {
        set left [expr {[dict get $lock until_ms] - $now}]
        set text [expr {$left > 0 ? [mc "Yours: nobody else can change it for %s; editing renews that." \
            [opdesk::app::sdb_words::minutes $left]]
            : [mc "Yours until somebody takes it over; editing renews the lock."]}]
    }
    return [list disc ok $text[Draft $key] ""]
}

proc opdesk::ui::subnetstate::Draft {key} {
    set at [opdesk::app::sdb_work::get $key draft_at]
    return [expr {$at eq "" ? "" : " [mc "This is your draft from %s." [opdesk::app::sdb_words::day $at]]"}]
}

proc opdesk::ui::subnetstate::Words_new {key now} {
    return [list disc info [mc "New: it is not on the server yet."] ""]
}

proc opdesk::ui::subnetstate::Words_reading {key now} {
    set lock [opdesk::app::sdb_work::get $key lock]
    if {![dict exists $lock owner]} {
        return [list ring info [mc "To look at only: nobody has the lock."] [mc "Edit"]]
    }
    set who [opdesk::app::words::line [dict get $lock owner] 60]
    if {[opdesk::app::sdb_work::is_own $key]} {
        return [list triangle warning "[mc "Read-only: another window of yours has the lock."][Draft $key]" \
            [mc "Take it here"]]
    }
    set left [expr {[opdesk::app::sdb_list::field $lock until_ms \
        [expr {$now + [opdesk::app::sdb_list::field $lock left_ms 0]}]] - $now}]
    if {$left > 0} {
        set until [clock format [expr {[clock seconds] + $left / 1000}] -format %H:%M]
        return [list triangle warning \
            "[mc "Read-only: %1\$s has the lock, guaranteed until %2\$s." $who $until][Draft $key]" "" 1]
    }
    return [list triangle warning "[mc "Read-only: %s has the lock; its time is up." $who][Draft $key]" \
        [mc "Take over"] 1]
}

proc opdesk::ui::subnetstate::Words_lost {key now} {
    set who [opdesk::app::words::line [opdesk::app::sdb_list::field \
        [opdesk::app::sdb_work::get $key lock] owner [mc "Somebody"]] 60]
    return [list critical critical \
        [mc "%s has taken the lock over. What you edited is kept here as a draft." $who] [mc "Get the lock back"]]
}

proc opdesk::ui::subnetstate::Words_failed {key now} {
    return [list critical critical [mc "It could not be opened: %s" [opdesk::app::sdb_work::get $key reason]] ""]
}

proc opdesk::ui::subnetstate::show {path w} {
    lassign [Words $w] shape colour text button ask
    $path.sign configure -image [opdesk::ui::sign::get $shape [opdesk::theme::px 14] $colour]
    $path.text configure -text $text
    $path.do configure -text $button
    foreach {name wanted} [list do [expr {$button ne ""}] ask [expr {$ask eq "1"}]] {
        if {!$wanted} {
            pack forget $path.$name
        } elseif {[winfo manager $path.$name] eq ""} {
            pack $path.$name -side right -before $path.text -padx [list [opdesk::theme::px 8] 0]
        }
    }
    $w.foot.update state [expr {[opdesk::ui::subnet::writable $w]
        && [opdesk::app::sdb_work::modified [opdesk::ui::subnet::key $w]] ? "!disabled" : "disabled"}]
}
