# SPDX-License-Identifier: ISC
# Runs the benchmarks: each figure beside a peer measured in the same run, as a median of several
# runs.  docs/bench.md says what is measured and why so.
#   tclsh8.6 bench/run.tcl BUILD-FOLDER ?--quick? ?NAME…?      (script/bench builds and starts this)
# --quick: one run each, to see that all works.
set here [file dirname [file normalize [info script]]]
set build [file normalize [lindex $argv 0]]
set names [lrange $argv 1 end]
set argv [list $build/bin]
source $here/../tests/harness.tcl

set runs [expr {"--quick" in $names ? 1 : 5}]
set slow_runs [expr {min($runs, 3)}] ;# where one takes ten seconds and more
set names [lsearch -all -inline -not -exact $names --quick]
set seconds 2
set short 0.3 ;# seconds, where many kinds of load take their turns
set figures {}

# Read a file of tests/ that several benchmarks stand on, once.
proc shared {name} {
    if {![info exists ::read($name)]} {
        set ::read($name) 1
        uplevel #0 [list source $::here/../tests/$name]
    }
}

proc bench {name args} {
    return [list $::build/bench/bench_$name {*}$args]
}

# `command` on one core, with both ends of what is measured.
proc pinned {command} {
    return [list taskset -c 0 {*}$command]
}

proc unpinned {command} {
    return $command
}

# Run a driver; the number after `word` in its output.
proc value {word command} {
    set out [must {*}$command]
    if {![regexp "$word (\[0-9.\]+)" $out - number]} {
        error "no $word in: $out"
    }
    return $number
}

# A port of loopback that nothing uses: the kernel names one, and has it back.
proc free_port {} {
    set probe [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $probe -sockname] 2]
    close $probe
    return $port
}

# A bare server in C; its endpoint is in `at`.
proc bare {name at args} {
    upvar 1 $at where
    set job [Job new {*}[bench $name {*}$args]]
    until 5000 {[regexp {listening (\S+)} [$job out] - where]} [$job describe]
    return $job
}

# A daemon of bench_echod; its endpoint is in `at`.
proc echod {personality at} {
    upvar 1 $at where
    set dir [tmp]
    file mkdir $dir
    write $dir/conf "personality = $personality\nmax_workers = 20000\nlog_level = warn\n"
    set job [Job new {*}[bench echod -f -c $dir/conf --state $dir/state \
        --pid-file $dir/pid --listen tcp:127.0.0.1:0]]
    until 10000 {[$job ended] || [regexp -line {^ready$} [$job out]]} [$job describe]
    regexp -line {^listening (\S+)$} [$job out] - where
    return $job
}

proc median {values} {
    return [lindex [lsort -real $values] [expr {[llength $values] / 2}]]
}

# The same scripts in turn, so that a slow moment meets all of them, every other time the other way round, as
# a machine may be slower after what the one before it did: a dict name → list of values.
proc alternate {count scripts} {
    set names [dict keys $scripts]
    for {set i 0} {$i < $count} {incr i} {
        foreach name $names {
            dict lappend values $name [uplevel 1 [dict get $scripts $name]]
        }
        set names [lreverse $names]
    }
    return $values
}

# Print one line and keep it for the JSON.  aim: {>= 3.0} of value / peer, {<= 20} with peer "".
proc figure {what unit values {peer ""} {peervalues ""} {aim ""}} {
    set ours [median $values]
    set line [format "%-44s %10s %-6s \[%s-%s\]" $what [short_of $ours] $unit \
        {*}[lmap value [range $values] {short_of $value}]]
    set record [dict create what $what unit $unit ours $ours runs $values]
    set measured $ours
    if {$peer ne ""} {
        set theirs [median $peervalues]
        set measured [expr {$ours / $theirs}]
        append line [format "  %-26s %10s  ratio %.2f" $peer [short_of $theirs] $measured]
        dict set record peer $peer
        dict set record theirs $theirs
        dict set record peer_runs $peervalues
        dict set record ratio [format %.3f $measured]
    }
    if {$aim ne ""} {
        set met [expr "$measured $aim"]
        append line "  aim $aim [expr {$met ? {met} : {MISSED}}]"
        dict set record aim $aim
        dict set record met [expr {$met ? "true" : "false"}]
    }
    puts $line
    flush stdout
    lappend ::figures $record
}

# A number for people.
proc short_of {value} {
    return [format [expr {abs($value) < 10 ? "%.2f" : "%.1f"}] $value]
}

proc range {values} {
    set sorted [lsort -real $values]
    return [list [lindex $sorted 0] [lindex $sorted end]]
}

proc json {record} {
    set parts {}
    dict for {key value} $record {
        if {$key in {runs peer_runs}} {
            set value "\[[join $value {, }]\]"
        } elseif {$key ni {ours theirs ratio met}} {
            set value "\"[string map {\\ \\\\ \" \\\"} $value]\""
        }
        lappend parts "\"$key\": $value"
    }
    return "  {[join $parts {, }]}"
}

# A daemon with the limits that a measurement needs, and a desk that answers at once.
proc measured_daemon {{extra ""} {answering 1}} {
    set d [daemon -conf "max_workers = 20000\n$extra"]
    if {$answering} {
        set desk [Job new {*}[bench autodesk [$d unix]]]
        until 5000 {[string match *ready* [$desk out]]}
    }
    return $d
}

# MiB of the machine's memory that can be had.
proc available {} {
    regexp {MemAvailable:\s+(\d+)} [contents /proc/meminfo] - kb
    return [expr {$kb / 1024.0}]
}

# Limits of a process, as /proc/PID/limits names them, must be `least`.
proc need_limits {least args} {
    foreach limit $args {
        regexp "$limit +\\S+ +(\\S+)" [contents /proc/self/limits] - most
        if {$most ne "unlimited" && $most < $least} {
            skip limits "$limit: $most"
        }
    }
}

# Put a running process and all its children on one core.
proc pin_tree {pids} {
    foreach pid $pids {
        exec taskset -a -p -c 0 $pid
    }
}

set known {}
foreach file [lsort [glob $here/bench_*.tcl]] {
    regexp {bench_(.*)\.tcl$} $file - name
    lappend known $name
    if {$names eq "" || $name in $names} {
        source $file
    }
}
foreach name $names {
    if {$name ni $known} {
        puts stderr "no benchmark $name; there are: $known"
        set harness::failed 1
    }
}
set out [open $build/bench.json w]
puts $out "\[\n[join [lmap record $figures {json $record}] ",\n"]\n\]"
close $out
puts "written to $build/bench.json"
finish
