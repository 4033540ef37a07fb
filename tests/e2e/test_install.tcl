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
        set result [run systemd-analyze verify --man=no $unit]
        equal [dict get $result status] 0 [dict get $result err]
    }
    set unit [contents [installed]/lib/systemd/system/mediachanged.service]
    matches $unit {\nExecStart=/usr/local/bin/mediachanged -f -c /usr/local/etc/opdesk/mediachanged.conf\n} \
        "DESTDIR is no part of it"
}

# script/run with the programs under test: the arguments are {NAME VALUE …} of its environment.
proc main_job {args} {
    return [list env OPDESK_BUILD=[file dirname $::harness::bin] TMPDIR=$::harness::tmp \
        {*}[lmap {name value} $args {string cat $name=$value}] $::top/script/run]
}

proc folders {} {
    return [glob -nocomplain -directory $::harness::tmp opdesk-run.*]
}

test "script/run does the main job by itself without display and terminal" {
    # a display that is gone is none
    foreach {display said} {"" "" :nowhere {opdesk says .*cannot open a window}} {
        set result [run {*}[main_job DISPLAY $display]]
        equal [dict get $result status] 0 "[dict get $result out][dict get $result err]"
        matches [dict get $result out] $said
        matches [dict get $result out] {question .*waiting.*Volume 2 is next.*question .*Ok by .*Volume 2 is next}
        matches [dict get $result out] {restored\s+identical to the source}
        equal [folders] "" "its folder is gone"
    }
}

test "script/run on a terminal without a display tells how to answer" {
    need script
    set job [Job new script -qefc [main_job DISPLAY ""] /dev/null]
    until 20000 {[regexp {(OPDESK_RUNTIME=\S+) (\S+) answer ID Ok} [$job out] - runtime tool]} [$job out]
    foreach volume {2 3} {
        until 20000 {[regexp "question +\\S+ \\S+ +(\\S+) +waiting\[^\n\]*Volume $volume is next" [$job out] - id]} [$job out]
        must env $runtime $tool answer $id Ok
    }
    equal [$job wait] 0 [$job out]
    matches [$job out] {restored\s+identical to the source}
}

test "script/run asks on the display, and leaves nothing running when it is stopped" {
    need Xvfb
    set x [Job new Xvfb -displayfd 1 -screen 0 640x480x24 -nolisten tcp]
    until 20000 {[regexp {^(\d+)\n} [$x out] - number]}
    foreach {signal status} {TERM 143 HUP 129} {
        set job [Job new {*}[main_job DISPLAY :$number]]
        until 20000 {[regexp {opdesk .*a window asks.*question .*waiting} [$job out]]} [$job out]
        set folder [folders]
        exec pgrep -f $folder/
        $job signal $signal
        equal [$job wait] $status
        until 5000 {[catch {exec pgrep -f $folder/}]}
        equal [folders] "" "its folder is gone"
        $job destroy
    }
}

finish
