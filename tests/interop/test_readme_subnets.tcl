# SPDX-License-Identifier: ISC
# Promise: the five lines of README.md (Subnets) work as they stand there, with a real named and dig.
source [file join [file dirname [info script]] .. harness.tcl]
need /usr/sbin/named dig

set readme [contents [file join [file dirname [file normalize [info script]]] .. .. README.md]]

# The indented lines of a section.
proc commands_of {section} {
    if {![regexp "\n## $section\n(.*?)\n## " $::readme - text]} {
        error "README.md: no section $section"
    }
    return [lmap {- line} [regexp -all -inline -line {^    (\S.*)$} $text] {set line}]
}

# Whatever was started with a file of `folder` on its command line.
proc end_all_of {folder} {
    foreach pid [glob -nocomplain -directory /proc -tails {[0-9]*}] {
        if {![catch {contents /proc/$pid/cmdline} words] && [string match "*[string trimleft $folder]*" $words]
            && $pid != [pid]} {
            catch {exec kill -TERM $pid}
            until 10000 {![running $pid]}
        }
    }
}

test five_lines_from_nothing_to_an_answer {
    set home [tmp home]
    file mkdir $home
    at_end [list end_all_of $home/net/]
    # the port of the trial server, which somebody else may be using here
    set listener [socket -server {} -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $listener -sockname] 2]
    close $listener
    set commands [commands_of Subnets]
    equal [llength $commands] 5
    foreach command $commands {
        if {[string match "*named -c*" $command]} {
            write $home/net/named.conf [string map [list 5300 $port] [contents $home/net/named.conf]]
        }
        set command [string map [list 5300 $port] $command]
        set name [lindex $command 0]
        set wait [expr {$name eq "dig" ? "for try in 1 2 3 4 5 6 7 8 9; do a=\$($command +tries=3); test -n \"\$a\" && break; done; echo \"\$a\"" : $command}]
        set r [run -env [list HOME $home PATH $::harness::bin:$::env(PATH)] sh -c $wait]
        equal [dict get $r status] 0 "$command: $r"
    }
    equal [dict get $r out] "192.0.2.35\n" $r
}

finish
