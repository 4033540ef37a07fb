# SPDX-License-Identifier: ISC
# Promise: Amanda's plug-in asks for the volume that a scan lacks: Ok lets it look again, Cancel ends it with
# an error, and a question whose volume has turned up by itself is withdrawn.  Amanda's modules are used where
# they are installed, else played (amanda_scan.pl).
source [file join [file dirname [info script]] .. harness.tcl]
set here [file dirname [file normalize [info script]]]

# A scan that lacks this volume and asks there.
proc scan {server label} {
    set folder [tmp]
    file mkdir $folder/perl/Amanda/Interactivity $folder/nightly
    file link -symbolic $folder/perl/Amanda/Interactivity/mediachange.pm \
        [file join $::here .. .. examples mediachange.pm]
    write $folder/nightly/amanda.conf "org \"nightly\"\ndefine interactivity desk {
    plugin \"mediachange\"
    property \"server\" \"$server\"
}\n"
    set path "$::harness::bin:$::env(PATH)"
    return [Job new -pipe 1 -env [list PATH $path] sh -c {cd "$1" && exec perl -I "$2" "$3" "$4"} sh \
        $folder/nightly $folder/perl $::here/amanda_scan.pl $label]
}

foreach {label said} {Ok {answer: []} Cancel {error: the operator refused}} {
    test volume_is_asked_for_and_$label [list apply [list {label said} {
        set d [daemon]
        set job [scan [$d unix] NIGHT-02]
        set alert [lindex [pending_is $d 1] 0]
        equal [dict get $alert title] Amanda
        equal [dict get $alert text] "Insert volume 'NIGHT-02' into changer 'vtape', then choose Ok.\n
No acceptable volumes found\nslot 1 is empty"
        equal [dict get $alert key] amanda:nightly:NIGHT-02
        q $d answer [dict get $alert id] $label
        equal [$job wait] 0 [$job err]
        matches [$job out] "^(played|by Amanda)\n[string map {\[ \\\[ \] \\\]} $said]\n$"
    }] $label $said]
}

test volume_that_turns_up_withdraws_the_question {
    set d [daemon]
    set job [scan [$d unix] NIGHT-02]
    pending_is $d 1
    puts -nonewline [$job chan] "there\n"
    equal [$job wait] 0 [$job err]
    matches [$job out] {\naborted\n$}
    pending_is $d 0
    set tool [Peer new [$d unix] tool]
    equal [dict get [lindex [dict get [$tool call alert.history] alerts] 0] state] withdrawn
}

test question_that_cannot_be_asked_ends_the_scan_with_an_error {
    set job [scan ftp:desk NIGHT-02]
    equal [$job wait] 0 [$job err]
    matches [$job out] {\nerror: mediachangec ended with status 64\n$}
    matches [$job err] {ftp:desk}
}

finish
