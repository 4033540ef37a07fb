# SPDX-License-Identifier: ISC
# Somebody asks for the lock of a subnet that is open here: said in a bar of the editor, which takes the
# keyboard from nobody; Ctrl+F9, Tab and F6 get there.  "Give it" frees the lock; what was edited and not stored
# stays as a draft.
namespace eval opdesk::ui::subnetwanted {
    namespace import ::msgcat::mc
}

proc opdesk::ui::subnetwanted::create {path w} {
    set gap [opdesk::theme::px 8]
    ttk::frame $path -style Bar.TFrame -padding [list [opdesk::theme::px 12] [opdesk::theme::px 6]]
    ttk::label $path.sign -style Bar.TLabel -image [opdesk::ui::sign::get triangle [opdesk::theme::px 14] warning]
    ttk::label $path.text -style Bar.TLabel -anchor w -justify left
    ttk::button $path.give -style Small.TButton -text [mc "Give it"] -command [list [namespace current]::Give $path $w]
    ttk::button $path.keep -style Small.TButton -text [mc "Not now"] -command [list [namespace current]::Hide $path $w]
    pack $path.sign -side left -padx [list 0 $gap]
    pack $path.keep $path.give -side right -padx [list $gap 0]
    pack $path.text -side left -fill x -expand 1
    bind $path.text <Configure> {%W configure -wraplength %w}
    foreach button [list $path.give $path.keep] {
        bind $button <Escape> "[list $path.keep invoke]; break"
    }
    bind $w <<SubnetMode>> +[list [namespace current]::Mode $path $w]
    return $path
}

proc opdesk::ui::subnetwanted::show {path w by message} {
    set text [mc "%s asks for this file." [opdesk::app::words::line $by 60]]
    if {$message ne ""} {
        append text " “[opdesk::app::words::line $message 200]”"
    }
    if {[opdesk::app::sdb_work::modified [opdesk::ui::subnet::key $w]]} {
        append text " " [mc "Update stores yours first; else it is kept here as a draft."]
    }
    $path.text configure -text $text
    pack $path -side top -fill x -after $w.state
}

proc opdesk::ui::subnetwanted::Mode {path w} {
    set key [opdesk::ui::subnet::key $w]
    if {![opdesk::app::sdb_work::exists $key] || [opdesk::app::sdb_work::get $key mode] ne "mine"} {
        Hide $path $w
    }
}

# Whoever was in it goes on in the editor.
proc opdesk::ui::subnetwanted::Hide {path w} {
    if {[string match $path.* [focus -displayof $w]]} {
        focus [opdesk::ui::subnet::Main $w]
    }
    pack forget $path
}

# By a key, of the editor $w.
proc opdesk::ui::subnetwanted::give {w} {
    if {[winfo manager $w.wanted] ne ""} {
        $w.wanted.give invoke
    } else {
        bell
    }
}

proc opdesk::ui::subnetwanted::Give {path w} {
    Hide $path $w
    opdesk::ui::subnet::finish $w
    opdesk::app::sdb_work::give [opdesk::ui::subnet::key $w]
}
