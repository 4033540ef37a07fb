# SPDX-License-Identifier: ISC
# Promise: a travesty is made of any text, and ^C ends an upload or a download at once, leaving both
# sides in step; a client that speaks only lines is served too.
source [file join [file dirname [info script]] examples.tcl]

proc travestyd {} {
    set job [Job new [example travestyd] tcp:127.0.0.1:0]
    return [list $job [says $job {^listening tcp:127\.0\.0\.1:(\d+)$}]]
}

proc client {port} {
    set job [Job new -pipe 1 [example travesty] 127.0.0.1 $port]
    says $job {> $}
    return $job
}

# Type a line and wait until `pattern` has come after it: the new output.
proc type {job line pattern {ms 20000}} {
    set from [string length [$job out]]
    puts [$job chan] $line
    flush [$job chan]
    until $ms {[regexp -- $pattern [string range [$job out] $from end]] || [$job ended]} \
        "$pattern: [$job describe]"
    return [string range [$job out] $from end]
}

proc big_text {name words} {
    set path [tmp $name]
    set f [open $path w]
    set x 1
    for {set i 0} {$i < $words} {incr i} {
        set x [expr {($x * 1103515245 + 12345) & 0x7fffffff}]
        puts -nonewline $f "w[expr {$x % 5000}][expr {$i % 11 == 0 ? "\n" : " "}]"
    }
    close $f
    return $path
}

test conversation_of_a_person {
    lassign [travestyd] server port
    set c [client $port]
    matches [type $c help {> $}] {analyze +FILE}
    type $c "analyze /does/not/exist" {> $}
    matches [$c err] {cannot read /does/not/exist: No such file}
    write [tmp poem] "the cat sat on the mat\n.\nthe cat ran\n"
    matches [type $c "analyze [tmp poem]" {> $}] {^analyzing\.\.\.processed 7 words\n> $}
    set text [type $c "generate 200" {> $}]
    equal [regexp -all {\S+} [string range $text 0 end-3]] 200
    matches [type $c "generate none" {> $}] {positive number}
    type $c reset {> $}
    matches [type $c "generate 3" {> $}] {no text}
    puts [$c chan] goodbye
    flush [$c chan]
    equal [$c wait] 0
    until 5000 {[regexp {reaped \d+ with exit 0} [$server err]]}
    matches [$server err] {server started on tcp:127}
    matches [$server err] {connection from \S+ \[127\.0\.0\.1\] at port \d+}
    matches [$server err] {begat \d+}
}

test interrupt_ends_a_download_and_the_next_one_is_whole {
    lassign [travestyd] server port
    set c [client $port]
    type $c "analyze [big_text words 20000]" {processed \d+ words\n> $}
    foreach round {1 2 3} {
        puts [$c chan] "generate 400000000"
        flush [$c chan]
        set from [string length [$c raw]]
        until 10000 {[string length [$c raw]] > $from + 100000} "a download"
        $c signal INT
        until 15000 {[string match "*interrupted!\n> " [string range [$c raw] end-40 end]]} {[$c describe]}
        set text [type $c "generate 300" {> $}]
        equal [regexp -all {\S+} [string range $text 0 end-3]] 300
    }
}

test interrupt_after_the_last_word_is_answered {
    lassign [travestyd] server port
    set c [client $port]
    write [tmp small] "a b c d e f g a b c x y z\n"
    type $c "analyze [tmp small]" {processed}
    # ^C anywhere round the end of a short download, and the conversation goes on
    for {set round 0} {$round < 30} {incr round} {
        puts [$c chan] "generate [expr {$round * 60 + 1}]"
        flush [$c chan]
        $c signal INT
        set text [type $c reset {> ?$}]
        type $c "analyze [tmp small]" {processed \d+ words}
    }
    check {[$server err] ne "" && ![regexp {ended:} [$server err]]} [$server err]
}

test interrupt_ends_an_upload_and_what_was_read_stays {
    lassign [travestyd] server port
    set c [client $port]
    set path [big_text long 3000000]
    puts [$c chan] "analyze $path"
    flush [$c chan]
    says $c {analyzing}
    $c signal INT
    until 20000 {[regexp {interrupted!\nprocessed \d+ words\n> $} [$c out]]} {[$c describe]}
    type $c "analyze [big_text again 5000]" {processed \d+ words\n> $}
    equal [regexp -all {\S+} [string range [type $c "generate 50" {> $}] 0 end-3]] 50
}

test second_interrupt_at_the_prompt_ends {
    lassign [travestyd] server port
    set c [client $port]
    $c signal INT
    until 5000 {[regexp {Press \^C again to exit} [$c out]]} {[$c describe]}
    type $c reset {> $}
    $c signal INT
    until 5000 {[regexp -all {Press \^C again to exit} [$c out]] == 2} {[$c describe]}
    check {![$c ended]}
    $c signal INT
    equal [$c wait] 0
}

test plain_lines_with_lone_newlines_are_served {
    need nc
    lassign [travestyd] server port
    set r [run -in "DATA\na b c a b d\n.\nGENERATE 4\nBYE\n" nc 127.0.0.1 $port]
    matches [dict get $r out] {^200 [^\n]*\r\n201 [^\n]*\r\n202 4 [^\n]*\r\n203 [^\n]*\r\n[^\n]+\r\n\.\r\n$}
}

test a_peer_that_goes_away_leaves_nothing {
    lassign [travestyd] server port
    set c [client $port]
    type $c "analyze [big_text words 20000]" {processed \d+ words\n> $}
    puts [$c chan] "generate 400000000"
    flush [$c chan]
    until 10000 {[string length [$c raw]] > 100000}
    $c signal KILL
    $c wait
    until 5000 {[regexp {reaped \d+} [$server err]]} {[$server err]}
    $server signal TERM
    equal [$server wait] 0
}

finish
