# SPDX-License-Identifier: ISC
# Promise: what the connection dialog says about a server is true: good, not allowed, not there, no such
# host, an ipadmd or a chat server instead, something that speaks another language, or nothing at all.
source [file join [file dirname [info script]] .. harness.tcl]
variable folder [file dirname [file normalize [info script]]]

# {STATUS TEXT PROGRAM} of each endpoint.
proc try_all {args} {
    set job [Job new [file join $::harness::bin .. tests tcl opdesk_tclsh] -encoding utf-8 \
        [file join $::folder try-all.tcl] [file join $::folder .. .. tcl] [bin ipadmh] {*}$args]
    equal [$job wait 60000] 0
    equal [$job err] ""
    return [split [string trimright [$job out] \n] \n]
}

# Something else that listens: says `greeting` to whoever comes, or nothing for ever.
proc stranger {greeting} {
    set server [socket -server [list apply {{greeting chan host port} {
        fconfigure $chan -translation binary -buffering none
        puts -nonewline $chan $greeting
    }} $greeting] -myaddr 127.0.0.1 0]
    return tcp:127.0.0.1:[lindex [fconfigure $server -sockname] 2]
}

test each_kind_of_server_is_told_from_the_others {
    set d [daemon]
    ask $d --title Backup "Insert tape 2"
    pending_is $d 1
    set files [ipadmd -files [list Subnet_2.sdb [subnet_text 2] Subnet_7.sdb [subnet_text 7]] \
        -args {--listen tcp:127.0.0.1:0}]
    set chat [opchatd]
    set said [try_all [$d unix] [$d tcp] [$files unix] [$files tcp] [$chat unix] unix:/nowhere/sock \
        tcp:127.0.0.1:1 tcp:nowhere.invalid:8979 "not one" [stranger "HTTP/1.1 400 Bad Request\r\n\r\n"]]
    equal [lmap line $said {lindex $line 0}] {ok denied ok denied other failed failed failed failed failed}
    equal [lmap line $said {lindex $line 2}] {mediachanged mediachanged ipadmd ipadmd opchatd {} {} {} {} {}}
    foreach line $said pattern {{^1$} {.} {^2$} {.} {^opchatd$} {No such file} {refused} \
        {name or service not known|no such|name} {.} {.}} {
        check {[regexp -nocase $pattern [lindex $line 1]]} "$pattern: $line"
    }
}

test silent_server_is_not_waited_for_long {
    set said [try_all [stranger ""]]
    equal [lindex $said 0 0] failed
    matches [lindex $said 0 1] {no answer|hello}
}

finish
