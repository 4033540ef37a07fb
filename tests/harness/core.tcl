# SPDX-License-Identifier: ISC
# Running tests: their names and verdicts, waiting with a deadline, the temporary folder, skipping,
# and the promise that nothing is left running.  A test body runs in a scope of its own; whatever it
# started is ended before the next one begins.
namespace eval harness {
    variable failed 0 passed 0 counter 0
    variable bin [expr {[llength $::argv] ? [lindex $::argv 0] :
        [info exists ::env(OPDESK_BIN)] ? $::env(OPDESK_BIN) : "build/bin"}]
    set bin [file normalize $bin]
    # a helper process of a test (fault/desk.tcl) shares its folder
    variable owner [expr {![info exists ::env(OPDESK_TEST_TMP)]}]
    variable tmp [expr {$owner ? [exec mktemp -d -t opdesk-test.XXXXXX] : $::env(OPDESK_TEST_TMP)}]
    variable cleanups {}
    # called with the name of a test that has failed, while what it started is still there
    variable on_failure ""
}

# A program of ours, by its name.
proc bin {name} {
    return [file join $::harness::bin $name]
}

# A path in this run's private folder; without a name a fresh one.
proc tmp {{name ""}} {
    if {$name eq ""} {
        set name tmp[incr ::harness::counter]
    }
    return [file join $::harness::tmp $name]
}

proc test {name body} {
    variable ::harness::failed
    variable ::harness::passed
    if {[info exists ::env(OPDESK_TEST)] && ![string match $::env(OPDESK_TEST) $name]} {
        return
    }
    set began [clock milliseconds]
    set code [catch {apply [list {} $body ::]} message options]
    if {$code == 1 && [lrange [dict get $options -errorcode] 0 1] eq {HARNESS SKIP}} {
        harness::Cleanup
        harness::Leave 77 "skipped: $message"
    }
    set report ""
    if {$code == 1} {
        catch {{*}$::harness::on_failure $name}
        set report [harness::Report $message $options]
    }
    harness::Cleanup
    set left [harness::Leftovers]
    if {$code != 1 && $left eq ""} {
        incr passed
        puts "ok   $name ([expr {[clock milliseconds] - $began}] ms)"
    } else {
        incr failed
        puts "FAIL $name\n$report"
        if {$left ne ""} {
            puts "left running: $left"
        }
    }
    flush stdout
}

# Print the verdict and end.  A file in which no test ran has failed.
proc finish {} {
    variable ::harness::failed
    variable ::harness::passed
    if {$failed} {
        harness::Leave 1 "$failed failed, $passed passed"
    }
    if {!$passed} {
        harness::Leave 1 "no test ran"
    }
    harness::Leave 0 "$passed passed"
}

# This machine lacks `what` (one word): the file's other tests are skipped, which is a failure unless
# OPDESK_ALLOW_SKIP names it.
proc skip {what reason} {
    if {[info exists ::env(OPDESK_ALLOW_SKIP)] && $what in $::env(OPDESK_ALLOW_SKIP)} {
        throw {HARNESS SKIP} $reason
    }
    error "cannot test here: $reason (OPDESK_ALLOW_SKIP=$what allows it)"
}

# Needs a program that others wrote.
proc need {args} {
    foreach program $args {
        if {[auto_execok $program] eq ""} {
            skip $program "$program is not installed"
        }
    }
}

# --- expectations ---

proc check {condition {what ""}} {
    if {![uplevel 1 [list expr $condition]]} {
        set shown [uplevel 1 [list subst -nocommands $condition]]
        return -code error "not so: $condition\n  with: $shown\n  $what"
    }
}

proc equal {got want {what ""}} {
    if {$got ne $want} {
        return -code error "$what\n  got:  [harness::Show $got]\n  want: [harness::Show $want]"
    }
}

proc matches {got pattern {what ""}} {
    if {![regexp -- $pattern $got]} {
        return -code error "$what\n  got:      [harness::Show $got]\n  expected: $pattern"
    }
}

# Serve events until the condition holds; an error after `ms`.  The longer it takes, and the dearer the
# look is, the fewer looks there are: waiting must not take the time of what is waited for.  What is said
# then may be a text in braces with commands in it ({[$job describe]}): they run when it is too late, so that
# they show what had come by then.
proc until {ms condition {what ""}} {
    set deadline [expr {[clock milliseconds] + $ms}]
    for {set pause 4} 1 {set pause [expr {min(40, $pause * 3 / 2)}]} {
        set began [clock milliseconds]
        if {[uplevel 1 [list expr $condition]]} {
            return
        }
        set now [clock milliseconds]
        if {$now > $deadline} {
            return -code error "not within $ms ms: $condition [uplevel 1 [list harness::Told $what]]"
        }
        harness::Turn [expr {min(200, max($pause, 4 * ($now - $began)))}]
    }
}

# Ready text may hold brackets of its own, which are no commands.
proc harness::Told {what} {
    if {[catch {uplevel 1 [list subst $what]} told]} {
        return $what
    }
    return $told
}

# The condition must hold all the time for `ms` (of something that must not happen).
proc stays {ms condition {what ""}} {
    set end [expr {[clock milliseconds] + $ms}]
    while {[clock milliseconds] < $end} {
        if {![uplevel 1 [list expr $condition]]} {
            return -code error "did not stay so: $condition $what"
        }
        harness::Turn 10
    }
}

# Lines of a file, "" when it is not there.
proc contents {path} {
    if {![file exists $path]} {
        return ""
    }
    set f [open $path rb]
    try {
        return [encoding convertfrom utf-8 [read $f]]
    } finally {
        close $f
    }
}

proc write {path text} {
    set f [open $path wb]
    puts -nonewline $f [encoding convertto utf-8 $text]
    close $f
}

proc uuid {} {
    set f [open /dev/urandom rb]
    binary scan [read $f 16] H* hex
    close $f
    set hex [string replace $hex 12 12 4]
    set hex [string replace $hex 16 16 8]
    return [regsub {^(.{8})(.{4})(.{4})(.{4})(.{12})$} $hex {\1-\2-\3-\4-\5}]
}

# Run `script` when the running test ends, whatever its end.
proc at_end {script} {
    lappend ::harness::cleanups $script
}

# --- inside ---

proc harness::Turn {ms} {
    after $ms [list set ::harness::turn 1]
    vwait ::harness::turn
}

proc harness::Show {text} {
    return [string map {\n \\n \r \\r \0 \\0} [string range $text 0 2000]]
}

proc harness::Report {message options} {
    set report "  [string map {\n "\n  "} $message]\n"
    append report "  [string map {\n "\n  "} [dict get $options -errorinfo]]\n"
    foreach daemon [concat [info class instances Daemon] [info class instances Ipadmd] \
        [info class instances Opchatd]] {
        append report "  --- log of $daemon (its end)\n"
        foreach line [lrange [split [$daemon log] \n] end-40 end] {
            append report "  $line\n"
        }
    }
    return $report
}

proc harness::Cleanup {} {
    variable cleanups
    foreach script [lreverse $cleanups] {
        catch {uplevel #0 $script}
    }
    set cleanups {}
    foreach class {Daemon Ipadmd Opchatd Peer} {
        foreach object [info class instances $class] {
            catch {$object destroy}
        }
    }
    foreach job [info class instances Job] {
        if {![$job kept]} {
            catch {$job destroy}
        }
    }
}

# Processes that carry our runtime folder in their environment and still run.
proc harness::Others {} {
    variable tmp
    set found {}
    foreach pid [glob -nocomplain -directory /proc -tails {[0-9]*}] {
        if {$pid == [pid] || [catch {contents /proc/$pid/environ} environ]
            || [string first OPDESK_RUNTIME=$tmp $environ] < 0 || [state_of $pid] eq "Z"} {
            continue
        }
        lappend found $pid
    }
    return $found
}

# What a test left running, after a moment to end: named, and ended.
proc harness::Leftovers {} {
    set end [expr {[clock milliseconds] + 3000}]
    while {[set found [Others]] ne "" && [clock milliseconds] < $end} {
        Turn 20
    }
    set named {}
    foreach pid $found {
        catch {contents /proc/$pid/cmdline} command
        lappend named "$pid ([join [split [string trimright $command \0] \0] { }])"
        send_signal KILL $pid
    }
    return [join $named {, }]
}

proc harness::Leave {status text} {
    variable tmp
    variable owner
    puts $text
    foreach job [info class instances Job] {
        catch {$job destroy}
    }
    if {$owner && ![info exists ::env(OPDESK_KEEP)]} {
        file delete -force $tmp
    }
    exit $status
}

set ::env(OPDESK_TEST_TMP) $::harness::tmp
set ::env(OPDESK_RUNTIME) $::harness::tmp/run
file mkdir $::env(OPDESK_RUNTIME)
file attributes $::env(OPDESK_RUNTIME) -permissions 0700

# JSON, by Perl's JSON::PP, as plain Tcl: dicts, lists, strings, "" for null.
proc json {text} {
    set program {
        use JSON::PP; use utf8; binmode STDIN; binmode STDOUT, ":utf8"; local $/;
        sub q1 { my $s = shift; $s =~ s/([\\\{\}\[\]\$" ;\t\n])/$1 eq "\n" ? "\\n" : $1 eq "\t" ? "\\t" : "\\$1"/ge;
            return $s eq "" ? "{}" : $s }
        sub tcl { my $v = shift;
            return !defined $v ? "" : ref $v eq "HASH" ? join(" ", map { q1($_) . " " . q1(tcl($v->{$_})) } sort keys %$v)
                : ref $v eq "ARRAY" ? join(" ", map { q1(tcl($_)) } @$v) : "$v" }
        print tcl(JSON::PP->new->utf8->allow_nonref->decode(<STDIN>));
    }
    return [must -in $text perl -e $program]
}
