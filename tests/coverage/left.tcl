# left.tcl --
#
#       Compares what gcovr says with the table of what is left:
#
#           tclsh left.tcl COVERAGE.json
#
#       left.txt beside this file has a row for each function of which some lines
#       are not reached, and the reason. Exits with 1 when a function is not
#       there, or a row stands for nothing any more.

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

# missed --
#
#       The functions of a file, as gcovr gives it, that have a line which is
#       not reached: "file function", each once.

proc missed {file} {
    set starts {}
    foreach function [dict get $file functions] {
        lappend starts [list [dict get $function lineno] [dict get $function name]]
    }
    set starts [lsort -integer -index 0 $starts]
    set missed {}
    foreach line [dict get $file lines] {
        if {[dict get $line count] > 0 || [dict get $line gcovr/noncode]} continue
        set at [lsearch -bisect -integer -index 0 $starts [dict get $line line_number]]
        lappend missed "[file tail [dict get $file file]] [lindex $starts $at 1]"
    }
    return [lsort -unique $missed]
}

set left {}
foreach row [split [contents [file join [file dirname [info script]] left.txt]] \n] {
    if {[regexp {^(\S+\.[ch])\s+(\S+)\s+\S} $row - file function]} {
        lappend left "$file $function"
    }
}
set found {}
foreach file [dict get [json::json2dict [contents [lindex $argv 0]]] files] {
    lappend found {*}[missed $file]
}
set wrong 0
foreach function $found {
    if {$function ni $left} {
        puts "not reached, and without a reason: $function"
        incr wrong
    }
}
foreach function $left {
    if {$function ni $found} {
        puts "reached now: $function"
        incr wrong
    }
}
puts "left: [llength $found] functions in which a line is not reached"
exit [expr {$wrong > 0}]
