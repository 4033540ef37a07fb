# SPDX-License-Identifier: ISC
# The time that ages and countdowns are reckoned in, in milliseconds (it never steps), and signal
# `tick NOW` once a second for what shows them.
namespace eval opdesk::app::clock {
    variable timer ""
}

proc opdesk::app::clock::now {} {
    return [opdesk::system now]
}

proc opdesk::app::clock::start {} {
    variable timer
    after cancel $timer
    set timer [after 1000 [namespace current]::Tick]
}

proc opdesk::app::clock::Tick {} {
    start
    opdesk::app::signal::emit tick [now]
}
