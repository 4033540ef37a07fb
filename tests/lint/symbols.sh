# SPDX-License-Identifier: ISC
# The libraries that one program is linked from define each name once: the linker takes the first that
# it finds in a static library and says nothing, so two tools with an equal name would share a function.
#   symbols.sh BUILD-FOLDER
bad=0
in_all="lib/*.a lib/*/*.a"
# one program a line: the folders with libraries of its own
while read -r program folders; do
	libraries=
	for pattern in $in_all $folders; do
		for library in "$1"/$pattern; do
			[ -e "$library" ] && libraries="$libraries $library"
		done
	done
	# shellcheck disable=SC2086 # a list
	names=$(nm -A --defined-only --extern-only $libraries 2>/dev/null | awk 'NF == 3 && $2 ~ /[TDBRC]/ { print $3 }')
	if [ "$(echo "$names" | wc -l)" -lt 100 ]; then
		echo "$program: no names in: $libraries"
		bad=1
	fi
	for name in $(echo "$names" | sort | uniq -d); do
		echo "$program: $name is defined twice:"
		# shellcheck disable=SC2086
		nm -A --defined-only --extern-only $libraries | grep " $name\$"
		bad=1
	done
done <<EOF
client client/*.a
helper helper/*.a
gui gui/*.a
mediachanged daemon/server/*.a daemon/mediachanged/*.a
ipadmd daemon/server/*.a daemon/ipadmd/*.a
opchatd daemon/server/*.a daemon/opchatd/*.a
EOF
exit $bad
