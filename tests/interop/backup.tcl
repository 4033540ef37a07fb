# SPDX-License-Identifier: ISC
# What the backup tests share: a source tree larger than a volume, and comparing trees.

# Make a tree of `kb` kB of incompressible files with odd names, links and an empty folder.
proc make_tree {folder kb} {
    file mkdir $folder/sub/empty "$folder/with space"
    set random [open /dev/urandom rb]
    for {set i 0} {$i * 50 < $kb} {incr i} {
        set file [open $folder/sub/file$i w]
        fconfigure $file -translation binary
        puts -nonewline $file [read $random [expr {50 * 1024 + $i}]]
        close $file
    }
    close $random
    write "$folder/with space/ümlaut $i" "text\n"
    write $folder/sub/last "the end\n"
    file link -symbolic $folder/link sub/last
    file attributes $folder/sub/last -permissions 0640
}

proc same_tree {a b} {
    set r [run diff -r --no-dereference $a $b]
    equal [dict get $r status] 0 "trees differ: [dict get $r out][dict get $r err]"
    equal [listing $a] [listing $b]
}

proc listing {folder} {
    return [lsort [split [must -dir $folder find . ! -type d -printf {%p %y %m %s %l\n}] \n]]
}
