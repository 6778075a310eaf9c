# SPDX-License-Identifier: BSD-3-Clause
# The command line: its usage, and its words as options.

set kinds $::posix_ipc::families::all
set usage "usage: [file tail $argv0] ?option ...? ?pattern?

Shows the named semaphores, segments, queues, locks, rings and topics of the system.

  pattern           show only names that match it, such as '/job*'
  --[join $kinds { --}]
                    show only these kinds
  --problems        show only objects with a problem
  --left            show only objects that no visible process has open
  --sort column     sort by kind, name, mode, owner, state, waiting, problem, age
                    or holders; with a minus sign, as in -age, in reverse
  --watch ?seconds? print the table each second, or at this interval, until
                    interrupted
  --as type         print the contents of segments, decoded as a type of
                    \"shm get\": --as '{id int32 temperature double}' /board
  --json, --csv     print the objects for other programs
  --unlink          remove what was found, after asking; needs a pattern, --left
                    or both
  --yes             do not ask
  -h, --help        print this text

Columns:
  STATE     a semaphore's value; a segment's size; messages and bytes of a queue, a
            ring or a topic; free permits of a lock. A dash: you may not read the
            object, or it is damaged
  WAITING   how many calls wait for the object right now. A dash: a segment, whose
            waiting calls are not counted; ?: there may be calls that you cannot see
  PROBLEM   stuck: a semaphore stays at 0, or a lock stays held by the same owners,
            while a call waits
            abandoned: the owner of a lock died, or gave it up
            full, filling: a queue or a ring has no room for more messages, or little
            late, failing: the next message of a ring has waited for a minute (with
            --watch), or was taken three times and came back
            orphaned: no process has the object open, so perhaps a program forgot to
            remove it
            unclaimed: no process that you can see has the object open, but some
            processes could not be examined
            The last two are shown only if AGE is at least 10 seconds; --left shows
            younger objects, too
  AGE       time since the object was created; for a queue, since its last message
            came or went; for a segment, since its size changed
  HOLDERS   the processes that have the object open, by script or program; for
            a lock, also its owners
  ?         unknown. Under HOLDERS: no process that you can see has it open, but some
            could not be examined, usually because they belong to other users. On
            a terminal, the last line says how many

Exit status: 0 if an object was found, 1 if none was or none was removed, 2 after
an error."

# The words as a dict: action, types, pattern, seconds, yes, isProblem, isLeft, sort, type (of --as).
# No types mean all that the system has.
proc options {words} {
    set actions {}
    set types {}
    set patterns {}
    set options {seconds 1 yes 0 isProblem 0 isLeft 0 sort "" type ""}
    while {[llength $words]} {
        set words [lassign $words word]
        switch -glob -- $word {
            --json - --csv - --unlink {
                lappend actions [string range $word 2 end]
            }
            --as {
                lappend actions as
                if {![llength $words]} {
                    failUsage "--as needs a type"
                }
                set words [lassign $words type]
                dict set options type [readType $type]
            }
            --watch {
                lappend actions watch
                if {[string is double -strict [lindex $words 0]]} {
                    set words [lassign $words seconds]
                    if {$seconds <= 0 || $seconds > 1e9} {
                        failUsage "--watch takes a number of seconds greater than 0"
                    }
                    dict set options seconds $seconds
                } elseif {[llength $words] && ![regexp {^[-/*?\\[]} [lindex $words 0]]} {
                    failUsage "--watch takes a number of seconds, not [lindex $words 0]"
                }
            }
            --sort {
                set words [lassign $words column]
                if {[regsub ^- $column ""] ni [dict keys $::columns]} {
                    failUsage "--sort needs a column: [join [dict keys $::columns] {, }]"
                }
                dict set options sort $column
            }
            --problems  {dict set options isProblem 1}
            --left      {dict set options isLeft 1}
            --yes       {dict set options yes 1}
            -h - --help {puts $::usage; exit 0}
            -* {
                if {[string range $word 2 end] ni $::kinds || ![string match --* $word]} {
                    failUsage "unknown option $word"
                }
                lappend types [string range $word 2 end]
            }
            default {lappend patterns $word}
        }
    }
    if {[llength $actions] > 1} {
        failUsage "only one of --[join $actions {, --}] at a time"
    }
    if {[llength $patterns] > 1} {
        failUsage "only one pattern at a time; quote it, so that the shell does not expand it"
    }
    if {[llength $patterns] && ![regexp {^[/*?\\[]} [lindex $patterns 0]]} {
        failUsage "no name matches [lindex $patterns 0]: names begin with a slash; try /[lindex $patterns 0]"
    }
    if {$actions eq "as"} {
        if {[lsearch -not $types shm] >= 0} {
            failUsage "--as shows segments only"
        }
        set types shm
    }
    if {$actions eq "unlink" && $patterns eq "" && ![dict get $options isLeft]} {
        failUsage "--unlink needs a pattern, --left, or both"
    }
    return [dict merge $options [dict create \
        action [expr {$actions eq "" ? "table" : [lindex $actions 0]}] \
        types $types \
        pattern [expr {$patterns eq "" ? "*" : [lindex $patterns 0]}]]]
}

proc failUsage {text} {
    fail "[printable $text]\n[lindex [split $::usage \n] 0]\n--help explains the options"
}

proc fail {text} {
    catch {puts stderr $text}
    exit 2
}
