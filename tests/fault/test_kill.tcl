# SPDX-License-Identifier: ISC
# Promise: kill -9 of any of our processes at any moment, while questions are asked and answered, loses
# no accepted question, and every client gets exactly one answer: the same that every desk and the
# history show.  Two desks race; some askers do not wait, so that nobody asks again for them.
# OPDESK_ROUNDS sets the number of rounds (300 with those under the other personality), OPDESK_SEED repeats a run.
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]
set rounds [expr {[info exists env(OPDESK_ROUNDS)] ? $env(OPDESK_ROUNDS) : 200}]
set seed [expr {[info exists env(OPDESK_SEED)] ? $env(OPDESK_SEED) : [clock microseconds] % 1000000}]

set printed {}
# hundreds of the same clients: for what they leave behind others are looked at
set env(ASAN_OPTIONS) detect_leaks=0

proc draw {list} {
    return [lindex $list [expr {int(rand() * [llength $list])}]]
}

# A victim that runs now: {what pid}, or "" when there is none.
proc victim {d desks jobs} {
    set what [draw {acceptor engine engine storer storer worker worker helper helper desk client client}]
    switch $what {
        client {
            set alive [lmap job [dict values $jobs] {
                if {[$job ended]} continue
                set job
            }]
            return [expr {$alive eq "" ? "" : [list client [[draw $alive] pid]]}]
        }
        desk { return [list desk [[draw $desks] pid]] }
        helper {
            set pid [lindex [children_of [[lindex $desks 1] pid]] 0]
            return [expr {$pid eq "" ? "" : [list helper $pid]}]
        }
    }
    set pid [draw [$d part $what]]
    return [expr {$pid eq "" ? "" : [list $what $pid]}]
}

# Start (again) the asker of `id`.
proc asker {d id args} {
    return [Job new [bin mediachangec] -s [$d tcp] --id $id --key key-$id {*}$args "question $id"]
}

# The second of the two has a helper.
proc desk {d n} {
    return [Job new tclsh8.6 -encoding utf-8 $::here/desk.tcl $::harness::bin [$d unix] \
        [expr {int(rand() * 1e6)}] 150 {*}[lindex [list {} [list [bin ipadmh]]] $n]]
}

# End a desk: all that it has printed.
proc last_words {desk} {
    $desk signal KILL
    $desk wait
    set said [$desk out]
    $desk destroy
    return $said
}

# Let `ms` pass, serving events.
proc pass {ms} {
    set end [expr {[clock milliseconds] + $ms}]
    until 60000 {[clock milliseconds] >= $end}
}

# Each asker ends with an answer (what one printed before it was killed counts too); one that was killed is started again under the same id.
proc finish_all {d jobsvar} {
    upvar 1 $jobsvar jobs
    set deadline [expr {[clock milliseconds] + 60000}]
    set answers {}
    while {[dict size $jobs]} {
        dict for {id job} $jobs {
            if {![$job ended]} {
                continue
            }
            if {[$job status] eq "SIGKILL"} {
                if {[$job out] ne ""} {
                    lappend ::printed [list $id [string trimright [$job out] \n]]
                }
                dict set jobs $id [asker $d $id]
            } else {
                check {[$job status] in {0 1}} "asker $id ended: [$job describe], status [$job status]"
                dict set answers $id [string trimright [$job out] \n]
                dict unset jobs $id
            }
            $job destroy
        }
        if {[clock milliseconds] > $deadline} {
            error "askers wait for ever: [lmap job [dict values $jobs] {$job describe}]"
        }
        harness::Turn 10
    }
    return $answers
}

# Hold everything that was said against everything else.
proc compare {answers said history} {
    foreach line [split $said \n] {
        lassign $line event id first second
        switch $event {
            OK { set claims($id,$first) OK }
            ENDED {
                check {$first eq "answered"} "a desk saw $line"
                set claims($id,$second) ENDED
            }
        }
    }
    foreach {key how} [array get claims] {
        lassign [split $key ,] id label
        check {[dict exists $history $id]} "a desk saw $id, the history has it not"
        set is [dict get $history $id]
        check {$is eq $label} "a desk saw ($how) $label for $id, the history has $is"
    }
    foreach pair $::printed {
        lassign $pair id label
        check {[dict get $history $id] eq $label} "an asker of $id printed $label and was killed"
    }
    dict for {id label} $answers {
        check {[dict exists $history $id]} "$id was answered, the history has it not"
        check {[dict get $history $id] eq $label} \
            "asker of $id got $label, the history has [dict get $history $id]"
    }
}

# Every question in the history: id → answer.
proc history {d} {
    set tool [Peer new [$d unix] tool]
    set all {}
    set page [$tool call alert.history limit 1000]
    while 1 {
        foreach alert [dict get $page alerts] {
            dict set all [dict get $alert id] \
                [expr {[dict exists $alert answer] ? [dict get $alert answer] : ""}]
        }
        if {![dict get $page more]} {
            break
        }
        set page [$tool call alert.history limit 1000 before_seq [dict get $alert seq]]
    }
    $tool destroy
    return $all
}

test nothing_is_lost_and_nothing_answered_twice {
    puts "seed $::seed, $::rounds rounds"
    expr {srand($::seed)}
    set d [daemon]
    set desks [list [desk $d 0] [desk $d 1]]
    set jobs {}
    set answers {}
    set said {"" ""}
    set killed {}
    set unwaited {}
    for {set round 1} {$round <= $::rounds} {incr round} {
        for {set n [expr {int(rand() * 3)}]} {$n >= 0} {incr n -1} {
            set id [uuid]
            dict set jobs $id [asker $d $id]
        }
        if {rand() < 0.5} {
            set id [uuid]
            dict set unwaited $id [asker $d $id --no-wait]
        }
        pass [expr {int(rand() * 120)}]
        set victim [victim $d $desks $jobs]
        if {$victim ne ""} {
            lassign $victim what pid
            catch {exec kill -KILL $pid}
            dict incr killed $what
            if {$what eq "acceptor"} {
                [$d job] wait
                $d start
            } elseif {$what eq "desk"} {
                set at [lsearch [lmap desk $desks {$desk pid}] $pid]
                lset said $at [lindex $said $at][last_words [lindex $desks $at]]
                lset desks $at [desk $d $at]
            }
        }
        # keep some, so that every kind of kill meets waiting questions
        if {$round % 20 == 0} {
            set answers [dict merge $answers [finish_all $d jobs]]
        }
    }
    set answers [dict merge $answers [finish_all $d jobs]]
    pending_is $d 0 30000
    foreach desk $desks words $said {
        append words [last_words $desk]
        check {[regexp -all -line {^OK } $words] >= $::rounds / 10} "a desk has answered little: $words"
        append all $words
    }
    set history [history $d]
    compare $answers $all $history
    set kept 0
    dict for {id job} $unwaited {
        if {[$job wait] == 0} {
            incr kept
            check {[dict exists $history $id] && [dict get $history $id] ne ""} \
                "$id was accepted, and nobody asked again for it"
        }
    }
    puts "killed: $killed; [dict size $answers] questions, $kept more that nobody waited for"
    foreach what {acceptor engine storer worker helper desk client} {
        check {[dict exists $killed $what]} $what
    }
    check {$kept >= $::rounds / 4}
    check {[dict size $answers] >= $::rounds}
    equal [$d logged {(?i)sanitizer|runtime error|assertion}] 0
}

finish
