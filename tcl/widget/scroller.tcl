# SPDX-License-Identifier: ISC
# A frame, PATH.view.inside, that may be higher than there is room for: what has the keyboard is brought
# into sight, the wheel and the scrollbar do the rest.
namespace eval opdesk::widget::scroller {
}

# As wide as its content, `height` pixels high.  The colour is one of the theme; `style` that of frames.
proc opdesk::widget::scroller::create {path height ground style} {
    ttk::frame $path -style $style
    canvas $path.view -height $height -highlightthickness 0 -borderwidth 0 -takefocus 0 \
        -yscrollincrement [opdesk::theme::px 12] -yscrollcommand [list $path.scroll set]
    ttk::scrollbar $path.scroll -command [list $path.view yview]
    ttk::frame $path.view.inside -style $style
    $path.view create window 0 0 -anchor nw -window $path.view.inside -tags inside
    grid $path.view -row 0 -column 0 -sticky nsew
    grid $path.scroll -row 0 -column 1 -sticky ns -padx [list [opdesk::theme::px 6] 0]
    grid columnconfigure $path 0 -weight 1
    grid rowconfigure $path 0 -weight 1
    bind $path.view.inside <Configure> [list [namespace current]::Inside $path]
    bind $path.view <Configure> {%W itemconfigure inside -width %w}
    bind $path.view <<ThemeChanged>> "[list [namespace current]::Dress $path $ground]; break"
    Dress $path $ground
    set top [winfo toplevel $path]
    bind $top <FocusIn> +[list [namespace current]::Focused $path %W]
    foreach {event units} {Button-4 -3 Button-5 3} {
        bind $top <$event> +[list [namespace current]::Wheel $path %W $units]
    }
    return $path.view.inside
}

proc opdesk::widget::scroller::Dress {path ground} {
    $path.view configure -background [opdesk::theme::colour $ground]
}

# As high as its content, up to `most` pixels; the scrollbar is there when it is needed.  Once the layout of
# the content has come to rest.
proc opdesk::widget::scroller::fit {path most} {
    set needed [winfo reqheight $path.view.inside]
    $path.view configure -height [expr {min($needed, $most)}] -width [winfo reqwidth $path.view.inside]
    if {$needed <= $most} {
        grid remove $path.scroll
    }
}

proc opdesk::widget::scroller::Inside {path} {
    $path.view configure -width [winfo reqwidth $path.view.inside] \
        -scrollregion [list 0 0 [winfo reqwidth $path.view.inside] [winfo reqheight $path.view.inside]]
}

proc opdesk::widget::scroller::Holds {path widget} {
    return [string match $path.view* $widget]
}

proc opdesk::widget::scroller::Wheel {path widget units} {
    if {[Holds $path $widget]} {
        $path.view yview scroll $units units
    }
}

proc opdesk::widget::scroller::Focused {path widget} {
    if {![Holds $path $widget] || $widget eq "$path.view" 
        || [winfo height $path.view] < [winfo height $widget]} {
        return
    }
    set top [expr {[winfo rooty $widget] - [winfo rooty $path.view.inside]}]
    set bottom [expr {$top + [winfo height $widget]}]
    set high [expr {double([winfo height $path.view.inside])}]
    set from [$path.view canvasy 0]
    if {$top < $from} {
        $path.view yview moveto [expr {$top / $high}]
    } elseif {$bottom > $from + [winfo height $path.view]} {
        $path.view yview moveto [expr {($bottom - [winfo height $path.view]) / $high}]
    }
}
