# SPDX-License-Identifier: ISC
# Prints what is selected on the screen.
package require Tk
wm withdraw .
catch {puts [selection get -type UTF8_STRING]}
exit
