# What the program says of itself: version, commit, and the contract that it carries.

find_package(Git QUIET)
set(MONITORIX_COMMIT unknown)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --short=12 HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(MONITORIX_COMMIT ${commit})
  endif()
endif()
set(MONITORIX_OPENAPI_FILE ${PROJECT_SOURCE_DIR}/contract/openapi.gen.json)
configure_file(${PROJECT_SOURCE_DIR}/tools/version.h.in ${PROJECT_BINARY_DIR}/generated/version.gen.h)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/app/version.cpp PROPERTIES
  INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/generated OBJECT_DEPENDS ${MONITORIX_OPENAPI_FILE})
