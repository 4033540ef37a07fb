# SPDX-License-Identifier: ISC
# Promise: the recipes for Bacula and Bareos ask and act: bacula-operator returns at once and tells bconsole
# what was answered, also when the job goes on by itself; bacula-changer blocks until the tape is there.
# Their side is played by a bconsole of the test's own, which keeps what it is told.
source [file join [file dirname [info script]] .. harness.tcl]
source [file join [file dirname [info script]] backup.tcl]

# The environment of a recipe: the console says that job 7 is waiting while the file `waiting` is there,
# and reaches no director while `down` is.
proc bacula_env {d folder} {
    file mkdir $folder
    write $folder/bconsole "#!/bin/sh
read -r line
\[ ! -e $folder/down \] || exit 1
if \[ \"\$line\" = 'status dir' \]; then
    echo asked >>$folder/looked
    echo 'Running Jobs:'
    \[ ! -e $folder/waiting \] || echo '     7  Full  nightly  is waiting for an appendable Volume'
else
    { echo \"\$line\"; cat; } >>$folder/told
fi
"
    file attributes $folder/bconsole -permissions 0700
    write $folder/waiting ""
    write $folder/told ""
    return [recipe_env $d BCONSOLE $folder/bconsole BACULA_POLL 0.1]
}

# The mount request of job 7 as Bacula pipes it: the operator's command has ended, the question waits.
proc request {env text} {
    set job [Job new -in $text -env $env [recipe bacula-operator] 7 vol-0003]
    # not destroyed: its other half may still be of its process group
    equal [$job wait] 0 [$job err]
}

# What asked has ended, without anybody being left to look after the job.
proc ends {d} {
    until 10000 {[lmap pid [harness::Others] {
        if {$pid in [$d tree]} continue
        set pid
    }] eq ""}
}

foreach {label told} {Ok "mount jobid=7\n" Cancel "cancel jobid=7\nyes\n"} {
    test operator_command_tells_the_console_after_$label [list apply [list {label told} {
        set d [daemon]
        set folder [tmp]
        request [bacula_env $d $folder] "Please mount Volume vol-0003."
        set alert [lindex [pending_is $d 1] 0]
        equal [dict get $alert text] "Please mount Volume vol-0003."
        equal [dict get $alert title] "Bacula: job 7"
        q $d answer [dict get $alert id] $label
        until 10000 {[contents $folder/told] eq $told} {[contents $folder/told]}
        ends $d
    }] $label $told]
}

test operator_command_labels_a_new_volume {
    set d [daemon]
    set folder [tmp]
    request [bacula_env $d $folder] "Job nightly: Cannot find any appendable volumes."
    q $d answer [dict get [lindex [pending_is $d 1] 0] id] vol-0009
    until 10000 {[contents $folder/told] eq "label volume=vol-0009\nmount jobid=7\n"} {[contents $folder/told]}
    ends $d
}

test question_of_a_job_that_goes_on_by_itself_is_withdrawn {
    set d [daemon]
    set folder [tmp]
    set env [bacula_env $d $folder]
    # a director that is not there for a moment has not said that
    write $folder/down ""
    request $env "Please mount Volume vol-0003."
    pending_is $d 1
    stays 500 {[llength [pending $d]] == 1}
    file delete $folder/down
    until 10000 {[file exists $folder/looked]}
    equal [llength [pending $d]] 1
    file delete $folder/waiting
    pending_is $d 0
    ends $d
    equal [contents $folder/told] ""
}

test changer_command_is_a_person {
    set d [daemon]
    set folder [tmp]
    set env [bacula_env $d $folder]
    write $folder/shelf "1:vol-0001\n2:vol-0002\n"
    set changer [list -env $env [recipe bacula-changer] $folder/shelf]
    equal [must {*}$changer list] "1:vol-0001\n2:vol-0002"
    equal [string trim [must {*}$changer slots]] 2
    equal [must {*}$changer loaded 0 /dev/nst0 0] 0
    foreach {verb label status loaded} {load Cancel 1 0 load Ok 0 2 unload Cancel 1 2 unload Ok 0 0} {
        set job [Job new {*}$changer $verb 2 /dev/nst0 0 vol-0002]
        set alert [lindex [pending_is $d 1] 0]
        matches [dict get $alert text] [expr {$verb eq "load" ? {vol-0002 from place 2 into /dev/nst0} : {back to place 2}}]
        q $d answer [dict get $alert id] $label
        equal [$job wait] $status "$verb $label"
        equal [must {*}$changer loaded 0 /dev/nst0 0] $loaded "$verb $label"
    }
}

finish
