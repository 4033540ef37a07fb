# SPDX-License-Identifier: ISC
# Buttons by the keyboard: Return as well as space, at once (Tk's own binding stops the loop for a moment
# to show the button pressed).
namespace eval opdesk::widget::button {}

foreach opdesk::widget::button::class {TButton TCheckbutton TRadiobutton} {
    foreach opdesk::widget::button::key {space Return KP_Enter} {
        bind $opdesk::widget::button::class <Key-$opdesk::widget::button::key> {%W invoke; break}
    }
}
