# SPDX-License-Identifier: ISC
# What the user prefers, one row per name in `table`; kept in $XDG_CONFIG_HOME/opdesk/preferences as
# lines `name = value`.  A line that cannot be read never stops the start: `problems` names it, and it
# is kept when the file is written.  What the command line says counts for this run only.
#   signal  preferences NAME      its value is another now
namespace eval opdesk::app::preferences {
    namespace import ::msgcat::mc
    # name, type, default, help.  Types: see Value_TYPE
    variable table {
        bell_interval {duration 1000} 15s "Ring again after"
        max_windows {integer 1 20} 3 "Windows that open by themselves"
        sound {choice bell file none} bell "Sound"
        sound_file text "" "Sound file"
        sound_player text "paplay" "Player of sound files"
        quiet_hours hours "" "Quiet hours"
        notifications boolean no "Desktop notifications too"
        theme {choice desktop light dark} desktop "Colours"
        language {choice desktop en de} desktop "Language"
        silence {duration 3000} 1m "A server is gone after"
        server list {} "Servers"
        chat_server text "" "Chat server"
        chat_nick text "" "Nickname in the chat"
        chat_channel list {} "Channels"
        chat_ring boolean yes "Ring when the chat calls you"
        beacon_group text 224.225.226.227 "Group of the hosts' beacons"
    }
    # by name, as they are written; overrides: of the command line
    variable values {}
    variable overrides {}
    # {LINE MESSAGE …}
    variable problems {}
}

proc opdesk::app::preferences::path {} {
    return [opdesk::app::files::config preferences]
}

proc opdesk::app::preferences::names {} {
    variable table
    return [lmap {name type default help} $table {set name}]
}

proc opdesk::app::preferences::Row {name} {
    variable table
    foreach {row type default help} $table {
        if {$row eq $name} {
            return [list $type $default $help]
        }
    }
    throw {OPDESK PREFERENCES} [mc "no such setting: %s" $name]
}

proc opdesk::app::preferences::type {name} {
    return [lindex [Row $name] 0]
}

proc opdesk::app::preferences::help {name} {
    return [mc [lindex [Row $name] 2]]
}

# As it is written.
proc opdesk::app::preferences::text {name} {
    variable values
    variable overrides
    foreach from [list $overrides $values] {
        if {[dict exists $from $name]} {
            return [dict get $from $name]
        }
    }
    return [lindex [Row $name] 1]
}

# What a text means: milliseconds, a number, 0 or 1, {FROM TO} in minutes of the day or {}, a word, a
# text, a list.  Throws {OPDESK PREFERENCES} with what was expected.
proc opdesk::app::preferences::value {name text} {
    set type [type $name]
    return [Value_[lindex $type 0] $text {*}[lrange $type 1 end]]
}

proc opdesk::app::preferences::get {name} {
    return [value $name [text $name]]
}

# Another value, told to who wants to know; `save` keeps it.
proc opdesk::app::preferences::change {name text} {
    variable values
    variable overrides
    value $name $text
    set old [text $name]
    dict unset overrides $name
    dict set values $name $text
    if {$text ne $old} {
        opdesk::app::signal::emit preferences $name
    }
}

# For this run, by the command line.
proc opdesk::app::preferences::override {name text} {
    variable overrides
    value $name $text
    dict set overrides $name $text
}

# --- types ---

proc opdesk::app::preferences::Wrong {text} {
    throw {OPDESK PREFERENCES} $text
}

proc opdesk::app::preferences::Value_duration {text least_ms} {
    if {[catch {opdesk::system milliseconds $text} ms] || $ms < $least_ms} {
        Wrong [mc "expected a time such as 15s or 2m, at least %s" [opdesk::system duration $least_ms]]
    }
    return $ms
}

proc opdesk::app::preferences::Value_integer {text least most} {
    if {![regexp {^\d{1,9}$} $text] || [scan $text %d n] != 1 || $n < $least || $n > $most} {
        Wrong [mc "expected a number from %d to %d" $least $most]
    }
    return $n
}

proc opdesk::app::preferences::Value_choice {text args} {
    if {$text ni $args} {
        Wrong [mc "expected one of: %s" [join $args {, }]]
    }
    return $text
}

proc opdesk::app::preferences::Value_boolean {text} {
    if {$text ni {yes no}} {
        Wrong [mc "expected yes or no"]
    }
    return [expr {$text eq "yes"}]
}

proc opdesk::app::preferences::Value_hours {text} {
    if {$text eq ""} {
        return {}
    }
    if {![regexp {^(\d{1,2}):(\d\d) *[-–] *(\d{1,2}):(\d\d)$} $text - h1 m1 h2 m2]} {
        Wrong [mc "expected hours such as 22:00-06:00, or nothing"]
    }
    foreach {h m} [list $h1 $m1 $h2 $m2] {
        scan $h:$m %d:%d h m
        if {$h > 24 || $m > 59 || 60 * $h + $m > 1440} {
            Wrong [mc "expected hours such as 22:00-06:00, or nothing"]
        }
        lappend minutes [expr {60 * $h + $m}]
    }
    return $minutes
}

proc opdesk::app::preferences::Value_text {text} {
    return $text
}

proc opdesk::app::preferences::Value_list {list} {
    return $list
}

# --- the file ---

# Read it.  Whatever is in it, the desk starts.
proc opdesk::app::preferences::load {} {
    variable values {}
    variable problems {}
    if {[catch {opdesk::app::files::lines [path]} lines]} {
        lappend problems 0 $lines
        return
    }
    set number 0
    foreach line $lines {
        incr number
        try {
            Take {*}[opdesk::app::files::pair $line]
        } trap {OPDESK} {message} {
            lappend problems $number $message
        }
    }
}

proc opdesk::app::preferences::Take {{name ""} {text ""}} {
    variable values
    if {$name eq ""} {
        return
    }
    if {[type $name] eq "list"} {
        dict lappend values $name $text
    } else {
        value $name $text
        dict set values $name $text
    }
}

# What is wrong with the file, a sentence a line.
proc opdesk::app::preferences::problems {} {
    variable problems
    return [lmap {line message} $problems {
        if {$line} {mc "%s, line %d: %s" [path] $line $message} else {set message}
    }]
}

# Write it: comments, and lines that could not be read, stay where they are; known names keep their
# place, new ones follow.  Throws what the system says.
proc opdesk::app::preferences::save {} {
    variable values
    variable problems
    set kept {}
    set written {}
    set number 0
    foreach line [opdesk::app::files::lines [path]] {
        set name ""
        if {[incr number] ni [dict keys $problems]} {
            lassign [opdesk::app::files::pair $line] name
        }
        if {$name eq ""} {
            lappend kept $line
        } elseif {$name ni $written} {
            lappend written $name
            lappend kept {*}[Lines $name]
        }
    }
    foreach name [names] {
        if {$name ni $written} {
            lappend kept {*}[Lines $name]
        }
    }
    opdesk::app::files::write [path] $kept
}

proc opdesk::app::preferences::Lines {name} {
    variable values
    if {![dict exists $values $name]} {
        return {}
    }
    set value [dict get $values $name]
    if {[type $name] eq "list"} {
        return [lmap item $value {set item "$name = $item"}]
    }
    return [list "$name = $value"]
}
