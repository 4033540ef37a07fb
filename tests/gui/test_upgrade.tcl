# SPDX-License-Identifier: ISC
# Promise: a desk that has been running shows a question although its scripts have gone meanwhile.
source [file join [file dirname [info script]] desk.tcl]

test question_is_shown_when_the_scripts_have_gone {
    screen
    # the desk as it is installed, its scripts where the executable looks for them
    set to [tmp]
    set scripts $to/share/opdesk/tcl
    file mkdir $to/bin [file dirname $scripts]
    file copy [bin opdesk] $to/bin/opdesk
    exec cp -r [file join $::desk_folder .. .. tcl] $scripts
    # the last part that is read says so
    write $scripts/app/sound.tcl "[contents $scripts/app/sound.tcl]\nputs stderr ready\n"
    set fake [Fake new]
    set desk [Job new -env [list OPDESK_FAKE_PORT [$fake port]] $to/bin/opdesk \
        --helper [file join $::desk_folder fake-helper.tcl] -s tcp:alpha.example:8979]
    main_window
    until 15000 {[llength [$fake calls alert.subscribe]] && [string match *ready* [$desk err]]} "read"
    file rename $scripts $scripts.gone
    $fake alert [set id [uuid]] title "Backup of alpha"
    focus_on [lindex [windows_are 1 {mediachanged: Backup of alpha}] 0]
    until 10000 {[xd key Return; llength [$fake calls alert.answer]]} "the answer"
    equal [$desk err] "ready\n"
}

finish
