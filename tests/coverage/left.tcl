# SPDX-License-Identifier: BSD-3-Clause
# left.tcl --
#
#       Compares gcovr's report with the table of code that the tests do not reach:
#
#           tclsh left.tcl COVERAGE.json SOURCE-DIRECTORY
#
#       A place is a line that has run, with a branch that was not taken, or a
#       function that was not called: other lines that have not run lie behind one of
#       these. left.txt beside this file gives the reasons, and under each reason the
#       functions with such places, as "file function". It names no lines and counts
#       no places, so that edits elsewhere in a function leave it valid.
#
#       Reports the places of each function without a reason. A few of these occur
#       only in some runs, because processes differ in pace. Exits with 1 if there are
#       more functions than that, or if a function of the table is no longer in the
#       sources.

package require Tcl 8.6-
package require json

# contents --
#
#       The text of a file.

proc contents {path} {
    set file [open $path]
    try {
        return [read $file]
    } finally {
        close $file
    }
}

# readTable --
#
#       Reads left.txt: a reason begins a line, and its functions follow, indented.
#       Returns a dict whose keys are {file function}.

proc readTable {path} {
    set table {}
    foreach row [split [contents $path] \n] {
        if {[regexp {^\s+(\S+ \S+)$} $row - function]} {
            dict set table $function {}
        }
    }
    return $table
}

# isLeft --
#
#       Whether a line, as gcovr gives it, has run and has a branch that was not
#       taken.

proc isLeft {line} {
    foreach branch [dict get $line branches] {
        if {[dict get $branch count] == 0} {
            return [expr {[dict get $line count] > 0}]
        }
    }
    return 0
}

# findLeft --
#
#       Enters the functions of a file, as gcovr gives it, into a dict in the caller's
#       frame: for each {file function} the numbers of the lines that are left.

proc findLeft {file variable} {
    upvar 1 $variable left
    set name [file tail [dict get $file file]]
    set heads {}
    foreach function [dict get $file functions] {
        set place [list $name [dict get $function name]]
        lappend heads [list [dict get $function lineno] $place]
        dict set left $place [expr {[dict get $function execution_count] == 0
            ? [dict get $function lineno] : ""}]
    }
    set heads [lsort -integer -index 0 $heads]
    foreach line [dict get $file lines] {
        if {[isLeft $line]} {
            set number [dict get $line line_number]
            dict lappend left [lindex $heads [lsearch -bisect -integer -index 0 $heads $number] 1] $number
        }
    }
}

set most 12
lassign $argv coverage folder
set table [readTable [file join [file dirname [info script]] left.txt]]
set left {}
foreach file [dict get [json::json2dict [contents $coverage]] files] {
    findLeft $file left
    set paths([file tail [dict get $file file]]) [file join $folder [dict get $file file]]
}
set unexplained {}
set functions 0
set count 0
dict for {function numbers} $left {
    incr count [llength $numbers]
    if {[llength $numbers] > 0 && ![dict exists $table $function]} {
        set source [split [contents $paths([lindex $function 0])] \n]
        lappend unexplained "no reason: $function" \
            {*}[lmap number $numbers {format "    %d: %s" $number [string trim [lindex $source $number-1]]}]
        incr functions
    }
}
set gone [lmap function [dict keys $table] {
    if {[dict exists $left $function]} continue
    string cat "not in the sources any more: " $function
}]
puts [join [list {*}$gone {*}$unexplained "left: $count places, and $functions functions without a reason"] \n]
exit [expr {$gone ne "" || $functions > $most}]
