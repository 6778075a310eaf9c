#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Mrs. Conclusion opens what Mrs. Premise (premise.tcl) has made, takes her turn
# whenever there is a new word in the shared memory, and answers with its MD5.

source [file join [file dirname [info script]] talk.tcl]

demo::run {
    demo::params {
        ITERATIONS LIVE_DANGEROUSLY SEMAPHORE_NAME SHARED_MEMORY_NAME
    }

    # The first release of the semaphore means that the segment is ready.
    demo::whenThere {posix_ipc::sem open $SEMAPHORE_NAME -as semaphore}
    acquire
    demo::whenThere {posix_ipc::shm open $SHARED_MEMORY_NAME -as segment}
    release

    set said ""
    for {set i 0} {$i < $ITERATIONS} {incr i} {
        acquire
        set said [demo::answer [hear $said] $said]
        writeText $said
        release
    }

    segment close
    semaphore close
    demo::report
}
