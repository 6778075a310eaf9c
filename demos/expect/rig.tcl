# SPDX-License-Identifier: BSD-3-Clause
# rig.tcl --
#
#       Tests programs through their terminals and through what they share: source
#       this into a rig of your own. minimal.exp is a small one, rig.exp a larger one.
#
#       rig::arguments ?word ...?
#           Reads the command line of the rig: -tap, -h, and these words. If there is
#           anything else, ends the rig with status 2. Returns the words that were given.
#       rig::run {title script ...}
#           Evaluates each script, a step, at global level, and reports it with its time,
#           with -tap in the Test Anything Protocol. If a step fails, the others are
#           skipped, and the last output of the programs is shown. In the end, ends all
#           programs, then the rig with status 0, or 1 if a step failed.
#       rig::start ?-mayend? name command ?arg ...?
#           Starts a program on a terminal of its own. If it ends before rig::ends
#           waits for that, the step fails, unless -mayend is given. Scripts find
#           posix_ipc in the same build as the rig.
#       rig::tclsh
#           Returns the tclsh for scripts: that of the Tcl version that runs the rig.
#       rig::send name text
#           Types a text into a program's terminal.
#       rig::hear name text ?seconds?
#           Waits until a program prints a text, with line breaks as \n. The output up to
#           the end of the text is not searched again.
#       rig::await handle method ?arg ...?
#           Waits for a call that takes -timeout and -command, on a semaphore, a lock, a
#           queue or another handle, and returns its result: rig::await ready acquire
#       rig::hold lock script ?arg ...?
#           Waits for a lock, as rig::await with acquire and these arguments, evaluates the
#           script, and releases the lock. If the lock is abandoned, the step fails.
#       rig::until condition ?seconds?
#           Waits until an expression is true, at global level. It is evaluated when a
#           program prints or ends, when an event script calls rig::changed, and twenty
#           times a second.
#       rig::ends name ?how? ?seconds?
#           Waits for the end of a program: an exit status (0), or SIGTERM and the like.
#       rig::kill name ?signal?
#           Sends a program a signal: KILL by default. After HUP, INT, QUIT, ABRT, KILL or
#           TERM, its end does not fail a step, as with -mayend. rig::ends checks how it
#           ended: rig::ends server SIGKILL
#       rig::pid name
#           Returns the process id of a program. A signal that the rig sends in another
#           way, such as by exec kill, counts as one from outside: if the program ends, the
#           step fails.
#       rig::output name
#           Returns what a program has printed so far, at most the last 64 KiB.
#       rig::fail message
#           Fails the step.
#
#       Every wait runs the event loop and takes at most rig::timeout seconds (5). Meanwhile
#       expect_background reads all terminals: a program whose terminal nobody reads blocks
#       after some KiB of output, and never does what the rig waits for.

if {[catch {package require Expect} rigMessage]} {
    puts stderr "$rigMessage: Debian has it as tcl-expect"
    exit 1
}
source [file join [file dirname [info script]] .. load.tcl]
package require posix_ipc::cleanup
source [file join [file dirname [info script]] .. printable.tcl]

log_user 0
load::exportBuilds

namespace eval rig {
    variable timeout 5
    variable isTap 0
    variable kept 65536         ;# characters of a program's output
    variable linesShown 8       ;# of it, after a failure
    variable grace 200          ;# ms after the end of a program for what it did last
    variable programs {}        ;# name -> {id pid mayEnd}
    variable news 0             ;# written when a condition may have become true
    variable serial 0
    variable output             ;# name -> what it printed
    variable unheard            ;# name -> what rig::hear has not passed yet
    variable ended              ;# name -> "exit status 0", "SIGKILL"
    variable results            ;# number of a call -> {code result}
    variable tick               ;# the timer of rig::until
}

# The command line and the report ----------------------------------------------

proc rig::arguments {args} {
    global argv argv0
    variable isTap
    set words {}
    foreach word $argv {
        if {$word eq "-tap"} {
            set isTap 1
        } elseif {$word in $args} {
            lappend words $word
        } else {
            set usage "usage: [file tail $argv0] [join [lmap known [list -tap {*}$args] {string cat ? $known ?}]]"
            if {$word eq "-h"} {
                puts $usage
                exit 0
            }
            puts stderr "unknown word \"[printable $word]\"\n$usage"
            exit 2
        }
    }
    return $words
}

proc rig::run {steps} {
    set number 0
    set failed ""
    if {$::rig::isTap} {
        Say "TAP version 13\n1..[expr {[llength $steps] / 2}]"
    }
    foreach {title script} $steps {
        incr number
        if {$failed ne ""} {
            Report skipped $number $title "step $failed failed"
            continue
        }
        set from [clock microseconds]
        set isWrong [catch {uplevel #0 $script} message]
        set time [format "%.3f s" [expr {([clock microseconds] - $from) / 1e6}]]
        if {$isWrong} {
            set failed $number
            Report failed $number $title $time $message
            Say [join [LastWords] \n]
        } else {
            Report passed $number $title $time
        }
    }
    KillAll
    exit [expr {$failed ne ""}]
}

proc rig::Say {text} {
    if {$text ne ""} {
        puts $text
        flush stdout
    }
}

# A message of several lines, such as a stack trace, stays one report.
proc rig::Report {outcome number title remark {message ""}} {
    variable isTap
    set message [join [lmap line [split $message \n] {printable $line}] "\n# "]
    Say [string trimright [switch $isTap,$outcome {
        0,passed  {string cat "step $number, $title: passed ($remark)"}
        0,failed  {string cat "step $number, $title: FAILED ($remark): $message"}
        0,skipped {string cat "step $number, $title: skipped, $remark"}
        1,passed  {string cat "ok $number - $title # $remark"}
        1,failed  {string cat "not ok $number - $title # $remark\n# $message"}
        1,skipped {string cat "ok $number - $title # SKIP $remark"}
    }]]
}

# The last lines of what each program printed.
proc rig::LastWords {} {
    variable output
    variable linesShown
    set words {}
    foreach name [lsort [array names output]] {
        set lines [split [string trim [Plain $output($name)]] \n]
        foreach line [lrange $lines end-[expr {$linesShown - 1}] end] {
            lappend words "# $name: [printable $line]"
        }
    }
    return $words
}

proc rig::fail {message} {
    throw RIG $message
}

# Programs -----------------------------------------------------------------------

proc rig::tclsh {} {
    set program [info nameofexecutable]
    if {[file tail $program] eq "expect"} {
        return [auto_execok tclsh[info tclversion]]
    }
    return $program
}

proc rig::start {args} {
    variable programs
    variable output
    variable unheard
    variable ended
    set mayEnd [expr {[lindex $args 0] eq "-mayend"}]
    set command [lassign [lrange $args $mayEnd end] name]
    if {$command eq ""} {
        throw {TCL WRONGARGS} {wrong # args: should be "rig::start ?-mayend? name command ?arg ...?"}
    }
    if {[dict exists $programs $name]} {
        fail "there is already a program \"$name\""
    }
    set pid [spawn -noecho {*}$command]
    dict set programs $name [list $spawn_id $pid $mayEnd]
    array set output [list $name ""]
    array set unheard [list $name ""]
    unset -nocomplain ended($name)
    expect_background -i $spawn_id -re .+ [list rig::Heard $name] eof [list rig::Ended $name]
}

# Get --
#
#       The id or the pid of a program that was started.

proc rig::Get {name what} {
    variable programs
    if {![dict exists $programs $name]} {
        fail "there is no program \"$name\""
    }
    return [lindex [dict get $programs $name] [lsearch {id pid mayEnd} $what]]
}

proc rig::Heard {name} {
    variable output
    variable unheard
    variable kept
    foreach text {output unheard} {
        append ${text}($name) $::expect_out(buffer)
        set ${text}($name) [string range [set ${text}($name)] end-[expr {$kept - 1}] end]
    }
    changed
}

# Plain --
#
#       What a program printed, without the carriage returns that its terminal, and Tcl
#       for a terminal, put before each line break.

proc rig::Plain {text} {
    return [regsub -all {\r+\n} $text \n]
}

# Ended --
#
#       A terminal is closed. Its program may be about to end, or may continue without
#       it. We check again later, because wait(2) would block.

proc rig::Ended {name} {
    variable programs
    variable ended
    if {![dict exists $programs $name]} return
    lassign [dict get $programs $name] id pid
    if {![HasEnded $pid]} {
        after 20 [list rig::Ended $name]
        return
    }
    lassign [wait -i $id] - - - status - signal
    set ended($name) [expr {$signal ne "" ? $signal : "exit status $status"}]
    changed
}

# HasEnded --
#
#       Whether a process is a zombie (Z), or gone: proc(5). On systems without it, a
#       closed terminal has to suffice.

proc rig::HasEnded {pid} {
    if {![file exists /proc/self/stat] || [catch {open /proc/$pid/stat} file]} {
        return 1
    }
    try {
        return [regexp {\) Z} [read $file]]
    } finally {
        close $file
    }
}

proc rig::send {name text} {
    exp_send -i [Get $name id] -- $text
}

proc rig::output {name} {
    Get $name id
    return [Plain $::rig::output($name)]
}

# A terminal's program leads a session: its children are in its process group.
proc rig::kill {name {signal KILL}} {
    variable programs
    set signal [regsub ^SIG [string toupper $signal] ""]
    set pid [Get $name pid]
    if {$signal in {HUP INT QUIT ABRT KILL TERM}} {
        dict set programs $name [lreplace [dict get $programs $name] 2 2 1]
    }
    exec sh -c "kill -$signal $pid"
}

proc rig::pid {name} {
    return [Get $name pid]
}

proc rig::KillAll {} {
    variable programs
    variable ended
    dict for {name program} $programs {
        lassign $program id pid
        if {![info exists ended($name)]} {
            catch {exec sh -c "kill -KILL -$pid" 2>/dev/null}
            catch {close -i $id}
            catch {wait -i $id}
        }
    }
    set programs {}
}

# Waiting ------------------------------------------------------------------------

proc rig::changed {} {
    incr ::rig::news
}

proc rig::hear {name text {seconds ""}} {
    Get $name id
    Wait [list rig::Take $name $text] $seconds "the program \"$name\" did not print \"[printable $text]\"" $name
}

# Take --
#
#       Whether a text has come. If so, it is consumed, with everything before
#       it.

proc rig::Take {name text} {
    variable unheard
    set heard [Plain $unheard($name)]
    set first [string first $text $heard]
    if {$first < 0} {
        return 0
    }
    set unheard($name) [string range $heard $first+[string length $text] end]
    return 1
}

proc rig::until {condition {seconds ""}} {
    variable tick
    Tick
    try {
        Wait [list expr $condition] $seconds "the condition \"$condition\" did not become true"
    } finally {
        after cancel $tick
    }
}

proc rig::Tick {} {
    variable tick [after 50 rig::Tick]
    changed
}

proc rig::await {handle method args} {
    variable timeout
    variable results
    variable serial
    set number [incr serial]
    if {"-timeout" ni $args} {
        lappend args -timeout $timeout
    }
    set token [uplevel 1 [list $handle $method {*}$args -command [list rig::Done $number]]]
    try {
        Wait [list info exists rig::results($number)] Inf ""
    } on error {message options} {
        $handle cancel $token
        return -options $options $message
    }
    lassign $results($number) code result
    unset results($number)
    if {$code} {
        fail $result
    }
    return $result
}

proc rig::hold {lock script args} {
    uplevel 1 [list rig::await $lock acquire {*}$args]
    try {
        uplevel 1 $script
    } finally {
        uplevel 1 [list $lock release]
    }
}

proc rig::Done {number code result options} {
    set ::rig::results($number) [list $code $result]
    changed
}

proc rig::ends {name {how 0} {seconds ""}} {
    variable programs
    variable ended
    Get $name id
    Wait [list info exists rig::ended($name)] $seconds "the program \"$name\" did not end" "" $name
    dict unset programs $name
    if {$ended($name) ni [list $how "exit status $how"]} {
        fail [Obituary $name]
    }
}

proc rig::Obituary {name} {
    return "the program \"$name\" has ended: $::rig::ended($name)"
}

# Wait --
#
#       Runs the event loop until a script returns true, evaluated at global level, or
#       fails the step: after some seconds, or when a program has ended that should not
#       have. Such a program may have done what the rig waits for just before it ended, so
#       the script is checked first.
#
#       needed      a program whose end makes the wait hopeless, even with -mayend
#       ending      a program that may end

proc rig::Wait {script seconds failure {needed ""} {ending ""}} {
    variable timeout
    variable grace
    if {$seconds eq ""} {
        set seconds $timeout
    }
    set timers {}
    set end Inf
    if {$seconds < Inf} {
        set end [expr {[clock milliseconds] + 1000 * $seconds}]
        lappend timers [after [expr {int(1000 * $seconds)}] rig::changed]
    }
    set last Inf
    try {
        while {![uplevel #0 $script]} {
            set dead [Dead $needed $ending]
            if {$dead ne "" && $last == Inf} {
                set last [expr {[clock milliseconds] + $grace}]
                lappend timers [after $grace rig::changed]
            }
            if {[clock milliseconds] >= $last} {
                fail [Obituary $dead]
            }
            if {[clock milliseconds] >= $end} {
                fail "$failure in $seconds s"
            }
            vwait rig::news
        }
    } finally {
        foreach timer $timers {
            after cancel $timer
        }
    }
}

# Dead --
#
#       The first program that has ended and should not have, or "".

proc rig::Dead {needed ending} {
    variable programs
    variable ended
    dict for {name program} $programs {
        if {[info exists ended($name)] && $name ne $ending && ($name eq $needed || ![lindex $program 2])} {
            return $name
        }
    }
    return ""
}
