# SPDX-License-Identifier: ISC
# Promise: a desk that is open all day does not grow: nothing is left of hundreds of windows, nor of a
# flood of questions.  OPDESK_ROUNDS sets how often twenty windows are looked at (50: a thousand).
source [file join [file dirname [info script]] desk.tcl]
source [file join [file dirname [info script]] gaps.tcl]
# what has been freed is kept by the address sanitizer, and looks like a leak
set ::env(ASAN_OPTIONS) quarantine_size_mb=1:thread_local_quarantine_size_kb=64

set rounds [expr {[info exists env(OPDESK_ROUNDS)] ? $env(OPDESK_ROUNDS) : 12}]

# Twenty at a time.
proc windows_come_and_go {fake rounds} {
    for {set round 0} {$round < $rounds} {incr round} {
        set ids {}
        for {set n 0} {$n < 20} {incr n} {
            lappend ids [set id [uuid]]
            $fake alert $id title "number $round.$n" left_ms 60000 default Ok \
                text "Change /mnt/disk, see https://wiki.example.org/"
        }
        windows_are 20 "mediachanged: number $round\\..*" 30000
        foreach id $ids {
            $fake alert $id state answered answer Ok by anna@beta
            $fake forget $id
        }
    }
}

# What there is in the desk, as it tells when it is asked (tcl/app/gaps.tcl).
proc inventory {} {
    set n [llength [inventories]]
    write $::gaps_path.inventory ""
    until 10000 {[llength [inventories]] > $n} "inventory"
    return [lrange [lindex [inventories] end] 1 end]
}
proc inventories {} {
    return [lmap line [split [contents $::gaps_path] \n] {
        if {![string match inventory* $line]} continue
        set line
    }]
}

test memory_is_flat_over_a_flood {
    screen
    lassign [memory_of_flood 4000] before after rounds
    puts "     $rounds floods of 200: $before kB, then $after kB"
    check {$after < $before + 3072}
}

# Every window is opened by the desk itself, seen, and closed again; what there is in the desk is as
# much as before.
test windows_leave_nothing_behind {
    screen
    set ::env(OPDESK_GAPS) [gaps_file]
    set fake [Fake new]
    set desk [$fake desk --max-windows 20]
    main_window
    until 10000 {[llength [$fake calls alert.subscribe]]} "subscribed"
    set widgets [dict get [inventory] widgets]
    # the first ones make what is kept: images, bindings
    windows_come_and_go $fake 3
    until 20000 {[dict get [set before [inventory]] widgets] <= $widgets} "none of the first is left"
    set kb [memory_of [$desk pid] VmRSS]
    windows_come_and_go $fake $::rounds
    until 20000 {[dict get [set after [inventory]] widgets] <= $widgets} "none is left of $widgets"
    puts "     $kb kB, then [memory_of [$desk pid] VmRSS] kB: $before; $after"
    foreach {name more} [list images 0 timers 3 text [expr {40 * $::rounds}]] {
        check {[dict get $after $name] <= [dict get $before $name] + $more} $name
    }
    equal [$desk err] ""
}

finish
