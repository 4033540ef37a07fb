# SPDX-License-Identifier: ISC
# Promise: whichever system call of the committer fails, or is its last, a change of two files is done or not
# done, never half; whoever was told "unavailable" asks again with the same id and gets it done, once.
# strace makes the n-th call fail with EIO or ENOSPC, or kills the process there, libgit2's calls included.
source [file join [file dirname [info script]] .. harness.tcl]
need git strace

# A change of both files, the n-th: node x has that number.
proc want {n} {
    return [list Subnet_2.sdb [subnet_text 2 x:192.0.2.9::::no\ $n] Subnet_3.sdb [subnet_text 3 y:192.0.3.9::::no\ $n]]
}

# strace on the committer with an injection; what it writes is in `trace`.
proc inject {d what trace} {
    set pid [lindex [$d part committer] 0]
    set job [Job new strace -qq -e trace=[lindex [split $what :] 0] -e inject=$what -o $trace -p $pid]
    until 10000 {[$job ended] || [traced $pid]} {strace: [$job describe]}
    if {[$job ended]} {
        skip ptrace "strace cannot trace here: [$job err]"
    }
    return $job
}

proc traced {pid} {
    return [expr {![catch {contents /proc/$pid/status} status] && [regexp {TracerPid:\s*[1-9]} $status]}]
}

# One change under an injection, then the same without: did the n-th call come?
proc change_under {d peer what n} {
    set trace [tmp trace[incr ::harness::counter]]
    set changes {}
    dict for {file text} [want $n] {
        lappend changes [list $file [version_of $peer $file] $text]
    }
    set call [list commit $peer $changes id [uuid]]
    set before [there $d]
    set job [inject $d $what $trace]
    set failed [catch $call message options]
    catch {$job signal TERM}
    $job wait
    set hit [expr {[regexp INJECTED|SIGKILL [contents $trace]] || [$d logged {ended by signal 9}] > $::deaths}]
    set ::deaths [$d logged {ended by signal 9}]
    if {$failed} {
        # `unavailable`: it may have been done; `system`: a file could not even be read
        set error [lindex [dict get $options -errorcode] 1]
        check {$error in {unavailable system}} "$what: $error"
        check {$error ne "system" || [there $d] eq $before} $what
        check {[there $d] in [list $before [want $n]] || ![catch {until 20000 {[there $d] in [list $before [want $n]]}}]} $what
    }
    until 30000 {![catch $call done]} $what
    consistent $d [want $n]
    equal [dict get $done commit] [$d git {rev-parse HEAD}]
    return $hit
}

proc there {d} {
    set files {}
    foreach name {Subnet_2.sdb Subnet_3.sdb} {
        lappend files $name [contents [$d subnet $name]]
    }
    return $files
}

proc consistent {d want} {
    equal [there $d] $want
    dict for {name text} $want {
        equal [$d git [list show HEAD:$name]]\n $text
    }
    check {![file exists [$d state]/pending]}
    equal [glob -nocomplain -directory [$d dir]/subnets .S*] ""
}

foreach {calls how most} {
    fsync error=EIO 40
    renameat2 error=EIO 10
    renameat2 error=EINVAL 3
    write error=ENOSPC 40
    rename,renameat error=EIO 20
    unlinkat error=EIO 10
    openat error=EMFILE 12
} {
    test "$calls: $how" [format {
        set ::deaths 0
        set d [ipadmd -files [want 0]]
        set p [$d peer]
        set n 0
        while {[incr n] <= %3$d && [change_under $d $p %1$s:%2$s:when=$n $n]} {}
        check {$n > 1} "no call was hit"
        $d git {fsck --strict}
        equal [regexp -all {Change: [0-9a-f]+-} [$d git {log --format=%%B}]] [expr {min($n, %3$d)}]
    } $calls $how $most]
}

# A daemon of its own each time: one whose committer dies again and again waits longer each time.
foreach {call step least} {fsync 3 7 write 4 7 renameat2 1 2 unlinkat 1 2 rename 1 2} {
    test "killed at $call" [format {
        set hit 1
        for {set n 1} {$hit && $n < 60} {incr n %2$d} {
            set ::deaths 0
            set d [ipadmd -files [want 0]]
            set hit [change_under $d [$d peer] %1$s:signal=SIGKILL:when=$n 1]
            $d git {fsck --strict}
            equal [regexp -all {Change: [0-9a-f]+-} [$d git {log --format=%%B}]] 1
            $d destroy
        }
        check {$n > %3$d} "few calls were hit"
    } $call $step $least]
}

finish
