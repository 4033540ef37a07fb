# SPDX-License-Identifier: ISC
# The view of subnets, the original's hypertext: a read-only text with one line a subnet, the one under
# the pointer or the arrow keys is hot, a click or Return opens it.  Lines are drawn by slices, and only
# those that differ from what is there.
namespace eval opdesk::ui::subnets {
    namespace import ::msgcat::mc
    variable path ""
    # the lines: {KIND KEY PIECES}, KIND title subnet gap
    variable rows {}
    # what is to be drawn: LINE-NUMBER …, from 1
    variable queue {}
    variable timer ""
    variable slice_us 6000
    # the key of the hot line, "" for none
    variable hot ""
    variable pressed 0
    variable laying ""
}

proc opdesk::ui::subnets::create {at} {
    variable path $at
    set gap [opdesk::theme::px 8]
    set here [namespace current]
    ttk::frame $path
    opdesk::ui::filter::create $path.find [mc "Fast Find: any field of any subnet"] ${here}::Find 120
    opdesk::ui::subnetdrafts::create $path.drafts
    ttk::frame $path.body -style Surface.TFrame
    Text $path.body
    opdesk::widget::table::Empty $path.body.empty
    opdesk::ui::subnetfind::create $path.found
    bind $path.drafts <<DraftsShown>> [list pack $path.drafts -side top -fill x -after $path.find]
    pack $path.find -side top -fill x -padx $gap -pady $gap
    pack $path.body -side top -fill both -expand 1
    bind $path.find.entry <Down> ${here}::ToResults
    foreach key {<Return> <KP_Enter>} {
        bind $path.find.entry $key ${here}::OpenFound
    }
    bind $path.find.entry <Escape> "${here}::LeaveFind; break"
    foreach {signal handler} {subnets Later subnet Subnet servers Later server.removed Later tick Tick} {
        opdesk::app::signal::on_while $path $signal ${here}::$handler
    }
    bind $path <Destroy> +[list ${here}::Gone %W]
    Layout
    return $path
}

proc opdesk::ui::subnets::Text {body} {
    set here [namespace current]
    text $body.text -width 80 -height 10 -wrap none -relief ridge -borderwidth 1 -font TkDefaultFont \
        -cursor arrow -highlightthickness [opdesk::theme::px 1] -padx 0 -pady [opdesk::theme::px 4] -spacing1 0 -state disabled \
        -takefocus 1 -yscrollcommand [list $body.scroll set]
    opdesk::theme::dress $body.text
    ttk::scrollbar $body.scroll -command [list $body.text yview]
    # the original's scrollbar is on the west side
    grid $body.scroll $body.text -sticky nsew
    grid columnconfigure $body 1 -weight 1
    grid rowconfigure $body 0 -weight 1
    set text $body.text
    bindtags $text [list $text [winfo toplevel $body] all]
    bind $text <Motion> [list ${here}::Point %x %y]
    bind $text <Leave> [list ${here}::heat ""]
    bind $text <ButtonPress-1> "set ${here}::pressed 1; focus $text"
    bind $text <ButtonRelease-1> [list ${here}::Release %x %y]
    bind $text <ButtonRelease-3> [list ${here}::Menu %x %y %X %Y]
    foreach {event lines} {Button-4 -3 Button-5 3} {
        bind $text <$event> [list $text yview scroll $lines units]
    }
    bind $text <MouseWheel> [list ${here}::Wheel %D]
    bind $text <<ThemeChanged>> +${here}::Dress
    bind $text <Map> [list opdesk::ui::subnetline::configure $text]
    menu $body.menu -tearoff 0
    opdesk::ui::subnetline::configure $text
}

proc opdesk::ui::subnets::page {} {
    variable path
    return $path.body.text
}

proc opdesk::ui::subnets::shown {} {
    opdesk::connect_subnets 1
}

proc opdesk::ui::subnets::Wheel {delta} {
    [page] yview scroll [expr {$delta > 0 ? -3 : 3}] units
}

# --- keys ---

proc opdesk::ui::subnets::keys {} {
    set here [namespace current]
    return [list [mc "List of subnets"] [list \
        {<Up> <Down>} [mc "The subnet before, the next one"] "" \
        <Key-Up> [mc "The subnet before"] [list ${here}::Step -1] \
        <Key-Down> [mc "The next subnet"] [list ${here}::Step 1] \
        <Key-Prior> [mc "A page up"] [list ${here}::Step -10] \
        <Key-Next> [mc "A page down"] [list ${here}::Step 10] \
        <Key-Home> [mc "The first subnet"] [list ${here}::Step -1000000] \
        <Key-End> [mc "The last subnet"] [list ${here}::Step 1000000] \
        {<Return> <KP_Enter>} [mc "Open the subnet"] ${here}::OpenHot \
        <Control-Key-o> [mc "Open it to look at only"] [list ${here}::OpenHot 1] \
        <Control-Key-n> [mc "A new subnet"] ${here}::New \
        <Control-Key-c> [mc "Copy its network"] ${here}::Copy \
        <Control-Key-d> [mc "Open the draft that is offered"] opdesk::ui::subnetdrafts::open \
        {<Key-Menu> <Shift-Key-F10>} [mc "Menu"] ${here}::MenuByKey]]
}

# Ctrl+F
proc opdesk::ui::subnets::find {} {
    variable path
    opdesk::ui::filter::grasp $path.find
}

proc opdesk::ui::subnets::Find {text} {
    variable path
    if {[string trim $text] eq ""} {
        pack forget $path.found
        pack $path.body -side top -fill both -expand 1
        opdesk::ui::subnetfind::stop
    } else {
        pack forget $path.body
        pack $path.found -side top -fill both -expand 1
        opdesk::ui::subnetfind::search $text
    }
}

# What was typed last may not have been searched for yet.
proc opdesk::ui::subnets::OpenFound {} {
    variable path
    opdesk::ui::filter::hurry $path.find
    opdesk::ui::subnetfind::open_first
}

proc opdesk::ui::subnets::ToResults {} {
    focus [expr {[opdesk::ui::subnetfind::active] ? [opdesk::ui::subnetfind::tree] : [page]}]
}

proc opdesk::ui::subnets::LeaveFind {} {
    variable path
    opdesk::ui::filter::clear $path.find
    opdesk::ui::filter::hurry $path.find
    focus [page]
}

# How many there are, beside the line; ui/subnetfind.tcl says it.
proc opdesk::ui::subnets::count {text} {
    variable path
    opdesk::ui::filter::count $path.find $text
}

# --- the hot line ---

proc opdesk::ui::subnets::LineOf {key} {
    variable rows
    return [expr {$key eq "" ? 0 : [lsearch -exact -index 1 $rows $key] + 1}]
}

# The key of the line at a point, "" when it is no subnet's.
proc opdesk::ui::subnets::KeyAt {x y} {
    variable rows
    set text [page]
    set info [$text dlineinfo @$x,$y]
    if {$info eq "" || $y > [lindex $info 1] + [lindex $info 3]} {
        return ""
    }
    lassign [lindex $rows [expr {int([$text index @$x,$y]) - 1}]] kind key
    return [if {$kind in {subnet gap}} {set key}]
}

# Enter and Leave do not come when the pointer goes from one line straight to the next: Motion tells.
proc opdesk::ui::subnets::Point {x y} {
    heat [KeyAt $x $y]
}

proc opdesk::ui::subnets::heat {key} {
    variable hot
    if {$key eq $hot} {
        return
    }
    set hot $key
    ShowHot
}

proc opdesk::ui::subnets::ShowHot {} {
    variable hot
    set text [page]
    $text tag remove hot 1.0 end
    set line [LineOf $hot]
    if {$line} {
        $text tag add hot $line.0 $line.0+1lines
        $text configure -cursor hand2
    } else {
        $text configure -cursor arrow
    }
}

proc opdesk::ui::subnets::Step {by} {
    variable rows
    variable hot
    set keys [lmap row $rows {
        if {[lindex $row 0] eq "title"} {
            continue
        }
        lindex $row 1
    }]
    if {![llength $keys]} {
        return
    }
    set at [lsearch -exact $keys $hot]
    set to [expr {$at < 0 ? ($by > 0 ? min($by, [llength $keys]) - 1 : 0) : $at + $by}]
    heat [lindex $keys [expr {min(max($to, 0), [llength $keys] - 1)}]]
    [page] see [LineOf $hot].0
}

# --- opening ---

proc opdesk::ui::subnets::Release {x y} {
    variable pressed
    set key [KeyAt $x $y]
    if {$pressed && $key ne ""} {
        heat $key
        OpenHot
    }
    set pressed 0
}

# A gap opens as a new subnet that fills it.
proc opdesk::ui::subnets::OpenHot {{look_only 0}} {
    variable hot
    variable rows
    set line [LineOf $hot]
    if {!$line} {
        return
    }
    lassign [lindex $rows $line-1] kind key pieces range
    if {$kind eq "gap"} {
        NewIn [lindex $range 0] [lindex [opdesk::app::sdb_gaps::networks {*}[lrange $range 1 2]] 0]
    } else {
        opdesk::ui::subnet::open $key "" $look_only
    }
}

proc opdesk::ui::subnets::New {} {
    foreach server [opdesk::app::servers::known ipadmd] {
        if {[opdesk::app::servers::up $server]} {
            NewIn $server ""
            return
        }
    }
    bell
}

proc opdesk::ui::subnets::NewIn {server network} {
    opdesk::ui::subnetnew::ask $server $network
}

proc opdesk::ui::subnets::Copy {} {
    variable hot
    if {[opdesk::app::sdb_list::exists $hot]} {
        clipboard clear
        clipboard append [opdesk::app::sdb_list::field [opdesk::app::sdb_list::get $hot] network]
    }
}

proc opdesk::ui::subnets::Menu {x y root_x root_y} {
    heat [KeyAt $x $y]
    Post $root_x $root_y
}

proc opdesk::ui::subnets::MenuByKey {} {
    variable hot
    set text [page]
    set box [$text dlineinfo [LineOf $hot].0]
    if {$box ne ""} {
        Post [expr {[winfo rootx $text] + [opdesk::theme::px 40]}] \
            [expr {[winfo rooty $text] + [lindex $box 1] + [lindex $box 3]}]
    }
}

proc opdesk::ui::subnets::Post {x y} {
    variable path
    variable hot
    set menu $path.body.menu
    set here [namespace current]
    $menu delete 0 end
    if {[opdesk::app::sdb_list::exists $hot]} {
        $menu add command -label [mc "Open"] -command ${here}::OpenHot
        $menu add command -label [mc "Look at it only"] -command [list ${here}::OpenHot 1]
        $menu add command -label [mc "History …"] -command [list opdesk::ui::subnethistory::show $hot]
        $menu add command -label [mc "Copy its network"] -command ${here}::Copy
        $menu add separator
    }
    $menu add command -label [mc "New subnet …"] -command ${here}::New
    tk_popup $menu $x $y
}

# --- drawing ---

proc opdesk::ui::subnets::Dress {} {
    opdesk::theme::dress [page]
    opdesk::ui::subnetline::repaint
    opdesk::ui::subnetline::configure [page]
}

# Once for all that happens in a turn of the loop.
proc opdesk::ui::subnets::Later {args} {
    variable laying
    if {$laying eq ""} {
        set laying [after idle [namespace current]::Layout]
    }
}

# Which lines there should be.
proc opdesk::ui::subnets::Wanted {} {
    set keys [opdesk::app::sdb_list::keys]
    set gaps [opdesk::app::sdb_gaps::find [concat {*}[lmap key $keys {
        list $key [opdesk::app::sdb_list::field [opdesk::app::sdb_list::get $key] network]
    }]]]
    set wanted {}
    set server ""
    foreach key $keys {
        set own [dict get [opdesk::app::sdb_list::get $key] server]
        if {$own ne $server} {
            set server $own
            lappend wanted [list title title:$server {}]
        }
        lappend wanted [list subnet $key {}]
        if {[dict exists $gaps $key]} {
            lappend wanted [list gap gap:$key {} [list $server {*}[dict get $gaps $key]]]
        }
    }
    return $wanted
}

# Lines are added or taken away at the end; which differ is found by slices.
proc opdesk::ui::subnets::Layout {} {
    variable rows
    variable queue
    variable laying ""
    set old $rows
    set rows [lmap row [Wanted] was [lrange $old 0 [expr {[llength [Wanted]] - 1}]] {
        lset row 2 [expr {[lindex $row 1] eq [lindex $was 1] ? [lindex $was 2] : [list ? {}]}]
    }]
    Resize [llength $old] [llength $rows]
    set queue {}
    for {set line 1} {$line <= [llength $rows]} {incr line} {
        lappend queue $line
    }
    Slice
    ShowEmpty
}

proc opdesk::ui::subnets::Resize {old new} {
    set text [page]
    $text configure -state normal
    if {$new < $old} {
        $text delete [expr {$new + 1}].0 end
    }
    for {set n $old} {$n < $new} {incr n} {
        $text insert end \n
    }
    $text configure -state disabled
}

proc opdesk::ui::subnets::Slice {} {
    variable queue
    variable timer ""
    variable slice_us
    variable path
    if {![winfo exists $path]} {
        return
    }
    set end [expr {[clock microseconds] + $slice_us}]
    set now [opdesk::app::clock::now]
    set done 0
    [page] configure -state normal
    foreach line $queue {
        incr done
        Draw $line $now
        if {[clock microseconds] > $end} {
            break
        }
    }
    [page] configure -state disabled
    set queue [lrange $queue $done end]
    if {[llength $queue]} {
        set timer [after idle [list [namespace current]::Soon]]
    } else {
        ShowHot
    }
}

proc opdesk::ui::subnets::Soon {} {
    variable timer [after 0 [namespace current]::Slice]
}

proc opdesk::ui::subnets::Pieces {row now} {
    lassign $row kind key - range
    switch $kind {
        title { return [opdesk::ui::subnetline::title [string range $key 6 end]] }
        gap { return [opdesk::ui::subnetline::gap {*}[lrange $range 1 2]] }
    }
    return [opdesk::ui::subnetline::subnet $key $now]
}

proc opdesk::ui::subnets::Draw {line now} {
    variable rows
    set row [lindex $rows $line-1]
    if {$row eq "" || ([lindex $row 0] eq "subnet" && ![opdesk::app::sdb_list::exists [lindex $row 1]])} {
        return
    }
    set pieces [Pieces $row $now]
    if {$pieces eq [lindex $row 2]} {
        return
    }
    lset rows $line-1 2 $pieces
    set text [page]
    $text delete $line.0 $line.end
    set tags line
    foreach {piece tags} $pieces {
        if {[lindex $tags 1] eq "image"} {
            $text image create $line.end -image [lindex $tags 2] -align center
            $text tag add line $line.end-1c
        } else {
            $text insert $line.end $piece $tags
        }
    }
    # the margins of a line are those of its newline too
    $text tag remove line $line.end
    $text tag remove title $line.end
    $text tag add [lindex $tags 0] $line.end
}

proc opdesk::ui::subnets::Subnet {key} {
    variable queue
    set line [LineOf $key]
    if {$line && $line ni $queue} {
        lappend queue $line
        Schedule
    }
}

proc opdesk::ui::subnets::Schedule {} {
    variable timer
    if {$timer eq ""} {
        set timer [after idle [list [namespace current]::Soon]]
    }
}

# Locks tell how long they last.
proc opdesk::ui::subnets::Tick {now} {
    foreach key [opdesk::app::sdb_list::keys] {
        if {[dict exists [opdesk::app::sdb_list::get $key] lock]} {
            Subnet $key
        }
    }
}

proc opdesk::ui::subnets::Gone {window} {
    variable path
    variable timer
    variable laying
    if {$window eq $path} {
        after cancel $timer
        after cancel $laying
    }
}

# --- nothing there ---

proc opdesk::ui::subnets::ShowEmpty {} {
    variable rows
    if {[llength $rows]} {
        opdesk::widget::table::say [page]
    } else {
        opdesk::widget::table::say [page] {*}[EmptyText]
    }
}

# What the matter is, and what to do next.
proc opdesk::ui::subnets::EmptyText {} {
    set servers [opdesk::app::servers::known ipadmd]
    foreach server $servers {
        if {[opdesk::app::servers::up $server]} {
            if {![opdesk::app::sdb_list::listed $server]} {
                return [list [mc "Reading the list …"]]
            }
            return [list [mc "There are no subnets yet."] \
                [mc "Make the first one, or put files Subnet_1.sdb, Subnet_2.sdb … into the daemon's directory."] \
                "" [list [mc "New subnet …"] [namespace current]::New]]
        }
    }
    if {![llength $servers]} {
        return [list [mc "This desk has no ipadmd."] [mc "Name one with --subnets."]]
    }
    set server [opdesk::app::servers::get [lindex $servers 0]]
    set reason [opdesk::app::words::line [dict get $server reason]]
    switch [dict get $server state] {
        connecting { return [list [mc "Connecting …"] [dict get $server endpoint]] }
        denied { return [list [mc "Not allowed to see subnets."] [mc "The server says: %s." $reason]] }
    }
    return [list [mc "No daemon of subnets is connected."] \
        [mc "%1\$s: %2\$s.\nIs ipadmd running there? It is tried again by itself." [dict get $server endpoint] \
            [if {$reason eq ""} {mc "not connected"} else {string trimright $reason .}]] \
        "" [list [mc "Try now"] opdesk::ui::main::Retry]]
}
