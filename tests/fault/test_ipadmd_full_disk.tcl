# SPDX-License-Identifier: ISC
# Promise: on a full disk a change is refused with its reason and leaves file and history as they were;
# when there is room again the same call succeeds.  The disk is a small tmpfs in a namespace of its own.
source [file join [file dirname [info script]] .. harness.tcl]
need git

if {[exec id -u] != 0} {
    set ::namespaces {-U -r -m}
    set ::enter {-U -m --preserve-credentials}
} else {
    set ::namespaces {-m}
    set ::enter -m
}

test a_change_on_a_full_disk_is_refused_and_made_later {
    set home [tmp]
    set disk $home/disk
    file mkdir $disk
    set job [Job new unshare {*}$::namespaces sh -c {mount -t tmpfs -o size=700k,mode=0700 tmpfs "$0" && exec "$@"} \
        $disk [bin ipadmd] -f --state $disk/state --directory $disk/state/subnets --listen unix:$home/sock]
    until 20000 {[regexp -line {^ready$} [$job out]] || [$job ended]}
    if {[$job ended]} {
        skip namespaces "no user and mount namespaces here: [$job err]"
    }
    set inside [list nsenter -t [$job pid] {*}$::enter]
    set p [Peer new unix:$home/sock tool]
    set text [subnet_text 1 a:192.0.1.3::::[string repeat x 3000]]
    put $p Subnet_1 "" $text
    run {*}$inside sh -c {for n in 64 4 1; do dd if=/dev/zero bs=${n}k >>"$0/filler" 2>/dev/null; done} $disk
    set id [uuid]
    set add [list $p call sdb.add id $id file Subnet_1 name b address 192.0.1.4]
    equal [catch $add message options] 1
    equal [lindex [dict get $options -errorcode] 1] unavailable
    matches "$message [$job err]" {(?i)no space|history|writing}
    equal [dict get [get $p Subnet_1] text] $text
    matches [$job err] {Subnet_1.sdb: not changed: writing the history failed: .*[Nn]o space}
    must {*}$inside rm $disk/filler
    equal [dict get [lindex [dict get [{*}$add] nodes] 0] name] b
    set git [list {*}$inside git --git-dir=$disk/state/history.git]
    must {*}$git fsck --strict
    equal [must {*}$git show HEAD:Subnet_1.sdb]\n ${text}b:192.0.1.4::::\n
    $job signal TERM
    $job wait
}

finish
