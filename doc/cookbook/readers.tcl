# SPDX-License-Identifier: BSD-3-Clause
# readers.tcl: many processes may read at once, but a writer is alone.
# Without the lock, a reader could see parts of two texts.

package require posix_ipc
set lock [posix_ipc::lock open /example-text -flags CREAT -permits 100]
set text [posix_ipc::shm open /example-text -flags CREAT -size 8192]

proc repair {} {$::text write 0 [string repeat - 8192]}

proc write {character} {
    $::lock with -permits all -recover repair {
        $::text write 0 [string repeat $character 8192]
    }
}

proc isTorn {} {
    $::lock with -recover repair {set bytes [$::text read]}
    return [expr {[string trim $bytes [string index $bytes 0]] ne ""}]
}

if {$argv eq "read"} {
    set torn 0
    for {set n 0} {$n < 200} {incr n} {incr torn [isTorn]}
    puts "$torn torn texts"
    exit
}

write a
set readers [lmap n {1 2 3} {
    open |[list [info nameofexecutable] [info script] read]
}]
foreach character [split bcdefghijklmnop {}] {write $character}
foreach reader $readers {puts [gets $reader]}
$lock unlink
$text unlink

# It prints:
# 0 torn texts
# 0 torn texts
# 0 torn texts
