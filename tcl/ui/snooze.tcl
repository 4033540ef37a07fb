# SPDX-License-Identifier: ISC
# The choices of "Later": how long a question is silent, on all desks.
namespace eval opdesk::ui::snooze {
    namespace import ::msgcat::mc
}

proc opdesk::ui::snooze::Choices {} {
    set minute 60000
    return [list [mc "5 minutes"] [expr {5 * $minute}] [mc "15 minutes"] [expr {15 * $minute}] \
        [mc "30 minutes"] [expr {30 * $minute}] [mc "1 hour"] [expr {60 * $minute}] \
        [mc "4 hours"] [expr {240 * $minute}] [mc "Until tomorrow 08:00"] morning]
}

# Fill a menu; {*}prefix MILLISECONDS when one is chosen.
proc opdesk::ui::snooze::fill {menu prefix} {
    $menu delete 0 end
    foreach {face ms} [Choices] {
        $menu add command -label $face -command [list [namespace current]::Chosen $prefix $ms]
    }
}

proc opdesk::ui::snooze::Chosen {prefix ms} {
    if {$ms eq "morning"} {
        set ms [opdesk::app::actions::until_morning [clock seconds]]
    }
    {*}$prefix $ms
}
