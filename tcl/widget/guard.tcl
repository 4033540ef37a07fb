# SPDX-License-Identifier: ISC
# A toplevel that opened by itself is safe under the fingers: no key reaches it until it has been
# visible and has had the keyboard for a while, no click until it has been visible for as long.
# Anything that takes that away (covered, unmapped, keyboard elsewhere) starts the time anew.
#   virtual events on the toplevel:  <<KeysCount>>  <<ClicksCount>>  <<ClicksWait>>
namespace eval opdesk::widget::guard {
    variable safe_ms 1000
    # per toplevel: visible 0|1, focused 0|1, keys 0|1, clicks 0|1, and the timers
    variable state {}
}

# All that is in `top` by now, and `top` itself; widgets made later need `cover`.
proc opdesk::widget::guard::protect {top} {
    variable state
    dict set state $top {visible 0 focused 0 keys 0 clicks 0 keys_timer {} clicks_timer {} look {}}
    set here [namespace current]
    bind $top <Visibility> [list ${here}::Visible %W $top %s]
    bind $top <Unmap> [list ${here}::Visible %W $top VisibilityFullyObscured]
    bind $top <FocusIn> +[list ${here}::LookLater $top]
    bind $top <FocusOut> +[list ${here}::LookLater $top]
    bind $top <Destroy> +[list ${here}::Forget %W $top]
    cover $top
}

proc opdesk::widget::guard::cover {widget} {
    if {"OpdeskGuard" ni [bindtags $widget]} {
        bindtags $widget [linsert [bindtags $widget] 0 OpdeskGuard]
    }
    foreach child [winfo children $widget] {
        cover $child
    }
}

proc opdesk::widget::guard::keys_count {top} {
    variable state
    return [expr {[dict exists $state $top] ? [dict get $state $top keys] : 1}]
}

proc opdesk::widget::guard::clicks_count {top} {
    variable state
    return [expr {[dict exists $state $top] ? [dict get $state $top clicks] : 1}]
}

proc opdesk::widget::guard::Visible {widget top what} {
    variable state
    if {$widget eq $top && [dict exists $state $top]} {
        dict set state $top visible [expr {$what ne "VisibilityFullyObscured"}]
        Reckon $top
    }
}

# Focus events come in pairs: who has the keyboard is known when they are through.
proc opdesk::widget::guard::LookLater {top} {
    variable state
    if {[dict exists $state $top] && [dict get $state $top look] eq ""} {
        dict set state $top look [after idle [list [namespace current]::Look $top]]
    }
}

proc opdesk::widget::guard::Look {top} {
    variable state
    set focus [focus -displayof $top]
    dict set state $top look {}
    dict set state $top focused [expr {$focus ne "" && [winfo toplevel $focus] eq $top}]
    Reckon $top
}

proc opdesk::widget::guard::Reckon {top} {
    variable state
    set visible [dict get $state $top visible]
    Time $top clicks $visible
    Time $top keys [expr {$visible && [dict get $state $top focused]}]
}

proc opdesk::widget::guard::Time {top what may} {
    variable state
    variable safe_ms
    if {!$may} {
        after cancel [dict get $state $top ${what}_timer]
        dict set state $top ${what}_timer {}
        if {[dict get $state $top $what]} {
            dict set state $top $what 0
            event generate $top <<[string totitle $what]Wait>>
        }
    } elseif {![dict get $state $top $what] && [dict get $state $top ${what}_timer] eq ""} {
        dict set state $top ${what}_timer \
            [after $safe_ms [list [namespace current]::Count $top $what]]
    }
}

proc opdesk::widget::guard::Count {top what} {
    variable state
    dict set state $top ${what}_timer {}
    dict set state $top $what 1
    event generate $top <<[string totitle $what]Count>>
}

proc opdesk::widget::guard::Forget {destroyed top} {
    variable state
    if {$destroyed ne $top || ![dict exists $state $top]} {
        return
    }
    foreach timer {keys_timer clicks_timer look} {
        after cancel [dict get $state $top $timer]
    }
    dict unset state $top
}

foreach opdesk::widget::guard::event {KeyPress KeyRelease} {
    bind OpdeskGuard <$opdesk::widget::guard::event> {
        if {![opdesk::widget::guard::keys_count [winfo toplevel %W]]} { break }
    }
}
foreach opdesk::widget::guard::event {ButtonPress ButtonRelease} {
    bind OpdeskGuard <$opdesk::widget::guard::event> {
        if {![opdesk::widget::guard::clicks_count [winfo toplevel %W]]} { break }
    }
}
