# SPDX-License-Identifier: ISC
# What the backup tests share: a source tree larger than a volume, comparing trees, an operator who
# moves volumes, and the recipes of examples/.
set recipes [file normalize [file join [file dirname [info script]] .. .. examples]]

# A recipe by its name, and the environment that it needs: our programs in PATH, the daemon's address.
proc recipe {name} {
    return [file join $::recipes $name]
}

proc recipe_env {d args} {
    return [dict create PATH $::harness::bin:$::env(PATH) MEDIACHANGE_SERVER [$d tcp] {*}$args]
}

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

# The operator: moves volumes in and out of the drive, then answers.  `plan` is a list of scripts, one
# for each question, that end in the label to answer.
oo::class create Operator {
    superclass Desk
    variable plan asked
    constructor {endpoint the_plan} {
        set plan $the_plan
        set asked {}
        next $endpoint [list [namespace which my] Answer]
    }
    method Answer {alert} {
        lappend asked $alert
        if {$plan eq ""} {
            return Cancel
        }
        set plan [lassign $plan script]
        return [uplevel #0 $script]
    }
    method asked {} {
        return $asked
    }
}
