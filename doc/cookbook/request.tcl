# SPDX-License-Identifier: BSD-3-Clause
# request.tcl: a client asks a server, for a limited time. Answers come
# in a queue of its own. Numbers tell a late answer from the right one.

package require posix_ipc
set size {-maxmessages 4 -maxmessagesize 300}
set requests [posix_ipc::mq open /example-square -flags CREAT {*}$size]

proc serve {} {
    while 1 {
        lassign [lindex [$::requests receive] 0] queue id x
        catch {
            set answers [posix_ipc::mq open $queue]
            $answers send [list $id [expr {$x * $x}]] -timeout 0
            $answers destroy
        }
    }
}

proc ask {answers x time} {
    set end [expr {[clock milliseconds] + 1000 * $time}]
    set id [incr ::lastId]
    $::requests send [list [$answers cget -name] $id $x] -timeout $time
    while 1 {
        set left [expr {max(0, $end - [clock milliseconds]) / 1e3}]
        lassign [lindex [$answers receive -timeout $left] 0] answered y
        if {$answered == $id} {return $y}
    }
}

if {$argv eq "serve"} serve
set answers [posix_ipc::mq open "" {*}$size]
set server [exec [info nameofexecutable] [info script] serve &]
puts [ask $answers 7 20]
exec sh -c "kill -KILL $server"
try {ask $answers 8 0.5} trap {POSIXIPC BUSY} {} {puts "no answer"}
foreach queue [list $requests $answers] {$queue unlink}

# It prints:
# 49
# no answer
