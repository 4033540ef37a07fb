# SPDX-License-Identifier: ISC
# Promise: a hundred clients that ask for an address in the same moment get a hundred different ones, while
# workers and reader are killed; a thousand subnets are listed at once.
source [file join [file dirname [info script]] .. harness.tcl]
need git

test a_hundred_clients_get_a_hundred_addresses {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]]]
    set calls {}
    for {set i 0} {$i < 100} {incr i} {
        lappend peers [$d peer]
    }
    foreach p $peers {
        lappend calls $p [$p begin sdb.allocate id [uuid] file Subnet_2 name host[llength $calls]]
    }
    foreach {p id} $calls {
        lappend given [dict get [lindex [dict get [$p end $id 60000] nodes] 0] address]
    }
    equal [llength [lsort -unique $given]] 100
    equal [regexp -all -line ^host [contents [$d subnet Subnet_2.sdb]]] 100
    equal [dict get [[lindex $peers 0] call sdb.check] errors] 0
    equal [regexp -all {Change: [0-9a-f]+-} [$d git {log --format=%B}]] 100
    $d git {fsck --strict}
}

test asked_again_after_any_death_an_address_is_given_once {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]]]
    set turn 0
    for {set i 0} {$i < 20} {incr i} {
        set id [uuid]
        set p [$d peer]
        $p begin sdb.allocate id $id file Subnet_2 name host$i
        $d kill [lindex {committer worker reader engine} [expr {$i % 4}]]
        $p destroy
        until 20000 {![catch {
            set p [$d peer]
            $p call sdb.allocate id $id file Subnet_2 name host$i
        } done]}
        lappend given [dict get [lindex [dict get $done nodes] 0] address]
        $p destroy
    }
    equal [llength [lsort -unique $given]] 20
    set text [contents [$d subnet Subnet_2.sdb]]
    equal [regexp -all -line ^host $text] 20
    equal [$d git {show HEAD:Subnet_2.sdb}]\n $text
    $d git {fsck --strict}
}

test a_thousand_subnets_are_listed_at_once {
    set files {}
    for {set i 0} {$i < 1000} {incr i} {
        set third [expr {$i % 250}]
        set net 10.[expr {$i / 250}].$third
        lappend files Subnet_$i.sdb "Title = Subnet $i\nDomain = s$i.example.org\nBase_IP = $net.0\nSubnet_Mask = 255.255.255.0\n__NODES__\na:$net.9::::\n"
    }
    set d [ipadmd -files $files]
    set p [$d peer]
    set list [dict get [$p call sdb.list] files]
    equal [llength $list] 1000
    equal [dict get [lindex $list 999] file] Subnet_999.sdb
    equal [llength [lsearch -all $list *changed_by*]] 1000
    set started [clock milliseconds]
    $p call sdb.list
    # a bound that only something quadratic would miss, in a build with sanitizers on a busy machine
    check {[clock milliseconds] - $started < 3000}
    equal [llength [dict get [$p call sdb.list file Subnet_500] files]] 1
}

# Who shares the worker of a client that does not read keeps it.
test a_client_that_does_not_read_harms_nobody {
    set large "# [string repeat x 100]\n"
    set d [ipadmd -conf "personality = \"multiplex\"\nworkers = 1\nmax_calls = 20000" \
        -files [list Subnet_2.sdb [string repeat $large 2000][subnet_text 2]]]
    set neighbour [$d peer]
    set worker [$d part worker]
    set deaf [$d peer]
    $deaf reading 0
    # 200 kB each: more than may be queued; then errors until nothing has room
    $deaf flood 100 sdb.get file Subnet_2
    $deaf flood 4000 sdb.get file Subnet_3
    until 20000 {[$d logged {does not read|killed}] > 0}
    check {![dict get [$neighbour call sdb.status] enabled]}
    equal [$d logged killed] 0
    equal [$d part worker] $worker
    dict get [get $neighbour Subnet_2] version
}

finish
