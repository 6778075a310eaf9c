# SPDX-License-Identifier: BSD-3-Clause
# producer.tcl: a producer sends work to a consumer. The queue has room
# for two messages, so the producer is never far ahead.

package require posix_ipc

proc produce {} {
    set queue [posix_ipc::mq open /example-work -encoding utf-8]
    foreach job {paint saw plane} {
        $queue send $job
    }
    $queue send enough
}

proc consume {} {
    set queue [posix_ipc::mq open /example-work -flags CREX \
        -encoding utf-8 -maxmessages 2 -maxmessagesize 100]
    exec [info nameofexecutable] [info script] produce &
    while 1 {
        lassign [$queue receive -timeout 20] job
        if {$job eq "enough"} break
        puts "doing: $job"
    }
    $queue unlink
}

if {$argv eq "produce"} {
    produce
} else {
    consume
}

# It prints:
# doing: paint
# doing: saw
# doing: plane
