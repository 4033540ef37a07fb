# SPDX-License-Identifier: ISC
# Promise: dar with the recipe examples/dar-slice asks between slices; Ok gives the identical tree back;
# a refusal while writing ends dar cleanly: status 4 and an archive that dar -t passes.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] backup.tcl]
need dar

proc hook {mode} {
    return "[recipe dar-slice] $mode \"%p\" \"%b\" %n \"%e\" %c"
}

proc dar_write {d folder} {
    file mkdir $folder/media $folder/shelf
    return [run -env [recipe_env $d] dar -N -Q -w -c $folder/media/full -s 200k -R $folder/tree \
        -E [hook write]]
}

# What the operator does with a full medium.
proc shelve {folder} {
    foreach slice [glob -nocomplain $folder/media/*.dar] {
        file rename $slice $folder/shelf
    }
    return Ok
}

# Bring the slice that the question names, and only that one.
proc bring {folder alert} {
    shelve $folder
    set text [dict get $alert text]
    if {[string match "*last slice*" $text]} {
        set slice [lindex [lsort -dictionary [glob $folder/shelf/full.*.dar]] end]
    } else {
        regexp {slice (\d+)} $text - number
        set slice $folder/shelf/full.$number.dar
    }
    file rename $slice $folder/media
    return Ok
}

test create_and_extract_give_an_identical_tree {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 700
    set operator [Desk new [$d unix] [list apply {{folder alert} {shelve $folder}} $folder]]
    set dar [dar_write $d $folder]
    equal [dict get $dar status] 0 [dict get $dar err]
    $operator destroy
    shelve $folder
    check {[llength [glob $folder/shelf/*.dar]] >= 3}
    set operator [Desk new [$d unix] [list bring $folder]]
    file mkdir $folder/out
    set dar [run -env [recipe_env $d] dar -N -Q -x $folder/media/full -R $folder/out -E [hook read]]
    equal [dict get $dar status] 0 [dict get $dar err]
    same_tree $folder/tree $folder/out
}

test refusal_while_writing_is_a_clean_stop {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 700
    set ::slices 0
    set operator [Desk new [$d unix] {apply {alert {
        return [lindex {Ok Cancel} [expr {[incr ::slices] == 2}]]
    }}}]
    set dar [dar_write $d $folder]
    equal [dict get $dar status] 4 [dict get $dar err]
    equal $::slices 2
    must dar -N -Q -t $folder/media/full
    file mkdir $folder/out
    must dar -N -Q -x $folder/media/full -R $folder/out
    check {[glob -nocomplain $folder/out/sub/*] ne ""}
    equal [pending $d] {}
}

test refusal_while_reading_ends_dar_with_an_error {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 500
    set operator [Desk new [$d unix]]
    equal [dict get [dar_write $d $folder] status] 0
    $operator destroy
    shelve $folder
    set operator [Desk new [$d unix] {apply {alert {return Cancel}}}]
    file mkdir $folder/out
    set dar [run -env [recipe_env $d] dar -N -Q -x $folder/media/full -R $folder/out -E [hook read]]
    check {[dict get $dar status] ni {0 SIGKILL}} $dar
    equal [pending $d] {}
}

finish
