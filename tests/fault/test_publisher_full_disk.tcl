# SPDX-License-Identifier: ISC
# Promise: a full disk under the published directory is said, leaves what is published as it is, and is no harm to
# editing; when there is room again it is published.  The disk is a small tmpfs in a namespace of its own.
source [file join [file dirname [info script]] .. harness.tcl]

if {[exec id -u] != 0} {
    set ::namespaces {-U -r -m}
    set ::enter {-U -m --preserve-credentials}
} else {
    set ::namespaces {-m}
    set ::enter -m
}

test a_full_disk_is_said_and_harmless {
    set home [tmp]
    set disk $home/disk
    file mkdir $disk $home/subnets
    write $home/subnets/Subnet_2.sdb [subnet_text 2 ns1:192.0.2.53:::: tug1:192.0.2.33::::]
    write $home/conf "publish {
        generators = {\"bind\", \"hosts\"} directory = \"$disk\" name_servers = {\"ns1.s2.example.org\"}
        delay = \"20ms\" retry = \"300ms\" serial = \"count\"
    }\n"
    set job [Job new unshare {*}$::namespaces sh -c {mount -t tmpfs -o size=300k,mode=0755 tmpfs "$0" && exec "$@"} \
        $disk [bin ipadmd] -f -c $home/conf --state $home/state --directory $home/subnets --listen unix:$home/sock]
    until 20000 {[regexp -line {^ready$} [$job out]] || [$job ended]}
    if {[$job ended]} {
        skip namespaces "no user and mount namespaces here: [$job err]"
    }
    set inside [list nsenter -t [$job pid] {*}$::enter]
    set p [Peer new unix:$home/sock tool]
    check {[dict get [$p call sdb.publish] state] in {published unchanged}}
    set before [must {*}$inside cat $disk/current/bind/zones/s2.example.org]
    run {*}$inside sh -c {for n in 16 4 1; do dd if=/dev/zero bs=${n}k >>"$0/filler" 2>/dev/null; done} $disk
    $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.34
    set done [$p call sdb.publish]
    equal [dict get $done state] failed
    matches [dict get $done reason] {No space left}
    equal [must {*}$inside cat $disk/current/bind/zones/s2.example.org] $before
    # editing goes on
    $p call sdb.add id [uuid] file Subnet_2 name beam address 192.0.2.35
    must {*}$inside rm $disk/filler
    until 20000 {[string match "*beam*" [must {*}$inside cat $disk/current/bind/zones/s2.example.org]]}
    # what could not be written is not left behind
    check {[llength [must {*}$inside ls $disk]] <= 3}
    $job signal TERM
    $job wait
}

finish
