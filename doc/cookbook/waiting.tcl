# SPDX-License-Identifier: BSD-3-Clause
# waiting.tcl: a program that slept and looked whether a file was there
# now waits for a semaphore. It continues at once, and the timeout
# shows that something died.
#
#     exec worker.tcl &                  exec worker.tcl &
#     while {![file exists ready]} {     $ready acquire -timeout 20
#         after 100
#     }

package require posix_ipc

if {$argv eq "work"} {
    # ... a long preparation ...
    [posix_ipc::sem open /example-ready] release
    exit
}

set ready [posix_ipc::sem open /example-ready -flags CREX]
exec [info nameofexecutable] [info script] work &
try {
    $ready acquire -timeout 20
    puts "the worker is ready"
} trap {POSIXIPC BUSY} {} {
    puts "the worker has died, or is very slow"
}
$ready unlink

# It prints:
# the worker is ready
