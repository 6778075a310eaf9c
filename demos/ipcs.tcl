#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Shows what processes share through POSIX IPC, as a table, as JSON or as CSV,
# and removes what was left behind. Names come from other programs, so they must
# not control a terminal or break a format.

source [file join [file dirname [info script]] load.tcl]
package require posix_ipc::monitor
source [file join [file dirname [info script]] printable.tcl]
source [file join [file dirname [info script]] people.tcl]

set kinds $posix_ipc::families::all
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
  --as type         print the contents of segments as a type of \"shm get\":
                    --as '{id int32 temperature double}' /board
  --json, --csv     print the objects for other programs
  --unlink          remove what was found, after asking; needs a pattern, --left
                    or both
  --yes             do not ask
  -h, --help        print this text

Columns:
  STATE     a semaphore's value; a segment's size; messages and bytes of a queue, a
            ring or a topic; free permits of a lock. A dash: you may not read the
            object, or it is damaged
  WAITING   how many calls wait for the object right now
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
  AGE       time since the object was made, or since the last message of a queue
            came or went, or since its size changed
  HOLDERS   the processes that have the object open, by script or program; for
            a lock, also its owners
  ?         unknown. Under HOLDERS: no process that you can see has it open, but some
            could not be examined, usually because they belong to other users. On
            a terminal, the last line says how many

Exit status: 0 if an object was found, 1 if none was or none was removed, 2 after
an error."

# How long a semaphore at 0, or a lock, is watched while a call waits, in
# seconds: a program that works as it should passes it on within that time.
set twice 0.3

# How old an object must be to be orphaned or unclaimed, in seconds: by problem. A program
# that looks once cannot see how long nobody has had it open.
set oldEnough {}

# The state of an object, by kind: a script with the facts as variables. Other kinds
# show their main figure with its name, as in "value 5".
set states {
    shm   {string cat $size " B"}
    mq    {string cat $currentmessages " of " $maxmessages ", " $bytes " B"}
    lock  {lockState $permits $free $owners}
    ring  {string cat $messages ", " $bytes " of " $size " B" [expr {$taken ? ", $taken taken" : ""}]}
    topic {string cat $published " published, " $bytes " B"}
}

# Cells -----------------------------------------------------------------------

# Each column: its heading; its cell, a script with facts and problems; its
# alignment; and the script for sorting.
set columns {
    kind    {KIND    {fact $facts type}             left  {fact $facts type}}
    name    {NAME    {fact $facts name}             left  {fact $facts name}}
    mode    {MODE    {mode $facts}                  left  {lookup $facts mode -1}}
    owner   {OWNER   {fact $facts owner}            left  {fact $facts owner}}
    state   {STATE   {state $facts}                 right {amount $facts}}
    waiting {WAITING {waiting $facts}               right {waiting $facts}}
    problem {PROBLEM {trouble $problems}            left  {trouble $problems}}
    age     {AGE     {age $facts}                   right {seconds $facts}}
    holders {HOLDERS {holders $facts}               left  {llength [lookup $facts holders {}]}}
}

# The columns that a narrow terminal omits, in this order.
set expendable {mode owner age kind}

# The row of an object: a dict of cells by column.
proc row {model object} {
    set facts [$model get $object]
    set problems [problemsOf $model $object]
    set row {}
    dict for {column description} $::columns {
        dict set row $column [printable [eval [lindex $description 1]]]
    }
    return $row
}

# What could not be read is not in the facts.
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

# A state that could not be read is shown as a dash. For a queue, only the
# bytes may be missing.
proc state {facts} {
    set figure [figure $facts]
    if {![dict exists $facts $figure]} {
        return "-"
    }
    set bytes -
    dict with facts {}
    return [eval [lookup $::states $type {string cat $figure " " [set $figure]}]]
}

proc lockState {permits free owners} {
    if {$free == 0 && ![llength $owners]} {
        return "abandoned"
    } elseif {$permits == 1} {
        return [expr {$free ? "free" : "held"}]
    }
    return "$free of $permits free"
}

# The fact that is the main figure of an object, by which it is sorted.
proc figure {facts} {
    return [lindex [dict get $posix_ipc::families::figures [fact $facts type]] 0]
}

proc amount {facts} {
    return [lookup $facts [figure $facts] -1]
}

# No call waits for a semaphore that has units, nor for a queue that has both messages
# and room. Otherwise the system's count decides, or the threads that were found. If
# none were found and not all processes were examined, there may be some. Other objects
# count their waiters, except that a topic does not know read-only readers.
proc waiting {facts} {
    set blocked [llength [lookup $facts blocked {}]]
    switch [fact $facts type] {
        sem - mq {}
        shm      {return "-"}
        default  {return [lookup $facts waiters [expr {$blocked ? $blocked : "?"}]]}
    }
    set amount [amount $facts]
    if {$amount < 0} {
        return "?"
    } elseif {$amount > 0 && $amount < [lookup $facts maxmessages Inf]} {
        return 0
    } elseif {[dict exists $facts waiters]} {
        return [expr {[lookup $facts holdersKnown 0] ? $blocked : max($blocked, [dict get $facts waiters])}]
    } elseif {$blocked || ([lookup $facts holdersKnown 0] && [dict exists $facts blocked])} {
        return $blocked
    }
    return "?"
}

# The problems, in words, and how long they have lasted; > means that it may be longer.
proc trouble {problems} {
    return [join [lmap detail $problems {
        set seconds [expr {int([clock seconds] - [dict get $detail since])}]
        set text [dict get $detail problem]
        if {$seconds > 0} {
            append text " " [expr {[dict get $detail earlier] ? ">" : ""}] [span $seconds]
        }
        set text
    }] ", "]
}

# The problems of an object, but not that nobody has it open if it is too young for that.
proc problemsOf {model object} {
    set seconds [seconds [$model get $object]]
    return [lmap detail [$model problems $object] {
        if {$seconds >= 0 && $seconds < [lookup $::oldEnough [dict get $detail problem] 0]} continue
        set detail
    }]
}

proc seconds {facts} {
    if {[dict exists $facts mtime]} {
        return [expr {max(0, [clock seconds] - [dict get $facts mtime])}]
    }
    return -1
}

proc age {facts} {
    set seconds [seconds $facts]
    return [expr {$seconds < 0 ? "-" : [span $seconds]}]
}

# A span of time in its largest unit.
proc span {seconds} {
    foreach {unit length} {d 86400 h 3600 m 60} {
        if {$seconds >= 2 * $length} {
            return [expr {$seconds / $length}]$unit
        }
    }
    return ${seconds}s
}

# Others may have it open if not all processes were examined. An owner of a lock may be a
# process that cannot be seen.
proc holders {facts} {
    set commands [concat {*}[lookup $facts holders {}]]
    set owners [concat {*}[lookup $facts owners {}]]
    if {[isUnknown $facts] && ![dict size $owners]} {
        return "?"
    }
    return [join [lmap pid [dict keys [dict merge $commands $owners]] {
        string cat $pid " " [people::shortName $pid [lookup $commands $pid ?]] \
            [owned [lookup $owners $pid 0] [lookup $facts permits 0]]
    }] ", "]
}

# What a process owns of a lock.
proc owned {count permits} {
    if {$count == 0} {
        return ""
    }
    return [expr {$count == $permits ? " (owner)" : " (owner of $count)"}]
}

proc isUnknown {facts} {
    return [expr {[lookup $facts holders {}] eq "" && ![lookup $facts holdersKnown 0]}]
}

# The objects to show, sorted. Options choose among them by problem and by
# holders.
proc chosen {model options} {
    dict with options {}
    set objects [lmap object [$model objects] {
        if {($isProblem && [problemsOf $model $object] eq "") || ($isLeft && ![isLeft $model $object])} continue
        set object
    }]
    if {$sort ne ""} {
        set script [lindex [dict get $::columns [string trimleft $sort -]] 3]
        set keyed [lmap object $objects {
            set facts [$model get $object]
            set problems [problemsOf $model $object]
            list [eval $script] $object
        }]
        set order [expr {[string match -* $sort] ? "-decreasing" : "-increasing"}]
        set objects [lmap pair [lsort -dictionary $order -index 0 $keyed] {lindex $pair 1}]
    }
    return $objects
}

proc isLeft {model object} {
    set facts [$model get $object]
    return [expr {[dict exists $facts holdersKnown] && [lookup $facts holders {}] eq ""}]
}

# The table -------------------------------------------------------------------

proc isTerminal {channel} {
    return [dict exists [chan configure $channel] -mode]
}

# The lines and columns of the terminal. Without a terminal there is no limit.
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
    set width [lindex [screen] 1]
    set headings [dict map {column description} $::columns {lindex $description 0}]
    set rows [lmap object $objects {row $model $object}]
    set widths [widths [linsert $rows 0 $headings] $width]
    set colors [colors $model]
    set lines [list [emphasized 1 [line $headings $widths $width]]]
    foreach object $objects row $rows {
        lappend lines [emphasized [lookup $colors $object ""] [line $row $widths $width]]
    }
    return $lines
}

# The widths of the columns that fit. Names and holders each get half of the rest, or
# what the other leaves.
proc widths {rows width} {
    set widths [dict map {column heading} [lindex $rows 0] {string length $heading}]
    foreach row $rows {
        dict for {column cell} $row {
            dict set widths $column [expr {max([dict get $widths $column], [columns $cell])}]
        }
    }
    dict with widths {}
    foreach column [concat {{}} $::expendable] {
        set widths [dict remove $widths $column]
        set fixed [dict remove $widths name holders]
        set rest [expr {$width - [tcl::mathop::+ {*}[dict values $fixed]] - 2 * [dict size $fixed] - 2}]
        if {$rest >= min($name + $holders, 40)} break
    }
    set name [expr {min($name, max($rest - $holders, $rest / 2, 4))}]
    return [dict replace $widths name $name holders [expr {min($holders, max($rest - $name, 4))}]]
}

proc line {row widths width} {
    set cells [lmap {column size} $widths {
        set cell [clipped [dict get $row $column] $size]
        set blanks [string repeat " " [expr {$size - [columns $cell]}]]
        if {[lindex [dict get $::columns $column] 2] eq "right"} {
            string cat $blanks $cell
        } else {
            string cat $cell $blanks
        }
    }]
    return [clipped [string trimright [join $cells "  "]] $width]
}

# How much room a text takes: the characters of East Asia are two columns wide, and so are
# most of those beyond U+FFFF.
proc columns {text} {
    set wide {[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]}
    append wide {|[^\u0000-\uffff]}
    return [expr {[string length $text] + [regexp -all $wide $text]}]
}

# A text that fits. A truncated text ends in >.
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

# On a terminal the heading is bold, what is stuck, full or failing red, and what
# is filling, late or left behind yellow.
proc colors {model} {
    set colors {}
    foreach color {33 31} problems {{filling late orphaned unclaimed} {stuck abandoned full failing}} {
        foreach object [$model objects] {
            foreach problem [problemsOf $model $object] {
                if {[dict get $problem problem] in $problems} {
                    dict set colors $object $color
                }
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

proc showTable {model objects} {
    set lines [table $model $objects]
    puts [join $lines \n]
    if {[isTerminal stdout]} {
        foreach remark [remarks $model $objects $lines] {
            puts [clipped $remark [lindex [screen] 1]]
        }
    }
}

# Remarks below the table.
proc remarks {model objects lines} {
    set remarks {}
    if {[llength $lines] >= [lindex [screen] 0]} {
        lappend remarks "[llength $objects] objects: \"| less -S\" shows them by the page."
    } elseif {[lsearch -glob $lines *>*] >= 0} {
        lappend remarks "> marks what is cut: \"| less -S\" shows all of it."
    }
    foreach object $objects {
        if {[isUnknown [$model get $object]]} {
            lappend remarks "?: [unseen $model]."
            break
        }
    }
    if {[hidesQueues $model]} {
        lappend remarks "Queues that no visible process has open are not listed: mqueue is not mounted."
    }
    return $remarks
}

# Whether the system shows the user only queues that processes have open.
proc hidesQueues {model} {
    if {"mq" ni [$model cget -types] || ![file readable /proc/self/mounts]
            || [file attributes /proc/self -owner] eq "root"} {
        return 0
    }
    set file [open /proc/self/mounts]
    chan configure $file -translation binary
    set isMounted [regexp -line {^\S+ \S+ mqueue } [read $file]]
    close $file
    return [expr {!$isMounted}]
}

proc unseen {model} {
    set count [$model unexamined]
    switch $count {
        0 {return "processes that cannot be seen from here could not be examined"}
        1 {return "1 process could not be examined"}
    }
    return "$count processes could not be examined"
}

proc showJson {model objects} {
    package require json::write
    chan configure stdout -encoding utf-8
    puts [json::write array {*}[lmap object $objects {jsonObject $model $object}]]
}

proc jsonObject {model object} {
    set fields {}
    dict for {key value} [$model get $object] {
        dict set fields $key [switch $key {
            name - type - owner - group {json $value}
            holders      {jsonList {pid command} $value}
            blocked      {jsonList {pid command operation} $value}
            owners       {jsonList {pid permits} $value}
            oldest       {jsonFields {token attempts} $value}
            holdersKnown {expr {$value ? "true" : "false"}}
            default      {set value}
        }]
    }
    if {[dict exists $fields mode]} {
        dict set fields modeText [json [format %04o [dict get $fields mode]]]
    }
    dict set fields problems [json::write array {*}[lmap detail [problemsOf $model $object] {
        dict with detail {
            json::write object problem [json $problem] text [json $text] since $since \
                earlier [expr {$earlier ? "true" : "false"}]
        }
    }]]
    return [json::write object {*}$fields]
}

# A list of lists as an array of objects with these keys.
proc jsonList {keys lists} {
    return [json::write array {*}[lmap list $lists {jsonFields $keys $list}]]
}

proc jsonFields {keys list} {
    return [json::write object {*}[concat {*}[lmap key $keys value $list {
        list $key [expr {$key in {pid permits attempts} ? $value : [json $value]}]
    }]]]
}

proc json {text} {
    return [printable [json::write string $text]]
}

# Names are whole, as RFC 4180 quotes them. None can be a formula of a spreadsheet: each cell
# begins with a letter, a digit or a slash.
proc showCsv {model objects} {
    package require csv
    set keys {type name mode uid gid owner group mtime value size maxmessages
        maxmessagesize currentmessages bytes notifypid holders holdersKnown waiters blocked problems
        permits free abandoned owners messages taken published}
    puts [csv::join $keys]
    foreach object $objects {
        set facts [$model get $object]
        set record [csv::join [lmap key $keys {
            switch $key {
                mode     {mode $facts}
                holders - blocked - owners {join [lmap process [lookup $facts $key {}] {join $process}] ", "}
                problems {join [lmap detail [problemsOf $model $object] {dict get $detail problem}]}
                default  {lookup $facts $key ""}
            }
        }]]
        puts [expr {[isTerminal stdout] ? [printable $record] : [wellFormed $record]}]
    }
}

# The name of a program may be bytes that are not text. Tcl then has halves of surrogate
# pairs, which by themselves would be invalid UTF-8.
proc wellFormed {text} {
    set forms {}
    foreach found [regexp -all -inline {[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]} $text] {
        lappend forms $found [expr {[string length $found] == 2 ? $found : [escaped $found]}]
    }
    return [string map $forms $text]
}

# Contents ----------------------------------------------------------------------

# Each segment as a table of its values. Returns the exit status: a segment may be
# too short, or not be readable.
proc showContents {objects type} {
    set status 0
    set size [dict get [posix_ipc::layout $type] size]
    foreach object $objects {
        try {
            set lines [contents [lindex $object 1] $type $size]
        } trap POSIXIPC message {
            puts stderr [printable $message]
            set status 2
            continue
        }
        set width [lindex [screen] 1]
        puts [join [lmap line $lines {clipped $line $width}] \n]
    }
    return $status
}

proc contents {name type size} {
    set segment [posix_ipc::shm open $name -readonly 1]
    try {
        set value [$segment get 0 $type]
        set total [$segment cget -size]
    } finally {
        $segment destroy
    }
    set rows [linsert [values $type $value] 0 {OFFSET FIELD VALUE}]
    set width [tcl::mathfunc::max {*}[lmap row $rows {columns [lindex $row 1]}]]
    set lines [list [emphasized 1 "[printable $name], $size of $total B"]]
    foreach row $rows {
        lassign $row offset field text
        lappend lines [format "%9s  %s%*s  %s" $offset $field [expr {$width - [columns $field]}] "" $text]
    }
    return $lines
}

# The values of a type, one a line: offset, path of the field, value. The elements of
# structs and of arrays of any type have lines of their own.
proc values {type value {offset 0} {path ""}} {
    switch [lindex $type 0] {
        array {
            if {[llength $type] == 3} {
                return [elements [lindex $type 2] $value $offset $path]
            }
        }
        packed {
            if {[llength $type] == 2 && [dict exists [posix_ipc::layout $type] offsets]} {
                return [fields $type [lindex $type 1] $value $offset $path]
            } elseif {[llength $type] == 2} {
                return [values [lindex $type 1] $value $offset $path]
            }
        }
    }
    if {[llength $type] > 1} {
        return [fields $type $type $value $offset $path]
    }
    return [list [list $offset $path [scalar $type $value]]]
}

proc elements {type values offset path} {
    set size [dict get [posix_ipc::layout $type] size]
    set number -1
    return [concat {*}[lmap value $values {
        incr number
        values $type $value [expr {$offset + $number * $size}] $path\[$number\]
    }]]
}

proc fields {type names value offset path} {
    if {[llength $names] == 1} {
        set names [lindex $names 0]
    }
    set offsets [dict get [posix_ipc::layout $type] offsets]
    return [concat {*}[lmap {name itsType} $names {
        values $itsType [dict get $value $name] [expr {$offset + [dict get $offsets $name]}] \
            [string trimleft "$path.[printable $name]" .]
    }]]
}

# Bytes are shown in hexadecimal, all else as a script sees it.
proc scalar {type value} {
    if {[string match bytes* $type]} {
        return [regsub -all {..(?=.)} [binary encode hex $value] {& }]
    }
    return [printable $value]
}

# A type as typed in a shell: without the braces that make it a single word in a
# script.
proc readType {word} {
    if {![catch {llength $word} length] && $length == 1 && [llength [lindex $word 0]] > 1} {
        set word [lindex $word 0]
    }
    try {
        posix_ipc::layout $word
    } trap POSIXIPC message {
        failUsage "--as: $message"
    }
    return $word
}

# Again and again ---------------------------------------------------------------

proc watch {model options} {
    $model configure -interval [dict get $options seconds]
    $model listen [list redraw $model $options] refreshed
    $model start
    vwait forever
}

# A terminal shows one table at a time, as much of it as it has lines for.
proc redraw {model options event object detail} {
    lassign [screen] height
    set objects [chosen $model $options]
    set time [clock format [clock seconds] -format %T]
    set lines [table $model $objects]
    set errors [dict values [dict get $detail errors]]
    if {![llength $objects] && ![llength $errors]} {
        lappend lines [nothing $options]
    }
    lappend lines {*}[lmap message $errors {
        printable $message
    }]
    if {[llength $lines] > $height - 2} {
        set more [expr {[llength $lines] - ($height - 3)}]
        set lines [list {*}[lrange $lines 0 [expr {$height - 4}]] \
            [clipped "$more more: a pattern, --problems or --sort shows others" [lindex [screen] 1]]]
    }
    if {[isTerminal stdout]} {
        puts -nonewline "\x1b\[H[join [list $time {*}$lines ""] "\x1b\[K\n"]\x1b\[J"
    } else {
        puts [join [list $time {*}$lines ""] \n]
    }
    flush stdout
}

# With --left, objects of other users stay: only their owners and root can remove them.
proc removable {model objects options} {
    if {![dict get $options isLeft] || $::tcl_platform(user) eq "root"} {
        return $objects
    }
    return [lmap object $objects {
        set owner [fact [$model get $object] owner]
        if {$owner ne $::tcl_platform(user)} {
            puts stderr "kept [printable [join $object]]: it belongs to $owner"
            continue
        }
        set object
    }]
}

# Removes all that was found. Returns the exit status.
proc unlink {model objects options} {
    set objects [removable $model $objects $options]
    if {![llength $objects]} {
        return 1
    }
    showTable $model $objects
    if {![dict get $options yes]} {
        if {![isWanted $model $objects [dict get $options isLeft]]} {
            return 1
        }
        set objects [stillLeft $model $objects $options]
    }
    set status 0
    foreach object $objects {
        lassign $object type name
        try {
            posix_ipc::$type unlink $name
            puts "removed $type [printable $name]"
        } trap POSIXIPC message {
            puts stderr [printable $message]
            set status 2
        }
        if {![isTerminal stdout]} {
            progress "removed" [incr done] [llength $objects]
        }
    }
    endProgress
    return $status
}

# The objects that nobody has opened since the question was asked.
proc stillLeft {model objects options} {
    if {![dict get $options isLeft]} {
        return $objects
    }
    $model snapshot
    return [lmap object $objects {
        if {![$model exists $object]} continue
        if {![isLeft $model $object]} {
            puts stderr "kept [printable [join $object]]: it has been opened meanwhile"
            continue
        }
        set object
    }]
}

proc isWanted {model objects isLeft} {
    set isOne [expr {[llength $objects] == 1}]
    puts -nonewline "Remove [expr {$isOne ? "this name" : "these [llength $objects] names"}]? "
    if {!$isLeft} {
        puts -nonewline "A process that has it open keeps the object. "
    } elseif {[lsearch -not [lmap object $objects {isUnknown [$model get $object]}] 0] >= 0} {
        puts -nonewline "No visible process has [expr {$isOne ? "it" : "them"}] open, but [unseen $model]. "
    } else {
        puts -nonewline "No process has [expr {$isOne ? "it" : "them"}] open. "
    }
    puts -nonewline "(y/n) "
    flush stdout
    return [string match -nocase y* [string trimleft [gets stdin]]]
}

# Progress --------------------------------------------------------------------

# On a terminal, anything that takes longer than a second shows its progress.
set began [clock milliseconds]
set shownAt 0

proc progress {what done total} {
    set now [clock milliseconds]
    if {$now - $::began >= 1000 && $now - $::shownAt >= 100 && [isTerminal stderr]} {
        puts -nonewline stderr "\r$what: $done of $total\x1b\[K"
        flush stderr
        set ::shownAt $now
    }
}

proc endProgress {} {
    if {$::shownAt} {
        puts -nonewline stderr "\r\x1b\[K"
        set ::shownAt 0
    }
}

proc heedProgress {event object detail} {
    dict with detail {
        progress "looking at $what" $done $total
    }
}

# The command line ------------------------------------------------------------

proc fail {text} {
    catch {puts stderr $text}
    exit 2
}

proc failUsage {text} {
    fail "[printable $text]\n[lindex [split $::usage \n] 0]\n--help explains the options"
}

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

# Keeps the reasons why some objects could not be looked at.
proc heed {event object detail} {
    set ::errors [dict values [dict get $detail errors]]
}

# Says that no object was found.
proc nothing {options} {
    dict with options {}
    set what [join [lmap type [expr {$types eq "" ? $posix_ipc::monitor::types : $types}] {
        dict get $posix_ipc::families::shortNouns $type
    }] ", "]
    set what "no [regsub {, (\w+)$} $what { or \1}]"
    if {$pattern ne "*"} {
        append what " with a name like [printable $pattern]"
    }
    if {$isProblem} {
        append what " has a problem"
    } elseif {$isLeft} {
        append what " was left: visible processes have all of them open"
    } else {
        append what " was found"
    }
    return $what
}

# A semaphore at 0 for which a call waits may be passed on in the next moment, and so may a
# lock. So we look twice: the model needs two looks to see that something has not changed.
proc look {model} {
    $model snapshot
    foreach object [concat [$model objects sem] [$model objects lock]] {
        set facts [$model get $object]
        if {[amount $facts] == 0 && [waiting $facts] ni {0 ?}} {
            after [expr {int(1000 * $::twice)}]
            $model snapshot
            return
        }
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
    set ::oldEnough [dict filter [$model limit] key orphaned unclaimed]
    foreach {problem seconds} [list orphaned 0 unclaimed 0 stuck $::twice] {
        $model limit $problem $seconds
    }
    if {$action eq "watch"} {
        watch $model $options
    }
    $model listen heed refreshed
    $model listen heedProgress progress
    look $model
    endProgress
    foreach message $::errors {
        puts stderr [printable $message]
    }
    set objects [chosen $model $options]
    if {![llength $objects] && $action in {table unlink as}} {
        if {![llength $::errors]} {
            puts stderr [nothing $options]
            if {[hidesQueues $model]} {
                puts stderr "Queues that no process has open may be hidden: mqueue is not mounted."
            }
        }
    } else {
        switch $action {
            table  {showTable $model $objects}
            json   {showJson $model $objects}
            csv    {showCsv $model $objects}
            unlink {return [unlink $model $objects $options]}
            as     {return [showContents $objects $type]}
        }
    }
    return [expr {[llength $objects] ? 0 : [llength $::errors] ? 2 : 1}]
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
