# SPDX-License-Identifier: ISC
# Promise: frames and lines are served over TLS 1.3, on listeners that are TLS and, told by the first
# byte, on plain TCP; clients check the server's name and authority; clients without the certificate
# that is asked for, with old versions, or who say nothing, are turned away with one clear line.
source [file join [file dirname [info script]] common.tcl]
source [file join [file dirname [info script]] .. harness helper.tcl]
need openssl

set keys [tmp keys]
file mkdir $keys
# A certificate for `names`, by an authority of ours; by itself: NAME.pem and NAME.key.
proc certificate {name subject {names DNS:localhost,IP:127.0.0.1} {ca ca}} {
    set new [list openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj $subject \
        -keyout $::keys/$name.key -batch]
    if {$name eq $ca} {
        must {*}$new -x509 -days 2 -out $::keys/$name.pem
        return
    }
    must {*}$new -out $::keys/$name.csr
    write $::keys/$name.ext "subjectAltName=$names\n"
    must openssl x509 -req -days 2 -in $::keys/$name.csr -CA $::keys/$ca.pem -CAkey $::keys/$ca.key \
        -CAcreateserial -extfile $::keys/$name.ext -out $::keys/$name.pem
}
certificate ca "/CN=Harbour authority"
certificate other "/CN=Somebody" "" other
certificate server /CN=localhost
certificate lena "/O=Harbour/CN=lena" DNS:lena
certificate away /CN=elsewhere DNS:elsewhere.example.org

proc secure {{server server} {more ""} args} {
    return [daemon -conf "tls_certificate = \"$::keys/$server.pem\"\ntls_key = \"$::keys/$server.key\"\n$more" \
        -args {--listen tls:127.0.0.1:0} {*}$args]
}
proc port_of {d} {
    check {[regexp -line {^listening tls:127\.0\.0\.1:(\d+)$} [[$d job] out] - port]}
    return $port
}
proc tls {d} {
    return tls:localhost:[port_of $d]
}
# What mediachangec says of it, and its status.
proc says {d endpoint args} {
    set job [Job new -env $args [bin mediachangec] --connect-timeout 8s -s $endpoint "Insert volume 2"]
    $job wait
    return [list [$job status] [$job out][$job err]]
}

test frames_and_lines_on_both_kinds_of_listeners {
    set d [secure]
    set desk [Desk new [$d unix]]
    foreach where [list [tls $d] tls:[string range [$d tcp] 4 end]] {
        set p [Peer new $where asker]
        equal [dict get [$p call alert.ask id [uuid] text "over TLS"] answer] Ok
        set line [Peer new $where]
        $line send "Insert volume 2\n"
        line_gets $line Ok\n
    }
    # beside plain ones
    set p [Peer new [$d tcp] asker]
    equal [dict get [$p call alert.ask id [uuid] text plain] answer] Ok
    set line [Peer new [$d tcp]]
    $line send "Insert volume 2\n"
    line_gets $line Ok\n
    clean $d
}

test a_desk_has_links_over_tls {
    set d [secure server {insecure_operators = {"127.0.0.1"}}]
    set h [Helper new -env [list OPDESK_TLS_CA $::keys/ca.pem]]
    set link [$h open [tls $d]]
    $h reaches $link up
    equal [dict get [$h call $link alert.stats] pending] 0
    equal [$h stop] 0
}

test much_in_both_directions_stays_whole {
    set d [secure server {insecure_operators = {"127.0.0.1"}}]
    set p [Peer new [tls $d] tool]
    set text [string repeat "0123456789abcdef" 1000] ;# a list shows its beginning
    set asked {}
    for {set i 0} {$i < 60} {incr i} {
        lappend asked [$p begin alert.ask id [uuid] text $text$i wait 0]
    }
    foreach id $asked {
        $p end $id
    }
    $p reading 0
    set lists {}
    for {set i 0} {$i < 40} {incr i} {
        lappend lists [$p begin alert.list]
    }
    $p reading 1
    foreach id $lists {
        set alerts [dict get [$p end $id] alerts]
        equal [llength $alerts] 60
        equal [lsort -unique [lmap a $alerts {string range [dict get $a text] 0 499}]] [list [string range $text 0 499]]
    }
    clean $d
}

test a_daemon_without_a_certificate_is_asked_about_that {
    set d [daemon]
    set r [run [bin mediachangec] --connect-timeout 1s tls:[string range [$d tcp] 4 end] question]
    equal [dict get $r status] 4
    matches [dict get $r err] {does its mediachanged speak TLS, and allow this host}
    clean $d
}

test clients_check_whom_they_speak_with {
    set d [secure]
    set desk [Desk new [$d unix]]
    equal [says $d [tls $d] OPDESK_TLS_CA $::keys/ca.pem] [list 0 Ok\n]
    equal [says $d tls:127.0.0.1:[port_of $d] OPDESK_TLS_CA $::keys/ca.pem] [list 0 Ok\n]
    lassign [says $d [tls $d] OPDESK_TLS_CA $::keys/other.pem] status said
    equal $status 77
    matches $said {the certificate is not accepted: .*(issuer|verify)}
    lassign [says $d [tls $d]] status said
    equal $status 77
    set d [secure away]
    lassign [says $d [tls $d] OPDESK_TLS_CA $::keys/ca.pem] status said
    equal $status 77
    matches $said {the certificate is not accepted: .*mismatch}
}

# A file of ours is our fault, and not the daemon's: every client says so before it connects.
test files_of_the_environment_are_named_with_what_is_wrong {
    set k $::keys
    write $k/odd.pem nonsense
    write $k/odd "nonsense, too"
    exec openssl pkey -in $k/lena.key -aes128 -passout pass:secret -out $k/locked.key 2>/dev/null
    set programs {mediachangec text mediachangeq list ipadmc list mediachangec {--line text}}
    foreach {variables said} [list \
        "CA $k/none.pem" {CA: \S+/none\.pem: No such file} \
        "CA $k/odd.pem CERT $k/lena.pem KEY $k/lena.key" {CA: \S+/odd\.pem: no certificate} \
        "CA $k/lena.key" {CA: \S+/lena\.key: no certificate} \
        "CERT $k/odd.pem CA $k/odd" {CERT: \S+/odd\.pem: no start line} \
        "CERT $k/lena.pem CA $k/ca.pem" {CERT: \S+/lena\.pem: no key of its own} \
        "CERT $k/lena.pem KEY $k/lena.pem" {KEY: \S+/lena\.pem: no key in it} \
        "CERT $k/lena.pem KEY $k/other.key" {KEY: \S+/other\.key: key values mismatch} \
        "CERT $k/lena.pem KEY $k/locked.key" {KEY: \S+/locked\.key: it is encrypted} \
        "KEY $k/lena.key" {KEY: \S+/lena\.key: a key without a certificate} \
    ] {
        set env [concat {*}[lmap {name file} $variables {list OPDESK_TLS_$name=$file}]]
        # by turns: it is one function for all
        set programs [lassign $programs program words]
        lappend programs $program $words
        set r [run env {*}$env [bin $program] -s tls:127.0.0.1:9 {*}$words]
        equal [dict get $r status] 64 "$variables: $program: $r"
        matches [dict get $r err] "^$program: OPDESK_TLS_$said"
        equal [regexp -all OPDESK_TLS_ [dict get $r err]] 1
    }
}

# It was good when the endpoint was read, and is just being replaced, say.
test a_file_that_goes_bad_later_is_waited_for {
    set ca $::keys/changing.pem
    file copy -force $::keys/ca.pem $ca
    set env [list OPDESK_TLS_CA $ca]
    set d [secure server {insecure_operators = {"127.0.0.1"}}]
    set job [Job new -env $env [bin mediachangec] -s [tls $d] "Insert volume 2"]
    set follow [Job new -env $env [bin mediachangeq] -s [tls $d] follow]
    until 10000 {[string match "*Insert volume 2*" [$follow out]]} {[$follow describe]}
    set nobody [Job new -env $env [bin mediachangec] --connect-timeout 2s -s tls:127.0.0.1:1 "Insert volume 3"]
    until 10000 {[string match "*connection refused*" [$nobody err]]} {[$nobody describe]}
    file delete $ca
    $d kill worker
    until 10000 {[string match "*lost, asking again*" [$job err]]} {[$job describe]}
    until 10000 {[string match "*connection lost*" [$follow err]]} {[$follow describe]}
    equal [$nobody wait] 4
    matches [$nobody err] {tls:127\.0\.0\.1:1: OPDESK_TLS_CA: \S+changing\.pem: No such file}
    until 10000 {[string match "*changing.pem: No such file*" [$job err]]} {[$job describe]}
    check {![$follow ended]} [$follow describe]
    file copy -force $::keys/ca.pem $ca
    until 10000 {[string match "*connected again*" [$job err]]} {[$job describe]}
    until 10000 {[string match "*connected again*" [$follow err]]} {[$follow describe]}
    q $d answer [dict get [lindex [pending $d] 0] id] Ok
    equal [$job wait] 0
    until 10000 {[string match "*Ok*" [$follow out]]} {[$follow describe]}
}

test a_client_must_show_the_certificate_that_is_asked_for {
    set d [secure server "tls_client_ca = \"$::keys/ca.pem\""]
    set desk [Desk new [$d unix]]
    equal [says $d [tls $d] OPDESK_TLS_CA $::keys/ca.pem OPDESK_TLS_CERT $::keys/lena.pem OPDESK_TLS_KEY $::keys/lena.key]  \
        [list 0 Ok\n]
    logs $d {TLS: certificate of CN=lena,O=Harbour$}
    set nobody [Peer new [tls $d]]
    logs $d {closed: TLS: peer did not return a certificate}
    set stranger [Peer new [tls $d] "" [list -cert $::keys/other.pem -key $::keys/other.key]]
    logs $d {closed: the certificate is not accepted: }
}

test others_are_turned_away_with_one_line {
    set d [secure server {tls_handshake = "300ms"}]
    set old [Peer new [tls $d] "" -tls1_2]
    logs $d {closed: TLS: unsupported protocol}
    set plain [Peer new tcp:127.0.0.1:[port_of $d]]
    $plain send "Insert volume 2\n"
    until 10000 {[$plain closed]}
    equal [$plain received] ""
    logs $d {closed: TLS: (wrong version number|packet length too long|http request)}
    set silent [Peer new tcp:127.0.0.1:[port_of $d]]
    until 10000 {[$silent closed]}
    logs $d {closed: no handshake of TLS in time}
    set gone [Peer new tcp:127.0.0.1:[port_of $d]]
    $gone close
    until 10000 {[$d logged {closed: }] == 4}
    clean $d
}

test without_the_certificate_nothing_is_said_in_the_clear {
    set conf $::keys/changing.conf
    write $conf "listen = {\"tls:127.0.0.1:0\"}\ntls_certificate = \"$::keys/server.pem\"\ntls_key = \"$::keys/server.key\"\n"
    set job [Job new [bin mediachanged] -f -c $conf --state $::keys/changing --desk none]
    until 10000 {[regexp -line {^ready$} [$job out]] || [$job ended]} {[$job describe]}
    regexp -line {^listening tls:127\.0\.0\.1:(\d+)$} [$job out] - port
    write $conf "listen = {\"tcp:127.0.0.1:0\"}\n"
    $job signal HUP
    until 10000 {[regexp {configuration: read again} [$job err]]} {[$job describe]}
    set p [Peer new tcp:127.0.0.1:$port]
    $p send "Insert volume 2\n"
    until 10000 {[$p closed]}
    equal [$p received] ""
    matches [$job err] {closed: tls_certificate is no longer configured}
}

# A service manager that hands over two sockets, of which it calls the second one "tls".
test a_socket_of_the_service_manager_that_is_called_tls {
    need perl
    write $::keys/given.conf "tls_certificate = \"$::keys/server.pem\"\ntls_key = \"$::keys/server.key\"\n"
    set job [Job new perl -MPOSIX=dup2 -MIO::Socket::INET -e {
        $^F = 20;
        my @sockets = map { IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1:0") or die } 1 .. 2;
        dup2(dup2(fileno $_, 10 + $i++), 2 + $i) for @sockets;
        @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, "plain:tls");
        exec @ARGV;
    } [bin mediachanged] -f -c $::keys/given.conf --state $::keys/given --desk none]
    until 10000 {[regexp -line {^ready$} [$job out]] || [$job ended]} {[$job describe]}
    regexp -line {^listening tcp:127\.0\.0\.1:(\d+)$} [$job out] - plain
    regexp -line {^listening tls:127\.0\.0\.1:(\d+)$} [$job out] - port
    Peer new tcp:127.0.0.1:$plain asker
    Peer new tls:127.0.0.1:$port asker
}

test files_that_cannot_be_used_are_told_at_start {
    foreach {conf said} [list \
        "listen = {\"tls:127.0.0.1:0\"}" {listen: tls:127.0.0.1:0: needs tls_certificate} \
        "tls_certificate = \"server.pem\"" {tls_certificate: expected an absolute path} \
        "tls_certificate = \"$::keys/none.pem\"" {: tls_certificate: \S+none.pem: [^\n]*[Nn]o such file} \
        "tls_certificate = \"$::keys/server.pem\"\ntls_key = \"$::keys/lena.key\"" {: tls_key: \S+lena.key: key values mismatch} \
        "tls_certificate = \"$::keys/server.pem\"\ntls_key = \"$::keys/server.key\"\ntls_client_ca = \"$::keys/server.key\"" \
            {: tls_client_ca: \S+server.key: no certificate} \
    ] {
        write $::keys/bad.conf $conf\n
        set job [Job new [bin mediachanged] --check -f -c $::keys/bad.conf --state $::keys/state]
        $job wait
        check {[$job status] != 0}
        matches [$job err] $said
    }
}

finish
