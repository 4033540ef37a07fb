# SPDX-License-Identifier: ISC
# Buttons by the keyboard: Return as well as space, at once (Tk's own binding stops the loop for a moment
# to show the button pressed).
namespace eval opdesk::widget::button {}

proc opdesk::widget::button::Bindings {} {
    foreach class {TButton TCheckbutton TRadiobutton} {
        foreach key {space Return KP_Enter} {
            bind $class <Key-$key> {%W invoke; break}
        }
    }
}

opdesk::widget::button::Bindings
