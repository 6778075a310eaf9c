# SPDX-License-Identifier: BSD-3-Clause
# container.tcl: what a program should find out at its start in a
# container.

package require posix_ipc

# Docker gives /dev/shm 64 MiB; a write beyond that would fail later.
try {
    set shm [posix_ipc::shm open /example-frames -flags CREX \
        -size 1048576 -reserve 1]
    puts "there is room for the frames"
    $shm unlink
} trap {POSIXIPC ERROR ENOSPC} {} {
    puts "start the container with a larger --shm-size"
}

# Objects belong to the container, unless it shares those of another or
# of the host (--ipc), and processes outside are invisible (--pid).
set sem [posix_ipc::sem open /example-alone -flags CREAT]
set holders [posix_ipc::sem holders /example-alone complete]
puts "[llength $holders] visible process has the semaphore open"
# There may be more in other containers, or of other users.
set mayBeOthers [expr {!$complete}]
$sem unlink

# It prints:
# there is room for the frames
# 1 visible process has the semaphore open
