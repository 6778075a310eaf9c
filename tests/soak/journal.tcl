# journal.tcl --
#
#       What a process of the soak writes down in shared memory, before and after
#       what it does: each has a slot of 16 bytes, for its unit, its guard, and
#       how many messages it has sent. And the record that the guard protects.

namespace eval journal {
    variable fields {unit {0 c} guard {1 c} sent {8 n}}
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
