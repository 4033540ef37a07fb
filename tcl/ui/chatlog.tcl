# SPDX-License-Identifier: ISC
# What was said in a conversation: time, who, what, a line each, in a read-only text.  A conversation
# that is opened shows its last lines at once; older ones come as one scrolls up, so that ten thousand
# cost no more than a hundred.
namespace eval opdesk::ui::chatlog {
    namespace import ::msgcat::mc
    variable text ""
    # the conversation that is shown, the first and the next line of it, counted from its first ever
    variable key ""
    variable first 0
    variable next 0
    variable portion 300
    # lines that have come within a moment are drawn together
    variable timer ""
    variable moment_ms 20
    # the day of the last line that was drawn
    variable day ""
    variable nick_chars 12
    variable drawing 0
}

proc opdesk::ui::chatlog::create {at} {
    variable text $at.text
    set here [namespace current]
    ttk::frame $at -style Surface.TFrame
    text $text -width 40 -height 10 -wrap word -relief flat -borderwidth 0 -font TkDefaultFont \
        -highlightthickness [opdesk::theme::px 1] -padx [opdesk::theme::px 10] -pady [opdesk::theme::px 6] -state disabled \
        -cursor {} -takefocus 1 -yscrollcommand [list ${here}::Scrolled $at.scroll]
    opdesk::theme::dress $text
    ttk::scrollbar $at.scroll -command [list $text yview]
    grid $text $at.scroll -sticky nsew
    grid columnconfigure $at 0 -weight 1
    grid rowconfigure $at 0 -weight 1
    bind $text <<ThemeChanged>> +[list ${here}::Tags]
    bind $text <Destroy> +[list ${here}::Gone]
    opdesk::app::signal::on_while $at chat ${here}::Chat
    Tags
    return $at
}

proc opdesk::ui::chatlog::widget {} {
    variable text
    return $text
}

proc opdesk::ui::chatlog::Tags {} {
    variable text
    variable nick_chars
    set gap [opdesk::theme::px 12]
    set who [expr {[font measure OpdeskSmall "00:00"] + $gap}]
    set what [expr {$who + $nick_chars * [font measure OpdeskBold 0] + $gap}]
    $text configure -tabs [list $who $what] -spacing1 [opdesk::theme::px 1] -spacing3 [opdesk::theme::px 2]
    $text tag configure line -lmargin2 $what
    $text tag configure nick -font OpdeskBold
    $text tag configure me -font OpdeskBold -foreground [opdesk::theme::colour link]
    $text tag configure note -lmargin2 $who -foreground [opdesk::theme::colour muted]
    $text tag configure error -lmargin2 $who -foreground [opdesk::theme::colour error_text]
    $text tag configure called -background [opdesk::theme::colour hover]
    # over the colour of an error
    $text tag configure time -font OpdeskSmall -foreground [opdesk::theme::colour muted]
    $text tag configure day -font OpdeskSmall -foreground [opdesk::theme::colour muted] -justify center \
        -spacing1 [opdesk::theme::px 8] -spacing3 [opdesk::theme::px 4]
    $text tag raise sel
}

# Another conversation, from its end; "" = none.
proc opdesk::ui::chatlog::show {wanted} {
    variable key $wanted
    variable text
    variable first
    variable next
    variable portion
    variable day ""
    variable timer
    after cancel $timer
    set timer ""
    $text configure -state normal
    $text delete 1.0 end
    $text configure -state disabled
    if {$key eq ""} {
        return
    }
    lassign [opdesk::app::chat::count $key] dropped count
    set next [expr {$dropped + $count}]
    set first [expr {max($dropped, $next - $portion)}]
    Insert end $first $next
    $text yview moveto 1
}

proc opdesk::ui::chatlog::Chat {event args} {
    variable key
    variable timer
    if {$event eq "line" && [lindex $args 0] eq $key && $timer eq ""} {
        variable moment_ms
        set timer [after $moment_ms [namespace current]::More]
    }
}

# What has come; one who has scrolled up stays where he is.
proc opdesk::ui::chatlog::More {} {
    variable key
    variable text
    variable next
    variable first
    variable portion
    variable timer ""
    if {$key eq "" || ![opdesk::app::chat::exists $key]} {
        return
    }
    lassign [opdesk::app::chat::count $key] dropped count
    set end [expr {$dropped + $count}]
    if {$end - $next > $portion} {
        show $key
        return
    }
    set follow [expr {[lindex [$text yview] 1] >= 0.999}]
    Insert end $next $end
    set next $end
    Trim $follow
    if {$follow} {
        $text see end
        $text yview moveto 1
    }
}

# While one follows, no more lines are kept in the widget than would be shown anew.
proc opdesk::ui::chatlog::Trim {follow} {
    variable text
    variable next
    variable first
    variable portion
    set more [expr {$next - $first - 4 * $portion}]
    if {$follow && $more > $portion} {
        $text configure -state normal
        $text delete 1.0 $more.0
        $text configure -state disabled
        incr first [expr {$more - 1}]
    }
}

# Lines FROM up to, not with, TO, at the end or at 1.0.
proc opdesk::ui::chatlog::Insert {where from to} {
    variable key
    variable text
    variable day
    variable drawing 1
    lassign [opdesk::app::chat::count $key] dropped count
    set pieces {}
    set last [if {$where eq "end"} {set day}]
    foreach line [opdesk::app::chat::lines $key [expr {$from - $dropped}] [expr {$to - $dropped - 1}]] {
        set today [clock format [dict get $line at] -format %Y-%m-%d]
        if {$today ne $last} {
            set last $today
            lappend pieces $today\n day
        }
        lappend pieces {*}[Pieces $line]
    }
    if {$where eq "end"} {
        set day $last
    }
    if {[llength $pieces]} {
        $text configure -state normal
        $text insert $where {*}$pieces
        $text configure -state disabled
    }
    set drawing 0
}

# TEXT TAGS … of a line.
proc opdesk::ui::chatlog::Pieces {line} {
    dict with line {}
    set time [clock format $at -format %H:%M]
    set what [opdesk::app::words::line $text 1000]
    switch $kind {
        said - mine {
            set called [expr {$kind eq "said" && [opdesk::app::chat::calls_us $text] ? "called" : ""}]
            return [list $time [list line time {*}$called] \t[opdesk::app::words::line $nick 40]\t \
                [list line [expr {$kind eq "mine" ? "me" : "nick"}] {*}$called] $what\n [list line {*}$called]]
        }
    }
    set tag [expr {$kind in {error unsent} ? "error" : "note"}]
    # a command of /help stands in the column of the nicks
    set column [if {[regexp {^(.*)\t(.*)$} $text - left right]} {string cat $left \t $right} else {set what}]
    return [list $time [list time $tag] \t$column\n [list $tag]]
}

# At the top: older ones.
proc opdesk::ui::chatlog::Scrolled {scroll top bottom} {
    variable key
    variable first
    variable drawing
    $scroll set $top $bottom
    if {$top > 0 || $bottom >= 1 || $drawing || $key eq "" || ![opdesk::app::chat::exists $key]} {
        return
    }
    lassign [opdesk::app::chat::count $key] dropped count
    if {$first > $dropped} {
        after idle [list [namespace current]::Older $key]
    }
}

proc opdesk::ui::chatlog::Older {wanted} {
    variable key
    variable text
    variable first
    variable portion
    if {![winfo exists $text] || $wanted ne $key || ![opdesk::app::chat::exists $key]} {
        return
    }
    lassign [opdesk::app::chat::count $key] dropped count
    set from [expr {max($dropped, $first - $portion)}]
    if {$from >= $first} {
        return
    }
    $text mark set here [$text index @0,0]
    Insert 1.0 $from $first
    set first $from
    $text yview here
}

proc opdesk::ui::chatlog::Gone {} {
    variable timer
    variable key ""
    after cancel $timer
    set timer ""
}
