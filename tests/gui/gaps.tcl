# SPDX-License-Identifier: ISC
# Measures how long a desk's loop is away (tcl/app/gaps.tcl): for tests/gui/ and bench/.
#   set ::env(OPDESK_GAPS) [gaps_file]     before the desk is started
#   gaps_of SCRIPT                         {TIMER IDLE RAN} in ms: the longest while the script runs
#   keyboard                               who has the keyboard in it
proc gaps_file {} {
    variable gaps_path [tmp gaps[incr ::harness::counter]]
    return $gaps_path
}

# The lines so far; `last` becomes the time of the newest.
proc gaps_lines {} {
    return [lmap line [split [string trimright [contents $::gaps_path] \n] \n] {
        if {[llength $line] != 4} continue
        set line
    }]
}

# Wait until the desk has told of everything up to now.
proc gaps_settle {} {
    set now [clock microseconds]
    until 60000 {[lindex [gaps_lines] end 0] ne "" && [lindex [gaps_lines] end 0] > $now} "the desk ticks"
    return [llength [gaps_lines]]
}

proc gaps_of {script} {
    set from [gaps_settle]
    uplevel 1 $script
    set to [gaps_settle]
    set lines [lrange [gaps_lines] $from [expr {$to - 1}]]
    return [lmap column {1 2 3} {
        expr {[lindex [lsort -integer [lmap line $lines {lindex $line $column}]] end] / 1000.0}
    }]
}

# Who has the keyboard in the desk: {PATH X Y WIDTH HEIGHT}.
proc keyboard {} {
    set chan [open $::gaps_path]
    seek $chan 0 end
    write $::gaps_path.focus ""
    set who ""
    until 20000 {[regexp -line {^focus (.*)$} [append text [read $chan]] - who]} "the desk tells"
    close $chan
    return $who
}

# How many rows the desk has in its lists.
proc rows_shown {} {
    set chan [open $::gaps_path]
    seek $chan 0 end
    write $::gaps_path.rows ""
    set n ""
    until 20000 {[regexp -line {^rows (\d+)$} [append text [read $chan]] - n]} "the desk tells"
    close $chan
    return $n
}

# --- what may hold a desk up; each gives {TIMER IDLE RAN} ---

# A desk on a played helper, at rest.
proc gaps_desk {fake args} {
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [$fake desk {*}$args]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    gaps_settle
    return $desk
}

# So many questions arrive at once, as changes of one snapshot that is empty.
proc gaps_burst {count} {
    set fake [Fake new]
    set desk [gaps_desk $fake]
    set bytes ""
    for {set n 0} {$n < $count} {incr n} {
        set id [uuid]
        $fake quietly $id title "question $n" text "Change the disk in bay $n, then press Ok" \
            severity [lindex {info warning critical} [expr {$n % 3}]]
        append bytes [$fake frame_of_change $id]
    }
    set gaps [gaps_of {
        $fake raw $bytes
        until 120000 {[windows "opdesk \\($count\\)"] ne ""} "all are counted"
    }]
    equal [$desk err] ""
    return $gaps
}

# One question comes, and its window opens.
proc gaps_window {} {
    set fake [Fake new]
    set desk [gaps_desk $fake]
    set gaps [gaps_of {
        $fake alert [uuid] title "Backup of alpha" text "Change the disk in bay 2"
        windows_are 1 {mediachanged: Backup of alpha}
    }]
    equal [$desk err] ""
    return $gaps
}

# The same, all pending when the desk subscribes.
proc gaps_snapshot {count} {
    set fake [Fake new]
    set desk [gaps_desk $fake]
    for {set n 0} {$n < $count} {incr n} {
        $fake quietly [uuid] title "question $n" text "Change the disk in bay $n, then press Ok" \
            severity [lindex {info warning critical} [expr {$n % 3}]]
    }
    set gaps [gaps_of {
        $fake state down gone
        $fake state up
        until 120000 {[windows "opdesk \\($count\\)"] ne ""} "all are counted"
    }]
    equal [$desk err] ""
    return $gaps
}

# The helper is stopped for that long, while the operator answers.
proc gaps_stopped_helper {ms} {
    set fake [Fake new]
    set desk [gaps_desk $fake]
    $fake alert [uuid]
    set w [lindex [windows_are 1 mediachanged] 0]
    focus_on $w
    set helper [children_of [$desk pid]]
    equal [llength $helper] 1
    exec kill -STOP $helper
    set gaps [gaps_of {
        set end [expr {[clock milliseconds] + $ms}]
        while {[clock milliseconds] < $end} {
            xd key --window $w Tab Return F5
        }
    }]
    exec kill -CONT $helper
    until 15000 {[llength [$fake calls alert.answer]]} "answered"
    equal [$desk err] ""
    return $gaps
}

# The daemon's host swallows every packet for that long (a network namespace without a way back).
proc gaps_black_hole {ms} {
    lassign [gaps_network] ns here there
    set d [daemon -wrap [list ip netns exec $ns] \
        -args [list --listen tcp:$there:8979] -conf "insecure_operators = { \"$here\" }\naccess = { \"allow local\", \"allow $here\" }"]
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [desk -s tcp:$there:8979]
    Job new [bin mediachangec] -s [$d unix] --title Backup "Insert tape 2"
    set w [lindex [windows_are 1 {mediachanged: Backup}] 0]
    focus_on $w
    set gaps [gaps_of {
        exec ip -n $ns route add blackhole $here/32
        set end [expr {[clock milliseconds] + $ms}]
        while {[clock milliseconds] < $end} {
            xd key Return F5
        }
    }]
    exec ip -n $ns route del blackhole $here/32
    equal [$desk err] ""
    return $gaps
}

# A namespace with one wire to us: its name, our address, its address.
proc gaps_network {} {
    need ip
    set ns opdesk[pid]
    if {[catch {exec ip netns add $ns} message]} {
        skip netns $message
    }
    at_end [list exec ip netns del $ns]
    set n [expr {[pid] % 250 + 1}]
    set here 10.213.$n.1
    set there 10.213.$n.2
    exec ip link add od$n type veth peer name od${n}p netns $ns
    exec ip addr add $here/24 dev od$n
    exec ip link set od$n up
    exec ip -n $ns addr add $there/24 dev od${n}p
    exec ip -n $ns link set od${n}p up
    exec ip -n $ns link set lo up
    return [list $ns $here $there]
}

# Names are asked of a server that never answers, and questions of another are answered meanwhile.
proc gaps_silent_resolver {ms} {
    need unshare
    set d [daemon]
    write [tmp resolv.conf] "nameserver 127.0.0.53\noptions timeout:30\n"
    write [tmp nsswitch.conf] "hosts: dns\n"
    set silent [Job new perl -MIO::Socket::INET -e {
        my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.53:53") or die "$!";
        $| = 1; print "ready\n"; while ($s->recv(my $m, 512)) { print "asked\n" }}]
    until 5000 {[string match ready* [$silent out]] || [$silent ended]}
    if {[$silent ended]} {
        skip port53 [$silent err]
    }
    set ::env(OPDESK_GAPS) [gaps_file]
    set script {mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"}
    set desk [Job new unshare -m sh -c $script sh [tmp resolv.conf] [tmp nsswitch.conf] \
        [bin opdesk] -s [$d unix] -s tcp:desk.example.org:8979]
    main_window
    until 15000 {[string match *asked* [$silent out]]} "the name server was asked"
    set job [ask $d --title Backup "Insert tape 2"]
    focus_on [lindex [windows_are 1 {mediachanged: Backup}] 0]
    set gaps [gaps_of {
        until 10000 {[xd key Return; $job ended]} "answered"
        set end [expr {[clock milliseconds] + $ms}]
        while {[clock milliseconds] < $end} {
            xd key F5 Tab
        }
    }]
    equal [$job wait] 0
    equal [$desk err] ""
    return $gaps
}

# A daemon with 100,000 closed questions, made as they are asked for.
oo::class create Past {
    superclass Fake

    method Message {link rpc} {
        next $link $rpc
        lassign $rpc type msgid method params
        if {$method eq "alert.history"} {
            my Page $msgid [lindex $params 0]
        }
    }
    method Page {msgid params} {
        set from [expr {[dict exists $params before_seq] ? [dict get $params before_seq] : 100001}]
        set found {}
        for {set seq [expr {$from - 1}]} {$seq > 0 && [llength $found] < [dict get $params limit]} {incr seq -1} {
            lappend found [list map [list id [list str [format 00000000-0000-4000-8000-%012d $seq]] \
                seq [list int $seq] version {int 3} asker {str root@alpha} from {str {alpha (192.0.2.7)}} \
                title [list str "Backup $seq"] text [list str "Insert tape $seq and press Ok"] \
                kind {str okcancel} labels {arr {{str Ok} {str Cancel}}} severity {str warning} \
                state {str answered} answer {str Ok} by {str anna@beta} created_at [list int \
                [expr {1700000000000 + $seq * 1000}]] closed_at [list int [expr {1700000060000 + $seq * 1000}]]]]
        }
        my reply $msgid [list map [list alerts [list arr $found] more [expr {$seq > 0 ? "true" : "false"}]]]
    }
}

# Scroll through so many of them, then search while they are there.
proc gaps_history {rows} {
    set fake [Past new]
    set desk [gaps_desk $fake --max-windows 1]
    focus_on [main_window]
    set gaps [gaps_of {
        xd key ctrl+h
        set pages 0
        until 1200000 {[xd key End Prior End
            set pages [llength [$fake calls alert.history]]] * 200 - 100 >= $rows} "$rows rows: $pages pages"
        xd key ctrl+f
        xd type --delay 40 "tape 4711"
        until 20000 {[llength [lsearch -all -inline -glob [$fake calls alert.history] "*tape 4711*"]]} "searched"
        xd key Return
        xd key End Prior Prior Home
    }]
    equal [$desk err] ""
    return $gaps
}

# --- memory ---

# Questions come and are answered elsewhere without a pause for that long; resident kB at rest before
# (after a first flood, which fills what is kept) and afterwards.
proc memory_of_flood {ms} {
    set fake [Fake new]
    set desk [$fake desk]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    flood $fake $desk 4000
    set before [memory_of [$desk pid] VmRSS]
    set rounds [flood $fake $desk $ms]
    equal [$desk err] ""
    return [list $before [memory_of [$desk pid] VmRSS] $rounds]
}

# 200 questions at a time, all of them closed before the next; three times on the slowest machine, too.
proc flood {fake desk ms} {
    set end [expr {[clock milliseconds] + $ms}]
    set rounds 0
    while {$rounds < 3 || [clock milliseconds] < $end} {
        incr rounds
        set ids {}
        set bytes ""
        for {set n 0} {$n < 200} {incr n} {
            lappend ids [set id [uuid]]
            $fake quietly $id title "question $n" severity [lindex {info warning critical} [expr {$n % 3}]]
            append bytes [$fake frame_of_change $id]
        }
        foreach id $ids {
            $fake quietly $id state withdrawn
            append bytes [$fake frame_of_change $id]
            $fake forget $id
        }
        $fake raw $bytes
        flooded $fake
    }
    # the last windows close by themselves
    windows_are 0 {mediachanged.*} 20000
    return $rounds
}

# The desk has taken in everything before this: it subscribes again when it is told to.
proc flooded {fake} {
    set n [llength [$fake calls alert.subscribe]]
    $fake notify 7 server.reset {map {reason {str test}}}
    until 30000 {[llength [$fake calls alert.subscribe]] > $n} "taken in"
}
