# SPDX-License-Identifier: ISC
# The original's form for one node.  Empty, it searches: what is typed into a field finds a node, Return
# loads it.  Loaded, or with a new node in it, it edits: Apply (Return) stores, Escape empties it.
namespace eval opdesk::ui::subnetform {
    namespace import ::msgcat::mc
    # by toplevel: what it holds: empty, node, new; and what was put into it
    variable modes {}
    variable put {}
    # by toplevel: the node that was loaded, as it was then
    variable loaded {}
}

# Widget, face (the table's), row, column; the widgets are called as the fields.
proc opdesk::ui::subnetform::Fields {} {
    return [list name [mc "Name"] 0 0 address [mc "Address"] 0 2 ethernet [mc "Ethernet"] 0 4 \
        alias [mc "Alias"] 1 0 mx MX 1 2 comment [mc "Comment"] 1 4]
}

proc opdesk::ui::subnetform::create {path w} {
    variable modes
    set here [namespace current]
    dict set modes $w empty
    ttk::frame $path -padding [list [opdesk::theme::px 8] [opdesk::theme::px 6]]
    foreach {name face row column} [Fields] {
        ttk::label $path.l_$name -text $face
        ttk::entry $path.$name -width 14
        grid $path.l_$name -row $row -column $column -sticky e \
            -padx [list [expr {$column ? [opdesk::theme::px 8] : 0}] [opdesk::theme::px 4]]
        grid $path.$name -row $row -column [expr {$column + 1}] -sticky we -pady [opdesk::theme::px 2]
        bind $path.$name <KeyRelease> [list ${here}::Typed $path $w $name %K]
        foreach key {<Return> <KP_Enter>} {
            bind $path.$name $key [list ${here}::Return $path $w]
        }
        bind $path.$name <Escape> [list ${here}::Escape $path $w]
    }
    ttk::button $path.apply -style Small.TButton -text [mc "Apply"] -command [list ${here}::Return $path $w]
    grid $path.apply -row 0 -column 6 -sticky we -padx [list [opdesk::theme::px 8] 0]
    ttk::button $path.clear -style Small.TButton -text [mc "Clear"] -command [list ${here}::Clear $path $w]
    grid $path.clear -row 1 -column 6 -sticky we -padx [list [opdesk::theme::px 8] 0]
    ttk::label $path.note -style Small.TLabel -anchor w
    grid $path.note -row 2 -column 0 -columnspan 7 -sticky we -pady [list [opdesk::theme::px 2] 0]
    ttk::label $path.past -style Small.TLabel -anchor w -cursor hand2
    bind $path.past <Button-1> [list opdesk::ui::subnethistory::of_node $w]
    grid $path.past -row 3 -column 0 -columnspan 7 -sticky we
    # an Ethernet address is the longest of them, and all of it is to be seen
    foreach {column weight} {1 5 3 5 5 6} {
        grid columnconfigure $path $column -weight $weight -uniform entry
    }
    bind $w <<SubnetNode>> +[list ${here}::Node $path $w %d]
    bind $w <<SubnetEdited>> +[list ${here}::Node $path $w edited]
    bind $w <<SubnetMode>> +[list ${here}::Mode $path $w]
    bind $w <Destroy> +[list ${here}::Gone %W $w]
    opdesk::app::signal::on_while $path blame [list ${here}::Blamed $path $w]
    opdesk::app::signal::on_while $path vendors [list ${here}::Say $path $w]
    Say $path $w
    return $path
}

proc opdesk::ui::subnetform::Gone {window w} {
    variable modes
    variable put
    if {$window eq $w} {
        dict unset modes $w
        dict unset put $w
        variable loaded
        dict unset loaded $w
        opdesk::app::sdb_blame::forget [opdesk::ui::subnet::key $w]
    }
}

proc opdesk::ui::subnetform::Path {w} {
    return $w.panes.left.form
}

proc opdesk::ui::subnetform::Mode {path w} {
    $path.apply state [expr {[opdesk::ui::subnet::writable $w] ? "!disabled" : "disabled"}]
    Say $path $w
}

# --- what it holds ---

proc opdesk::ui::subnetform::Put {path node} {
    variable put
    foreach {name face row column} [Fields] value $node {
        $path.$name delete 0 end
        $path.$name insert 0 $value
    }
    dict set put [winfo toplevel $path] [Values $path]
}

# Has somebody typed into it?
proc opdesk::ui::subnetform::Touched {path w} {
    variable put
    return [expr {[dict exists $put $w] && [dict get $put $w] ne [Values $path]}]
}

proc opdesk::ui::subnetform::Values {path} {
    set values {}
    foreach {name face row column} [Fields] {
        dict set values $name [opdesk::app::sdb_edit::written $name [$path.$name get]]
    }
    return $values
}

# The current node is another; what is being typed into the form is not lost by that.
proc opdesk::ui::subnetform::Node {path w from} {
    variable modes
    set number [opdesk::ui::subnet::current $w]
    if {$from eq "form" || ![opdesk::ui::subnet::ready $w]} {
        return
    }
    if {$from eq "edited" && [Touched $path $w]} {
        return
    }
    if {$number < 0} {
        if {[dict get $modes $w] eq "node"} {
            Clear $path $w 0
        }
        return
    }
    if {$from eq "edited" && [dict get $modes $w] eq "new"} {
        return
    }
    Load $path $w $number
}

proc opdesk::ui::subnetform::Load {path w number} {
    variable modes
    variable loaded
    set node [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number]
    Put $path $node
    dict set loaded $w $node
    dict set modes $w node
    Say $path $w
    Past $path $w
}

proc opdesk::ui::subnetform::new {w address} {
    variable modes
    set path [Path $w]
    if {![opdesk::ui::subnet::writable $w]} {
        bell
        return
    }
    Put $path [list "" [opdesk::app::sdb_edit::written address $address] "" "" "" ""]
    dict set modes $w new
    Say $path $w
    Past $path $w
    focus $path.name
}

proc opdesk::ui::subnetform::Clear {path w {grasp 1}} {
    variable modes
    Put $path {"" "" "" "" "" ""}
    dict set modes $w empty
    Say $path $w
    Past $path $w
    if {$grasp} {
        focus $path.name
    }
}

# --- keys ---

# Escape empties it; when it is empty it is the window's.
proc opdesk::ui::subnetform::Escape {path w} {
    variable modes
    if {[dict get $modes $w] ne "empty" || [join [dict values [Values $path]] ""] ne ""} {
        Clear $path $w
        return -code break
    }
}

proc opdesk::ui::subnetform::Typed {path w field key} {
    variable modes
    if {![opdesk::ui::subnet::ready $w] || $key in {Return KP_Enter Tab Escape Shift_L Control_L ISO_Left_Tab}} {
        return
    }
    if {[dict get $modes $w] ne "empty"} {
        Say $path $w
        return
    }
    set text [string trim [dict get [Values $path] $field]]
    set number -1
    if {$text ne ""} {
        set number [opdesk::sdb find [opdesk::ui::subnet::sheet $w] $field $text \
            [expr {max(0, [opdesk::ui::subnet::current $w])}]]
    }
    if {$number >= 0} {
        opdesk::ui::subnet::go $w $number form
        set name [lindex [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number] 0]
        Note $path [mc "Found %s: Return loads it." [opdesk::app::words::line $name 60]]
    } elseif {$text ne ""} {
        Note $path [mc "No node has this."] 1
    } else {
        Say $path $w
    }
}

proc opdesk::ui::subnetform::Return {path w} {
    variable modes
    switch [dict get $modes $w] {
        empty {
            set number [opdesk::ui::subnet::current $w]
            if {$number >= 0 && [join [dict values [Values $path]] ""] ne ""} {
                Load $path $w $number
            }
        }
        node { Apply $path $w }
        new { Add $path $w }
    }
}

# What is in it and not applied counts now; a new node that has no name yet does not.
proc opdesk::ui::subnetform::finish {path w} {
    variable modes
    if {[dict get $modes $w] ne "empty" && [Touched $path $w]
        && !([dict get $modes $w] eq "new" && [dict get [Values $path] name] eq "")} {
        Return $path $w
    }
}

proc opdesk::ui::subnetform::Apply {path w} {
    variable loaded
    set number [opdesk::ui::subnet::current $w]
    if {$number < 0 || [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number] ne [dict get $loaded $w]} {
        Note $path [mc "Somebody else has changed this node meanwhile: Clear, and load it again."] 1
        return
    }
    if {[opdesk::ui::subnet::edit $w change $number [Values $path]]} {
        Load $path $w $number
        focus [opdesk::ui::subnetnodes::tree $w]
    }
}

proc opdesk::ui::subnetform::Add {path w} {
    variable modes
    if {[opdesk::ui::subnet::edit $w add [list [dict values [Values $path]]]]} {
        Clear $path $w 0
        opdesk::ui::subnetnodes::Show $w
        opdesk::ui::subnet::go $w [expr {[lindex [opdesk::sdb count [opdesk::ui::subnet::sheet $w]] 1] - 1}] new
        focus [opdesk::ui::subnetnodes::tree $w]
    }
}

# --- what to say ---

proc opdesk::ui::subnetform::Note {path text {bad 0}} {
    $path.note configure -text $text -style [expr {$bad ? "Note.TLabel" : "Small.TLabel"}]
}

proc opdesk::ui::subnetform::Blamed {path w key args} {
    if {$key eq [opdesk::ui::subnet::key $w]} {
        Past $path $w
    }
}

# Who gave the node that it holds its form on the server.
proc opdesk::ui::subnetform::Past {path w} {
    variable modes
    variable loaded
    set text ""
    if {[dict get $modes $w] eq "node"} {
        set key [opdesk::ui::subnet::key $w]
        set address [lindex [dict get $loaded $w] 1]
        set text [opdesk::app::sdb_words::blame [opdesk::app::sdb_blame::of $key $address]]
        opdesk::app::sdb_blame::want $key $address
    }
    $path.past configure -text $text
}

# What is wrong with what it holds, else whose card it is, else what it is for.
proc opdesk::ui::subnetform::Say {path w} {
    variable modes
    if {![opdesk::ui::subnet::ready $w] || [dict get $modes $w] eq "empty"} {
        Note $path [mc "Type into a field to find a node."]
        return
    }
    set values [Values $path]
    set wrong ""
    if {[opdesk::ui::subnet::writable $w] && [Differs $path $w]} {
        set wrong [opdesk::ui::subnetcheck::try_node $w \
            [expr {[dict get $modes $w] eq "new" ? -1 : [opdesk::ui::subnet::current $w]}] $values]
    }
    if {$wrong ne "" && !([dict get $modes $w] eq "new" && [dict get $values name] eq "")} {
        Note $path [opdesk::app::words::line $wrong 160] 1
    } else {
        Note $path [join [lsearch -all -inline -not -exact [list \
            [expr {[dict get $modes $w] eq "new" ? [mc "New node: name it, Return adds it."] : ""}] \
            [opdesk::app::sdb_vendor::words [dict get $values ethernet]]] {}] " · "]
    }
}

proc opdesk::ui::subnetform::Differs {path w} {
    variable modes
    set number [opdesk::ui::subnet::current $w]
    return [expr {[dict get $modes $w] eq "new" || $number < 0
        || [dict values [Values $path]] ne [opdesk::sdb node [opdesk::ui::subnet::sheet $w] $number]}]
}
