# SPDX-License-Identifier: BSD-3-Clause
# The cells of the table: what each column says about an object.

# The state of an object, by kind: a script with the facts as variables. Other kinds
# show their main figure with its name, as in "value 5".
set states {
    shm   {string cat $size " B"}
    mq    {string cat $currentmessages " of " $maxmessages ", " $bytes " B"}
    lock  {objects::lockState $facts}
    ring  {string cat $messages ", " $bytes " of " $size " B" [expr {$taken ? ", $taken taken" : ""}]}
    topic {string cat $published " published, " $bytes " B"}
}

# Each column: its heading; its cell, a script with facts and problems; its
# alignment; and the script for sorting.
set columns {
    kind    {KIND    {fact $facts type}             left  {fact $facts type}}
    name    {NAME    {fact $facts name}             left  {fact $facts name}}
    mode    {MODE    {mode $facts}                  left  {objects::lookup $facts mode -1}}
    owner   {OWNER   {fact $facts owner}            left  {fact $facts owner}}
    state   {STATE   {state $facts}                 right {amount $facts}}
    waiting {WAITING {waiting $facts}               right {waiting $facts}}
    problem {PROBLEM {trouble $problems}            left  {trouble $problems}}
    age     {AGE     {age $facts}                   right {seconds $facts}}
    holders {HOLDERS {holders $facts}               left  {llength [objects::lookup $facts holders {}]}}
}

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
    return [objects::lookup $facts $key -]
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
    set figure [objects::figure [fact $facts type]]
    if {![dict exists $facts $figure]} {
        return "-"
    }
    set bytes -
    dict with facts {}
    return [eval [objects::lookup $::states $type {string cat $figure " " [set $figure]}]]
}

proc amount {facts} {
    return [objects::lookup $facts [objects::figure [fact $facts type]] -1]
}

# Nothing waits for a segment.
proc waiting {facts} {
    set waiters [objects::waiters $facts]
    return [expr {$waiters eq "" ? "-" : $waiters}]
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
    set commands [concat {*}[objects::lookup $facts holders {}]]
    set owners [concat {*}[objects::lookup $facts owners {}]]
    if {[isUnknown $facts] && ![dict size $owners]} {
        return "?"
    }
    return [join [lmap pid [dict keys [dict merge $commands $owners]] {
        string cat $pid " " [people::shortName $pid [objects::lookup $commands $pid ?]] \
            [owned [objects::lookup $owners $pid 0] [objects::lookup $facts permits 0]]
    }] ", "]
}

# What a process owns of a lock.
proc owned {count permits} {
    if {$count == 0} {
        return ""
    }
    return [expr {$count == $permits ? " (owner)" : " (owner of $count)"}]
}
