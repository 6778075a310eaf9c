# SPDX-License-Identifier: BSD-3-Clause
# all.tcl --
#
#       Runs the test files, each in a process of its own, and ends with the sums.
#       The arguments are tcltest's: -file sem-*.test, -match sem-open-1.* and so on.
#       Exits with 1 if a test failed or none passed, if a file did not finish or
#       left something in the system, or if a sanitizer or valgrind reports an error
#       or a leak in any of its processes.

package require Tcl 8.6-
package require tcltest 2.5
package require posix_ipc

set here [file dirname [file normalize [info script]]]
set patience [expr {10 * 60 * 1000}]    ;# milliseconds that a file may take
set columns {Total Passed Skipped Failed}
set failures {}
set families [lmap command [info commands ::posix_ipc::*] {
    if {![namespace ensemble exists $command]} continue
    namespace tail $command
}]

# files --
#
#       The test files that -file and -notfile choose.

proc files {} {
    set chosen {}
    foreach file [glob -nocomplain -tails -directory $::here {*}[tcltest::configure -file]] {
        set notfile [lmap pattern [tcltest::configure -notfile] {
            if {![string match $pattern $file]} continue
            set pattern
        }]
        if {[file extension $file] eq ".test" && $notfile eq ""} {
            lappend chosen $file
        }
    }
    return [lsort -unique $chosen]
}

# run --
#
#       Runs one file and adds its sums to those of the suite. A file that does not
#       finish counts as a failed test.

proc run {file} {
    set before [temporaries]
    set pipe [open |[list [tcltest::interpreter] [file join $::here $file] \
                         {*}$::argv 2>@stderr] r]
    set id [pid $pipe]
    set watchdog [after $::patience [list stop $id]]
    chan configure $pipe -blocking 0
    chan event $pipe readable {set readable 1}
    set sums {}
    while {![chan eof $pipe]} {
        vwait readable
        while {[gets $pipe line] >= 0} {
            puts $line
            if {[string match "$file:\tTotal\t*" $line]} {
                set sums [lrange [split $line \t] 1 end]
            }
        }
    }
    after cancel $watchdog
    chan configure $pipe -blocking 1
    foreach {column count} $sums {
        incr ::suite($column) $count
    }
    if {[catch {close $pipe} message]} {
        fail "$file ended with an error: $message"
    } elseif {$sums eq ""} {
        fail "$file did not finish"
    } elseif {[dict get $sums Failed] > 0} {
        lappend ::failures $file
    }
    foreach object [sweep $id] {
        fail "$file left $object in the system"
    }
    sweepTemporaries $before
    # The last line shows .ci/run where a report ends.
    foreach report [takeReports] {
        fail "$file has a report of a sanitizer or of valgrind"
        puts "$report\n==== $file FAILED"
    }
}

# stop --
#
#       Kills a test file that hangs, and its child processes, which would not end on
#       their own.

proc stop {id} {
    foreach victim [list {*}[childrenOf $id] $id] {
        catch {exec sh -c "kill -KILL $victim"}
    }
}

# childrenOf --
#
#       The child processes of a process, if there is a /proc: proc(5). In a line,
#       the state stands between the name of a process and the id of its parent.

proc childrenOf {id} {
    return [lmap folder [glob -nocomplain -directory /proc {[0-9]*}] {
        if {[catch {tcltest::viewFile stat $folder} stat] || ![regexp "\\) \\S $id " $stat]} continue
        file tail $folder
    }]
}

# fail --
#
#       Counts a failure that no test of the file reported.

proc fail {message} {
    puts "==== $message FAILED"
    incr ::suite(Total)
    incr ::suite(Failed)
    lappend ::failures $message
}

# sweep --
#
#       Removes what a test file has left under the names of its uniqueName,
#       and returns it.

proc sweep {id} {
    set left {}
    for {set n 0} {$n < 500} {incr n} {
        foreach family $::families {
            if {![catch {posix_ipc::$family unlink /tcl-$id-$n}]} {
                lappend left "$family /tcl-$id-$n"
            }
        }
    }
    return $left
}

# temporaries, sweepTemporaries --
#
#       The empty files of this user in which the C library has begun to create a
#       semaphore, if the system shows them. Such a file is empty for a moment of
#       sem_open(3), but stays so if the process is killed just then, as some tests
#       do. Other programs, such as lsipc(1), die of SIGBUS when they read it. So
#       files that are new and still there after a second are removed.

proc temporaries {} {
    return [lmap path [glob -nocomplain -types f -directory /dev/shm sem.??????] {
        if {![regexp {\.[0-9A-Za-z]{6}$} $path] || [catch {
            expr {[file owned $path] && [file size $path] == 0}
        } isOne] || !$isOne} continue
        set path
    }]
}

proc sweepTemporaries {before} {
    set come [lmap path [temporaries] {
        if {$path in $before} continue
        set path
    }]
    if {$come eq ""} return
    after 1000
    foreach path [temporaries] {
        if {$path in $come} {
            puts "$path of a killed process is removed"
            file delete $path
        }
    }
}

# keepReports, takeReports --
#
#       The reports of a sanitizer or valgrind about the processes of a test file go to
#       files in a directory. They are read when the test file has ended. Two remarks
#       are ignored: about system calls that valgrind does not know, and about threads
#       that a forked process does not have. Some processes belong to another user.

proc keepReports {folder} {
    file mkdir $folder
    file attributes $folder -permissions 0o1777
    foreach variable {ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS} {
        append ::env($variable) :log_path=[file join $folder report]
    }
    set ::env(REPORTS) $folder
}

proc takeReports {} {
    return [lmap path [glob -nocomplain -directory $::env(REPORTS) *] {
        set file [open $path]
        set report [read $file]
        close $file
        file delete $path
        if {![regexp -line {^(?!--\d+-- |==\d+==Running thread ).} $report]} continue
        set report
    }]
}

# found --
#
#       The semaphores and segments with random names, if the system shows them as
#       files.

proc found {} {
    set names [glob -nocomplain -tails -directory /dev/shm sem.tcl* tcl*]
    return [lsearch -all -inline -regexp $names {^(sem\.)?tcl[0-9a-v]{9}$}]
}

# reportFound --
#
#       Counts those that are new, and stay: another program may use some for a
#       moment.

proc reportFound {before} {
    for {set n 0} {$n < 50} {incr n} {
        set left [lmap name [found] {
            if {$name in $before} continue
            set name
        }]
        if {$left eq ""} return
        after 100
    }
    foreach name $left {
        fail "/dev/shm/$name was left in the system"
    }
}

chan configure stdout -buffering line
tcltest::configure {*}$argv
foreach column $columns {
    set suite($column) 0
}
set before [found]
keepReports [file join [tcltest::temporaryDirectory] reports-[pid]]
foreach file [files] {
    run $file
}
file delete -force $env(REPORTS)
reportFound $before
if {$suite(Passed) + $suite(Failed) == 0} {
    fail "all.tcl: none of $suite(Total) tests was run"
}
if {[llength $failures]} {
    puts "\nFailed:\n    [join $failures "\n    "]"
}
puts "all.tcl:[join [lmap column $columns {string cat \t $column \t $suite($column)}] ""]"
exit [expr {$suite(Failed) > 0}]
