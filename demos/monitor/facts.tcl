# SPDX-License-Identifier: BSD-3-Clause
# The facts of the chosen object, in two columns, and the processes that have it
# open or wait for it.

namespace eval facts {
    # label, and its words. A row is shown only if all facts in its words are
    # known, because the user may not read every object.
    variable table {
        "Value"       {$value}
        "Permits"     {$free of $permits free}
        "Messages"    {$depth}
        "Taken"       {$taken, not acknowledged}
        "Published"   {$published}
        "Bytes"       {$bytes}
        "Waiting"     {$waiting}
        "Held by"     {$heldBy}
        "A message"   {up to [words::size $maxmessagesize]}
        "Notifies"    {[facts::notification $notifypid]}
        "Size"        {[facts::exactSize $size]}
        "Mode"        {[words::mode $mode]}
        "Owner"       {[printable "$owner : $group"]}
        "Changed"     {$changed}
        "Open in"     {$openIn}
        "Rate"        {$forecast}
    }
    variable wide {"Held by" "Rate"}    ;# these have a row of their own
    variable frame
    variable list
}

proc facts::build {window} {
    variable table
    variable frame $window
    ttk::frame $frame
    foreach {label -} $table {
        ttk::label [path label $label] -text $label -style Faint.TLabel
        ttk::label [path text $label]
    }
    grid columnconfigure $frame {1 3} -weight 1
}

proc facts::path {part label} {
    variable frame
    return $frame.$part[string map {" " ""} $label]
}

proc facts::buildHolders {window} {
    variable list $window.list
    ttk::frame $window
    ttk::treeview $list -columns {pid command does} -show headings -height 3 \
        -yscrollcommand [list $window.y set]
    ttk::scrollbar $window.y -command [list $list yview]
    ttk::label $window.note -style Faint.TLabel
    foreach {column heading width anchor} {
        pid "Process" 75 e command "Program" 200 w does "Does" 120 w
    } {
        $list heading $column -text $heading -anchor $anchor
        $list column $column -width [theme::px $width] -anchor $anchor \
            -stretch [expr {$column eq "command"}]
    }
    pack $window.note -side bottom -fill x
    pack $window.y -side right -fill y
    pack $list -side left -fill both -expand 1
}

proc facts::show {known} {
    variable table
    variable wide
    set place 0
    foreach {label words} $table {
        if {[inWords $words $known text]} {
            setText [path text $label] $text
            set isWide [expr {$label in $wide}]
            incr place [expr {$isWide && $place % 2}]
            set row [expr {$place / 2}]
            set column [expr {$place % 2 * 2}]
            grid [path label $label] -row $row -column $column -sticky w \
                -padx [list 0 [theme::px 6]]
            grid [path text $label] -row $row -column [expr {$column + 1}] -sticky w \
                -columnspan [expr {$isWide ? 3 : 1}]
            incr place [expr {1 + $isWide}]
        } else {
            grid forget [path label $label] [path text $label]
        }
    }
    showHolders $known
}

# The facts of an object, and conclusions from them, in words.
proc facts::derived {object} {
    set facts [model get $object]
    set waiters [objects::waiters $facts]
    dict set facts openIn [openIn $facts]
    if {$waiters ne ""} {
        dict set facts waiting [expr {$waiters eq "?" ? "? (not visible)" : $waiters == 0 ? "0"
                                      : "$waiters waiting"}]
    }
    set changed [tree::changed $object]
    if {$changed ne ""} {
        dict set facts changed $changed
    }
    set forecast [trend::forecast $object]
    if {[lindex $object 0] in {mq ring topic}} {
        dict set facts forecast [expr {$forecast eq "" ? "steady" : $forecast}]
    }
    if {[dict exists $facts currentmessages]} {
        dict set facts depth "[dict get $facts currentmessages] of [dict get $facts maxmessages]"
    } elseif {[dict exists $facts messages]} {
        dict set facts depth [dict get $facts messages]
    } elseif {[dict exists $facts owners]} {
        dict set facts heldBy [expr {[objects::lockState $facts] eq "abandoned"
            ? "nobody" : [locks::owners $facts]}]
    }
    return $facts
}

proc facts::openIn {facts} {
    set seen [words::holders $facts]
    if {$seen eq "?"} {
        return "? (not visible)"
    }
    return "$seen process[expr {$seen eq "1" ? "" : "es"}]"
}

# Why some facts of an object cannot be read, or "". Asks the system again to get
# the reason.
proc facts::unreadable {object} {
    lassign $object type name
    if {![model exists $object]} {
        return ""
    }
    set key [objects::figure $type]
    if {[dict exists [model get $object] $key]} {
        return ""
    }
    try {
        posix_ipc::$type info $name
        set options [objects::lookup {shm {-readonly 1} mq {-write 0} topic {-readonly 1}} $type {}]
        [posix_ipc::$type open $name {*}$options] destroy
    } on error {message} {
        return "cannot be read: [words::short $message]"
    }
    return "cannot be read: this system does not report its $key"
}

# Puts facts into the words of the table. The words are our own; facts are
# substituted for variables and never evaluated. Returns whether all are known.
proc facts::inWords {words known textVariable} {
    upvar 1 $textVariable text
    foreach {- key} [regexp -all -inline {\$(\w+)} $words] {
        if {![dict exists $known $key]} {
            return 0
        }
    }
    dict with known {
        set text [subst $words]
    }
    return 1
}

proc facts::setText {label text} {
    if {[$label cget -text] ne $text} {
        $label configure -text $text
    }
}

# Keeps unchanged lines, so that the selection and the scrolling position
# stay. A process that waits is marked.
proc facts::showHolders {known} {
    variable list
    set lines {}
    foreach holder [objects::lookup $known holders {}] {
        lassign $holder pid command
        dict set lines $pid [list $pid [people::name $pid $command] "has it open"]
    }
    set commands [concat {*}[objects::lookup $known holders {}]]
    foreach owner [objects::lookup $known owners {}] {
        lassign $owner pid count
        set owned [expr {$count == [dict get $known permits] ? "holds it" : "holds [words::count $count permit]"}]
        dict set lines $pid [list $pid [people::name $pid [objects::lookup $commands $pid ?]] $owned]
    }
    foreach waiter [objects::lookup $known blocked {}] {
        lassign $waiter pid command operation
        dict set lines $pid [list $pid [people::name $pid $command] "waits: $operation"]
    }
    dict for {pid values} $lines {
        if {![$list exists $pid]} {
            $list insert {} end -id $pid
        }
        if {[$list item $pid -values] ne $values} {
            $list item $pid -values $values
        }
    }
    foreach pid [$list children {}] {
        if {![dict exists $lines $pid]} {
            $list delete [list $pid]
        }
    }
    [winfo parent $list].note configure -text [expr {
        [objects::lookup $known holdersKnown 0] ? "" : "Others may have it open that are not visible to you."}]
}

proc facts::notification {pid} {
    return [expr {$pid ? "process $pid" : "nobody"}]
}

proc facts::exactSize {bytes} {
    set size [words::size $bytes]
    return [expr {$bytes < 1024 ? $size : "$size ($bytes)"}]
}
