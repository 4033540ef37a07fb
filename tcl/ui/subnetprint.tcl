# SPDX-License-Identifier: ISC
# The dialog that prints the addresses of a subnet, or saves them as PDF, PostScript or pictures, as the
# editor has them.  A printer is reached by lp(1) or lpr(1); without them, and without Ghostscript or anything
# else installed, a page can still be saved in each of the forms.
namespace eval opdesk::ui::subnetprint {
    namespace import ::msgcat::mc
    # by dialog and name: how, paper, kind, used
    variable choice
    array set choice {}
    # by dialog: {w job temporary}; temporary: what is on its way to the printer
    variable dialogs {}
    variable print_seconds 30
}

proc opdesk::ui::subnetprint::ask {w} {
    variable choice
    variable dialogs
    set d $w.print
    if {![opdesk::ui::subnet::ready $w]} {
        bell
        return
    }
    opdesk::ui::subnet::finish $w
    if {[winfo exists $d]} {
        raise $d
        focus $d
        return
    }
    set here [namespace current]
    opdesk::ui::dialog::create $d [mc "Print or save the addresses"]
    wm transient $d $w
    dict set dialogs $d [dict create w $w job "" temporary ""]
    array set choice [list $d,how [opdesk::app::sdb_pages::usual [opdesk::ui::subnet::sheet $w]] \
        $d,paper [Paper] $d,kind pdf $d,used 0]
    Choices $d
    ttk::label $d.f.note -style Small.TLabel -anchor w
    grid $d.f.note - -sticky we -pady [list [opdesk::theme::px 8] 0]
    grid columnconfigure $d.f 1 -weight 1
    ttk::button $d.foot.save -text [mc "Save …"] -default active -command [list ${here}::save $d]
    ttk::button $d.foot.print -text [mc "Print"] -command [list ${here}::print $d]
    pack $d.foot.save $d.foot.print -side left -padx [list 0 [opdesk::theme::px 8]]
    raise $d.foot.close
    # a choice is taken with space: by itself it would take Return, too, and keep it
    foreach chooser [list $d {*}[lsearch -all -inline -regexp [winfo children $d.f] {\.(how|paper|kind)_|\.used$}]] {
        foreach key {Return KP_Enter} {
            bind $chooser <Key-$key> "[list $d.foot.save invoke]; break"
        }
    }
    bind $d <Destroy> +[list ${here}::Gone %W $d]
    Show $d
    opdesk::ui::dialog::open $d $d.f.how_$choice($d,how)
}

# NAME TITLE VALUE FACE …, a row each; faces of `how` say how many pages there would be.
proc opdesk::ui::subnetprint::Choices {d} {
    set here [namespace current]
    set row 0
    foreach {name title values} [list \
        how [mc "What"] [list names "" numbers "" list ""] \
        paper [mc "Paper"] [list a4 A4 letter Letter] \
        kind [mc "Save as"] [list pdf PDF ps PostScript png [mc "PNG, a picture"]]] {
        ttk::label $d.f.l_$name -text $title
        ttk::frame $d.f.v_$name
        grid $d.f.l_$name $d.f.v_$name -sticky nw -pady [opdesk::theme::px 4] -padx [list 0 [opdesk::theme::px 14]]
        foreach {value face} $values {
            ttk::radiobutton $d.f.${name}_$value -text $face -value $value -variable ${here}::choice($d,$name) \
                -command [list ${here}::Show $d]
            pack $d.f.${name}_$value -in $d.f.v_$name {*}[expr {$name eq "how" ? {-anchor w} : {-side left -padx {0 14}}}]
        }
    }
    ttk::checkbutton $d.f.used -text [mc "Without pages on which everything is free"] \
        -variable ${here}::choice($d,used) -command [list ${here}::Show $d]
    pack $d.f.used -in $d.f.v_how -anchor w -pady [list [opdesk::theme::px 4] 0]
}

# Letter where it is what printers have.
proc opdesk::ui::subnetprint::Paper {} {
    foreach name {LC_ALL LC_PAPER LANG} {
        if {[info exists ::env($name)] && $::env($name) ne ""} {
            return [expr {[regexp {^(en|es|fr)_(US|CA|MX|PH|CL|CO|VE)} $::env($name)] ? "letter" : "a4"}]
        }
    }
    return a4
}

proc opdesk::ui::subnetprint::Gone {window d} {
    variable choice
    variable dialogs
    if {$window eq $d} {
        opdesk::app::sdb_paper::stop [dict get $dialogs $d job]
        Forget $d
        array unset choice $d,*
        dict unset dialogs $d
    }
}

proc opdesk::ui::subnetprint::W {d} {
    variable dialogs
    return [dict get $dialogs $d w]
}

proc opdesk::ui::subnetprint::Plan {d how sheet} {
    variable choice
    set w [W $d]
    set note [expr {[opdesk::app::sdb_work::modified [opdesk::ui::subnet::key $w]] ? [mc "with changes that are not stored"] : ""}]
    return [opdesk::app::sdb_pages::plan $sheet $choice($d,paper) $how $choice($d,used) \
        [lindex [split [opdesk::ui::subnet::key $w] /] 1] $note]
}

# How many pages each choice would be, and what can be done.
proc opdesk::ui::subnetprint::Show {d} {
    variable choice
    variable dialogs
    set sheet [opdesk::ui::subnet::sheet [W $d]]
    set busy [expr {[dict get $dialogs $d job] ne ""}]
    foreach {how face} [list names [mc "The grid with names: %s"] numbers [mc "The grid with numbers only: %s"] \
        list [mc "The nodes as a list: %s"]] {
        set can [opdesk::app::sdb_pages::can $sheet $how]
        set n [expr {$can ? [opdesk::app::sdb_pages::count [Plan $d $how $sheet]] : 0}]
        $d.f.how_$how configure -text [format $face [expr {$n == 1 ? [mc "1 page"] : [mc "%d pages" $n]}]]
        $d.f.how_$how state [expr {$can ? "!disabled" : "disabled"}]
    }
    $d.f.used state [expr {$choice($d,how) eq "list" ? "disabled" : "!disabled"}]
    $d.foot.save state [expr {$busy ? "disabled" : "!disabled"}]
    $d.foot.print state [expr {$busy || ![llength [Printer]] ? "disabled" : "!disabled"}]
    $d.foot.close configure -text [expr {$busy ? [mc "Cancel"] : [mc "Close"]}]
    if {!$busy && ![llength [Printer]] && [$d.f.note cget -text] eq ""} {
        Say $d [mc "There is no lp or lpr here to print with: save it, and print the file elsewhere."]
    }
}

proc opdesk::ui::subnetprint::Say {d text {style Small.TLabel}} {
    $d.f.note configure -text $text -style $style -wraplength [opdesk::theme::px 460]
}

# --- doing it ---

# A copy, so that pages fit together whatever is edited meanwhile; the list is in the order of addresses.
proc opdesk::ui::subnetprint::Start {d kind path prefix} {
    variable choice
    variable dialogs
    set copy [opdesk::sdb open [opdesk::sdb read [opdesk::ui::subnet::sheet [W $d]]]]
    opdesk::sdb show $copy {} address 0
    dict set dialogs $d job [opdesk::app::sdb_paper::start [Plan $d $choice($d,how) $copy] $kind $path $prefix]
    Show $d
}

proc opdesk::ui::subnetprint::save {d} {
    variable choice
    set kind $choice($d,kind)
    set file [file rootname [lindex [split [opdesk::ui::subnet::key [W $d]] /] 1]]
    set path [tk_getSaveFile -parent $d -initialfile $file.$kind -defaultextension .$kind \
        -title [mc "Print or save the addresses"]]
    if {$path eq "" || ![winfo exists $d]} {
        return
    }
    set n [opdesk::app::sdb_pages::count [Plan $d $choice($d,how) [opdesk::ui::subnet::sheet [W $d]]]]
    set there [lsearch -all -inline -not -exact [lmap name [opdesk::app::sdb_paper::names $path $kind $n] {
        if {$n == 1 || $kind ne "png" || ![file exists $name]} {list} else {set name}
    }] {}]
    if {[llength $there]} {
        Say $d [mc "%s is there already, and each page is a file: choose another name." [lindex $there 0]] Error.TLabel
        return
    }
    Start $d $kind $path [list [namespace current]::Saved $d]
}

proc opdesk::ui::subnetprint::Saved {d event value {of ""}} {
    switch $event {
        page { Say $d [mc "Page %1\$d of %2\$d" $value $of] }
        failed { Over $d $value Error.TLabel }
        done {
            Over $d [expr {[llength $value] == 1 ? [mc "Written: %s" [lindex $value 0]]
                : [mc "Written: %1\$d files, %2\$s and so on" [llength $value] [lindex $value 0]]}]
        }
    }
}

proc opdesk::ui::subnetprint::Over {d text {style Small.TLabel}} {
    variable dialogs
    dict set dialogs $d job ""
    Say $d $text $style
    Show $d
}

# As a command without the file; empty: none.
proc opdesk::ui::subnetprint::Printer {{title ""}} {
    foreach {program option} {lp -t lpr -T} {
        if {[llength [auto_execok $program]]} {
            return [list $program $option $title]
        }
    }
    return {}
}

proc opdesk::ui::subnetprint::print {d} {
    variable dialogs
    try {
        close [file tempfile path opdesk.pdf]
    } trap POSIX {message} {
        Say $d $message Error.TLabel
        return
    }
    dict set dialogs $d temporary $path
    Start $d pdf $path [list [namespace current]::Ready $d]
}

# A job that is not printing yet.
proc opdesk::ui::subnetprint::Forget {d} {
    variable dialogs
    file delete [dict get $dialogs $d temporary]
    dict set dialogs $d temporary ""
}

proc opdesk::ui::subnetprint::Ready {d event value {of ""}} {
    variable dialogs
    variable print_seconds
    switch $event {
        page { Saved $d $event $value $of }
        failed {
            Forget $d
            Saved $d $event $value
        }
        done {
            dict set dialogs $d temporary ""
            Say $d [mc "Sending it to the printer …"]
            opdesk::app::program::run [concat [Printer [lindex [split [opdesk::ui::subnet::key [W $d]] /] 1]] $value] \
                $print_seconds [list [namespace current]::Printed $d [lindex $value 0]]
        }
    }
}

proc opdesk::ui::subnetprint::Printed {d path status output} {
    file delete $path
    if {![winfo exists $d]} {
        return
    }
    if {$status eq "0"} {
        Over $d [string trim [mc "Sent to the printer. %s" [opdesk::app::words::line $output 100]]]
    } else {
        Over $d [mc "The printer's program %s has not taken it: save it as PDF, and print that." [lindex [Printer] 0]] \
            Error.TLabel
    }
}
