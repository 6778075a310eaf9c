# SPDX-License-Identifier: BSD-3-Clause
# crash.tcl: a server that was killed has left its segment behind. The
# next one takes over, but only if no server is running. A lock shows
# this: the running server holds it, and its death leaves it abandoned.

package require posix_ipc
set lock [posix_ipc::lock open /example-server -flags CREAT]

# The error shows that the server has died, or that the lock was
# damaged. "acquire -takeover 1" alone would not show damage.
proc claim {lock} {
    try {
        $lock acquire -timeout 0
    } trap {POSIXIPC OWNERDIED} {} - trap {POSIXIPC CORRUPT} {} {
        $lock acquire -takeover 1 -timeout 0
        puts "removing what a dead server has left"
        posix_ipc::shm unlink -nocomplain /example-server
    }
    return [posix_ipc::shm open /example-server -flags CREX -size 64]
}

if {$argv eq "die"} {
    claim $lock
    exec sh -c "kill -KILL [pid]"
}

catch {exec [info nameofexecutable] [info script] die}
set shm [claim $lock]
set second [posix_ipc::lock open /example-server]
try {claim $second} trap {POSIXIPC BUSY} {} {
    puts "a server is already running"
}
$lock unlink
$shm unlink

# It prints:
# removing what a dead server has left
# a server is already running
