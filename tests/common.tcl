# SPDX-License-Identifier: BSD-3-Clause
# common.tcl --
#
#       The start of every test file: tcltest, the package, and helpers. A test file sources this first and calls finish
#       last.
#
#       uniqueName              a name that no other test uses
#       fresh, drop, unlink     an object under such a name, and its end
#       forFamilies             tests for all families alike
#       truncate, overwrite     damage to the file of an object
#       sized, padded           the size of a segment, and what is in it
#       sendSignal              kill(1), which a bare system lacks
#       child ...               a second real process with the package in it
#       waiting                 a child that waits in acquire, send or receive
#       waitUntil, blocked, asleep
#                               waiting for a condition, not for a time
#       seconds                 how long a script took
#       failure                 the errorCode with which a script fails
#       constrain               the constraints that not all files have
#       stranger                a script in a process without privileges
#       apart                   a child with limits and file systems of its own
#       finish                  the tests of what the file left, then tcltest's end

package require Tcl 8.6-
package require tcltest 2.5
namespace import -force ::tcltest::*
configure {*}$::argv

package require posix_ipc

# What a platform may lack. The constraint linux means that the system tells more about its objects, names and limits
# than POSIX requires. "-constraints elsewhere" says that the build emulates a system that does not (configure
# --with-system=posix), "-constraints noEpoll" one that lacks epoll. "-constraints macos" says that the calls behave as
# on macOS (platforms/macos.c). With sharedNames the C library is musl: a semaphore and a segment cannot have the same
# name, and a semaphore has no x bits. Without shmFolder the directory for semaphores and segments is missing, and only
# queues work. Tests with pointers64 have sizes that 32 bits cannot hold, or know the sem_t of 64 bits. With faults, a
# handler of SIGBUS learns which address was accessed: qemu-user gives a wrong one on armhf and s390x. With ownSize, a
# segment has exactly the size that was asked for; with resizable, its size can be changed. On macOS, a segment has
# whole pages and is sized once (sizedOnce), and a name has at most 31 bytes, including the prefix of a lock: longNames
# are longer.

testConstraint linux        [expr {$tcl_platform(os) eq "Linux" && ![testConstraint elsewhere]}]
testConstraint epoll        [expr {[testConstraint linux] && ![testConstraint noEpoll]}]
testConstraint semTimedwait [posix_ipc::constants SEMAPHORE_TIMEOUT_SUPPORTED]
testConstraint semValue     [posix_ipc::constants SEMAPHORE_VALUE_SUPPORTED]
testConstraint queues       [posix_ipc::constants MESSAGE_QUEUES_SUPPORTED]
testConstraint semFiles     [expr {[file isdirectory /dev/shm] && ![testConstraint macos]}]
testConstraint shmFiles     [testConstraint semFiles]
testConstraint sharedNames  [apply {{} {
    try {
        set sem [posix_ipc::sem open ""]
    } trap {POSIXIPC UNSUPPORTED} {} {
        return 0
    }
    set isFile [file exists /dev/shm[$sem cget -name]]
    $sem unlink
    $sem destroy
    return $isFile
}}]
testConstraint shmFolder    [expr {![testConstraint linux] || [file writable /dev/shm]}]
testConstraint ownNames     [expr {![testConstraint sharedNames]}]
testConstraint procfs       [file readable /proc/self/stat]
testConstraint utf8         [string match utf* [encoding system]]
testConstraint root         [expr {[file exists /proc/self]
                                   && [file attributes /proc/self -owner] eq "root"}]
testConstraint notRoot      [expr {![testConstraint root]}]
testConstraint notLinux     [expr {![testConstraint linux]}]
testConstraint noQueues     [expr {![testConstraint queues]}]
testConstraint pointers64   [expr {$tcl_platform(pointerSize) == 8}]
testConstraint faults       [expr {![info exists env(QEMU_LD_PREFIX)] || $tcl_platform(machine) eq "aarch64"}]
testConstraint ownSize      [expr {![testConstraint macos]}]
testConstraint longNames    [expr {![testConstraint macos]}]
testConstraint resizable    [expr {![testConstraint macos]}]
testConstraint sizedOnce    [expr {![testConstraint resizable]}]
testConstraint noSemValue   [expr {![testConstraint semValue]}]

# families are those of the package: each is an ensemble. types are those that the system has, in the order in which
# programs show them; segments, those that are shared segments with our own layout.

source [file join [file dirname [info script]] families.tcl]

set families [lmap command [lsort [info commands ::posix_ipc::*]] {
    if {![namespace ensemble exists $command]} continue
    namespace tail $command
}]
set types [dict keys $descriptions]
if {[testConstraint noQueues]} {
    set types [lsearch -all -inline -exact -not $types mq]
}
set segments [lmap family [dict keys $descriptions] {
    if {![described $family isSegment]} continue
    set family
}]

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

# fileOf, truncate, overwrite --
#
#       fileOf returns the file of the object with a name, except for a queue, under the constraint semFiles. truncate
#       empties it or shortens it, and overwrite writes bytes into it.

proc fileOf {family name} {
    switch $family {
        sem     {set prefix [expr {[testConstraint sharedNames] ? "" : "sem."}]}
        shm     {set prefix ""}
        default {set prefix posix_ipc.$family.}
    }
    return /dev/shm/$prefix[string range $name 1 end]
}

proc truncate {family name {size 0}} {
    set file [open [fileOf $family $name] {RDWR CREAT}]
    chan truncate $file $size
    close $file
}

proc overwrite {family name place bytes} {
    set file [open [fileOf $family $name] r+b]
    seek $file $place
    puts -nonewline $file $bytes
    close $file
}

# longestName --
#
#       How many bytes the longest name of an object has, the slash included: a file name has 255 at most, and glibc puts
#       "sem." before that of a semaphore. glibc before 2.34 takes two bytes less for a segment.

proc longestName {family} {
    return [switch $family {
        sem {expr {257 - [string length [file tail [fileOf sem /x]]]}}
        shm {expr {[failure {posix_ipc::shm open /[string repeat x 255]}] eq "POSIXIPC VALUE" ? 254 : 256}}
        mq  {expr 256}
        default {expr {257 - [string length [file tail [fileOf $family /x]]]}}
    }]
}

# shortSemaphore --
#
#       The errorCode with which open fails for a semaphore that was truncated. It depends on whether the system shows
#       that the file is short.

set shortSemaphore [expr {[testConstraint linux] ? "UNSUPPORTED" : "ERROR EIDRM"}]

# unlink --
#
#       Removes every object with one of the names, if any, for -cleanup. Returns what was removed, as "sem /name".

proc unlink {args} {
    set removed {}
    foreach name $args {
        foreach family $::families {
            if {![catch {posix_ipc::$family unlink $name}]} {
                lappend removed "$family $name"
            }
        }
    }
    return $removed
}

# small, fresh --
#
#       small returns the options of open for a small object; fresh, a handle of a new one under a name of its own, with
#       more options of open.

proc small {family} {
    return [described $family small]
}

proc fresh {family args} {
    return [posix_ipc::$family open [uniqueName] -flags CREX {*}[small $family] {*}$args]
}

# sized, padded --
#
#       sized returns the size of a segment that was created with this number of bytes: on macOS, it is rounded to whole
#       pages. padded returns the contents of such a segment after a text was written to its beginning: the text, and
#       zeros.

proc sized {bytes} {
    if {[testConstraint ownSize]} {
        return [expr {$bytes}]
    }
    set page [posix_ipc::constants PAGE_SIZE]
    return [expr {($bytes + $page - 1) / $page * $page}]
}

proc padded {text {bytes ""}} {
    if {$bytes eq ""} {
        set bytes [string length $text]
    }
    return [binary format a[sized $bytes] $text]
}

# objectAttributes --
#
#       The attributes that all families share, as far as the platform knows them: if objects are not files, a
#       semaphore's permissions cannot be read, and only a queue reports whether it still has its
#       name.

proc objectAttributes {family} {
    if {[testConstraint linux]} {
        return {-name -created -linked -mode -owner -group}
    }
    return [switch $family {
        sem     {list -name -created}
        mq      {list -name -created -linked -mode -owner -group}
        default {list -name -created -mode -owner -group}
    }]
}

# allAttributes --
#
#       All attributes of a family's handles, those that all share first.

proc allAttributes {family} {
    set own [described $family attributes]
    if {![testConstraint semValue]} {
        set own [lsearch -all -inline -exact -not $own -value]
    }
    return [list {*}[objectAttributes $family] {*}$own]
}

# forFamilies --
#
#       Evaluates tests in the caller's frame for each family, with $family
#       and $constraint set. Words before the tests are constraints of them all.

proc forFamilies {args} {
    set all [lrange $args 0 end-1]
    uplevel 1 [list foreach {family constraint} [concat {*}[lmap family $::families {
        list $family [expr {$family eq "mq" ? [list queues {*}$all] : $all}]
    }]] [lindex $args end]]
}

# drop --
#
#       Destroys handles and unlinks their names, for -cleanup. A handle may already be gone.

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
#       How many units a semaphore has. Takes them and gives them back, because not every system
#       reports it.

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
            error "the condition \"$condition\" did not become true in $milliseconds ms"
        }
        after 2
    }
}

# seconds --
#
#       How long a script takes, whatever its outcome.

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

# sendSignal --
#
#       Sends a signal to processes, with the kill that is built into the shell:
#       a bare system has no program of that name.

proc sendSignal {signal args} {
    exec sh -c "kill -$signal $args"
}

# blocked --
#
#       Whether a process waits in the kernel for a semaphore or a queue, according to the state of its main thread. On
#       a platform without timed waits, it sleeps.

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
#       Whether a process waits in its event loop: it has not run for a while, so it does not hold the lock of Tcl's
#       notifier, which a signal trap takes too.

proc asleep {pid} {
    set before [switches $pid]
    after 20
    return [expr {[blocked $pid] && [switches $pid] eq $before}]
}

proc switches {pid} {
    return [regexp -all -inline -line {ctxt_switches:.*$} [viewFile status /proc/$pid]]
}

# child, waiting, childCan --
#
#       Other processes with the package.

source [file join [file dirname [info script]] child.tcl]

# constrain --
#
#       Constraints for some files: a file sets only those that it needs, because each takes a process to find out.
#       queuesShown means that queues are listed that nobody has open. plain is a command for child create whose process
#       has no privilege to bypass permissions: if the tests run as root, it runs as the user "nobody", who then differs
#       from the user of the tests.

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

# stranger --
#
#       The outcome of a script in a process without privileges, which has the
#       name of an object in $name: the result, or the errorCode. More words are a
#       command under which it starts.

proc stranger {name script args} {
    set c [child create {*}$args {*}$::plain]
    try {
        child eval $c [list set name $name]
        child eval $c $script
    } on error {- options} {
        return [dict get $options -errorcode]
    } finally {
        child status $c
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
#       processIds returns all processes; commandLine, the words of a process's command line: none if the process is
#       gone or a zombie, or, in Tcl 9, if the bytes are not text.

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

# The notifier reports a channel once, so that its thread and its pipe exist before anything is counted.

apply {{} {
    lassign [chan pipe] in out
    chan event $in readable {set names::warm 1}
    puts $out warm
    close $out
    vwait names::warm
    close $in
    unset names::warm
}}

# Without epoll, the first call with a timeout starts a thread of the loop, which stays.

if {[testConstraint shmFolder]} {
    apply {{} {
        set sem [posix_ipc::sem open ""]
        set token [$sem acquire -timeout 1000 -command list]
        update
        $sem cancel $token
        update
        $sem unlink
        $sem destroy
    }}
}
if {[testConstraint procfs]} {
    resources::mark
}
