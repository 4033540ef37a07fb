# SPDX-License-Identifier: ISC
# What this desk has shown and what was read here (app/seen.tcl), fed by hand.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/clock app/helper app/rpc app/servers app/words app/alerts app/windows app/answers \
    app/actions app/seen
namespace path opdesk::app

# Calls are kept instead of being sent.
proc opdesk::app::servers::call {index method params callback args} {
    lappend ::calls [list $method [dict get $params id] $callback]
}
proc fresh {args} {
    foreach key [dict keys [alerts::all]] {
        signal::emit alert dropped $key [alerts::get $key]
    }
    set ::opdesk::app::alerts::alerts {}
    foreach id $args {
        alerts::change 0 [list id $id seq 1 version 1 text T kind okcancel labels {Ok Cancel} state pending \
            ring_in_ms 3600000] 0
    }
    set ::calls {}
    set ::told {}
}
proc told {} {
    return [lmap call $::calls {
        if {[lindex $call 0] ne "alert.shown"} {
            continue
        }
        lindex $call 1
    }]
}
signal::on seen {keep told}

test new_until_it_is_read {and read once} {
    fresh a b
    set before [seen::news]
    seen::read 0/a
    seen::read 0/a
    list $before [seen::news] [seen::is_new 0/a] [seen::is_new 0/b] $::told
} {2 1 0 1 0/a}

test window_is_shown {it is read only when somebody asked for it, or puts it aside} {
    fresh a b c
    signal::emit window open 0/a {} 0
    signal::emit window open 0/b {} 1
    windows::put_aside 0/a
    list [lsort [told]] [lmap key {0/a 0/b 0/c} {seen::is_new $key}]
} {{a b} {0 0 1}}

test acting_is_reading {} {
    fresh a b
    signal::emit answer sending 0/a
    signal::emit action done alert.claim 0/b
    seen::news
} 0

test shown_is_told_once_and_again_when_it_did_not_arrive {} {
    fresh a b
    seen::shown 0/a
    seen::shown 0/a
    seen::shown 0/b
    {*}[lindex $::calls 0 2] ok {}
    {*}[lindex $::calls 1 2] error {name unavailable message away}
    set first [told]
    set ::calls {}
    signal::emit server.up 0
    signal::emit server.up 1
    list $first [told]
} {{a b} b}

test server_that_knows_nothing_of_it_is_not_told_again {} {
    fresh a
    seen::shown 0/a
    {*}[lindex $::calls 0 2] error {name unknown_method message ""}
    set ::calls {}
    signal::emit server.up 0
    told
} {}

test ended_is_forgotten {one that comes again is new} {
    fresh a
    seen::shown 0/a
    seen::read 0/a
    alerts::snapshot 0 {} 0
    alerts::change 0 {id a seq 2 version 1 text T kind ok labels Ok state pending} 0
    list [seen::is_new 0/a] [seen::news] [dict size $::opdesk::app::seen::shown]
} {1 1 0}

test reconnection_makes_nothing_new {} {
    fresh a b
    seen::read 0/a
    alerts::snapshot 0 [list {id a seq 1 version 1 text T kind ok labels Ok state pending} \
        {id b seq 2 version 1 text T kind ok labels Ok state pending}] 0
    list [seen::is_new 0/a] [seen::news]
} {0 1}

done
