# SPDX-License-Identifier: ISC
# A subnet on paper: how many pages, what is on them, and that Ghostscript, which prints and shows both on most
# systems, reads PostScript and PDF of ours.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/words app/sdb_paper app/sdb_list app/sdb_words app/page app/page_ps app/page_pdf app/sdb_pages

set folder [exec mktemp -d]

proc subnet {base mask args} {
    return [opdesk::sdb open [encoding convertto utf-8 "Title = Subnet 7, (Harbour) Pilots – Øst\nDomain = Pilots.Example.Org\nBase_IP = $base
Subnet_Mask = $mask\nGateway = [join [lreplace [split $base .] 3 3 1] .]\n__NODES__\n[join $args \n]\n"]]
}
set small [subnet 192.0.2.0 255.255.255.0 {tug1:192.0.2.33:0200c0ffee01:ferry::bridge: console} \
    {a-name-that-is-much-too-long-for-a-cell:192.0.2.34::::}]
set large [subnet 10.1.0.0 255.255.0.0 far:10.1.200.7::::]

proc plan {sheet how {only_used 0} {paper a4}} {
    return [opdesk::app::sdb_pages::plan $sheet $paper $how $only_used Subnet_7.sdb ""]
}

proc written {writer plan} {
    set path [file join $::folder page.$writer]
    set chan [open $path wb]
    lassign [opdesk::app::page::paper [dict get $plan paper]] width height
    set n [opdesk::app::sdb_pages::count $plan]
    opdesk::app::page_${writer}::begin $chan [opdesk::app::sdb_pages::title $plan] $width $height $n
    for {set i 0} {$i < $n} {incr i} {
        opdesk::app::page_${writer}::page $chan [opdesk::app::sdb_pages::page $plan $i]
    }
    opdesk::app::page_${writer}::end $chan
    close $chan
    return $path
}

# What Ghostscript finds written on all pages; a fault in the file is an error.
proc gs {args} {
    return [exec -ignorestderr gs -q -dNOPAUSE -dBATCH -dSAFER -dPDFSTOPONERROR {*}$args 2>@1]
}
proc said {path} {
    gs -sDEVICE=txtwrite -o [set out [file join $::folder said.txt]] $path
    set chan [open $out]
    fconfigure $chan -encoding utf-8
    set text [read $chan]
    close $chan
    return $text
}
proc pages {path} {
    return [regexp -all {%%HiResBoundingBox} [gs -sDEVICE=bbox $path]]
}

test plan-1 {a /24 with names is one page, a /22 four, a /16 64 without names, and as many as are used} {
    set wide [subnet 10.0.0.0 255.255.252.0]
    list [opdesk::app::sdb_pages::count [plan $small names]] [opdesk::app::sdb_pages::count [plan $wide names]] \
        [opdesk::app::sdb_pages::count [plan $large numbers]] [dict get [plan $large numbers 1] pages] \
        [lmap sheet [list $small $wide $large] {opdesk::app::sdb_pages::usual $sheet}]
} {1 4 64 {0 51200} {names names numbers}}

test plan-2 {of IPv6, and of a header that names no subnet, there is a list and no grid} {
    set six [opdesk::sdb open "Title = Six\nFormat = 2\nBase_IP = \[2001:db8::\]\nSubnet_Mask = 64\n__NODES__\na:\[2001:db8::5\]::::\n"]
    set none [opdesk::sdb open "Title = x\n__NODES__\n"]
    list [opdesk::app::sdb_pages::can $six names] [opdesk::app::sdb_pages::usual $six] \
        [opdesk::app::sdb_pages::usual $none] [opdesk::app::sdb_pages::count [plan $none list]] \
        [regexp {2001:db8::5} [said [written pdf [plan $six list]]]]
} {0 list list 1 1}

test plan-3 {pages of a /8 that are used are found without looking at its 16 million addresses} {
    set eight [subnet 10.0.0.0 255.0.0.0 a:10.0.0.2:::: b:10.200.7.9:::: c:10.255.255.255:::: d:11.0.0.1::::]
    set us [lindex [time {set plan [plan $eight names 1]}] 0]
    list [dict get $plan pages] [opdesk::app::sdb_pages::count [plan $eight numbers]] [expr {$us < 300000}]
} {{0 13108992 16776960} 16384 1}

test plan-4 {they are those that have a cell that is not free} {
    set wrong {}
    foreach sheet [list $small $large [subnet 10.0.0.0 255.255.252.0] \
        [opdesk::sdb open "Title = x\nFormat = 2\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.255.252.0\nShared = 10.0.2.9 10.0.0.0 10.9.9.9\n__NODES__\n"] \
        [opdesk::sdb open "Title = x\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.255.252.0\nGateway = 10.0.3.255\n__NODES__\nx:10.0.1.255::::\n"]] {
        set expected {}
        for {set from 0} {$from < [opdesk::app::sdb_pages::Size $sheet]} {incr from 256} {
            foreach {cell number address} [opdesk::sdb cells $sheet $from 256] {
                if {$cell ni {free network broadcast}} {
                    lappend expected $from
                    break
                }
            }
        }
        if {[opdesk::sdb used $sheet 256] ne $expected} {
            lappend wrong [opdesk::sdb used $sheet 256] $expected
        }
    }
    set wrong
} {}

test page-1 {all that is drawn is on the paper} {
    set outside {}
    foreach {sheet how} [list $small names $small list $large numbers] {
        foreach drawing [opdesk::app::sdb_pages::page [plan $sheet $how 0 letter] 0] {
            set numbers [lsearch -all -inline -regexp [lrange [concat {*}[lrange $drawing 1 end]] 0 1] {^[\d.]+$}]
            foreach x $numbers most {612 792} {
                if {$x < 39 || $x > $most - 35} {
                    lappend outside $drawing
                }
            }
        }
    }
    set outside
} {}

test page-2 {widths are those of the fonts} {
    set texts {{Harbour Pilots, 192.0.2.33/27 (q&A)} Wilhelm |~{}_^"<=>?@%$#! 0123456789}
    set said [gs -dNODISPLAY -c "/Helvetica findfont 1000 scalefont setfont [join [lmap text $texts {
        string cat ( [string map {( \\( ) \\)} $text] {) stringwidth pop = }
    }] ""]"]
    set wrong [lmap text $texts width $said {
        if {abs($width - [opdesk::app::page::width $text 1000 0]) < 2} continue
        list $text $width [opdesk::app::page::width $text 1000 0]
    }]
    list $wrong [opdesk::app::page::fit abcdef 10 0 0] [opdesk::app::page::fit abcdefabcdef 10 0 30]
} {{} abcdef abc…}

foreach writer {ps pdf} {
    test $writer-1 "what $writer says, in letters of the title's language" {
        set text [said [written $writer [plan $small names]]]
        lmap pattern {{Subnet 7, \(Harbour\) Pilots – Øst} {192\.0\.2\.0/24} tug1 {a-name-\S*…} {Page 1 of 1} 255} {
            regexp $pattern $text
        }
    } {1 1 1 1 1 0}

    test $writer-2 "every page of $writer is there" {
        list [pages [set path [written $writer [plan $large numbers 1]]]] [regexp {Page 2 of 2} [said $path]]
    } {2 1}
}

test pdf-3 {the table of places is right: a reader that trusts it finds each object} {
    set chan [open [written pdf [plan $small names]] rb]
    set bytes [read $chan]
    close $chan
    regexp {startxref\n(\d+)\n%%EOF\n$} $bytes - at
    set wrong {}
    set number 0
    foreach line [lrange [split [string range $bytes $at end] \n] 2 end] {
        if {![regexp {^(\d{10}) 00000 n $} $line - place]} {
            continue
        }
        incr number
        if {![regexp "^$number 0 obj\n" [string range $bytes [scan $place %d] [scan $place %d]+20]]} {
            lappend wrong $number
        }
    }
    list $number $wrong
} {7 {}}

# --- as a job ---

proc job {kind path script} {
    set ::told {}
    set copy [opdesk::sdb open [opdesk::sdb read $::large]]
    set ::job [opdesk::app::sdb_paper::start [plan $copy numbers 1] $kind $path [list apply {args { lappend ::told $args }}]]
    uplevel 1 $script
    return [list $::told [lsort [glob -nocomplain -tails -directory $::folder job*]]]
}

test job-1 {a page a turn; the file has its name when it is whole} {
    job pdf $folder/job.pdf { until {[lindex $::told end 0] in {done failed}} }
} [list [list {page 1 2} {page 2 2} [list done $folder/job.pdf]] job.pdf]
file delete $folder/job.pdf

test job-2 {what cannot be written is told, and leaves nothing} {
    lassign [job ps $folder/none/job.ps { until {[llength $::told]} }] told there
    list [lindex $told 0 0] [string match "couldn't open*no such file*" [lindex $told 0 1]] $there
} {failed 1 {}}

test job-3 {a job that is stopped leaves nothing, and what was there before stays} {
    close [open $folder/job.pdf w]
    job pdf $folder/job.pdf {
        until {[llength $::told]}
        opdesk::app::sdb_paper::stop $::job
    }
} {{{page 1 2}} job.pdf}

test job-4 {each page of a picture is a file of its own} {
    list [opdesk::app::sdb_paper::names a/b.png png 1] [lindex [opdesk::app::sdb_paper::names a/b.png png 12] 1]
} {a/b.png a/b-02.png}

file delete -force $folder
done
