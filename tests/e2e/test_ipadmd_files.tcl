# SPDX-License-Identifier: ISC
# Promise: odd files get a clear answer and harm nobody; what was right in a file stays byte for byte; the
# daemon stops, reloads and is restarted without losing what it was told.
source [file join [file dirname [info script]] .. harness.tcl]
need git

test crlf_comments_and_unknown_keys_survive_a_change {
    set text [string map {\n \r\n} "Title = T\n# ours\nOwner = harbour\nDomain = example.org\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n\n__NODES__\n# pier\ntug:192.0.2.5::::a:b:c"]
    set d [ipadmd -files [list Subnet_2.sdb $text]]
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_2 name lamp address 192.0.2.6
    equal [contents [$d subnet Subnet_2.sdb]] "$text\r\nlamp:192.0.2.6::::"
}

test an_ipv6_subnet_and_addresses_as_people_write_them {
    set d [ipadmd -files [list Subnet_6.sdb "Title = Six\nFormat = 2\nDomain = example.org\nBase_IP = \[2001:db8::\]\nSubnet_Mask = 64\n__NODES__\n"]]
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_6 name a address 2001:db8::7 ethernet 02-00-00-00-00-0A
    matches [contents [$d subnet Subnet_6.sdb]] {\na:\[2001:db8::7\]:02000000000a:::\n$}
    $p call sdb.remove id [uuid] file Subnet_6 node 2001:db8:0::7
    set done [$p call sdb.allocate id [uuid] file Subnet_6 name b]
    matches [dict get [lindex [dict get $done nodes] 0] address] {^\[2001:db8::}
    set entry [lindex [dict get [$p call sdb.list] files] 0]
    equal [list [dict get $entry network] [dict get $entry used] [dict exists $entry free]] {2001:db8::/64 1 0}
}

test huge_broken_and_locked_away_files_are_named {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1]]]
    set f [open [$d subnet Subnet_2.sdb] w]
    chan truncate $f 100000000
    close $f
    set f [open [$d subnet Subnet_3.sdb] wb]
    puts -nonewline $f "Title = \xff\0x\n__NODES__\n\xfe\0:::"
    close $f
    exec mkfifo [$d subnet Subnet_4.sdb]
    set p [$d peer]
    lassign [dict get [$p call sdb.list] files] one two three four
    equal [dict get $one errors] 0
    matches [dict get $two error] max_file
    check {[dict get $three errors] > 0}
    matches [dict get $four error] {not a regular}
    equal [fails {get $p Subnet_2}] too_large
    equal [fails {get $p Subnet_4}] system
    # nobody takes what could not be looked at for right
    set unread [lmap f [dict get [$p call sdb.check] findings] {
        expr {[dict get $f code] eq "unreadable" ? [list [dict get $f file] [dict get $f message]] : [continue]}
    }]
    equal $unread {{Subnet_2.sdb {cannot be read: larger than max_file}} {Subnet_4.sdb {cannot be read: not a regular file}}}
    # bytes are given as they are
    equal [dict get [get $p Subnet_3] version] [must git hash-object [$d subnet Subnet_3.sdb]]
    $p call sdb.search text tug
    equal [fails {$p call sdb.add id [uuid] file Subnet_2 name x address 192.0.2.3}] too_large
    equal [fails {put $p Subnet_4 "" [subnet_text 4]}] system
    # and the others may still be changed
    $p call sdb.add id [uuid] file Subnet_1 name x address 192.0.1.3
    equal [fails {put $p Subnet_5 "" "Title = \0\n"}] bad_request
}

test odd_files_that_come_while_it_runs_hold_nothing_up {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1] Subnet_2.sdb [subnet_text 2]]]
    set p [$d peer]
    $p call sdb.subscribe
    exec mkfifo [$d dir]/fifo
    file rename -force [$d dir]/fifo [$d subnet Subnet_2.sdb]
    set f [open [$d dir]/huge w]
    chan truncate $f 100000000
    close $f
    file rename [$d dir]/huge [$d subnet Subnet_3.sdb]
    file link -symbolic [$d dir]/link /dev/zero
    file rename [$d dir]/link [$d subnet Subnet_4.sdb]
    # the last of them is noticed when this one is
    write [$d dir]/good [subnet_text 5]
    file rename [$d dir]/good [$d subnet Subnet_5.sdb]
    until 10000 {[lsearch -glob [$p notes] *Subnet_5.sdb*] >= 0}
    $p call sdb.add id [uuid] file Subnet_1 name x address 192.0.1.3
    equal [lmap f [dict get [$p call sdb.list] files] {dict exists $f error}] {0 1 1 1 0}
}

test settings_are_read_anew_and_the_daemon_stops_in_order {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1]]]
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_1 name x address 192.0.1.3
    write [$d dir]/ipadmd.conf "lock = \"5m\"\ndirectory = \"/nonexistent\"\n"
    [$d job] signal HUP
    until 5000 {[$d logged {(?i)again|anew|reload}] >= 1}
    $d kill committer
    until 10000 {![catch {$p call sdb.add id [uuid] file Subnet_1 name y address 192.0.1.4}]}
    matches [contents [$d subnet Subnet_1.sdb]] {\ny:192}
    $p call sdb.subscribe
    equal [$d stop] 0
    until 5000 {[lsearch -index 0 [$p notes] server.closing] >= 0}
}

test a_dead_engine_is_replaced_and_subscribers_are_told {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1]]]
    set p [$d peer]
    $p call sdb.subscribe
    $d kill engine
    until 20000 {[lsearch -index 0 [$p notes] server.reset] >= 0}
    $p call sdb.subscribe
    $p forget
    $p call sdb.add id [uuid] file Subnet_1 name x address 192.0.1.3
    until 5000 {[lsearch -index 0 [$p notes] sdb.changed] >= 0}
}

# Each part of the history: what is done to it, and what is said.
test a_damaged_history_ends_the_start_and_stays_as_it_is {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1]]]
    set p [$d peer]
    $p call sdb.add id [uuid] file Subnet_1 name x address 192.0.1.3
    $p destroy
    $d stop
    set history [$d state]/history.git
    set head [$d git {rev-parse main}]
    set object objects/[string range $head 0 1]/[string range $head 2 end]
    foreach {part text why} [list HEAD "" HEAD HEAD "xyz" HEAD HEAD - history.git \
        refs/heads/main - "refs/heads/main: missing, although there are commits" \
        refs/heads/main "" refs/heads/main refs/heads/main [string repeat 1 40] refs/heads/main \
        $object "" refs/heads/main config "\[\[" config] {
        file rename $history/$part $history/$part.good
        if {$text ne "-"} {
            write $history/$part $text
        }
        $d launch
        [$d job] wait
        equal [[$d job] status] 69 $part
        matches [[$d job] err] "$why.*nothing was changed; put back a copy"
        equal [file exists $history/$part] [expr {$text ne "-"}]
        file rename -force $history/$part.good $history/$part
    }
    $d start
    equal [$d git {rev-parse main}] $head
}

test a_session_on_standard_streams_has_the_same_writer {
    set d [ipadmd -files [list Subnet_1.sdb [subnet_text 1]]]
    set path [regsub ^unix: [$d unix] ""]
    set hello [mp::pack {arr {{int 0} {int 1} {str hello} {arr {{map {proto {int 1} program {str t} role {str tool}}}}}}}]
    set add [mp::pack [list arr [list {int 0} {int 2} {str sdb.add} [list arr [list [list map \
        [list id [list str [uuid]] file {str Subnet_1} name {str x} address {str 192.0.1.3}]]]]]]]
    set job [Job new -pipe 1 [bin ipadmd] --stdio -c [$d dir]/ipadmd.conf --listen unix:$path]
    foreach message [list $hello $add] {
        puts -nonewline [$job chan] [binary format I [string length $message]]$message
        flush [$job chan]
    }
    until 10000 {[string match *\nx:192.0.1.3* [contents [$d subnet Subnet_1.sdb]]]}
    $d stop
    set r [run [bin ipadmd] --stdio -c [$d dir]/ipadmd.conf --listen unix:$path]
    equal [dict get $r status] 69
}

finish
