# SPDX-License-Identifier: ISC
# `expr` makes a number of a text that looks like one: "010" comes out as 8, "4.10" as 4.1.  A text that is
# chosen by a condition is chosen by `if`.  Found are choices on one line between a text and a variable, and
# of a variable that is compared with "", which a number would not be.
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(git ls-files 'tcl/*.tcl')
variable='\$[\w:]+(?:\([^()]*\))?'
text='(?:"(?:[^"\[\]]|\[[^\[\]]*\])*"|\[mc [^\[\]]*\])'
found=$(grep -nP "\? $text : $variable\}|\? $variable : $text|($variable) (?:eq|ne) \"\" \? (?:.* : )?\1(?: :|\})" "$@")
[ -z "$found" ] && exit 0
echo "text chosen by expr, which may come out as another number: use [if {…} {…} else {…}]"
echo "$found"
exit 1
