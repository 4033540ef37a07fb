# SPDX-License-Identifier: ISC
# Promise: mediachangec's exit status tells the answer, for every kind of question, and --exit-map
# changes it.
source [file join [file dirname [info script]] .. harness.tcl]

# Ask with `options`, answer with `label`: {status output}.
proc outcome {d options label args} {
    set job [ask $d {*}$options "question"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set r [q $d answer $id $label {*}$args]
    equal [dict get $r status] 0 "mediachangeq answer $label: [dict get $r err]"
    $job wait
    set result [list [$job status] [string trimright [$job out] \n]]
    $job destroy
    return $result
}

test every_answer_of_every_kind {
    set d [daemon]
    foreach {options answers} {
        {--kind ok} {Ok 0}
        {--kind okcancel} {Ok 0 Cancel 1}
        {} {Ok 0 Cancel 1}
        {--kind yesno} {Yes 0 No 1}
        {--kind yesnocancel} {Yes 0 No 1 Cancel 2}
        {--kind retrycancel} {Retry 0 Cancel 1}
        {--kind abortretryignore} {Abort 1 Retry 0 Ignore 2}
        {--button Left --button Right --button Middle --button None} {Left 0 Right 1 Middle 2 None 2}
    } {
        foreach {label status} $answers {
            equal [outcome $d $options $label] [list $status $label] "$options $label"
        }
    }
}

test text_is_printed_and_is_0 {
    set d [daemon]
    set job [ask $d --ask-text "Which drive?"]
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get $alert kind] text
    set tool [Peer new [$d unix] tool]
    $tool call alert.answer id [dict get $alert id] answer_id [uuid] label Ok text "drive 2 ä"
    equal [$job wait] 0
    equal [$job out] "drive 2 ä\n"
    equal [lindex [outcome $d --ask-text Cancel] 0] 1
}

test exit_map_changes_the_status {
    set d [daemon]
    equal [outcome $d {--exit-map no=2} Cancel] {2 Cancel}
    equal [outcome $d {--exit-map yes=7,no=9} Ok] {7 Ok}
    equal [outcome $d {--kind yesnocancel --exit-map other=40} Cancel] {40 Cancel}
    set r [run [bin mediachangec] -s [$d tcp] --timeout 50ms --exit-map timeout=0 --default Ok x]
    equal [dict get $r status] 0
    equal [dict get $r out] "Ok\n"
    set r [run [bin mediachangec] -s tcp:127.0.0.1:1 --connect-timeout 1s --exit-map unreachable=75 x]
    equal [dict get $r status] 75
}

test wrong_use_is_64_and_says_how {
    foreach arguments {
        {}
        {--no-such-option h m}
        {--kind nonsense h m}
        {--timeout 5parsecs h m}
        {--exit-map no h m}
        {--exit-map no=300 h m}
        {--exit-map perhaps=1 h m}
        {--severity loud h m}
        {--id 123 h m}
        {--for gzip h m}
        {onlyhost}
        {-s tcp:127.0.0.1:1 one two three}
        {ftp:host m}
        {-s tls:host:https-but-not m}
        {--connect-timeout 0 h m}
    } {
        set r [run [bin mediachangec] {*}$arguments]
        equal [dict get $r status] 64 "mediachangec $arguments: [dict get $r err]"
        equal [dict get $r out] "" "mediachangec $arguments"
        check {[dict get $r err] ne ""} "mediachangec $arguments"
    }
}

test output_that_cannot_be_written_is_said {
    set d [daemon]
    foreach {program arguments} [list mediachangec --help mediachangec --version mediachangeq --help \
        opdesk --help opdesk --version ipadmh --help ipadmh --version \
        mediachanged --help mediachanged --version mediachanged --check ipadmd --help opchatd --version \
        opchat --help opnet {time --help} mediachangec "--check -s [$d unix]"] {
        set r [run sh -c "exec [bin $program] $arguments >/dev/full"]
        equal [dict get $r status] 70 "$program $arguments: $r"
        matches [dict get $r err] {cannot write to standard output: No space left}
    }
}

test the_bound_of_a_duration_is_told {
    foreach {program arguments} [list mediachangec {--timeout 99999d h m} mediachangeq {--since 99999d history} \
        opdesk {--interval 99999d}] {
        set r [run [bin $program] {*}$arguments]
        equal [dict get $r status] 64 $r
        matches [dict get $r err] {a duration such as .*at most 10000d} "$program $arguments"
    }
    matches [dict get [run [bin mediachangeq] snooze [uuid] 99999d] err] {a duration such as .*, at most 30d, not "99999d"}
}

# "ftp:x" reads as a host called ftp and a service called x.
test an_endpoint_of_no_known_kind_is_wrong_use {
    foreach {program arguments status} {
        opdesk {-s ftp:x} 64 opdesk {--subnets ftp:x} 64 mediachangeq {-s ftp:x list} 64
        mediachanged {-f --listen ftp:x} 78 mediachanged {--check --listen ftp:x} 78
        opnet {watch --alert ftp:x} 64 opnet {time ftp:x} 64 opnet {echo ftp:x} 64 opnet {echod --listen ftp:x} 64
    } {
        set r [run [bin $program] {*}$arguments]
        equal [dict get $r status] $status "$program $arguments: $r"
        matches [dict get $r err] {ftp:x.*neither a number nor a service}
    }
}

test an_argument_of_the_helper_is_named {
    set r [run [bin ipadmh] --desk]
    equal [dict get $r status] 64
    equal [dict get $r err] "ipadmh: unexpected argument: --desk\nipadmh: try ipadmh --help\n"
}

# Some programs write them in capitals.
test an_id_in_capitals_is_the_same_id {
    set d [daemon]
    set id [uuid]
    set job [ask $d --id [string toupper $id] "question"]
    pending_is $d 1
    until 5000 {[string match "*nobody is looking*" [$job err]]} {[$job err]}
    q $d answer $id Ok
    equal [$job wait] 0
}

# What the daemon would refuse for its form is found when the job is set up, not when it asks.
test wrong_words_are_64_before_anything_is_asked {
    set d [daemon]
    foreach {options why} [list \
        {--button a --button a} {"a" twice} \
        [list --button "a\nb"] {control character} \
        [list --tag ""] {1 to 60 bytes} \
        [list --tag [string repeat x 61]] {1 to 60 bytes} \
        [lrepeat 34 --tag] {at most 16} \
        [list --tag "a\tb"] {control character}] {
        set r [run [bin mediachangec] -s [$d tcp] {*}$options "question"]
        equal [dict get $r status] 64 "$options [dict get $r err]"
        matches [dict get $r err] $why
    }
    equal [pending $d] {}
}

test nul_in_a_message_is_shown {
    set d [daemon]
    set job [Job new -in "a\0b" [bin mediachangec] -s [$d tcp] -]
    equal [dict get [lindex [pending_is $d 1] 0] text] {a\x00b}
}

test help_and_version_are_0 {
    foreach program {mediachangec mediachangeq mediachanged} {
        set r [run [bin $program] --help]
        equal [dict get $r status] 0 $program
        matches [dict get $r out] "(?i)usage.*$program" $program
        set r [run [bin $program] --version]
        equal [dict get $r status] 0 $program
        matches [dict get $r out] "^$program .*\\d+\\.\\d+" $program
    }
}

test full_standard_output_is_no_yes {
    set d [daemon]
    set job [Job new sh -c {exec "$@" >/dev/full} sh [bin mediachangec] -s [$d tcp] question]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    q $d answer $id Ok
    check {[$job wait] ni {0 1 2 3}} "status of an answer that could not be written"
    check {[$job err] ne ""}
}

# A script that captures the text must not get a label in its place.
test text_that_nobody_has_typed_is_no_label {
    set d [daemon]
    foreach label {Ok Cancel} {
        set r [run [bin mediachangec] -s [$d tcp] --ask-text --timeout 1ms --default $label --exit-map timeout=0 "which tape?"]
        equal [dict get $r status] 0 $r
        equal [dict get $r out] ""
    }
}

# Its last moment, in which the question is taken back: the history has the answer, so has the script.
test answer_that_meets_the_time_out_counts {
    set fake [Job new perl [file join [file dirname [info script]] .. harness manners.pl] late]
    until 20000 {[regexp {(\d+) late} [$fake out] - port]} {[$fake describe]}
    set r [run [bin mediachangec] -s tcp:127.0.0.1:$port --timeout 1ms --default Cancel "question"]
    equal [dict get $r status] 0 $r
    equal [dict get $r out] "Ok\n"
}

test a_desk_without_any_home_says_what_names_one {
    if {[exec id -u] != 0} {
        skip root "needs another user's credentials"
    }
    set r [run setpriv --reuid 54321 --clear-groups env -u HOME [bin opdesk] -s tcp:127.0.0.1:1]
    equal [dict get $r status] 78 $r
    matches [dict get $r err] {no home directory .*name one with HOME}
}

finish
