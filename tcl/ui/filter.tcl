# SPDX-License-Identifier: ISC
# A line to type words into, with what it is for written in it while it is empty and how many rows there
# are beside it.  Escape empties it.
#   {*}command TEXT      when the text is another, `pause_ms` after the last key
namespace eval opdesk::ui::filter {
    namespace import ::msgcat::mc
    # per filter: {command PREFIX pause MS timer ID last TEXT}
    variable filters {}
}

proc opdesk::ui::filter::create {path hint command {pause_ms 0}} {
    variable filters
    set here [namespace current]
    ttk::frame $path
    ttk::entry $path.entry -style Search.TEntry -width 34
    ttk::label $path.hint -style Hint.TLabel -text $hint -cursor xterm
    ttk::label $path.count -style Small.TLabel
    # where there is little room it is the line that becomes shorter; what is over is for nobody
    grid $path.entry $path.count -sticky we
    grid configure $path.count -padx [list [opdesk::theme::px 10] 0]
    grid columnconfigure $path 0 -weight 1
    grid columnconfigure $path 2 -weight 1000
    bind $path.hint <Button-1> [list focus $path.entry]
    bind $path.entry <KeyRelease> [list ${here}::Typed $path]
    foreach event {<<Paste>> <<Cut>> <<Clear>> <<PasteSelection>>} {
        bind $path.entry $event +[list after idle [list ${here}::Typed $path]]
    }
    bind $path.entry <Escape> "[list ${here}::clear $path]; break"
    bind $path.entry <Destroy> [list ${here}::Gone $path]
    dict set filters $path [dict create command $command pause $pause_ms timer "" last ""]
    Hint $path
    return $path
}

proc opdesk::ui::filter::text {path} {
    return [$path.entry get]
}

proc opdesk::ui::filter::clear {path} {
    $path.entry delete 0 end
    Typed $path
}

# Another text, of which nobody is told.
proc opdesk::ui::filter::put {path text} {
    variable filters
    after cancel [dict get $filters $path timer]
    $path.entry delete 0 end
    $path.entry insert end $text
    dict set filters $path last $text
    Hint $path
}

proc opdesk::ui::filter::grasp {path} {
    focus $path.entry
    $path.entry selection range 0 end
}

proc opdesk::ui::filter::count {path text} {
    $path.count configure -text $text
}

proc opdesk::ui::filter::Hint {path} {
    if {[$path.entry get] eq ""} {
        place $path.hint -in $path.entry -relx 0 -rely 0.5 -x [opdesk::theme::px 8] -anchor w
        raise $path.hint
    } else {
        place forget $path.hint
    }
}

proc opdesk::ui::filter::Typed {path} {
    variable filters
    if {![winfo exists $path]} {
        return
    }
    Hint $path
    set text [$path.entry get]
    if {$text ne [dict get $filters $path last]} {
        dict set filters $path last $text
        after cancel [dict get $filters $path timer]
        dict set filters $path timer \
            [after [dict get $filters $path pause] [list [namespace current]::Tell $path]]
    }
}

# Without the pause: what was typed last is told now, if it has not been.
proc opdesk::ui::filter::hurry {path} {
    variable filters
    if {[catch {after info [dict get $filters $path timer]}]} {
        return
    }
    after cancel [dict get $filters $path timer]
    Tell $path
}

proc opdesk::ui::filter::Tell {path} {
    variable filters
    {*}[dict get $filters $path command] [dict get $filters $path last]
}

proc opdesk::ui::filter::Gone {path} {
    variable filters
    after cancel [dict get $filters $path timer]
    dict unset filters $path
}
