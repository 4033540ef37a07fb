# SPDX-License-Identifier: ISC
# Promise: on a full disk nothing is accepted that is not kept, nothing accepted is lost, the asker is
# told, and when there is room again all goes on.  The disk is a small tmpfs in a namespace of its own.
source [file join [file dirname [info script]] .. harness.tcl]

# root needs no user namespace, which a chroot does not give.
set unshare {-m}
set enter {-m}
if {[exec id -u] != 0} {
    set unshare {-U -r -m}
    set enter {-U -m --preserve-credentials}
}

# A process that holds a mount namespace in which `folder` is a tmpfs of `kb` kB; its pid.
proc small_disk {folder kb} {
    file mkdir $folder
    set script {mount -t tmpfs -o size="$1"k,mode=0700 tmpfs "$0" && echo mounted && exec cat}
    set holder [Job new -pipe 1 unshare {*}$::unshare sh -c $script $folder $kb]
    until 5000 {[$holder ended] || [string match *mounted* [$holder out]]}
    if {[$holder ended]} {
        skip namespaces "no user and mount namespaces here: [$holder err]"
    }
    return [$holder pid]
}

proc inside {holder args} {
    return [list nsenter -t $holder {*}$::enter {*}$args]
}

proc fill {holder folder} {
    # in large steps, then small ones, so that no block is left
    run {*}[inside $holder sh -c {for n in 64 4 1; do dd if=/dev/zero bs=${n}k >>"$0/filler" 2>/dev/null; done} $folder]
}

proc make_room {holder folder} {
    must {*}[inside $holder rm $folder/filler]
}

proc daemon_on_small_disk {holdervar} {
    upvar 1 $holdervar holder
    set dir [tmp]
    set holder [small_disk $dir/state 2048]
    return [daemon -dir $dir -wrap [inside $holder]]
}

test question_on_a_full_disk_is_not_accepted_and_asked_again {
    set d [daemon_on_small_disk holder]
    set desk [Desk new [$d unix] {apply {alert {return ""}}}]
    set kept [ask $d "asked before"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    fill $holder [$d state]
    set peer [Peer new [$d tcp] asker]
    set refused 0
    for {set i 0} {$i < 4} {incr i} {
        set code [fails {$peer call alert.ask id [uuid] wait 0 text [string repeat "full " 3000]}]
        incr refused [expr {$code eq "unavailable"}]
        check {$code eq "unavailable" || [string match "no error*" $code]} $code
    }
    check {$refused >= 2} "$refused of 4 refused"
    check {[$d logged {(?i)full|no space}] >= 1} "the log says why"
    check {![$kept ended]}
    make_room $holder [$d state]
    set again [ask $d "asked after"]
    set tool [Peer new [$d unix] tool]
    until 20000 {[lsearch [lmap a [dict get [$tool call alert.list] alerts] {dict get $a text}] \
        "asked after"] >= 0}
    q $d answer $id Cancel
    equal [$kept wait] 1
}

test patient_asker_gets_through_when_there_is_room {
    set d [daemon_on_small_disk holder]
    fill $holder [$d state]
    set job [ask $d --connect-timeout 60s "Insert volume 2 [string repeat x 10000]"]
    until 10000 {[$job err] ne "" || [llength [pending $d]] == 1}
    make_room $holder [$d state]
    set alert [lindex [pending_is $d 1 30000] 0]
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0 [$job err]
    equal [$job out] "Ok\n"
}

# Ends in vain: the asker is told what is wrong, and when there is room again no operator is asked for
# a job that has given up.
test asker_that_gives_up_knows_why_and_leaves_no_question {
    set d [daemon_on_small_disk holder]
    set desk [Desk new [$d unix] {apply {alert {return ""}}}]
    fill $holder [$d state]
    set job [ask $d --connect-timeout 8s "Insert volume 2 [string repeat x 10000]"]
    equal [$job wait 30000] 4 [$job err]
    set told "mediachanged at [$d tcp] cannot do it now: it cannot be written to disk: "
    check {[string first $told[$d state]/alerts.db [$job err]] >= 0} [$job err]
    matches [$job err] {full.*make room}
    check {![string match "*is mediachanged running*" [$job err]]} [$job err]
    make_room $holder [$d state]
    set kept [ask $d --connect-timeout 60s "asked after"]
    set tool [Peer new [$d unix] tool]
    until 20000 {"asked after" in [lmap a [dict get [$tool call alert.list] alerts] {dict get $a text}]}
    equal [llength [pending_is $d 1]] 1
}

test answer_on_a_full_disk_is_not_given_or_kept {
    set d [daemon_on_small_disk holder]
    set jobs {}
    for {set i 0} {$i < 4} {incr i} {
        lappend jobs [ask $d --id [lindex [lappend ids [uuid]] end] "question $i"]
    }
    pending_is $d 4
    fill $holder [$d state]
    set tool [Peer new [$d unix] tool]
    set note [string repeat "a long note " 160]
    foreach id $ids {
        set code [fails {$tool call alert.answer id $id answer_id [uuid] label Ok note $note}]
        check {$code eq "unavailable" || [string match "no error*" $code]} $code
        set told($id) $code
    }
    make_room $holder [$d state]
    foreach id $ids job $jobs {
        set code ""
        until 20000 {[set code [fails {$tool call alert.answer id $id answer_id [uuid] label Cancel}]]
            ne "unavailable"} $code
        set status [$job wait]
        set alert [$tool call alert.show id $id]
        equal [$job out] "[dict get $alert answer]\n"
        if {[string match "no error*" $told($id)]} {
            equal [dict get $alert answer] Ok "an answer that was accepted"
        }
    }
}

test start_on_a_full_disk_keeps_what_is_there {
    set d [daemon_on_small_disk holder]
    set job [ask $d "asked before"]
    pending_is $d 1
    $d crash
    fill $holder [$d state]
    $d launch
    until 20000 {[[$d job] ended] || [string match *ready* [[$d job] out]]}
    make_room $holder [$d state]
    if {[[$d job] ended]} {
        check {[[$d job] err] ne ""}
        $d start
    } else {
        $d ready
    }
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get $alert text] "asked before"
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0
}

test disk_that_can_only_be_read_ends_the_start_with_its_reason {
    set d [daemon_on_small_disk holder]
    set job [ask $d --no-wait "question"]
    equal [$job wait] 0
    $d stop
    must {*}[inside $holder mount -o remount,bind,ro [$d state]]
    $d launch
    [$d job] wait
    equal [[$d job] status] 69
    matches [$d log] {Read-only file system}
    must {*}[inside $holder mount -o remount,bind,rw [$d state]]
    $d start
    equal [llength [pending $d]] 1
}

finish
