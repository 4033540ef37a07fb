# SPDX-License-Identifier: ISC
# Promise: a question asked by mediachangec is seen and answered by mediachangeq, and the asker prints
# the answer and nothing else.
source [file join [file dirname [info script]] .. harness.tcl]

test answer_is_printed_and_nothing_else {
    set d [daemon]
    set job [ask $d "Insert volume 2"]
    set id [dict get [lindex [pending_is $d 1] 0] id]
    set r [q $d answer $id Ok --note "tape 7"]
    equal [dict get $r status] 0 [dict get $r err]
    equal [$job wait] 0 [$job err]
    equal [$job raw] "Ok\n"
}

test original_form_asks_on_the_default_port_form {
    set d [daemon]
    set job [Job new [bin mediachangec] 127.0.0.1:[$d port] "Insert volume 2"]
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get $alert text] "Insert volume 2"
    q $d answer [dict get $alert id] Cancel
    equal [$job wait] 1
    equal [$job raw] "Cancel\n"
}

test ipv6_by_address {
    set d [daemon -args {--listen tcp:[::1]:0}]
    check {[regexp -line {^listening tcp:\[::1\]:(\d+)$} [[$d job] out] - port]}
    set desk [Desk new [$d unix]]
    foreach where [list \[::1\]:$port tcp:\[::1\]:$port] {
        equal [must [bin mediachangec] $where "Insert volume 2"] Ok $where
    }
}

test message_comes_from_standard_input {
    set d [daemon]
    set job [Job new -in "first line\nsecond line\n" [bin mediachangec] -s [$d unix] -]
    set alert [lindex [pending_is $d 1] 0]
    equal [string trimright [dict get $alert text]] "first line\nsecond line"
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0
}

test everything_asked_for_arrives {
    set d [daemon]
    set id [uuid]
    set job [ask $d --id $id --title "Nightly Zürich" --kind yesnocancel --severity critical \
        --tag tape --tag zurich --timeout 2h --default No --key nightly-7 "Grüße: 磁带 7?"]
    set alert [lindex [pending_is $d 1] 0]
    foreach {key want} [list id $id title "Nightly Zürich" kind yesnocancel severity critical \
        tags {tape zurich} default No key nightly-7 text "Grüße: 磁带 7?" labels {Yes No Cancel} \
        state pending attempt 1 waiting 1] {
        equal [dict get $alert $key] $want $key
    }
    check {[dict get $alert left_ms] > 7100000 && [dict get $alert left_ms] <= 7200000}
    q $d answer $id Yes
    equal [$job wait] 0
}

test options_end_at_two_dashes {
    set d [daemon]
    set job [ask $d -- "--not-an-option"]
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get $alert text] "--not-an-option"
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0
}

test quiet_prints_nothing_and_json_prints_the_alert {
    set d [daemon]
    set quiet [ask $d --quiet "one"]
    set json [ask $d --json "two"]
    foreach alert [pending_is $d 2] {
        q $d answer [dict get $alert id] Ok
    }
    equal [$quiet wait] 0
    equal [$quiet raw] ""
    equal [$json wait] 0
    set said [json [$json out]]
    equal [dict get $said answer] Ok
    equal [dict get $said state] answered
    equal [dict get $said text] two
}

test two_questions_get_each_its_own_answer {
    set d [daemon]
    set a [ask $d "job a"]
    set b [ask $d "job b"]
    foreach alert [pending_is $d 2] {
        q $d answer [dict get $alert id] [expr {[dict get $alert text] eq "job a" ? "Cancel" : "Ok"}]
    }
    equal [$a wait] 1
    equal [$b wait] 0
    equal [$a out],[$b out] "Cancel\n,Ok\n"
}

test long_text_arrives_whole {
    set d [daemon]
    set text [string repeat "sixteen bytes... " 900]
    set job [ask $d $text]
    set alert [lindex [pending_is $d 1] 0]
    equal [dict get $alert cut] 1
    check {[string length [dict get $alert text]] <= 512}
    set tool [Peer new [$d unix] tool]
    equal [dict get [$tool call alert.show id [dict get $alert id]] text] $text
    q $d answer [dict get $alert id] Ok
    equal [$job wait] 0
}

finish
