# SPDX-License-Identifier: BSD-3-Clause
# Loads posix_ipc for a demo or a tool. In a source tree the build beside the demos is found without any setting, and
# before an installed package; but directories in TCLLIBPATH come first. A demo that is installed uses the installed
# package.

namespace eval load {
    variable root [file dirname [file dirname [file normalize [info script]]]]
}

# The directories of the tree that hold a build for this Tcl. A build may be only for another Tcl, which pkgIndex.tcl
# does not show.
proc load::builds {} {
    variable root
    set prefix [expr {[package vsatisfies [package provide Tcl] 9.0-] ? "libtcl9" : "lib"}]
    return [lmap folder [list [file join $root build] $root] {
        if {![file exists [file join $folder pkgIndex.tcl]] || [glob -nocomplain \
                -directory $folder ${prefix}posix_ipc*[info sharedlibextension]] eq ""} continue
        set folder
    }]
}

# Of packages of the same version, the one whose directory comes first in auto_path is loaded. Tcl puts TCLLIBPATH first.
proc load::addBuilds {} {
    global auto_path env
    set first [expr {[info exists env(TCLLIBPATH)] ? [llength $env(TCLLIBPATH)] : 0}]
    set auto_path [linsert $auto_path $first {*}[builds]]
}

# Programs that this one starts find the same builds, even without this file.
proc load::exportBuilds {} {
    global env
    set first [expr {[info exists env(TCLLIBPATH)] ? $env(TCLLIBPATH) : {}}]
    set env(TCLLIBPATH) [list {*}$first {*}[builds]]
}

load::addBuilds
if {[catch {package require posix_ipc} load::message load::options]} {
    if {![string match "can't find package*" $load::message] || ![file exists [file join $load::root quickstart]]} {
        return -options $load::options $load::message
    }
    puts stderr "posix_ipc is neither built nor installed. This builds it:\n    [file join $load::root quickstart]"
    exit 1
}
