# SPDX-License-Identifier: ISC
# Preferences and what the desk remembers: their files, good and bad.
source [file join [file dirname [info script]] common.tcl]
set folder [::tcltest::makeDirectory opdesk-preferences]
set ::env(XDG_CONFIG_HOME) $folder/config
set ::env(XDG_STATE_HOME) $folder/state
parts app/signal app/files app/preferences app/memory
namespace path opdesk::app

proc file_is {args} {
    file delete -force $::folder/config $::folder/state
    if {[llength $args]} {
        files::write [preferences::path] $args
    }
    set opdesk::app::preferences::overrides {}
    preferences::load
}
proc file_now {} {
    return [files::lines [preferences::path]]
}
proc failure {script} {
    catch {uplevel 1 $script} message
    return $message
}

test no_file {every setting has its default, and each default is valid} {
    file_is
    foreach name [preferences::names] {
        preferences::get $name
    }
    list [preferences::get bell_interval] [preferences::get max_windows] [preferences::get quiet_hours] \
        [preferences::problems]
} {15000 3 {} {}}

test file_is_read {comments and empty lines too} {
    file_is {# mine} {} {bell_interval = 2m} {quiet_hours=22:00-06:30} {server = tcp:a:1} {server = unix:/x y}
    list [preferences::get bell_interval] [preferences::get quiet_hours] [preferences::get server]
} {120000 {1320 390} {tcp:a:1 {unix:/x y}}}

test bad_lines_are_named {and nothing else is lost} {
    file_is {max_windows = 99} {theme = dark} rubbish {colour = red} {notifications = maybe}
    list [preferences::get theme] [preferences::get max_windows] [preferences::problems]
} [list dark 3 [list \
    "$folder/config/opdesk/preferences, line 1: expected a number from 1 to 20" \
    "$folder/config/opdesk/preferences, line 3: expected “name = value”" \
    "$folder/config/opdesk/preferences, line 4: no such setting: colour" \
    "$folder/config/opdesk/preferences, line 5: expected yes or no"]]

test file_that_cannot_be_read {is no reason not to start} {
    file_is
    file mkdir [preferences::path]
    preferences::load
    list [preferences::get theme] [llength [preferences::problems]]
} {desktop 1}

test save_keeps_what_it_does_not_know {comments, bad lines, order} {
    file_is {# mine} {theme = dark} {colour = red} {server = a} {server = b}
    preferences::change theme light
    preferences::change server {c}
    preferences::change sound none
    preferences::save
    file_now
} {{# mine} {theme = light} {colour = red} {server = c} {sound = none}}

test save_and_read_again {is the same} {
    file_is
    preferences::change server {tcp:a:1 {unix:/x y}}
    preferences::change sound_file "/tmp/ä b.wav"
    preferences::save
    preferences::load
    list [preferences::get server] [preferences::get sound_file] \
        [glob -tails -directory [file dirname [preferences::path]] *]
} {{tcp:a:1 {unix:/x y}} {/tmp/ä b.wav} preferences}

test change_is_told_once {and a wrong value changes nothing} {
    file_is
    signal::on preferences [keeper told]
    preferences::change theme dark
    preferences::change theme dark
    set message [failure {preferences::change theme purple}]
    list $::told [preferences::get theme] $message
} {theme dark {expected one of: desktop, light, dark}}

test command_line_counts_for_this_run {and is not written} {
    file_is {max_windows = 5}
    preferences::override max_windows 7
    set now [preferences::get max_windows]
    preferences::save
    list $now [file_now]
} {7 {{max_windows = 5}}}

test hours {} {
    lmap text {{} 0:00-24:00 22:00–06:00 25:00-1:00 24:01-1:00 7:60-8:00 now} {
        expr {[catch {preferences::value quiet_hours $text} value] ? "no" : $value}
    }
} {{} {0 1440} {1320 360} no no no no}

test memory_comes_back {bad lines are forgotten} {
    file_is
    memory::load
    memory::keep place.main 900x420+10+10
    memory::flush
    files::write [files::state desk] [list rubbish {*}[files::lines [files::state desk]]]
    memory::load
    list [memory::recall place.main] [memory::recall other 7]
} {900x420+10+10 7}

file delete -force $folder
done
