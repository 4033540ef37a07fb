# SPDX-License-Identifier: ISC
# One ctest test per file: tests/<folder>/test_<name>.tcl is found by its name.  A folder with none
# is an error, so that a suite cannot fall out silently.
find_program(TCLSH NAMES tclsh8.6 REQUIRED)

function(opdesk_tcl_tests folder timeout)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/test_*.tcl)
	if(NOT files)
		message(FATAL_ERROR "tests/${folder}: no tests")
	endif()
	foreach(file ${files})
		get_filename_component(name ${file} NAME_WE)
		file(STRINGS ${file} verdict REGEX "^finish[a-z_]*$")
		if(NOT verdict)
			message(FATAL_ERROR "tests/${folder}/${name}.tcl: without finish at its end no failure counts")
		endif()
		add_test(NAME ${folder}/${name} COMMAND ${TCLSH} -encoding utf-8 ${file} ${CMAKE_BINARY_DIR}/bin)
		set_tests_properties(${folder}/${name} PROPERTIES
			LABELS ${folder} TIMEOUT ${timeout} SKIP_RETURN_CODE 77)
	endforeach()
endfunction()

# The same files once more, with multiplexed workers in every daemon (tests/harness/daemon.tcl).
function(opdesk_tcl_tests_multiplexed folder timeout)
	foreach(name ${ARGN})
		add_test(NAME ${folder}-multiplexed/${name}
			COMMAND ${TCLSH} -encoding utf-8 ${CMAKE_CURRENT_SOURCE_DIR}/${name}.tcl ${CMAKE_BINARY_DIR}/bin)
		set_tests_properties(${folder}-multiplexed/${name} PROPERTIES
			LABELS ${folder} TIMEOUT ${timeout} SKIP_RETURN_CODE 77
			ENVIRONMENT "OPDESK_TEST_PERSONALITY=multiplex;OPDESK_ROUNDS=100")
	endforeach()
endfunction()

# Those that take long begin first, so that none is left alone at the end: NAME SECONDS …
function(opdesk_long_tests folder)
	set(rest ${ARGN})
	while(rest)
		list(POP_FRONT rest name seconds)
		set_tests_properties(${folder}/${name} PROPERTIES COST ${seconds})
	endwhile()
endfunction()
