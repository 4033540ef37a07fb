# SPDX-License-Identifier: ISC
# Everything about looks: colours, fonts, distances, ttk styles.  Nowhere else is there a colour or a
# number of pixels.  Distances are given for 96 dots an inch and scaled; fonts are the system's.
namespace eval opdesk::theme {
    variable name light
    variable fonts {TkDefaultFont TkTextFont TkHeadingFont TkMenuFont}
    # ours: points more than the default font, weight
    variable own_fonts {OpdeskBold 0 bold OpdeskSmall -1 normal OpdeskHeader 3 bold OpdeskTitle 8 bold}
    # Text on its background: 4.5:1 at least; shapes: 3:1 (tests/tcl/test_theme.tcl).
    # sign: the drawn shapes' own colours; the glyph on them is `on_NAME`
    # edge: around what can be typed into or chosen; border: around all else
    variable palettes {
        light {
            window #f3f5f7    surface #ffffff   text #1a2226      muted #52626b
            border #b9c4ca    edge #7f8c94      accent #1d5f8a    on_accent #ffffff button #fbfcfd
            selected #d3e5f2  selected_focus #b7d6eb
            hover #e6eef3     pressed #d5e1e8   disabled #7d8a92  link #0b5a9c
            alert #ECFFFF     alert_button #fbfcfd  alert_hover #e0f1f3  alert_pressed #cfe5e8
            error_text #a31910 attempt_text #7a4a00
            ok #2c7a39        on_ok #ffffff     info #1f6fb2      on_info #ffffff
            warning #b05a00   on_warning #ffffff critical #c2261b on_critical #ffffff
            idle #65737b      on_idle #ffffff   on_edge #ffffff   on_disabled #f3f5f7
        }
        dark {
            window #1b2124    surface #14191b   text #e4eaec      muted #a3b3ba
            border #45555c    edge #6d7f88      accent #7cc0ee    on_accent #08222f button #2a3236
            selected #1d3d4f  selected_focus #245069
            hover #343f44     pressed #3f4c52   disabled #75848b  link #86c8ff
            alert #0f2b2d     alert_button #1d4144  alert_hover #23494d  alert_pressed #29555a
            error_text #ff9d92 attempt_text #f3c06a
            ok #5fcf75        on_ok #06290f     info #6cb6f5      on_info #06223a
            warning #f0a830   on_warning #2b1d05 critical #ff6b5e on_critical #2e0703
            idle #8fa0a7      on_idle #14191b   on_edge #14191b   on_disabled #1b2124
        }
    }
    # Tk's own widgets know no styles: option, colour
    variable classic {
        Text {background surface foreground text insertBackground text selectBackground accent
            selectForeground on_accent inactiveSelectBackground accent highlightBackground surface
            highlightColor accent}
        Listbox {background surface foreground text selectBackground accent
            selectForeground on_accent highlightBackground border highlightColor accent}
        Menu {background window foreground text activeBackground accent activeForeground on_accent
            disabledForeground disabled selectColor text}
        Canvas {background surface highlightBackground border highlightColor accent}
        Toplevel {background window}
    }
}

proc opdesk::theme::colour {key} {
    variable name
    variable palettes
    return [dict get $palettes $name $key]
}

# Pixels for a distance at 96 dots an inch.
proc opdesk::theme::px {n} {
    return [expr {round($n * [tk scaling] * 72 / 96.0)}]
}

# What is free on both sides of the text in a cell of a list: to its padding ttk adds 4 pixels at any scaling.
proc opdesk::theme::inset {} {
    return [expr {[px 6] + 4}]
}

proc opdesk::theme::init {} {
    variable own_fonts
    Scale
    foreach {font more weight} $own_fonts {
        font create $font
    }
    set said [Remembered]
    Fonts {*}[expr {[dict exists $said font] ? [dict get $said font] : {TkDefaultFont 10}}]
    Follow
    bind . <FocusIn> +opdesk::app::desktop::ask
    opdesk::app::signal::on desktop [namespace current]::Desktop
    opdesk::app::signal::on preferences [namespace current]::Preference
}

# --- who says which ---

# As the user prefers; when that is "as the desktop", as it said the last time, until it has said more.
proc opdesk::theme::Follow {} {
    set wanted [opdesk::app::preferences::get theme]
    if {$wanted eq "desktop"} {
        set said [dict merge [Remembered] [opdesk::app::desktop::environment]]
        set wanted [expr {[dict exists $said colours] ? [dict get $said colours] : "light"}]
    }
    use $wanted
}

# What the desktop said the last time; what is not understood, in a file that anybody may have edited, was not
# said.
proc opdesk::theme::Remembered {} {
    set said {}
    set colours [opdesk::app::memory::recall desktop.colours]
    if {$colours in {light dark}} {
        dict set said colours $colours
    }
    if {[regexp {^(\d{1,2}) (.{1,80})$} [opdesk::app::memory::recall desktop.font] - size family]} {
        dict set said font [list $family $size]
    }
    return $said
}

proc opdesk::theme::Remember {settings} {
    set font [expr {[dict exists $settings font] ? [join [lreverse [dict get $settings font]]] : ""}]
    opdesk::app::memory::keep desktop.font $font
    opdesk::app::memory::keep desktop.colours \
        [expr {[dict exists $settings colours] ? [dict get $settings colours] : ""}]
}

proc opdesk::theme::Preference {name} {
    if {$name eq "theme"} {
        Follow
        opdesk::app::desktop::ask
    }
}

proc opdesk::theme::Desktop {settings} {
    variable name
    Remember $settings
    if {[dict exists $settings font]} {
        Fonts {*}[dict get $settings font]
    }
    if {[dict exists $settings colours] && [opdesk::app::preferences::get theme] eq "desktop"} {
        use [dict get $settings colours]
    }
}

# Light or dark from now on: ttk's widgets follow by their styles, Tk's own by their class, the signs by
# being drawn anew; whatever else has colours binds <<ThemeChanged>>.
proc opdesk::theme::use {wanted} {
    variable name $wanted
    set theme opdesk-$name
    if {$theme ni [ttk::style theme names]} {
        ttk::style theme create $theme -parent clam
        ttk::style theme settings $theme Marks
    }
    ttk::style theme settings $theme {
        Base
        Buttons
        List
        View
        Alert
    }
    opdesk::ui::sign::redraw
    ttk::style theme use $theme
    Classic
    . configure -background [colour window]
}

# What the desktop says about its dots an inch wins over what the screen says about its millimetres.
proc opdesk::theme::Scale {} {
    set dpi [opdesk::x11 dpi]
    if {$dpi < 48} {
        set dpi [expr {max([tk scaling] * 72, 96)}]
    }
    tk scaling [expr {min($dpi, 384) / 72.0}]
}

# A family that is not there is left alone.  Sizes are set anew also because the named fonts were made
# before the scaling was known.
proc opdesk::theme::Fonts {family size} {
    variable fonts
    variable own_fonts
    variable name
    set size [expr {min(max($size, 7), 24)}]
    set there [expr {[string equal -nocase [font actual [list $family $size] -family] $family]}]
    foreach font $fonts {
        font configure $font -size $size -weight normal
        if {$there} {
            font configure $font -family $family
        }
    }
    font configure TkFixedFont -size $size
    foreach {font more weight} $own_fonts {
        font configure $font {*}[font configure TkDefaultFont] -size [expr {$size + $more}] \
            -weight $weight
    }
    if {"opdesk-$name" in [ttk::style theme names]} {
        use $name
    }
}

# --- Tk's own widgets ---

proc opdesk::theme::Classic {} {
    variable classic
    dict for {class options} $classic {
        foreach {option key} $options {
            option add *$class.$option [colour $key] widgetDefault
        }
        bind $class <<ThemeChanged>> [list [namespace current]::dress %W]
    }
}

# Give a text, menu, canvas or list box the colours of the theme; it keeps up with them.  One that has
# other colours of its own says `bindtags`, or binds <<ThemeChanged>> itself and breaks.
proc opdesk::theme::dress {widget} {
    variable classic
    set class [winfo class $widget]
    if {![dict exists $classic $class]} {
        return
    }
    foreach {option key} [dict get $classic $class] {
        $widget configure -[string tolower $option] [colour $key]
    }
}

# --- styles ---

proc opdesk::theme::Base {} {
    ttk::style configure . -font TkDefaultFont -background [colour window] -foreground [colour text] \
        -bordercolor [colour border] -lightcolor [colour window] -darkcolor [colour window] \
        -troughcolor [colour hover] -focuscolor [colour accent] -insertcolor [colour text] \
        -selectbackground [colour accent] -selectforeground [colour on_accent]
    ttk::style map . -foreground [list disabled [colour disabled]]
    ttk::style configure Header.TLabel -font OpdeskHeader
    ttk::style configure Small.TLabel -foreground [colour muted] -font OpdeskSmall
    ttk::style configure Surface.TFrame -background [colour surface]
    # the edge around a list that has the keyboard
    ttk::style configure Ring.TFrame -background [colour accent]
    ttk::style configure Empty.TLabel -background [colour surface] -font OpdeskHeader \
        -foreground [colour text]
    ttk::style configure EmptyHint.TLabel -background [colour surface] -foreground [colour muted]
    ttk::style configure EmptyCode.TLabel -background [colour surface] -foreground [colour text] \
        -font TkFixedFont
    ttk::style configure TSeparator -background [colour border]
    ttk::style configure TMenubutton -background [colour button] -arrowcolor [colour muted] \
        -padding [list [px 10] [px 5]] -relief raised -borderwidth 1 -arrowsize [px 5] -arrowpadding [px 4]
    ttk::style configure Small.TMenubutton -padding [list [px 8] [px 1]]
    ttk::style map TMenubutton \
        -background [list disabled [colour window] pressed [colour pressed] active [colour hover]] \
        -bordercolor [list focus [colour accent]] -arrowcolor [list disabled [colour disabled]]
}

proc opdesk::theme::Buttons {} {
    # a theme takes its elements from its parent, but none of its settings
    ttk::style configure TButton -relief raised -borderwidth 1 -padding [list [px 14] [px 5]] \
        -width -8 -anchor center \
        -background [colour button] -lightcolor [colour button] -darkcolor [colour button]
    ttk::style map TButton \
        -background [list disabled [colour window] pressed [colour pressed] active [colour hover]] \
        -lightcolor [list pressed [colour pressed] focus [colour accent]] \
        -darkcolor [list pressed [colour pressed] focus [colour accent]] \
        -bordercolor [list focus [colour accent]]
    ttk::style configure Small.TButton -padding [list [px 8] [px 1]] -width 0
    ttk::style configure TEntry -padding [px 4] -fieldbackground [colour surface] -bordercolor [colour edge]
    ttk::style map TEntry -bordercolor [list focus [colour accent] disabled [colour border]] \
        -lightcolor [list focus [colour accent]]
    ttk::style configure TScrollbar -arrowsize [px 12] -gripcount 0 -relief raised -borderwidth 1 \
        -background [colour hover] -arrowcolor [colour muted]
}

# What can be chosen: the mark in front, drawn at any scaling.  An element is made once.
proc opdesk::theme::Marks {} {
    foreach {class off on} {Checkbutton box tick Radiobutton circle choice} {
        lassign [lmap {name colour} [list $off edge $on accent $off disabled $on disabled] {
            opdesk::ui::sign::get $name [px 15] $colour
        }] image_off image_on image_off_disabled image_on_disabled
        ttk::style element create $class.mark image [list $image_off {selected disabled} $image_on_disabled \
            disabled $image_off_disabled selected $image_on] -width [px 23] -sticky w
        ttk::style layout T$class [string map [list @ $class] {
            @.padding -sticky nswe -children {
                @.mark -side left -sticky {}
                @.focus -side left -sticky w -children { @.label -sticky nswe }
            }
        }]
    }
}

proc opdesk::theme::List {} {
    set height [expr {[font metrics TkDefaultFont -linespace] + [px 9]}]
    ttk::style configure Treeview -rowheight $height -background [colour surface] \
        -fieldbackground [colour surface] -borderwidth 0 -indent 0
    # a tint, so that the signs can be told on it as well; stronger where the keyboard is
    ttk::style map Treeview -background [list {selected focus} [colour selected_focus] \
        selected [colour selected]] -foreground [list selected [colour text]]
    ttk::style configure Treeview.Heading -background [colour window] -foreground [colour muted] \
        -relief flat -borderwidth 0 -padding [list [inset] [px 4] 0 [px 4]] -font TkHeadingFont
    ttk::style map Treeview.Heading -background [list active [colour window]]
    ttk::style layout Treeview {Treeview.treearea -sticky nswe}
    ttk::style layout Item {
        Treeitem.padding -sticky nswe -children {
            Treeitem.image -side left -sticky {}
            Treeitem.text -sticky nswe
        }
    }
    ttk::style configure Item -padding [list [px 8] 0 0 0]
    ttk::style configure Cell -padding [list [px 6] 0]
}

# The main window and its dialogs: which view it is, lines to search in, what is asked in between.
proc opdesk::theme::View {} {
    # the edge is drawn of a raised one only; it is seen when the keyboard is there
    ttk::style configure View.Toolbutton -font OpdeskHeader -foreground [colour muted] -relief raised \
        -padding [list [px 11] [px 4]] -background [colour window] -borderwidth 1 -anchor center \
        -bordercolor [colour window] -lightcolor [colour window] -darkcolor [colour window]
    set edge [list focus [colour accent] selected [colour hover] active [colour hover]]
    ttk::style map View.Toolbutton -foreground [list selected [colour text] active [colour text]] \
        -background [list selected [colour hover] active [colour hover]] \
        -lightcolor $edge -darkcolor $edge -bordercolor $edge -relief {}
    ttk::style configure Surface.TLabel -background [colour surface]
    ttk::style configure Plain.TFrame
    ttk::style configure Plain.TLabel
    ttk::style configure Hint.TLabel -background [colour surface] -foreground [colour muted]
    ttk::style configure Line.TFrame -background [colour border]
    ttk::style configure Section.TLabel -font OpdeskBold
    ttk::style configure SmallHint.TLabel -background [colour surface] -foreground [colour muted] -font OpdeskSmall
    ttk::style configure Wrong.TLabel -background [colour surface] -foreground [colour error_text]
    ttk::style configure Error.TLabel -foreground [colour error_text]
    ttk::style configure Note.TLabel -foreground [colour error_text] -font OpdeskSmall
    ttk::style configure TNotebook -background [colour window] -borderwidth 0 -tabmargins [list 0 [px 4] 0 0]
    ttk::style configure TNotebook.Tab -background [colour window] -foreground [colour muted] \
        -padding [list [px 12] [px 5]]
    ttk::style map TNotebook.Tab -background [list selected [colour surface]] \
        -foreground [list selected [colour text]]
    ttk::style map TRadiobutton -background [list active [colour window]]
    ttk::style configure Bar.TFrame -background [colour hover]
    ttk::style configure Bar.TLabel -background [colour hover]
    ttk::style configure TCombobox -padding [px 4] -arrowsize [px 18] -arrowcolor [colour muted] \
        -background [colour button] -bordercolor [colour edge]
    ttk::style map TCombobox -fieldbackground [list readonly [colour surface]] \
        -foreground [list readonly [colour text]] -selectbackground [list readonly [colour surface]] \
        -selectforeground [list readonly [colour text]] \
        -bordercolor [list focus [colour accent]] -lightcolor [list focus [colour accent]]
    ttk::style map TCheckbutton -background [list active [colour window]]
    ttk::style configure Sash -sashthickness [px 6] -gripcount 0
    ttk::style configure TPanedwindow -background [colour window]
}

# The window of a question: its own background, and buttons that go with it.  The answers are the loud
# ones; what only puts the question off is quiet.
proc opdesk::theme::Alert {} {
    set background [colour alert]
    ttk::style configure Alert.TFrame -background $background
    ttk::style configure Alert.TLabel -background $background -foreground [colour text] -padding 0 \
        -borderwidth 0
    ttk::style configure Muted.Alert.TLabel -foreground [colour muted]
    ttk::style configure Error.Alert.TLabel -foreground [colour error_text]
    ttk::style configure Notice.Alert.TLabel -font OpdeskBold
    ttk::style configure Alert.TSeparator -background [colour border]
    # a sentence on a button: of several lines if need be, from the left
    ttk::style configure Column.Alert.TButton -anchor w -justify left -padding [list [px 14] [px 3]]
    foreach {style rest} [list Alert.TButton [colour alert_button] Quiet.Alert.TButton $background \
        Quiet.Alert.TMenubutton $background] {
        ttk::style configure $style -background $rest -lightcolor $rest -darkcolor $rest
        set edge [list disabled $background pressed [colour alert_pressed] focus [colour accent] \
            active [colour alert_hover]]
        ttk::style map $style -lightcolor $edge -darkcolor $edge \
            -background [list disabled $background pressed [colour alert_pressed] \
            active [colour alert_hover]]
    }
    foreach style {Quiet.Alert.TButton Quiet.Alert.TMenubutton} {
        ttk::style configure $style -relief flat -padding [list [px 8] [px 5]] -width 0 \
            -foreground [colour link] -bordercolor $background
        ttk::style map $style -bordercolor [list focus [colour accent] active [colour border]] \
            -foreground [list disabled [colour disabled]]
    }
    ttk::style configure Quiet.Alert.TMenubutton -arrowcolor [colour link]
    ttk::style map Quiet.Alert.TMenubutton -arrowcolor [list disabled [colour disabled]]
}
