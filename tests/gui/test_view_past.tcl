# SPDX-License-Identifier: ISC
# Promise: of a history of many thousand questions in the real daemon every one comes to the desk, and none
# twice; one of 100,000 is scrolled through without a stop, and found by words, host and time.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] gaps.tcl]
need sqlite3

variable rows 100000

# A daemon that has had so many questions, one a minute, by two hosts in turn; the newest ended just now.
proc old_daemon {rows} {
    set d [daemon]
    set job [ask $d --title Backup "Insert tape 0"]
    pending_is $d 1
    q $d answer [dict get [lindex [pending $d] 0] id] Ok
    $job wait
    $d stop
    set columns "version, key, asker, \"from\", title, kind, labels, severity, tags, default_label, timeout_ms, \
        deadline_at, attempt, wait, line, state, joined, answer, text_answer, answer_id, by, desk, note, reason, \
        confirmed, claimed_by, claimed_until, snoozed_until"
    set sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows - 1)
        INSERT INTO alert (seq, id, host, text, created_at, closed_at, $columns)
        SELECT alert.seq + i, printf('00000000-0000-4000-8000-%012d', i),
            CASE i % 2 WHEN 0 THEN 'alpha' ELSE 'beta' END, printf('Insert tape %d, please', i),
            created_at + i, [clock milliseconds] - ($rows - i) * 60000, $columns FROM alert, n;"
    set file [lindex [glob [$d state]/*.db] 0]
    set r [run sqlite3 -batch $file $sql]
    equal [dict get $r status] 0 [dict get $r err]
    $d start
    return $d
}

proc past_desk {d} {
    set ::env(OPDESK_GAPS) [gaps_file]
    set desk [desk -s [$d unix]]
    focus_on [main_window]
    return $desk
}

test every_question_of_the_past_comes_once {
    set rows 20000
    set d [old_daemon $rows]
    set job [Job new [file join $::harness::bin .. tests tcl opdesk_tclsh] -encoding utf-8 \
        [file join $::desk_folder page-all.tcl] [file join $::desk_folder .. .. tcl] [bin ipadmh] [$d unix]]
    equal [$job wait 120000] 0
    set ids [split [string trimright [$job out] \n] \n]
    equal [llength $ids] $rows "all of them"
    equal [llength [lsort -unique $ids]] $rows "none twice"
    # the newest first: the one that was really asked, though it was the first to be asked
    for {set i [expr {$rows - 1}]} {$i > 0} {incr i -1} {
        lappend wanted [format 00000000-0000-4000-8000-%012d $i]
    }
    check {[lrange $ids 1 end] eq $wanted} "in the order of their end: [lrange $ids 0 3] … [lrange $ids end-3 end]"
}

test past_is_scrolled_page_by_page {
    screen
    set d [old_daemon $::rows]
    set desk [past_desk $d]
    set gaps [gaps_of {
        xd key ctrl+h
        until 20000 {[rows_shown] >= 100} "the first page"
        until 60000 {[xd key End; rows_shown] >= 3700} "page by page, until the first ones are let go"
        xd key Home
    }]
    puts "     longest gap [lindex $gaps 0] ms, run by the desk itself [lindex $gaps 2] ms"
    check {[lindex $gaps 2] < 300 && [lindex $gaps 0] < 3000} "gaps: $gaps"
    shot history-scrolled
    equal [$desk err] ""
}

test old_questions_are_found_by_words_host_and_time {
    screen
    set d [old_daemon $::rows]
    set desk [past_desk $d]
    xd key ctrl+h
    until 20000 {[rows_shown] >= 100} "the first page"
    xd key ctrl+f
    # 4711, 14711, 24711 …
    xd type "4711, please"
    until 20000 {[rows_shown] == $::rows / 10000} "by words"
    # odd ones are of beta
    xd key Tab
    xd type alpha
    until 20000 {[rows_shown] == 0} "by host"
    xd key Escape
    until 20000 {[rows_shown] == $::rows / 10000} "of all hosts again"
    xd key ctrl+f Escape Tab Tab
    choose_below 2
    # one a minute
    until 30000 {[rows_shown] == 100} "the last day, its first page"
    xd key ctrl+f Tab Tab
    choose_below 4
    # an hour of long ago
    set from [expr {[clock seconds] / 3600 * 3600 - 30 * 86400}]
    drawn
    focus_on [main_window]
    xd type [clock format $from -format "%Y-%m-%d %H:%M"]
    xd key Tab
    xd type [clock format [expr {$from + 3600}] -format "%Y-%m-%d %H:%M"]
    until 30000 {[rows_shown] == 60} "an hour"
    shot history-an-hour
    equal [$desk err] ""
}

finish
