# SPDX-License-Identifier: ISC
# Nodes as CSV or hosts: what an editor of a subnet writes on this computer; and the menu with that.
namespace eval opdesk::ui::subnetfiles {
    namespace import ::msgcat::mc
}

proc opdesk::ui::subnetfiles::fill {menu w} {
    set here [namespace current]
    set writable [expr {[opdesk::ui::subnet::writable $w] ? "normal" : "disabled"}]
    $menu delete 0 end
    $menu add command -label [mc "Import …"] -accelerator Ctrl+Shift+I -state $writable \
        -command [list opdesk::ui::subnetimport::choose $w]
    $menu add command -label [mc "Export CSV …"] -accelerator Ctrl+Shift+E -command [list ${here}::export $w]
    $menu add command -label [mc "Export hosts …"] -command [list ${here}::export $w hosts]
    $menu add command -label [mc "Print or save the addresses …"] -command [list opdesk::ui::subnetprint::ask $w]
}

proc opdesk::ui::subnetfiles::Name {w suffix} {
    return [file rootname [lindex [split [opdesk::ui::subnet::key $w] /] 1]].$suffix
}

# format: csv or hosts.
proc opdesk::ui::subnetfiles::export {w {format csv}} {
    if {![opdesk::ui::subnet::ready $w]} {
        bell
        return
    }
    opdesk::ui::subnet::finish $w
    set path [tk_getSaveFile -parent $w -initialfile [Name $w $format] -title [mc "Export nodes"]]
    if {$path ne ""} {
        Save $w $path [opdesk::sdb export [opdesk::ui::subnet::sheet $w] $format \
            [lindex [split [opdesk::ui::subnet::key $w] /] 1]]
    }
}

proc opdesk::ui::subnetfiles::Save {w path text} {
    try {
        set chan [::open $path wb]
        puts -nonewline $chan $text
        ::close $chan
        opdesk::ui::subnet::say $w [mc "Written: %s" $path] {disc ok}
    } on error {message} {
        opdesk::ui::subnet::say $w $message {triangle warning}
    }
}
