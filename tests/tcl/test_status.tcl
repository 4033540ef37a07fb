# SPDX-License-Identifier: ISC
# What the foot of the desk says has happened: of what, and no longer than it is so.  Its widgets are played.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/clock app/helper app/rpc app/servers app/words app/alerts ui/status
namespace path {opdesk::app opdesk::ui}

set foot ""
namespace eval opdesk::ui::status {
    variable bar .bar
}
proc grid {what args} { if {$what eq "remove"} { set ::foot "" } }
proc pack {args} {}
namespace eval opdesk::theme { proc px {n} { return $n } }
namespace eval opdesk::ui::sign { proc get {args} {} }
proc .bar.news.sign {args} {}
proc .bar.news.text {configure -text text} {
    set ::foot [regsub {^\d\d:\d\d  } $text ""]
}
proc opdesk::app::rpc::call {args} {}

servers::start {unix:/s tcp:beta:8979}
foreach id {one two} {
    alerts::change 0 [list id $id seq 1 version 1 title "Backup $id" text "Insert tape" kind okcancel \
        labels {Ok Cancel} state pending ring_in_ms 3600000] 0
}

proc after_each {args} {
    return [lmap step $args {
        opdesk::ui::status::[lindex $step 0] {*}[lrange $step 1 end]
        set ::foot
    }]
}

test status_failure_says_of_what_and_ends_with_the_next_success {} {
    after_each {Action failed alert.snooze 0/one "Not done: not available at the moment."} {Action done alert.claim 0/two}
} {{Snooze: Not done: not available at the moment – Backup one: Insert tape} {}}

test status_success_on_another_server_is_not_that_one's {} {
    after_each {Action failed alert.claim 0/one "Not done: no."} {Answer done 1/x} {Answer done 0/two}
} {{I am on it: Not done: no – Backup one: Insert tape} {I am on it: Not done: no – Backup one: Insert tape} {}}

test status_trouble_ends_when_the_questions_have_come {} {
    after_each {Trouble 0 "not available at the moment"} {Trouble 1 ""} {Trouble 0 ""}
} {{unix:/s did not say what waits there, and is asked again: not available at the moment}\
 {unix:/s did not say what waits there, and is asked again: not available at the moment} {}}

test status_other_news_stay {of something else, which is over} {
    after_each {Trouble 0 "no"} {news "The note is saved."} {Trouble 0 ""}
} {{unix:/s did not say what waits there, and is asked again: no} {The note is saved.} {The note is saved.}}

done
