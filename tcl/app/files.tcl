# SPDX-License-Identifier: ISC
# Files of this user, in the XDG directories: where they are, reading lines `name = value`, writing so
# that a file is always whole (temporary file, fsync is the system's affair, rename).
namespace eval opdesk::app::files {}

# An XDG directory that is not absolute counts as not set.
proc opdesk::app::files::Folder {variable home} {
    if {[info exists ::env($variable)] && [file pathtype $::env($variable)] eq "absolute"} {
        return [file join $::env($variable) opdesk]
    }
    return [file join [file normalize ~] {*}$home opdesk]
}

proc opdesk::app::files::config {name} {
    return [file join [Folder XDG_CONFIG_HOME .config] $name]
}

proc opdesk::app::files::state {name} {
    return [file join [Folder XDG_STATE_HOME {.local state}] $name]
}

# The lines of a file; none when there is no file.  Throws what the system says otherwise.
proc opdesk::app::files::lines {path} {
    if {![file exists $path]} {
        return {}
    }
    set chan [open $path]
    try {
        fconfigure $chan -encoding utf-8
        # as much as anybody would write by hand, and no more
        set text [read $chan 1000000]
    } finally {
        close $chan
    }
    return [split [string trimright $text \n] \n]
}

# {NAME VALUE} of a line `name = value`, {} of an empty line or a comment; throws when it is neither.
proc opdesk::app::files::pair {line} {
    if {[regexp {^\s*(#.*)?$} $line]} {
        return {}
    }
    if {![regexp {^\s*([a-z][a-z0-9_.]*)\s*=\s*(.*?)\s*$} $line - name value]} {
        throw {OPDESK FILES} [::msgcat::mc "expected “name = value”"]
    }
    return [list $name $value]
}

proc opdesk::app::files::write {path lines} {
    file mkdir [file dirname $path]
    set new $path.[pid].new
    set chan [open $new {WRONLY CREAT TRUNC} 0600]
    try {
        fconfigure $chan -encoding utf-8
        foreach line $lines {
            puts $chan $line
        }
        close $chan
        set chan ""
        file rename -force $new $path
    } on error {message options} {
        catch {close $chan}
        file delete $new
        return -options $options $message
    }
}
