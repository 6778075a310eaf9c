# SPDX-License-Identifier: BSD-3-Clause
# request.tcl: a client asks a server, for a limited time. Answers come
# in a queue of its own. Numbers tell a late answer from the right one.

package require posix_ipc
set how {-maxmessages 4 -maxmessagesize 300 -encoding utf-8}
set requests [posix_ipc::mq open /example-square -flags CREAT {*}$how]

proc serve {} {
    while 1 {
        lassign [lindex [$::requests receive] 0] name id x
        if {[catch {posix_ipc::mq open $name {*}$::how} to]} continue
        catch {$to send [list $id [expr {$x * $x}]] -timeout 0}
        $to destroy
    }
}

proc ask {answers x time} {
    set end [expr {[clock milliseconds] + 1000 * $time}]
    while {![catch {$answers receive -timeout 0}]} {}  ;# late answers
    set id [incr ::lastId]
    $::requests send [list [$answers cget -name] $id $x] -timeout $time
    while 1 {
        set left [expr {max(0, $end - [clock milliseconds]) / 1e3}]
        lassign [lindex [$answers receive -timeout $left] 0] answered y
        if {$answered == $id} {return $y}
    }
}

if {$argv eq "serve"} serve
set answers [posix_ipc::mq open "" {*}$how]
set server [exec [info nameofexecutable] [info script] serve &]
puts [ask $answers 7 20]
exec sh -c "kill -KILL $server"
try {ask $answers 8 0.5} trap {POSIXIPC BUSY} {} {puts "no answer"}
foreach queue [list $requests $answers] {$queue unlink}

# It prints:
# 49
# no answer
