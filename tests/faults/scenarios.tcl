# SPDX-License-Identifier: BSD-3-Clause
# scenarios.tcl --
#
#       The scenarios that walk.tcl runs while calls fail. A scenario is a script that leaves nothing behind and has the
#       same result each time. It catches the errors that it expects; any other error is its result.
#
#       scenario name ?-less {call errnos reason ...}? ?-as kind? ?-needs call? script
#
#       -less       after one of these errors of a call, the result may differ, for
#                   this reason
#       -as bare    the script loads the package itself, into interpreters of
#                   its own
#       -as plain   the process has no privileges
#       -as mounted the same, and the file system of queues is mounted
#       -as full    /dev/shm has room for 16 kB
#       -as tuned   the limits of queues differ from the kernel's initial ones
#       -needs      skip the scenario if the library does not make this call

namespace eval scenarios {
    variable all {}
}

proc scenario {name args} {
    dict set scenarios::all $name [dict merge {-less {} -as usual -needs {}} \
        [lrange $args 0 end-1] [list -script [lindex $args end]]]
}

# using --
#
#       Evaluates a body with a handle in a variable, which is unlinked and destroyed in the end, however the body ends.

proc using {variable open body} {
    upvar 1 $variable handle
    set handle [uplevel 1 $open]
    try {
        uplevel 1 $body
    } finally {
        try {
            $handle unlink
        } finally {
            $handle destroy
        }
    }
}

# beside --
#
#       The same with a second handle of an object, which does not unlink it.

proc beside {variable open body} {
    upvar 1 $variable handle
    set handle [uplevel 1 $open]
    try {
        uplevel 1 $body
    } finally {
        $handle destroy
    }
}

# fails --
#
#       Evaluates a script that should fail with an errorCode. Any other outcome is passed on.

proc fails {code script} {
    try {
        uplevel 1 $script
    } trap $code {} {
        return $code
    }
    error "did not fail: $script"
}

# came, event, soon --
#
#       came ends a wait in the event loop with an outcome. event waits for it, and returns the result or throws the
#       error. soon evaluates a script in the event loop.

proc came {value} {
    set ::came [list 0 $value {}]
}

proc event {} {
    set timer [after 20000 {came late}]
    vwait ::came
    after cancel $timer
    lassign $::came code result options
    return -options [dict replace $options -code $code -level 0] $result
}

proc soon {script} {
    after 1 [list apply {script {
        if {[catch {uplevel #0 $script} result options]} {
            set ::came [list 1 $result $options]
        }
    }} $script]
}

interp bgerror {} {apply {{message options} {
    set ::came [list 1 $message $options]
}}}

# later --
#
#       Makes a call with -command, and returns or throws what it delivers.
#       A script is evaluated once the call has been tried; ::token has its
#       token.

proc later {call {script {}}} {
    set ::token [{*}$call -command {apply {{code result options} {
        set ::came [list $code $result $options]
    }}}]
    soon $script
    return [event]
}

# threadSleeps --
#
#       Waits until a thread waits for a word in memory, or a second has passed: if the call that failed would have
#       started the thread, there is none.

proc threadSleeps {} {
    for {set tries 0} {$tries < 1000} {incr tries} {
        foreach task [glob /proc/[pid]/task/*] {
            set file [open $task/wchan]
            set where [read $file]
            close $file
            if {[string match futex* $where]} return
        }
        after 1
    }
}

# awaited --
#
#       Evaluates a script in a coroutine and returns or throws its outcome.

proc awaited {script} {
    coroutine awaiting apply {{script} {
        set code [catch $script result options]
        after 0 [list set ::came [list $code $result $options]]
    }} $script
    return [event]
}

# settled --
#
#       The attributes of a handle, except those that the system tells at this moment: if a call for them fails, they
#       are missing or are numbers.

proc settled {handle} {
    return [dict remove [$handle configure] -fd -mqd -linked -mode -owner -group]
}

# Semaphores ----------------------------------------------------------------

set newSem {posix_ipc::sem open /faults -flags CREX -value 2}

scenario sem {
    using s {posix_ipc::sem open /faults -flags CREX -value 2 -mode 0640} {
        $s acquire
        $s acquire -timeout 20
        fails {POSIXIPC BUSY} {$s acquire -timeout 0}
        fails {POSIXIPC BUSY} {$s acquire -timeout 0.001}
        $s release
        $s release 3
        fails {POSIXIPC VALUE} {$s release 2147483647}
        beside t {posix_ipc::sem open /faults} {
            $t acquire
            list [settled $s] [$t cget -value] [llength [posix_ipc::handles]]
        }
    }
}

scenario sem-open {
    using s {posix_ipc::sem open "" -value 1} {
        fails {POSIXIPC EXISTENTIAL EEXIST} {posix_ipc::sem open [$s cget -name] -flags CREX}
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::sem open /faults}
        beside t {posix_ipc::sem open [$s cget -name] -flags CREAT -value 7} {
            $t cget -value
        }
    }
}

scenario sem-unlink {
    beside s $newSem {
        posix_ipc::sem unlink /faults
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::sem unlink /faults}
    }
}

scenario sem-close {
    using s $newSem {
        $s close
        fails {POSIXIPC EXISTENTIAL CLOSED} {$s acquire}
    }
}

scenario sem-with {
    using s $newSem {
        $s with {
            $s with -timeout 20 {
                fails {POSIXIPC BUSY} {$s with -timeout 0 {}}
            }
        }
        $s cget -value
    }
}

scenario sem-short -needs openat {
    set file [open /dev/shm/sem.faults w]
    close $file
    try {
        fails {POSIXIPC UNSUPPORTED} {posix_ipc::sem open /faults}
    } finally {
        file delete /dev/shm/sem.faults
    }
}

scenario sem-cut {
    using s $newSem {
        close [open /dev/shm/sem.faults w]
        fails {POSIXIPC ERROR EIDRM} {$s acquire -timeout 20}
        fails {POSIXIPC ERROR EIDRM} {$s release}
    }
}

scenario sem-later {
    using s $newSem {
        later [list $s acquire]
        later [list $s acquire -timeout 20]
        fails {POSIXIPC BUSY} {later [list $s acquire -timeout 0]}
        fails {POSIXIPC BUSY} {later [list $s acquire -timeout 0.002]}
        later [list $s acquire] [list $s release]
        later [list $s acquire -timeout 20] [list $s release]
        $s cget -value
    }
}

scenario sem-cancel {
    using s $newSem {
        $s acquire
        $s acquire
        fails {POSIXIPC CANCELED} {later [list $s acquire] "$s cancel \$token; $s cancel \$token"}
        fails {POSIXIPC CANCELED} {later [list $s acquire] [list $s close]}
    }
}

scenario sem-await {
    using s $newSem {
        awaited [list posix_ipc::await $s acquire]
        $s acquire
        soon [list $s release]
        awaited [list posix_ipc::await $s acquire -timeout 20]
        fails {POSIXIPC BUSY} {awaited [list posix_ipc::await $s acquire -timeout 0]}
        coroutine ended posix_ipc::await $s acquire
        rename ended {}
        $s cget -value
    }
}

# Shared memory -------------------------------------------------------------

scenario shm {
    using m {posix_ipc::shm open /faults -flags CREX -size 10000 -mode 0640} {
        $m write 0 hello
        $m write 9000 world
        beside r {posix_ipc::shm open /faults -readonly 1} {
            set all [list [$r read 0 5] [string length [$r read]] [$r read 9000 5]]
            fails {POSIXIPC PERMISSIONS} {$r write 0 x}
            fails {POSIXIPC RANGE} {$r read 9999 2}
            $m resize 20000
            $m write 15000 longer
            lappend all [$r read 15000 6] [$r cget -size]
        }
        $m write 1 x
        $m resize 3
        fails {POSIXIPC RANGE} {$m read 2 2}
        lappend all [$m read] [settled $m]
    }
}

scenario shm-open {
    using m {posix_ipc::shm open "" -size 100} {
        set name [$m cget -name]
        fails {POSIXIPC EXISTENTIAL EEXIST} {posix_ipc::shm open $name -flags CREX -size 1}
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::shm open /faults}
        beside t {posix_ipc::shm open $name -flags CREAT -size 5000} {
            set size [$m cget -size]
        }
        beside t {posix_ipc::shm open $name -flags CREAT -minsize 6000} {
            lappend size [$m cget -size]
        }
        beside t {posix_ipc::shm open $name -flags TRUNC} {
            lappend size [$m cget -size]
        }
    }
}

scenario shm-unlink {
    beside m {posix_ipc::shm open /faults -flags CREX} {
        posix_ipc::shm unlink /faults
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::shm unlink /faults}
        $m close
        fails {POSIXIPC EXISTENTIAL CLOSED} {$m read}
    }
}

# Another process may truncate memory between the check of the size and the access. Here it is truncated after it was
# mapped, before an access that does not check the size.

scenario shm-cut {
    using m {posix_ipc::shm open /faults -flags CREX -size 100000} {
        $m write 0 x
        beside t {posix_ipc::shm open /faults} {
            $t resize 5000
        }
        fails {POSIXIPC RANGE} {$m read 50000 10}
        fails {POSIXIPC RANGE} {$m write 5000 x}
        $m read 4990
    }
}

# Types, and atomic operations.

scenario shm-typed {
    using m {posix_ipc::shm open /faults -flags CREX -size 100000} {
        set type {array 600 {a int8 b {chars[5]} c int32}}
        $m set 0 $type [lrepeat 600 {a 1 b text c 7}]
        $m set 0 $type [lrepeat 600 {c 8}]
        set all [list [lindex [$m get 0 $type] 599] [$m get 1 {bytes[4]}]]
        lappend all [$m incr 80000 int64 5] [$m swap 80000 int64 6] [$m cas 80000 int64 6 7]
        $m set 99996 int32 3 -wake all
        fails {POSIXIPC BUSY} {$m wait 99996 3 -timeout 0}
        lappend all [$m wait 99996 4] [$m wake 0] [$m get 99996 int32]
    }
}

scenario shm-wait-later {
    using m {posix_ipc::shm open /faults -flags CREX -size 10000} {
        fails {POSIXIPC CANCELED} {later [list $m wait 4 0] "$m cancel \$token"}
        fails {POSIXIPC BUSY} {later [list $m wait 8 0 -timeout 0.002]}
        later [list $m wait 8 0] [list $m incr 8 int32 -wake 1]
    }
}

# Memory that is reserved at once.

scenario shm-reserve {
    using m {posix_ipc::shm open /faults -flags CREX -minsize 100 -reserve 1} {
        $m resize 5000
        beside t {posix_ipc::shm open /faults -flags CREAT -minsize 9000 -reserve 1} {
            set all [$t cget -size]
        }
        beside t {posix_ipc::shm open /faults -flags TRUNC -size 50 -reserve 1} {
            lappend all [$t cget -size]
        }
    }
}

# Permissions. Those of a semaphore can be reached only by its name.

scenario sem-mode -needs openat {
    using h {posix_ipc::sem open /faults -flags CREX} {
        $h configure -mode 0640 -group 0
        $h cget -mode
    }
}

scenario shm-mode {
    using h {posix_ipc::shm open /faults -flags CREX -size 10} {
        $h configure -mode 0640 -group 0
        $h cget -mode
    }
}

scenario sem-at {
    using m {posix_ipc::shm open /faults -flags CREX -size 10000} {
        beside s {posix_ipc::sem at $m 64 -value 1} {
            $s acquire
            fails {POSIXIPC BUSY} {$s acquire -timeout 0.01}
            $s release 2
            set all [list [$s cget -value] [$s cget -created] [string range [$s cget -name] end-2 end]]
        }
        set all
    }
}

# A segment that is too large for the address space is mapped in windows.

scenario shm-large {
    using m {posix_ipc::shm open /faults -flags CREX -size [expr {1 << 48}]} {
        $m write 12345678901 far
        fails {POSIXIPC RANGE} {$m read [expr {1 << 48}] 1}
        $m read 12345678900 5
    }
}

scenario shm-full -as full {
    using m {posix_ipc::shm open /faults -flags CREX -size 100000} {
        fails {POSIXIPC ERROR ENOSPC} {$m write 0 [string repeat x 100000]}
        $m write 0 x
        $m read 0 1
    }
}

# Message queues ------------------------------------------------------------

set newMq {posix_ipc::mq open /faults -flags CREX -maxmessages 2 -maxmessagesize 20}

scenario mq {
    using q {posix_ipc::mq open /faults -flags CREX -maxmessages 2 -maxmessagesize 20 -encoding utf-8 -mode 0640} {
        $q send one
        $q send two -priority 3 -timeout 20
        fails {POSIXIPC BUSY} {$q send three -timeout 0}
        fails {POSIXIPC BUSY} {$q send three -timeout 0.001}
        set all [list [$q cget -currentmessages] [$q receive] [$q receive -timeout 20]]
        fails {POSIXIPC BUSY} {$q receive -timeout 0}
        fails {POSIXIPC VALUE} {$q send [string repeat x 21]}
        beside r {posix_ipc::mq open /faults -write 0 -blocking 0} {
            fails {POSIXIPC BUSY} {$r receive}
            fails {POSIXIPC PERMISSIONS} {$r send x}
        }
        lappend all [settled $q]
    }
}

scenario mq-open {
    using q {posix_ipc::mq open "" -maxmessages 2 -maxmessagesize 20} {
        set name [$q cget -name]
        fails {POSIXIPC EXISTENTIAL EEXIST} {posix_ipc::mq open $name -flags CREX -maxmessages 1 -maxmessagesize 1}
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::mq open /faults}
        fails {POSIXIPC VALUE} {posix_ipc::mq open /faults -flags CREX -maxmessages 100000}
        fails {POSIXIPC VALUE} {posix_ipc::mq open /faults -flags CREX -maxmessagesize 100000000}
        beside w {posix_ipc::mq open $name -flags CREAT -read 0} {
            $w send x
        }
        $q receive
    }
}

scenario mq-unlink {
    beside q $newMq {
        posix_ipc::mq unlink /faults
        fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::mq unlink /faults}
        $q close
        fails {POSIXIPC EXISTENTIAL CLOSED} {$q receive}
    }
}

scenario mq-default {
    using q {posix_ipc::mq open /faults -flags CREX} {
        expr {[$q cget -maxmessages] > 0 && [$q cget -maxmessagesize] > 0}
    }
}

# If one limit of a new queue is given, the default of the other is read.

scenario mq-open-tuned -needs openat -as tuned -less {fopen ENOENT "what the kernel starts with"} {
    using q {posix_ipc::mq open /faults -flags CREX -maxmessagesize 20} {
        $q cget -maxmessages
    }
}

scenario mq-later {
    using q $newMq {
        later [list $q send one]
        later [list $q send two -priority 1 -timeout 20]
        fails {POSIXIPC BUSY} {later [list $q send three -timeout 0]}
        fails {POSIXIPC BUSY} {later [list $q send three -timeout 0.002]}
        set all [list [later [list $q send three] [list $q receive]]]
        lappend all [later [list $q receive]] [later [list $q receive -timeout 20]]
        fails {POSIXIPC BUSY} {later [list $q receive -timeout 0.002]}
        lappend all [later [list $q receive -timeout 20] [list $q send four]]
    }
}

scenario mq-cancel {
    using q $newMq {
        fails {POSIXIPC CANCELED} {later [list $q receive] "$q cancel \$token"}
        fails {POSIXIPC CANCELED} {later [list $q receive] [list $q close]}
    }
}

scenario mq-await {
    using q $newMq {
        awaited [list posix_ipc::await $q send one]
        set all [list [awaited [list posix_ipc::await $q receive]]]
        soon [list $q send two]
        lappend all [awaited [list posix_ipc::await $q receive -timeout 20]]
        coroutine ended posix_ipc::await $q receive
        rename ended {}
        set all
    }
}

scenario mq-event {
    using q $newMq {
        $q event writable {came writable}
        set all [event]
        $q event writable {}
        $q event readable [list apply {q {came [$q receive]}} $q]
        soon [list $q send one]
        lappend all [event]
        $q send two
        lappend all [event] [$q event writable]
        $q event readable {}
        set all
    }
}

scenario mq-notify {
    using q $newMq {
        $q notify -command came
        fails {POSIXIPC BUSY} {$q notify -command came}
        $q send one
        set all [event]
        $q receive
        $q notify -command came
        $q notify
        $q notify -signal SIGRTMIN+1
        $q notify
        $q notify -signal 10
        $q notify
        $q notify -signal SIGURG
        fails {POSIXIPC BUSY} {$q notify -signal SIGUSR1}
        $q send two
        $q notify
        llength $all
    }
}

# Closing another descriptor of the queue does not end this one's registration.

scenario mq-notify-beside {
    using q $newMq {
        $q notify -command came
        beside r {posix_ipc::mq open /faults} {
            $r close
        }
        $q send one
        event
        $q receive
        $q notify -signal SIGURG
        beside w {posix_ipc::mq open /faults -read 0} {
            $w close
        }
        $q notify
        $q notify -signal SIGURG
    }
}

scenario mq-notify-info -needs openat {
    using q $newMq {
        $q notify -command came
        posix_ipc::mq info /faults
        $q send one
        llength [event]
    }
}

# If a queue may not be read, its file does not show which process is
# registered.

scenario mq-notify-write-only {
    using r $newMq {
        beside q {posix_ipc::mq open /faults -read 0} {
            $q notify -command came
            beside w {posix_ipc::mq open /faults -read 0} {
                $w close
            }
            $q send one
            event
            $q notify -command came
            $q notify
        }
        $r notify -signal SIGURG
    }
}

# What is in the system -----------------------------------------------------

# known --
#
#       The facts of info, except those that change.

proc known {family} {
    return [dict remove [posix_ipc::$family info /faults] mtime]
}

# held --
#
#       The holders: this process.

proc held {family} {
    return [list [posix_ipc::$family holders /faults -pids [pid]] [posix_ipc::$family holders -pids [pid]]]
}

# Things that the caller may not see, or that vanish meanwhile, are skipped.

set hidden {EACCES EPERM ENOENT ESRCH}
set less {}
foreach call {open openat opendir fstatat statx statfs readlinkat fdopendir read __getdelim} {
    lappend less $call $hidden "it may not be seen"
}
set lessInfo [list {*}$less \
    read {EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR} "the value can't be read" \
    sem_getvalue EINVAL "the value can't be read" \
    mq_open EACCES "the queue may be written alone" \
    mq_getattr {EBADF EINVAL} "the limits can't be read" \
    pread {EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR ENXIO EOVERFLOW ESPIPE} "the status can't be read"]

foreach {family open} {
    sem {posix_ipc::sem open /faults -flags CREX}
    shm {posix_ipc::shm open /faults -flags CREX -size 10}
    mq  {posix_ipc::mq open /faults -flags CREX -maxmessages 2 -maxmessagesize 20}
} {
    set filled [list FAMILY $family OPEN $open]
    scenario $family-list -needs openat -less $less [string map $filled {
        using h {OPEN} {
            list [posix_ipc::FAMILY list] [posix_ipc::FAMILY list /none*]
        }
    }]
    scenario $family-info -needs openat -less $lessInfo [string map $filled {
        using h {OPEN} {
            fails {POSIXIPC EXISTENTIAL ENOENT} {posix_ipc::FAMILY info /none}
            known FAMILY
        }
    }]
    scenario $family-holders -needs openat -less $less [string map $filled {
        using h {OPEN} {held FAMILY}
    }]
}

# If something about the processes cannot be read, the result is marked as incomplete.

set lessSeen [list {*}$less \
    stat {EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW} "the namespace is not known" \
    access {EACCES EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS ETXTBSY} "the first process is not seen" \
    process_vm_readv {EFAULT EINVAL ENOMEM EPERM ESRCH} "the words that a thread waits for can't be read"]

scenario shm-complete -needs openat -less $lessSeen {
    using m {posix_ipc::shm open /faults -flags CREX -size 10} {
        llength [posix_ipc::shm holders /faults complete]
    }
}

scenario shm-waiters -needs process_vm_readv -less $lessSeen {
    using m {posix_ipc::shm open /faults -flags CREX -size 10} {
        fails {POSIXIPC CANCELED} {later [list $m wait 4 0] [string map [list %m $m] {
            threadSleeps
            set ::waiters [posix_ipc::shm waiters /faults]
            %m cancel $token
        }]}
        string is list $::waiters
    }
}

# Locks -----------------------------------------------------------------------

scenario lock {
    using l {posix_ipc::lock open /faults -flags CREX -permits 2} {
        $l acquire
        beside k {posix_ipc::lock open /faults} {
            fails {POSIXIPC BUSY} {$k acquire -permits all -timeout 0.001}
            $k acquire
            $k release
        }
        $l release
        list [$l cget -permits] [$l cget -free]
    }
}

# Rings -----------------------------------------------------------------------

scenario ring {
    using r {posix_ipc::ring open /faults -flags CREX -size 4096} {
        $r sendlist {a b c}
        beside q {posix_ipc::ring open /faults} {
            lassign [$q take] - token
            $q requeue $token
            $q take
        }
        $r with job {}
        fails {POSIXIPC BUSY} {$r send [string repeat x 2048] -timeout 0.02; $r send [string repeat x 2048] -timeout 0.02}
        list [llength [$r receivelist]] [$r cget -taken] [$r cget -size]
    }
}

scenario ring-info -needs openat -less $lessInfo {
    using r {posix_ipc::ring open /faults -flags CREX -size 4096} {
        $r sendlist {a b}
        $r take
        list [dict get [posix_ipc::ring info /faults] type] [posix_ipc::ring waiters /faults] [posix_ipc::ring peek /faults]
    }
}

scenario ring-later {
    using r {posix_ipc::ring open /faults -flags CREX -size 4096} {
        list [later [list $r receive] [list $r send later]] [later [list $r send [string repeat x 2000]]] \
            [later [list $r send [string repeat y 2047]] [list $r receive]] [string length [$r receive]]
    }
}

scenario ring-event {
    using r {posix_ipc::ring open /faults -flags CREX -size 4096} {
        $r event readable [list came readable]
        soon [list $r send x]
        event
    }
}

scenario topic {
    using t {posix_ipc::topic open /faults -flags CREX -size 4096} {
        beside r {posix_ipc::topic open /faults -readonly 1} {
            $t publish hello
            fails {POSIXIPC BUSY} {
                $r receive
                $r receive -timeout 0.001
            }
            list [$t receive] [$r latest] [$t cget -published]
        }
    }
}

scenario topic-event {
    using t {posix_ipc::topic open /faults -flags CREX -size 4096} {
        $t event readable [list apply {t {
            $t event readable {}
            came [$t receive]
        }} $t]
        soon [list $t publish hello]
        event
    }
}

scenario topic-later {
    using t {posix_ipc::topic open /faults -flags CREX -size 4096} {
        later [list $t receive] [list $t publish [string repeat x 2000]]
    }
}

# Without privilege, queues are found by the descriptors of processes.

set lessNames [list {*}$less mq_open ENOENT "it is not there by its name" fstat ENOENT "as mq_open"]
set lessMounted {
    setmntent {EACCES ENOENT} "no mount may be seen"
    open ENOTDIR "it is mounted elsewhere"
    fstatfs ENOENT "it is mounted elsewhere"
}

scenario mq-list-plain -needs openat -as plain -less $lessNames {
    using q $newMq {
        beside r {posix_ipc::mq open /faults} {
            using p {posix_ipc::mq open /another -flags CREX -maxmessages 2 -maxmessagesize 20} {
                posix_ipc::mq list
            }
        }
    }
}

# A queue that no process has open is found only in the directory.

foreach {kind causes} [list \
    usual   {syscall {EACCES EPERM ENODEV ENOSYS} "no mount may be made" openat ENODEV "as syscall"} \
    mounted $lessMounted \
] {
    scenario mq-list-orphan-$kind -needs openat -as $kind -less [list {*}$lessNames {*}$causes] {
        using q $newMq {
            $q close
            posix_ipc::mq list
        }
    }
}

# A queue that no process may open is found as long as a visible process has it
# open.

scenario mq-info-plain -needs openat -as plain -less [list {*}$lessInfo statfs ENOSYS "it is not known for a queue" \
        fstatfs EACCES "it may not be seen"] {
    set seen ""
    using r {posix_ipc::mq open /third -flags CREX -maxmessages 2 -maxmessagesize 20} {
        using q {posix_ipc::mq open /faults -flags CREX -mode 0 -maxmessages 2 -maxmessagesize 20} {
            beside p {posix_ipc::mq open /another -flags CREX -maxmessages 2 -maxmessagesize 20} {
                posix_ipc::mq unlink /another
                try {
                    set seen [dict remove [posix_ipc::mq info /faults] mtime]
                } trap {POSIXIPC PERMISSIONS} {} {}
            }
            $q close
            fails {POSIXIPC PERMISSIONS} {posix_ipc::mq info /faults}
        }
    }
    set seen
}

scenario mq-info-mounted -needs openat -as mounted -less [list {*}$lessInfo {*}$lessNames {*}$lessMounted \
        fstat EACCES "it may not be seen" fstatfs EACCES "it may not be seen"] {
    using q {posix_ipc::mq open /faults -flags CREX -mode 0 -maxmessages 2 -maxmessagesize 20} {
        $q close
        try {
            known mq
        } trap {POSIXIPC PERMISSIONS} {} {}
    }
}

scenario mq-holders-plain -needs openat -as plain -less $lessNames {
    using q $newMq {
        posix_ipc::mq holders -pids [pid]
    }
}

scenario holders-of-all -needs openat -less $less {
    using s $newSem {
        posix_ipc::sem holders /faults
    }
}

scenario constants -needs openat -as tuned -less {
    fopen ENOENT "what the kernel starts with"
    sem_init ENOSYS "semaphores have no value"
} {
    list [posix_ipc::constants] [posix_ipc::constants PAGE_SIZE]
}

# The package ---------------------------------------------------------------

# bare --
#
#       Evaluates a script in an interpreter of its own, into which the library was
#       loaded.

proc bare {script} {
    interp create inner
    try {
        inner eval [list load $::library Posix_ipc]
        inner eval $script
    } finally {
        interp delete inner
    }
}

scenario load -as bare {
    bare {
        set s [posix_ipc::sem open /faults -flags CREX -value 1]
        try {
            $s acquire
            $s acquire -timeout 20 -command {apply {{args} {set ::came $args}}}
            after 1 [list apply {s {
                if {[catch {$s release} result options]} {
                    set ::came [list 1 $result $options]
                }
            }} $s]
            after 20000 {set ::came {1 late {}}}
            vwait ::came
        } finally {
            $s unlink
        }
        lassign $::came code result options
        return -code $code -options $options $result
    }
}

scenario end -as bare {
    bare {
        set s [posix_ipc::sem open ""]
        $s unlink
        $s acquire -command list
        set q [posix_ipc::mq open "" -maxmessages 2 -maxmessagesize 20]
        $q unlink
        $q event readable list
        $q notify -command list
        $q receive -command list
        set m [posix_ipc::shm open "" -size 10]
        $m unlink
        $m write 0 x
        update
    }
}

set errnos {EINTR EIO EMFILE ENFILE ENOMEM ERANGE}

scenario owner -needs openat -as bare -less [list getpwuid_r $errnos "a number stands for the name" \
                                                     getgrgid_r $errnos "a number stands for the name" \
                                                     realloc ENOMEM "a number stands for the name"] {
    bare {
        set s [posix_ipc::sem open ""]
        try {
            set info [posix_ipc::sem info [$s cget -name]]
            list [dict get $info owner] [dict get $info group]
        } finally {
            $s unlink
        }
    }
}
