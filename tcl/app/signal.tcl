# SPDX-License-Identifier: ISC
# What happened, told to whoever wants to know: a name, and list prefixes that are called with the
# arguments of `emit`.  Everything in app/ tells the panels through this, so that it knows none.
namespace eval opdesk::app::signal {
    variable watchers {}
}

proc opdesk::app::signal::on {name prefix} {
    variable watchers
    dict lappend watchers $name $prefix
}

proc opdesk::app::signal::off {name prefix} {
    variable watchers
    if {[dict exists $watchers $name]} {
        dict set watchers $name [lsearch -all -inline -not -exact [dict get $watchers $name] $prefix]
    }
}

# The same, for as long as the widget lives.
proc opdesk::app::signal::on_while {widget name prefix} {
    on $name $prefix
    bind $widget <Destroy> +[list [namespace current]::Gone %W $widget $name $prefix]
}

proc opdesk::app::signal::Gone {destroyed widget name prefix} {
    if {$destroyed eq $widget} {
        off $name $prefix
    }
}

# A watcher that fails does not keep the others from hearing.
proc opdesk::app::signal::emit {name args} {
    variable watchers
    if {![dict exists $watchers $name]} {
        return
    }
    foreach prefix [dict get $watchers $name] {
        if {[catch {uplevel #0 [list {*}$prefix {*}$args]} message options]} {
            {*}[interp bgerror {}] $message $options
        }
    }
}
