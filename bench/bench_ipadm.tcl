# SPDX-License-Identifier: ISC
# (g) Subnets: a large file read, checked and made into zones beside named-compilezone on the zone that comes out;
# lists, changes and allocations of a running ipadmd beside libgit2 alone.

# Milliseconds that a command takes.
proc took {command} {
    set started [clock microseconds]
    must {*}$command
    return [expr {([clock microseconds] - $started) / 1000.}]
}

# `count` subnets of 60 nodes.
proc many_subnets {count} {
    for {set i 0} {$i < $count} {incr i} {
        set net 10.[expr {$i / 64}].[expr {$i % 64 * 4}]
        set text "Title = Subnet $i\nDomain = s$i.example.org\nBase_IP = $net.0\nSubnet_Mask = 255.255.252.0\nGateway = $net.1\n__NODES__\na:$net.9::::\n"
        for {set n 10} {$n < 69} {incr n} {
            append text "h$n:$net.$n:02[format %06x%04x $i $n]:::node $n of subnet $i\n"
        }
        lappend files Subnet_$i.sdb $text
    }
    return $files
}

# The daemon has no sanitizers here, and its queue takes what a client asks.
proc subnet_rates {what clients subnets files} {
    set values {}
    for {set i 0} {$i < $::runs} {incr i} {
        set d [ipadmd -files $files]
        lappend values [value [expr {$what eq "list" ? "ms" : "calls"}] \
            [bench subnet_calls [$d unix] $what $clients $subnets $::seconds]]
        $d destroy
    }
    return $values
}

test ipadm {
    need named-compilezone git
    set folder [tmp zones]
    file mkdir $folder
    must {*}[bench subnet_zone --make 65536 $folder/Subnet_1.sdb]
    must {*}[bench subnet_zone $folder/Subnet_1.sdb $folder]
    set values [alternate $::runs {
        ours {took [bench subnet_zone $folder/Subnet_1.sdb $folder]}
        named {took [list named-compilezone -q -k ignore -i none -o /dev/null bench.example $folder/bench.example]}
    }]
    figure "65,536 nodes read, checked, made into zones" ms [dict get $values ours] named-compilezone \
        [dict get $values named] {<= 1.0}
    figure "list of 1,000 subnets" ms [subnet_rates list 1 1000 [many_subnets 1000]] "" "" {<= 50}
    foreach {count clients} {1000 1 10 1 10 16} {
        set git {}
        for {set i 0} {$i < $::runs} {incr i} {
            lappend git [value commits [bench git_commit [tmp git[incr ::harness::counter]] $count $::seconds]]
        }
        set files [many_subnets $count]
        if {$clients == 1} {
            figure "a node changed and committed, $count subnets" 1/s [subnet_rates change 1 $count $files] \
                "libgit2, one commit" $git {>= 0.3}
        }
        if {$count == 10} {
            figure "addresses allocated, $clients clients" 1/s [subnet_rates allocate $clients $count $files] \
                "libgit2, one commit" $git {>= 0.3}
        }
    }
}
