# SPDX-License-Identifier: ISC
# Keys that come before there is anything to take them: kept in their order while a widget (a toplevel itself, say)
# has the keyboard, and given to what takes it then.  Escape is the widget's own as long as nothing else is kept.
namespace eval opdesk::widget::hold {
    # by widget: KEYCODE STATE …
    variable held {}
    # keys kept at most; more ring the bell
    variable most 400
    # of binding tags for one event
    variable last 0
    bind OpdeskHold <KeyPress> {opdesk::widget::hold::Key %W %k %s %K}
    bind OpdeskHold <Destroy> {dict unset opdesk::widget::hold::held %W}
}

proc opdesk::widget::hold::begin {w} {
    variable held
    if {![dict exists $held $w]} {
        dict set held $w {}
        bindtags $w [linsert [bindtags $w] 0 OpdeskHold]
    }
}

# A modifier alone does nothing; it is in the state of the key that comes with it.
proc opdesk::widget::hold::Key {w code state name} {
    variable held
    variable most
    set keys [dict get $held $w]
    if {$name eq "Escape" && ![llength $keys]} {
        return
    }
    if {![regexp {_[LR]$|_Lock$|^ISO_Level|^Mode_switch$} $name]} {
        if {$code && [llength $keys] < 2 * $most} {
            dict set held $w [concat $keys [list $code $state]]
        } else {
            # one that an input method has made has no code
            bell -displayof $w
        }
    }
    return -code break
}

# Nothing is kept any more: what was.
proc opdesk::widget::hold::End {w} {
    variable held
    if {![dict exists $held $w]} {
        return {}
    }
    set keys [dict get $held $w]
    dict unset held $w
    bindtags $w [lsearch -all -inline -not -exact [bindtags $w] OpdeskHold]
    return $keys
}

# They are for nobody: how many.
proc opdesk::widget::hold::drop {w} {
    return [expr {[llength [End $w]] / 2}]
}

# As soon as `target` is on the screen: the keyboard to it and, in the same turn, the keys; those that come
# until then stay behind them.  Who has gone elsewhere stays there, and the keys are lost: {*}LOST is called then;
# `target` has the keyboard when they come back.
proc opdesk::widget::hold::release {w target lost} {
    if {[winfo viewable $target]} {
        Soon $w $target $lost
    } else {
        Once $target <Map> [list [namespace current]::Soon $w $target $lost]
    }
}

# The keyboard goes to `target`, which comes onto the screen only now.
proc opdesk::widget::hold::hand_over {target} {
    set from [focus -displayof $target]
    if {$from eq "" || [winfo toplevel $from] ne [winfo toplevel $target]} {
        focus $target
        return
    }
    begin $from
    release $from $target list
}

# At the next such event of the widget.
proc opdesk::widget::hold::Once {w event script} {
    variable last
    set tag OpdeskOnce[incr last]
    set over [list [namespace current]::Over $w $tag $event]
    bind $tag $event "$over; $script"
    bind $tag <Destroy> $over
    bindtags $w [linsert [bindtags $w] 0 $tag]
}

proc opdesk::widget::hold::Over {w tag event} {
    bind $tag $event {}
    bind $tag <Destroy> {}
    if {[winfo exists $w]} {
        bindtags $w [lsearch -all -inline -not -exact [bindtags $w] $tag]
    }
}

# What is placed in it has its place then, too.
proc opdesk::widget::hold::Soon {args} {
    after idle [list after 0 [list [namespace current]::Give {*}$args]]
}

# Somebody else may have been given the keyboard; to focus on it from another toplevel would take it from there.
proc opdesk::widget::hold::Back {w target} {
    if {[winfo exists $target] && [winfo viewable $target] && [focus -lastfor $w] eq $w} {
        focus $target
    }
}

proc opdesk::widget::hold::Give {w target lost} {
    if {![winfo exists $target]} {
        return
    }
    set keys [End $w]
    set at [focus -displayof $w]
    set is_here [expr {$at ne "" && [winfo toplevel $at] eq [winfo toplevel $w]}]
    if {$at ne "" && !$is_here} {
        Once $w <FocusIn> [list [namespace current]::Back $w $target]
    } else {
        Back $w $target
    }
    if {[llength $keys] && !$is_here} {
        {*}$lost
        return
    }
    foreach {code state} $keys {
        foreach event {KeyPress KeyRelease} {
            if {![winfo exists $target]} {
                return
            }
            event generate $target <$event> -keycode $code -state $state
        }
    }
}
