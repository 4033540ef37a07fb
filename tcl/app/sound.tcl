# SPDX-License-Identifier: ISC
# What ringing sounds like: the bell of the screen, a file through a player, or nothing.  A player that
# cannot play, or does not end in its time, is no reason to be silent: the bell rings then.
#   signal  sound played
#   signal  sound failed NAME TEXT ASKED    TEXT: why, for people, and that the bell rang; NAME: the
#                                           preference it is about; ASKED: by `try`
# What fails the same way at each ring is told once.
namespace eval opdesk::app::sound {
    namespace import ::msgcat::mc
    # a player may play for so long, then timeout(1) ends it
    variable seconds 10
    # the player that runs, "" for none: one at a time
    variable playing ""
    variable told ""
    # the player's name and arguments are words; the file is one more
    variable bell ::bell
}

# `asked`: by somebody who wants to hear it now, and how it went.
proc opdesk::app::sound::ring {{asked 0}} {
    variable bell
    switch [opdesk::app::preferences::get sound] {
        bell { {*}$bell }
        file { Play $asked }
    }
}

proc opdesk::app::sound::try {} {
    variable told ""
    ring 1
}

proc opdesk::app::sound::Play {asked} {
    variable playing
    variable seconds
    set player [opdesk::app::preferences::get sound_player]
    set file [opdesk::app::preferences::get sound_file]
    if {$playing ne ""} {
        return
    }
    if {$file eq ""} {
        Failed sound_file [mc "No sound file is chosen"] $asked
    } elseif {[catch {llength $player} n] || !$n} {
        Failed sound_player [mc "No player is named that can be started"] $asked
    } else {
        set playing $player
        opdesk::app::program::run [list {*}$player [file normalize $file]] $seconds \
            [list [namespace current]::Played $player $file $asked]
    }
}

# Statuses from 124 on are of timeout(1): not ended in time, could not be started, had to be killed.
proc opdesk::app::sound::Played {player file asked status output} {
    variable playing ""
    variable told
    variable seconds
    set name [opdesk::app::words::line [lindex $player 0] 60]
    switch $status {
        0 {
            set told ""
            opdesk::app::signal::emit sound played
        }
        124 - 137 {
            Failed sound_player [mc "%1\$s had not ended after %2\$d seconds, and was ended" $name $seconds] $asked
        }
        "" - 125 - 126 - 127 {
            Failed sound_player [mc "%s could not be started: is it installed?" $name] $asked
        }
        default {
            if {[file readable $file]} {
                Failed sound_player [mc "%1\$s could not play the sound file (exit status %2\$d)" $name $status] $asked
            } else {
                Failed sound_file [mc "The sound file cannot be read"] $asked
            }
        }
    }
}

proc opdesk::app::sound::Failed {name why asked} {
    variable bell
    variable told
    {*}$bell
    if {$why ne $told} {
        set told $why
        opdesk::app::signal::emit sound failed $name [mc "%s. The bell rang instead." $why] $asked
    }
}
