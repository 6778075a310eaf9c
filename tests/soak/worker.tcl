# SPDX-License-Identifier: BSD-3-Clause
# worker.tcl PART NUMBER STEM --
#
#       One process of the soak: soak.tcl. It runs until its input ends.

package require posix_ipc
package require posix_ipc::monitor
set haveThreads [expr {![catch {package require Thread}]}]
source [file join [file dirname [file normalize [info script]]] journal.tcl]
lassign $argv part number stem lifeMessages
set pageSize [posix_ipc::constants PAGE_SIZE]
set isOver 0
set mostPages 16
set rest [dict create look 200 handles 100]    ;# milliseconds between two rounds, else 1 to 5

# again --
#
#       Runs a script repeatedly from the event loop.

proc again {script} {
    while {!$::isOver} {
        uplevel #0 $script
        after [expr {[dict exists $::rest $::part] ? [dict get $::rest $::part] : 1 + int(rand() * 5)}] {set ::turn 1}
        vwait ::turn
    }
}

# pause --
#
#       Sleeps in a coroutine, while the event loop runs.

proc pause {milliseconds} {
    after $milliseconds [info coroutine]
    yield
}

# journaled --
#
#       Notes the state of a unit or of the guard in the journal: before it is taken or
#       given back, it is moving. Accesses are held while they are made.

proc journaled {what state} {
    journal::put $::number $what $state
}

# The parts -----------------------------------------------------------------

# A unit is taken in each of the three ways.

proc unit {} {
    posix_ipc::sem open $::stem-pool -as ::pool
    again {
        journaled unit moving
        pool acquire
        journaled unit held
        journaled unit moving
        pool release
        journaled unit none

        journaled unit moving
        pool acquire -command {apply {{code result options} {
            journaled unit held
            set ::taken 1
        }}}
        vwait ::taken
        journaled unit moving
        pool release
        journaled unit none

        coroutine taker apply {{} {
            journaled unit moving
            posix_ipc::await ::pool acquire
            journaled unit held
            pause 1
            journaled unit moving
            pool release
            journaled unit none
            set ::taken 1
        }}
        vwait ::taken
    }
}

# No other process has this semaphore, so each unit is waited for, and a unit that a
# canceled call has taken must come back.

proc fetch {} {
    posix_ipc::sem open $::stem-fetch-$::number -flags CREX -as ::own
    again {
        own acquire -command {apply {{code result options} {
            set ::taken 1
        }}}
        set token [own acquire -command {apply {{code result options} {
            set ::isCanceled $code
        }}}]
        after 1 {own release}
        own cancel $token
        foreach done {taken isCanceled} {
            if {![info exists ::$done]} {
                vwait ::$done
            }
        }
        if {!$::isCanceled || [own cget -value] != 0} {
            puts "canceled: $::isCanceled, units: [own cget -value], not 1 and 0"
        }
        unset ::taken ::isCanceled

        coroutine taker apply {{} {
            posix_ipc::await ::own acquire
            set ::taken 1
        }}
        own release
        vwait ::taken
        unset ::taken
    }
    own unlink
}

# Changing the record takes long enough for a kill to come meanwhile.

proc record {} {
    posix_ipc::sem open $::stem-guard -as ::guard
    posix_ipc::shm open $::stem-record -as ::segment
    again {
        journaled guard moving
        try {
            guard with -timeout 0.005 {
                journaled guard held
                for {set n 0} {$n < 20} {incr n} {
                    set bytes [segment read]
                    if {![journal::isWhole $bytes]} {
                        puts "the record is torn"
                    }
                    binary scan $bytes n count
                    segment write 0 [journal::record [expr {$count + 1}]]
                }
                journaled guard moving
            }
        } trap {POSIXIPC BUSY} {} {}
        journaled guard none
    }
}

# One part truncates and enlarges a segment, while another reads and writes it.

proc cut {} {
    posix_ipc::shm open $::stem-cut -as ::segment
    again {
        segment resize [expr {$::pageSize * (1 + int(rand() * $::mostPages))}]
    }
}

proc reach {} {
    posix_ipc::shm open $::stem-cut -as ::segment
    set ::gone 0
    again {
        journaled access held
        for {set n 0} {$n < 10} {incr n} {
            set page [expr {int(rand() * $::mostPages)}]
            try {
                segment write [expr {$page * $::pageSize}] [journal::page $page $::pageSize]
                set bytes [segment read]
            } trap {POSIXIPC RANGE} {} {
                incr ::gone
                set bytes ""
            }
        }
        journaled access none
        journal::put $::number gone $::gone
        if {![journal::arePages $bytes $::pageSize]} {
            puts "the segment has what nobody wrote there"
        }
        set bytes ""
    }
}

proc send {} {
    posix_ipc::mq open $::stem-queue -read 0 -as ::queue
    set ::count 0
    again {
        for {set n 0} {$n < 10 && $::count < $::lifeMessages} {incr n} {
            try {
                queue send "$::number $::count" -timeout 0.5
                journal::put $::number sent [incr ::count]
            } trap {POSIXIPC BUSY} {} {}
        }
    }
}

# got --
#
#       A message has come: its sender and its number. Checks that it is the first
#       time.

proc got {message} {
    lassign [lindex $message 0] sender n
    set place [expr {$sender * $::lifeMessages + $n}]
    if {[receipts read $place 1] ne "\0"} {
        puts "message $n of $sender came twice"
    }
    receipts write $place \x01
}

proc reader {} {
    posix_ipc::mq open $::stem-queue -write 0 -as ::queue
    posix_ipc::shm open $::stem-receipts -as ::receipts
}

proc event {} {
    reader
    queue event readable {
        try {
            got [queue receive -timeout 0]
        } trap {POSIXIPC BUSY} {} {}
    }
    vwait ::isOver
}

# The canceled call has taken no message.

proc command {} {
    reader
    proc received {code result options} {
        if {$code == 0} {
            got $result
        } elseif {[lrange [dict get $options -errorcode] 0 1] ne "POSIXIPC CANCELED"} {
            return -options $options $result
        }
        set ::token [queue receive -command received]
    }
    set ::token [queue receive -command received]
    again {
        queue cancel $::token
    }
}

proc await {} {
    reader
    coroutine receiver apply {{} {
        while 1 {
            got [posix_ipc::await ::queue receive]
        }
    }}
    vwait ::isOver
}

# Each notification comes for the one message that was sent.

proc notify {} {
    set name $::stem-notify-$::number
    posix_ipc::mq open $name -flags CREX -maxmessages 2 -maxmessagesize 16 -as ::own
    again {
        own notify -command {apply {mq {set ::noticed 1}}}
        own send x
        vwait ::noticed
        own receive
    }
    own unlink
}

proc look {} {
    posix_ipc::monitor create ::model -pattern $::stem* -holders 0 -history 10
    again {
        model snapshot
        foreach family {sem shm mq} {
            foreach name [posix_ipc::$family list $::stem*] {
                try {
                    posix_ipc::$family info $name
                } trap {POSIXIPC EXISTENTIAL ENOENT} {} {}
            }
        }
        posix_ipc::sem holders $::stem-pool
    }
}

# Handles come and go, in this interpreter, in children and in threads.

proc handles {} {
    set ::script {
        foreach {family object} {sem pool shm record mq queue} {
            set handle [posix_ipc::$family open $stem-$object]
            $handle configure
            $handle destroy
        }
        posix_ipc::sem open $stem-pool
    }
    again {
        for {set n 0} {$n < 20} {incr n} {
            [eval $::script] destroy
        }
        set child [interp create]
        $child eval [list set auto_path $::auto_path]
        $child eval [list set stem $::stem]
        $child eval {package require posix_ipc}
        $child eval $::script
        interp delete $child
        if {$::haveThreads} {
            set thread [thread::create -joinable]
            thread::send $thread [list set auto_path $::auto_path]
            thread::send $thread [list set stem $::stem]
            thread::send $thread {package require posix_ipc}
            thread::send $thread $::script
            thread::release $thread
            thread::join $thread
        }
    }
}

posix_ipc::shm open $stem-journal -as ::journal::segment
chan configure stdin -blocking 0
chan configure stdout -buffering line
chan event stdin readable {
    gets stdin
    if {[eof stdin]} {
        chan event stdin readable {}
        set isOver 1
    }
}
interp bgerror {} {apply {{message options} {puts [dict get $options -errorinfo]}}}
$part
exit
