# SPDX-License-Identifier: BSD-3-Clause
# cleanup.tcl --
#
#       The package posix_ipc::cleanup: removes the names of a program's objects
#       when the program ends, however it ends.
#
#           package require posix_ipc::cleanup
#           set jobs [posix_ipc::cleanup [posix_ipc::mq open /jobs -flags CREX]]
#
#       posix_ipc::cleanup ?handle ...?
#           From now on, the objects of these handles are unlinked when the process
#           ends: by exit, an error, or a signal, SIGKILL included. Destroying a
#           handle cancels this, so a program that unlinks an object itself should
#           then destroy the handle. The result is the handle, or a list of several.
#           Without a handle, the command only makes its preparations, which
#           take some milliseconds the first time.
#
#       A shell that runs alongside the process does this, because a signal ends
#       plain Tcl at once, and nothing can trap SIGKILL. The shell reads a pipe,
#       which the kernel closes when the process is gone, then unlinks by name what
#       is left. Its lines are "+ family name" and "- family name", with the name in
#       hexadecimal, because a name may contain line breaks; and "done", after which
#       there is nothing to do.
#
#       Traps: a child process (fork) inherits the pipe, so the shell waits for it
#       too. The child itself cleans up nothing. The shell must not be killed by
#       the signals that a terminal sends to all its processes, so it ignores them.

package require Tcl 8.6-
package require posix_ipc
source [file join [file dirname [info script]] families.tcl]

namespace eval ::posix_ipc::cleanup {
    variable handles {}     ;# a dict: command -> {family name}
    variable keeper ""      ;# the pipe to the shell
    variable owner ""       ;# the process that has started it
    variable folder [file dirname [file normalize [info script]]]

    variable shell {
        trap "" HUP INT QUIT TERM
        echo ready
        lines= last=
        while read -r last; do
            lines="$lines$last
"
            [ "$last" != done ] || exit 0
        done
        printf %s "$lines" | "$@"
    }
}

proc ::posix_ipc::cleanup {args} {
    if {$cleanup::keeper eq ""} {
        cleanup::Start
    }
    set names [lmap handle $args {cleanup::Identify $handle}]
    foreach handle $args name $names {
        cleanup::Add [uplevel 1 [list namespace which -command $handle]] $name
    }
    return [expr {[llength $args] == 1 ? [lindex $args 0] : $args}]
}

# Start --
#
#       Starts the shell, and waits until it ignores signals. For a program with a
#       window, the shell runs tclsh to unlink, because wish would need a display.

proc ::posix_ipc::cleanup::Start {} {
    variable keeper
    variable owner [pid]
    variable folder
    variable shell
    set program [info nameofexecutable]
    if {[info exists ::tk_version]} {
        set program [auto_execok tclsh[info tclversion]]
    }
    set load [package ifneeded posix_ipc [package present posix_ipc]]
    set keeper [open |[list sh -c $shell sh {*}$program [file join $folder unlinkLeft.tcl] $load 2>/dev/null] r+]
    chan configure $keeper -buffering line -translation lf
    gets $keeper
    trace add execution ::exit enter [namespace code AtExit]
}

# Identify --
#
#       The family and the name of a handle's object. Not every system has an attribute
#       by which semaphores are recognized.

proc ::posix_ipc::cleanup::Identify {handle} {
    set values [uplevel 2 [list $handle configure]]
    set family sem
    dict for {itsFamily attribute} $::posix_ipc::families::attributes {
        if {[dict exists $values $attribute]} {
            set family $itsFamily
        }
    }
    return [list $family [dict get $values -name]]
}

proc ::posix_ipc::cleanup::Add {handle name} {
    variable handles
    if {[dict exists $handles $handle]} return
    dict set handles $handle $name
    Record + $name
    trace add command $handle rename [namespace code [list Renamed]]
    trace add command $handle delete [namespace code [list Remove]]
}

proc ::posix_ipc::cleanup::Renamed {before after -} {
    variable handles
    set name [dict get $handles $before]
    dict unset handles $before
    dict set handles $after $name
}

proc ::posix_ipc::cleanup::Remove {handle args} {
    variable handles
    if {[dict exists $handles $handle]} {
        Record - [dict get $handles $handle]
        dict unset handles $handle
    }
}

# Record --
#
#       Writes a line for the shell. If the shell was killed, "exit" still cleans
#       up.

proc ::posix_ipc::cleanup::Record {sign name} {
    variable keeper
    variable owner
    if {[pid] == $owner} {
        lassign $name family text
        catch {puts $keeper "$sign $family [binary encode hex [encoding convertto utf-8 $text]]"}
    }
}

# AtExit --
#
#       Unlinks all objects by their handles, so that an object of another
#       program that has the name by now is left alone. Does so only in the
#       process that created them.

proc ::posix_ipc::cleanup::AtExit {args} {
    variable handles
    variable keeper
    variable owner
    if {[pid] != $owner} return
    foreach handle [dict keys $handles] {
        catch {$handle unlink}
    }
    set handles {}
    catch {
        puts $keeper done
        close $keeper
    }
}

package provide posix_ipc::cleanup [package present posix_ipc]
