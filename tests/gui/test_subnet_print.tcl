# SPDX-License-Identifier: ISC
# Promise: the addresses of a subnet are saved as PDF, PostScript and PNG, or printed, from the window; what
# is in the files can be read, with all the pages that there are to be.
source [file join [file dirname [info script]] subnet.tcl]
need gs identify

proc gs {args} {
    return [exec -ignorestderr gs -q -dNOPAUSE -dBATCH -dSAFER -dPDFSTOPONERROR {*}$args 2>@1]
}
proc said {path} {
    gs -sDEVICE=txtwrite -o $path.txt $path
    return [contents $path.txt]
}

# Where the buttons and choices of the dialog are, at 100 %.
set places {names 160 29 numbers 160 49 list 160 69 pdf 127 151 ps 215 151 png 335 151 save 66 227 print 180 227}
proc press {name} {
    click [lindex [windows {Print or save the addresses}] 0] {*}[dict get [concat {*}[lmap {n x y} $::places {list $n [list $x $y]}]] $name]
}

# Save as what is chosen; the file's own dialog is Tk's.
proc save {path {by {press save}}} {
    {*}$by
    focus_on [lindex [windows_are 2 {Print or save the addresses}] end]
    keys ctrl+slash
    typed $path
    keys Return
    windows_are 1 {Print or save the addresses}
}

test addresses_are_saved_in_each_form_and_printed {
    screen 1280x900
    file mkdir [set folder [tmp]]
    # a printer that keeps what it is given
    write $folder/lp "#!/bin/sh\ncp \"\$3\" $folder/printed.part && mv $folder/printed.part $folder/printed.pdf && echo request id is Office-7\n"
    file attributes $folder/lp -permissions 0755
    set path $::env(PATH)
    set ::env(PATH) $folder:$path
    set d [ipadmd -files [harbour]]
    set desk [ipadm $d]
    set ::env(PATH) $path
    set id [editor Subnet_128A.sdb dock7]
    keys ctrl+p
    windows_are 1 {Print or save the addresses}
    shot subnet-print
    # the keyboard is in a choice
    focus_on [lindex [windows {Print or save the addresses}] 0]
    save $folder/plan.pdf {keys Return}
    until 15000 {[file exists $folder/plan.pdf]} "a PDF"
    set text [said $folder/plan.pdf]
    foreach words {Dry\ Dock\ and\ Cranes 198.51.100.0/24 dock119 Subnet_128A.sdb {Page 1 of 1}} {
        matches $text $words
    }
    press ps
    save $folder/plan.ps
    until 15000 {[file exists $folder/plan.ps]} "PostScript"
    matches [said $folder/plan.ps] dock119
    gs -r100 -sDEVICE=png16m -o [file join $::artefacts subnet-print-ps.png] $folder/plan.ps
    press list
    press png
    save $folder/list.png
    # three pages of a list, each a picture
    until 15000 {[file exists $folder/list-3.png]} "pictures"
    equal [lsort [glob -tails -directory $folder list*]] {list-1.png list-2.png list-3.png}
    equal [dict get [run identify -format {%m %w %h} $folder/list-3.png] out] "PNG 1240 1754"
    file copy -force $folder/list-1.png [file join $::artefacts subnet-print-list.png]
    press names
    save $folder/grid.png
    until 15000 {[file exists $folder/grid.png]} "a picture"
    file copy -force $folder/grid.png [file join $::artefacts subnet-print-png.png]
    press print
    until 15000 {[file exists $folder/printed.pdf]} "printed"
    matches [said $folder/printed.pdf] dock119
    shot subnet-printed
    equal [glob -nocomplain $folder/*.part] ""
    equal [$desk err] ""
}

finish
