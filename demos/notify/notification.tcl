# SPDX-License-Identifier: BSD-3-Clause
# What the four demos have in common: a queue, a prompt, and the reaction to a
# notification.

source [file join [file dirname [info script]] .. utils.tcl]

set demo::name [string map {_ " "} $demo::name]

proc makeQueue {} {
    demo::params {MESSAGE_QUEUE_NAME PERMISSIONS}
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::mq open $::MESSAGE_QUEUE_NAME -flags CREX \
        -mode 0o$::PERMISSIONS -maxmessages 4 -maxmessagesize 256 \
        -encoding utf-8 -as queue]
}

# The next line that the user types, "" at the end. The event loop runs
# meanwhile, so a message from another program is noticed, too.
proc ask {} {
    puts -nonewline "Say something: "
    flush stdout
    chan event stdin readable {set line [gets stdin]}
    vwait line
    chan event stdin readable {}
    return $::line
}

# A notification does not say how many messages there are, so we receive until
# there are no more.
proc show {} {
    try {
        while 1 {
            lassign [queue receive -timeout 0] message
            demo::say "a notification, and in the queue \"$message\""
        }
    } trap {POSIXIPC BUSY} {} {
        set ::shown 1
    }
}

# Evaluates a script at each signal of this kind. A trap can run in the middle
# of anything, so it leaves the script to the event loop.
proc onSignal {signal script} {
    if {![catch {package require Tclx}]} {
        signal trap $signal [list after 0 $script]
    } elseif {![catch {package require Expect}]} {
        trap [list after 0 $script] $signal
    } else {
        throw {DEMO SIGNAL} "plain Tcl cannot trap a signal: this needs\
            TclX or Expect (packages tclx8.4 and tcl-expect in Debian)"
    }
}
