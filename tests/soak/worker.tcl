# worker.tcl PART NUMBER STEM --
#
#       One process of the soak: soak.tcl. It goes on until its input ends.

package require posix_ipc
package require posix_ipc::monitor
set haveThreads [expr {![catch {package require Thread}]}]
source [file join [file dirname [file normalize [info script]]] journal.tcl]
lassign $argv part number stem
set isOver 0
set rest [dict create look 200 handles 50]    ;# milliseconds between two rounds, else 1 to 5
set runBytes 100000

# again --
#
#       Runs a script again and again from the event loop.

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
#       Writes in the journal what becomes of a unit or of the guard: before it is
#       taken or given back, it is moving.

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

proc record {} {
    posix_ipc::sem open $::stem-guard -as ::guard
    posix_ipc::shm open $::stem-record -as ::segment
    again {
        journaled guard moving
        try {
            guard with -timeout 5 {
                journaled guard held
                set bytes [segment read]
                if {![journal::isWhole $bytes]} {
                    puts "the record is torn"
                }
                binary scan $bytes n count
                segment write 0 [journal::record [expr {$count + 1}]]
                journaled guard moving
            }
        } trap {POSIXIPC BUSY} {} {}
        journaled guard none
    }
}

proc send {} {
    posix_ipc::mq open $::stem-queue -read 0 -as ::queue
    set ::count 0
    again {
        if {$::count < $::runBytes} {
            try {
                queue send "$::number $::count" -timeout 0.5
                journal::put $::number sent [incr ::count]
            } trap {POSIXIPC BUSY} {} {}
        }
    }
}

# got --
#
#       A message has come: its sender and its number. It is the first time.

proc got {message} {
    lassign [lindex $message 0] sender n
    set place [expr {$sender * $::runBytes + $n}]
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

proc command {} {
    reader
    proc received {code result options} {
        if {$code == 0} {
            got $result
            queue receive -command received
        }
    }
    queue receive -command received
    vwait ::isOver
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

# Each notice comes for the one message that was sent.

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
    posix_ipc::monitor create ::model -pattern $::stem* -holders 0
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
        [eval $::script] destroy
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
