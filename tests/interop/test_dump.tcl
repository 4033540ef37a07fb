# SPDX-License-Identifier: ISC
# Promise: dump and restore with the recipes examples/dump-volume and restore-volume ask for each volume;
# Ok gives the identical tree back, a refusal ends them, without a question of their own on a terminal.
# dump reads file systems only: one in a file, by a loop device, for which the test must be root.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] backup.tcl]
need dump restore mke2fs losetup

# A block device with an ext2 file system of the files in `tree`.
proc file_system {tree} {
    set image [tmp]
    must mke2fs -q -t ext2 -d $tree $image 2048
    if {[catch {exec losetup -f --show $image 2>@1} device]} {
        skip loop "no loop device: [lindex [split $device \n] 0]"
    }
    at_end [list exec losetup -d $device]
    return $device
}

# dump of `device` on volumes of 200 kB, as many as it takes.
proc dump {d folder device} {
    return [run -env [recipe_env $d] dump -0 -b 4 -B 200 -f $folder/drive -F [recipe dump-volume] $device]
}

proc restore {d folder} {
    file mkdir $folder/out
    return [run -dir $folder/out -env [recipe_env $d] restore -r -f $folder/drive -F [recipe restore-volume]]
}

test each_volume_is_asked_for_and_the_tree_comes_back_identical {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 400
    set plan {}
    foreach n {1 2 3 4} {
        lappend plan "file rename $folder/drive $folder/vol$n; set _ Ok"
    }
    set operator [Operator new [$d unix] $plan]
    set dump [dump $d $folder [file_system $folder/tree]]
    equal [dict get $dump status] 0 [dict get $dump err]
    set asked [$operator asked]
    set count [llength $asked]
    check {$count >= 2}
    # dump tells which volume is finished: people are asked for the next one
    matches [dict get [lindex $asked 0] text] {Insert volume 2 into .*drive}
    equal [dict get [lindex $asked 0] title] "dump: volume 2"
    file rename $folder/drive $folder/vol[expr {$count + 1}]
    $operator destroy

    # restore asks for the first one, too
    set plan {}
    for {set n 1} {$n <= $count + 1} {incr n} {
        lappend plan "file copy -force $folder/vol$n $folder/drive; set _ Ok"
    }
    set operator [Operator new [$d unix] $plan]
    file copy $folder/vol1 $folder/drive
    set restore [restore $d $folder]
    equal [dict get $restore status] 0 [dict get $restore err]
    equal [lmap alert [$operator asked] {dict get $alert title}] \
        [lmap n [lrange {1 2 3 4 5} 0 $count] {string cat "restore: volume $n"}]
    file delete $folder/out/restoresymtable $folder/out/lost+found
    same_tree $folder/tree $folder/out
}

# The status 1 would mean "go on, but ask on the terminal", which is not there.
test refusal_ends_them {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 400
    set device [file_system $folder/tree]
    set operator [Operator new [$d unix] {}]
    set dump [dump $d $folder $device]
    check {[dict get $dump status] ni {0 SIGKILL}} $dump
    matches [dict get $dump err] {the answer is Cancel}
    check {![regexp {yes.*no} [dict get $dump err]]} [dict get $dump err]
    equal [llength [$operator asked]] 1
    equal [pending $d] {}

    set restore [restore $d $folder]
    check {[dict get $restore status] ni {0 SIGKILL}} $restore
    equal [llength [$operator asked]] 2
    equal [pending $d] {}
}

finish
