# SPDX-License-Identifier: ISC
# Promise: who falls silent, or has a wrong clock, is told; the operators are asked through a real
# mediachanged, once a host, and the question goes when the host comes back or the watch ends.
source [file join [file dirname [info script]] net.tcl]

proc watch {words args} {
    set job [Job new {*}$words [bin opnet] watch {*}$args]
    return $job
}

# A sender of short beacons, or anything else, every 200 ms: the classical client in Perl.
proc perl_beacon {words text} {
    need perl
    return [Job new {*}$words perl -MIO::Socket::INET -e {
        my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "10.9.0.255:2070", Broadcast => 1) or die;
        while (1) { my $t = eval $ARGV[0]; send($s, $t, 0); select(undef, undef, undef, 0.2) }
    } $text]
}

test "beacons come at whole multiples of the interval, none missed, none doubled" {
    two_hosts
    set beacon [Job new {*}[on b] [bin opnet] beacon --interface v0 -i 2s -n 3 --json --host lamp]
    equal [$beacon wait 20000] 0
    set before ""
    foreach line [split [string trimright [$beacon out] \n] \n] {
        set at [dict get [json $line] sent_ms]
        check {$at % 2000 < 600} $line
        if {$before ne ""} {
            equal [expr {$at / 2000}] [expr {$before / 2000 + 1}]
        }
        set before $at
    }
}

test "a host is alive, silent, back; the table at the end" {
    two_hosts
    set watch [watch [on a] --interface v0 --silent-after 1]
    set beacon [Job new {*}[on b] [bin opnet] beacon --interface v0 -i 1s --host lamp]
    until 10000 {[regexp {lamp +10\.9\.0\.2 +alive, clock [+-]0\.\d+ s} [$watch out]]}
    $beacon signal TERM
    equal [$beacon wait] 0
    until 10000 {[regexp {lamp +10\.9\.0\.2 +silent since \d\d:\d\d:\d\d} [$watch out]]}
    set beacon [Job new {*}[on b] [bin opnet] beacon --interface v0 -i 1s --host lamp]
    until 10000 {[regexp {lamp +10\.9\.0\.2 +back, clock} [$watch out]]}
    $watch signal INT
    equal [$watch wait] 0
    matches [$watch out] {(?n)^lamp +10\.9\.0\.2 +alive +\d\d:\d\d:\d\d +[+-]0\.\d+ s$}
}

test "a silent host and a wrong clock are asked about, and no more when they are well" {
    two_hosts
    set d [daemon -wrap [on a]]
    set watch [watch [on a] -g 10.9.0.255 --silent-after 1 --period 1s --alert [$d unix]]
    set good {my $t = localtime; "$t/lamp"}
    set beacon [perl_beacon [on b] $good]
    until 10000 {[regexp {lamp +10\.9\.0\.2 +alive} [$watch out]]}
    equal [pending $d] {}
    $beacon destroy
    set alert [lindex [pending_is $d 1] 0]
    matches [dict get $alert text] {^lamp \(10\.9\.0\.2\) is silent since \d\d:\d\d:\d\d$}
    equal [dict get $alert labels] Ok
    # it comes back: the question goes
    set beacon [perl_beacon [on b] $good]
    pending_is $d 0
    matches [dict get [q $d history] out] "withdrawn"
    # its clock is off
    $beacon destroy
    set beacon [perl_beacon [on b] {my $t = localtime(time + 100); "$t/lamp"}]
    set alert [lindex [pending_is $d 1] 0]
    matches [dict get $alert text] {^The clock of lamp \(10\.9\.0\.2\) is off by \+1 min (39|40) s}
    # answered: not asked again while nothing changes
    q $d answer [dict get $alert id] Ok
    until 10000 {[regexp {an operator has seen to lamp} [$watch err]]}
    stays 1500 {[llength [pending $d]] == 0}
    # silence is something else to ask about; the end of the watch withdraws it
    $beacon destroy
    pending_is $d 1
    $watch signal TERM
    equal [$watch wait] 0
    pending_is $d 0
}

test "a watch that is killed leaves no question behind" {
    two_hosts
    set d [daemon -wrap [on a]]
    set watch [watch [on a] -g 10.9.0.255 --silent-after 1 --period 1s --alert [$d unix]]
    set beacon [perl_beacon [on b] {my $t = localtime; "$t/lamp"}]
    until 10000 {[regexp alive [$watch out]]}
    $beacon destroy
    pending_is $d 1
    $watch signal KILL
    pending_is $d 0
}

test "a network that is cut is a bounded number of questions" {
    two_hosts
    set d [daemon -wrap [on a]]
    set watch [watch [on a] -g 10.9.0.255 --silent-after 1 --period 1s --alert [$d unix]]
    set beacon [Job new {*}[on b] perl -MIO::Socket::INET -e {
        my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "10.9.0.255:2070", Broadcast => 1) or die;
        my $t = localtime;
        send($s, "$t/host$_", 0) for 1 .. 40;
    }]
    equal [$beacon wait] 0
    set alerts [pending_is $d 32 60000]
    until 10000 {[regexp {32 questions are open: more hosts are not asked about} [$watch err]]}
    stays 500 {[llength [pending $d]] == 32}
    # one that is answered makes room for the next
    set id [dict get [lindex $alerts 0] id]
    q $d answer $id Ok
    until 20000 {[llength [set now [pending $d]]] == 32 && $id ni [lmap alert $now {dict get $alert id}]}
    $watch signal TERM
    equal [$watch wait] 0
    pending_is $d 0
}

test "another time zone is no wrong clock; what is no beacon is passed over" {
    two_hosts
    set watch [watch [on a] -g 10.9.0.255 --for 1500ms --json]
    set zone [perl_beacon [on b] {my $t = localtime(time + 3600); "$t/elsewhere"}]
    set noise [perl_beacon [on b] {"\x00garbage/\xff"}]
    equal [$watch wait 15000] 0
    set summary {}
    foreach line [split [string trimright [$watch out] \n] \n] {
        set event [json $line]
        if {[dict get $event event] eq "summary"} {
            lappend summary [dict get $event host] [dict get $event clock]
        }
    }
    equal $summary {elsewhere {time zone?}}
}

test "names drive no terminal" {
    two_hosts
    set watch [watch [on a] -g 10.9.0.255]
    set beacon [perl_beacon [on b] {my $t = localtime; "$t/ev\xe2\x80\xae\xc2\x9bil"}]
    until 10000 {[regexp alive [$watch out]]}
    check {![regexp "\u202e|\u009b" [$watch out]]}
    matches [$watch out] {ev\\u202e}
}

test "who could ask nobody says so at once" {
    file copy [bin opnet] [tmp opnet]
    set r [run env PATH=[tmp .] [tmp opnet] watch --alert unix:]
    equal [dict get $r status] 1
    matches [dict get $r err] {^opnet: --alert: nobody could be asked: cannot run mediachangec: No such file}
    write [tmp mediachangec] ""
    file attributes [tmp mediachangec] -permissions 0644
    matches [dict get [run env PATH=[tmp .] [tmp opnet] watch --alert unix:] err] {mediachangec: Permission denied}
}

finish
