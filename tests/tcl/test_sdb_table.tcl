# SPDX-License-Identifier: ISC
# Tables and hosts files as rows of cells: what is read, and that an edit touches its own cell only.
source [file join [file dirname [info script]] common.tcl]
parts app/signal app/sdb_list app/sdb_text app/sdb_table app/sdb_edit
namespace path opdesk::app

set aliases {separator : columns {name to note} comment # hosts 0}
set blanks {separator {} columns {service port what} comment # hosts 0}
set hosts [sdb_table::format {type hosts}]

# What is wrong with it, or the line.
proc with {args} {
    try { sdb_table::with {*}$args } trap {OPDESK SDB} {message} { return !$message }
}

test table-1 {rows are what is neither blank nor a comment} {
    set lines [split "# a\nroot: lena\n\n  # b\nada:x\n  \t\n" \n]
    list [sdb_table::rows $::aliases $lines {}] [sdb_table::rows $::aliases $lines {lena}] \
        [sdb_table::rows [dict replace $::aliases comment ""] $lines {}]
} {{1 4} 1 {0 1 3 4}}

test table-2 {cells, the last one holding what is left} {
    lmap {format line} [list $::aliases {root: lena :a:b } $::aliases root $::aliases ::x \
        $::blanks "ssh\t22/tcp  secure  shell " $::blanks ssh $::hosts "192.0.2.1\tgw router  door # the # way" \
        $::hosts "::1 localhost" $::hosts "192.0.2.2 # nameless" $::aliases "a:b:c\r"] {
        sdb_table::cells $format $line
    }
} {{root lena a:b} {root {} {}} {{} {} x} {ssh 22/tcp {secure  shell}} {ssh {} {}}\
    {192.0.2.1 gw {router  door} {the # way}} {::1 localhost {} {}} {192.0.2.2 {} {} nameless} {a b c}}

test table-3 {an edit leaves all else as it was} {
    lmap {format line column text} [list $::aliases "root: lena :note" 1 ada $::aliases "root: lena" 2 why \
        $::aliases root 2 why $::aliases "a:b:c" 1 "" $::blanks "ssh\t22/tcp" 2 "secure shell" \
        $::blanks "ssh  22/tcp  shell" 2 "" $::hosts "192.0.2.1\tgw  router # way" 1 door \
        $::hosts "192.0.2.1 gw # way" 2 "a b" $::hosts "192.0.2.1 gw # way" 3 "" $::hosts "192.0.2.1 gw" 3 new \
        $::hosts "192.0.2.1 gw a # way" 2 "" $::hosts "192.0.2.1 #x" 1 gw $::aliases "a:b:c\r" 2 d] {
        with $format $line $column $text
    }
} [list "root: ada :note" "root: lena:why" "root::why" "a::c" "ssh\t22/tcp\tsecure shell" "ssh  22/tcp" \
    "192.0.2.1\tdoor  router # way" "192.0.2.1 gw a b # way" "192.0.2.1 gw" "192.0.2.1 gw\t# new" \
    "192.0.2.1 gw # way" "192.0.2.1 gw #x" "a:b:d\r"]

test table-4 {what a cell cannot hold is said} {
    lmap {format line column text} [list $::aliases a:b:c 0 x:y $::aliases a:b:c 2 x:y $::aliases a:b:c 0 "#a" \
        $::aliases a:b:c 1 "x\ny" $::blanks "a b" 0 "x y" $::blanks "a b" 0 "" $::blanks a 2 x \
        $::hosts "::1 a" 1 "a#b" $::hosts "::1 a" 3 "a#b"] {
        string index [with $format $line $column $text] 0
    }
} {! a ! ! ! ! ! ! :}

test table-5 {a new row} {
    list [sdb_table::line $::aliases {x}] [sdb_table::line $::aliases {{} b c}] [sdb_table::line $::blanks {a b {c d}}] \
        [sdb_table::line $::hosts {192.0.2.9 boat {} {of the pilots}}] [catch {sdb_table::line $::blanks {{} b}}] \
        [catch {sdb_table::line $::aliases {}}]
} [list x:: :b:c "a\tb\tc d" "192.0.2.9\tboat\t# of the pilots" 1 1]

test table-6 {any cell of any line put back is the same line, and another text is read as it was written} {
    set seed [expr {[clock milliseconds] % 100000}]
    expr {srand($seed)}
    set bad {}
    for {set n 0} {$n < 3000} {incr n} {
        set line ""
        for {set i [expr {int(rand() * 14)}]} {$i > 0} {incr i -1} {
            append line [string index ":: \t#abé.1" [expr {int(rand() * 10)}]]
        }
        foreach format [list $::aliases $::blanks $::hosts] {
            if {![sdb_table::is_row $format $line]} {
                continue
            }
            set column -1
            foreach cell [sdb_table::cells $format $line] {
                incr column
                if {[string index [set same [with $format $line $column $cell]] 0] ne "!" && $same ne $line
                    && ![dict get $format hosts]} {
                    lappend bad [list $seed same $format $line $column $same]
                }
                set other [with $format $line $column zz]
                if {[string index $other 0] ne "!" && ([lindex [sdb_table::cells $format $other] $column] ne "zz"
                    || [lreplace [sdb_table::cells $format $other] $column $column] ne
                    [lreplace [sdb_table::cells $format $line] $column $column])} {
                    lappend bad [list $seed other $format $line $column $other]
                }
            }
        }
    }
    lrange $bad 0 3
} {}

test sorted-1 {as people count, equal ones as in the file, and back} {
    set format [sdb_table::format {type table columns {name address} separator : key 0 comment #}]
    set lines {b:10.0.0.10 a:10.0.0.2 {} c:10.0.0.10}
    lmap {column descending} {1 0 1 1 0 0} {
        sdb_table::sorted $lines {0 1 3} [sdb_table::keys $format $lines {0 1 3} $column] $descending
    }
} {{1 0 3} {0 3 1} {1 0 3}}

test sorted-2 {a line that is known is not read again, wherever it stands now} {
    set format [sdb_table::format {type table columns {name address} separator : key 0 comment #}]
    set known [sdb_table::keys $format {B:1 a:2} {0 1} 0]
    set read {}
    trace add execution sdb_table::cells enter {apply {{command op} { lappend ::read [lindex $command 2] }}}
    set keys [sdb_table::keys $format {c:3 a:2 {} B:1} {0 1 3} 0 $known]
    trace remove execution sdb_table::cells enter {apply {{command op} { lappend ::read [lindex $command 2] }}}
    list $read $keys
} {c:3 {B:1 b a:2 a c:3 c}}

test text-1 {bytes come back as they were} {
    lmap bytes [list "a\r\nb\r\n" "a\r\nb\n" \xff\n [encoding convertto utf-8 "é\n"] ""] {
        expr {[sdb_text::encode {*}[sdb_text::decode $bytes]] eq $bytes}
    }
} {1 1 1 1 1}

test replace-1 {a step holds only what differs, and goes back} {
    set all {}
    foreach {old new} {abcdef abXdef aaaa aaa aaa aaaa "" x x "" abc xyz abab abcab} {
        set id [sdb_edit::open $old]
        sdb_edit::replace $id typing $new
        set there [sdb_edit::text $id]
        sdb_edit::undo $id
        lappend all [expr {$there eq $new && [sdb_edit::text $id] eq $old}]
        sdb_edit::close $id
    }
    set all
} {1 1 1 1 1 1 1}

done
