# SPDX-License-Identifier: BSD-3-Clause
# field.tcl --
#
#       The interpreter in which a player makes its calls, and the judgement of
#       their outcome. Each thread of a player has a field.
#
#       field::play    makes a call
#       field::take    returns what was counted since the last time
#       field::forked  counts for a child process from now on
#       field::end     deletes the interpreter

package require posix_ipc
source [file join [file dirname [info script]] traps.tcl]
source [file join [file dirname [info script]] forks.tcl]

namespace eval field {
    variable counts {}
    variable whose {}       ;# words put before each count: whose it is
    variable depth 0
    variable deeds 0
    variable overwritten 0  ;# error codes, at most: TclX takes the code of an error that a trap meets
    variable patience 10    ;# seconds: no call may take longer
}

# The error codes of the contract that are possible on this system, and those of the
# scripts themselves.

set field::contract {(?x) ^(
    POSIXIPC\ (BUSY|SIGNAL|PERMISSIONS|UNSUPPORTED|VALUE|RANGE|CANCELED|CORRUPT|DEADLOCK) | POSIXIPC\ OWNERDIED\ \d+ |
    POSIXIPC\ EXISTENTIAL\ (ENOENT|EEXIST|CLOSED|REPLACED) |
    POSIXIPC\ ERROR\ (EIDRM|EMFILE|ENOSPC|ENOMEM) | TCL\ [A-Z_]+(\ .*)? | OWN\ [A-Z]+
)$}

# The actions of a callback, a body or a trap.

set field::actions {
    nothing     {}
    closing     {s0 close; q0 close; l0 close}
    destroying  {q1 destroy; s1 destroy; h1 destroy; l1 destroy}
    renaming    {rename s0 s1}
    again       {s2 acquire -command {ended again}}
    posting     {q1 send posted -timeout 0; s2 release}
    canceling   {q0 cancel call#7; s0 cancel call#3}
    stopping    {rename c0 {}; rename c1 {}}
    throwing    {throw {OWN ERROR} thrown}
    turning     {turn}
    forking     {fork}
    halting     {halt}
    unwinding   {halt -unwind}
    dying       {die}
}

# The commands in calls that are not commands of the package.

set field::commands {
    proc act {action} {
        eval [dict get $::actions $action]
    }

    proc trapped {signal} {
        act [deed $signal]
    }

    proc told {args} {
        if {[lindex $args end-2] in {0 1}} {
            noted callback [lindex $args end-2] [lindex $args end]
        }
        foreach word $args {
            if {[dict exists $::actions $word]} {
                act $word
            }
        }
    }

    proc receive {mq} {
        $mq receive -timeout 0
    }

    proc pause {} {
        if {[info coroutine] ne ""} {
            yield
        }
    }
}

# field::Begin --
#
#       A fresh interpreter.

proc field::Begin {} {
    interp create inner
    inner eval [list set actions $field::actions]
    inner eval $field::commands
    inner alias noted field::Note
    inner alias ended field::CallBack told
    inner alias take field::CallBack receive
    inner alias deed field::Deed
    inner alias turn traps::defer field::Turn
    inner alias fork forks::fork
    inner alias halt field::Halt
    inner alias die traps::defer {interp delete inner}
    inner alias starving field::Starve
    inner alias failed field::BackgroundError
    interp bgerror inner failed
    inner eval [list set auto_path $::auto_path]
    inner eval {package require posix_ipc}
    inner eval {rename unknown {}}  ;# Tcl's own cannot continue once it was unwound
}

# field::CallBack --
#
#       Evaluates a command as a callback.

proc field::CallBack {args} {
    traps::allow {inner eval $args}
}

# field::Deed --
#
#       The action for a trapped signal. It is not chosen by rand(), because that
#       would change the sequence of calls. A trap that Tcl runs late does nothing.

proc field::Deed {signal} {
    variable deeds
    variable actions
    variable overwritten
    incr overwritten
    Count [list trap $signal]
    if {![traps::areAllowed]} {
        return nothing
    }
    return [lindex [dict keys $actions] [expr {[incr deeds] % [dict size $actions]}]]
}

# field::Trapped --
#
#       A trap while a script of the player itself runs, not one of the inner
#       interpreter: that script must go on.

proc field::Trapped {signal} {
    $traps::catch {inner eval [list trapped $signal]}
}

interp alias {} trapped {} field::Trapped

# field::Halt --
#
#       Ends all scripts of the inner interpreter, with the options of interp cancel.

proc field::Halt {args} {
    traps::defer {interp cancel {*}$args inner}
}

# field::Turn --
#
#       The events of one millisecond.

proc field::Turn {} {
    variable depth
    variable turned
    forks::release
    if {$depth < 4} {
        incr depth
        after 1 [list set field::turned($depth) 1]
        vwait field::turned($depth)
        incr depth -1
    }
}

# field::Starve --
#
#       Makes a call while the process can open nothing more. Meanwhile, no
#       descriptor is left for anything else either, not even in the other field.

proc field::Starve {args} {
    traps::defer {
        set files {}
        try {
            while {![catch {open /dev/null} file]} {
                lappend files $file
            }
            traps::allow {inner eval $args}
        } finally {
            foreach file $files {
                close $file
            }
        }
    }
}

# field::Count --
#
#       Counts one more of something, which is a list of words.

proc field::Count {what} {
    variable counts
    variable whose
    dict incr counts [concat $whose $what]
}

# field::Note, field::BackgroundError --
#
#       Counts and judges the outcome of a call, a callback or an event.

proc field::Note {what code options} {
    variable contract
    variable overwritten
    if {$code != 1} {
        Count [list $what {*}[expr {$code == 0 ? "ok" : "code $code"}]]
        return
    }
    set error [dict get $options -errorcode]
    if {$error eq "NONE" && $overwritten > 0} {
        incr overwritten -1
        set error "TCL OVERWRITTEN"
    }
    Count [list $what {*}[lrange $error 0 [expr {[lindex $error 1] in {EXISTENTIAL ERROR} ? 2 : 1}]]]
    if {![regexp $contract $error]} {
        Fail "a $what ended with errorCode \"$error\": [dict get $options -errorinfo]"
    }
}

proc field::BackgroundError {message options} {
    Note "background error" [dict get $options -code] $options
}

proc field::Fail {text} {
    variable whose
    Tell failed [string trimleft "$whose: $text" {: }]
}

# field::Tell --
#
#       A line for the referee: a word and a text.

proc field::Tell {word {text ""}} {
    puts [list $word [encoding convertto ascii [string map {\n { | }} $text]]]
    flush stdout
}

# field::play --
#
#       Makes a call. One that may wait forever is announced, with its thread: it
#       need not end while this process lives. While the other field starves, no new
#       interpreter can be made, and so no call.

proc field::play {call mayStay} {
    variable patience
    if {![interp exists inner] && [catch Begin]} {
        end
        Count begin
        return
    }
    if {$mayStay} {
        Tell waits [thread::id]
    }
    set start [clock milliseconds]
    set code [catch {traps::allow {inner eval $call}} - options]
    set seconds [expr {([clock milliseconds] - $start) / 1e3}]
    if {$mayStay} {
        Tell woke [thread::id]
    } elseif {$seconds > $patience} {
        Fail "a call took $seconds seconds: [list $call]"
    }
    Note call $code $options
}

proc field::take {} {
    variable counts
    set taken $counts
    set counts {}
    return $taken
}

proc field::forked {} {
    variable whose forked
    take
}

proc field::end {} {
    if {[interp exists inner]} {
        interp delete inner
    }
}
