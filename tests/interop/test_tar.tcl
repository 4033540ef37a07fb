# SPDX-License-Identifier: ISC
# Promise: GNU tar, started without a terminal, asks for each next volume through mediachangec.  Ok goes
# on and the tree comes back identical; Cancel ends tar with an error; a wrong volume is asked for
# again under the same key.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] backup.tcl]
need tar

proc hook {d {more ""}} {
    return "[bin mediachangec] --for tar -s [$d tcp] $more"
}

# tar -cM over as many volumes as it takes: vol1, vol2, … in `folder`.
proc create {d folder} {
    make_tree $folder/tree 700
    set plan {}
    foreach n {1 2 3 4 5} {
        lappend plan "file rename $folder/drive $folder/vol$n; set _ Ok"
    }
    set operator [Operator new [$d unix] $plan]
    set tar [run tar -C $folder -cM -L 200 -f $folder/drive -F [hook $d] tree]
    equal [dict get $tar status] 0 [dict get $tar err]
    set count [llength [$operator asked]]
    check {$count >= 3}
    file rename $folder/drive $folder/vol[expr {$count + 1}]
    set asked [$operator asked]
    $operator destroy
    return $asked
}

# A plan that puts the volumes into the drive in the given order.
proc insert {folder volumes} {
    return [lmap n $volumes {string cat "file copy -force $folder/vol$n $folder/drive; set _ Ok"}]
}

proc extract {d folder args} {
    file mkdir $folder/out
    file copy -force $folder/vol1 $folder/drive
    return [run tar -C $folder/out -xM -f $folder/drive -F [hook $d] {*}$args]
}

test create_and_extract_give_an_identical_tree {
    set d [daemon]
    set folder [tmp]
    set asked [create $d $folder]
    set number 2
    foreach alert $asked {
        matches [dict get $alert text] "\\m$number\\M.*drive"
        equal [dict get $alert attempt] 1
        incr number
    }
    set operator [Operator new [$d unix] [insert $folder {2 3 4 5}]]
    set tar [extract $d $folder]
    equal [dict get $tar status] 0 [dict get $tar err]
    same_tree $folder/tree $folder/out/tree
}

test recipe_names_volumes_that_are_files {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 500
    set desk [Desk new [$d unix]]
    set env [recipe_env $d VOLUMES $folder]
    set tar [run -env $env tar -C $folder -cM -L 200 -f $folder/vol-1.tar -F [recipe tar-volume] tree]
    equal [dict get $tar status] 0 [dict get $tar err]
    check {[llength [glob $folder/vol-*.tar]] >= 3}
    file mkdir $folder/out
    set tar [run -env $env tar -C $folder/out -xM -f $folder/vol-1.tar -F [recipe tar-volume]]
    equal [dict get $tar status] 0 [dict get $tar err]
    same_tree $folder/tree $folder/out/tree
}

test cancel_ends_tar_with_an_error_and_our_status_1 {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 500
    set desk [Desk new [$d unix] {apply {alert {return Cancel}}}]
    set seen $folder/status
    set tar [run tar -C $folder -cM -L 200 -f $folder/drive \
        -F "[hook $d]; s=\$?; echo \$s >$seen; exit \$s" tree]
    equal [dict get $tar status] 2
    equal [contents $seen] "1\n"
    # tar says only that the command failed: the mail of cron shall say why
    matches [dict get $tar err] {the answer is Cancel}
    equal [llength [pending $d]] 0
}

test nobody_there_ends_tar_with_an_error {
    set folder [tmp]
    make_tree $folder/tree 300
    set tar [run tar -C $folder -cM -L 200 -f $folder/drive \
        -F "[bin mediachangec] --for tar -s tcp:127.0.0.1:1 --connect-timeout 1s" tree]
    equal [dict get $tar status] 2
    matches [dict get $tar err] {refused}
}

test archive_on_standard_output_stays_clean {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 300
    set desk [Desk new [$d unix]]
    set more "&& echo $folder/vol\$TAR_VOLUME >&\$TAR_FD"
    set tar [Job new tar -C $folder -cM -L 200 -f - -F [hook $d $more] tree]
    equal [$tar wait] 0 [$tar err]
    set out [open $folder/vol1 wb]
    puts -nonewline $out [$tar raw]
    close $out
    file mkdir $folder/out
    set tar [run tar -C $folder/out -xM -f $folder/vol1 -F [hook $d $more]]
    equal [dict get $tar status] 0 [dict get $tar err]
    same_tree $folder/tree $folder/out/tree
}

test extracted_data_on_standard_output_stays_clean {
    set d [daemon]
    set folder [tmp]
    create $d $folder
    set operator [Operator new [$d unix] [insert $folder {2 3 4 5}]]
    set tar [Job new tar -xOM -f $folder/vol1 -F [hook $d "&& echo $folder/drive >&\$TAR_FD"]]
    equal [$tar wait 30000] 0 [$tar err]
    must tar -C $folder -cf $folder/whole.tar tree
    set plain [Job new tar -xOf $folder/whole.tar]
    $plain wait
    check {[$tar raw] eq [$plain raw]} "tar -xO gave [string length [$tar raw]] bytes,\
        expected [string length [$plain raw]]"
}

test wrong_volume_is_asked_for_again_under_the_same_key {
    set d [daemon]
    set folder [tmp]
    create $d $folder
    # volume 3 where 2 is wanted, then the right ones
    set operator [Operator new [$d unix] [insert $folder {3 2 3 4 5}]]
    set tar [extract $d $folder]
    equal [dict get $tar status] 0 [dict get $tar err]
    same_tree $folder/tree $folder/out/tree
    set asked [$operator asked]
    lassign $asked first second
    equal [dict get $first attempt],[dict get $second attempt] 1,2
    equal [dict get $first key] [dict get $second key]
    check {[dict get $first id] ne [dict get $second id]}
    equal [dict get [lindex $asked 2] attempt] 1
}

test crash_of_the_daemon_in_mid_backup_loses_nothing {
    set d [daemon]
    set folder [tmp]
    make_tree $folder/tree 300
    set tar [Job new tar -C $folder -cM -L 200 -f $folder/drive -F [hook $d] tree]
    pending_is $d 1
    $d crash
    $d start
    file rename $folder/drive $folder/vol1
    set desk [Desk new [$d unix]]
    equal [$tar wait 30000] 0 [$tar err]
}

finish
