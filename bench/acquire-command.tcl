# SPDX-License-Identifier: BSD-3-Clause
# acquire-command.tcl --
#
#       From acquire -command of a free semaphore until its callback runs,
#       compared with after 0.

posix_ipc::sem open /bench-[pid] -flags CREX -value 100000 -as sem

# again --
#
#       A callback that starts the next call, until ::left calls have run.

proc again {start args} {
    if {[incr ::left -1] > 0} {
        {*}$start
    } else {
        set ::done 1
    }
}

proc chain {start count} {
    set ::left $count
    set began [clock microseconds]
    {*}$start
    vwait ::done
    return [expr {([clock microseconds] - $began) * 1e-6}]
}

proc acquireNext {} {
    sem acquire -command {again acquireNext}
}

proc afterNext {} {
    after 0 {again afterNext}
}

proc acquireChain {count} {
    set seconds [chain acquireNext $count]
    sem release $count
    return $seconds
}

bench::compare "acquire -command to callback" 3 acquireChain {{chain afterNext}}
