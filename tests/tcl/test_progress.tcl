# SPDX-License-Identifier: ISC
# What the editor says of the publication of what was stored in it, without a window: it is told of its own
# and of no other.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/words app/servers app/sdb_list app/sdb_publish ui/subnetprogress

opdesk::app::servers::start {unix:/there}
opdesk::app::sdb_publish::Status 0 ok {enabled 1}

# The editor .w and its bar .w.bar.
namespace eval opdesk::ui::subnet {}
proc opdesk::ui::subnet::key {w} { return 0/Subnet_7.sdb }
proc opdesk::ui::subnet::say {w text {sign ""}} { lappend ::said $text }
proc opdesk::ui::subnetprogress::Show {path w} {}
proc opdesk::ui::subnetprogress::Draw {path w} {}
proc opdesk::ui::subnetprogress::End {path w} { Forget $w }
foreach part {event .w.bar.stop .w.bar.why} {
    proc $part {args} {}
}
foreach signal {publishing published} {
    opdesk::app::signal::on $signal [list opdesk::ui::subnetprogress::[string totitle $signal] .w.bar .w]
}
proc work {event args} {
    opdesk::ui::subnetprogress::Work .w.bar .w 0/Subnet_7.sdb $event {*}$args
}
proc note {what args} {
    opdesk::app::sdb_publish::Note 0 sdb.$what $args
}
# Stored as c2, then what is heard; what was said after that, and does the bar go on?
proc heard {notes} {
    work putting
    work done {version v2 commit c2 merged 0}
    set ::said {}
    foreach words $notes {
        note {*}$words
    }
    set result [list [lmap text $::said {string map {"Stored as c2. " ""} $text}] \
        [dict exists $opdesk::ui::subnetprogress::runs .w]]
    opdesk::ui::subnetprogress::Forget .w
    return $result
}

test progress-1 {the end of a publication that was going on is none of ours; that of the next is} {
    heard {
        {publishing step reload commits {c1 c0}}
        {published state published changed 3 commits {c1 c0}}
    }
} {{} 1}

test progress-5 {nor is that of one whose beginning is heard late, when ours is stored and not in it} {
    heard {
        {publishing step generate commits {c1 c0}}
        {publishing step check commits {c1 c0}}
        {published state unchanged commits {c1 c0}}
        {publishing step generate commits {c2 c1 c0}}
    }
} {{{Publishing: generating files …}} 1}

test progress-2 {one that begins afterwards has it, whatever else is in it} {
    heard {
        {published state published changed 3 commits c1}
        {publishing step generate commits {c3 c2 c1}}
        {publishing step check commits {c3 c2 c1}}
        {published state failed reason {no room} commits {c3 c2 c1}}
    }
} {{{Publishing: generating files …} {Publishing: checking them …} {Not published: no room. Servers go on with what they had.}} 0}

test progress-3 {one that had begun with our commit before we heard that it was stored} {
    heard {
        {publishing step check commits {c2 c1}}
        {published state published changed 1 commits {c2 c1}}
    }
} {{{Publishing: checking them …} {Published: 1 files changed.}} 0}

test progress-4 {one that could not begin} {
    heard {{published state failed reason {no directory}}}
} {{{Not published: no directory. Servers go on with what they had.}} 0}

done
