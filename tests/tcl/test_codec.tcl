# SPDX-License-Identifier: ISC
# opdesk::codec against the independent MessagePack of tests/harness.
source [file join [file dirname [info script]] common.tcl]

proc code {script} {
    catch {uplevel 1 $script} message options
    return [dict get $options -errorcode]
}

test call_has_its_types {from the method table} {
    unframe [opdesk::codec call 7 42 alert.snooze {id 01234567-89ab-4def-8123-456789abcdef for_ms 60000}]
} {{7 {0 42 alert.snooze {{id 01234567-89ab-4def-8123-456789abcdef for_ms 60000}}}}}

test call_with_a_time_limit {third element} {
    lindex [unframe [opdesk::codec call 7 1 alert.list {} 1500]] 0 2
} 1500

test call_text_stays_text {digits are no number for a str} {
    set bytes [opdesk::codec call 7 1 alert.note {id 01234567-89ab-4def-8123-456789abcdef note 12}]
    expr {[string first note\xa212 $bytes] > 0}
} 1

test call_carries_any_character {beyond the first plane too, by Tcl's utf-8} {
    set note "ü €[encoding convertfrom utf-8 \xf0\x9f\x92\xbe] \u202e"
    set bytes [opdesk::codec call 7 1 alert.note [list id 01234567-89ab-4def-8123-456789abcdef note $note]]
    expr {[dict get [lindex [unframe $bytes] 0 1 3 0] note] eq $note
        && [string first \xf0\x9f\x92\xbe $bytes] > 0}
} 1

test call_of_an_unknown_method {} { code {opdesk::codec call 7 1 no.such {}} } {OPDESK CODEC unknown_method}
test call_misspelled_parameter {} {
    code {opdesk::codec call 7 1 alert.list {foo 1}}
} {OPDESK CODEC bad_request}
test call_missing_parameter {} { code {opdesk::codec call 7 1 alert.show {}} } {OPDESK CODEC bad_request}
test call_wrong_type {} {
    code {opdesk::codec call 7 1 alert.snooze {id 01234567-89ab-4def-8123-456789abcdef for_ms soon}}
} {OPDESK CODEC bad_request}
test call_params_are_no_dict {} { code {opdesk::codec call 7 1 alert.list {a}} } {OPDESK CODEC bad_request}
test call_msgid_is_ours {below 2^31} {
    list [code {opdesk::codec call 7 0 alert.list {}}] [code {opdesk::codec call 7 2147483648 alert.list {}}]
} {{OPDESK CODEC bad_request} {OPDESK CODEC bad_request}}
test notify_cancel {} {
    unframe [opdesk::codec notify 0 {$/cancel} {msgid 9 link 7}]
} {{0 {2 {$/cancel} {{msgid 9 link 7}}}}}

test decode_values {map, array, text, binary, numbers, booleans; nil is left out} {
    set in [frame 3 {arr {{int 2} {str alert.changed} {arr {{map {
        a {str "ü"} b {bin \x00\xff} c {int -5} d true e nil f {arr {{int 1} {str x}}}
    }}}}}}]
    set message [lindex [opdesk::codec decode in] 0]
    list $message $in
} [list [list link 3 type notify method alert.changed params \
    [list a ü b \x00\xff c -5 d 1 f {1 x}]] {}]

test decode_response_and_error {} {
    set in [frame 7 {arr {{int 1} {int 5} nil {map {x {int 1}}}}}]
    append in [frame 7 {arr {{int 1} {int 6} {map {code {int -4} name {str not_found} message {str gone}
        data {map {id {str 1}}}}} nil}}]
    lmap message [opdesk::codec decode in] {
        dict remove $message link type
    }
} {{msgid 5 result {x 1}} {msgid 6 error {name not_found message gone data {id 1}}}}

test decode_byte_by_byte {any split gives the same} {
    set whole [string repeat [frame 7 {arr {{int 1} {int 5} nil {str hello}}}] 3]
    set in ""
    set n 0
    foreach byte [split $whole ""] {
        append in $byte
        incr n [llength [opdesk::codec decode in]]
    }
    list $n $in
} {3 {}}

test decode_good_before_bad {what is good comes first, then the error} {
    set in [frame 7 {arr {{int 2} {str ping} {arr {}}}}]\x00\x00\x00\x00
    list [llength [opdesk::codec decode in]] [code {opdesk::codec decode in}]
} {1 {OPDESK CODEC protocol}}

foreach {name bytes} [list \
    zero_length \x00\x00\x00\x00 too_large \x01\x00\x00\x00 garbage "HTTP/1.1 400 Bad" \
    no_messagepack \x00\x00\x00\x01\xc1 no_envelope \x00\x00\x00\x01\x05 \
    huge_count \x00\x00\x00\x05\xdd\xff\xff\xff\xff \
    wrong_rpc [frame 7 {arr {{int 9} {int 1}}}] no_link [frame 7 nil]
] {
    test decode_$name {is an error} -body {
        set in $bytes
        lindex [code {opdesk::codec decode in}] 1
    } -result CODEC
}

test decode_partial_is_not_an_error {} {
    set in [string range [frame 7 {arr {{int 2} {str ping} {arr {}}}}] 0 end-1]
    opdesk::codec decode in
} {}

test plain_shows_what_hides {} {
    list [opdesk::system plain "a\u202eb\x1b\n"] [opdesk::system plain "a\nb\r" 1]
} [list {a\u202eb\x1b\x0a} "a\nb\\x0d"]

done
