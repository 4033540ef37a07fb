# SPDX-License-Identifier: ISC
# Promise: a draft never vanishes: what could not be put is kept on the server for its author alone, through
# restarts, until he drops it; and the list of files shows all that a line of it needs.
source [file join [file dirname [info script]] .. harness.tcl]
need git

set me $::tcl_platform(user)@local

proc save {peer file base text args} {
    return [$peer call draft.save id [uuid] file $file base $base text! [list bin $text] {*}$args]
}

proc row {peer file} {
    return [lindex [dict get [$peer call sdb.list file $file] files] 0]
}

test a_draft_is_kept_until_it_is_dropped {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2] Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    set base [version_of $p Subnet_2]
    set id [uuid]
    set text [subnet_text 2 a:192.0.2.3::::]
    set draft [$p call draft.save id $id file Subnet_2 base $base text! [list bin $text] message "not yet"]
    equal [list [dict get $draft file] [dict get $draft base] [dict get $draft bytes] [dict get $draft message]] \
        [list Subnet_2.sdb $base [string length $text] "not yet"]
    check {abs([dict get $draft saved_at] - [clock milliseconds]) < 10000}
    equal [dict get [row $p Subnet_2] drafts] 1
    check {![dict exists [row $p Subnet_3] drafts]}
    $d crash
    $d start
    set p [$d peer]
    set got [$p call draft.get id [string toupper $id]]
    equal [dict get $got text] $text
    equal [dict get $got current] $base
    # the same id: in its place
    $p call draft.save id $id file Subnet_2 base $base text! {bin "x\0y"}
    equal [dict get [$p call draft.get id $id] text] "x\0y"
    equal [llength [dict get [$p call draft.list] drafts]] 1
    equal [fails {$p call draft.save id $id file Subnet_3 base "" text! {bin x}}] conflict
    save $p Subnet_3 "" three
    save $p Subnet_2 $base two
    equal [lmap one [dict get [$p call draft.list] drafts] {dict get $one bytes}] {3 5 3}
    equal [llength [dict get [$p call draft.list file Subnet_2] drafts]] 2
    equal [dict get [row $p Subnet_2] drafts] 2
    $p call draft.drop id $id
    equal [fails {$p call draft.get id $id}] not_found
    equal [fails {$p call draft.drop id $id}] not_found
    equal [dict get [row $p Subnet_2] drafts] 1
    equal [llength [glob [$d state]/drafts/$::me/*]] 2
}

test what_is_refused_can_be_kept_with_one_call_and_put_later {
    set d [ipadmd -conf {lock = "1s"} -files [list Subnet_2.sdb [subnet_text 2 a:192.0.2.3::::one]]]
    set p [$d peer]
    set got [get $p Subnet_2 lock! true session [uuid]]
    set mine [subnet_text 2 a:192.0.2.3::::mine]
    # somebody takes the lock over, and changes the same node
    set q [$d peer]
    until 10000 {[dict get [get $q Subnet_2 lock! true] locked]}
    put $q Subnet_2 [version_of $q Subnet_2] [subnet_text 2 a:192.0.2.3::::theirs]
    equal [fails {put $p Subnet_2 [dict get $got version] $mine}] conflict
    set id [dict get [save $p Subnet_2 [dict get $got version] $mine] id]
    set draft [$p call draft.get id $id]
    check {[dict get $draft current] ne [dict get $draft base]}
    # on top of what is there now
    put $p Subnet_2 [dict get $draft current] [dict get $draft text]
    $p call draft.drop id $id
    matches [contents [$d subnet Subnet_2.sdb]] mine
}

test their_number_and_size_are_bounded {
    set d [ipadmd -conf "drafts = 3\ndrafts_size = \"4k\"" -files [list Subnet_2.sdb [subnet_text 2]]]
    set p [$d peer]
    save $p Subnet_2 "" one
    save $p Subnet_2 "" two
    equal [fails {save $p Subnet_2 "" [string repeat x 5000]}] too_large
    save $p Subnet_2 "" three
    set code [catch {save $p Subnet_2 "" four} message]
    equal $code 1
    matches $message {drop some}
    set id [dict get [lindex [dict get [$p call draft.list] drafts] 0] id]
    $p call draft.save id $id file Subnet_2 base "" text! {bin again}
    equal [fails {$p call draft.save id [uuid] file ../x base "" text! {bin x}}] bad_request
    equal [fails {$p call draft.save id [uuid] file Subnet_2 base nonsense text! {bin x}}] bad_request
}

test nobody_sees_those_of_others {
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set d [ipadmd -conf "operators = nogroup\nsocket_mode = \"0666\"" -files [list Subnet_2.sdb [subnet_text 2]]]
    file attributes $::harness::tmp -permissions 0711
    file attributes [$d dir] -permissions 0711
    set p [$d peer]
    set id [dict get [save $p Subnet_2 "" secret] id]
    set nobody [Peer new [$d unix] tool {setpriv --reuid=65534 --regid=65534 --clear-groups}]
    equal [dict get [$nobody call draft.list] drafts] ""
    equal [fails {$nobody call draft.get id $id}] not_found
    equal [fails {$nobody call draft.drop id $id}] not_found
    check {![dict exists [row $nobody Subnet_2] drafts]}
    $nobody call draft.save id $id file Subnet_2 base "" text! {bin mine}
    equal [dict get [$p call draft.get id $id] text] secret
}

test the_list_tells_the_last_change_and_the_lock {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2] Subnet_3.sdb [subnet_text 3]]]
    set p [$d peer]
    set first [dict get [row $p Subnet_3] commit]
    set done [$p call sdb.add id [uuid] file Subnet_2 name a address 192.0.2.3]
    set row [row $p Subnet_2]
    equal [dict get $row commit] [dict get $done commit]
    equal [dict get $row changed_by] $::me
    check {abs([dict get $row changed_at] - [clock milliseconds]) < 10000}
    equal [dict get [row $p Subnet_3] commit] $first
    $p call sdb.lock file Subnet_3
    check {[dict get [row $p Subnet_3] lock left_ms] > 590000}
    # a new reader finds it again in the history
    $d kill reader
    until 10000 {![catch {row $p Subnet_2} row]}
    equal [dict get $row commit] [dict get $done commit]
}

finish
