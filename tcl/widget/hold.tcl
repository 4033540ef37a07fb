# SPDX-License-Identifier: ISC
# Keys that come before there is anything to take them: kept in their order while a toplevel has the keyboard
# itself, and given to what takes it then.  Escape is the toplevel's own as long as nothing else is kept.
namespace eval opdesk::widget::hold {
    # by toplevel: KEYCODE STATE …
    variable held {}
    # keys kept at most; more ring the bell
    variable most 400
    bind OpdeskHold <KeyPress> {opdesk::widget::hold::Key %W %k %s %K}
}

proc opdesk::widget::hold::begin {w} {
    variable held
    dict set held $w {}
    bindtags $w [linsert [bindtags $w] 0 OpdeskHold]
    bind $w <Destroy> +[list [namespace current]::Gone %W $w]
}

proc opdesk::widget::hold::Gone {window w} {
    variable held
    if {$window eq $w} {
        dict unset held $w
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
        bind $target <Map> +[list [namespace current]::Soon $w $target $lost]
    }
}

# What is placed in it has its place then, too.
proc opdesk::widget::hold::Soon {args} {
    after idle [list after 0 [list [namespace current]::Give {*}$args]]
}

# To focus on it from another toplevel would take the keyboard from there.
proc opdesk::widget::hold::Back {w target} {
    if {[focus -lastfor $w] eq $w} {
        focus $target
    }
}

proc opdesk::widget::hold::Give {w target lost} {
    if {![winfo exists $target]} {
        return
    }
    set keys [End $w]
    set at [focus -displayof $w]
    if {$at ne "" && [winfo toplevel $at] ne $w} {
        bind $w <FocusIn> +[list [namespace current]::Back $w $target]
    } else {
        Back $w $target
    }
    if {[llength $keys] && ($at eq "" || [winfo toplevel $at] ne $w)} {
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
