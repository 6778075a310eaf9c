# The facts of the chosen object, in two columns, and the processes that have it
# open.

namespace eval facts {
    # label, and how it is put into words. It has a place where all facts that
    # stand in its words are known: the caller may not read every object.
    variable table {
        "Value"       {$value}
        "Messages"    {$currentmessages of $maxmessages}
        "Bytes"       {$bytes}
        "A message"   {up to [words::size $maxmessagesize]}
        "Notice to"   {[facts::notice $notifypid]}
        "Size"        {[facts::exactSize $size]}
        "Mode"        {[words::mode $mode]}
        "Owner"       {[printable "$owner : $group"]}
        "Changed"     {[words::time $mtime]}
        "Held by"     {[facts::processes $holders]}
    }
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
    grid columnconfigure $frame {1 3} -weight 1 -uniform facts
}

proc facts::path {part label} {
    variable frame
    return $frame.$part[string map {" " ""} $label]
}

proc facts::buildHolders {window} {
    variable list $window.list
    ttk::frame $window
    ttk::treeview $list -columns {pid command} -show headings -height 3 \
        -yscrollcommand [list $window.y set]
    ttk::scrollbar $window.y -command [list $list yview]
    foreach {column heading width} {pid "Process" 80 command "Command" 200} {
        $list heading $column -text $heading -anchor w
        $list column $column -width [theme::px $width] -stretch [expr {$column eq "command"}]
    }
    pack $window.y -side right -fill y
    pack $list -side left -fill both -expand 1
}

proc facts::show {known} {
    variable table
    set place 0
    foreach {label words} $table {
        if {[inWords $words $known text]} {
            setText [path text $label] $text
            set row [expr {$place / 2}]
            set column [expr {$place % 2 * 2}]
            grid [path label $label] -row $row -column $column -sticky w \
                -padx [list 0 [theme::px 6]]
            grid [path text $label] -row $row -column [expr {$column + 1}] -sticky w
            incr place
        } else {
            grid forget [path label $label] [path text $label]
        }
    }
    showHolders [expr {[dict exists $known holders] ? [dict get $known holders] : {}}]
}

# Puts facts into the words of the table, which are ours. What the facts hold
# takes the place of variables, and is not looked at again. Returns whether all
# are known.
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

# Keeps the lines that stay, so that selection and scrolling do too.
proc facts::showHolders {holders} {
    variable list
    set lines {}
    foreach holder $holders {
        lassign $holder pid command
        if {![$list exists $pid]} {
            $list insert {} end -id $pid
        }
        $list item $pid -values [list $pid [printable $command]]
        lappend lines $pid
    }
    foreach pid [$list children {}] {
        if {$pid ni $lines} {
            $list delete [list $pid]
        }
    }
}

proc facts::notice {pid} {
    return [expr {$pid ? "process $pid" : "nobody"}]
}

proc facts::exactSize {bytes} {
    set size [words::size $bytes]
    return [expr {$bytes < 1024 ? $size : "$size ($bytes)"}]
}

proc facts::processes {holders} {
    set count [llength $holders]
    return [expr {$count == 1 ? "1 process" : "$count processes"}]
}
