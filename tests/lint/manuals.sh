# SPDX-License-Identifier: ISC
# Every program has a manual page that mandoc likes, the page names every option of --help and --help
# every option of the page, and both have the same exit statuses.  The settings of a daemon's --help
# are in its configuration's page, or in that of mediachanged, which has what all daemons have.
bin=$1/bin
bad=0
pages=$(git ls-files 'docs/man/*')
[ -n "$pages" ] || { echo "no manual pages found"; exit 1; }
for page in $pages; do
	out=$(mandoc -T lint -W warning "$page" 2>&1) || { echo "$out"; bad=1; }
done
for program in mediachanged mediachangec mediachangeq opdesk ipadmh ipadmd ipadmc opchat opchatd opnet; do
	page=$(ls docs/man/$program.[1-8])
	[ -n "$page" ] || { echo "$program: no manual page"; bad=1; continue; }
	help=$("$bin/$program" --help) || { echo "$program --help failed"; bad=1; }
	told=$(echo "$help" | sed -n '/^[Ee]xit status/,$p' | grep -oE '(^ +|status: |   )[0-9]+ ' | grep -oE '[0-9]+' | sort -n)
	written=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh SEE/p' "$page" | grep '^\.It [0-9]' | grep -oE '[0-9]+' | sort -n)
	[ -n "$told" ] && [ "$told" = "$written" ] ||
		{ echo "$page: exit statuses" $written "are not those of --help:" $told; bad=1; }
	# A program whose commands have options of their own: theirs, too.
	if echo "$help" | grep -q "$program COMMAND --help"; then
		for command in $(echo "$help" | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
			more=$("$bin/$program" "$command" --help) || { echo "$program $command --help failed"; bad=1; }
			help="$help
$more"
		done
	fi
	options=$(echo "$help" | grep -oE -- '(^|[[:space:],\[|])--?[a-z][a-z-]*' | grep -oE -- '--?[a-z][a-z-]*$' | sort -u)
	[ -n "$options" ] || { echo "$program --help names no option"; bad=1; }
	for option in $options; do
		name=${option#-}
		name=$(echo "${name#-}" | sed 's/-/\\\\*-/g')
		grep -qE -- "Fl -?\\\\?-?$name( |\$|,)" "$page" || { echo "$page: option $option of --help is missing"; bad=1; }
	done
	for name in $(grep '^\.It Fl' "$page" | grep -oE 'Fl -[a-z0-9-]+' | sed 's/^Fl -//' | sort -u); do
		echo "$help" | grep -qE -- "--$name([^a-z-]|\$)" || { echo "$program --help: option --$name of the page is missing"; bad=1; }
	done
done
common=docs/man/mediachanged.conf.5
for program in mediachanged ipadmd opchatd; do
	page=docs/man/$program.conf.5
	settings=$("$bin/$program" --help |
		sed -nE 's/^  (--[a-z-]+, )?([a-z_]+) +(DURATION|SIZE|NUMBER|yes\|no|TEXT|LIST) .*/\2/p' | sort -u)
	[ -n "$settings" ] || { echo "$program --help names no setting"; bad=1; }
	for name in $settings; do
		grep -qE "^\.It Cm ([a-z_]+ , )*$name( |\$)" "$page" "$common" || { echo "$page: setting $name is missing"; bad=1; }
	done
done
exit $bad
