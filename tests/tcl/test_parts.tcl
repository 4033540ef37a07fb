# SPDX-License-Identifier: ISC
# Parts are read when one of their commands is called (tcl/opdesk.tcl), so a name that is wrong would show only
# when somebody gets there: each file defines the commands of its own namespace and no others, each command
# that is named anywhere is there, no file reaches for another's variables, which may not be there yet, and
# what has to be done when a file is read is done in time.
source [file join [file dirname [info script]] common.tcl]
set root [file normalize [file join $here .. .. tcl]]

proc contents {file} {
    set chan [open $file]
    fconfigure $chan -encoding utf-8
    try {
        return [read $chan]
    } finally {
        close $chan
    }
}

# The commands of a file at its top.
proc commands {file} {
    set found {}
    set command ""
    foreach line [split [contents $file] \n] {
        append command $line \n
        if {[info complete $command]} {
            if {![string match #* [string trim $command]] && [string trim $command] ne ""} {
                lappend found [string trim $command]
            }
            set command ""
        }
    }
    return $found
}

# A table of opdesk.tcl.
proc table {name} {
    set text [contents $::root/opdesk.tcl]
    set at [string first "\n    variable $name " $text]
    if {$at < 0} {
        error "opdesk.tcl has no table $name"
    }
    set rest [string range $text [expr {$at + [string length "\n    variable $name "]}] end]
    set value ""
    foreach line [split $rest \n] {
        append value $line \n
        if {[info complete $value]} {
            return [lindex $value 0]
        }
    }
}
set with [table with]

# The part whose namespace a file is of.
proc home {part} {
    dict for {name more} $::with {
        if {$part in $more && ![string match "*namespace eval opdesk::*" [contents $::root/$part.tcl]]} {
            return $name
        }
    }
    return $part
}

# By part: its procedures and variables; and what else is done at its top.
set defined {}
set variables {}
set done_at_top {}
set foreign {}
foreach file [lsort [glob -directory $root *.tcl */*.tcl]] {
    set part [file rootname [string range $file [string length $root]+1 end]]
    set home [home $part]
    set space [expr {$part eq "opdesk" ? "opdesk" : "opdesk::[string map {/ ::} $home]"}]
    dict lappend defined $home
    foreach command [commands $file] {
        switch [lindex $command 0] {
            proc {
                if {[namespace qualifiers [lindex $command 1]] ne $space} {
                    lappend foreign "$part: proc [lindex $command 1]"
                }
                dict lappend defined $home [namespace tail [lindex $command 1]]
            }
            namespace {
                if {[lindex $command 1] ne "eval" || [lindex $command 2] ne $space} {
                    lappend foreign "$part: [lrange $command 0 2]"
                }
                foreach {- name} [regexp -all -inline -line {^\s*variable (\w+)} [lindex $command 3]] {
                    dict lappend variables $home $name
                }
            }
            foreach {
                dict lappend variables $home [namespace tail [lindex $command 1]]
                dict lappend done_at_top $part $command
            }
            default { dict lappend done_at_top $part $command }
        }
    }
}

test there_are_parts {} -body {
    expr {[dict size $defined] > 80}
} -result 1

test a_file_defines_its_own_namespace_only {} -body {
    lsearch -all -inline -not $foreign "opdesk: namespace unknown *"
} -result {}

proc has {table part name} {
    return [expr {[dict exists $table $part] && $name in [dict get $table $part]}]
}

test every_command_that_is_named_is_there {} -body {
    set missing {}
    foreach file [glob -directory $root *.tcl */*.tcl] {
        set part [file rootname [string range $file [string length $root]+1 end]]
        set home [home $part]
        set text [contents $file]
        set pattern {\mopdesk::((?:(?:app|ui|widget)::)\w+|theme)::(\w+)}
        foreach {name space command} [regexp -all -inline $pattern $text] {
            set other [string map {:: /} $space]
            if {![has $defined $other $command] && !($other eq $home && [has $variables $home $command])} {
                lappend missing "$part: $name"
            }
        }
        foreach {name command} [regexp -all -inline {(?:\$\{here\}|\[namespace current\])::(\w+)\M(?!\$)} $text] {
            if {![has $defined $home $command] && ![has $variables $home $command]} {
                lappend missing "$part: $name"
            }
        }
        # set editor opdesk::ui::subnet … ${editor}::undo
        foreach {- short space} [regexp -all -inline {\mset (\w+) opdesk::((?:app|ui|widget)::\w+)\n} $text] {
            foreach {name command} [regexp -all -inline "\\$\{$short\}::(\\w+)" $text] {
                if {![has $defined [string map {:: /} $space] $command]} {
                    lappend missing "$part: $name"
                }
            }
        }
    }
    # in opdesk.tcl names are relative
    foreach {name space command} [regexp -all -inline {\m((?:app|ui)::\w+|theme)::(\w+)} [contents $root/opdesk.tcl]] {
        if {![has $defined [string map {:: /} $space] $command]} {
            lappend missing "opdesk: $name"
        }
    }
    set missing
} -result {}

# Whoever listens has to be read before there is anything to hear; the others are heard of by a command of
# theirs: a trial or a list of hosts is started, a window is made, a draft is kept.
test what_is_done_when_a_file_is_read_is_done_in_time {} -body {
    set named [concat {*}[dict values [table listening]] {*}[dict values $with]]
    set started {app/chat app/history app/hosts app/trial app/sdb_draft app/sdb_blame ui/alert ui/keys widget/guard widget/message widget/tip opdesk}
    list [lmap part [dict keys $done_at_top] {
        if {$part in $named || $part in $started} {
            continue
        }
        set part
    }] [lmap part $named {
        if {[dict exists $done_at_top $part]} {
            continue
        }
        set part
    }]
} -result {{} {app/chatsay app/sdb_update}}

# All that a question comes to, from what hears of it on; the last four the start itself calls, and connections are a dialog
# that an operator opens.
test what_a_question_needs_is_read_before_it_comes {} -body {
    set read [concat [table question] [dict get [table listening] start] {app/signal app/files app/helper ui/main}]
    lmap part [lsearch -all -inline -not -exact $read ui/main] {
        set others {}
        foreach {- space} [regexp -all -inline {\mopdesk::((?:app|ui|widget)::\w+)::} [contents $root/$part.tcl]] {
            dict set others [string map {:: /} $space] 1
        }
        set missing [lmap other [dict keys $others] {if {$other in [list ui/connection {*}$read]} continue; set other}]
        if {![llength $missing]} {
            continue
        }
        list $part $missing
    }
} -result {}

# The desk's own way to read parts, of another folder; it is not started.
eval [string map [list "\nopdesk::start\n" \n] [contents $root/opdesk.tcl]]
proc part {name text} {
    set chan [open $opdesk::root/app/$name.tcl w]
    puts $chan $text
    close $chan
}

test a_part_that_could_not_be_read_is_read_when_it_can_be {} -setup {
    set opdesk::root [exec mktemp -d]
    file mkdir $opdesk::root/app
} -body {
    set result [catch {opdesk::app::late::word}]
    part late "namespace eval opdesk::app::late {}\nerror broken"
    lappend result [catch {opdesk::app::late::word}]
    part late "namespace eval opdesk::app::late {}\nproc opdesk::app::late::word {} { return here }"
    lappend result [opdesk::app::late::word]
} -cleanup {
    file delete -force $opdesk::root
} -result {1 1 here}

done
