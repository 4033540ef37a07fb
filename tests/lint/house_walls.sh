# SPDX-License-Identifier: ISC
# Who may include whom (docs/architecture.md): gui, helper, daemon and client meet only on the wire,
# lib/ knows no loop, and every file says its licence.
bad=0
say() {
	[ -z "$2" ] && return
	echo "$1:"
	echo "$2"
	bad=1
}
for folder in gui helper client daemon; do
	others=$(echo "gui helper client daemon" | tr ' ' '\n' | grep -v "^$folder\$" | paste -sd '|' -)
	say "$folder/ includes another program's folder" \
		"$(git grep -nE "#include \"($others)/" -- "$folder/*.c" "$folder/*.h")"
done
say "lib/ knows no loop and no program" \
	"$(git grep -nE '#include ("(lib/ev|gui|helper|client|daemon)/|<(ev|tcl|tk|sqlite3|confuse)\.h>)' -- 'lib/*.c' 'lib/*.h' ':!lib/ev/*')"
say "lib/ev/ knows no program" \
	"$(git grep -nE '#include ("(gui|helper|client|daemon)/|<(tcl|tk|sqlite3|confuse)\.h>)' -- 'lib/ev/*')"
say "SQLite outside the store" "$(git grep -ln 'sqlite3\.h' -- '*.c' '*.h' ':!daemon/mediachanged/*' ':!bench/*' ':!tests/*')"
say "no SPDX line" "$(git ls-files '*.c' '*.h' '*.tcl' '*.sh' 'script/*' '*CMakeLists.txt' '*.cmake' |
	xargs grep -L 'SPDX-License-Identifier: ISC')"
exit $bad
