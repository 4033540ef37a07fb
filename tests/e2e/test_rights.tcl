# SPDX-License-Identifier: ISC
# Promise: over plain TCP one may ask, and confirm and withdraw what one asked, and no more.  Operators
# are known by their UNIX credentials, or are addresses that the configuration names.
source [file join [file dirname [info script]] .. harness.tcl]

test plain_tcp_may_not_operate {
    set d [daemon]
    set job [ask $d question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set peer [Peer new [$d tcp] desk]
    foreach {method params} [list \
        alert.list {} alert.subscribe {} alert.history {} alert.stats {} \
        alert.show [list id $id] alert.claim [list id $id] alert.snooze [list id $id for_ms 1000] \
        alert.note [list id $id note x] alert.shown [list id $id desk x] alert.answer [list id $id answer_id [uuid] label Ok]] {
        equal [fails {$peer call $method {*}$params}] denied $method
    }
    equal [llength [pending $d]] 1
    set r [run [bin mediachangeq] -s [$d tcp] list]
    equal [dict get $r status] 77
    matches [dict get $r err] {: only operators may do this: the daemon's user, root and members of its group of operators, through its UNIX socket\n$}
}

test hello_says_who_is_an_operator {
    set d [daemon]
    set tcp [Peer new [$d tcp]]
    set hello [$tcp call hello proto 1 program test version 0 role desk]
    equal [dict get $hello operator] 0
    matches [dict get $hello you] {127\.0\.0\.1}
    set unix [Peer new [$d unix]]
    set hello [$unix call hello proto 1 program test version 0 role desk]
    equal [dict get $hello operator] 1
    matches [dict get $hello you] $::tcl_platform(user)
}

# A desk tells its own claims and answers by this.
test hello_says_who_you_are_in_the_form_of_claims_and_answers {
    set d [daemon -conf {insecure_operators = {"127.0.0.1"}}]
    foreach endpoint [list [$d unix] [$d tcp]] {
        set peer [Peer new $endpoint]
        set you [dict get [$peer call hello proto 1 program test version 0 role desk] you]
        set id [uuid]
        equal [dict get [$peer call alert.ask id $id text "mine" wait 0] asker] $you
        equal [dict get [$peer call alert.claim id $id] claimed_by] $you
        equal [dict get [$peer call alert.answer id $id answer_id [uuid] label Ok] by] $you
        equal [lmap line [dict get [$peer call alert.show id $id] life] {dict get $line by}] [list $you $you $you]
    }
}

test asker_cannot_withdraw_what_another_asked {
    set d [daemon]
    set peer [Peer new [$d unix] asker]
    set id [uuid]
    $peer begin alert.ask id $id text "mine"
    pending_is $d 1
    set other [Peer new [$d tcp] asker]
    check {[fails {$other call alert.withdraw id $id}] in {denied not_found}}
    check {[fails {$other call alert.confirm id $id}] in {denied not_found}}
    equal [llength [pending $d]] 1
}

test named_addresses_are_operators {
    set d [daemon -conf {insecure_operators = {"127.0.0.1"}}]
    set job [ask $d question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    equal [dict get [run [bin mediachangeq] -s [$d tcp] answer $id Ok] status] 0
    equal [$job wait] 0
}

test peers_outside_the_list_are_closed_and_logged {
    set d [daemon -conf {access = {"deny 127.0.0.1", "allow local"}}]
    set r [run [bin mediachangec] -s [$d tcp] --connect-timeout 2s question]
    check {[dict get $r status] in {4 77}} $r
    equal [dict get $r out] ""
    until 5000 {[$d logged {127\.0\.0\.1}] >= 1}
    set peer [Peer new [$d tcp]]
    $peer send "a line\n"
    until 5000 {[$peer closed]}
    equal [$peer received] ""
    equal [pending $d] {}
}

test unix_user_without_rights_is_no_operator {
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set d [daemon -conf {socket_mode = "0666"}]
    exec chmod 0711 $::harness::tmp [$d dir]
    set job [ask $d question]
    pending_is $d 1
    # nobody may ask through the socket, but not list
    set r [run setpriv --reuid=65534 --clear-groups [bin mediachangeq] -s [$d unix] list]
    equal [dict get $r status] 77 $r
}

finish
