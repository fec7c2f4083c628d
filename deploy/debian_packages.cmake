# The Debian packages, by `cpack -G DEB` in a build folder: nosograph (the program), libnosograph1 (the library) and
# libnosograph-dev (what one builds with).
set(CPACK_PACKAGE_NAME nosograph)
set(CPACK_PACKAGE_VENDOR Nosograph)
set(CPACK_PACKAGE_CONTACT "Nosograph developers <developers@nosograph.example>")
set(CPACK_PACKAGE_HOMEPAGE_URL https://nosograph.example)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME nosograph)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "from an ICD-10 code to the disease behind it
 A terminology service for hospital systems, and the program that imports what it serves.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libnosograph1)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "ICD-10 codes resolved in a process of one's own
 The terminology engine of Nosograph behind a C interface.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libnosograph-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libnosograph1 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "ICD-10 codes resolved in a process of one's own, to build with
 Header, CMake package and pkg-config file of the terminology engine of Nosograph.")
include(CPack)
