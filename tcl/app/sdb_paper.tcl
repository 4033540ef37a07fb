# SPDX-License-Identifier: ISC
# Puts a subnet's pages (app/sdb_pages.tcl) into a file, one page a turn of the loop: PDF, PostScript, or PNG,
# of which each page is a file of its own.  What is written has its name only when it is whole.
#   {*}PREFIX page N OF         that page is done
#   {*}PREFIX done FILES        all are there, by these names
#   {*}PREFIX failed MESSAGE    nothing is left of it
namespace eval opdesk::app::sdb_paper {
    namespace import ::msgcat::mc
    # by job: {plan kind path prefix chan part next files after}
    variable jobs {}
    variable last 0
    # of a picture
    variable dots_per_inch 150
}

# kind: pdf, ps or png.  The plan's sheet is the job's own from now on.  The job, for `stop`.
proc opdesk::app::sdb_paper::start {plan kind path prefix} {
    variable jobs
    variable last
    set job job[incr last]
    dict set jobs $job [dict create plan $plan kind $kind path $path prefix $prefix chan "" part $path.part next 0 files {} after ""]
    Later $job Begin
    return $job
}

proc opdesk::app::sdb_paper::stop {job} {
    variable jobs
    if {[dict exists $jobs $job]} {
        Clear $job
        End $job
    }
}

# The files of pages that are not there yet may be there of somebody else.
proc opdesk::app::sdb_paper::names {path kind n} {
    if {$kind ne "png" || $n == 1} {
        return [list $path]
    }
    set names {}
    set digits [string length $n]
    for {set i 1} {$i <= $n} {incr i} {
        lappend names [file rootname $path]-[format %0${digits}d $i][file extension $path]
    }
    return $names
}

proc opdesk::app::sdb_paper::Get {job name} {
    variable jobs
    return [dict get $jobs $job $name]
}

proc opdesk::app::sdb_paper::Set {job name value} {
    variable jobs
    dict set jobs $job $name $value
}

# After what is to be drawn; a failure ends it.
proc opdesk::app::sdb_paper::Later {job step} {
    Set $job after [after idle [list [namespace current]::Soon $job $step]]
}

proc opdesk::app::sdb_paper::Soon {job step} {
    Set $job after [after 0 [list [namespace current]::Try $job $step]]
}

proc opdesk::app::sdb_paper::Try {job step} {
    try {
        $step $job
    } on error {message} {
        set prefix [Get $job prefix]
        Clear $job
        End $job
        {*}$prefix failed $message
    }
}

# What has not got its name yet, and in a series what has: a part of it helps nobody.
proc opdesk::app::sdb_paper::Clear {job} {
    if {[Get $job chan] ne ""} {
        opdesk::app::page_[Get $job kind]::drop [Get $job chan]
        catch {close [Get $job chan]}
    }
    file delete [Get $job part] {*}[Get $job files]
}

proc opdesk::app::sdb_paper::End {job} {
    variable jobs
    after cancel [Get $job after]
    opdesk::sdb close [dict get [Get $job plan] sheet]
    dict unset jobs $job
}

proc opdesk::app::sdb_paper::Begin {job} {
    set plan [Get $job plan]
    if {[Get $job kind] ne "png"} {
        set chan [open [Get $job part] wb]
        Set $job chan $chan
        opdesk::app::page_[Get $job kind]::begin $chan [opdesk::app::sdb_pages::title $plan] \
            {*}[opdesk::app::page::paper [dict get $plan paper]] [opdesk::app::sdb_pages::count $plan]
    }
    Later $job Page
}

proc opdesk::app::sdb_paper::Page {job} {
    set plan [Get $job plan]
    set n [Get $job next]
    set of [opdesk::app::sdb_pages::count $plan]
    set drawings [opdesk::app::sdb_pages::page $plan $n]
    if {[Get $job kind] eq "png"} {
        Picture $job $drawings [lindex [names [Get $job path] png $of] $n]
    } else {
        opdesk::app::page_[Get $job kind]::page [Get $job chan] $drawings
    }
    Set $job next [incr n]
    {*}[Get $job prefix] page $n $of
    Later $job [expr {$n < $of ? "Page" : "Finish"}]
}

# With the fonts of the screen.
proc opdesk::app::sdb_paper::Picture {job drawings name} {
    variable dots_per_inch
    set photo [image create photo]
    try {
        opdesk::picture draw $photo [font actual TkDefaultFont -family] \
            {*}[opdesk::app::page::paper [dict get [Get $job plan] paper]] [expr {$dots_per_inch / 72.0}] $drawings
        $photo write [Get $job part] -format png
    } finally {
        image delete $photo
    }
    file rename -force [Get $job part] $name
    Set $job files [concat [Get $job files] [list $name]]
}

proc opdesk::app::sdb_paper::Finish {job} {
    set files [Get $job files]
    if {[Get $job kind] ne "png"} {
        set chan [Get $job chan]
        opdesk::app::page_[Get $job kind]::end $chan
        Set $job chan ""
        close $chan
        file rename -force [Get $job part] [Get $job path]
        set files [list [Get $job path]]
    }
    set prefix [Get $job prefix]
    End $job
    {*}$prefix done $files
}
