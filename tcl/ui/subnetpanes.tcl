# SPDX-License-Identifier: ISC
# The parts of a subnet's editor, side by side: header; nodes with the form for one below them, the grid, the
# free addresses.  Which keys the window has, and how the keyboard goes from part to part.
namespace eval opdesk::ui::subnetpanes {
    namespace import ::msgcat::mc
}

proc opdesk::ui::subnetpanes::create {w} {
    set gap [opdesk::theme::px 8]
    opdesk::ui::subnethead::create $w.head $w
    ttk::frame $w.line -style Line.TFrame -height 1
    ttk::panedwindow $w.panes -orient horizontal
    ttk::frame $w.panes.left
    opdesk::ui::subnetnodes::create $w.panes.left.nodes $w
    opdesk::ui::subnetform::create $w.panes.left.form $w
    pack $w.panes.left.form -side bottom -fill x
    pack $w.panes.left.nodes -side top -fill both -expand 1
    opdesk::ui::subnetgrid::create $w.panes.grid $w
    opdesk::ui::subnetfree::create $w.panes.free $w
    $w.panes add $w.panes.left -weight 3
    $w.panes add $w.panes.grid -weight 1
    $w.panes add $w.panes.free -weight 0
    pack $w.head -side top -fill x -padx $gap -pady $gap
    pack $w.line -side top -fill x
    pack $w.panes -side top -fill both -expand 1
}

proc opdesk::ui::subnetpanes::keys {} {
    set editor opdesk::ui::subnet
    set nodes opdesk::ui::subnetnodes
    return [list [mc "Editor of a subnet"] [list \
        <Control-Key-s> [mc "Update: show what will change, and store it"] ${editor}::update_ \
        <Escape> [mc "Cancel: close without storing; stop an Update that is on its way"] ${editor}::cancel \
        <Control-Key-z> [mc "Undo"] ${editor}::undo \
        {<Control-Key-y> <Control-Shift-Key-Z>} [mc "Redo"] ${editor}::redo \
        <Control-Key-f> [mc "Filter the nodes"] ${nodes}::find \
        <Control-Key-n> [mc "New node with the next free address"] ${nodes}::new \
        <Control-Key-Delete> [mc "Remove the selected nodes"] ${nodes}::remove \
        <F2> [mc "Edit the cell; a letter does it too"] "" \
        <Control-Key-c> [mc "Copy the selected nodes, for a spreadsheet"] "" \
        <Control-Key-v> [mc "Paste nodes or a column from a spreadsheet"] "" \
        <Control-Key-p> [mc "Print the addresses, or save them as PDF, PostScript or PNG"] opdesk::ui::subnetprint::ask \
        <Control-Shift-Key-O> [mc "Sort by the column that the keyboard is in"] ${nodes}::sort_here \
        <Control-Shift-Key-I> [mc "Import nodes from CSV, hosts, dhcpd.conf or a zone file"] opdesk::ui::subnetimport::choose \
        <Control-Shift-Key-E> [mc "Export nodes as CSV"] opdesk::ui::subnetfiles::export \
        <F6> [mc "Nodes, grid, free addresses, form, header in turn, and a bar that asks"] [namespace current]::Next \
        <F7> [mc "History of the subnet"] ${editor}::history \
        <Shift-Key-F7> [mc "History of the node: who gave this address, when, why"] opdesk::ui::subnethistory::of_node \
        <F8> [mc "The next finding"] opdesk::ui::subnetfindings::next \
        <F10> [mc "The menu of the window"] ${nodes}::post_menu \
        <F1> [mc "This page"] opdesk::ui::keys::show \
        <F9> [mc "Try to get the lock"] ${editor}::lock \
        <Shift-Key-F9> [mc "Ask whoever has the lock for it"] ${editor}::ask_owner \
        <Control-Key-F9> [mc "Give the lock to somebody who asks for it"] opdesk::ui::subnetwanted::give]]
}

proc opdesk::ui::subnetpanes::Next {w} {
    set parts [list [opdesk::ui::subnetnodes::tree $w] [opdesk::ui::subnetgrid::main $w] $w.panes.free.tree \
        $w.panes.left.form.name $w.head.title $w.wanted.give]
    set now [focus -displayof $w]
    set at 0
    foreach part $parts {
        if {$now eq $part || [string match [winfo parent $part].* $now]} {
            set at [lsearch -exact $parts $part]
            break
        }
    }
    for {set i 1} {$i <= [llength $parts]} {incr i} {
        set part [lindex $parts [expr {($at + $i) % [llength $parts]}]]
        if {[winfo viewable $part]} {
            focus $part
            return
        }
    }
}
