# SPDX-License-Identifier: ISC
# Promise: other flat files take the road of the subnets: listed, locked, checked (by a configured program,
# too), merged by key or by line, kept in the history, shown, blamed and reverted; none but those of the
# configuration can be reached.
source [file join [file dirname [info script]] .. harness.tcl]
need git

# An ipadmd with an aliases table, a hosts file and a text; `checker` is a shell script on "$1".
proc others {{checker ""} args} {
    set home [tmp others[incr ::harness::counter]]
    file mkdir $home
    write $home/aliases "# ours\nroot: lena\nada: ada@example.org\n"
    write $home/hosts "127.0.0.1 localhost\n192.0.2.9 tug\n"
    write $home/motd "one\ntwo\nthree\nfour\n"
    set conf "file \"aliases\" {\n path = \"$home/aliases\"\n type = \"table\"\n columns = {\"name\", \"to\"}\n title = \"Mail aliases\"\n"
    if {$checker ne ""} {
        write $home/checker "#!/bin/sh\n$checker\n"
        file attributes $home/checker -permissions 0755
        append conf " checker = {\"$home/checker\", \"%f\"}\n checker_time = \"1s\"\n"
    }
    append conf "}\nfile \"hosts\" { path = \"$home/hosts\" type = hosts }\nfile \"motd\" { path = \"$home/motd\" }\n"
    append conf "file \"new\" { path = \"$home/new\" }\n"
    return [list [ipadmd -conf $conf -files [list Subnet_2.sdb [subnet_text 2]] {*}$args] $home]
}

test one_list_shows_them_with_their_type {
    lassign [others] d home
    set p [$d peer]
    set files [dict get [$p call sdb.list] files]
    equal [lmap f $files {list [dict get $f file] [dict get $f type]}] \
        {{Subnet_2.sdb subnet} {aliases table} {hosts hosts} {motd text} {new text}}
    set aliases [lindex $files 1]
    equal [dict get $aliases title] "Mail aliases"
    equal [list [dict get $aliases lines] [dict get $aliases entries]] {3 2}
    equal [list [dict get $aliases separator] [dict get $aliases columns] [dict get $aliases key] [dict get $aliases comment]] \
        {: {name to} 0 #}
    matches [dict get [lindex $files 4] error] {not there}
    equal [lmap f [dict get [$p call sdb.list type hosts] files] {dict get $f file}] hosts
    equal [lmap f [dict get [$p call sdb.list file Subnet_2] files] {dict get $f network}] 192.0.2.0/24
    equal [fails {$p call sdb.list file Subnet_3}] not_found
    equal [fails {$p call sdb.list file nothing}] bad_request
}

# More than a megabyte, with no setting changed (a subnet of 65,536 nodes is about 5 MB).
test a_large_file_is_one_message {
    lassign [others] d home
    set p [$d peer]
    set large [string repeat "a line of thirty-two characters\n" 40000]
    put $p motd [dict get [get $p motd] version] $large
    check {[contents $home/motd] eq $large}
    check {[dict get [get $p motd] text] eq $large}
}

test they_are_got_locked_put_and_kept {
    lassign [others] d home
    set p [$d peer]
    set got [get $p aliases lock! true]
    equal [dict get $got locked] 1
    equal [dict get $got text] "# ours\nroot: lena\nada: ada@example.org\n"
    equal [fails {put [$d peer] aliases [dict get $got version] x:y\n}] locked
    put $p aliases [dict get $got version] "# ours\nroot: lena, ada\nada: ada@example.org\n" message "two of us"
    equal [contents $home/aliases] "# ours\nroot: lena, ada\nada: ada@example.org\n"
    equal [$d git {show HEAD:aliases}]\n [contents $home/aliases]
    equal [lmap c [dict get [$p call sdb.log file aliases] commits] {dict get $c message}] \
        {{two of us} {4 files edited by other means}}
    equal [dict get [$p call sdb.diff file aliases] changes] {{what changed old {root: lena} new {root: lena, ada}}}
    set first [dict get [lindex [dict get [$p call sdb.log file aliases] commits] 1] commit]
    equal [dict get [$p call sdb.show file aliases commit $first] text] [dict get $got text]
    set blame [dict get [$p call sdb.blame file aliases] lines]
    equal [lmap b $blame {list [dict get $b line] [dict get $b count] [dict get $b message]}] \
        {{1 1 {4 files edited by other means}} {2 1 {two of us}} {3 1 {4 files edited by other means}}}
    $p call sdb.revert id [uuid] file aliases to $first
    equal [contents $home/aliases] [dict get $got text]
    # one that is not there yet
    put $p new "" "hello\n"
    equal [contents $home/new] hello\n
    equal [lsort [glob -tails -directory $home *]] {aliases hosts motd new}
}

test changes_of_two_people_are_merged_by_key_or_line {
    lassign [others] d home
    set p [$d peer]
    set base [version_of $p aliases]
    put $p aliases $base "# ours\nroot: lena, ada\nada: ada@example.org\n"
    set done [put $p aliases $base "# ours\nroot: lena\nada: ada@example.com\nwww: root\n"]
    equal [dict get $done merged] 1
    equal [contents $home/aliases] "# ours\nroot: lena, ada\nada: ada@example.com\nwww: root\n"
    set code [catch {put $p aliases $base "# ours\nroot: nobody\nada: ada@example.org\n"} message options]
    lassign [dict get $options -errorcode] - name data
    equal $name conflict
    equal [dict get $data file] aliases
    equal [dict get $data conflicts] {{kind line base {root: lena} mine {root: nobody} theirs {root: lena, ada}}}
    set base [version_of $p motd]
    put $p motd $base "ONE\ntwo\nthree\nfour\n"
    put $p motd $base "one\ntwo\nthree\nFOUR\n"
    equal [contents $home/motd] "ONE\ntwo\nthree\nFOUR\n"
    set code [catch {put $p motd $base "1\ntwo\nthree\nfour\n"} message options]
    equal [dict get [lindex [dict get [lindex [dict get $options -errorcode] 2] conflicts] 0] theirs] ONE
    set base [version_of $p hosts]
    put $p hosts $base "127.0.0.1 localhost\n192.0.2.9 tug tug1\n"
    put $p hosts $base "127.0.0.1 localhost loop\n192.0.2.9 tug\n"
    equal [contents $home/hosts] "127.0.0.1 localhost loop\n192.0.2.9 tug tug1\n"
}

test an_edit_by_hand_is_noticed {
    lassign [others] d home
    set p [$d peer]
    $p call sdb.subscribe
    write $home/elsewhere.new "x"
    write $home/next "127.0.0.1 localhost\n"
    file rename -force $home/next $home/hosts
    until 10000 {[lsearch -index 0 [$p notes] sdb.changed] >= 0}
    equal [dict get [lindex [$p notes] 0 1] file] hosts
    equal [$d git {show HEAD:hosts}] "127.0.0.1 localhost"
}

test our_own_check_refuses_what_is_new {
    lassign [others] d home
    set p [$d peer]
    set base [version_of $p aliases]
    set code [catch {put $p aliases $base "# ours\nroot: lena\nROOT: ada\nbroken\n"} message options]
    lassign [dict get $options -errorcode] - name data
    equal $name bad_request
    equal [lmap f [dict get $data findings] {list [dict get $f line] [dict get $f code]}] \
        {{3 key_twice} {4 fields_missing}}
    equal [fails {put $p hosts [version_of $p hosts] "192.0.2.300 x\n"}] bad_request
    equal [fails {put $p motd [version_of $p motd] "a\0b\n"}] bad_request
    equal [dict get [$p call sdb.check file hosts text! {bin "nonsense\n"}] errors] 2
    equal [fails {$p call sdb.add id [uuid] file aliases name x address 192.0.2.3}] bad_request
    equal [fails {$p call sdb.free file hosts}] bad_request
    equal [fails {$p call sdb.allocate id [uuid] file hosts name x}] bad_request
    # what was broken before keeps nobody from mending the rest
    write $home/aliases "broken\nalso\nroot: lena\n"
    put $p aliases [must git hash-object $home/aliases] "broken\nroot: lena\n"
    equal [contents $home/aliases] "broken\nroot: lena\n"
}

test a_configured_checker_has_the_last_word {
    lassign [others {grep -n nobody "$1" | sed "s|^\([0-9]*\):.*|$1:\1:1: nobody is nobody|"; grep -q nobody "$1" && exit 1
case $1 in */aliases) ;; *) exit 3 ;; esac
[ -t 0 ] && exit 4; [ -z "$HOME" ] || exit 5; read x && exit 6; exit 0}] d home
    set p [$d peer]
    set base [version_of $p aliases]
    put $p aliases $base "root: lena\n" keep_lock! true
    set base [version_of $p aliases]
    set code [catch {put $p aliases $base "root: lena\nwww: nobody\n"} message options]
    lassign [dict get $options -errorcode] - name data
    equal $name bad_request $message
    set finding [lindex [dict get $data findings] 0]
    equal [list [dict get $finding line] [dict get $finding column] [dict get $finding code]] {2 1 checker}
    matches [dict get $finding message] {nobody is nobody}
    equal [contents $home/aliases] "root: lena\n"
    equal [dict get [$p call sdb.check file aliases text! {bin "a: nobody\n"}] errors] 1
    equal [glob -nocomplain [$d state]/check.*] ""
    # what it refused before, it may refuse again
    write $home/aliases "www: nobody\n"
    put $p aliases [must git hash-object $home/aliases] "a: b\nwww: nobody\n"
}

test a_checker_that_fails_is_no_yes {
    foreach {script why} {{sleep 100 & echo $! >${0%/*}/child; wait} {not done after} {kill -SEGV $$} {signal 11}} {
        lassign [others $script] d home
        set p [$d peer]
        set code [catch {put $p aliases [version_of $p aliases] "a: b\n"} message options]
        equal [lindex [dict get $options -errorcode] 1] system
        matches $message $why
        equal [contents $home/aliases] "# ours\nroot: lena\nada: ada@example.org\n"
        if {[file exists $home/child]} {
            set pid [string trim [contents $home/child]]
            until 5000 {![running $pid]}
        }
    }
    lassign [others {exit 0}] d home
    file delete $home/checker
    equal [fails {put [$d peer] aliases "" "x: y\n"}] conflict
    set p [$d peer]
    equal [fails {put $p aliases [version_of $p aliases] "x: y\n"}] system
}

test nothing_else_can_be_reached {
    lassign [others] d home
    set p [$d peer]
    foreach name {motd2 ../motd /etc/passwd aliases/ ./aliases Aliases .aliases.new aliases.sdb} {
        equal [fails {get $p $name}] bad_request $name
        equal [fails {commit $p [list [list $name "" x]]}] bad_request $name
    }
    # a link is not followed, neither to read nor to write
    file delete $home/motd
    file link -symbolic $home/motd /etc/passwd
    equal [fails {get $p motd}] system
    equal [fails {put $p motd "" "x\n"}] system
    matches [dict get [lindex [dict get [$p call sdb.list file motd] files] 0] error] {symbolic link}
    file delete $home/hosts
    exec mkfifo $home/hosts
    equal [fails {get $p hosts}] system
    put $p aliases [version_of $p aliases] "a: b\n"
}

test subnets_and_others_change_together {
    lassign [others] d home
    set p [$d peer]
    set aliases "root: lena\n"
    set hosts "127.0.0.1 localhost\n"
    set done [commit $p [list [list aliases [version_of $p aliases] $aliases] [list hosts [version_of $p hosts] $hosts] \
        [list Subnet_2 [version_of $p Subnet_2] [subnet_text 2 tug:192.0.2.9::::]]]]
    equal [list [contents $home/aliases] [contents $home/hosts] [contents [$d subnet Subnet_2.sdb]]] \
        [list $aliases $hosts [subnet_text 2 tug:192.0.2.9::::]]
    equal [llength [split [$d git {diff --name-only HEAD~1 HEAD}] \n]] 3
    $p call sdb.revert id [uuid] undo [dict get $done commit]
    equal [contents $home/hosts] "127.0.0.1 localhost\n192.0.2.9 tug\n"
}

test settings_that_make_no_sense_are_named {
    foreach {section why} {
        {"Aliases" { path = "/x/y" }} {small letters}
        {"a.sdb" { path = "/x/y" }} {small letters}
        {"a" { path = "y" }} {absolute path}
        {"a" { path = "/x/.y" }} {absolute path}
        {"a" { path = "/x/y" type = "csv" }} {one of hosts table text}
        {"a" { path = "/x/y" type = "table" }} {columns}
        {"a" { path = "/x/y" type = "table" columns = {"b"} key = "c" }} {one of the columns}
        {"a" { path = "/x/y" checker = {"x", "%f"} }} {absolute path}
        {"a" { path = "/x/y" checker = {"/bin/true"} }} {%f}
        {"a" { path = "/x/y" } file "b" { path = "/x/y" }} {is that of}
    } {
        set conf [tmp]
        write $conf "file $section\n"
        set r [run [bin ipadmd] --check -c $conf]
        equal [dict get $r status] 78 $section
        matches [dict get $r err] $why
    }
}

finish
