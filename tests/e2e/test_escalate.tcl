# SPDX-License-Identifier: ISC
# Promise: a question that nobody answers is escalated, level by level, each level once, whatever is
# restarted meanwhile; the command is told what it needs; what goes wrong with it is seen on the desks.
source [file join [file dirname [info script]] .. harness.tcl]

# A program that says that it ran, and with which environment and arguments.
proc witness {name {then "exit 0"}} {
    set path [tmp $name]
    write $path "#!/bin/sh
{ echo \"arguments \$#:\$*\"; env | grep -v ^PWD= | sort; ls /proc/self/fd | tr '\\n' ' '; echo; } >>$path.ran
echo \"hello from $name\"
$then
"
    file attributes $path -permissions 0700
    return $path
}
proc runs {path} {
    return [regexp -all -line {^arguments} [contents $path.ran]]
}

proc level {after command {more ""}} {
    return "escalate {\n after = \"$after\"\n command = $command\n $more\n}\n"
}

proc life {d id} {
    set tool [Peer new [$d unix] tool]
    set life [dict get [$tool call alert.show id $id] life]
    $tool destroy
    return $life
}

# Wait until the question's field is so.
proc field_is {d id field want} {
    until 10000 {[set got [lmap a [pending $d] {
        expr {[dict get $a id] eq $id && [dict exists $a $field] ? [dict get $a $field] : [continue]}
    }]] eq [list $want]} "$field of $id"
}

test levels_run_once_each_and_across_a_restart {
    set one [witness one]
    set two [witness two]
    # not in the order of time
    set d [daemon -conf [level 3s "\"$two\""][level 1s "\"$one\""]]
    set job [ask $d --title "Tape\x1b\[31m\nX-Evil: 1" "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    field_is $d $id escalated 1
    # a daemon that ends while it runs would say so instead
    until 5000 {[string match "*done in*" [life $d $id]]} "the first has run"
    $d crash
    $d start
    pending_is $d 1
    field_is $d $id escalated 2
    until 5000 {[runs $two] == 1}
    stays 1500 {[runs $one] == 1 && [runs $two] == 1}
    set life [lmap line [life $d $id] {
        expr {[dict get $line what] eq "escalated" ? "[dict get $line by]: [dict get $line note]" : [continue]}
    }]
    matches $life {^\{level 1: done in [^\}]+\} \{level 2: done in [^\}]+\}$}
    q $d answer $id Ok
    equal [$job wait] 0
    # closed questions tell it too
    set tool [Peer new [$d unix] tool]
    equal [dict get [lindex [dict get [$tool call alert.history] alerts] 0] escalated] 2
}

test command_knows_the_question_and_nothing_else {
    set path [witness knows]
    set d [daemon -conf [level 1s "{\"$path\", \"two words\", \"\$HOME\"}"] -env {SECRET x}]
    set job [ask $d --title "Tape\x1b\[31m\nX-Evil: 1" --severity critical --key k "Insert
volume 2\x07"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    field_is $d $id escalated 1
    until 5000 {[regexp {(?n)^0 1 2 } [contents $path.ran]]}
    set ran [contents $path.ran]
    foreach line [list {arguments 2:two words \$HOME} OPDESK_ID=$id OPDESK_SEVERITY=critical \
        OPDESK_KEY=k OPDESK_LEVEL=1 OPDESK_ATTEMPT=1 {OPDESK_AGE=[0-9]} OPDESK_ASKER=127.0.0.1 \
        {OPDESK_FROM=.*127\.0\.0\.1.*} {OPDESK_TITLE=Tape\\x1b\[31m\\x0aX-Evil: 1} \
        OPDESK_TEXT=Insert {volume 2\\x07} OPDESK_LABELS=Ok Cancel \
        OPDESK_SERVER=[$d unix] PATH=/usr/local/sbin:.*] {
        matches $ran (?n)^$line\$
    }
    check {![regexp {SECRET|X-Evil: 1\n.*^X-Evil} $ran]} $ran
    matches $ran {(?n)^0 1 2 3 $} "descriptors: 3 is the folder that ls reads"
    until 5000 {[$d logged {knows: hello from knows}] == 1}
}

test failure_is_told_on_the_desks {
    set d [daemon -conf [level 1s "\"[witness fails {exit 3}] 'a b'\""][level 2s "\"/nonexistent/prog\""][level 3s "\"[witness slow {exec sleep 60}]\"" {limit = "1s"}]]
    check {[$d logged {configuration: escalate 2: command: /nonexistent/prog: cannot be run: No such file}] == 1} "named at the start"
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    field_is $d $id escalation_error "failed with exit status 3"
    field_is $d $id escalation_error "cannot be run (exit status 127); the log says why"
    check {[$d logged {prog: cannot run: No such file}] == 1}
    field_is $d $id escalation_error "killed: it took longer than 1 s"
    check {[$d logged "warn: escalate: question $id: level 3: killed"] == 1}
    set shown [dict get [q $d show $id] out]
    matches $shown {level 3.*killed: it took longer}
}

test claim_and_snooze_hold_it_and_its_end_lets_it_go_on {
    set path [witness held]
    set d [daemon -conf [level 1s "\"$path\""]]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d claim $id
    stays 1500 {[runs $path] == 0}
    $d crash
    $d start
    pending_is $d 1
    stays 500 {[runs $path] == 0}
    q $d snooze $id 1h
    q $d claim $id 0
    stays 500 {[runs $path] == 0}
    q $d snooze $id 0
    until 5000 {[runs $path] == 1}
}

test command_that_ran_when_the_daemon_was_killed_is_not_run_again {
    set path [witness killed {exec sleep 60}]
    set d [daemon -conf [level 1s "\"$path\""]]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    until 5000 {[runs $path] == 1}
    $d crash
    $d start
    pending_is $d 1
    field_is $d $id escalation_error "result unknown: the daemon ended while it ran"
    stays 1500 {[runs $path] == 1}
}

test command_that_runs_while_the_daemon_is_restarted_in_place_runs_to_its_end {
    exec mkfifo [tmp go]
    set path [witness long "read x <'[tmp go]'; head -c 200000 /dev/zero && echo ended >'[tmp ended]'"]
    set d [daemon -conf [level 1s "\"$path\""]]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    until 5000 {[runs $path] == 1}
    # a program that has gone meanwhile is no reason to refuse the restart
    file delete $path
    [$d job] signal USR2
    field_is $d $id escalation_error "result unknown: the daemon ended while it ran"
    write [tmp go] "go\n"
    until 5000 {[file exists [tmp ended]]}
    equal [runs $path] 1
}

test output_is_bounded {
    set d [daemon -conf [level 1s "\"[witness chatty {i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done}]\""]]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    until 5000 {[llength [life $d $id]] == 2}
    check {[$d logged {chatty: line }] == 199}
    check {[$d logged {chatty: more output, which is not logged}] == 1}
}

test bad_sections_are_refused_with_their_reason {
    foreach {conf why} [list \
        "escalate \{ after = \"1s\" \}" {without command} \
        "escalate \{ command = \"/bin/true\" \}" {without after} \
        [level 0s "\"/bin/true\""] {after: expected a duration} \
        [level 1s "\"bin/true\""] {not an absolute path} \
        [level 1s "\"/bin/true 'open\""] {quote that is never closed} \
        [level 1s "\"\""] {without command} \
        [string repeat [level 1s "\"/bin/true\""] 9] {more than 8} \
        "escalate \{ after = \"1s\" \n color = \"red\" \}" {color: no such setting}] {
        set path [tmp]
        write $path $conf
        set r [run [bin mediachanged] --check -c $path]
        check {[dict get $r status] != 0} $conf
        matches [dict get $r err] $why
    }
}

# A start goes on without them, as the questions are what matters.
test check_names_programs_that_cannot_be_run_with_file_and_line {
    set path [tmp checked]
    set plain [tmp plain]
    write $plain "no program"
    foreach {conf line why} [list \
        [level 1s "\"/bin/true\""][level 2s "\"/nonexistent/prog now\""] 8 {escalate 2: command: /nonexistent/prog: cannot be run: No such file} \
        "#\nescalate \{ after = 1s command = no-such-program \}\n[level 1s sh]" 2 {no-such-program: cannot be run: No such file} \
        [level 1s "\{\"$plain\", \"x\"\}"] 3 "$plain: cannot be run: Permission denied" \
        [level 1s "/usr"] 3 "/usr: cannot be run: Permission denied" \
        "lease = 5s\ndesk = /nonexistent/desk\n" 2 {desk: /nonexistent/desk: cannot be run: No such file}] {
        write $path $conf
        set r [run [bin mediachanged] --check -c $path]
        equal [dict get $r status] 78 $conf
        matches [dict get $r err] "checked:$line: .*$why"
    }
    write $path "[level 1s sh][level 2s {{"/bin/true", "x"}}]desk = sh\n"
    equal [dict get [run [bin mediachanged] --check -c $path] status] 0
}

# What systemd does by the unit's KillMode (systemd.kill(5)), to the process ids of a unit.
proc stop_unit {pids} {
    regexp -line {^KillMode=(.*)$} [contents [file join [file dirname [info script]] .. .. packaging mediachanged.service.in]] - mode
    set main [lindex $pids 0]
    # a worker whose client has gone may have ended meanwhile
    catch {exec kill -TERM {*}[expr {$mode eq "control-group" ? $pids : $main}] 2>/dev/null}
    until 10000 {![running $main]}
    if {$mode eq "mixed"} {
        catch {exec kill -KILL {*}$pids 2>/dev/null}
    }
}

test programs_have_their_time_when_the_unit_is_stopped_and_the_daemon_its_order {
    set path [tmp slow]
    exec mkfifo $path.go
    write $path "#!/bin/sh
trap 'trap \"\" TERM; echo told >>$path.said; read go <$path.go; echo \$go >>$path.said; exit' TERM
echo began >>$path.said
while :; do read never <$path.never; done
"
    exec mkfifo $path.never
    file attributes $path -permissions 0700
    set d [daemon -conf [level 1s "\"$path\""]]
    set desk [Peer new [$d unix] desk]
    $desk call alert.subscribe
    set framed [ask $d "framed"]
    set line [Peer new [$d tcp]]
    until 10000 {[contents $path.said] eq "began\n"}
    $line send "one line\n"
    pending_is $d 2
    stop_unit [$d tree]
    until 5000 {[contents $path.said] eq "began\ntold\n"}
    set go [open $path.go {WRONLY NONBLOCK}]
    puts $go ended
    close $go
    until 2000 {[contents $path.said] eq "began\ntold\nended\n"}
    equal [[$d job] wait] 0
    until 5000 {[$line closed] && [$desk closed]}
    check {[lsearch -index 0 [$desk notes] server.closing] >= 0}
    check {![$framed ended]}
    $d start
    equal [lmap a [pending_is $d 1] {dict get $a text}] framed
    set tool [Peer new [$d unix] tool]
    matches [$tool call alert.history text "one line"] {daemon stopped}
}

finish
