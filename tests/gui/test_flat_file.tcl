# SPDX-License-Identifier: ISC
# Promise: a flat file that is no subnet is listed, edited as a text with find and replace, checked,
# stored and in the history as a subnet is; lines that somebody else changed are not lost.
source [file join [file dirname [info script]] subnet.tcl]

proc flat_daemon {} {
    variable flat_home [tmp flat[incr ::harness::counter]]
    file mkdir $::flat_home
    write $::flat_home/aliases "# ours\nroot: lena\nada: ada@example.org\n"
    write $::flat_home/motd "Harbour of Example\ntide tables are in the office\ntide is high\nthe quays ebb\nlast line\n"
    return [ipadmd -files [harbour] -conf "file \"aliases\" {\n path = \"$::flat_home/aliases\"\n type = \"table\"
        columns = {\"name\", \"to\"}\n title = \"Mail aliases\"\n}\nfile \"motd\" { path = \"$::flat_home/motd\" }\n"]
}

test text_is_edited_and_stored {
    screen 1280x900
    set d [flat_daemon]
    set desk [ipadm $d]
    set id [editor motd motd]
    # the keyboard is in the text
    keys ctrl+End
    typed "and one more"
    # one place, at a column whose number ends with 0
    keys ctrl+f
    typed "ebb"
    keys Tab
    typed "flood"
    keys Tab space
    keys ctrl+f
    typed "tide"
    keys Tab
    typed "water"
    keys Tab Tab space
    shot flat-text
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    typed "water"
    shot flat-update
    keys Return
    until 15000 {[string match "*\nwater tables*\nwater is high\nthe quays flood\nlast line\nand one more*" [contents $::flat_home/motd]]} \
        [contents $::flat_home/motd]
    focus_on $id
    keys F7
    focus_on [lindex [windows_are 1 {History of motd}] 0]
    shot flat-history
    equal [$desk err] ""
}

test what_the_check_refuses_is_said_and_nothing_is_stored {
    screen 1280x900
    set d [flat_daemon]
    set desk [ipadm $d]
    set id [editor aliases aliases]
    # keys that are quicker than the text are for it, too
    $desk signal STOP
    keys F4 ctrl+End
    typed "root: twice"
    $desk signal CONT
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    until 15000 {[regexp {"sdb.put","file":"aliases","result":"bad_request"} [contents [$d state]/audit.log]]} "refused"
    equal [contents $::flat_home/aliases] "# ours\nroot: lena\nada: ada@example.org\n"
    focus_on $id
    keys ctrl+Home
    shot flat-margin
    equal [llength [windows {\*aliases}]] 1 "it is still there to be edited"
    equal [$desk err] ""
}

test lines_that_both_have_changed_are_a_conflict {
    screen 1280x900
    set d [flat_daemon]
    set desk [ipadm $d]
    editor motd motd
    keys ctrl+End Up End
    typed " of mine"
    write $::flat_home/motd.vi [string map {{last line} {last line of theirs}} [contents $::flat_home/motd]]
    file rename -force $::flat_home/motd.vi $::flat_home/motd
    [$d peer] call sdb.get file motd
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    focus_on [lindex [windows_are 1 Conflict] 0]
    shot flat-conflict
    # to "Store mine", the one before the button that has the keyboard
    keys shift+Tab Return
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    until 15000 {[string match "*\nlast line of mine\n*" [contents $::flat_home/motd]]} {[contents $::flat_home/motd]}
    equal [$desk err] ""
}

finish
