# SPDX-License-Identifier: ISC
# What ringing sounds like: the bell of the screen, a file through a player, or nothing.  A player that
# cannot play is no reason to be silent: the bell rings then.
#   signal  sound failed PROGRAM
namespace eval opdesk::app::sound {
    variable seconds 15
    variable playing 0
    # the player's name and arguments are words; the file is one more
    variable bell ::bell
}

proc opdesk::app::sound::ring {} {
    variable bell
    switch [opdesk::app::preferences::get sound] {
        bell { {*}$bell }
        file { Play }
    }
}

proc opdesk::app::sound::Play {} {
    variable playing
    variable seconds
    variable bell
    set player [opdesk::app::preferences::get sound_player]
    set file [opdesk::app::preferences::get sound_file]
    if {[catch {llength $player} n] || !$n || $file eq ""} {
        Played $player "" ""
    } elseif {!$playing} {
        set playing 1
        opdesk::app::program::run [list {*}$player [file normalize $file]] $seconds \
            [list [namespace current]::Played $player]
    }
}

# 124: it was still playing when its time was up.
proc opdesk::app::sound::Played {player status output} {
    variable playing 0
    variable bell
    if {$status ni {0 124}} {
        {*}$bell
        opdesk::app::signal::emit sound failed $player
    }
}
