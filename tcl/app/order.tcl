# SPDX-License-Identifier: ISC
# Filtering and sorting questions: pure.  A row is found when every word of the filter is in its text;
# rows are ordered by texts made so that comparing them as they are is right, with the number of the
# question last, so that the order is always the same.
namespace eval opdesk::app::order {
    variable severities {critical 0 warning 1 info 2}
}

# Everything that can be searched, in small letters.
proc opdesk::app::order::haystack {alert extra} {
    set parts [list $extra]
    foreach name {title text from asker host severity key claimed_by note reason by answer text_answer id} {
        if {[dict exists $alert $name]} {
            lappend parts [dict get $alert $name]
        }
    }
    foreach name {tags labels} {
        if {[dict exists $alert $name]} {
            lappend parts {*}[dict get $alert $name]
        }
    }
    return [string tolower [join $parts \n]]
}

proc opdesk::app::order::words {filter} {
    return [lsort -unique [split [string trim [regsub -all {\s+} [string tolower $filter] " "]]]]
}

proc opdesk::app::order::matches {haystack words} {
    foreach word $words {
        if {[string first $word $haystack] < 0} {
            return 0
        }
    }
    return 1
}

# The text to order by.  column: severity age from question state owner.
proc opdesk::app::order::rank {column key alert now} {
    variable severities
    switch $column {
        severity { set rank [dict get $severities [opdesk::app::words::severity $alert]] }
        age { set rank [format %020ld [expr {[dict get $alert born_ms] + 1000000000000000}]] }
        from { set rank [string tolower [opdesk::app::words::sender $alert]] }
        question { set rank [string tolower [opdesk::app::words::subject $alert]] }
        state { set rank [opdesk::app::words::state $key $alert $now] }
        owner {
            # one's own come first, nobody's last
            set owner [string tolower [opdesk::app::words::owner $alert]]
            if {[opdesk::app::words::is_mine $alert]} {
                set rank ""
            } elseif {$owner eq ""} {
                set rank \uffff
            } else {
                set rank $owner
            }
        }
    }
    return $rank\u0001[format %012ld [opdesk::app::alerts::field $alert seq 0]]
}
