# SPDX-License-Identifier: BSD-3-Clause
# logger.tcl: one process alone writes the file for several programs.
# If it falls behind, a program loses a line instead of waiting.

package require posix_ipc
set queue [posix_ipc::mq open /example-log -flags CREAT \
    -encoding utf-8 -maxmessages 8 -maxmessagesize 200]

proc log {text} {
    set line "[clock format [clock seconds]] [pid]: $text"
    try {
        $::queue send $line -timeout 0
    } trap {POSIXIPC BUSY} {} {
        incr ::linesLost
    }
}

proc write {file} {
    puts $file [lindex [$::queue receive -timeout 0] 0]
    incr ::linesWritten
}

if {$argv eq "client"} {
    log "starting"
    log "ready"
    exit
}

set linesWritten 0
set file [file tempfile path]
$queue event readable [list write $file]
foreach client {1 2 3} {
    exec [info nameofexecutable] [info script] client &
}
while {$linesWritten < 6} {vwait linesWritten}
puts "$linesWritten lines"
$queue unlink
file delete $path

# It prints:
# 6 lines
