# common.tcl --
#
#       What every test file starts with: tcltest, the package, and a few
#       helpers. A test file sources this first and calls finish last.
#
#       uniqueName              a name that no other test uses
#       fresh, drop, unlink     an object under such a name, and its end
#       forFamilies             tests for semaphores, segments and queues alike
#       child ...               a second real process with the package in it
#       waiting                 a child that waits in acquire, send or receive
#       waitUntil, blocked, asleep
#                               waiting for a condition, not for a time
#       seconds                 how long a script took
#       failure                 the errorCode with which a script fails
#       constrain               the constraints that not all files have
#       apart                   a child with limits and file systems of its own
#       finish                  the tests of what the file left, then tcltest's end

package require Tcl 8.6-
package require tcltest 2.5
namespace import -force ::tcltest::*
configure {*}$::argv

package require posix_ipc 1.0

# What a platform may lack. Linux is what tells more of its objects, names and
# limits than POSIX asks for. "-constraints elsewhere" plays a system that does not,
# "-constraints noEpoll" one that lacks epoll.

testConstraint linux        [expr {$tcl_platform(os) eq "Linux" && ![testConstraint elsewhere]}]
testConstraint epoll        [expr {[testConstraint linux] && ![testConstraint noEpoll]}]
testConstraint semTimedwait [posix_ipc::constants SEMAPHORE_TIMEOUT_SUPPORTED]
testConstraint semValue     [posix_ipc::constants SEMAPHORE_VALUE_SUPPORTED]
testConstraint queues       [posix_ipc::constants MESSAGE_QUEUES_SUPPORTED]
testConstraint semFiles     [file isdirectory /dev/shm]
testConstraint shmFiles     [testConstraint semFiles]
testConstraint procfs       [file readable /proc/self/stat]
testConstraint utf8         [string match utf* [encoding system]]
testConstraint root         [expr {[file exists /proc/self]
                                   && [file attributes /proc/self -owner] eq "root"}]
testConstraint notRoot      [expr {![testConstraint root]}]
testConstraint notLinux     [expr {![testConstraint linux]}]
testConstraint noQueues     [expr {![testConstraint queues]}]
testConstraint noSemValue   [expr {![testConstraint semValue]}]

# Names ---------------------------------------------------------------------

namespace eval names {
    variable made {}
}

# uniqueName --
#
#       A name for a semaphore, a segment or a queue. The test that uses it
#       unlinks it; finish reports the names that are still in the system.

proc uniqueName {} {
    lappend names::made /tcl-[pid]-[llength $names::made]
    return [lindex $names::made end]
}

# fileOf, cutAway --
#
#       The file that a semaphore or a segment of a name has, under the constraint
#       semFiles; cutAway makes that of a semaphore empty.

proc fileOf {family name} {
    return /dev/shm/[expr {$family eq "sem" ? "sem." : ""}][string range $name 1 end]
}

proc cutAway {name} {
    close [open [fileOf sem $name] w]
}

# unlink --
#
#       Removes whatever has one of the names, for -cleanup: there may be
#       nothing. Returns what was removed, as "sem /name".

proc unlink {args} {
    set removed {}
    foreach name $args {
        foreach family {sem shm mq} {
            if {![catch {posix_ipc::$family unlink $name}]} {
                lappend removed "$family $name"
            }
        }
    }
    return $removed
}

# small, fresh --
#
#       The options of open for a small object; a handle of a new one under a
#       name of its own, with more options of open.

proc small {family} {
    return [dict get {
        sem {}
        shm {-size 4096}
        mq  {-maxmessages 4 -maxmessagesize 64}
    } $family]
}

proc fresh {family args} {
    return [posix_ipc::$family open [uniqueName] -flags CREX {*}[small $family] {*}$args]
}

# forFamilies --
#
#       Evaluates tests in the caller's frame for each family, with $family
#       and $constraint set. Words before the tests are constraints of them all.

proc forFamilies {args} {
    set all [lrange $args 0 end-1]
    uplevel 1 [list foreach {family constraint} \
        [list sem $all shm $all mq [list queues {*}$all]] [lindex $args end]]
}

# drop --
#
#       Destroys handles and unlinks their names, for -cleanup: a handle may
#       be gone already.

proc drop {args} {
    foreach handle $args {
        if {[llength [info commands $handle]]} {
            unlink [$handle cget -name]
            $handle destroy
        }
    }
}

# units --
#
#       How many units a semaphore has. It takes them and gives them back: not
#       every system tells.

proc units {sem} {
    set units 0
    while {![catch {$sem acquire -timeout 0}]} {
        incr units
    }
    if {$units} {
        $sem release $units
    }
    return $units
}

# Time ----------------------------------------------------------------------

# waitUntil --
#
#       Looks at an expression in the caller's frame until it is true.

proc waitUntil {condition {milliseconds 30000}} {
    set end [expr {[clock milliseconds] + $milliseconds}]
    while {![uplevel 1 [list expr $condition]]} {
        if {[clock milliseconds] > $end} {
            error "in $milliseconds ms it did not come true: $condition"
        }
        after 2
    }
}

# seconds --
#
#       How long a script took, whatever came of it.

proc seconds {script} {
    set start [clock microseconds]
    catch {uplevel 1 $script}
    return [expr {([clock microseconds] - $start) / 1e6}]
}

# Failures ------------------------------------------------------------------

# failure --
#
#       The errorCode with which a script fails, "" when it does not.

proc failure {script} {
    if {[catch {uplevel 1 $script} - options] == 1} {
        return [dict get $options -errorcode]
    }
}

# Processes -----------------------------------------------------------------

# blocked --
#
#       Whether a process waits in the kernel for a semaphore or for a queue:
#       where its main thread is shows it from outside. It sleeps where the
#       platform has no timed wait.

proc blocked {pid} {
    set file [open /proc/$pid/task/$pid/wchan]
    try {
        return [regexp {futex|mq|wq_sleep|nanosleep} [read $file]]
    } finally {
        close $file
    }
}

# asleep --
#
#       Whether a process waits in its event loop: it has not run for a while, so
#       that it holds no lock of Tcl's notifier, which a trap of a signal takes too.

proc asleep {pid} {
    set before [switches $pid]
    after 20
    return [expr {[blocked $pid] && [switches $pid] eq $before}]
}

proc switches {pid} {
    return [regexp -all -inline -line {ctxt_switches:.*$} [viewFile status /proc/$pid]]
}

# child --
#
#       A second tclsh that has the package loaded and evaluates what it is
#       told. Whatever a test does, finish kills those that are left.
#
#       child create ?word ...?  starts one, under a command such as
#                                "prlimit --nofile=10"; returns its handle
#       child pid $c
#       child eval $c script     evaluates there; returns or throws what came
#       child send $c script     begins to evaluate, does not wait
#       child gets $c            waits for what came of a send
#       child repeat $c script   begins to evaluate again and again; child status
#                                ends that after a whole round
#       child status $c          lets it end by itself and says how it did:
#                                "exit 0", "signal SIGSEGV"
#       child kill $c ?signal?   kills it, if it still runs; returns its status

namespace eval child {
    namespace export create pid eval send gets repeat status kill
    namespace ensemble create
    variable running {}
    variable answer
    variable patience 60000     ;# milliseconds

    # Where the system can do it, a child does not outlive a test file that is
    # killed, even when it waits.

    variable mortal {setpriv --pdeathsig KILL}
    if {[catch {exec {*}$mortal true}]} {
        set mortal {}
    }

    # What a child runs. Requests and answers are lines, whatever is in them.

    variable loop {
        if {[catch {package require posix_ipc 1.0}]} exit
        apply {{} {
            while {[gets stdin line] >= 0} {
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
#       The arguments of return that repeat here what came of a script there.

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
    exec kill -$signal [pid $c]
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
#       Whether a process of its own, under a command as for child create, can
#       evaluate a script: for constraints.

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

# constrain --
#
#       The constraints that some files have: a file sets those that it needs, as
#       it takes a process to find out. queuesShown is that a queue is seen which
#       nobody has open. plain is a command for child create, of a process that no
#       privilege lifts over permissions: the user "nobody" when the tests run as
#       root, who is then a user other than the one of the tests.

set plain [expr {[testConstraint root]
    ? {setpriv --reuid=65534 --regid=65534 --clear-groups} : ""}]

proc constrain {args} {
    set tests {
        tclx        {[childCan {package require Tclx}]}
        expect      {[childCan {package require Expect}]}
        prlimit     {[childCan {} prlimit --nofile=64]}
        fileLimit   {[childCan {} prlimit --fsize=8192]}
        plainUser   {[childCan {} {*}$plain]}
        twoUsers    {[testConstraint root] && [childCan {} {*}$plain]}
        queuesShown {[testConstraint linux] && [testConstraint queues] && [apply {{} {
            set name [uniqueName]
            [posix_ipc::mq open $name -flags CREX {*}[small mq]] destroy
            set isShown [expr {[posix_ipc::mq list $name] ne ""}]
            unlink $name
            return $isShown
        }}]}
    }
    foreach name $args {
        testConstraint $name [uplevel #0 [list expr [dict get $tests $name]]]
    }
}

# apart --
#
#       The command for child create under which the child has mounts, queues
#       and limits of queues that no other process sees, and no privilege that
#       lifts the limits. A shell script sets them up; more words of a command
#       can follow.

proc apart {setup} {
    return [list unshare --user --map-root-user --mount --ipc \
                sh -euc "$setup\nexec \"\$0\" \"\$@\""]
}

# Other processes -----------------------------------------------------------

# processIds, commandLine --
#
#       The processes that there are, and the words of one's command line. One that is
#       gone, or that nobody has waited for, has no words; nor have, in Tcl 9, bytes that
#       are no text.

proc processIds {} {
    return [glob -tails -directory /proc {[0-9]*}]
}

proc commandLine {pid} {
    if {[catch {open /proc/$pid/cmdline} file]} {
        return {}
    }
    try {
        return [split [read $file] \0]
    } trap {POSIX ESRCH} {} - trap {POSIX EILSEQ} {} {
        return {}
    } finally {
        close $file
    }
}

# Resources -----------------------------------------------------------------

source [file join [file dirname [info script]] resources.tcl]

# finish --
#
#       Ends a test file.

proc finish {} {
    foreach c $child::running {
        child kill $c
    }
    set stem [file rootname [file tail [info script]]]
    test $stem-end.1 {no name is left in the system} -body {
        unlink {*}$names::made
    } -result {}
    test $stem-end.2 {no descriptor, mapping or thread is left, and none is gone} -constraints {
        procfs
    } -body {
        catch {waitUntil {[resources::changes] eq ""} 5000}
        resources::changes
    } -result {}
    cleanupTests
}

# The notifier has its thread and its pipe before anything is counted: it has told
# of a channel.

apply {{} {
    lassign [chan pipe] in out
    chan event $in readable {set names::warm 1}
    puts $out warm
    close $out
    vwait names::warm
    close $in
    unset names::warm
}}
if {[testConstraint procfs]} {
    resources::mark
}
