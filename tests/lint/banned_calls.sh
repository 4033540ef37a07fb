# SPDX-License-Identifier: ISC
# Calls that cannot be used safely, or that wait in the wrong place.
bad=0
say() {
	[ -z "$2" ] && return
	echo "$1:"
	echo "$2"
	bad=1
}
say "unbounded or shell-running calls" \
	"$(git grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|system|popen|tmpnam|mktemp)\(' -- '*.c' '*.h')"
say "sleep in a test (wait on a barrier with a deadline)" \
	"$(git grep -nE '^[^#/*]*\b(sleep|usleep|nanosleep) *\(|^[^#]*\bafter [0-9]{3,} *$|^\s*sleep [0-9]' -- 'tests/*')"
say "exit in the library" "$(git grep -nE '\b_?exit\(' -- 'lib/*.c' ':!lib/ev/resolve.c')"
say "global in Tcl (namespaces and variable)" "$(git grep -nE '^\s*global ' -- 'tcl/*')"
# a view that is put in front is laid out at once, so that it has the keyboard when the next key is read
say "eval or update in Tcl" "$(git grep -nE '(^|\[)\s*(eval|update( idletasks)?)( |$|\])' -- 'tcl/*' |
	grep -v '^tcl/ui/main.tcl:[0-9]*: *update idletasks$')"
say "tk_messageBox (a second one answers the first)" "$(git grep -nE '^[^#]*\[?\s*tk_messageBox ' -- 'tcl/*')"
say "unfinished" "$(git grep -nE '\b(TODO|FIXME|XXX)\b|not implemented' -- '*.c' '*.h' '*.tcl' 'script/*' 'examples/*')"
exit $bad
