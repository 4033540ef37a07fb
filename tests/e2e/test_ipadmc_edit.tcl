# SPDX-License-Identifier: ISC
# Promise: `ipadmc edit` never loses what was typed: what the check does not like can be edited again, what others
# changed meanwhile is merged or shown as a conflict to decide, and when anything else comes between, the text is
# kept where it says.
source [file join [file dirname [info script]] .. harness.tcl]

set tug tug1:192.0.2.33:0200c0ffee01:ferry::bridge
set lamp lamp:192.0.2.34:0200c0ffee02:::no\ alias

proc one_subnet {} {
    return [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug $::lamp]]]
}

# An editor whose n-th start runs the n-th of the shell commands, with $1 the file; the last one again and again.
proc editor {args} {
    set dir [tmp]
    file mkdir $dir
    set n 0
    foreach command $args {
        write $dir/[incr n] $command\n
    }
    write $dir/editor "n=\$((\$(cat $dir/n 2>/dev/null || echo 0) + 1)); echo \$n >$dir/n\n\[ \$n -le $n ] || n=$n\n. $dir/\$n\n"
    return "sh $dir/editor"
}

# ipadmc edit with what is typed at its questions.
proc edit {daemon editor typed args} {
    set job [Job new -in $typed -env [list VISUAL $editor TMPDIR $::harness::tmp] \
        [bin ipadmc] -s [$daemon unix] edit 2 {*}$args]
    $job wait 60000
    return [dict create status [$job status] out [$job out] err [$job err]]
}

proc copies {} {
    return [glob -nocomplain -directory $::harness::tmp ipadmc-*/*]
}

# Where it said that the text is.
proc kept {result} {
    matches [dict get $result err] {your text is kept in (\S+)}
    regexp {your text is kept in (\S+)} [dict get $result err] - path
    at_end [list file delete -force [file dirname $path]]
    return [contents $path]
}

proc is_locked {daemon} {
    set peer [$daemon peer]
    set locked [dict exists [get $peer Subnet_2] lock]
    $peer destroy
    return $locked
}

test saved_with_a_comment_and_unlocked {
    set d [one_subnet]
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] "moved to the mole\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {^Subnet_2\.sdb: commit [0-9a-f]{10}\n$}
    matches [dict get $r err] "-$::tug\n\\+[string map {bridge mole} $::tug]\n"
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]
    matches [must [bin ipadmc] -s [$d unix] log 2 -n 1] {moved to the mole}
    equal [copies] ""
    check {![is_locked $d]}
}

test message_on_the_command_line_asks_nothing {
    set d [one_subnet]
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] "" -m "because"]
    equal [dict get $r status] 0 $r
    check {![string match *Comment* [dict get $r err]]}
}

# By the table of methods; its end is there.
test comment_that_is_too_long_is_asked_for_again {
    set d [one_subnet]
    set long [string repeat é 999]x
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] "$long.!\n$long.\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {it may have 2000 bytes}
    set peer [$d peer]
    equal [dict get [lindex [dict get [$peer call sdb.log file Subnet_2.sdb] commits] 0] message] $long.
    $peer destroy
    set r [edit $d false "" -m $long.!]
    equal [dict get $r status] 64 $r
    matches [dict get $r err] {--message: it may have 2000 bytes, not 2001}
}

test locked_while_it_is_edited {
    set d [one_subnet]
    set seen [tmp]
    set r [edit $d [editor "[bin ipadmc] -s [$d unix] list >$seen; sed -i s/bridge/mole/ \"\$1\""] "x\n"]
    equal [dict get $r status] 0 $r
    matches [contents $seen] {Subnet_2 .*locked by .* for another}
}

test nothing_changed_nothing_written {
    set d [one_subnet]
    set r [edit $d [editor true] ""]
    equal [dict get $r status] 0
    matches [dict get $r err] {nothing has been changed}
    equal [copies] ""
    check {![is_locked $d]}
}

test error_then_mended {
    set d [one_subnet]
    set r [edit $d [editor {echo 'bad_name:192.0.2.300::::' >>"$1"} {sed -i '$s/.*/good:192.0.2.30::::/' "$1"}] "x\ne\na good one\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {Subnet_2\.sdb:9:1: error: .*label_bad.*\(e\)dit again, or \(d\)iscard your changes\? \(e\)dit}
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp good:192.0.2.30::::]
}

test error_then_discarded {
    set d [one_subnet]
    set r [edit $d [editor {echo 'bad_name:192.0.2.300::::' >>"$1"}] "d\n"]
    equal [dict get $r status] 1
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp]
    equal [copies] ""
    check {![is_locked $d]}
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] "d\n"]
    equal [dict get $r status] 1 "discarded at the comment"
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp]
}

test a_file_that_had_errors_may_be_saved_with_them_but_not_with_new_ones {
    set d [ipadmd -files [list Subnet_2.sdb [subnet_text 2 $::tug bad_name:192.0.2.5::::]]]
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] "s\ncomment\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {\(s\)ave anyway}
    set r [edit $d [editor {echo 'worse_name:192.0.2.6::::' >>"$1"}] "s\ncomment\nd\n"]
    equal [dict get $r status] 1 $r
    matches [dict get $r err] {refused, as it would bring errors}
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] bad_name:192.0.2.5::::]
}

# As vi on the server does it.
proc by_hand {daemon from to} {
    set path [$daemon subnet Subnet_2.sdb]
    return "sed 's/$from/$to/' $path >[$daemon dir]/new && mv [$daemon dir]/new $path"
}

test what_others_changed_meanwhile_is_merged {
    set d [one_subnet]
    set r [edit $d [editor "[by_hand $d {no alias} {an alias}]\nsed -i s/bridge/mole/ \"\$1\""] "two at once\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r out] {merged with what had been changed meanwhile}
    equal [contents [$d subnet Subnet_2.sdb]] \
        [subnet_text 2 [string map {bridge mole} $::tug] [string map {{no alias} {an alias}} $::lamp]]
}

test conflict_is_shown_in_the_file_and_decided_there {
    set d [one_subnet]
    set seen [tmp]
    set r [edit $d [editor "[by_hand $d bridge harbour]\nsed -i s/bridge/mole/ \"\$1\"" \
        true "cp \"\$1\" $seen; sed -i '/^<<<</d; /^=====/,/^>>>>/d' \"\$1\""] "mine\ne\ne\nmine after all\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {1 conflict, between <<<<<<< and >>>>>>>}
    # the second time the marks were left in it
    matches [dict get $r err] {line 7 is a mark of a conflict}
    set mine [string map {bridge mole} $::tug]
    set theirs [string map {bridge harbour} $::tug]
    equal [contents $seen] [subnet_text 2 "<<<<<<< yours" $mine ======= $theirs ">>>>>>> theirs" $::lamp]
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $mine $::lamp]
    equal [copies] ""
}

test locked_by_somebody_else_is_said_and_not_edited {
    set d [one_subnet]
    set p [$d peer]
    $p call sdb.lock file Subnet_2 session [uuid]
    set r [edit $d [editor "touch [tmp started]"] ""]
    equal [dict get $r status] 1
    matches [dict get $r err] {locked by .* for another}
    check {![file exists [tmp started]]}
}

test a_lock_that_was_taken_over_keeps_the_text {
    set d [ipadmd -conf {lock = "1s"} -files [list Subnet_2.sdb [subnet_text 2 $::tug $::lamp]]]
    set go [tmp]
    set job [Job new -in "mine\n" -env [list VISUAL [editor "sed -i s/bridge/mole/ \"\$1\"; touch $go.on; until \[ -e $go ]; do :; done"] \
        TMPDIR $::harness::tmp] [bin ipadmc] -s [$d unix] edit 2]
    until 10000 {[file exists $go.on]}
    set p [$d peer]
    until 10000 {![catch {$p call sdb.lock file Subnet_2 session [uuid]}]}
    write $go ""
    equal [$job wait] 1 [$job err]
    matches [$job err] {has taken over your lock}
    matches [kept [dict create err [$job err]]] mole
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp]
}

test a_daemon_that_is_gone_keeps_the_text_and_it_can_be_put {
    set d [one_subnet]
    set r [edit $d [editor "kill -KILL [join [$d tree]]; sed -i s/bridge/mole/ \"\$1\""] "mine\n"]
    equal [dict get $r status] 4 $r
    matches [kept $r] mole
    # it was waited for, and not without a word
    equal [regexp -all {the daemon is away; trying again} [dict get $r err]] 1
    matches [dict get $r err] {ipadmc put Subnet_2\.sdb (\S+) --base [0-9a-f]{40}}
    regexp {ipadmc (put .*)} [dict get $r err] - again
    $d start
    # the session that is gone has its lock for a time of grace
    must [bin ipadmc] -s [$d unix] unlock 2
    equal [dict get [run [bin ipadmc] -s [$d unix] {*}$again] status] 0
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]
}

test a_daemon_that_was_started_again_takes_it {
    set d [one_subnet]
    set go [tmp]
    set job [Job new -in "mine\n" -env [list VISUAL [editor "sed -i s/bridge/mole/ \"\$1\"; touch $go.on; until \[ -e $go ]; do :; done"] \
        TMPDIR $::harness::tmp] [bin ipadmc] -s [$d unix] edit 2]
    until 10000 {[file exists $go.on]}
    $d crash
    $d start
    write $go ""
    equal [$job wait] 0 [$job err]
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 [string map {bridge mole} $::tug] $::lamp]
}

test a_signal_keeps_the_text_ends_the_editor_and_frees_the_lock {
    set d [one_subnet]
    foreach signal {HUP TERM} {
        set on [tmp]
        set job [Job new -env [list VISUAL [editor "sed -i s/bridge/mole/ \"\$1\"; echo \$\$ >$on; while :; do :; done"] \
            TMPDIR $::harness::tmp] [bin ipadmc] -s [$d unix] edit 2]
        until 10000 {[string match *\n [contents $on]]}
        $job signal $signal
        equal [$job wait] SIG$signal
        matches [kept [dict create err [$job err]]] mole
        until 5000 {![running [string trim [contents $on]]]}
        check {![is_locked $d]}
    }
    equal [contents [$d subnet Subnet_2.sdb]] [subnet_text 2 $::tug $::lamp]
}

test a_terminal_that_is_gone_keeps_the_text {
    set d [one_subnet]
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"}] ""]
    equal [dict get $r status] 4
    # and the next time it is told again
    regexp {your text is kept in (\S+)} [dict get $r err] - path
    matches [dict get [edit $d [editor true] ""] err] "an earlier text of yours is still in $path"
    matches [kept $r] mole
    check {![is_locked $d]}
}

test an_editor_that_fails_is_asked_about {
    set d [one_subnet]
    set r [edit $d [editor {exit 3} {sed -i s/bridge/mole/ "$1"}] "e\nx\n"]
    equal [dict get $r status] 0 $r
    matches [dict get $r err] {the editor ended with status 3}
    # at its question the terminal is gone: a text that nobody has touched is not kept
    set before [copies]
    set r [edit $d [editor {exit 3}] ""]
    check {![string match *kept* [dict get $r err]]} $r
    equal [copies] $before
}

test an_editor_that_is_not_there_is_named_and_nothing_is_left {
    set d [one_subnet]
    set before [copies]
    set r [edit $d "/no/such/editor -x" ""]
    equal [dict get $r status] 69 $r
    matches [dict get $r err] {"/no/such/editor -x" \(VISUAL\) cannot be started; set VISUAL or EDITOR}
    check {![string match *kept* [dict get $r err]]} $r
    equal [copies] $before
    check {![is_locked $d]}
    # with work in it the choice is the user's
    set r [edit $d [editor {sed -i s/bridge/mole/ "$1"; exit 127}] "d\n"]
    equal [dict get $r status] 1 $r
}

test a_new_subnet_is_made {
    set d [one_subnet]
    write [tmp new] [subnet_text 9]
    set job [Job new -in "" -env [list VISUAL "cp [tmp new]" TMPDIR $::harness::tmp] [bin ipadmc] -s [$d unix] edit 9 -m new]
    equal [$job wait] 0 [$job err]
    equal [contents [$d subnet Subnet_9.sdb]] [subnet_text 9]
}

finish
