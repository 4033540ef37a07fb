# SPDX-License-Identifier: ISC
# An ipadmd of the test's own, with a directory of subnet files: a Daemon in all else.
#   ipadmd ?-conf TEXT? ?-args LIST? ?-env {NAME VALUE …}? ?-files {NAME TEXT …}?
oo::class create Ipadmd {
    superclass Daemon
    variable job dir conf args env port

    constructor {arguments} {
        set files [expr {[dict exists $arguments -files] ? [dict get $arguments -files] : {}}]
        set home [tmp ipadmd[incr ::harness::counter]]
        file mkdir $home/subnets
        foreach {name text} $files {
            write $home/subnets/$name $text
        }
        next [dict merge [dict remove $arguments -files] [list -dir $home]]
    }

    method launch {} {
        my End
        write $dir/ipadmd.conf [with_personality $conf]\n
        set job [Job new -env $env [bin ipadmd] -f -c $dir/ipadmd.conf --state $dir/state \
            --directory $dir/subnets --listen unix:$dir/sock {*}[lrange $args 2 end]]
    }
    method ready {{ms 20000}} {
        until $ms {[$job ended] || [regexp -line {^ready$} [$job out]]} "ready: [$job describe]"
        if {[$job ended]} {
            error "ipadmd ended with [$job status]: [$job err]"
        }
        # when it was told to by -args {--listen tcp:127.0.0.1:0}
        regexp -line {^listening tcp:127\.0\.0\.1:(\d+)$} [$job out] - port
    }
    method subnet {name} {
        return $dir/subnets/$name
    }
    method git {arguments} {
        return [must git --git-dir=$dir/state/history.git {*}$arguments]
    }
    # A client that said hello.
    method peer {} {
        return [Peer new [my unix] tool]
    }
}

proc ipadmd {args} {
    return [Ipadmd new $args]
}

# A subnet file of 192.0.2.0/24 or another third number.
proc subnet_text {third args} {
    set text "Title = Subnet $third, Test\nDomain = s$third.example.org\nBase_IP = 192.0.$third.0\n"
    append text "Subnet_Mask = 255.255.255.0\nGateway = 192.0.$third.1\n__NODES__\n"
    foreach node $args {
        append text $node\n
    }
    return $text
}

# What the peer sees of a file.
proc get {peer file args} {
    return [$peer call sdb.get file $file {*}$args]
}

proc put {peer file base text args} {
    return [$peer call sdb.put id [uuid] file $file base $base \
        text! [list bin [encoding convertto utf-8 $text]] {*}$args]
}

# One change of sdb.commit: FILE BASE TEXT, or FILE BASE alone: the file is to go.
proc one_change {file base args} {
    set map [list file [list str $file] base [list str $base]]
    if {[llength $args]} {
        lappend map text [list bin [encoding convertto utf-8 [lindex $args 0]]]
    } else {
        lappend map gone true
    }
    return [list map $map]
}

# Several files at once; each of `changes` as above.
proc commit {peer changes args} {
    if {![dict exists $args id]} {
        lappend args id [uuid]
    }
    return [$peer call sdb.commit changes! [list arr [lmap c $changes {one_change {*}$c}]] {*}$args]
}

proc version_of {peer file} {
    return [dict get [get $peer $file] version]
}
