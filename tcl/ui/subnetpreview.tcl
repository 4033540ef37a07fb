# SPDX-License-Identifier: ISC
# What publishing would change, in the dialog of Update: a page with the difference of each generated file,
# there as soon as the daemon has worked it out; without a publisher there is no such page.  Whoever closes
# the dialog before gives the question up.
namespace eval opdesk::ui::subnetpreview {
    namespace import ::msgcat::mc
    # by dialog: the call that is on its way
    variable calls {}
}

proc opdesk::ui::subnetpreview::attach {w d} {
    variable calls
    if {![winfo exists $d]} {
        return
    }
    lassign [split [opdesk::ui::subnet::key $w] /] server file
    set here [namespace current]
    if {[dict exists $calls $d]} {
        Forget $d
    } else {
        bind $d <Destroy> +[list ${here}::Gone %W $d]
    }
    $d.f.note configure -text [expr {[$d.f.note cget -text] eq ""
        ? [mc "Working out what would be generated …"] : [$d.f.note cget -text]}]
    # the number is there before the answer can be
    dict set calls $d ""
    dict set calls $d [opdesk::app::servers::call $server sdb.preview [dict create file $file \
        text [opdesk::app::sdb_edit::text [opdesk::ui::subnet::doc $w]]] [list ${here}::Previewed $d] 60000]
}

proc opdesk::ui::subnetpreview::Forget {d} {
    variable calls
    opdesk::app::servers::cancel [dict get $calls $d]
}

proc opdesk::ui::subnetpreview::Gone {window d} {
    variable calls
    if {$window eq $d} {
        Forget $d
        dict unset calls $d
    }
}

proc opdesk::ui::subnetpreview::Previewed {d status value} {
    variable calls
    if {![dict exists $calls $d] || ($status eq "error" && [dict get $value name] eq "cancelled")} {
        return
    }
    dict set calls $d ""
    if {[$d.f.note cget -style] eq "Small.TLabel"} {
        $d.f.note configure -text ""
    }
    set path $d.f.book.files
    set there [winfo exists $path]
    if {$status eq "error" || ![llength [dict get $value files]]} {
        if {$there} {
            destroy $path
        }
        return
    }
    if {!$there} {
        opdesk::ui::subnetdiff::create $path
        $d.f.book add $path
    }
    $d.f.book tab $path -text [mc "Generated files (%d)" [llength [dict get $value files]]]
    Fill $path.text $value
    if {[dict exists $value brake] && [dict size [dict get $value brake]]} {
        $d.f.note configure -style Note.TLabel \
            -text [mc "Many records would go: it will be stored, but not published without a confirmation."]
    }
}

proc opdesk::ui::subnetpreview::Fill {text value} {
    $text tag configure head -font OpdeskBold -spacing1 [opdesk::theme::px 8]
    $text configure -state normal
    $text delete 1.0 end
    foreach output [dict get $value files] {
        $text insert end [Head $output]\n head
        foreach line [split [string trimright [opdesk::app::sdb_list::field $output diff] \n] \n] {
            set tag ""
            switch -glob -- $line {
                +++* - ---* - @@* { set tag muted }
                +* { set tag added }
                -* { set tag removed }
            }
            $text insert end "[opdesk::system plain $line]\n" $tag
        }
        if {[opdesk::app::sdb_list::field $output cut 0]} {
            $text insert end [mc "… and more"]\n muted
        }
    }
    $text configure -state disabled
}

# The file, and for a zone its serials and records.
proc opdesk::ui::subnetpreview::Head {output} {
    set head [opdesk::app::words::line [dict get $output path] 120]
    if {[dict exists $output serial_new]} {
        append head " · " [mc "serial %1\$s → %2\$s" [opdesk::app::sdb_list::field $output serial_old –] \
            [dict get $output serial_new]]
    }
    if {[dict exists $output records_new]} {
        append head " · " [mc "records %1\$s → %2\$s" [opdesk::app::sdb_list::field $output records_old 0] \
            [dict get $output records_new]]
    }
    return $head
}
