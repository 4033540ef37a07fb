# SPDX-License-Identifier: ISC
# The libraries we stand on; docs/dependencies.md says why each.
find_package(PkgConfig REQUIRED)
pkg_check_modules(MSGPACK REQUIRED IMPORTED_TARGET msgpack)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(CONFUSE REQUIRED IMPORTED_TARGET libconfuse)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(TK REQUIRED IMPORTED_TARGET tk8.6 tcl8.6)
pkg_check_modules(X11 REQUIRED IMPORTED_TARGET x11 xinerama)
pkg_check_modules(XCB REQUIRED IMPORTED_TARGET xcb xcb-xkb)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

# libev 4.33 ships no .pc file.  Its header is not clean under our warnings, so it is a system one.
find_path(EV_INCLUDE ev.h REQUIRED)
find_library(EV_LIBRARY ev REQUIRED)
add_library(libev INTERFACE)
target_include_directories(libev SYSTEM INTERFACE ${EV_INCLUDE})
target_link_libraries(libev INTERFACE ${EV_LIBRARY} m)
