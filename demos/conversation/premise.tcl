#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Mrs. Premise makes a segment of shared memory and a semaphore, and speaks
# first: she writes the time. Mrs. Conclusion (conclusion.tcl) answers with the
# MD5 of that, she with the MD5 of the answer, and so on. The semaphore is 1
# while either may take her turn, and 0 while one has it.

source [file join [file dirname [info script]] talk.tcl]

demo::run {
    demo::params {
        ITERATIONS LIVE_DANGEROUSLY
        SEMAPHORE_NAME SHARED_MEMORY_NAME PERMISSIONS SHM_SIZE
    }
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::shm open $SHARED_MEMORY_NAME -flags CREX \
        -mode 0o$PERMISSIONS -size $SHM_SIZE -as segment]
    posix_ipc::cleanup [posix_ipc::sem open $SEMAPHORE_NAME -flags CREX \
        -mode 0o$PERMISSIONS -value 0 -as semaphore]

    set said [clock format [clock seconds]]
    writeText $said
    for {set i 0} {$i < $ITERATIONS} {incr i} {
        giveTurn
        set said [demo::answer [hear $said] $said]
        writeText $said
    }

    # Mrs. Conclusion has a last turn. An object without a name still works for
    # the programs that have it open, so the last release reaches her if she
    # still waits.
    giveTurn
    segment unlink
    semaphore unlink
    release
    segment destroy
    semaphore destroy
    demo::report
}
