# SPDX-License-Identifier: ISC
# What the tests of the publisher share: an ipadmd that publishes into $home/published, and a real
# named that serves it, reloads when told to, and is asked by dig.
source [file join [file dirname [info script]] publish.tcl]

# NAME TEXT … of the example subnets.
proc example_files {} {
    set files {}
    foreach file [examples] {
        lappend files [file tail $file] [contents $file]
    }
    return $files
}

# A folder with named's configuration and a reload script that can be told to fail or to forget.
proc publishing_home {} {
    set home [tmp home[incr ::harness::counter]]
    file mkdir $home/named
    set ::port [free_port]
    write $home/named.conf "options {
        directory \"$home/named\"; pid-file \"$home/named.pid\"; session-keyfile \"$home/session.key\";
        listen-on port $::port { 127.0.0.1; }; listen-on-v6 { none; };
        recursion no; notify no; allow-query { any; }; empty-zones-enable no; dnssec-validation no;
    };
    controls { };
    include \"$home/published/current/bind/named.conf\";\n"
    write $home/reload "#!/bin/sh
echo \"reload \$*\" >>$home/reloads
test -e $home/reload-hangs && exec sleep 600
test -e $home/reload-fails && { echo 'no such luck' >&2; exit 3; }
test -e $home/reload-forgets && exit 0
test -e $home/named.pid || exit 0
kill -HUP \$(cat $home/named.pid)\n"
    file attributes $home/reload -permissions 0755
    return $home
}

# The section of ipadmd.conf; `more` are further settings.
proc publish_section {home {more ""} {generators {"bind", "kea", "dhcpd", "dnsmasq", "hosts"}}} {
    return "publish {
        generators = {$generators}
        directory = \"$home/published\"
        name_servers = {\"ns1.pilots.example.org\", \"ns2.radar.pilots.example.org\"}
        delay = \"50ms\"
        serial = \"count\"
        reload = {\"bind: $home/reload bind\", \"kea: $home/reload kea\"}
        probe_limit = \"8s\"
        $more
    }"
}

proc with_probe {} {
    return "probe = {\"127.0.0.1:$::port\"}"
}

# An ipadmd whose first outputs are published.  -files, -env as for ipadmd; -more: settings.
proc publisher {home args} {
    set options [dict merge [list -files [example_files] -env {} -more ""] $args]
    set d [ipadmd -files [dict get $options -files] -env [dict get $options -env] \
        -conf [publish_section $home [dict get $options -more]]]
    return $d
}

proc start_named {home} {
    set ::named [Job new named -g -c $home/named.conf -n 1]
    # a zone is refused until it has been loaded, each at its time
    until 15000 {[string match "*all zones loaded*" [$::named err]] || [$::named ended]} {[$::named err]}
    check {![$::named ended]} [$::named err]
}

# An ipadmd and a named that serves what it publishes; the peer subscribes.
proc publisher_and_named {home args} {
    set d [publisher $home {*}$args]
    set p [$d peer]
    until 30000 {[file exists $home/published/current/bind/named.conf]} {[$d log]}
    start_named $home
    $p call sdb.subscribe
    return [list $d $p]
}

proc publish_now {p args} {
    return [$p call sdb.publish {*}$args]
}

# What a peer was told by this notification, in order.
proc heard {p method} {
    set found {}
    foreach note [$p notes] {
        if {[lindex $note 0] eq $method} {
            lappend found [lindex $note 1]
        }
    }
    return $found
}
