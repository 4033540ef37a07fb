# SPDX-License-Identifier: ISC
# The header of a subnet as labelled lines; what the check says about one is beside it while it is typed.
namespace eval opdesk::ui::subnethead {
    namespace import ::msgcat::mc
}

# Widget, key in the file, face, row, column, how many columns it takes.
proc opdesk::ui::subnethead::Fields {} {
    return [list \
        title Title [mc "Title"] 0 0 5 \
        domain Domain [mc "Domain"] 1 0 1 \
        base Base_IP [mc "Base address"] 1 2 1 \
        mask Subnet_Mask [mc "Mask"] 1 4 1 \
        gateway Gateway [mc "Gateway"] 2 0 1 \
        shared Shared [mc "Shared"] 2 2 3]
}

proc opdesk::ui::subnethead::create {path w} {
    set here [namespace current]
    ttk::frame $path
    foreach {name key face row column span} [Fields] {
        ttk::label $path.l_$name -text $face
        ttk::entry $path.$name -width 22
        ttk::label $path.n_$name -style Note.TLabel -anchor w
        grid $path.l_$name -row [expr {2 * $row}] -column $column -sticky e \
            -padx [list [expr {$column ? [opdesk::theme::px 14] : 0}] [opdesk::theme::px 6]]
        grid $path.$name -row [expr {2 * $row}] -column [expr {$column + 1}] -columnspan $span -sticky we \
            -pady [opdesk::theme::px 2]
        grid $path.n_$name -row [expr {2 * $row + 1}] -column [expr {$column + 1}] -columnspan $span -sticky we
        grid remove $path.n_$name
        foreach event {<Return> <KP_Enter> <FocusOut>} {
            bind $path.$name $event [list ${here}::Take $path $w $name $key]
        }
        bind $path.$name <KeyRelease> [list ${here}::Typed $path $w $name $key]
        bind $path.$name <Escape> "[list ${here}::Back $path $w $name $key]"
    }
    foreach column {1 3 5} {
        grid columnconfigure $path $column -weight 1 -uniform field
    }
    foreach {event handler} {SubnetEdited Show SubnetMode Show SubnetChecked Notes} {
        bind $w <<$event>> +[list ${here}::$handler $path $w]
    }
    return $path
}

proc opdesk::ui::subnethead::Value {w key} {
    set header [opdesk::sdb header [opdesk::ui::subnet::sheet $w]]
    return [if {[dict exists $header $key]} {dict get $header $key}]
}

proc opdesk::ui::subnethead::Show {path w} {
    if {![opdesk::ui::subnet::ready $w]} {
        return
    }
    set writable [opdesk::ui::subnet::writable $w]
    foreach {name key face row column span} [Fields] {
        $path.$name state !readonly
        set value [Value $w $key]
        if {[$path.$name get] ne $value && [focus -displayof $w] ne "$path.$name"} {
            $path.$name delete 0 end
            $path.$name insert 0 $value
        }
        $path.$name state [expr {$writable ? "!readonly" : "readonly"}]
    }
    # an extension of the format: only where it is there
    set method [expr {[Value $w Format] ne "" ? "configure" : "remove"}]
    foreach widget [list $path.l_shared $path.shared] {
        grid $method $widget
    }
}

# An empty line is taken out, unless the original had it always.
proc opdesk::ui::subnethead::Take {path w name key} {
    if {![opdesk::ui::subnet::writable $w]} {
        return
    }
    set value [string trim [$path.$name get]]
    if {$value eq [Value $w $key]} {
        return
    }
    if {$value eq "" && $key in {Gateway Shared}} {
        opdesk::ui::subnet::edit $w drop_header $key
    } else {
        opdesk::ui::subnet::edit $w set_header $key $value
    }
}

# What is being typed counts now.
proc opdesk::ui::subnethead::finish {path w} {
    foreach {name key face row column span} [Fields] {
        Take $path $w $name $key
    }
}

# The first Escape takes back what was typed; with nothing typed it is the window's.
proc opdesk::ui::subnethead::Back {path w name key} {
    if {![opdesk::ui::subnet::ready $w] || [$path.$name get] eq [Value $w $key]} {
        return
    }
    $path.$name delete 0 end
    $path.$name insert 0 [Value $w $key]
    Notes $path $w
    return -code break
}

proc opdesk::ui::subnethead::Typed {path w name key} {
    if {[opdesk::ui::subnet::writable $w]} {
        set value [string trim [$path.$name get]]
        if {$value ne [Value $w $key]} {
            Note $path $name [opdesk::ui::subnetcheck::try_header $w $key $value]
        } else {
            Notes $path $w
        }
    }
}

proc opdesk::ui::subnethead::Note {path name text} {
    $path.n_$name configure -text $text
    grid [expr {$text eq "" ? "remove" : "configure"}] $path.n_$name
}

# What the check says of each line.
proc opdesk::ui::subnethead::Notes {path w} {
    set said {}
    set lines [opdesk::ui::subnetcheck::header_lines $w]
    foreach finding [opdesk::ui::subnet::findings $w] {
        set line [opdesk::app::sdb_list::field $finding line 0]
        if {[dict exists $lines $line] && ![dict exists $said [dict get $lines $line]]} {
            dict set said [dict get $lines $line] [dict get $finding message]
        }
    }
    foreach {name key face row column span} [Fields] {
        Note $path $name [if {[dict exists $said $key]} {dict get $said $key}]
    }
}
