# SPDX-License-Identifier: BSD-3-Clause
# pool.tcl: workers take jobs from a ring. One is killed at work, and
# its job goes to another: only the ack removes a job.

package require posix_ipc
set jobs [posix_ipc::ring open /example-jobs -flags CREAT]
set results [posix_ipc::ring open /example-results -flags CREAT]

proc work {} {
    global jobs results
    while 1 {
        lassign [$jobs take -timeout 20] job token attempts
        # One stop message ends all workers: each takes it and gives it
        # back for the next. An ack, or receive, would remove it.
        if {$job eq "enough"} {$jobs requeue $token; exit}
        if {$job eq "mine" && $attempts == 1} {
            exec sh -c "kill -KILL [pid]"
        }
        $results send [list $job $attempts]
        $jobs ack $token
    }
}

if {$argv eq "work"} work

$jobs sendlist {plough sow mine reap}
set workers [lmap n {1 2 3} {
    open |[list [info nameofexecutable] [info script] work]
}]
set finished {}
while {[dict size $finished] < 4} {
    dict set finished {*}[$results receive -timeout 20]
}
$jobs send enough
foreach worker $workers {catch {close $worker}}
puts "attempts: [lsort -stride 2 $finished]"
foreach ring [list $jobs $results] {$ring unlink}

# It prints:
# attempts: mine 2 plough 1 reap 1 sow 1
