# SPDX-License-Identifier: ISC
# Every header compiles by itself.  Those that a file of ours includes before anything else have been compiled
# so by the build; the others are here.
flags=$(pkg-config --cflags msgpack tk8.6 libconfuse)
headers=$(git ls-files '*.h')
[ -n "$headers" ] || { echo "no headers found"; exit 1; }
built=$(sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$1/compile_commands.json")
[ -n "$built" ] || { echo "$1/compile_commands.json: no files"; exit 1; }
# shellcheck disable=SC2086
first=$(awk 'FNR == 1 { seen = 0 } /^[ \t]*#/ && !seen++ && $1 == "#include" { gsub(/"/, "", $2); print $2 }' $built | sort -u)
[ -n "$first" ] || { echo "no file includes a header first"; exit 1; }
bad=0
for header in $headers; do
	case "
$first
" in *"
$header
"*) continue ;; esac
	# shellcheck disable=SC2086
	echo "#include \"$header\"" | cc -std=gnu11 -D_GNU_SOURCE -fsyntax-only -Wall -Werror -I. $flags -x c - ||
		{ echo "$header does not stand alone"; bad=1; }
done
exit $bad
