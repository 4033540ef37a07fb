# SPDX-License-Identifier: ISC
# (a) Questions accepted durably, beside SQLite with one synced commit each on the same disk, and
# beside processes that pass the same messages on and do nothing with them.
test ask {
    set file [tmp commits]
    foreach {askers aim} {64 {>= 3.0} 1 {>= 0.5}} {
        set values [alternate $::runs {
            sqlite {
                file delete {*}[glob -nocomplain $file*]
                value commits [pinned [bench sqlite_commit $file $::seconds]]
            }
            pinned {
                set d [measured_daemon]
                pin_tree [$d tree]
                set r [must {*}[pinned [bench askers [$d tcp] $askers $::seconds]]]
                harness::Cleanup
                lappend answered [lindex $r 3]
                lindex $r 1
            }
            pipes {
                value accepted [pinned [bench pipeline $askers $::seconds $file-log]]
            }
            free {
                set d [measured_daemon]
                set r [value accepted [bench askers [$d tcp] $askers $::seconds]]
                harness::Cleanup
                set r
            }
            freepipes {
                value accepted [bench pipeline $askers $::seconds $file-log]
            }
            multiplex {
                set d [measured_daemon "personality = multiplex"]
                set r [value accepted [bench askers [$d tcp] $askers $::seconds]]
                harness::Cleanup
                set r
            }
            multiplexpipes {
                value accepted [bench pipeline $askers $::seconds $file-log multiplex]
            }
        }]
        set peer {SQLite, 1 commit each}
        set pipes {bare processes at pipes}
        figure "questions accepted, $askers askers, one core" 1/s [dict get $values pinned] \
            $peer [dict get $values sqlite] $aim
        figure "  the same" 1/s [dict get $values pinned] $pipes [dict get $values pipes]
        figure "  the same on all cores" 1/s [dict get $values free] $peer [dict get $values sqlite]
        figure "  the same" 1/s [dict get $values free] $pipes [dict get $values freepipes]
        figure "  multiplexed workers, all cores" 1/s [dict get $values multiplex] \
            $peer [dict get $values sqlite] $aim
        figure "  the same" 1/s [dict get $values multiplex] $pipes [dict get $values multiplexpipes]
        figure "  the bare processes, multiplexed" 1/s [dict get $values multiplexpipes] \
            $peer [dict get $values sqlite]
        figure "  the same, one core" 1/s [dict get $values pipes] $peer [dict get $values sqlite]
        figure "  answered meanwhile, one core" 1/s $answered "" ""
        unset answered
    }
}
