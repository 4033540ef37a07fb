# SPDX-License-Identifier: ISC
# Promise: over ssh, with a real sshd, subnets are listed and changed as over the UNIX socket there: one writer, the
# user that ssh has logged in, and a clear word when no daemon runs.
set here [file dirname [file normalize [info script]]]
source [file join $here .. harness.tcl]
source [file join $here sshd.tcl]
need git

proc ipadmc_ssh {sshd host args} {
    return [run -env [list OPDESK_SSH [$sshd ssh]] [bin ipadmc] -s ssh:$host {*}$args]
}

test subnets_are_changed_over_ssh {
    need_sshd
    set sshd [Sshd new]
    set d [ipadmd -args {--listen unix:} -files [list Subnet_2.sdb [subnet_text 2]]]
    set r [ipadmc_ssh $sshd desk list]
    equal [dict get $r status] 0 [dict get $r err]
    matches [dict get $r out] {Subnet_2}
    # beside somebody on the socket, through the same committer
    set p [$d peer]
    $p call sdb.subscribe
    set r [ipadmc_ssh $sshd $::tcl_platform(user)@desk/ipadmd allocate Subnet_2 buoy]
    equal [dict get $r status] 0 [dict get $r err]
    until 10000 {[lsearch -index 0 [$p notes] sdb.changed] >= 0}
    matches [contents [$d subnet Subnet_2.sdb]] {\nbuoy:192.0.2.2:}
    equal [$d git {log -1 --format=%ae}] $::tcl_platform(user)@local
    matches [contents [$d state]/audit.log] "\"who\":\"$::tcl_platform(user)@local\".*\"method\":\"sdb.allocate\""
    $p call sdb.lock file Subnet_2 held! true
    $d stop
    set r [ipadmc_ssh $sshd desk list]
    check {[dict get $r status] != 0}
    matches [dict get $r err] {(?i)no daemon|not running|cannot|refused|no such}
}

finish
