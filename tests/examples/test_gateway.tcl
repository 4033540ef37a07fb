# SPDX-License-Identifier: ISC
# Promise: examples/gateway shows what is pending as plain, escaped HTML, and nothing can be answered
# through it.
source [file join [file dirname [info script]] examples.tcl]

proc cgi {method socket} {
    set r [run env REQUEST_METHOD=$method MEDIACHANGED_SOCKET=$socket [example gateway]]
    equal [dict get $r status] 0 $r
    return [dict get $r out]
}

test pending_questions_are_shown_escaped {
    set d [daemon]
    set socket [string range [$d unix] 5 end]
    set page [cgi GET $socket]
    matches $page {^Status: 200 OK\r?\n}
    matches $page {There are none}
    set job [ask $d "Insert <b>volume</b> \"3\" & go"]
    pending_is $d 1
    set page [cgi GET $socket]
    matches $page {Insert &lt;b&gt;volume&lt;/b&gt; &quot;3&quot; &amp; go}
    check {![regexp {<(form|input|button|script|a )} $page]} $page
    regexp {Content-Length: (\d+)} $page - length
    set body [string range $page [string first <!DOCTYPE $page] end]
    equal [string length [encoding convertto utf-8 $body]] $length
    set head [cgi HEAD $socket]
    matches $head "Content-Length: "
    check {![regexp DOCTYPE $head]} $head
    matches [cgi POST $socket] {^Status: 405 }
    pending_is $d 1
    $job signal TERM
}

test a_daemon_that_is_not_there_is_a_gateway_error {
    set r [run env REQUEST_METHOD=GET MEDIACHANGED_SOCKET=[tmp none] [example gateway]]
    matches [dict get $r out] {^Status: 502 }
    matches [dict get $r err] {no such file}
    check {![regexp [tmp none] [dict get $r out]]}
    matches [must [example gateway] --help] {REQUEST_METHOD}
    equal [dict get [run [example gateway]] status] 64
}

finish
