# SPDX-License-Identifier: ISC
# Promise: one editor at a time, with the original's locks: on disk, guaranteed for a time, then anyone
# may take them over, which the first holder is told; a lost session keeps them for a moment only.
source [file join [file dirname [info script]] .. harness.tcl]

proc files {} {
    return [list Subnet_2.sdb [subnet_text 2 tug1:192.0.2.33::::]]
}

proc note {peer method} {
    return [lindex [lsearch -inline -index 0 [$peer notes] $method] 1]
}

proc lock_link {d} {
    return [$d state]/locks/Subnet_2.sdb-lock
}

test a_lock_is_a_link_in_the_original_form {
    set d [ipadmd -files [files]]
    set p [$d peer]
    set session [uuid]
    set got [get $p Subnet_2 lock! true session $session pid! {int 4711}]
    equal [dict get $got locked] 1
    equal [file readlink [lock_link $d]] "$::tcl_platform(user)@local:4711 session $session"
    equal [dict get $got lock owner] $::tcl_platform(user)@local
    check {[dict get $got lock left_ms] > 590000 && [dict get $got lock left_ms] <= 600000}
    # another session of the same user: to look at, not to change
    set q [$d peer]
    set second [get $q Subnet_2 lock! true]
    equal [dict get $second locked] 0
    equal [dict get $second text] [dict get $got text]
    equal [fails {put $q Subnet_2 [dict get $second version] [subnet_text 2]}] locked
    equal [fails {$q call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3}] locked
    equal [fails {$q call sdb.lock file Subnet_2}] locked
    equal [dict get [lindex [dict get [$q call sdb.list] files] 0] lock pid] 4711
    matches [contents [$d state]/audit.log] "\"method\":\"sdb.get\",\"file\":\"Subnet_2.sdb\",\"result\":\"ok\""
    # put writes and frees it
    put $p Subnet_2 [dict get $got version] [subnet_text 2]
    equal [catch {file readlink [lock_link $d]}] 1
    $q call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3
    matches [contents [$d state]/audit.log] "\"method\":\"sdb.put\",\"file\":\"Subnet_2.sdb\",\"result\":\"locked\""
}

test a_held_lock_is_the_users_in_every_session {
    set d [ipadmd -files [files]]
    set p [$d peer]
    $p call sdb.lock file Subnet_2 held! true
    matches [file readlink [lock_link $d]] { held$}
    set q [$d peer]
    set version [dict get [$q call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3] version]
    put $q Subnet_2 $version [subnet_text 2] keep_lock! true
    matches [file readlink [lock_link $d]] { held$}
    $q call sdb.unlock file Subnet_2
    equal [catch {file readlink [lock_link $d]}] 1
    # what is free already is as wished
    $q call sdb.unlock file Subnet_2
}

test a_lock_is_taken_over_when_its_time_is_over_and_the_first_holder_is_told {
    set d [ipadmd -conf {lock = "1s"} -files [files]]
    set p [$d peer]
    set session [uuid]
    set got [get $p Subnet_2 lock! true session $session]
    set q [$d peer]
    $q call sdb.subscribe
    until 10000 {![catch {$q call sdb.lock file Subnet_2} lock]}
    until 5000 {[note $p sdb.taken] ne ""}
    equal [note $p sdb.taken] [dict create file Subnet_2.sdb session $session by $::tcl_platform(user)@local]
    until 5000 {[note $q sdb.locked] ne ""}
    check {[dict get [note $q sdb.locked] lock session] ne $session}
    # its late put is refused, and told by whom
    equal [fails {put $p Subnet_2 [dict get $got version] [subnet_text 2]}] locked
    matches [$d log] {the lock of .* goes to}
}

test whoever_has_the_lock_is_asked_for_it_once_a_minute {
    set d [ipadmd -files [list {*}[files] Subnet_7.sdb [subnet_text 7]]]
    set p [$d peer]
    set session [uuid]
    get $p Subnet_2 lock! true session $session
    set q [$d peer]
    $q call sdb.subscribe
    set me $::tcl_platform(user)@local
    equal [$q call sdb.nudge file Subnet_2 message "the pilots wait"] [dict create told 1 owner $me]
    until 5000 {[note $p sdb.wanted] ne ""}
    equal [note $p sdb.wanted] [dict create file Subnet_2.sdb session $session by $me message "the pilots wait"]
    equal [fails {$q call sdb.nudge file Subnet_2}] unavailable
    # only the owner is told
    $q call ping
    equal [note $q sdb.wanted] ""
    equal [fails {$q call sdb.nudge file Subnet_7}] not_found
    equal [fails {$q call sdb.nudge file Subnet_9}] not_found
    equal [fails {$p call sdb.nudge file Subnet_2}] bad_request
    # nobody is there behind a held lock
    $p call sdb.lock file Subnet_7 held! true
    equal [dict get [$q call sdb.nudge file Subnet_7] told] 0
}

test a_lock_survives_a_restart_and_a_lost_session_does_not_keep_it {
    set d [ipadmd -conf {session_grace = "3s"} -files [files]]
    set p [$d peer]
    set session [uuid]
    get $p Subnet_2 lock! true session $session
    $p destroy
    # back in time with the same session
    set p [$d peer]
    $p call sdb.subscribe session $session
    set q [$d peer]
    stays 3500 {![catch {file readlink [lock_link $d]}]}
    equal [fails {$q call sdb.lock file Subnet_2}] locked
    $d crash
    $d start
    set p [$d peer]
    $p call sdb.subscribe session $session
    stays 3500 {![catch {file readlink [lock_link $d]}]}
    $p destroy
    set q [$d peer]
    $q call sdb.subscribe
    until 10000 {[note $q sdb.locked] ne ""}
    equal [note $q sdb.locked] {file Subnet_2.sdb}
    $q call sdb.lock file Subnet_2
}

test a_lock_of_another_program_counts {
    set d [ipadmd -files [files]]
    file mkdir [$d state]/locks
    exec ln -s ada@pilot7:77 [lock_link $d]
    set p [$d peer]
    set got [get $p Subnet_2 lock! true]
    equal [dict get $got locked] 0
    equal [list [dict get $got lock owner] [dict get $got lock pid]] {ada@pilot7 77}
    equal [fails {put $p Subnet_2 [dict get $got version] [subnet_text 2]}] locked
    equal [fails {$p call sdb.unlock file Subnet_2}] denied
    # by root or the daemon's own user
    $p call sdb.unlock file Subnet_2 force! true
    put $p Subnet_2 [dict get $got version] [subnet_text 2]
}

test another_program_that_hangs_with_the_flock_does_not_hang_us {
    need flock
    set d [ipadmd -files [files]]
    set job [Job new -pipe 1 flock [$d state]/locks/single_thread.lock sh -c {echo held; exec cat}]
    until 5000 {[string match *held* [$job out]]}
    set p [$d peer]
    equal [fails {$p call sdb.lock file Subnet_2}] timeout
    $job destroy
    $p call sdb.lock file Subnet_2
}

# A client with another user's credentials.
proc other_user {d uid gid} {
    return [Peer new [$d unix] tool [list setpriv --reuid=$uid --regid=$gid --clear-groups]]
}

test rights_are_by_the_kernels_word {
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set d [ipadmd -conf "operators = nogroup\nsocket_mode = \"0666\"\nadmins = {\"games\"}" -files [files]]
    file attributes $::harness::tmp -permissions 0711
    file attributes [$d dir] -permissions 0711
    set p [$d peer]
    $p call sdb.lock file Subnet_2 held! true
    # another operator may neither free nor break it
    set nobody [other_user $d 65534 65534]
    equal [fails {$nobody call sdb.unlock file Subnet_2}] denied
    equal [fails {$nobody call sdb.unlock file Subnet_2 force! true}] denied
    equal [fails {$nobody call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3}] locked
    # one of admins may
    set games [other_user $d 5 65534]
    $games call sdb.unlock file Subnet_2 force! true
    set line [json [lindex [split [string trim [contents [$d state]/audit.log]] \n] end]]
    equal [dict get $line used] "the lock of $::tcl_platform(user)@local broken"
    catch {$nobody call sdb.publish confirm! true} message
    matches $message {confirm: is for those in `admins`$}
    $nobody call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3
    equal [$d git {log -1 --format=%an}] nobody
    # no operator: nothing
    set stranger [other_user $d 9 9]
    foreach {method params} [list sdb.list {} sdb.get {file Subnet_2} sdb.put \
        [list id [uuid] file Subnet_2 base "" text! {bin x}] sdb.subscribe {} sdb.log {}] {
        equal [fails {$stranger call $method {*}$params}] denied $method
    }
    catch {$stranger call sdb.list} message
    matches $message {only operators may do this: .*members of its group}
}

finish
