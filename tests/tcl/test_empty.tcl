# SPDX-License-Identifier: ISC
# What an empty list says: which server is the matter, and what to do, in every state there is.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/clock app/helper app/rpc app/servers app/words ui/empty
namespace path {opdesk::app opdesk::ui}

proc opdesk::app::rpc::call {args} {}
set running 1
proc opdesk::app::helper::running {} { return $::running }

# ENDPOINT STATE REASON PROGRAM of each server; what is said, a line each.
proc said {servers {what waiting}} {
    servers::start [lmap {endpoint state reason program} $servers {set endpoint}]
    set index -1
    foreach {endpoint state reason program} $servers {
        servers::Set [incr index] state $state reason $reason program $program
    }
    lassign [expr {$what eq "waiting" ? [empty::waiting] : [empty::disconnected "Add one."]}] head hint code button
    return [string trim [join [list $head $hint $code [lindex $button 0]] \n]]
}

test empty_no_server {} { said {} } "This desk has no server.
Add the mediachanged whose questions to show.

Connections …"

test empty_connecting {} { said {tcp:alpha:8979 connecting "" ""} } "Connecting to tcp:alpha:8979 …"

test empty_nothing_waits {} { said {tcp:alpha:8979 up "" mediachanged} } "No questions are waiting.
A job asks with mediachangec; its question opens a window here.
Try it in a terminal:
mediachangec -s tcp:alpha:8979 \"Insert tape 2\""

test empty_command_can_be_pasted {where the desk is connected, whatever its name; three of many} {
    list [lindex [split [said {tcp:[::1]:8979 up "" mediachanged}] \n] end] \
        [lindex [split [said {{unix:/tmp/it's here} up "" mediachanged}] \n] end] \
        [regexp -all mediachangec\ -s [said {a up "" mediachanged b up "" mediachanged c up "" mediachanged d up "" mediachanged}]]
} {{mediachangec -s 'tcp:[::1]:8979' "Insert tape 2"} {mediachangec -s 'unix:/tmp/it'\''s here' "Insert tape 2"} 3}

test empty_down {} { said {unix:/run/opdesk/mediachanged.sock down "No such file or directory" ""} } \
    "Not connected to unix:/run/opdesk/mediachanged.sock.
No such file or directory.
Is the name right, and is mediachanged running there? It is tried again by itself; F5 tries now.

Connections …"

test empty_denied {the advice is another over TCP} {
    list [said {unix:/s denied "operators only." mediachanged}] [said {tcp:alpha:8979 denied "operators only" mediachanged}]
} {{Not allowed to see the questions of unix:/s.
It says: operators only. Your user there must be in the group that its configuration names as operators.} {Not allowed to see the questions of tcp:alpha:8979.
It says: operators only. Over plain TCP one may ask, but not see questions: connect by ssh:USER@HOST.}}

test empty_failed {} { said {tcp:alpha:8979 failed "the daemon speaks protocol 2, we speak 1" ""} } \
    "tcp:alpha:8979 cannot be used.
It is not tried again by itself, because: the daemon speaks protocol 2, we speak 1. Desk and server must be of versions\
 that understand each other. F5 tries again.

Connections …"

test empty_several {one that is up does not hide those that are not} {
    list [said {a down refused "" b denied no mediachanged}] [said {a up "" mediachanged b down refused ""}]
} {{None of the 2 servers can be asked.
a: not connected: refused
b: connected, but not allowed: no

Connections …} {No questions are waiting where this desk is connected.
Nothing is known of these servers:
b: not connected: refused

Connections …}}

test empty_many {are not all named} {
    llength [split [said {a down r "" b down r "" c down r "" d down r "" e down r ""}] \n]
} 7

test empty_other_daemons {have no questions and are not waited for} {
    list [said {a up "" ipadmd}] [said {a up "" mediachanged b down refused ipadmd}]
} {{This desk has no server with questions.
a is ipadmd. Add a mediachanged.

Connections …} {No questions are waiting.
A job asks with mediachangec; its question opens a window here.
Try it in a terminal:
mediachangec -s a "Insert tape 2"}}

test empty_helper {} {
    set ::running 0
    set said [said {a down "cannot run ipadmh" ""}]
    set ::running 1
    set said
} "The helper is not running.
It is started again by itself: cannot run ipadmh"

test empty_history {without a server} { said {} history } "This desk has no server.
Add one.

Connections …"

done
