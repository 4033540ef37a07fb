# SPDX-License-Identifier: ISC
# Where the line between a list and what is below it was drawn is remembered, as a part of the height.
namespace eval opdesk::ui::sash {
}

proc opdesk::ui::sash::remember {panes} {
    set key sash[string map {. _} $panes]
    bind $panes <ButtonRelease-1> +[list [namespace current]::Moved %W $key]
    set part [opdesk::app::memory::recall $key]
    if {[string is double -strict $part] && $part > 0.05 && $part < 0.95} {
        bind $panes <Map> [list after idle [list [namespace current]::Back $panes $part]]
    }
}

proc opdesk::ui::sash::Moved {panes key} {
    if {[winfo height $panes] > 1} {
        opdesk::app::memory::keep $key \
            [format %.3f [expr {double([$panes sashpos 0]) / [winfo height $panes]}]]
    }
}

proc opdesk::ui::sash::Back {panes part} {
    bind $panes <Map> {}
    $panes sashpos 0 [expr {round($part * [winfo height $panes])}]
}
