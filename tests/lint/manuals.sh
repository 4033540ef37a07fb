# SPDX-License-Identifier: ISC
# Every program has a manual page that mandoc likes, and the page names every option of --help.
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
done
exit $bad
