# SPDX-License-Identifier: BSD-3-Clause
# package-require.tcl --
#
#       package require in a new process, against that of an extension that does
#       nothing, with an empty script file. Tcl's search for packages in all of
#       its directories comes first, and is not measured.

# makeEmpty --
#
#       Makes the package that does nothing, in a directory.

proc makeEmpty {folder} {
    file mkdir $folder
    close [open [file join $folder empty.tcl] w]
    set index [open [file join $folder pkgIndex.tcl] w]
    puts $index [list package ifneeded empty 1.0 [list apply {{library folder} {
        load $library Empty
        source [file join $folder empty.tcl]
    }} [file join $bench::folder floor.so] $folder]]
    close $index
}

proc require {name count} {
    for {set i 0} {$i < $count} {incr i} {
        incr microseconds [exec [info nameofexecutable] << [string map [list NAME $name] {
            catch {package require there-is-no-such-package}
            puts [lindex [time {package require NAME}] 0]
        }]]
    }
    return [expr {$microseconds * 1e-6}]
}

set empty [file join $bench::folder empty]
makeEmpty $empty
lappend env(TCLLIBPATH) $empty
bench::compare "package require" 2 {require posix_ipc} {{require empty}}
