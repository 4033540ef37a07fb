# SPDX-License-Identifier: ISC
# Promise: afio with the recipe examples/afio-volume asks for each next volume; Ok gives the identical
# tree back, a refusal ends afio with its error status 1.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] backup.tcl]
need afio

proc afio_write {d folder} {
    return [run -dir $folder/tree -env [recipe_env $d] sh -c \
        {find . | afio -o -s 256k -H "$0" "$1"} [recipe afio-volume] $folder/drive]
}

test create_and_extract_give_an_identical_tree {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 700
    set plan {}
    foreach n {1 2 3 4} {
        lappend plan "file rename $folder/drive $folder/vol$n; set _ Ok"
    }
    set operator [Operator new [$d unix] $plan]
    set afio [afio_write $d $folder]
    equal [dict get $afio status] 0 [dict get $afio err]
    set count [llength [$operator asked]]
    check {$count >= 2}
    matches [dict get [lindex [$operator asked] 0] text] {volume 2.*drive}
    file rename $folder/drive $folder/vol[expr {$count + 1}]
    $operator destroy

    set plan {}
    foreach n {2 3 4 5} {
        lappend plan "file copy -force $folder/vol$n $folder/drive; set _ Ok"
    }
    set operator [Operator new [$d unix] $plan]
    file copy $folder/vol1 $folder/drive
    file mkdir $folder/out
    set afio [run -dir $folder/out -env [recipe_env $d] afio -i -s 256k -H [recipe afio-volume] \
        $folder/drive]
    equal [dict get $afio status] 0 [dict get $afio err]
    same_tree $folder/tree $folder/out
}

test refusal_ends_afio_with_1 {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 500
    set operator [Operator new [$d unix] {}]
    set afio [afio_write $d $folder]
    equal [dict get $afio status] 1
    matches [dict get $afio err] {Promptscript failed}
    equal [llength [$operator asked]] 1
    equal [pending $d] {}
}

finish
