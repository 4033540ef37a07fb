# SPDX-License-Identifier: ISC
# Promise: the helper keeps any number of links at once, and none of them holds up another, whatever is at
# their far ends; what floods waits in its own socket, and not in the helper, when the desk does not read;
# a daemon behind a network that swallows everything is given up in the time that was said.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] .. harness helper.tcl]
source [file join [file dirname [info script]] .. harness netns.tcl]

# Memory is looked at: what the sanitizer keeps of freed memory must not grow either.
proc helper {} {
    return [Helper new -env {ASAN_OPTIONS quarantine_size_mb=1:thread_local_quarantine_size_kb=64}]
}

# Ports by manner, one each.
proc manners {args} {
    variable manners_job [Job new perl [file join [file dirname [info script]] .. harness manners.pl] {*}$args]
    until 20000 {[llength [regexp -all -inline {\d+ [a-z]+} [$::manners_job out]]] == [llength $args]
        || [$::manners_job ended]} [$::manners_job describe]
    return [concat {*}[lmap line [regexp -all -inline {\d+ [a-z]+} [$::manners_job out]] {lreverse $line}]]
}

# A port at which nobody listens.
proc nobody {} {
    set s [socket -server no -myaddr 127.0.0.1 0]
    set port [lindex [fconfigure $s -sockname] 2]
    close $s
    return $port
}

test forty_links_do_not_wait_for_one_another {
    set d [daemon]
    set h [helper]
    set ports [manners silent slow dies garbage chatty]
    foreach round {1 2 3 4 5 6} {
        foreach {name port} $ports {
            lappend links($name) [$h open tcp:127.0.0.1:$port]
        }
        lappend links(refused) [$h open tcp:127.0.0.1:[nobody]]
        lappend links(unknown) [$h open tcp:no-such-host.invalid:8979]
        lappend links(good) [$h open [$d unix]]
    }
    equal [llength [concat {*}[lmap {name list} [array get links] {set list}]]] 48
    foreach link $links(good) {
        $h reaches $link up
    }
    # all of them while the others connect, wait, fail, and talk
    set longest 0
    foreach round {1 2 3} {
        foreach link $links(good) {
            set began [clock milliseconds]
            equal [dict get [$h call $link alert.list] alerts] {}
            set longest [expr {max($longest, [clock milliseconds] - $began)}]
        }
    }
    # the silent ones are waited for for ten seconds, the slow ones for one and a half
    puts "     18 calls, the longest $longest ms"
    check {$longest < 5000}
    foreach {name state reason} {
        slow up {} chatty up {} dies down {closed the connection} garbage down nonsense
        refused down {connection refused} unknown down {name|resol}
    } {
        foreach link $links($name) {
            matches [$h reaches $link $state] $reason "$name"
        }
    }
    foreach link $links(silent) {
        equal [$h states $link] {{connecting {}}}
    }
    # the pauses are long by now; there is none when that is asked for
    set link [lindex $links(refused) 0]
    $h reaches $link down
    check {[set pause [$h pause $link]] > 1000}
    $h call 0 link.retry link $link
    until [expr {$pause / 2}] {[lsearch -index 0 [$h states $link] down] >= 0} "tried at once, and not in $pause ms"
    foreach {name list} [array get links] {
        foreach link $list {
            $h call 0 link.close link $link
        }
    }
    puts "     the helper has [memory_of [[$h job] pid] VmRSS] kB"
    equal [$h stop] 0
}

# Those of the messages, in order: by their places in the bytes, as there are megabytes of them.
proc numbers {bytes} {
    set at 0
    set found {}
    while {[binary scan $bytes @${at}Iu length] && [string length $bytes] >= $at + 4 + $length} {
        if {$length > 8192} {
            set payload [string range $bytes [expr {$at + 4}] [expr {$at + 3 + $length}]]
            lappend found [dict get [lindex [mp::unpack $payload] 1 2 0] n]
        }
        incr at [expr {4 + $length}]
    }
    return $found
}

test flood_waits_in_its_own_socket_while_the_desk_does_not_read {
    set h [helper]
    set ports [manners flood]
    set pid [[$h job] pid]
    set before [memory_of $pid VmRSS]
    set chan [[$h job] chan]
    set handler [fileevent $chan readable]
    set link [$h open tcp:127.0.0.1:[lindex $ports 1]]
    fileevent $chan readable {}
    # it comes to a stop
    until 20000 {[regexp {said (\d+)\nsaid \1\n$} [$::manners_job out] - said]} {stopped: [$::manners_job out]}
    set grown [expr {[memory_of $pid VmRSS] - $before}]
    puts "     $said messages of 8 kB were said, and the helper has grown by $grown kB"
    check {$said < 4000}
    check {$grown < 8000}
    stays 2500 {[memory_of $pid VmRSS] - $before < 8000}
    check {[regexp "said $said\n$" [$::manners_job out]]}
    # nothing is lost, and nothing comes twice
    set taken [string length [[$h job] raw]]
    fileevent $chan readable $handler
    until 20000 {[string length [[$h job] raw]] > $taken + 16000000} "it goes on"
    $h call 0 link.close link $link
    set want 0
    foreach n [numbers [[$h job] raw]] {
        equal $n $want
        incr want
    }
    check {$want > $said}
    equal [$h stop] 0
}

test dead_peer_behind_a_silent_network_is_given_up_in_the_time_that_was_said {
    hosts desk server
    set d [daemon -wrap [on server] -args {--listen tcp:10.9.0.2:8979} \
        -conf "insecure_operators = \{ \"10.9.0.1\" \}\naccess = \{ \"allow local\", \"allow 10.9.0.1\" \}"]
    set h [Helper new -wrap [on desk]]
    set link [dict get [$h call 0 link.open endpoint tcp:10.9.0.2:8979 dead_ms 3000] link]
    $h reaches $link up
    equal [dict get [$h call $link alert.list] alerts] {}
    exec {*}[on desk] ip route add blackhole 10.9.0.2/32
    set began [clock milliseconds]
    matches [$h reaches $link down] {no sign of life for [2-9] s|no route|unreachable}
    set took [expr {[clock milliseconds] - $began}]
    puts "     noticed after $took ms"
    check {$took < 8000}
    exec {*}[on desk] ip route del blackhole 10.9.0.2/32
    $h reaches $link up
    equal [$h stop] 0
}

finish
