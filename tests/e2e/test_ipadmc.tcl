# SPDX-License-Identifier: ISC
# Promise: every operation of ipadmd can be done with ipadmc: in tables for people, in JSON for scripts, with exit
# statuses that tell what became of it; text of any bytes comes through whole; watching survives a restart.
source [file join [file dirname [info script]] .. harness.tcl]

set tug tug1:192.0.2.33:0200c0ffee01:ferry::bridge
set lamp lamp:192.0.2.34:0200c0ffee02:::no\ alias

# ipadmc to its end: a dict of status, out, err.
proc c {daemon args} {
    return [run [bin ipadmc] -s [$daemon unix] {*}$args]
}

# Its output when it must end with 0.
proc ok {daemon args} {
    set r [c $daemon {*}$args]
    equal [dict get $r status] 0 "ipadmc $args: [dict get $r err]"
    return [dict get $r out]
}

# Every line of its --json output.
proc lines {daemon args} {
    return [lmap line [split [string trimright [ok $daemon --json {*}$args] \n] \n] {json $line}]
}

# It must end with `status` and say why.
proc refused {status pattern daemon args} {
    set r [c $daemon {*}$args]
    equal [dict get $r status] $status "ipadmc $args: $r"
    matches [dict get $r err] $pattern "ipadmc $args"
}

proc two_subnets {} {
    return [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug $::lamp] Subnet_10.sdb [subnet_text 10]]]
}

test list_is_a_table_and_json_a_line_for_each {
    set d [two_subnets]
    set out [split [ok $d list] \n]
    matches [lindex $out 0] {^SUBNET +NETWORK +USED +FREE +FULL +STATE +TITLE$}
    matches [lindex $out 1] {^Subnet_2 +192\.0\.2\.0/24 +3 +251 +1% +Subnet 2, Test$}
    matches [lindex $out 2] {^Subnet_10 }
    equal [lmap f [lines $d list] {dict get $f file}] {Subnet_2.sdb Subnet_10.sdb}
    check {![string match *\x1b* [ok $d list]]}
}

test a_subnet_is_named_in_every_way {
    set d [two_subnets]
    foreach name {Subnet_2.sdb Subnet_2 2 192.0.2.77 192.0.2.0/24 192.0.2.64/26} {
        equal [ok $d get $name] [subnet_text 2 $::tug $::lamp] $name
    }
    refused 1 {no such file} $d get 3
    refused 1 {no subnet has 10\.0\.0\.1} $d get 10.0.0.1
    refused 65 {.} $d get ../etc/passwd
}

test bytes_of_any_kind_come_through {
    set d [two_subnets]
    foreach {nul path} [list \x00 [tmp nul] "" [tmp mixed]] {
        set f [open $path wb]
        puts -nonewline $f [subnet_text 2]#$nul\xff\x80\r\n
        close $f
    }
    refused 65 {control_byte} $d put 2 [tmp nul]
    ok $d put 2 [tmp mixed]
    set bytes [subnet_text 2]#\xff\x80\r\n
    set f [open [$d subnet Subnet_2.sdb] rb]
    equal [read $f] $bytes
    close $f
    set job [Job new [bin ipadmc] -s [$d unix] get 2]
    $job wait
    equal [$job raw] $bytes
    set got [lindex [lines $d get 2] 0]
    equal [binary decode base64 [dict get $got text_base64]] $bytes
    check {![dict exists $got text]}
    equal [dict get [lindex [lines $d get 10] 0] text] [subnet_text 10]
}

test check_says_where_and_ends_with_1 {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 bad_name:192.0.2.5::::] Subnet_3.sdb [subnet_text 3]]]
    set r [c $d check]
    equal [dict get $r status] 1
    matches [dict get $r out] {^Subnet_2\.sdb:7:1: error: .*\[label_bad\]\n\tcorrection: make line 7: bad-name}
    equal [c $d check 3] {status 0 out {} err {}}
    set finding [json [lindex [split [dict get [c $d --json check] out] \n] 0]]
    equal [list [dict get $finding file] [dict get $finding line] [dict get $finding code]] {Subnet_2.sdb 7 label_bad}
}

test what_cannot_be_read_is_said_at_once_and_by_the_check {
    set d [two_subnets]
    file link -symbolic [$d subnet Subnet_3.sdb] /etc/passwd
    set began [clock milliseconds]
    refused 74 {Subnet_3\.sdb: a symbolic link} $d get 3
    refused 74 {Subnet_3\.sdb: a symbolic link} $d add 3 x 192.0.3.3
    # a daemon that is away for a moment would be waited for, twice ten seconds
    check {[clock milliseconds] - $began < 15000}
    set r [c $d check]
    equal [dict get $r status] 1
    equal [dict get $r out] "Subnet_3.sdb: error: cannot be read: a symbolic link \[unreadable\]\n"
}

test check_of_a_file_of_ones_own {
    set d [two_subnets]
    set dir [tmp]
    file mkdir $dir
    write $dir/Subnet_10.sdb [subnet_text 10 x:192.0.10.9:0200c0ffee01:::]
    set r [c $d check $dir/Subnet_10.sdb]
    equal [dict get $r status] 1
    matches [dict get $r out] {mac_twice}
    equal [ok $d check 10] ""
    refused 65 {.} $d check [write $dir/other.sdb x; set dir]/other.sdb
    refused 66 {No such file} $d check $dir/Subnet_11.sdb
    refused 66 {No such file} $d check ./Subnet_11.sdb
    refused 64 {usage: ipadmc list\n} $d list x
}

test allocate_prints_the_address {
    set d [two_subnets]
    equal [ok $d free 2 --limit 2] "192.0.2.2\n192.0.2.3\n"
    equal [ok $d allocate 2 buoy --mac 02-00-00-00-00-09 --comment green -m "new buoy"] "192.0.2.2 buoy\n"
    equal [ok $d allocate 2 row --count 3] "192.0.2.3 row-1\n192.0.2.4 row-2\n192.0.2.5 row-3\n"
    matches [contents [$d subnet Subnet_2.sdb]] {\nbuoy:192\.0\.2\.2:020000000009:::green\n}
    equal [dict get [lindex [dict get [lindex [lines $d allocate 2 last] 0] nodes] 0] address] 192.0.2.6
    set small "Title = S\nDomain = x.org\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.255.255.252\n__NODES__\na:10.0.0.1::::\nb:10.0.0.2::::\n"
    write [tmp small] $small
    ok $d put 20 [tmp small]
    refused 1 {no address is free} $d free 20
    refused 1 {.} $d allocate 20 c
}

test nodes_are_added_changed_removed {
    set d [two_subnets]
    matches [ok $d add 10 buoy 192.0.10.7 --mac 020000000001 --alias b --mx mail.other.org --comment {Green: light}] \
        {^Subnet_10\.sdb: commit [0-9a-f]{10}\n$}
    equal [contents [$d subnet Subnet_10.sdb]] [subnet_text 10 {buoy:192.0.10.7:020000000001:b:mail.other.org:Green: light}]
    ok $d change 10 buoy --name lantern --address 192.0.10.8 --mx {} --alias {}
    equal [contents [$d subnet Subnet_10.sdb]] [subnet_text 10 {lantern:192.0.10.8:020000000001:::Green: light}]
    equal [ok $d change 10 lantern --name lantern] "Subnet_10.sdb: nothing had to be changed\n"
    ok $d remove 10 192.0.10.8
    equal [contents [$d subnet Subnet_10.sdb]] [subnet_text 10]
    refused 1 {no such node: lantern} $d remove 10 lantern
    refused 65 {address_twice.*correction: make line 9: x:192\.0\.2\.2} $d add 2 x 192.0.2.33
    refused 65 {field} $d add 2 a:b 192.0.2.9
}

test put_merges_with_base_and_shows_conflicts {
    set d [two_subnets]
    set version [dict get [lindex [lines $d get 2] 0] version]
    ok $d change 2 tug1 --comment mole
    set text [subnet_text 2 $::tug [string map {alias beacon} $::lamp]]
    set job [Job new -in $text [bin ipadmc] -s [$d unix] put 2 --base $version -m "two at once"]
    equal [$job wait] 0 [$job err]
    matches [$job out] {merged with}
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] [string map {alias beacon} $::lamp]]
    write [tmp mine] [subnet_text 2 [string map {bridge harbour} $::tug] $::lamp]
    refused 1 {conflict.*before: .*bridge.*yours: .*harbour.*theirs: .*mole} $d put 2 [tmp mine] --base $version
    # a new one; without a base the file becomes the text
    write [tmp new] [subnet_text 5]
    ok $d put 5 [tmp new]
    equal [contents [$d subnet Subnet_5.sdb]] [subnet_text 5]
    refused 66 {no-such-file: No such file} $d put 5 /no-such-file
}

test locks_keep_others_out_and_are_shown {
    set d [two_subnets]
    matches [ok $d lock 2] {^Subnet_2\.sdb: yours for }
    matches [ok $d list] {Subnet_2 .*locked by .* for another}
    # held: of the same user in every session
    ok $d add 2 x 192.0.2.9
    matches [ok $d list] {Subnet_2 .*locked by}
    equal [ok $d unlock 2] ""
    equal [ok $d unlock 2] ""
    set p [$d peer]
    $p call sdb.lock file Subnet_2 session [uuid]
    refused 1 {locked by .* for another} $d lock 2
    refused 1 {locked by} $d remove 2 tug1
    ok $d unlock 2
    ok $d remove 2 tug1
}

test the_past_is_shown_and_taken_back {
    set d [two_subnets]
    ok $d add 2 buoy 192.0.2.9 -m "for the pier"
    ok $d change 2 tug1 --comment mole -m moved
    set log [lines $d log 2]
    equal [lmap x $log {dict get $x message}] {moved {for the pier} {2 files edited by other means}}
    set added [dict get [lindex $log 1] commit]
    matches [ok $d log] {COMMIT +WHEN +WHO +FILE +WHY\n[0-9a-f]{10} +\d{4}-\d\d-\d\d .*Subnet_2\.sdb +moved\n}
    matches [ok $d log 2 buoy] {for the pier}
    check {![string match *moved* [ok $d log 2 buoy]]}
    equal [regexp -all -line {^} [ok $d log --limit 1]] 3
    equal [ok $d diff 2] "-$::tug\n+[string map {bridge mole} $::tug]\n"
    equal [ok $d diff 2 [dict get [lindex $log 2] commit] $added] "+buoy:192.0.2.9::::\n"
    equal [ok $d show 2 [string range $added 0 9]] [subnet_text 2 $::tug $::lamp buoy:192.0.2.9::::]
    matches [ok $d blame 2 buoy] {buoy +192\.0\.2\.9 .*for the pier}
    equal [lmap n [lines $d blame 2] {dict get $n name}] {tug1 lamp buoy}
    ok $d revert 2 [string range $added 0 9] -m "not so"
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]
    ok $d revert 2 $added --restore
    equal [dict get [lindex [lines $d log --limit 1] 0] message] "as [string range $added 0 9] left it"
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp buoy:192.0.2.9::::]
    set last [dict get [lindex [lines $d log --limit 1] 0] commit]
    ok $d revert 2 $last
    equal [dict get [lindex [lines $d log --limit 1] 0] message] "[string range $last 0 9] taken back"
    refused 1 {no such commit} $d show 2 0123456789
}

test search_finds_in_every_field {
    set d [two_subnets]
    matches [ok $d search BRIDGE] {WHERE +NAME .*\nSubnet_2:7 +tug1 +192\.0\.2\.33 +0200c0ffee01 +ferry +bridge\n}
    equal [lmap n [lines $d search 0200c0ffee] {dict get $n name}] {tug1 lamp}
    equal [dict get [c $d search 0200c0ffee --limit 1] err] "ipadmc: search: there are more: --limit\n"
    equal [dict get [c $d search nowhere] status] 1
}

test watch_tells_as_it_happens_and_what_was_missed {
    set d [two_subnets]
    set watch [Job new [bin ipadmc] -s [$d unix] watch]
    set scripted [Job new [bin ipadmc] -s [$d unix] --json watch]
    # both are there when both have told of a lock
    until 15000 {[ok $d lock 10] ne "" && [string match *Subnet_10*locked* [$watch out]]
        && [string match *sdb.locked* [$scripted out]]} "[$watch err] [$scripted err]"
    ok $d add 2 buoy 192.0.2.9 -m "for the pier"
    until 10000 {[regexp {Subnet_2\.sdb  changed by \S+  [0-9a-f]{10}  for the pier\n} [$watch out]]} {[$watch out]}
    ok $d unlock 10
    until 10000 {[string match *Subnet_10.sdb*unlocked* [$watch out]]}
    write [$d dir]/new [subnet_text 10 $::tug]
    file rename -force [$d dir]/new [$d subnet Subnet_10.sdb]
    until 10000 {[regexp {Subnet_10\.sdb  changed by \S+ with another program} [$watch out]]} {[$watch out]}
    # while the daemon is away
    $d stop
    until 20000 {[string match "*ing again*" [$watch err]]} {[$watch describe]}
    write [$d subnet Subnet_10.sdb] [subnet_text 10]
    $d start
    until 30000 {[string match "*connected again*" [$watch err]]} {[$watch describe]}
    until 20000 {[regexp -all {Subnet_10\.sdb  changed} [$watch out]] == 2} {[$watch describe]}
    ok $d add 2 after 192.0.2.10 -m "after all"
    until 10000 {[string match "*after all*" [$watch out]]}
    equal [regexp -all {for the pier} [$watch out]] 1
    until 10000 {[string match "*after all*" [$scripted out]]}
    set events [lmap line [split [string trimright [$scripted out] \n] \n] {dict get [json $line] event}]
    equal [lsort -unique $events] {sdb.changed sdb.locked}
    $watch signal INT
    equal [$watch wait 5000] SIGINT
}

test published_and_watched {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug $::lamp]] -conf "publish {
        generators = {\"hosts\"}
        delay = \"100ms\"
        brake = 30
    }"]
    set watch [Job new [bin ipadmc] -s [$d unix] watch]
    until 15000 {[ok $d lock 2] ne "" && [string match *locked* [$watch out]]} {[$watch err]}
    ok $d add 2 buoy 192.0.2.9
    matches [ok $d publish] {State +(published|unchanged)\nCommit +[0-9a-f]{40}\n}
    until 10000 {[regexp {publishing: switch\n.*publishing: published  [0-9a-f]{10}} [$watch out]]} {[$watch out]}
    matches [ok $d status] {Generators +hosts\n.*Published +[0-9a-f]{40}\n.*The last time:\nState +(published|unchanged)}
    equal [dict get [lindex [lines $d status] 0] enabled] 1
    set few [subnet_text 2]
    set r [run -in $few [bin ipadmc] -s [$d unix] preview 2]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {hosts/hosts  changed  records \d+ -> \d+\n.*\n-192\.0\.2\.33 tug1.*\n1 would change, 0 stay\n}
    matches [ok $d preview] {^0 would change, 1 stay\n$}
    equal [dict get [lindex [lines $d preview] 0] same] 1
    # most records would go, and they are enough to count
    ok $d allocate 2 row --count 12
    ok $d publish
    write [tmp few] [subnet_text 2]
    ok $d put 2 [tmp few]
    set r [c $d publish]
    equal [dict get $r status] 1 $r
    matches [dict get $r out] {State +braked\n.*Brake +only \d+ of \d+ records would be left in }
    matches [dict get $r err] {ipadmc publish --confirm}
    matches [ok $d publish --confirm] {State +published}
    # nothing is configured
    set d [two_subnets]
    refused 1 {nothing is published there} $d publish
    refused 1 {nothing is published there} $d status
    refused 1 {nothing is published there} $d preview
}

test other_files_are_kept_in_the_same_way {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2]] -conf "file \"aliases\" {
        path = \"[file normalize [tmp aliases]]\"
        type = \"table\"
        columns = {\"name\", \"to\"}
    }"]
    write [tmp mine] "root:lena\npostmaster:root\n"
    ok $d put aliases [tmp mine] -m first
    equal [contents [tmp aliases]] "root:lena\npostmaster:root\n"
    equal [ok $d get aliases] "root:lena\npostmaster:root\n"
    matches [ok $d list] {\naliases +table +2 }
    write [tmp mine] "root:lena\npostmaster:otto\n"
    ok $d put aliases [tmp mine] -m second
    matches [ok $d blame aliases] {LINES +WHO .*1 .*first\n +2 .*second}
    matches [ok $d diff aliases] {-postmaster:root\n\+postmaster:otto}
    set editor [tmp editor]
    write $editor "echo abuse:otto >>\"\$1\"\n"
    set r [run -env [list VISUAL "sh $editor" TMPDIR $::harness::tmp] [bin ipadmc] -s [$d unix] edit aliases -m third]
    equal [dict get $r status] 0 $r
    matches [contents [tmp aliases]] {\nabuse:otto\n$}
    matches [ok $d log aliases --limit 1] {third}
    ok $d lock aliases
    ok $d unlock aliases
    refused 65 {.} $d allocate aliases x
}

test a_commit_of_many_files_is_taken_back_as_one {
    set d [two_subnets]
    write [tmp nodes.csv] "name,address\nx,192.0.2.50\ny,192.0.10.50\n"
    ok $d import [tmp nodes.csv] -w
    set commit [dict get [lindex [lines $d log] 0] commit]
    matches [ok $d revert $commit] {Subnet_10\.sdb: commit .*\nSubnet_2\.sdb: commit }
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp]
    equal [contents [$d subnet Subnet_10.sdb]] [subnet_text 10]
    refused 64 {--restore needs a subnet} $d revert $commit --restore
}

# The commands that it prints are what is tried.
test init_makes_a_directory_that_is_served_at_once {
    set dir [tmp net]
    set r [run [bin ipadmc] init $dir]
    equal [dict get $r status] 0 $r
    equal [regexp -all -inline -line {^    ipadm.*$} [dict get $r out]] \
        [list "    ipadmd -f -c $dir/ipadmd.conf" "    ipadmc list" "    ipadmc allocate 7 buoy -m \"a first node\""]
    set daemon [Job new [bin ipadmd] -f -c $dir/ipadmd.conf]
    until 20000 {[regexp -line {^ready$} [$daemon out]]} {[$daemon describe]}
    matches [must [bin ipadmc] list] {Subnet_7 +192\.0\.2\.32/27 +4 +26 +13% +Subnet 7, Harbour Pilots}
    equal [must [bin ipadmc] check] ""
    equal [must [bin ipadmc] allocate 7 buoy -m "a first node"] "192.0.2.35 buoy"
    matches [must [bin ipadmc] publish] {^State +(published|unchanged)\n}
    matches [contents $dir/state/published/current/hosts/hosts] {192\.0\.2\.35 buoy\.pilots\.example\.org}
    $daemon signal TERM
    equal [$daemon wait] 0
    set before [contents $dir/ipadmd.conf]
    set r [run [bin ipadmc] init $dir]
    equal [dict get $r status] 1
    matches [dict get $r err] {ipadmd\.conf is there already}
    equal [contents $dir/ipadmd.conf] $before
    equal [dict get [run [bin ipadmc] init /proc/x] status] 74
    equal [dict get [run [bin ipadmc] init [tmp {a"b}]] status] 64
}

test wrong_use_is_64_and_no_daemon_4 {
    foreach arguments {{} {dance} {get} {add 2 x} {list extra} {list --count 3} {allocate 2 x --count 0} {allocate 2 x --count 1x}
        {--bad list} {-s ftp:host list}} {
        set r [run [bin ipadmc] -s tcp:127.0.0.1:1 {*}$arguments]
        equal [dict get $r status] 64 "ipadmc $arguments: $r"
        check {[dict get $r err] ne ""}
    }
    set r [run [bin ipadmc] -s unix:/no/such/sock list]
    equal [dict get $r status] 4
    matches [dict get $r err] {is ipadmd running}
}

test help_is_there_for_every_command {
    set commands [regexp -all -inline -line {^  ([a-z]+) .*$} [dict get [run [bin ipadmc] --help] out]]
    check {[llength $commands] > 30}
    foreach {line name} $commands {
        foreach order [list [list $name --help] [list --help $name] [list -s x $name -h]] {
            set r [run [bin ipadmc] {*}$order]
            equal [dict get $r status] 0 $order
            matches [dict get $r out] "^usage: ipadmc \\\[-s ENDPOINT\\\] \\\[--json\\\] $name"
        }
    }
}

finish
