# SPDX-License-Identifier: ISC
# No function over 100 lines, and 95 % of them within 60: longer ones hide a table or a second idea.
git ls-files '*.c' | xargs awk '
	FNR == 1 { start = 0 }
	/^[a-z_][a-z0-9_]*\(/ { name = $1; sub(/\(.*/, "", name); head = FNR }
	/^{/ { start = FNR }
	/^}/ {
		if (start && head && head < start) {
			n = FNR - start - 1
			all++
			if (n > 60) long++
			if (n > 100) { printf "%s:%d: %s: %d lines\n", FILENAME, head, name, n; bad = 1 }
		}
		start = 0; head = 0
	}
	END {
		if (!all) { print "no functions found"; exit 1 }
		if (long * 20 > all) { printf "%d of %d functions are over 60 lines\n", long, all; bad = 1 }
		exit bad
	}'
