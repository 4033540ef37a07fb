# SPDX-License-Identifier: ISC
# The documents name what is there: every package of script/setup is explained, and none that it does not
# install; every source file that a row of the table of folders names lies in that folder.
words() {
	tr -s '"=\t ' '\n' | sort -u
}
installed=$(sed -n '/^build="/,/^case/p' script/setup | sed '/^case/d; s/^[a-z]*="//' | words)
explained=$(sed -n '/^## Packages/,$p' docs/dependencies.md | sed -n '/^| packages/d; s/^| \([a-z0-9 .-]*\) |.*/\1/p' | words)
bad=0
for package in $installed; do
	echo "$explained" | grep -qxF "$package" || { echo "docs/dependencies.md: nothing about $package"; bad=1; }
done
for package in $explained; do
	echo "$installed" | grep -qxF "$package" || { echo "docs/dependencies.md: script/setup knows no $package"; bad=1; }
done

# | `folder/` | … `file.c` … |
rows=$(sed -n 's/^| `\([a-z/]*\)\/` |/\1 /p' docs/architecture.md)
[ -n "$rows" ] || { echo "docs/architecture.md: no folders found"; exit 1; }
missing=$(echo "$rows" | while read -r folder row; do
	for file in $(echo "$row" | grep -oE '`[a-z_]+\.(c|tcl)`' | tr -d '`'); do
		[ -n "$(git ls-files "$folder/$file" "$folder/**/$file")" ] || echo "docs/architecture.md: no $file in $folder"
	done
done)
[ -z "$missing" ] || { echo "$missing"; bad=1; }
exit $bad
