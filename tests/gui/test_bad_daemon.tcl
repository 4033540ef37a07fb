# SPDX-License-Identifier: ISC
# Promise: a daemon that is silent, slow, talks garbage, is of another version or dies half-way is told, with
# what to do; the desk stays as quick as ever, and goes on when the daemon is well again.
source [file join [file dirname [info script]] view.tcl]

# A daemon that is played, over TCP.  `how`: well silent slow garbage version dies; it may change.
oo::class create Bad {
    variable how listening in out visits

    constructor {what} {
        set how $what
        set visits 0
        set in {}
        set out {}
        set listening [socket -server [list [namespace which my] Accept] -myaddr 127.0.0.1 0]
    }
    destructor {
        close $listening
        foreach chan [dict keys $in] {
            catch {close $chan}
        }
    }
    method endpoint {} {
        return tcp:127.0.0.1:[lindex [fconfigure $listening -sockname] 2]
    }
    method becomes {what} {
        set how $what
    }
    method visits {} {
        return $visits
    }
    method Accept {chan host port} {
        incr visits
        fconfigure $chan -translation binary -blocking 0 -buffering none
        dict set in $chan ""
        if {$how eq "garbage"} {
            puts -nonewline $chan "220 mail.example ESMTP\r\n"
        }
        fileevent $chan readable [list [namespace which my] Readable $chan]
    }
    method Readable {chan} {
        dict append in $chan [read $chan]
        if {[eof $chan]} {
            my Close $chan
            return
        }
        while {[dict exists $in $chan] && [binary scan [dict get $in $chan] Iu length]
            && [string length [dict get $in $chan]] >= 4 + $length} {
            set message [mp::unpack [string range [dict get $in $chan] 4 [expr {3 + $length}]]]
            dict set in $chan [string range [dict get $in $chan] [expr {4 + $length}] end]
            my Call $chan [lindex $message 2] [lindex $message 1]
        }
    }
    method Close {chan} {
        catch {close $chan}
        dict unset in $chan
    }
    method Call {chan method msgid} {
        if {$how eq "silent"} {
            return
        }
        switch $method {
            hello {
                if {$how eq "version"} {
                    my Send $chan [list arr [list {int 1} [list int $msgid] {map {code {int -1} name {str conflict}
                        message {str "this daemon speaks protocol 2, the client 1"}}} nil]]
                    return
                }
                my Reply $chan $msgid {map {proto {int 1} program {str mediachanged} version {str 1.0}
                    you {str me@desk} operator true now_at {int 1800000000000} from {str {127.0.0.1 4711}}}}
            }
            alert.subscribe {
                if {$how eq "dies"} {
                    puts -nonewline $chan [binary format Ia* 5000 "half of it"]
                    my Close $chan
                    return
                }
                my Reply $chan $msgid [list map [list seq {int 1} alerts [list arr [list [list map [list \
                    id [list str 0d2b0f6e-0000-4000-8000-000000000001] seq {int 1} version {int 1} asker {str root@alpha} \
                    from {str {alpha.example (192.0.2.7)}} title {str Backup} text {str {Insert tape 2}} kind {str okcancel} \
                    labels {arr {{str Ok} {str Cancel}}} severity {str warning} state {str pending} age_ms {int 10} \
                    ring_in_ms {int 900000} attempt {int 1}]]]]]]
            }
            default { my Reply $chan $msgid {map {}} }
        }
    }
    method Reply {chan msgid result} {
        my Send $chan [list arr [list {int 1} [list int $msgid] nil $result]]
    }
    method Send {chan rpc} {
        set payload [mp::pack $rpc]
        set frame [binary format I [string length $payload]]$payload
        if {$how eq "slow"} {
            dict append out $chan $frame
            if {[string length [dict get $out $chan]] == [string length $frame]} {
                my Dribble $chan
            }
        } else {
            catch {puts -nonewline $chan $frame}
        }
    }
    # A byte at a time, one message after the other.
    method Dribble {chan} {
        set bytes [dict get $out $chan]
        if {$bytes ne "" && [dict exists $in $chan] && ![catch {puts -nonewline $chan [string index $bytes 0]}]} {
            dict set out $chan [string range $bytes 1 end]
            after 6 [list [namespace which my] Dribble $chan]
        }
    }
}

# What a desk says about it, a line a change.
proc said {daemon {silence_ms 3000}} {
    return [Job new [file join $::harness::bin .. tests tcl opdesk_tclsh] -encoding utf-8 \
        [file join $::desk_folder said.tcl] [file join $::desk_folder .. .. tcl] [bin ipadmh] [$daemon endpoint] $silence_ms]
}

# One that is told and then well: STATE, what the status bar says, what the empty list says.
foreach {how state bar list} {
    silent down {no answer|hello} {Is the name right, and is mediachanged running there.*F5 tries now}
    garbage down {a message of} {speaks another language: is the port right}
    version failed {protocol 2} {versions that understand each other. F5 tries again}
    dies down {closed|ended|reset|half} {It is tried again by itself; F5 tries now}
} {
    test daemon_that_is_${how}_is_told_and_taken_when_it_is_well [string map [list @how $how @state $state @bar $bar @list $list] {
        set daemon [Bad new @how]
        set job [said $daemon]
        until 40000 {[regexp -line {^(down|failed) .*} [$job out] line]} "told"
        puts "     [lindex $line 0]: [lindex $line 1] | [lindex $line 2]"
        check {[string match @state [lindex $line 0]]}
        matches [lindex $line 1] {@bar}
        matches [join [lindex $line 2]] {@list}
        if {[lindex $line 0] eq "down"} {
            $daemon becomes well
            until 30000 {[regexp -line {^up .* 1$} [$job out]]} "well"
        }
        equal [$job err] ""
        $daemon destroy
    }]
}

test daemon_that_is_slow_is_waited_for {
    set daemon [Bad new slow]
    set job [said $daemon 12000]
    until 60000 {[regexp -line {^up .* 1$} [$job out]]} "its question"
    check {![regexp -line {^(down|failed)} [$job out]]} [$job out]
    equal [$job err] ""
}

# In windows: keys count while it is so.
test desk_works_while_its_daemon_is_bad {
    screen
    foreach how {silent garbage version dies} {
        set daemon [Bad new $how]
        lappend bad $daemon
        lappend options -s [$daemon endpoint]
    }
    set fake [Bad new slow]
    set desk [desk {*}$options -s [$fake endpoint]]
    until 60000 {[windows {opdesk \(1\)}] ne ""} "the question of the slow one"
    for {set n 0} {$n < 3} {incr n} {
        drawn
    }
    shot bad-daemons
    keys ctrl+k
    focus_on [lindex [windows_are 1 Connections] 0]
    # the whole reason of one that was selected
    xd key shift+Tab Down Down
    stays 300 {1} "drawn"
    shot bad-daemons-list
    equal [$desk err] ""
    foreach daemon $bad {
        check {[$daemon visits] >= 1 && [$daemon visits] < 60} "asked, and not too often: [$daemon visits]"
    }
}

finish
