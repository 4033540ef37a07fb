# SPDX-License-Identifier: ISC
# What the publishers of the ipadmds are doing, for who has just stored something and for the status line.
#   signal  publishing SERVER STEP           generate check switch reload probe
#   signal  published SERVER STATE TEXT      published unchanged braked refused failed, with a sentence
namespace eval opdesk::app::sdb_publish {
    namespace import ::msgcat::mc
}

proc opdesk::app::sdb_publish::Note {server method params} {
    switch $method {
        sdb.publishing {
            opdesk::app::signal::emit publishing $server [Step [opdesk::app::sdb_list::field $params step]]
        }
        sdb.published {
            set state [opdesk::app::sdb_list::field $params state]
            opdesk::app::signal::emit published $server $state [Sentence $state $params]
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

opdesk::app::signal::on server.note opdesk::app::sdb_publish::Note
