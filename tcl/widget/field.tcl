# SPDX-License-Identifier: ISC
# A line to type into with its name in front.
namespace eval opdesk::widget::field {}

proc opdesk::widget::field::create {path name {style Surface}} {
    ttk::frame $path -style $style.TFrame
    ttk::label $path.name -style $style.TLabel -text $name -width 8
    ttk::entry $path.entry
    pack $path.name -side left
    pack $path.entry -side left -fill x -expand 1
    return $path
}

proc opdesk::widget::field::get {path} {
    return [$path.entry get]
}

# Also while it is disabled.
proc opdesk::widget::field::put {path text} {
    set state [$path.entry state !disabled]
    $path.entry delete 0 end
    $path.entry insert 0 $text
    $path.entry state $state
}
