# SPDX-License-Identifier: ISC
# Drawn signs as images, made once per name, colour and size.
namespace eval opdesk::ui::sign {
    variable images {}
}

# info warning critical, or disc ring triangle octagon in a colour of the theme.
proc opdesk::ui::sign::get {name pixels {colour ""}} {
    variable images
    set colour [expr {$colour eq "" ? $name : $colour}]
    set key [list $name $pixels $colour]
    if {![dict exists $images $key]} {
        set image [image create photo]
        opdesk::icon draw $image $name $pixels [opdesk::theme::colour $colour] \
            [opdesk::theme::colour on_$colour]
        dict set images $key $image
    }
    return [dict get $images $key]
}
