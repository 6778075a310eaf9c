# SPDX-License-Identifier: BSD-3-Clause
# all.tcl --
#
#       Prints a table of all operations, and writes it as performance.csv and, by
#       gnuplot, as the picture performance.svg. With the name of an operation, only
#       prints the rows of that operation.
#
#           all.tcl directory ?name?    directory: has what was compiled, and gets what
#                                       is written; name: the file of an operation

set here [file dirname [file normalize [info script]]]
set operations {
    acquire-release with acquire-timeout cget lock send-receive round-trip ring topic latency
    acquire-command shm-read shm-write shm-typed shm-turns open-close-unlink many-handles
    handle-memory list-info package-require
}
set rivals {pipe socket tsv thread file sysv}

# show --
#
#       A figure of a row, with three digits: of seconds or bytes.

proc show {row key} {
    if {![dict exists $row $key]} {
        return -
    }
    set figure [dict get $row $key]
    if {[dict get $row unit] eq "B"} {
        return [format "%.0f B" $figure]
    }
    foreach {limit factor unit} {1e-6 1e9 ns 1e-3 1e6 us 1 1e3 ms} {
        if {$figure < $limit} break
    }
    set scaled [expr {$figure * $factor}]
    set digits [expr {$scaled < 10 ? 2 : $scaled < 100 ? 1 : 0}]
    return [format "%.*f %s" $digits $scaled $unit]
}

# isMet --
#
#       Whether a row meets its goal: a ratio, or bytes.

proc isMet {row} {
    set key [expr {[dict get $row unit] eq "B" ? "ours" : "ratio"}]
    return [expr {round([dict get $row $key] * 100) <= round([dict get $row goal] * 100)}]
}

proc printRow {row} {
    set goal [dict get $row goal]
    set columns [list [dict get $row operation] [show $row ours] [show $row floor] \
        [format "%.2f (%.2f-%.2f)" {*}[lmap key {ratio low high} {dict get $row $key}]] \
        $goal [expr {$goal eq "" ? "" : [isMet $row] ? "met" : "missed"}]]
    foreach rival $::rivals {
        lappend columns [show $row $rival]
    }
    puts [format $::format {*}$columns]
}

# measure --
#
#       Prints and returns the rows of an operation.

proc measure {folder name} {
    set rows {}
    set process [open [list | [info nameofexecutable] \
        [file join $::here bench.tcl] $folder [file join $::here $name.tcl] 2>@stderr]]
    while {[gets $process row] >= 0} {
        lappend rows $row
        printRow $row
    }
    close $process
    return $rows
}

proc writeCsv {path rows} {
    set keys [list operation unit ours floor ratio low high goal {*}$::rivals]
    set file [open $path w]
    puts $file [join $keys ,]
    foreach row $rows {
        puts $file [join [lmap key $keys {
            set value [expr {[dict exists $row $key] ? [dict get $row $key] : ""}]
            expr {$key eq "operation" ? "\"$value\"" : $value}
        }] ,]
    }
    close $file
}

# writePicture --
#
#       Draws what is in the table.

proc writePicture {csv svg} {
    exec gnuplot -e "csv='$csv'; svg='$svg'" [file join $::here performance.gnuplot] \
        2>@stderr
}

set format "%-42s %9s %9s %18s %5s %-6s [string repeat { %9s} [llength $rivals]]"
lassign $argv folder chosen
puts [format $format operation ours floor "ratio (quartiles)" goal "" {*}$rivals]
if {$chosen ne ""} {
    measure $folder $chosen
} else {
    foreach name $operations {
        lappend rows {*}[measure $folder $name]
    }
    set path [file join $folder performance]
    writeCsv $path.csv $rows
    writePicture $path.csv $path.svg
}
