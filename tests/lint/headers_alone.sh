# SPDX-License-Identifier: ISC
# Every header compiles by itself.
flags=$(pkg-config --cflags msgpack tk8.6 libconfuse)
headers=$(git ls-files '*.h')
[ -n "$headers" ] || { echo "no headers found"; exit 1; }
bad=0
for header in $headers; do
	# shellcheck disable=SC2086
	echo "#include \"$header\"" | cc -std=gnu11 -D_GNU_SOURCE -fsyntax-only -Wall -Werror -I. $flags -x c - ||
		{ echo "$header does not stand alone"; bad=1; }
done
exit $bad
