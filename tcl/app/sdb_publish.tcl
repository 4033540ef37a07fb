# SPDX-License-Identifier: ISC
# What the publishers of the ipadmds are doing, for who has just stored something and for the status line.
#   signal  publishing SERVER STEP NAME COMMITS   NAME: generate check switch reload probe; STEP: the same for people
#   signal  published SERVER STATE TEXT COMMITS   published unchanged braked refused failed, with a sentence
# COMMITS: those that are in it, the newest ones; none when it did not come to look.
namespace eval opdesk::app::sdb_publish {
    namespace import ::msgcat::mc
    # servers that publish
    variable enabled {}
}

# Does it publish, as far as is known?
proc opdesk::app::sdb_publish::enabled {server} {
    variable enabled
    return [dict exists $enabled $server]
}

proc opdesk::app::sdb_publish::Up {server} {
    variable enabled
    dict unset enabled $server
    if {$server in [opdesk::app::servers::known ipadmd]} {
        opdesk::app::servers::call $server sdb.status {} [list [namespace current]::Status $server] 15000
    }
}

proc opdesk::app::sdb_publish::Status {server status value} {
    variable enabled
    if {$status eq "ok" && [opdesk::app::sdb_list::field $value enabled 0]} {
        dict set enabled $server 1
    }
}

proc opdesk::app::sdb_publish::Note {server method params} {
    switch $method {
        sdb.publishing {
            set step [opdesk::app::sdb_list::field $params step]
            opdesk::app::signal::emit publishing $server [Step $step] $step \
                [opdesk::app::sdb_list::field $params commits]
        }
        sdb.published {
            set state [opdesk::app::sdb_list::field $params state]
            opdesk::app::signal::emit published $server $state [Sentence $state $params] \
                [opdesk::app::sdb_list::field $params commits]
        }
    }
}

proc opdesk::app::sdb_publish::Step {step} {
    switch $step {
        generate { return [mc "generating files"] }
        check { return [mc "checking them"] }
        switch { return [mc "switching"] }
        reload { return [mc "reloading servers"] }
        probe { return [mc "asking the servers"] }
    }
    return [opdesk::app::words::line $step 40]
}

proc opdesk::app::sdb_publish::Sentence {state params} {
    set reason [opdesk::app::words::line [opdesk::app::sdb_list::field $params reason] 160]
    switch $state {
        published { return [mc "Published: %d files changed." [opdesk::app::sdb_list::field $params changed 0]] }
        unchanged { return [mc "Nothing that is published differs."] }
        braked { return [mc "Not published: %s. An administrator can confirm it." $reason] }
    }
    return [mc "Not published: %s. Servers go on with what they had." $reason]
}

opdesk::app::signal::on server.up opdesk::app::sdb_publish::Up
opdesk::app::signal::on server.note opdesk::app::sdb_publish::Note
