# left.tcl --
#
#       Compares what gcovr says with the table of what is left:
#
#           tclsh left.tcl COVERAGE.json SOURCE-FOLDER
#
#       A place is a line that has run, with a branch that was not taken, or the
#       head of a function that was not called: what else has not run lies behind
#       one of these. left.txt beside this file has all places that are left, each
#       as "file function line", below the reason. Those below a reason that begins
#       with "at times" need not be left in each run.
#
#       Names each place that is not there, and each that is there and is reached
#       now. A few of these are of one run alone, for processes differ in pace:
#       exits with 1 when there are more than five, and when a place of the table
#       is not in the sources any more.

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
#       Reads left.txt: a reason begins a line, and its places stand below it,
#       indented. Returns a dict: how often each place is there; and a list of
#       those that need not be left.

proc readTable {path} {
    set counts {}
    set loose {}
    foreach row [split [contents $path] \n] {
        if {[regexp {^\s+(\S.*)$} $row - place]} {
            dict incr counts $place
            if {[string match "at times*" $reason]} {
                lappend loose $place
            }
        } elseif {$row ne "" && [string index $row 0] ne "#"} {
            set reason $row
        }
    }
    return [list $counts $loose]
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

# countLeft --
#
#       Enters the lines of a file, as gcovr gives it, into a dict in the caller's
#       frame: how often each is a place that is left.

proc countLeft {folder file variable} {
    upvar 1 $variable counts
    set source [split [contents [file join $folder [dict get $file file]]] \n]
    set heads {}
    set lines {}
    foreach function [dict get $file functions] {
        set head [dict get $function lineno]
        lappend heads [list $head [dict get $function name]]
        lappend lines $head [expr {[dict get $function execution_count] == 0}]
    }
    set heads [lsort -integer -index 0 $heads]
    foreach line [dict get $file lines] {
        lappend lines [dict get $line line_number] [isLeft $line]
    }
    foreach {number isLeft} $lines {
        set function [lindex $heads [lsearch -bisect -integer -index 0 $heads $number] 1]
        set place [list [file tail [dict get $file file]] $function [string trim [lindex $source $number-1]]]
        dict incr counts [join $place] $isLeft
    }
}

lassign $argv coverage folder
lassign [readTable [file join [file dirname [info script]] left.txt]] named loose
set left {}
foreach file [dict get [json::json2dict [contents $coverage]] files] {
    countLeft $folder $file left
}
set wrong {}
set gone {}
dict for {place count} $left {
    if {$count > 0 && (![dict exists $named $place] || [dict get $named $place] < $count)} {
        lappend wrong "left, and without a reason: $place"
    }
}
dict for {place count} $named {
    if {![dict exists $left $place]} {
        lappend gone "not in the sources any more: $place"
    } elseif {[dict get $left $place] < $count && $place ni $loose} {
        lappend wrong "reached now: $place"
    }
}
puts [join [list {*}$gone {*}$wrong "left: [tcl::mathop::+ {*}[dict values $left]] places"] \n]
exit [expr {$gone ne "" || [llength $wrong] > 5}]
