# living.tcl --
#
#       A system with some life in it, to be looked at: a camera writes frames,
#       an office sends jobs to printers, and some things go wrong. It says
#       "ready", and lives until its standard input ends; then all is removed.

package require posix_ipc 1.0

# What there is: family, name, options of "open".
set objects {
    sem /printers {-value 3}
    sem /database {-value 0}
    shm /camera   {-size 921600}
    shm /settings {-size 4096}
    mq  /jobs     {-maxmessages 8 -maxmessagesize 512}
    mq  /results  {-maxmessages 4 -maxmessagesize 128}
}

# The processes: what each opens, and what it does every so often.
set roles {
    camera {{shm /camera} {sem /database}} 300 {
        shm/camera write [expr {int(rand() * 6) * 16}] \
            [format "frame %08d" [clock milliseconds]]
    }
    office {{mq /jobs} {shm /settings}} 400 {
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
}

proc play {role} {
    lassign [dict get $::table $role] things pause deed
    foreach thing $things {
        lassign $thing family name
        posix_ipc::$family open $name -as $family$name
    }
    live $pause $deed
}

# A queue that is full or empty, a semaphore at 0: then nothing is done.
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
        $handle close
    }
    foreach role [dict keys $::table] {
        lappend processes [open |[list [info nameofexecutable] [info script] $role] r+]
    }
    return $processes
}

foreach {role things pause deed} $roles {
    dict set table $role [list $things $pause $deed]
}
if {$argc} {
    play [lindex $argv 0]
    waitForEnd
} else {
    try {
        set processes [begin]
        puts ready
        flush stdout
        waitForEnd
    } finally {
        foreach process $processes {
            close $process
        }
        foreach {family name -} $objects {
            catch {posix_ipc::$family unlink $name}
        }
    }
}
