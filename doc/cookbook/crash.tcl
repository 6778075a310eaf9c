# SPDX-License-Identifier: BSD-3-Clause
# crash.tcl: a server that was killed has left its segment behind. The
# next one takes over, but only if no server is running. A lock shows
# this: the running server holds it, and its death leaves it abandoned.

package require posix_ipc

proc start {} {
    set lock [posix_ipc::lock open /example-server -flags CREAT]
    try {
        set dead [$lock acquire -takeover 1 -timeout 0]
    } trap {POSIXIPC BUSY} {} {
        $lock destroy
        error "a server is already running"
    }
    if {$dead != 0} {
        puts "removing what a dead server has left"
        posix_ipc::shm unlink -nocomplain /example-server
    }
    set shm [posix_ipc::shm open /example-server -flags CREX -size 64]
    return [list $lock $shm]
}

if {$argv eq "die"} {
    start
    exec sh -c "kill -KILL [pid]"
}

catch {exec [info nameofexecutable] [info script] die}
set objects [start]
catch {start} message
puts $message
foreach handle $objects {
    $handle unlink
    $handle destroy
}

# It prints:
# removing what a dead server has left
# a server is already running
