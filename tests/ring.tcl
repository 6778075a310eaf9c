# SPDX-License-Identifier: BSD-3-Clause
# ring.tcl --
#
#       Helpers for tests of rings. A test file sources this after common.tcl.
#
#       ring, unring            for -setup: a small ring in $ring, and a second handle of
#                               it in $other; for -cleanup: the end of all
#       outcome                 a callback that keeps the code and the result in a
#                               global variable
#       fileOfRing              the file of a ring, under the constraint shmFiles
#       damage                  writes bytes at a place of that file
#       taker                   a child that has taken messages of a ring
#       places                  where the words of a ring are in its file

proc ring {args} {
    uplevel 1 [list set name [uniqueName]]
    uplevel 1 [list set ring [posix_ipc::ring open [uplevel 1 {set name}] \
            -flags CREX -size 4096 {*}$args]]
    uplevel 1 {set other [posix_ipc::ring open $name]}
}

proc unring {} {
    uplevel 1 {
        foreach handle [posix_ipc::handles] {
            $handle destroy
        }
        posix_ipc::ring unlink -nocomplain $name
    }
    unset -nocomplain ::got
}

proc outcome {variable code result options} {
    set ::$variable [list $code [expr {$code ? [dict get $options -errorcode] : $result}]]
}

proc fileOfRing {name} {
    return /dev/shm/posix_ipc.ring.[string range $name 1 end]
}

proc damage {name place bytes} {
    set file [open [fileOfRing $name] r+b]
    seek $file $place
    puts -nonewline $file $bytes
    close $file
}

set places {head 256 tail 264 ready 272 messages 280 bytes 288 taken 296 used 304 data 69632}

proc taker {name count} {
    set c [child create]
    child eval $c [list posix_ipc::ring open $name -as ring]
    for {set i 0} {$i < $count} {incr i} {
        child eval $c {ring take -timeout 30}
    }
    return $c
}
