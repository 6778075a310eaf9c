# SPDX-License-Identifier: BSD-3-Clause
# child.tcl --
#
#       Other processes with the package, for common.tcl, which ends them.

# child --
#
#       A second tclsh that has the package loaded and evaluates the scripts that it is sent. Whatever a test does,
#       finish kills the children that are left.
#
#       child create ?word ...?  starts one, under a command such as
#                                "prlimit --nofile=10"; returns its handle
#       child pid $c
#       child eval $c script     evaluates there; returns or throws what came
#       child send $c script     begins to evaluate, does not wait
#       child gets $c            waits for the outcome of a send
#       child repeat $c script   begins to evaluate again and again; child status
#                                ends that after a whole round
#       child status $c          lets it end by itself and returns how it ended:
#                                "exit 0", "signal SIGSEGV"
#       child kill $c ?signal?   kills it, if it still runs; returns its status

namespace eval child {
    namespace export create pid eval send gets repeat status kill
    namespace ensemble create
    variable running {}
    variable answer
    variable patience 60000     ;# milliseconds

    # If the system allows it, a child does not outlive a test file that is killed, even while the child waits.

    variable mortal {setpriv --pdeathsig KILL}
    if {[catch {exec {*}$mortal true}]} {
        set mortal {}
    }

    # The script of a child. Requests and answers are encoded as single lines. Before Tcl 8.6.12, gets fails when a
    # signal with a handler interrupts it; a trap of TclX also sets the errorCode to NONE.

    variable loop {
        if {[catch {package require posix_ipc}]} exit
        apply {{} {
            while 1 {
                if {[catch {gets stdin line} length]} {
                    set length [gets stdin line]
                }
                if {$length < 0} break
                set script [encoding convertfrom utf-8 \
                                [binary decode base64 $line]]
                set code [catch {uplevel #0 $script} result options]
                puts [binary encode base64 -maxlen 0 [encoding convertto \
                        utf-8 [list $code $result $options]]]
                flush stdout
            }
            exit
        }}
    }
}

proc child::create {args} {
    variable running
    variable loop
    variable mortal
    set c [open |[list {*}$mortal {*}$args [interpreter] 2>@stderr] r+]
    lappend running $c
    chan configure $c -buffering line -blocking 0
    if {[catch {
        puts $c [string trim $loop]
        eval $c {}
    } message options]} {
        kill $c
        return -options $options $message
    }
    return $c
}

proc child::pid {c} {
    return [lindex [::pid $c] 0]
}

proc child::eval {c script} {
    send $c $script
    return -level 0 {*}[Outcome $c]
}

proc child::send {c script} {
    puts $c [binary encode base64 -maxlen 0 [encoding convertto utf-8 $script]]
}

proc child::gets {c} {
    return -level 0 {*}[Outcome $c]
}

proc child::repeat {c script} {
    send $c [string map [list %script $script] {
        chan configure stdin -blocking 0
        while {[gets stdin] eq "" && ![eof stdin]} {%script}
    }]
}

# child::Outcome --
#
#       The arguments of return that repeat here the outcome of a script there.

proc child::Outcome {c} {
    set line [Line $c]
    if {$line eq ""} {
        throw {CHILD ENDED} "the child process has ended"
    }
    lassign [encoding convertfrom utf-8 [binary decode base64 $line]] \
        code result options
    return [list -code $code -errorcode [expr {$code == 1
        ? [dict get $options -errorcode] : "NONE"}] $result]
}

# child::Line --
#
#       The next line, or "" at the end; the event loop runs meanwhile.

proc child::Line {c} {
    variable answer
    variable patience
    set timer [after $patience [list set [namespace which -variable answer]($c) late]]
    chan event $c readable [list child::Readable $c]
    vwait [namespace which -variable answer]($c)
    after cancel $timer
    lassign $answer($c) state line
    unset answer($c)
    if {$state eq "late"} {
        kill $c
        throw {CHILD LATE} "the child process did not answer in $patience ms"
    }
    return $line
}

proc child::Readable {c} {
    variable answer
    if {[::gets $c line] >= 0 || [chan eof $c]} {
        chan event $c readable {}
        set answer($c) [list read $line]
    }
}

proc child::status {c} {
    chan close $c write
    while {[Line $c] ne ""} {}
    return [Reap $c]
}

proc child::kill {c {signal KILL}} {
    variable running
    if {$c ni $running} {
        return "gone"
    }
    sendSignal $signal [pid $c]
    return [Reap $c]
}

proc child::Reap {c} {
    variable running
    set running [lsearch -all -inline -exact -not $running $c]
    chan configure $c -blocking 1
    try {
        close $c
    } trap {CHILDSTATUS} {- options} {
        return "exit [lindex [dict get $options -errorcode] 2]"
    } trap {CHILDKILLED} {- options} {
        return "signal [lindex [dict get $options -errorcode] 2]"
    }
    return "exit 0"
}

# waiting --
#
#       A child that has opened a semaphore or a queue, as $sem or $mq, has
#       evaluated scripts, and now waits in the last of them.

proc waiting {family name args} {
    set c [child create]
    child eval $c "set $family \[[list posix_ipc::$family open $name]\]"
    foreach script [lrange $args 0 end-1] {
        child eval $c $script
    }
    child send $c [lindex $args end]
    waitUntil {[blocked [child pid $c]]}
    return $c
}

# childCan --
#
#       Whether a child, under a command as for child create, can evaluate a script: for constraints.

proc childCan {script args} {
    try {
        set c [child create {*}$args]
    } on error {} {
        return 0
    }
    try {
        return [expr {![catch {child eval $c $script}]}]
    } finally {
        child kill $c
    }
}
