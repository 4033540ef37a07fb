# SPDX-License-Identifier: ISC
# Everything about looks: colours, fonts, distances, ttk styles.  Nowhere else is there a colour or a
# number of pixels.  Distances are given for 96 dots an inch and scaled; fonts are the system's.
namespace eval opdesk::theme {
    variable name light
    # sign: the drawn shapes' own colours; the glyph on them is `on_NAME`
    variable palettes {
        light {
            window #f3f5f7    surface #ffffff   text #1a2226      muted #52626b
            border #b9c4ca    accent #1d5f8a    on_accent #ffffff button #fbfcfd
            hover #e6eef3     pressed #d5e1e8   disabled #8b989f
            alert #ECFFFF       error_text #a31910 attempt_text #7a4a00
            ok #2c7a39        on_ok #ffffff     info #1f6fb2      on_info #ffffff
            warning #efa11b   on_warning #33230a critical #c2261b  on_critical #ffffff
            idle #8b989f      on_idle #ffffff
        }
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

proc opdesk::theme::init {} {
    variable name
    Scale
    Fonts
    ttk::style theme create opdesk-$name -parent clam -settings {
        Base
        Buttons
        List
        Alert
    }
    ttk::style theme use opdesk-$name
    . configure -background [colour window]
}

# What the desktop says about its dots an inch wins over what the screen says about its millimetres.
proc opdesk::theme::Scale {} {
    set dpi [opdesk::x11 dpi]
    if {$dpi < 48} {
        set dpi [expr {max([tk scaling] * 72, 96)}]
    }
    tk scaling [expr {$dpi / 72.0}]
}

# The named fonts were made before the scaling was known: their size in points is set again.
proc opdesk::theme::Fonts {} {
    foreach font {TkDefaultFont TkTextFont TkHeadingFont TkMenuFont} {
        font configure $font -size 10
    }
    font configure TkHeadingFont -weight normal
    font configure TkFixedFont -size 10
    foreach {font size weight} {
        OpdeskBold 10 bold  OpdeskSmall 9 normal  OpdeskHeader 13 bold
    } {
        font create $font {*}[font configure TkDefaultFont]
        font configure $font -size $size -weight $weight
    }
}

proc opdesk::theme::Base {} {
    ttk::style configure . -font TkDefaultFont -background [colour window] -foreground [colour text] \
        -bordercolor [colour border] -lightcolor [colour window] -darkcolor [colour window] \
        -troughcolor [colour hover] -focuscolor [colour accent] -insertcolor [colour text] \
        -selectbackground [colour accent] -selectforeground [colour on_accent]
    ttk::style map . -foreground [list disabled [colour disabled]]
    ttk::style configure Header.TLabel -font OpdeskHeader
    ttk::style configure Small.TLabel -foreground [colour muted] -font OpdeskSmall
    ttk::style configure Surface.TFrame -background [colour surface]
    ttk::style configure Empty.TLabel -background [colour surface] -font OpdeskHeader \
        -foreground [colour text]
    ttk::style configure EmptyHint.TLabel -background [colour surface] -foreground [colour muted]
    ttk::style configure EmptyCode.TLabel -background [colour surface] -foreground [colour text] \
        -font TkFixedFont
    ttk::style configure TSeparator -background [colour border]
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
    ttk::style configure TEntry -padding [px 4] -fieldbackground [colour surface]
    ttk::style map TEntry -bordercolor [list focus [colour accent]] \
        -lightcolor [list focus [colour accent]]
    ttk::style configure TScrollbar -arrowsize [px 12] -gripcount 0 -relief raised -borderwidth 1 \
        -background [colour hover] -arrowcolor [colour muted]
}

proc opdesk::theme::List {} {
    set height [expr {[font metrics TkDefaultFont -linespace] + [px 9]}]
    ttk::style configure Treeview -rowheight $height -background [colour surface] \
        -fieldbackground [colour surface] -borderwidth 0 -indent 0
    ttk::style map Treeview -background [list selected [colour accent]] \
        -foreground [list selected [colour on_accent]]
    ttk::style configure Treeview.Heading -background [colour window] -foreground [colour muted] \
        -relief flat -borderwidth 0 -padding [list [px 10] [px 4] 0 [px 4]] -font TkHeadingFont
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

proc opdesk::theme::Alert {} {
    set background [colour alert]
    ttk::style configure Alert.TFrame -background $background
    ttk::style configure Alert.TLabel -background $background -padding 0 -borderwidth 0
    ttk::style configure Muted.Alert.TLabel -foreground [colour muted]
    ttk::style configure Error.Alert.TLabel -foreground [colour error_text]
    ttk::style configure Notice.Alert.TLabel -font OpdeskBold
    ttk::style configure Alert.TButton -bordercolor [colour border]
    ttk::style map Alert.TButton -background [list disabled $background pressed [colour pressed] \
        active [colour hover]] -lightcolor [list disabled $background pressed [colour pressed] \
        focus [colour accent]] -darkcolor [list disabled $background pressed [colour pressed] \
        focus [colour accent]]
}
