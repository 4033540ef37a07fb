# SPDX-License-Identifier: ISC
# What `cmake --install` lays down works from there: programs, manual pages, the sample configuration,
# the systemd unit.  And script/run does the whole main job by itself where nobody can be asked.
source [file join [file dirname [info script]] .. harness.tcl]

set top [file normalize [file join [file dirname [info script]] .. ..]]

proc installed {} {
    set prefix [tmp prefix]
    set build [file dirname $::harness::bin]
    must env DESTDIR=$prefix cmake --install $build
    return $prefix/usr/local
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
    set prefix [tmp elsewhere]
    set said [must cmake --install [file dirname $::harness::bin] --prefix $prefix]
    foreach line [split $said \n] {
        if {[regexp {^-- (?:Installing|Up-to-date|Kept): (.*)} $line -> path]} {
            check {[string match $prefix/* $path]} $path
        }
    }
    check {[file exists $prefix/etc/opdesk/mediachanged.conf]}
}

test "the systemd units verify" {
    need systemd-analyze
    set prefix [installed]
    foreach daemon {mediachanged ipadmd opchatd} {
        set unit [glob $prefix/lib/systemd/system/$daemon.service]
        # The program is not at its final place here: verify a copy that names this one.
        write [tmp $daemon.service] [regsub -line {^ExecStart=\S+} [contents $unit] \
            "ExecStart=[bin $daemon]"]
        set result [run systemd-analyze verify --man=no [tmp $daemon.service]]
        equal [dict get $result status] 0 [dict get $result err]
    }
}

test "script/run does the main job by itself without display and terminal" {
    set result [run -env [list OPDESK_BUILD [file dirname $::harness::bin] DISPLAY "" TMPDIR $::harness::tmp] \
        $::top/script/run]
    equal [dict get $result status] 0 "[dict get $result out][dict get $result err]"
    matches [dict get $result out] {restored\s+identical to the source}
    equal [glob -nocomplain -directory $::harness::tmp opdesk-run.*] "" "its folder is gone"
}

test "script/run that is stopped leaves nothing running" {
    set job [Job new env OPDESK_BUILD=[file dirname $::harness::bin] DISPLAY=:nowhere TMPDIR=$::harness::tmp \
        $::top/script/run]
    set asking {![catch {exec pgrep -f "mediachangec --for tar -s unix:$::harness::tmp/opdesk-run"}]}
    until 20000 $asking
    $job signal TERM
    equal [$job wait] 143
    until 5000 "!($asking)"
    equal [glob -nocomplain -directory $::harness::tmp opdesk-run.*] "" "its folder is gone"
}

finish
