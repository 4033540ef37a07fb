# SPDX-License-Identifier: ISC
# The questions about a new subnet: its file, its title, what it covers.  The answers become a document that
# is stored like any other.
namespace eval opdesk::ui::subnetnew {
    namespace import ::msgcat::mc
    variable w .newsubnet
    variable server ""
}

# network: "192.0.2.64/26", or "" when nothing is known.
proc opdesk::ui::subnetnew::ask {on_server network} {
    variable w
    variable server $on_server
    destroy $w
    opdesk::ui::dialog::create $w [mc "New subnet"]
    set row 0
    foreach {name face value} [list file [mc "File"] [Next $on_server] title [mc "Title"] "" \
        domain [mc "Domain"] [Domain $on_server] network [mc "Network"] $network \
        gateway [mc "Gateway"] [Gateway $network]] {
        ttk::label $w.f.l_$name -text $face
        ttk::entry $w.f.$name -width 34
        $w.f.$name insert 0 $value
        grid $w.f.l_$name $w.f.$name -sticky w -pady [opdesk::theme::px 3]
        grid configure $w.f.l_$name -padx [list 0 [opdesk::theme::px 12]]
        bind $w.f.$name <Return> [namespace current]::Make
        incr row
    }
    ttk::label $w.f.note -style Error.TLabel
    grid $w.f.note - -sticky w
    ttk::button $w.foot.make -text [mc "Make it"] -default active -command [namespace current]::Make
    pack $w.foot.make -side right -padx [opdesk::theme::px 8]
    raise $w.foot.close
    opdesk::ui::dialog::open $w $w.f.title
}

# The number after the last one.
proc opdesk::ui::subnetnew::Next {server} {
    set last 0
    foreach key [opdesk::app::sdb_list::keys] {
        if {[string match $server/* $key]} {
            set last [expr {max($last, [lindex [opdesk::sdb name [lindex [split $key /] 1]] 1])}]
        }
    }
    return Subnet_[expr {$last + 1}]
}

# That of a subnet which is open, or nothing.
proc opdesk::ui::subnetnew::Domain {server} {
    foreach key [opdesk::app::sdb_work::keys] {
        set doc [opdesk::app::sdb_work::get $key doc]
        if {$doc ne ""} {
            set header [opdesk::sdb header [opdesk::app::sdb_edit::sheet $doc]]
            if {[dict exists $header Domain]} {
                return [dict get $header Domain]
            }
        }
    }
    return ""
}

# The last address that a host may have, as in the original's example.
proc opdesk::ui::subnetnew::Gateway {network} {
    set range [opdesk::app::sdb_gaps::range $network]
    return [expr {[llength $range] && [lindex $range 1] - [lindex $range 0] > 2
        ? [opdesk::app::sdb_gaps::address [expr {[lindex $range 1] - 1}]] : ""}]
}

proc opdesk::ui::subnetnew::Make {} {
    variable w
    variable server
    foreach name {file title domain network gateway} {
        set $name [string trim [$w.f.$name get]]
    }
    if {[catch {opdesk::sdb name $file} parts]} {
        Say [mc "The file is called Subnet_ and a number, with a letter at most: Subnet_12B."] file
        return
    }
    set key $server/[lindex $parts 0]
    if {[opdesk::app::sdb_list::exists $key]} {
        Say [mc "There is a %s already." [lindex $parts 0]] file
        return
    }
    set lines [Header $title $domain $network $gateway]
    if {![llength $lines]} {
        Say [mc "Expected a network such as 192.0.2.64/26 or 2001:db8:7::/64."] network
        return
    }
    destroy $w
    opdesk::ui::subnet::open_new $key [encoding convertto utf-8 [join $lines \n]\n]
}

proc opdesk::ui::subnetnew::Header {title domain network gateway} {
    set lines [list "Title = $title"]
    set range [opdesk::app::sdb_gaps::range $network]
    if {[llength $range]} {
        set mask [expr {0xffffffff ^ ([lindex $range 1] - [lindex $range 0])}]
        lappend lines "Domain = $domain" "Base_IP = [lindex [split $network /] 0]" \
            "Subnet_Mask = [opdesk::app::sdb_gaps::address $mask]"
    } elseif {[regexp {^([0-9a-fA-F:]+:[0-9a-fA-F:]*)/(\d+)$} $network - base bits] && $bits <= 128} {
        lappend lines "Format = 2" "Domain = $domain" "Base_IP = \[$base\]" "Subnet_Mask = $bits"
        if {$gateway ne "" && ![string match {\[*} $gateway]} {
            set gateway \[$gateway\]
        }
    } else {
        return {}
    }
    if {$gateway ne ""} {
        lappend lines "Gateway = $gateway"
    }
    return [lappend lines __NODES__]
}

proc opdesk::ui::subnetnew::Say {text field} {
    variable w
    $w.f.note configure -text $text
    focus $w.f.$field
}
