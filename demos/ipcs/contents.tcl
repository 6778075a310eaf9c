# SPDX-License-Identifier: BSD-3-Clause
# The contents of segments, as values of a type.

# Each segment as a table of its values. Returns the exit status: a segment may be
# too short, or not be readable.
proc showContents {objects type} {
    set status 0
    set size [dict get [posix_ipc::layout $type] size]
    foreach object $objects {
        try {
            set lines [contents [lindex $object 1] $type $size]
        } trap POSIXIPC message {
            puts stderr [printable $message]
            set status 2
            continue
        }
        set width [lindex [screen] 1]
        puts [join [lmap line $lines {clipped $line $width}] \n]
    }
    return $status
}

proc contents {name type size} {
    set segment [posix_ipc::shm open $name -readonly 1]
    try {
        set value [$segment get 0 $type]
        set total [$segment cget -size]
    } finally {
        $segment destroy
    }
    set rows [linsert [values $type $value] 0 {OFFSET FIELD VALUE}]
    set width [tcl::mathfunc::max {*}[lmap row $rows {columns [lindex $row 1]}]]
    set lines [list [emphasized 1 "[printable $name], $size of $total B"]]
    foreach row $rows {
        lassign $row offset field text
        lappend lines [format "%9s  %s%*s  %s" $offset $field [expr {$width - [columns $field]}] "" $text]
    }
    return $lines
}

# The values of a type, one a line: offset, path of the field, value. The elements of
# structs and of arrays of any type have lines of their own.
proc values {type value {offset 0} {path ""}} {
    switch [lindex $type 0] {
        array {
            if {[llength $type] == 3} {
                return [elements [lindex $type 2] $value $offset $path]
            }
        }
        packed {
            if {[llength $type] == 2 && [dict exists [posix_ipc::layout $type] offsets]} {
                return [fields $type [lindex $type 1] $value $offset $path]
            } elseif {[llength $type] == 2} {
                return [values [lindex $type 1] $value $offset $path]
            }
        }
    }
    if {[llength $type] > 1} {
        return [fields $type $type $value $offset $path]
    }
    return [list [list $offset $path [scalar $type $value]]]
}

proc elements {type values offset path} {
    set size [dict get [posix_ipc::layout $type] size]
    set number -1
    return [concat {*}[lmap value $values {
        incr number
        values $type $value [expr {$offset + $number * $size}] $path\[$number\]
    }]]
}

proc fields {type names value offset path} {
    if {[llength $names] == 1} {
        set names [lindex $names 0]
    }
    set offsets [dict get [posix_ipc::layout $type] offsets]
    return [concat {*}[lmap {name itsType} $names {
        values $itsType [dict get $value $name] [expr {$offset + [dict get $offsets $name]}] \
            [string trimleft "$path.[printable $name]" .]
    }]]
}

# Bytes are shown in hexadecimal, all else as a script sees it.
proc scalar {type value} {
    if {[string match bytes* $type]} {
        return [regsub -all {..(?=.)} [binary encode hex $value] {& }]
    }
    return [printable $value]
}

# A type as typed in a shell: without the braces that make it a single word in a
# script.
proc readType {word} {
    if {![catch {llength $word} length] && $length == 1 && [llength [lindex $word 0]] > 1} {
        set word [lindex $word 0]
    }
    try {
        posix_ipc::layout $word
    } trap POSIXIPC message {
        failUsage "--as: $message"
    }
    return $word
}
