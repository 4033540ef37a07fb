# SPDX-License-Identifier: ISC
# The conversations at the left of the chat: channels, and people one talks to alone.
namespace eval opdesk::ui::chatrooms {
    namespace import ::msgcat::mc
    variable tree ""
}

proc opdesk::ui::chatrooms::create {path} {
    variable tree $path.tree
    opdesk::widget::table::create $path [list sign "" 0 0 name [mc "Conversations"] 13 1 count "" 6 0]
    $tree configure -selectmode browse
    $tree column count -anchor e
    bind $tree <<ThemeChanged>> +[namespace current]::Dress
    Dress
}

proc opdesk::ui::chatrooms::tree {} {
    variable tree
    return $tree
}

proc opdesk::ui::chatrooms::Dress {} {
    variable tree
    $tree tag configure unread -font OpdeskBold
    $tree tag configure out -foreground [opdesk::theme::colour muted]
}

proc opdesk::ui::chatrooms::select {wanted} {
    variable tree
    $tree selection set [list $wanted]
    $tree focus $wanted
    $tree see $wanted
}

proc opdesk::ui::chatrooms::step {by} {
    variable tree
    set all [$tree children {}]
    if {[llength $all]} {
        set at [expr {[lsearch -exact $all [opdesk::ui::chat::current]] + $by}]
        select [lindex $all [expr {min(max($at, 0), [llength $all] - 1)}]]
    }
}

# First those that call us.
proc opdesk::ui::chatrooms::next_unread {} {
    foreach field {called unread} {
        foreach one [opdesk::app::chat::keys] {
            if {[dict get [opdesk::app::chat::get $one] $field]} {
                select $one
                return
            }
        }
    }
}

# As the chat has them now.
proc opdesk::ui::chatrooms::refresh {} {
    variable tree
    set keys [opdesk::app::chat::keys]
    foreach row [$tree children {}] {
        if {$row ni $keys} {
            $tree delete [list $row]
        }
    }
    set at -1
    foreach one $keys {
        if {![$tree exists $one]} {
            $tree insert {} end -id $one
        }
        $tree move $one {} [incr at]
        Room $one
    }
}

# Shape and colour tell whether one is in it; the number how much is unread, else how many are in it.
proc opdesk::ui::chatrooms::Room {one} {
    variable tree
    set room [opdesk::app::chat::get $one]
    set unread [dict get $room unread]
    lassign [expr {[dict get $room called] ? {triangle warning} : [dict get $room in] ? {disc ok}
        : [opdesk::app::chat::is_private $one] ? {disc info} : {ring idle}}] shape colour
    set count [expr {$unread ? "● $unread\u2002" : [opdesk::app::chat::is_private $one] ? "" : "[dict get $room count]\u2002"}]
    $tree item $one -image [opdesk::ui::sign::get $shape [opdesk::theme::px 12] $colour] \
        -values [list [opdesk::ui::chat::title $one] $count] \
        -tags [expr {$unread ? "unread" : [dict get $room in] || [opdesk::app::chat::is_private $one] ? "" : "out"}]
}
