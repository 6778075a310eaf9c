# What the demos share: their parameters, their voice, the rule of the talk,
# and a tidy end.

package require md5
package require posix_ipc
source [file join [file dirname [info script]] printable.tcl]

namespace eval demo {
    variable name [string totitle [file rootname [file tail $::argv0]]]
    variable folder [file dirname [file normalize [info script]]]
    variable turns 0
    variable made {}

    # What each parameter looks like: a regular expression, and in words.
    variable forms {
        ITERATIONS         {^[1-9][0-9]*$}  "a whole number, 1 or more"
        LIVE_DANGEROUSLY   {^[01]$}         "0 or 1"
        MESSAGE_QUEUE_NAME {^.+$}           "a name, such as /talk"
        PERMISSIONS        {^0?[0-7]{3}$}   "three octal digits, such as 0600"
        SEMAPHORE_NAME     {^.+$}           "a name, such as /talk"
        SHARED_MEMORY_NAME {^.+$}           "a name, such as /talk"
        SHM_SIZE           {^[1-9][0-9]*$}  "a number of bytes"
    }
}

proc demo::say {text} {
    variable name
    puts "$name: [printable $text]"
    flush stdout
}

# Parameters ------------------------------------------------------------------

# Sets a global variable for each of these parameters. They come from the file
# that is the program's argument, else from params.txt beside the program.
proc demo::params {names} {
    global argc argv argv0
    variable forms
    if {$argc} {
        set file [lindex $argv 0]
    } else {
        set file [file join [file dirname $argv0] params.txt]
    }
    set params [readParams $file]
    foreach {name form words} $forms {
        if {$name ni $names} continue
        if {![dict exists $params $name]} {
            throw {DEMO PARAMS} "$file: $name is missing: it must be $words"
        }
        set value [dict get $params $name]
        if {![regexp $form $value]} {
            throw {DEMO PARAMS} \
                "$file: $name is \"$value\": it must be $words"
        }
        set ::$name $value
    }
}

# The NAME=value lines of a file, as a dict. Empty lines do not count, nor do
# those that begin with #.
proc demo::readParams {file} {
    set channel [open $file]
    try {
        set lines [split [read $channel] \n]
    } finally {
        close $channel
    }
    set params {}
    foreach line [lmap line $lines {string trim $line}] {
        if {$line eq "" || [string match #* $line]} continue
        if {![regexp {^(\w+)\s*=\s*(.*)$} $line -> name value]} {
            throw {DEMO PARAMS} "$file: \"$line\" is not NAME=value"
        }
        dict set params [string toupper $name] $value
    }
    return $params
}

# The talk --------------------------------------------------------------------

proc demo::md5 {text} {
    return [string tolower [md5::md5 -hex -- $text]]
}

# The rule of the talk. The answer to what was heard is its MD5; and what was
# heard must be the MD5 of what was said before. Only who has said nothing yet
# takes any word.
proc demo::answer {heard said} {
    variable turns
    variable began
    if {$said ne "" && $heard ne [md5 $said]} {
        throw {DEMO CORRUPTION} "corruption after $turns iterations:\
            heard \"[printable $heard]\", not \"[md5 $said]\""
    }
    if {[incr turns] == 1} {
        set began [clock microseconds]
        say "the first word I hear is \"$heard\""
    }
    return [md5 $heard]
}

# The closing line. In each turn one message was heard, and one said.
proc demo::report {} {
    variable turns
    variable began
    set messages [expr {2 * $turns}]
    set seconds [expr {max(1, [clock microseconds] - $began) / 1e6}]
    say [format "%d iterations: %d messages exchanged in %.3f s,\
        %.0f a second" $turns $messages $seconds [expr {$messages / $seconds}]]
}

# Waiting ---------------------------------------------------------------------

# Seconds to wait for the other's next word. The first may take long: perhaps
# the other program is yet to be started. Later, silence means that it is gone.
proc demo::patience {} {
    variable turns
    return [expr {$turns == 0 ? 60 : 5}]
}

proc demo::deadline {} {
    return [expr {[clock milliseconds] + 1000 * [patience]}]
}

# For a loop that looks for a new word.
proc demo::stillPatient {deadline} {
    if {[clock milliseconds] > $deadline} {
        throw {DEMO SILENCE} \
            "no word from the other program for [patience] seconds"
    }
}

# Opens what the other program makes. The two are started in any order, so it
# may not be there yet: then we try again, as long as our patience lasts. Any
# other failure is one at once.
proc demo::whenThere {open} {
    set deadline [deadline]
    while 1 {
        try {
            return [uplevel 1 $open]
        } trap {POSIXIPC EXISTENTIAL ENOENT} {message options} {
            if {[clock milliseconds] > $deadline} {
                return -options $options $message
            }
            after 10
        }
    }
}

# The end ---------------------------------------------------------------------

# Runs a program. What its user can mend is told in one line. The exit status
# is 0, or 1 after any failure, in a callback too.
proc demo::run {script} {
    interp bgerror {} {apply {{message options} {demo::fail $message}}}
    try {
        uplevel #0 $script
    } trap {POSIXIPC EXISTENTIAL EEXIST} message {
        fail "$message\nIf no other demo is running, an earlier one was killed.\
            This removes what it left:\n    [join [cleanupCommand]]"
    } trap POSIXIPC message - trap POSIX message - trap DEMO message {
        fail $message
    } finally {
        cleanUp
    }
    exit
}

proc demo::fail {message} {
    variable name
    puts stderr "$name: $message"
    cleanUp
    exit 1
}

# Tells what the program is about to make, and wants removed however it ends:
# family, handle and name of each. A signal ends plain Tcl on the spot, but
# TclX and Expect can trap it. Where neither is installed, a shell waits beside
# us for our end, and cleans up unless we have said goodbye.
proc demo::makes {args} {
    variable made $args
    set signals {SIGINT SIGTERM SIGHUP}
    if {![catch {package require Tclx}]} {
        signal trap $signals {demo::fail interrupted}
    } elseif {![catch {package require Expect}]} {
        trap {demo::fail interrupted} $signals
    } else {
        startKeeper
    }
}

# The same for a program that runs the event loop. There a trap is not enough:
# Tcl 8.6 can hang when the signal comes just as it begins to wait for events.
proc demo::makesInLoop {args} {
    variable made $args
    startKeeper
}

proc demo::startKeeper {} {
    variable keeper [open |[list sh -c {
        trap "" INT TERM HUP
        echo ready
        read goodbye || exec "$@" >/dev/null
    } sh {*}[cleanupCommand] 2>/dev/null] r+]
    gets $keeper
}

proc demo::cleanupCommand {} {
    variable folder
    variable made
    set command [list [info nameofexecutable] [file join $folder cleanup.tcl]]
    foreach {family handle name} $made {
        lappend command $family $name
    }
    return $command
}

# Removes what we have made and not removed yet. What another program made
# under the same name has no handle here, and stays.
proc demo::cleanUp {} {
    variable made
    variable keeper
    foreach {family handle name} $made {
        catch {
            $handle unlink
            $handle destroy
        }
    }
    if {[info exists keeper]} {
        puts $keeper goodbye
        close $keeper
        unset keeper
    }
}
