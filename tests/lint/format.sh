# SPDX-License-Identifier: ISC
# C is as .clang-format lays it out: `git ls-files '*.[ch]' | xargs clang-format-14 -i` mends it.
git ls-files '*.[ch]' | xargs clang-format-14 --dry-run -Werror
