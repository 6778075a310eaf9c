# SPDX-License-Identifier: BSD-3-Clause
# journal.tcl --
#
#       The records that a process of the soak writes into shared memory before and
#       after each step. Each process has a slot of 16 bytes: its unit, its guard, its
#       accesses to memory that may be truncated, how many of them failed, and how many
#       messages it has sent. The segments themselves hold the record that the guard
#       protects, and pages that are truncated and come back.

namespace eval journal {
    variable fields {unit {0 c} guard {1 c} access {2 c} gone {4 n} sent {8 n}}
    variable states {none moving held}
}

proc journal::put {number what value} {
    variable fields
    variable states
    lassign [dict get $fields $what] offset form
    if {$form eq "c"} {
        set value [lsearch -exact $states $value]
    }
    segment write [expr {$number * 16 + $offset}] [binary format $form $value]
}

proc journal::get {number what} {
    variable fields
    variable states
    lassign [dict get $fields $what] offset form
    binary scan [segment read [expr {$number * 16 + $offset}] [expr {$form eq "c" ? 1 : 4}]] $form value
    return [expr {$form eq "c" ? [lindex $states $value] : $value}]
}

# record, isWhole --
#
#       4096 bytes: a count, its filling, and the checksum of both.

proc journal::record {count} {
    set bytes [binary format na4088 $count [string repeat [binary format n $count] 1022]]
    return $bytes[binary format n [zlib crc32 $bytes]]
}

proc journal::isWhole {bytes} {
    return [expr {[binary format n [zlib crc32 [string range $bytes 0 end-4]]] eq [string range $bytes end-3 end]}]
}

# page, arePages --
#
#       page returns the contents of a page of the segment that is truncated. arePages
#       returns whether bytes are such pages, or zeros after truncation.

proc journal::page {n size} {
    return [string repeat [format %c [expr {$n % 255 + 1}]] $size]
}

proc journal::arePages {bytes size} {
    for {set n 0} {$n * $size < [string length $bytes]} {incr n} {
        set page [string range $bytes [expr {$n * $size}] [expr {($n + 1) * $size - 1}]]
        if {[string trim $page \0[page $n 1]] ne ""} {
            return 0
        }
    }
    return 1
}
