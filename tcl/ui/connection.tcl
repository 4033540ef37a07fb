# SPDX-License-Identifier: ISC
# The connection dialog: the servers of this desk, how each is; try now, remove; add one, after a test
# if wanted.  Not modal.  What is changed is kept in the preferences, unless the servers were named on the
# command line: then it counts for this run.
namespace eval opdesk::ui::connection {
    namespace import ::msgcat::mc
    variable w .connection
    # the endpoint that is being tested, and what to do when it is good
    variable testing ""
}

proc opdesk::ui::connection::show {args} {
    variable w
    if {[winfo exists $w]} {
        wm deiconify $w
        raise $w
        focus $w.f.add.entry
        return
    }
    opdesk::ui::dialog::create $w [mc "Connections"]
    set here [namespace current]
    set gap [opdesk::theme::px 8]
    ttk::label $w.f.head -text [mc "Servers of this desk: mediachanged for questions, ipadmd for subnets."]
    opdesk::widget::table::create $w.f.list [list sign "" 0 0 server [mc "Server"] 40 1 state [mc "State"] 40 1]
    $w.f.list.tree configure -selectmode browse -height 5
    opdesk::widget::table::on_width $w.f.list.tree ${here}::List
    ttk::frame $w.f.do
    ttk::button $w.f.do.retry -text [mc "Try now"] -command ${here}::Retry
    ttk::button $w.f.do.remove -text [mc "Remove"] -command ${here}::Remove
    pack $w.f.do.retry $w.f.do.remove -side left -padx [list 0 $gap]
    ttk::frame $w.f.line -style Line.TFrame -height 1
    opdesk::widget::field::create $w.f.add [mc "Server"] Plain
    ttk::button $w.f.add.test -text [mc "Test"] -command [list ${here}::Test]
    ttk::button $w.f.add.add -text [mc "Add"] -command [list ${here}::Add]
    pack $w.f.add.test $w.f.add.add -side left -padx [list $gap 0]
    ttk::label $w.f.help -style Small.TLabel -justify left \
        -text [mc "HOST, HOST:PORT, tcp:HOST:PORT, tls:HOST:PORT, unix:PATH or ssh:USER@HOST"]
    ttk::frame $w.f.result
    ttk::label $w.f.result.sign
    ttk::label $w.f.result.text -justify left
    grid $w.f.result.sign -row 0 -column 0 -sticky n -padx [list 0 $gap]
    grid $w.f.result.text -row 0 -column 1 -sticky we
    grid columnconfigure $w.f.result 1 -weight 1
    bind $w.f.result.text <Configure> {%W configure -wraplength %w}
    ttk::label $w.f.kept -style Small.TLabel -text [Kept]
    foreach {part pady} [list head 0 list $gap do 0 line [expr {2 * $gap}] add 0 help [list 2 $gap] \
        result [list 0 $gap] kept 0] {
        grid $w.f.$part -sticky nsew -pady $pady
    }
    grid columnconfigure $w.f 0 -weight 1
    grid rowconfigure $w.f 1 -weight 1
    bind $w.f.add.entry <Return> [list $w.f.add.add invoke]
    bind $w.f.list.tree <Delete> ${here}::Remove
    bind $w.f.list.tree <<TreeviewSelect>> ${here}::Selected
    foreach {signal handler} {servers List server.removed List tick List} {
        opdesk::app::signal::on_while $w.f $signal ${here}::$handler
    }
    bind $w.f <Destroy> +[list ${here}::Gone %W]
    List
    Result "" ""
    opdesk::ui::dialog::open $w $w.f.add.entry
}

proc opdesk::ui::connection::ByHand {} {
    return [expr {[llength [dict get $::opdesk::config servers]] > 0}]
}

proc opdesk::ui::connection::Kept {} {
    if {[ByHand]} {
        return [mc "The servers were named on the command line: changes count until opdesk is closed."]
    }
    return [mc "Kept in %s" [opdesk::app::preferences::path]]
}

proc opdesk::ui::connection::Keep {} {
    if {[ByHand]} {
        return
    }
    opdesk::app::preferences::change server [opdesk::app::servers::endpoints]
    if {[catch opdesk::app::preferences::save message]} {
        Result failed [mc "The preferences could not be written: %s" $message]
    }
}

# --- the list ---

proc opdesk::ui::connection::List {args} {
    variable w
    set tree $w.f.list.tree
    set now [opdesk::app::clock::now]
    foreach row [$tree children {}] {
        if {![opdesk::app::servers::exists $row]} {
            $tree delete [list $row]
        }
    }
    foreach index [opdesk::app::servers::listed] {
        set server [opdesk::app::servers::get $index]
        if {![$tree exists $index]} {
            $tree insert {} end -id $index
        }
        $tree item $index -image [opdesk::ui::status::sign [dict get $server state]] \
            -values [opdesk::widget::table::cut $tree [list \
            [opdesk::app::words::line [dict get $server endpoint] 120] [opdesk::app::words::server $server $now]]]
    }
    opdesk::widget::table::say $tree {*}[expr {[llength [opdesk::app::servers::listed]] ? {}
        : [list [mc "No server"] [mc "Add one below."]]}]
    Buttons
}

# A reason that does not fit into its column.
proc opdesk::ui::connection::Selected {} {
    variable w
    Buttons
    set index [lindex [$w.f.list.tree selection] 0]
    if {$index ne ""} {
        set server [dict replace [opdesk::app::servers::get $index] retry_ms 0]
        Result [dict get $server state] \
            "[opdesk::app::words::line [dict get $server endpoint] 120]: [opdesk::app::words::server $server 0]"
    }
}

proc opdesk::ui::connection::Buttons {} {
    variable w
    set chosen [llength [$w.f.list.tree selection]]
    foreach b {retry remove} {
        $w.f.do.$b state [expr {$chosen ? "!disabled" : "disabled"}]
    }
}

proc opdesk::ui::connection::Retry {} {
    variable w
    foreach index [$w.f.list.tree selection] {
        opdesk::app::servers::retry $index
    }
}

# The questions stay with the server: adding it again brings them back.
proc opdesk::ui::connection::Remove {} {
    variable w
    foreach index [$w.f.list.tree selection] {
        set endpoint [dict get [opdesk::app::servers::get $index] endpoint]
        opdesk::app::servers::remove $index
        $w.f.add.entry delete 0 end
        $w.f.add.entry insert 0 $endpoint
        Result connecting [mc "%s was removed. Its questions stay there; Add brings it back." $endpoint]
    }
    Keep
}

# --- adding and testing ---

# What is typed there; "" and why when it is none.
proc opdesk::ui::connection::Endpoint {} {
    variable w
    set endpoint [string trim [opdesk::widget::field::get $w.f.add]]
    if {$endpoint eq ""} {
        Result failed [mc "Where is the server? Type its host, or one of the forms below the line."]
    } elseif {[catch {opdesk::system endpoint $endpoint} message]} {
        Result failed [mc "%1\$s is not the name of a server: %2\$s" \
            [opdesk::app::words::line $endpoint 120] $message]
    } else {
        return $endpoint
    }
    focus $w.f.add.entry
    return ""
}

proc opdesk::ui::connection::Test {} {
    variable testing
    set endpoint [Endpoint]
    if {$endpoint eq ""} {
        return
    }
    set testing $endpoint
    Result connecting [mc "Trying %s …" $endpoint]
    opdesk::app::trial::start $endpoint [list [namespace current]::Tested $endpoint]
}

proc opdesk::ui::connection::Tested {endpoint status value program} {
    variable w
    if {[winfo exists $w]} {
        Result [dict get {ok up denied denied other up failed failed} $status] \
            [Words $endpoint $status [opdesk::app::words::line $value 300] $program]
    }
}

proc opdesk::ui::connection::Words {endpoint status value program} {
    set reason [string trimright $value .]
    switch $status,$program {
        ok,mediachanged {
            return [mc "%1\$s answers, and lets you see and answer questions. Waiting there now: %2\$d" $endpoint $value]
        }
        ok,ipadmd {
            return [mc "%1\$s answers: it is ipadmd, and lets you edit its files. There now: %2\$d" $endpoint $value]
        }
        denied,ipadmd {
            return [mc "%1\$s answers: it is ipadmd, but you may not see its files: %2\$s. Ask for your user to be put into the operators' group there, or connect by ssh as one of them." \
                $endpoint $reason]
        }
        denied,mediachanged {
            return [mc "%1\$s answers, but you may not see its questions: %2\$s. Ask for your user to be put into the operators' group there, or connect by ssh as one of them." \
                $endpoint $reason]
        }
    }
    if {$status eq "other"} {
        return [mc "%1\$s answers: it is %2\$s, which has neither questions nor files for a desk." $endpoint $value]
    }
    return [mc "%1\$s cannot be reached: %2\$s" $endpoint $value]
}

proc opdesk::ui::connection::Add {} {
    variable w
    set endpoint [Endpoint]
    if {$endpoint eq ""} {
        return
    }
    if {$endpoint in [opdesk::app::servers::endpoints]} {
        Result failed [mc "%s is in the list already." $endpoint]
        return
    }
    if {![opdesk::app::servers::keep $endpoint]} {
        opdesk::app::servers::add $endpoint
    }
    $w.f.add.entry delete 0 end
    Result "" ""
    Keep
}

# STATE as of a server, for its sign; "" with no text: nothing to say.
proc opdesk::ui::connection::Result {state text} {
    variable w
    $w.f.result.sign configure -image [expr {$state eq "" ? "" : [opdesk::ui::status::sign $state]}]
    $w.f.result.text configure -text $text
}

proc opdesk::ui::connection::Gone {destroyed} {
    variable w
    if {$destroyed eq "$w.f"} {
        opdesk::app::trial::stop
    }
}
