# SPDX-License-Identifier: ISC
# Drawn signs as images, made once per name, colour and size; drawn anew when the theme changes.
namespace eval opdesk::ui::sign {
    variable images {}
    # Tk asks the X server for each level of each colour of a palette, 256 times by default, and waits for each
    # answer; what is partly transparent, as signs are, it draws without the palette
    variable palette 2/2/2
}

# info warning critical (in their own colour, or another), or disc ring triangle octagon in a colour of the theme.
proc opdesk::ui::sign::get {name pixels {colour ""}} {
    variable images
    variable palette
    set key [list $name $pixels [if {$colour eq ""} {set name} else {set colour}]]
    if {![dict exists $images $key]} {
        dict set images $key [image create photo -palette $palette]
        Draw [dict get $images $key] {*}$key
    }
    return [dict get $images $key]
}

proc opdesk::ui::sign::Draw {image name pixels colour} {
    opdesk::icon draw $image $name $pixels [opdesk::theme::colour $colour] \
        [opdesk::theme::colour on_$colour]
}

proc opdesk::ui::sign::redraw {} {
    variable images
    dict for {key image} $images {
        Draw $image {*}$key
    }
}
