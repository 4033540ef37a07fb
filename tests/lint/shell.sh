# SPDX-License-Identifier: ISC
# Shell scripts are clean for shellcheck.
scripts=$(git ls-files 'script/*' 'examples/*' '.ci/run' | xargs grep -lE '^#!(/bin/|/usr/bin/env )(ba)?sh')
[ -n "$scripts" ] || { echo "no scripts found"; exit 1; }
echo "$scripts" | xargs shellcheck -S warning
