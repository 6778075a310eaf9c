#!/usr/bin/env tclsh
# What processes share through POSIX IPC: as a table, as JSON, as CSV. And a way
# to remove what was left behind. Names come from other programs: none of them
# may do anything to a terminal, or break a format.

package require posix_ipc::monitor
package require csv
package require json::write
source [file join [file dirname [info script]] printable.tcl]

set usage "usage: [file tail $argv0] ?option ...? ?pattern?

  pattern           these names alone, as for string match: '/job*'
  --sem --shm --mq  these kinds alone
  --watch seconds   the table again and again, until it is interrupted
  --json            for other programs, and so is
  --csv
  --unlink          removes what the pattern matches, after a question
  --yes             without the question

Exit status: 0, something was found; 1, nothing was, or nothing was to be
removed; 2, it did not work."

# Cells -----------------------------------------------------------------------

set headings {KIND NAME MODE OWNER STATE HOLDERS}

# What could not be read is not in the facts.
proc cells {facts} {
    return [lmap cell [list \
        [fact $facts type] [fact $facts name] [mode $facts] \
        [fact $facts owner] [state $facts] [holders $facts]] {printable $cell}]
}

proc fact {facts key} {
    return [lookup $facts $key -]
}

proc lookup {dict key default} {
    if {[dict exists $dict $key]} {
        return [dict get $dict $key]
    }
    return $default
}

proc mode {facts} {
    if {[dict exists $facts mode]} {
        return [format %04o [dict get $facts mode]]
    }
    return "-"
}

proc state {facts} {
    foreach {key text} {
        value           {value $value}
        size            {$size B}
        currentmessages {$currentmessages of $maxmessages, $bytes B}
    } {
        if {[dict exists $facts $key]} {
            dict with facts {}
            set bytes [fact $facts bytes]
            return [subst -nocommands $text]
        }
    }
    return "-"
}

proc holders {facts} {
    return [join [lmap holder [fact $facts holders] {join $holder}] ", "]
}

# The table -------------------------------------------------------------------

proc isTerminal {channel} {
    return [dict exists [chan configure $channel] -mode]
}

# The lines and columns of the terminal. Elsewhere there is no end.
proc screen {} {
    if {![isTerminal stdout]} {
        return {Inf Inf}
    }
    if {[catch {exec stty size </dev/tty} size]} {
        set size {0 0}
    }
    return [lmap length $size usual {24 80} {
        expr {$length ? $length : $usual}
    }]
}

# The table of some objects, in lines as wide as the terminal.
proc table {model objects} {
    global headings
    set width [lindex [screen] 1]
    set rows [lmap object $objects {cells [$model get $object]}]
    set widths [widths [linsert $rows 0 $headings] $width]
    set colors [colors $model]
    set lines [list [emphasized 1 [line $headings $widths $width]]]
    foreach object $objects row $rows {
        lappend lines [emphasized [lookup $colors $object ""] \
            [line $row $widths $width]]
    }
    return $lines
}

# The widths of the columns. Where there is not enough room, names and holders
# get half of the rest each, or what the other leaves.
proc widths {rows width} {
    set longest [lmap cell [lindex $rows 0] {string length $cell}]
    foreach row $rows {
        set longest [lmap cell $row most $longest {
            expr {max($most, [columns $cell])}
        }]
    }
    lassign $longest kind name mode owner state holders
    set rest [expr {$width - $kind - $mode - $owner - $state - 5 * 2}]
    set name [expr {min($name, max($rest - $holders, $rest / 2, 4))}]
    set holders [expr {min($holders, max($rest - $name, 4))}]
    return [list $kind $name $mode $owner $state $holders]
}

proc line {cells widths width} {
    set line [join [lmap cell $cells size $widths {
        set cell [clipped $cell $size]
        string cat $cell [string repeat " " [expr {$size - [columns $cell]}]]
    }] "  "]
    return [clipped [string trimright $line] $width]
}

# How much room a text takes: the characters of East Asia are two columns wide, and so are
# most of those beyond U+FFFF.
proc columns {text} {
    set wide {[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]}
    append wide {|[^\u0000-\uffff]}
    return [expr {[string length $text] + [regexp -all $wide $text]}]
}

# A text that fits. One that was cut ends in >.
proc clipped {text width} {
    if {[columns $text] <= $width} {
        return $text
    }
    set text [string range $text 0 [expr {$width - 2}]]
    while {[columns $text] > $width - 1} {
        set text [string range $text 0 end-1]
    }
    return $text>
}

# On a terminal the heading is bold, what is stuck or full red, and what is
# filling or left behind yellow.
proc colors {model} {
    set colors {}
    foreach color {33 31} problems {{filling left} {stuck full}} {
        foreach problem [$model problems] {
            if {[dict get $problem problem] in $problems} {
                dict set colors [dict get $problem object] $color
            }
        }
    }
    return $colors
}

proc emphasized {attribute line} {
    if {$attribute eq "" || ![isTerminal stdout]} {
        return $line
    }
    return "\x1b\[${attribute}m$line\x1b\[0m"
}

# What the program does -------------------------------------------------------

proc showTable {model} {
    if {[llength [$model objects]]} {
        puts [join [table $model [$model objects]] \n]
    }
}

# A number is a number where the facts have one.
proc showJson {model} {
    chan configure stdout -encoding utf-8
    puts [json::write array {*}[lmap object [$model objects] {
        json::write object {*}[concat {*}[lmap {key value} [$model get $object] {
            list $key [switch $key {
                name - type - owner - group {json $value}
                holders {json::write array {*}[lmap holder $value {
                    json::write object pid [lindex $holder 0] \
                        command [json [lindex $holder 1]]
                }]}
                default {set value}
            }]
        }]]
    }]]
}

proc json {text} {
    return [printable [json::write string $text]]
}

# Names are whole, as RFC 4180 quotes them. None can be a formula of a spreadsheet: each cell
# begins with a letter, a digit or a slash.
proc showCsv {model} {
    set keys {type name mode uid gid owner group mtime value size maxmessages
        maxmessagesize currentmessages bytes notifypid holders}
    puts [csv::join $keys]
    foreach object [$model objects] {
        set facts [$model get $object]
        set record [csv::join [lmap key $keys {
            if {$key eq "holders"} {holders $facts} else {lookup $facts $key ""}
        }]]
        puts [expr {[isTerminal stdout] ? [printable $record] : [wellFormed $record]}]
    }
}

# The name of a program may be bytes that are no text. Then Tcl has halves of surrogate pairs:
# alone they would be no UTF-8.
proc wellFormed {text} {
    set forms {}
    foreach found [regexp -all -inline {[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]} $text] {
        lappend forms $found [expr {[string length $found] == 2 ? $found : [escaped $found]}]
    }
    return [string map $forms $text]
}

proc watch {model seconds} {
    $model configure -interval $seconds
    $model listen redraw refreshed
    set ::model $model
    $model start
    vwait forever
}

# A terminal shows one table at a time, as much of it as it has lines for.
proc redraw {event object detail} {
    lassign [screen] height
    set time [clock format [clock seconds] -format %T]
    set lines [table $::model [$::model objects]]
    lappend lines {*}[lmap message [dict values [dict get $detail errors]] {
        printable $message
    }]
    if {[llength $lines] > $height - 2} {
        set more [expr {[llength $lines] - ($height - 3)}]
        set lines [list {*}[lrange $lines 0 [expr {$height - 4}]] "$more more"]
    }
    if {[isTerminal stdout]} {
        puts -nonewline "\x1b\[H[join [list $time {*}$lines ""] "\x1b\[K\n"]\x1b\[J"
    } else {
        puts [join [list $time {*}$lines ""] \n]
    }
    flush stdout
}

# Removes all that was found. Returns the exit status.
proc unlink {model isAsked} {
    showTable $model
    if {$isAsked && ![isWanted [llength [$model objects]]]} {
        return 1
    }
    set status 0
    foreach object [$model objects] {
        lassign $object type name
        try {
            posix_ipc::$type unlink $name
            puts "removed $type [printable $name]"
        } trap POSIXIPC message {
            puts stderr [printable $message]
            set status 2
        }
    }
    return $status
}

proc isWanted {count} {
    puts -nonewline "Remove [expr {$count == 1 ? "this name" : "these $count\
        names"}]? Who has it open keeps the object. (y/n) "
    flush stdout
    return [string match -nocase y* [string trimleft [gets stdin]]]
}

# The command line ------------------------------------------------------------

proc fail {text} {
    catch {puts stderr $text}
    exit 2
}

proc failUsage {text} {
    fail "[printable $text]\n$::usage"
}

# The words as a dict: action, types, pattern, seconds, yes. No types are all that the system has.
proc options {words} {
    set actions {}
    set types {}
    set patterns {}
    set options {seconds 1 yes 0}
    while {[llength $words]} {
        set words [lassign $words word]
        switch -glob -- $word {
            --sem - --shm - --mq {
                lappend types [string range $word 2 end]
            }
            --json - --csv - --unlink {
                lappend actions [string range $word 2 end]
            }
            --watch {
                lappend actions watch
                set words [lassign $words seconds]
                if {![string is double -strict $seconds] || $seconds <= 0} {
                    failUsage "--watch: how many seconds?"
                }
                dict set options seconds $seconds
            }
            --yes   {dict set options yes 1}
            --help  {puts $::usage; exit 0}
            -*      {failUsage "what is $word?"}
            default {lappend patterns $word}
        }
    }
    if {[llength $actions] > 1} {
        failUsage "one of --[join $actions {, --}] at a time"
    }
    if {[llength $patterns] > 1} {
        failUsage "one pattern at a time (has the shell expanded it?)"
    }
    if {$actions eq "unlink" && $patterns eq ""} {
        failUsage "--unlink: which names?"
    }
    return [dict merge $options [dict create \
        action [expr {$actions eq "" ? "table" : [lindex $actions 0]}] \
        types $types \
        pattern [expr {$patterns eq "" ? "*" : [lindex $patterns 0]}]]]
}

# Keeps what could not be looked at, and says it.
proc heed {event object detail} {
    set ::errors [dict values [dict get $detail errors]]
    foreach message $::errors {
        puts stderr [printable $message]
    }
}

# Returns the exit status.
proc main {words} {
    set options [options $words]
    dict with options {}
    set model [posix_ipc::monitor new -pattern $pattern]
    if {$types ne ""} {
        $model configure -types $types
    }
    $model limit left 0
    if {$action eq "watch"} {
        watch $model $seconds
    }
    $model listen heed refreshed
    $model snapshot
    set count [llength [$model objects]]
    switch $action {
        table  {showTable $model}
        json   {showJson $model}
        csv    {showCsv $model}
        unlink {
            if {$count} {
                return [unlink $model [expr {!$yes}]]
            }
        }
    }
    return [expr {$count ? 0 : [llength $::errors] ? 2 : 1}]
}

interp bgerror {} {apply {{message options} {fail [printable $message]}}}
try {
    set status [main $argv]
    flush stdout
} trap {POSIX EPIPE} {} {
    exit 2
} trap POSIX message - trap POSIXIPC message {
    fail [printable $message]
}
exit $status
