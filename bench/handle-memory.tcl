# SPDX-License-Identifier: BSD-3-Clause
# handle-memory.tcl --
#
#       The heap memory of a handle, measured in a new process with ten thousand
#       handles of one object. The floor is what Tcl takes for the command.

# grow --
#
#       Prints how many bytes a command adds to the heap when it is called with
#       new names.

proc grow {args} {
    set count 10000
    set before [floor::heap]
    for {set i 0} {$i < $count} {incr i} {
        {*}$args ::command$i
    }
    puts [expr {([floor::heap] - $before) / $count}]
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    foreach {family options} {
        sem {}
        shm {-size 4096}
        mq {-maxmessages 4 -maxmessagesize 64}
    } {
        posix_ipc::$family open /bench-[pid] -flags CREX {*}$options
        bench::row "$family: memory of a handle" 512 [list \
            ours [gets [bench::again grow posix_ipc::$family open /bench-[pid] -as]] \
            floor [gets [bench::again grow floor::command]]] B
    }
}
