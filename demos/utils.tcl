# SPDX-License-Identifier: BSD-3-Clause
# What the demos share: parameters, output, the rule of the talk, and error
# messages.

package require md5
source [file join [file dirname [info script]] load.tcl]
package require posix_ipc::cleanup
source [file join [file dirname [info script]] printable.tcl]

namespace eval demo {
    variable name [string totitle [file rootname [file tail $::argv0]]]
    variable folder [file dirname [file normalize [info script]]]
    variable turns 0

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

    # Defaults for parameters that a file lacks, as in the queue demo of the
    # Python module.
    variable defaults {PERMISSIONS 0600}
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
    variable defaults
    if {$argc} {
        set file [lindex $argv 0]
    } else {
        set file [file join [file dirname $argv0] params.txt]
    }
    set params [dict merge $defaults [readParams $file]]
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

# The rule of the talk. The answer to a word is its MD5, and the word heard
# must be the MD5 of the word said before. A program that has said nothing yet
# accepts any word.
proc demo::answer {heard said} {
    variable turns
    variable began
    if {$said ne "" && $heard ne [md5 $said]} {
        throw {DEMO CORRUPTION} "corruption after $turns iterations:\
            heard \"[printable $heard]\", not \"[md5 $said]\""
    }
    if {[incr turns] == 1} {
        set began [clock microseconds]
        say "the first message that I hear is \"$heard\""
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

# Seconds to wait for the other's next word. The first may take long, because
# the other program may not have been started yet. Later, silence means that it
# is gone.
proc demo::timeout {} {
    variable turns
    return [expr {$turns == 0 ? 60 : 5}]
}

proc demo::deadline {} {
    return [expr {[clock milliseconds] + 1000 * [timeout]}]
}

# For a loop that looks for a new word: fails after the deadline.
proc demo::checkDeadline {deadline} {
    if {[clock milliseconds] > $deadline} {
        throw {DEMO SILENCE} \
            "no word from the other program for [timeout] seconds"
    }
}

# Opens an object that the other program creates. The two can be started in
# either order, so it may not exist yet; then we try again until the timeout.
# Any other failure is reported at once.
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

# Runs a program. A failure that its user can repair is reported in one line.
# The exit status is 0, or 1 after any failure, even in a callback. Objects that
# the program gave to posix_ipc::cleanup are removed however it ends.
proc demo::run {script} {
    interp bgerror {} {apply {{message options} {demo::fail $message}}}
    try {
        uplevel #0 $script
    } trap {POSIXIPC EXISTENTIAL EEXIST} message {
        fail "$message\nIf no other demo is running, an earlier one has left it.\
            This removes it:\n    [cleanupCommand $message]"
    } trap POSIXIPC message - trap POSIX message - trap DEMO message {
        fail $message
    }
    exit
}

proc demo::fail {message} {
    variable name
    puts stderr "$name: $message"
    exit 1
}

# The shell command that removes the object of an error message.
proc demo::cleanupCommand {message} {
    variable folder
    set nouns [lreverse $::posix_ipc::families::nouns]
    regexp "([join [dict keys $nouns] |]) \"(.*)\"" $message - noun name
    set family [dict get $nouns $noun]
    return [list [info nameofexecutable] [file join $folder cleanup.tcl] $family $name]
}
