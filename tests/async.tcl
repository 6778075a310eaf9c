# async.tcl --
#
#       What the tests of the event loop share. A test file sources it after
#       common.tcl.
#
#       loopUntil, loopFor      the event loop runs until something is true, or
#                               for a while in which nothing should happen
#       note                    a callback that keeps what it is called with
#       came, nextNote          what was kept
#       uptime                  a clock that nobody can set
#       catchBackground         keeps what goes to interp bgerror
#       asyncCall               the calls that take -command, as a table
#       asyncTests              the tests that hold for all of them

# loopUntil, loopFor --
#
#       Run the event loop: until an expression in the caller's frame is true,
#       and for a number of milliseconds.

proc loopUntil {condition {milliseconds 60000}} {
    set end [expr {[clock milliseconds] + $milliseconds}]
    while {![uplevel 1 [list expr $condition]]} {
        if {[clock milliseconds] > $end} {
            error "in $milliseconds ms it did not come true: $condition"
        }
        loopFor 1
    }
}

proc loopFor {milliseconds} {
    set over ::kept::over([incr kept::loops])
    after $milliseconds [list set $over 1]
    vwait $over
    unset $over
}

# note, came, forget --
#
#       note is for -command: it keeps its tag, the code, and the result or the
#       errorCode. came returns all that was kept; with a number, it first waits
#       until there is so much. forget lets come what is still to come, and drops
#       all.

namespace eval kept {
    variable notes {}
    variable errors {}
    variable loops 0
}

proc note {tag code result options} {
    lappend kept::notes [list $tag $code \
        [expr {$code ? [dict get $options -errorcode] : $result}]]
}

proc came {{count 0}} {
    loopUntil {[llength $kept::notes] >= $count}
    return $kept::notes
}

proc forget {} {
    update
    set kept::notes {}
    set kept::errors {}
}

# nextNote --
#
#       Waits for a note, in a loop that wakes for nothing else in the next 20 s,
#       and returns what was kept.

proc nextNote {} {
    set guard [after 20000 {}]
    set elapsed [seconds {vwait kept::notes}]
    after cancel $guard
    if {$elapsed > 15} {
        error "nothing woke the loop"
    }
    return $kept::notes
}

# uptime --
#
#       How long the system has been up, in seconds. Under the constraint ownClock
#       the wall clock can be set: this kernel is a program of ours.

testConstraint ownClock [expr {[testConstraint root] && ![catch {
    viewFile cpuinfo /proc
} text] && [string match "*User Mode Linux*" $text]}]

proc uptime {} {
    return [lindex [viewFile uptime /proc] 0]
}

# catchBackground, releaseBackground --
#
#       Bracket a test of errors in callbacks: kept::errors then is a list of
#       their messages and their options.

proc catchBackground {} {
    variable backgroundBefore [interp bgerror {}]
    interp bgerror {} {apply {{message options} {
        lappend kept::errors $message $options
    }}}
}

proc releaseBackground {} {
    variable backgroundBefore
    interp bgerror {} $backgroundBefore
}

# asyncCall --
#
#       The calls that take -command. Each has its family, the options of its
#       open, what makes it wait, the call, what ends the wait, and its result.
#       fetched waits, without the event loop, until what ends the wait has been
#       fetched and is still to be delivered; a queue keeps it until then. Each is
#       about the handle in the variable h.

set asyncCall {
    acquire {
        family sem  options {}  constraint {}  block {}
        call {$h acquire}  unblock {$h release}  result {}
        leftover {$h acquire -timeout 0}
        fetched {waitUntil {![testConstraint semValue] || [$h cget -value] == 0}}
    }
    receive {
        family mq  options {}  constraint queues  block {}
        call {$h receive}  unblock {$h send word -priority 2}  result {word 2}
        leftover {$h receive -timeout 0}  fetched {}
    }
    send {
        family mq  options {-maxmessages 1}  constraint queues  block {$h send full}
        call {$h send word}  unblock {$h receive}  result {}
        leftover {$h send more -timeout 0}  fetched {}
    }
}

# asyncTests --
#
#       The tests of one of them, under the stem of its file. With what, one of
#       the words of its row, do evaluates that in the caller's frame.

proc asyncTests {stem name} {
    foreach {key value} [dict get $::asyncCall $name] {
        set ::async($key) $value
    }
    set ::async(new) [list fresh $::async(family) {*}$::async(options)]
    uplevel #0 [string map [list %stem $stem %name $name] $::asyncTests]
}

proc do {what args} {
    uplevel 1 "$::async($what) $args"
}

# The same with -command, as often as asked for: the tags are numbers.

proc start {count args} {
    set tokens {}
    for {set n 1} {$n <= $count} {incr n} {
        lappend tokens [uplevel 1 "$::async(call) [list {*}$args -command [list note $n]]"]
    }
    return $tokens
}

# startTimed --
#
#       Makes a call with each of some timeouts, in seconds, and with that as its
#       tag. Their moments are in the order of the timeouts: all calls are made
#       within so many milliseconds, less than what is between two timeouts, or on
#       a busy machine cancelled and made anew.

proc startTimed {within args} {
    upvar 1 h h
    while 1 {
        set start [clock milliseconds]
        set tokens [lmap seconds $args {do call -timeout $seconds -command [list note $seconds]}]
        if {[clock milliseconds] - $start < $within} return
        foreach token $tokens {
            $h cancel $token
        }
        forget
    }
}

set asyncTests {
    set setup {
        set h [{*}$async(new)]
        do block
        forget
    }
    set cleanup {
        drop $h
        forget
    }

    # The call and its callback.

    test %stem-1.1 {the call returns a token at once} -constraints $async(constraint) \
        -setup $setup -body {
        list [string length [start 1]] [came]
    } -cleanup $cleanup -match regexp -result {^[1-9]\d* \{\}$}

    test %stem-1.2 {no token comes twice} -constraints $async(constraint) -setup $setup -body {
        set tokens [start 50]
        set other [{*}$async(new)]
        lappend tokens {*}[apply {h {start 50}} $other]
        $other destroy
        llength [lsort -unique $tokens]
    } -cleanup "unlink \[lindex \$names::made end\]; $cleanup" -result 100

    test %stem-1.3 {never is the callback run within the call} -constraints $async(constraint) \
        -setup $setup -body {
        do unblock
        start 1
        set before [came]
        list $before [came 1]
    } -cleanup $cleanup -result [list {} [list [list 1 0 $async(result)]]]

    test %stem-1.4 {the callback comes when the wait ends} -constraints $async(constraint) \
        -setup $setup -body {
        start 1
        loopFor 30
        set before [came]
        do unblock
        list $before [came 1]
    } -cleanup $cleanup -result [list {} [list [list 1 0 $async(result)]]]

    test %stem-1.5 {another process ends the wait} -constraints $async(constraint) -setup "
        $setup
        set c \[child create\]
    " -body {
        start 1
        child eval $c "set h \[posix_ipc::$async(family) open [$h cget -name]\]"
        child eval $c $async(unblock)
        came 1
    } -cleanup "
        child kill \$c
        $cleanup
    " -result [list [list 1 0 $async(result)]]

    test %stem-1.6 {a callback is run once} -constraints $async(constraint) -setup $setup -body {
        start 1
        do unblock
        came 1
        loopFor 30
        llength [came]
    } -cleanup $cleanup -result 1

    test %stem-1.7 {code, result and options are those of catch} -constraints $async(constraint) \
        -setup $setup -body {
        set code [catch {do call -timeout 0} result options]
        do call -timeout 0 -command {apply {args {set ::outcome $args}}}
        loopUntil {[info exists outcome]}
        list [expr {[lrange $outcome 0 1] eq [list $code $result]}] \
            [lmap key {-code -level -errorcode} {dict get [lindex $outcome 2] $key}]
    } -cleanup "unset -nocomplain outcome; $cleanup" -result {1 {1 0 {POSIXIPC BUSY}}}

    test %stem-1.8 {the options of a call that succeeds} -constraints $async(constraint) \
        -setup $setup -body {
        do unblock
        catch {error "an error before"}
        do call -command {apply {args {set ::outcome $args}}}
        loopUntil {[info exists outcome]}
        lsort -stride 2 [lindex $outcome 2]
    } -cleanup "unset -nocomplain outcome; $cleanup" -result {-code 0 -level 0}

    test %stem-1.9 {an error's options can be thrown} -constraints $async(constraint) \
        -setup $setup -body {
        do call -timeout 0 -command {apply {{code result options} {
            set ::outcome [catch {return -options $options $result} - again]
            lappend ::outcome [dict get $again -errorcode]
        }}}
        loopUntil {[info exists outcome]}
        set outcome
    } -cleanup "unset -nocomplain outcome; $cleanup" -result {1 {POSIXIPC BUSY}}

    test %stem-1.10 {calls of a handle are done in their order} -constraints $async(constraint) \
        -setup $setup -body {
        start 5
        foreach n {1 2 3 4 5} {
            do unblock
            came $n
        }
        lmap kept [came] {lindex $kept 0}
    } -cleanup $cleanup -result {1 2 3 4 5}

    test %stem-1.11 {what is there for one call ends one call} -constraints $async(constraint) \
        -setup $setup -body {
        start 3
        do unblock
        came 1
        loopFor 30
        llength [came]
    } -cleanup $cleanup -result 1

    test %stem-1.12 {the event loop turns meanwhile} -constraints $async(constraint) \
        -setup $setup -body {
        start 1
        set turns 0
        while {$turns < 50} {
            after 1 {incr turns}
            vwait turns
        }
        list [came] [update]
    } -cleanup $cleanup -result {{} {}}

    # The prefix.

    foreach {n prefix result} {
        1 {lappend ::outcome}                   {0 1}
        2 {apply {args {set ::outcome $args}}}  {0 1}
        3 {::posix-ipc-test::a\ b {} "x y"}     {{} {x y} 0 1}
    } {
        test %stem-2.1.$n {the prefix is a list of words} -constraints $async(constraint) \
            -setup "
            $setup
            namespace eval ::posix-ipc-test {
                proc {a b} args {set ::outcome \$args}
            }
        " -body {
            do unblock
            do call -command $prefix
            loopUntil {[info exists outcome]}
            lreplace $outcome end-1 end [expr {[lindex $outcome end-1] eq $async(result)}]
        } -cleanup "
            unset -nocomplain outcome
            namespace delete ::posix-ipc-test
            $cleanup
        " -result $result
    }

    test %stem-2.2 {a callback runs at global level} -constraints $async(constraint) \
        -setup $setup -body {
        proc starter {h} {
            set local 1
            do call -command where
        }
        proc where args {
            set ::outcome [list [info level] [uplevel 1 {namespace current}] \
                [uplevel 1 {info exists local}]]
        }
        do unblock
        namespace eval ::posix-ipc-test [list starter $h]
        loopUntil {[info exists outcome]}
        set outcome
    } -cleanup "
        unset -nocomplain outcome
        rename starter {}
        rename where {}
        namespace delete ::posix-ipc-test
        $cleanup
    " -result {1 :: 0}

    test %stem-2.3 {an empty prefix} -constraints $async(constraint) -setup $setup -body {
        list [failure {do call -command {}}] [failure {do call -command { }}]
    } -cleanup $cleanup -result {{POSIXIPC VALUE} {POSIXIPC VALUE}}

    test %stem-2.4 {a prefix that is no list} -constraints $async(constraint) \
        -setup $setup -body {
        expr {[failure "do call -command \\\{"] ne ""}
    } -cleanup $cleanup -result 1

    test %stem-2.5 {an error in the callback goes to interp bgerror} -constraints $async(constraint) \
        -setup "
        $setup
        catchBackground
    " -body {
        do call -timeout 0 -command {apply {args {throw {MY CODE} "my error"}}}
        loopUntil {[llength $kept::errors] > 0}
        lassign $kept::errors message options
        list $message [dict get $options -errorcode] \
            [regexp "my error.*\\(-command of .* \"[$h cget -name]\"\\)" \
                [dict get $options -errorinfo]]
    } -cleanup "
        $cleanup
        releaseBackground
    " -result {{my error} {MY CODE} 1}

    test %stem-2.6 {a command that is missing} -constraints $async(constraint) -setup "
        $setup
        catchBackground
    " -body {
        do call -timeout 0 -command no-such-command
        loopUntil {[llength $kept::errors] > 0}
        lindex $kept::errors 0
    } -cleanup "
        $cleanup
        releaseBackground
    " -result {invalid command name "no-such-command"}

    test %stem-2.7 {after an error the next call is done} -constraints $async(constraint) -setup "
        $setup
        catchBackground
    " -body {
        do call -command error
        start 1
        do unblock
        loopUntil {[llength $kept::errors] > 0}
        do unblock
        llength [came 1]
    } -cleanup "
        $cleanup
        releaseBackground
    " -result 1

    # Timeouts.

    test %stem-3.1 {a timeout} -constraints $async(constraint) -setup $setup -body {
        set elapsed [seconds {
            start 1 -timeout 0.2
            came 1
        }]
        list [came] [expr {$elapsed >= 0.2 && $elapsed < 10}]
    } -cleanup $cleanup -result {{{1 1 {POSIXIPC BUSY}}} 1}

    test %stem-3.2 {after its timeout a call takes nothing} -constraints $async(constraint) \
        -setup $setup -body {
        start 1 -timeout 0.02
        came 1
        do unblock
        loopFor 250
        catch {do leftover}
    } -cleanup $cleanup -result 0

    test %stem-3.3 {-timeout 0, where it would have to wait} -constraints $async(constraint) \
        -setup $setup -body {
        start 1 -timeout 0
        came 1
    } -cleanup $cleanup -result {{1 1 {POSIXIPC BUSY}}}

    test %stem-3.4 {-timeout 0, where it need not} -constraints $async(constraint) \
        -setup $setup -body {
        do unblock
        start 1 -timeout 0
        came 1
    } -cleanup $cleanup -result [list [list 1 0 $async(result)]]

    test %stem-3.5 {-timeout 0 behind a call that waits} -constraints $async(constraint) \
        -setup $setup -body {
        start 1
        do call -timeout 0 -command {note late}
        came 1
    } -cleanup $cleanup -result {{late 1 {POSIXIPC BUSY}}}

    test %stem-3.6 {a timeout behind a call that waits} -constraints $async(constraint) \
        -setup $setup -body {
        start 1
        do call -timeout 0.02 -command {note late}
        set first [came 1]
        do unblock
        list $first [came 2]
    } -cleanup $cleanup -result [list {{late 1 {POSIXIPC BUSY}}} \
        [list {late 1 {POSIXIPC BUSY}} [list 1 0 $async(result)]]]

    test %stem-3.7 {timeouts end in the order of their moments} -constraints $async(constraint) \
        -setup $setup -body {
        startTimed 50 0.15 0.05 0.1
        lmap kept [came 3] {lindex $kept 0}
    } -cleanup $cleanup -result {0.05 0.1 0.15}

    foreach {n timeout} {1 Inf 2 1e6 3 1e12 4 1e300} {
        test %stem-3.8.$n "-timeout $timeout" -constraints $async(constraint) \
            -setup $setup -body {
            start 1 -timeout $timeout
            loopFor 30
            set before [came]
            do unblock
            list $before [came 1]
        } -cleanup $cleanup -result [list {} [list [list 1 0 $async(result)]]]
    }

    foreach {n timeout code} {
        1 -1 {POSIXIPC VALUE} 2 NaN {POSIXIPC VALUE} 3 -Inf {POSIXIPC VALUE}
    } {
        test %stem-3.9.$n "-timeout $timeout" -constraints $async(constraint) \
            -setup $setup -body {
            set code [failure {start 1 -timeout $timeout}]
            loopFor 20
            list $code [came]
        } -cleanup $cleanup -result [list $code {}]
    }

    test %stem-3.10 {a timeout counts while the event loop does not turn} \
        -constraints $async(constraint) -setup $setup -body {
        start 1 -timeout 0.02
        after 60
        came 1
    } -cleanup $cleanup -result {{1 1 {POSIXIPC BUSY}}}

    test %stem-3.11 {what has come in time is not lost to a late loop} \
        -constraints $async(constraint) -setup $setup -body {
        start 1 -timeout 0.02
        do unblock
        after 60
        came 1
    } -cleanup $cleanup -result [list [list 1 0 $async(result)]]

    test %stem-3.12 {timeouts that a late loop finds end in the order of their moments} \
        -constraints $async(constraint) -setup $setup -body {
        startTimed 10 0.02 0.01 0.03
        after 60
        lmap kept [came 3] {lindex $kept 0}
    } -cleanup $cleanup -result {0.01 0.02 0.03}

    test %stem-3.13 {a late loop gives what has come to the first call, not to the one whose time is up} \
        -constraints $async(constraint) -setup $setup -body {
        start 1
        do call -timeout 0.01 -command {note late}
        do unblock
        after 60
        came 2
    } -cleanup $cleanup -result [list [list 1 0 $async(result)] {late 1 {POSIXIPC BUSY}}]

    foreach {n before} {1 {} 2 {start 1 -timeout 1000} 3 {$h cancel [start 1 -timeout 0.01]}} {
        test %stem-3.14.$n "a timeout wakes a loop that waits for nothing else: $before" \
            -constraints $async(constraint) -setup $setup -body {
            eval $before
            forget
            do call -timeout 0.03 -command {note last}
            nextNote
        } -cleanup $cleanup -result {{last 1 {POSIXIPC BUSY}}}
    }

    test %stem-3.15 {a wall clock that is set back meanwhile does not stretch a timeout} \
        -constraints "ownClock $async(constraint)" -setup $setup -body {
        set before [uptime]
        exec sh -c {sleep 0.5; date -s "-20 seconds"} >/dev/null 2>@stderr &
        start 1 -timeout 2
        nextNote
        set elapsed [expr {[uptime] - $before}]
        list [came] [expr {$elapsed >= 2 && $elapsed < 10 ? "kept" : "$elapsed s"}]
    } -cleanup $cleanup -result {{{1 1 {POSIXIPC BUSY}}} kept}

    # Callbacks that do more.

    test %stem-4.1 {a callback makes the next call} -constraints $async(constraint) -setup "
        $setup
        proc again {h code result options} {
            note again \$code \$result \$options
            if {\$code == 0} {
                do call -command \[list again \$h\]
            }
        }
    " -body {
        do call -command [list again $h]
        foreach n {1 2 3 4 5} {
            do unblock
            came $n
        }
        loopFor 30
        llength [came]
    } -cleanup "
        $cleanup
        rename again {}
    " -result 5

    test %stem-4.2 {a callback waits in a loop of its own} -constraints $async(constraint) -setup "
        $setup
        proc nest {h args} {
            do unblock
            came 1
            lappend ::nested \[came\]
        }
    " -body {
        do call -command [list nest $h]
        start 1
        do unblock
        loopUntil {[info exists nested]}
        set nested
    } -cleanup "
        $cleanup
        rename nest {}
        unset -nocomplain nested
    " -result [list [list [list 1 0 $async(result)]]]

    test %stem-4.3 {a hundred loops, each in a callback of the one before} \
        -constraints $async(constraint) -setup "
        $setup
        proc nest {h depth args} {
            if {\$depth < 100} {
                do call -command \[list nest \$h \[incr depth\]\]
                do unblock
                loopUntil {\$::deepest >= 100}
            }
            lappend ::unwound \$depth
            set ::deepest \[expr {max(\$::deepest, \$depth)}\]
        }
    " -body {
        set deepest 0
        do call -command [list nest $h 0]
        do unblock
        loopUntil {[info exists unwound] && [llength $unwound] == 101}
        list [lindex $unwound 0] $deepest
    } -cleanup "
        $cleanup
        rename nest {}
        unset -nocomplain deepest unwound
    " -result {100 100}

    foreach {n end} {1 close 2 destroy 3 {rename to nothing}} {
        test %stem-4.4.$n "a callback does with its handle: $end" -constraints $async(constraint) \
            -setup "
            $setup
            set object \[\$h cget -name\]
        " -body {
            set script [dict get {
                close {$h close} destroy {$h destroy} {rename to nothing} {rename $h {}}
            } $end]
            do call -command [list apply [list {h args} $script] $h]
            start 2
            do unblock
            came 2
        } -cleanup "
            drop \$h
            unlink \$object
            forget
        " -result {{1 1 {POSIXIPC CANCELED}} {2 1 {POSIXIPC CANCELED}}}
    }

    test %stem-4.5 {a callback renames its handle} -constraints $async(constraint) \
        -setup $setup -body {
        do call -command [list apply {{h args} {rename $h ::renamed}} $h]
        start 1
        do unblock
        loopUntil {[llength [info commands ::renamed]]}
        set h ::renamed
        do unblock
        came 1
    } -cleanup $cleanup -result [list [list 1 0 $async(result)]]

    test %stem-4.6 {a callback deletes the namespace of its handle} -constraints $async(constraint) \
        -setup "
        $setup
        namespace eval ::posix-ipc-test {}
        rename \$h ::posix-ipc-test::h
        set object \[posix-ipc-test::h cget -name\]
    " -body {
        set h ::posix-ipc-test::h
        do call -command {apply {args {namespace delete ::posix-ipc-test}}}
        start 2
        do unblock
        came 2
    } -cleanup {
        unlink $object
        forget
    } -result {{1 1 {POSIXIPC CANCELED}} {2 1 {POSIXIPC CANCELED}}}

    # The handle.

    test %stem-5.1 {a closed handle} -constraints $async(constraint) -setup $setup -body {
        $h close
        failure {do call -command note}
    } -cleanup $cleanup -result {POSIXIPC EXISTENTIAL CLOSED}

    test %stem-5.2 {two handles of one object} -constraints $async(constraint) -setup "
        $setup
        set first \$h
        set second \[posix_ipc::\$async(family) open \[\$h cget -name\]\]
    " -body {
        start 1
        set h $second
        do call -command {note other}
        do unblock
        came 1
        set h $first
        do unblock
        lsort [came 2]
    } -cleanup "
        $cleanup
        drop \$first \$second
    " -result [list [list 1 0 $async(result)] [list other 0 $async(result)]]

    test %stem-5.3 {two interpreters} -constraints $async(constraint) -setup "
        $setup
        set interp \[interp create\]
        interp alias \$interp note {} note
        \$interp eval {package require posix_ipc}
    " -body {
        $interp eval [list set h [$interp eval [list \
            posix_ipc::$async(family) open [$h cget -name]]]]
        $interp eval "$async(call) -command {note inner}"
        loopFor 20
        do unblock
        came 1
    } -cleanup "
        interp delete \$interp
        $cleanup
    " -result [list [list inner 0 $async(result)]]

    test %stem-5.4 {an interpreter is deleted in its own callback} -constraints $async(constraint) \
        -setup "
        $setup
        set interp \[interp create\]
        interp alias \$interp note {} note
        interp alias \$interp finish {} apply {{interp args} {interp delete \$interp}} \$interp
        \$interp eval {package require posix_ipc}
    " -body {
        $interp eval [list set h [$interp eval [list \
            posix_ipc::$async(family) open [$h cget -name]]]]
        $interp eval "$async(call) -command finish; $async(call) -command {note inner}"
        do unblock
        loopUntil {![interp exists $interp]}
        do unblock
        loopFor 150
        list [came] [catch {do leftover}]
    } -cleanup $cleanup -result {{} 0}

    test %stem-5.5 {an interpreter ends with calls that wait} -constraints $async(constraint) \
        -setup "
        $setup
        set interp \[interp create\]
        interp alias \$interp note {} note
        \$interp eval {package require posix_ipc}
    " -body {
        $interp eval [list set h [$interp eval [list \
            posix_ipc::$async(family) open [$h cget -name]]]]
        $interp eval "$async(call) -command {note 1}; $async(call) -command {note 2}"
        loopFor 20
        interp delete $interp
        do unblock
        loopFor 150
        list [came] [catch {do leftover}]
    } -cleanup $cleanup -result {{} 0}

    test %stem-5.6 {a handle of another interpreter, by an alias} -constraints $async(constraint) \
        -setup "
        $setup
        set interp \[interp create\]
        interp alias \$interp h {} \$h
    " -body {
        $interp eval [list set h h]
        $interp eval "$async(call) -command {note outer}"
        do unblock
        came 1
    } -cleanup "
        interp delete \$interp
        $cleanup
    " -result [list [list outer 0 $async(result)]]

    # The process.

    test %stem-6.1 {exit with calls that wait} -constraints $async(constraint) -setup "
        $setup
        set c \[child create\]
    " -body {
        child eval $c "set h \[posix_ipc::$async(family) open [$h cget -name]\]
            $async(call) -command {puts never}
            $async(call) -command {puts never} -timeout 100"
        set status [child status $c]
        do unblock
        list $status [catch {do leftover}]
    } -cleanup $cleanup -result {{exit 0} 0}

    test %stem-6.2 {exit in a callback, with calls that wait} -constraints $async(constraint) \
        -setup "
        $setup
        set c \[child create\]
    " -body {
        child eval $c "set h \[posix_ipc::$async(family) open [$h cget -name]\]
            $async(call) -timeout 0.01 -command {apply {args {exit 7}}}
            $async(call) -command {puts never}"
        child send $c {vwait forever}
        list [child status $c]
    } -cleanup $cleanup -result {{exit 7}}

    test %stem-6.3 {a process that is killed while its call waits leaves the others working} \
        -constraints $async(constraint) -setup "
        $setup
        set children {}
    " -body {
        foreach n {1 2 3} {
            lappend children [set c [child create]]
            child eval $c "set h \[posix_ipc::$async(family) open [$h cget -name]\]
                $async(call) -command {lappend outcome}"
        }
        child send [lindex $children 1] {vwait outcome}
        child kill [lindex $children 1]
        foreach c [list [lindex $children 0] [lindex $children 2]] {
            child send $c {if {![info exists outcome]} {vwait outcome}; lrange $outcome 0 1}
            do unblock
        }
        lmap c [list [lindex $children 0] [lindex $children 2]] {child gets $c}
    } -cleanup "
        foreach c \$children {
            child kill \$c
        }
        $cleanup
    " -result [list [list 0 $async(result)] [list 0 $async(result)]]
}

# Where there is no epoll, the first call with a timeout, or the first queue that is
# watched, gives the loop a thread, and the first notice gives the C library one. Both
# stay, so they are there before anything is counted.

apply {{} {
    set sem [fresh sem]
    set token [$sem acquire -timeout 1000 -command {note timed}]
    update
    $sem cancel $token
    came 1
    drop $sem
    forget
}}
if {[testConstraint queues]} {
    apply {{} {
        set mq [fresh mq]
        $mq notify -command {note notice 0 {}}
        $mq event readable [list apply {mq {note message 0 [$mq receive] {}}} $mq]
        $mq send word
        came 2
        drop $mq
        forget
    }}
}
if {[testConstraint procfs]} {
    resources::mark
}
