# SPDX-License-Identifier: BSD-3-Clause
# The history of the chosen object as CSV: to the clipboard, or to a file.

namespace eval history {}

# A line for each sample: its time in ISO 8601 and in seconds since 1970, and the
# facts. An hour has 3600 samples at one a second; equal ones in a row are left out.
proc history::csv {object} {
    set lines [list [join [list time seconds {*}[dict get $::posix_ipc::families::figures [lindex $object 0]]] ,]]
    foreach sample [model history $object] {
        set values [lassign $sample time]
        set milliseconds [expr {int(1000 * ($time - floor($time)))}]
        lappend lines [join [list [clock format [expr {int($time)}] -gmt 1 \
            -format "%Y-%m-%dT%H:%M:%S.[format %03d $milliseconds]Z"] [format %.3f $time] {*}$values] ,]
    }
    return [join $lines \n]\n
}

proc history::copy {} {
    set object [side::shown]
    if {$object eq "" || ![model exists $object]} return
    clipboard clear
    clipboard append [csv $object]
    actions::tell $object good "copied [words::count [llength [model history $object]] sample]"
}

proc history::save {} {
    set object [side::shown]
    if {$object eq "" || ![model exists $object]} return
    set name [regsub -all {[^\w.-]} [string range [lindex $object 1] 1 end] _].csv
    set path [tk_getSaveFile -title "Save the history" -initialfile $name -defaultextension .csv]
    if {$path ne ""} {
        write $object $path
    }
}

proc history::write {object path} {
    try {
        set file [open $path w]
        try {
            puts -nonewline $file [csv $object]
        } finally {
            close $file
        }
    } trap POSIX message {
        actions::tell $object bad [words::short $message]
        return
    }
    actions::tell $object good "saved [words::count [llength [model history $object]] sample] in [printable $path]"
}
