# SPDX-License-Identifier: ISC
# What `cmake --install` lays down works from there: programs, manual pages, the sample configuration,
# the systemd units.  And script/run does the whole main job, with a display, with a terminal, with neither.
source [file join [file dirname [info script]] .. harness.tcl]

set top [file normalize [file join [file dirname [info script]] .. ..]]

proc installed {} {
    set prefix [tmp prefix]
    set build [file dirname $::harness::bin]
    must env DESTDIR=$prefix cmake --install $build
    return $prefix/usr/local
}

# With another prefix than the one that was configured: the prefix, and what cmake said.
proc installed_elsewhere {} {
    set prefix [tmp elsewhere]
    return [list $prefix [must cmake --install [file dirname $::harness::bin] --prefix $prefix]]
}

test "an installation has the programs, their manual pages and the recipes" {
    set prefix [installed]
    foreach program {mediachanged mediachangec mediachangeq opdesk ipadmh ipadmd ipadmc opchat opchatd opnet} {
        check {[file executable $prefix/bin/$program]} $program
        check {[llength [glob -nocomplain $prefix/share/man/man*/$program.\[18\]]] == 1} $program
    }
    equal [file readlink $prefix/bin/ipadm] opdesk
    check {[file exists $prefix/share/man/man1/ipadm.1]}
    check {[file exists $prefix/share/opdesk/tcl/theme.tcl]}
    check {[file executable [glob $prefix/share/doc/opdesk/examples/tar-volume]]}
    check {[glob -nocomplain $prefix/bin/*test*] eq ""} "no test program is installed"
    need desktop-file-validate
    must desktop-file-validate {*}[glob $prefix/share/applications/*.desktop]
}

test "the installed sample configurations are accepted" {
    set prefix [installed]
    foreach daemon {mediachanged ipadmd opchatd} {
        set result [run [bin $daemon] --check -c [glob $prefix/etc/opdesk/$daemon.conf]]
        equal [dict get $result status] 0 [dict get $result err]
    }
    matches [contents [glob $prefix/etc/opdesk/mediachanged.conf]] {#.*192\.168\.0\.0/16} \
        "the original's rule is there as a comment"
}

# A setting in the sample is one that somebody will take the "#" from.
test "each setting of the sample configuration is accepted by itself and with all others" {
    set sample [contents $::top/packaging/mediachanged.conf]
    set settings [regexp -all -inline -line {^#(\w+ = .+)$} $sample]
    check {[llength $settings] > 30}
    set all ""
    foreach {- setting} $settings {
        write [tmp sample] $setting\n
        set result [run [bin mediachanged] --check -c [tmp sample]]
        equal [dict get $result status] 0 [dict get $result err]
        append all $setting\n
    }
    # the program of its escalation is not on this host
    check {[regexp {#(escalate \{.*?\n)#\}} $sample - level]}
    write [tmp sample] $all[string map {# {} /usr/local/sbin/mail-oncall /bin/sh} $level]\}\n
    set result [run [bin mediachanged] --check -c [tmp sample]]
    equal [dict get $result status] 0 [dict get $result err]
    write [tmp sample] "max_pending = 10\n"
    set result [run [bin mediachanged] --check -c [tmp sample]]
    equal [dict get $result status] 78
    matches [dict get $result err] {max_pending_per_asker \(1000\): make that less, too}
}

test "a desk whose scripts are not there says which" {
    file delete -force [installed]/share/opdesk/tcl
    set result [run [tmp prefix]/usr/local/bin/opdesk -s unix:]
    equal [dict get $result status] 72
    matches [dict get $result err] {scripts are missing: .*/opdesk\.tcl: No such file}
}

test "an installation again keeps an edited configuration, and --prefix takes all of it" {
    set conf [installed]/etc/opdesk/mediachanged.conf
    write $conf "lease = \"40s\"\n"
    installed
    equal [contents $conf] "lease = \"40s\"\n"
    lassign [installed_elsewhere] prefix said
    foreach line [split $said \n] {
        if {[regexp {^-- (?:Installing|Up-to-date|Kept): (.*)} $line -> path]} {
            check {[string match $prefix/* $path]} $path
        }
    }
    check {[file exists $prefix/etc/opdesk/mediachanged.conf]}
}

test "the systemd units name what is installed, and verify" {
    need systemd-analyze
    lassign [installed_elsewhere] prefix
    foreach daemon {mediachanged ipadmd opchatd} {
        set unit $prefix/lib/systemd/system/$daemon.service
        matches [contents $unit] "\nExecStart=$prefix/bin/$daemon -f -c $prefix/etc/opdesk/$daemon.conf\n"
        matches [contents $unit] "\nRestrictAddressFamilies=\[^\n\]*AF_NETLINK" \
            "discovery joins its group on every interface"
        set result [run systemd-analyze verify --man=no $unit]
        equal [dict get $result status] 0 [dict get $result err]
    }
    set unit [contents [installed]/lib/systemd/system/mediachanged.service]
    matches $unit {\nExecStart=/usr/local/bin/mediachanged -f -c /usr/local/etc/opdesk/mediachanged.conf\n} \
        "DESTDIR is no part of it"
}

# script/run with the programs under test, from a source whose path has a blank: the arguments are
# {NAME VALUE …} of its environment.  "home" is the home of who runs it.
proc main_job {args} {
    return [list env -u XDG_STATE_HOME -u XDG_CACHE_HOME HOME=[tmp home] \
        OPDESK_BUILD=[file dirname $::harness::bin] TMPDIR=$::harness::tmp/of\ runs \
        {*}[lmap {name value} $args {string cat $name=$value}] [tmp "a source"]/script/run]
}

proc on_terminal {words} {
    return [Job new script -qefc [join [lmap word $words {string cat ' $word '}]] /dev/null]
}

proc source_and_home {} {
    file mkdir [tmp home] "$::harness::tmp/of runs" [tmp "a source"]
    foreach folder {script examples} {
        if {![file exists [tmp "a source"]/$folder]} {
            file copy $::top/$folder [tmp "a source"]/$folder
        }
    }
}

proc leaves_nothing {} {
    equal [glob -nocomplain -directory "$::harness::tmp/of runs" *] "" "its folder is gone"
    equal [exec find [tmp home] -type f] "" "nothing outside its folder"
}

source_and_home

test "script/run does the main job by itself without display and terminal" {
    # a display that is gone is none
    foreach {display said} {"" "" :nowhere {opdesk says .*cannot open a window}} {
        set result [run {*}[main_job DISPLAY $display]]
        equal [dict get $result status] 0 "[dict get $result out][dict get $result err]"
        matches [dict get $result out] $said
        matches [dict get $result out] {question .*waiting.*Volume 2 is next.*question .*Ok by .*Volume 2 is next}
        matches [dict get $result out] {restored\s+identical to the source}
        leaves_nothing
    }
}

test "script/run on a terminal without a display tells how to answer" {
    need script
    set job [on_terminal [main_job DISPLAY ""]]
    until 20000 {[regexp {OPDESK_RUNTIME='([^']+)' (\S+) answer ID Ok} [$job out] - runtime tool]} {[$job out]}
    foreach volume {2 3} {
        until 20000 {[regexp "question +\\S+ \\S+ +(\\S+) +waiting\[^\n\]*Volume $volume is next" [$job out] - id]} {[$job out]}
        must env OPDESK_RUNTIME=$runtime $tool answer $id Ok
    }
    equal [$job wait] 0 [$job out]
    matches [$job out] {restored\s+identical to the source}
}

test "script/run tells a refusal from a tar that failed" {
    need script
    set job [on_terminal [main_job DISPLAY ""]]
    until 20000 {[regexp {OPDESK_RUNTIME='([^']+)' (\S+) answer ID Ok} [$job out] - runtime tool]} {[$job out]}
    until 20000 {[regexp {question +\S+ \S+ +(\S+) +waiting} [$job out] - id]} {[$job out]}
    must env OPDESK_RUNTIME=$runtime $tool answer $id Cancel
    equal [$job wait] 1 [$job out]
    matches [$job out] {the operator refused, the backup ended as it should}
    file rename [tmp "a source"]/examples/tar-volume [tmp tar-volume]
    set result [run {*}[main_job DISPLAY ""]]
    file rename [tmp tar-volume] [tmp "a source"]/examples/tar-volume
    equal [dict get $result status] 1 [dict get $result out]
    matches [dict get $result out] {tar says .*tar-volume: not found}
    matches [dict get $result err] {tar ended with status 2, and nobody had refused}
    leaves_nothing
}

test "script/run asks on the display, and leaves nothing running when it is stopped" {
    need Xvfb
    set x [Job new Xvfb -displayfd 1 -screen 0 640x480x24 -nolisten tcp]
    until 20000 {[regexp {^(\d+)\n} [$x out] - number]}
    foreach {signal status} {TERM 143 HUP 129} {
        set job [Job new {*}[main_job DISPLAY :$number]]
        until 20000 {[regexp {opdesk .*a window asks.*question .*waiting} [$job out]]} {[$job out]}
        lassign [glob -directory [tmp "of runs"] *] folder
        exec pgrep -f $folder/
        $job signal $signal
        equal [$job wait] $status
        until 5000 {[catch {exec pgrep -f $folder/}]}
        leaves_nothing
        $job destroy
    }
}

finish
