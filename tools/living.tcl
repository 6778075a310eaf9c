# SPDX-License-Identifier: BSD-3-Clause
# living.tcl --
#
#       A system with some activity to look at: a camera writes frames, an
#       office sends jobs to printers, and some things go wrong.
#
#           tclsh living.tcl            says "ready", and lives until its standard
#                                       input ends
#           tclsh living.tcl program    runs the program, with its arguments, and
#                                       lives until that ends; the talks and the
#                                       workers of the demos run meanwhile
#
#       Then it removes all objects.

source [file join [file dirname [info script]] .. demos load.tcl]

# The objects: family, name, options of "open". The lock /index is left abandoned.
set objects {
    sem /printers {-value 3}
    sem /database {-value 0}
    shm /camera   {-size 921600}
    shm /settings {-size 4096}
    mq  /jobs     {-maxmessages 8 -maxmessagesize 512}
    mq  /results  {-maxmessages 4 -maxmessagesize 128}
    lock /ledger  {}
    lock /index   {}
    ring /orders  {-size 4096}
    topic /prices {-size 4096}
}

# The processes: what each opens, and what it does every so often.
set roles {
    camera {{shm /camera} {sem /database}} 300 {
        shm/camera write [expr {int(rand() * 6) * 16}] \
            [format "frame %08d" [clock milliseconds]]
    }
    office {{mq /jobs} {shm /settings} {ring /orders} {topic /prices}} 400 {
        topic/prices publish [format "%.2f" [expr {100 + rand()}]]
        ring/orders send "order [string repeat x [expr {int(rand() * 300)}]]" -timeout 0
        set size [expr {20 + int(rand() * 400)}]
        mq/jobs send [string repeat x $size] -timeout 0
    }
    printers {{mq /jobs} {sem /printers} {mq /results}} 500 {
        set isBusy [expr {rand() < 0.5}]
        if {$isBusy} {
            sem/printers acquire -timeout 0
        } elseif {[sem/printers cget -value] < 3} {
            sem/printers release
        }
        foreach - [lrepeat [expr {1 + int(rand() * 2)}] job] {
            mq/jobs receive -timeout 0
        }
    }
    bank {{lock /ledger} {ring /orders} {topic /prices}} 350 {
        if {rand() < 0.9} {
            ring/orders receive -timeout 0
        }
        if {[lock/ledger cget -held]} {
            lock/ledger release
        } else {
            lock/ledger acquire -timeout 0
        }
    }
}

# The demos that run meanwhile, each beside the object that shows its work.
set demos {
    conversation/premise.tcl    {sem /wuthering_heights}
    conversation/conclusion.tcl {shm /four_yorkshiremen}
    queue/premise.tcl           {mq /my_message_queue}
    queue/conclusion.tcl        {mq /my_message_queue}
    workers.tcl                 {ring /workers-*}
}

# A process is this program once more, with this word before its role.
set playing --play

proc play {role} {
    lassign [dict get $::table $role] things pause deed
    foreach thing $things {
        lassign $thing family name
        posix_ipc::$family open $name -as $family$name
    }
    live $pause $deed
}

# If a queue is full or empty, or a semaphore is at 0, nothing is done.
proc live {pause deed} {
    try {
        uplevel #0 $deed
    } trap {POSIXIPC BUSY} {} {}
    after $pause [list live $pause $deed]
}

proc waitForEnd {} {
    chan event stdin readable {
        if {[gets stdin] eq "" && [eof stdin]} {set ::ended 1}
    }
    vwait ::ended
}

proc begin {} {
    foreach {family name options} $::objects {
        set handle [posix_ipc::$family open $name -flags CREX {*}$options]
        if {$name eq "/results"} {
            foreach result {done done late failed} {
                $handle send "job: $result"
            }
        }
        if {$name eq "/index"} {
            $handle acquire
            $handle release -abandon 1
        }
        $handle close
    }
    foreach role [dict keys $::table] {
        lappend processes [open |[list [info nameofexecutable] [info script] $::playing $role] r+]
    }
    return $processes
}

# end --
#
#       Ends the processes, and removes the objects.

proc end {processes} {
    foreach process $processes {
        close $process
    }
    foreach {family name -} $::objects {
        catch {posix_ipc::$family unlink $name}
    }
}

# Demos -----------------------------------------------------------------------

# startDemo --
#
#       Starts a demo, and restarts it when it has ended. Its output is
#       discarded. A talk has parameters, and continues until it is killed.

proc startDemo {demo} {
    set arguments {}
    if {[file dirname $demo] ne "."} {
        set arguments [list [endless [file join $::here .. demos [file dirname $demo] params.txt]]]
    }
    set pipe [open |[list nice [info nameofexecutable] [file join $::here .. demos $demo] \
                         {*}$arguments 2>@1] r]
    dict set ::running $pipe [pid $pipe]
    chan configure $pipe -blocking 0
    chan event $pipe readable [list hear $pipe $demo]
}

proc hear {pipe demo} {
    read $pipe
    if {[eof $pipe]} {
        dict unset ::running $pipe
        catch {close $pipe}
        after 1000 [list startDemo $demo]
    }
}

# endless --
#
#       A copy of a talk's parameters, with which it never ends.

proc endless {params} {
    set in [open $params]
    set out [file tempfile path living]
    puts -nonewline $out [regsub -line {^ITERATIONS=.*} [read $in] ITERATIONS=999999999]
    close $in
    close $out
    lappend ::files $path
    return $path
}

# waitForDemos --
#
#       Waits until the objects of all demos are there, or all are gone, for half a
#       minute at most.

proc waitForDemos {areThere} {
    set end [expr {[clock milliseconds] + 30000}]
    foreach {- object} $::demos {
        lassign $object family pattern
        while {[clock milliseconds] < $end
               && ([lsearch [posix_ipc::$family list] $pattern] >= 0) != $areThere} {
            after 50 {set looked 1}
            vwait looked
        }
    }
}

# endDemos --
#
#       A demo that is interrupted removes what it made, or a shell beside it does. If a
#       demo were killed inside sem_open(3), it would leave a file of the C library, so
#       its object must be there first.

proc endDemos {} {
    waitForDemos 1
    foreach id [after info] {
        after cancel $id
    }
    dict for {pipe pids} $::running {
        catch {exec sh -c "kill -TERM $pids"}
        chan configure $pipe -blocking 1
        catch {read $pipe}
        catch {close $pipe}
    }
    file delete {*}$::files
    waitForDemos 0
}

# run --
#
#       Runs a program while the demos run. Returns its exit status. sh holds
#       the pipe that shows its end, so its output goes to our standard error.

proc run {program} {
    try {
        foreach {demo -} $::demos {
            startDemo $demo
        }
        waitForDemos 1
        set pipe [open |[list sh -c {"$@" >&2} sh {*}$program <@stdin 2>@stderr] r]
        chan configure $pipe -blocking 0
        chan event $pipe readable [list awaitEnd $pipe]
        vwait ended
        chan configure $pipe -blocking 1
        return [catch {close $pipe}]
    } finally {
        endDemos
    }
}

proc awaitEnd {pipe} {
    read $pipe
    if {[eof $pipe]} {set ::ended 1}
}

set here [file dirname [file normalize [info script]]]
set running {}
set files {}
foreach {role things pause deed} $roles {
    dict set table $role [list $things $pause $deed]
}
if {[lindex $argv 0] eq $playing} {
    play [lindex $argv 1]
    waitForEnd
    exit
}
set status 0
set processes {}
try {
    set processes [begin]
    if {$argc} {
        set status [run $argv]
    } else {
        puts ready
        flush stdout
        waitForEnd
    }
} finally {
    end $processes
}
exit $status
