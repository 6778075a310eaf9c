# SPDX-License-Identifier: BSD-3-Clause
# daemon.tcl: a daemon notices if somebody has removed the name of its
# queue, as systemd does when a user logs out, and makes a new one.

package require posix_ipc
set name /example-daemon
set interval 200

proc openQueue {} {
    global name queue
    set queue [posix_ipc::mq open $name -flags CREAT \
        -maxmessages 4 -maxmessagesize 100]
    $queue event readable serve
}

proc serve {} {
    lassign [$::queue receive -timeout 0] request
    puts "got: $request"
    if {$request eq "stop"} {set ::stopped 1}
}

proc watch {} {
    if {![$::queue cget -linked]} {
        puts "the name is gone"
        $::queue destroy
        openQueue
    }
    after $::interval watch
}

openQueue
watch
after 300 {posix_ipc::mq unlink $name}
after 1500 {[posix_ipc::mq open $name] send stop}
vwait stopped
$queue unlink

# It prints:
# the name is gone
# got: stop
