# SPDX-License-Identifier: ISC
# Programs run by a test.  A Job leads a session and process group of its own, so that ending it ends
# what it started; its standard output is read as it comes, its standard error goes to a file.
#   Job new ?-in TEXT? ?-dir DIR? ?-env {NAME VALUE …}? ?-pipe 1? ?-kept 1? PROGRAM ARG…
# One that is kept runs on when its test ends, until the file does.  Arguments must not begin with one of <>|& (Tcl's own redirections).
oo::class create Job {
    variable chan pid out errfile status poll kept

    constructor {args} {
        set chan ""
        set pid ""
        set options {-in "" -dir . -env {} -pipe 0 -kept 0}
        while {[dict exists $options [lindex $args 0]]} {
            dict set options [lindex $args 0] [lindex $args 1]
            set args [lrange $args 2 end]
        }
        set out ""
        set status ""
        set poll ""
        set errfile [tmp job[incr ::harness::counter].err]
        set kept [dict get $options -kept]
        set command [list [file join $::harness::bin .. tests harness begin]]
        if {[dict get $options -dir] ne "."} {
            lappend command -C [dict get $options -dir]
        }
        if {$kept} {
            # not one of those that a test must not leave behind
            lappend command OPDESK_RUNTIME=
        }
        dict for {name value} [dict get $options -env] {
            lappend command $name=$value
        }
        lappend command {*}$args 2>$errfile
        if {![dict get $options -pipe]} {
            lappend command << [dict get $options -in]
        }
        set chan [open |$command [expr {[dict get $options -pipe] ? "r+" : "r"}]]
        set pid [lindex [pid $chan] end]
        fconfigure $chan -blocking 0 -translation binary -buffering none
        fileevent $chan readable [list [namespace which my] Readable]
    }

    destructor {
        after cancel $poll
        if {$chan ne ""} {
            send_signal KILL -$pid $pid
            my Reap
        }
        # what it forked may outlive it
        if {$pid ne ""} {
            send_signal KILL -$pid
        }
    }

    method Readable {} {
        append out [read $chan]
        if {[eof $chan]} {
            fileevent $chan readable {}
            my Ending
        }
    }

    # It has closed its output; a program may do so long before it ends (Xvfb).
    method Ending {} {
        if {[running $pid]} {
            set poll [after 5 [list [namespace which my] Ending]]
        } else {
            my Reap
        }
    }

    method Reap {} {
        if {$chan eq ""} {
            return
        }
        set c $chan
        set chan ""
        fconfigure $c -blocking 1
        if {[catch {close $c} message options]} {
            lassign [dict get $options -errorcode] class - status
            if {$class ni {CHILDSTATUS CHILDKILLED}} {
                set status 0
            }
        } else {
            set status 0
        }
    }

    method kept {} {
        return $kept
    }
    method pid {} {
        return $pid
    }
    method chan {} {
        return $chan
    }
    # Everything on standard output so far.
    method out {} {
        return [encoding convertfrom utf-8 $out]
    }
    method raw {} {
        return $out
    }
    method err {} {
        return [contents $errfile]
    }
    # "" while it runs; then its exit status, or the name of the signal: SIGTERM.
    method status {} {
        return $status
    }
    method ended {} {
        return [expr {$status ne ""}]
    }
    method signal {name} {
        send_signal $name $pid
    }
    method wait {{ms 20000}} {
        set deadline [expr {[clock milliseconds] + $ms}]
        while {$status eq ""} {
            if {[clock milliseconds] > $deadline} {
                error "still running after $ms ms: [my describe]"
            }
            harness::Turn 2
        }
        return $status
    }
    method describe {} {
        return "pid $pid, output so far: [harness::Show [my out]], errors: [harness::Show [my err]]"
    }
}

# Run to the end: a dict of status, out, err.
proc run {args} {
    set job [Job new {*}$args]
    $job wait 60000
    set result [dict create status [$job status] out [$job out] err [$job err]]
    $job destroy
    return $result
}

# Run a command that must end with 0; its output without the last newline.
proc must {args} {
    set r [run {*}$args]
    if {[dict get $r status] ne "0"} {
        error "status [dict get $r status] of: $args\n[dict get $r out][dict get $r err]"
    }
    return [string trimright [dict get $r out] \n]
}

# Send a signal to processes, and groups of them (negative); those that have ended are passed over.  By a shell
# that stays: there are more signals than programs.
proc send_signal {name args} {
    variable ::harness::shell
    if {![info exists shell]} {
        set shell [open {|env OPDESK_RUNTIME= sh 2>/dev/null} r+]
        fconfigure $shell -buffering line
    }
    puts $shell "for p in $args; do kill -s $name -- \$p; done; echo"
    gets $shell
}

# --- /proc ---

# R, S, Z …; "" when there is no such process.
proc state_of {pid} {
    if {[catch {contents /proc/$pid/stat} stat]} {
        return ""
    }
    return [lindex [string range $stat [string last ) $stat]+2 end] 0]
}

proc running {pid} {
    return [expr {[state_of $pid] ni {"" Z X}}]
}

proc children_of {pid} {
    set children [Children]
    return [expr {[dict exists $children $pid] ? [dict get $children $pid] : ""}]
}

# A process and all below it, itself first.
proc tree_of {pid} {
    set children [Children]
    set found $pid
    for {set i 0} {$i < [llength $found]} {incr i} {
        set at [lindex $found $i]
        if {[dict exists $children $at]} {
            lappend found {*}[dict get $children $at]
        }
    }
    return $found
}

# Every parent → its children, zombies too.
proc Children {} {
    set children {}
    foreach pid [lsort -integer [glob -nocomplain -directory /proc -tails {[0-9]*}]] {
        if {![catch {contents /proc/$pid/stat} stat]} {
            dict lappend children [lindex [string range $stat [string last ) $stat]+2 end] 1] $pid
        }
    }
    return $children
}

# Milliseconds of processor time that it has used, from /proc/PID/schedstat.
proc cpu_of {pid} {
    return [expr {[lindex [contents /proc/$pid/schedstat] 0] / 1000000}]
}

# kB, from /proc/PID/status: VmRSS, VmHWM …
proc memory_of {pid field} {
    if {![regexp "$field:\\s+(\\d+)" [contents /proc/$pid/status] - kb]} {
        error "no $field of process $pid"
    }
    return $kb
}
