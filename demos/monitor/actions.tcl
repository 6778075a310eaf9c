# SPDX-License-Identifier: BSD-3-Clause
# The actions on the chosen object. A table has the actions of each kind, with
# their fields; code makes the rows from it. The outcome, good or bad, is shown
# under the buttons.

namespace eval actions {
    # type: action, button, fields: name, label, first value, width. Other types have no actions
    variable table {
        sem {
            release "Release" {count "units" 1 5}
            acquire "Acquire" {timeout "timeout (s)" "" 5}
        }
        mq {
            send    "Send"    {message "" "" 0 priority "priority" 0 3 timeout "timeout (s)" "" 3}
            receive "Receive" {timeout "timeout (s)" "" 3}
        }
        shm {
            write   "Write"   {bytes "" "" 0 form "as" text 5 offset "at" 0 6}
            resize  "Resize"  {size "to bytes" "" 12}
        }
        lock {
            acquirePermits "Acquire"   {permits "permits" 1 5 timeout "timeout (s)" "" 5}
            releaseGrant   "Release"   {leave "leaves it" clean 10}
            takeOver       "Take over" {}
        }
        ring {
            send    "Send"    {message "" "" 0 timeout "timeout (s)" "" 3}
            receive "Receive" {timeout "timeout (s)" "" 3}
            peek    "Peek"    {number "messages" 1 5}
        }
        topic {
            publish "Publish" {message "" "" 0}
            latest  "Latest"  {}
        }
    }
    # The fields that have a list of values.
    variable choices {form {text hex} leave {clean abandoned}}
    # The conditions under which a field or an action is of use; the others always are.
    variable applies {
        acquirePermits {![locks::held $object]}
        releaseGrant   {[locks::held $object]}
        takeOver       {![locks::held $object] && [locks::maybeAbandoned $object]}
    }
    variable tips {
        count    "How many units are released"
        timeout  "How many seconds to wait; if empty, until canceled (Escape)"
        message  "The text of the message, sent in UTF-8"
        number   "How many of the oldest messages are shown; they stay in the ring"
        priority "Higher ones are received first"
        bytes    "What to write: text, or bytes in hexadecimal such as 00 ff 1a"
        form     "text, which is written in UTF-8, or hex"
        offset   "The offset of the first byte"
        size     "The new size of the segment"
        permits  "How many permits to take, or all"
        leave    "clean; or abandoned: the next owner learns that what the lock protects may be half changed.\nOnly a holder of all permits can leave it abandoned"
    }
    variable frame
    variable field          ;# type,action,name -> what is in the field
    variable outcomes       ;# object -> {good|bad text}
    variable pending {}     ;# call -> {object handle token}
    variable calls 0
}

proc actions::build {window} {
    variable table
    variable frame $window
    ttk::frame $frame
    set table [dict merge [dict map {type -} $::posix_ipc::families::nouns {list}] $table]
    foreach {type rows} $table {
        ttk::frame $frame.$type
        set width [tcl::mathfunc::max 0 {*}[lmap {- label -} $rows {string length $label}]]
        foreach {action label fields} $rows {
            buildRow $frame.$type.$action $type $action $label $fields $width
            pack $frame.$type.$action -side top -fill x -pady [theme::px 2]
        }
    }
    ttk::frame $frame.foot
    ttk::button $frame.cancel -width 16 -text "Cancel waiting" -command actions::cancel
    tooltip::add $frame.cancel "Ends the calls that wait (Escape)"
    # Its height stays the same, so that the buttons above do not move under the
    # pointer.
    ttk::frame $frame.room -height [expr {2 * [font metrics TkDefaultFont -linespace]}]
    ttk::label $frame.outcome -anchor nw
    place $frame.outcome -in $frame.room -x 0 -y 0 -relwidth 1 -relheight 1
    tooltip::add $frame.outcome ""
    pack $frame.foot -side bottom -fill x
    pack $frame.cancel -in $frame.foot -side right -anchor n
    pack $frame.room -in $frame.foot -side left -fill x -expand 1
    raise $frame.outcome
    bind $frame.room <Configure> [list $frame.outcome configure -wraplength %w]
}

# A button and its fields. Enter in a field invokes the button.
proc actions::buildRow {row type action label fields buttonWidth} {
    variable tips
    variable field
    variable choices
    set gap [theme::px 4]
    ttk::frame $row
    ttk::button $row.do -text $label -width $buttonWidth \
        -command [list actions::start $type $action]
    pack $row.do -side left
    foreach {name text value width} $fields {
        set field($type,$action,$name) $value
        set variable actions::field($type,$action,$name)
        if {$text ne ""} {
            pack [ttk::label $row.label_$name -text $text] -side left -padx [list $gap 0]
        }
        if {[dict exists $choices $name]} {
            ttk::combobox $row.$name -values [dict get $choices $name] -state readonly
        } else {
            ttk::entry $row.$name
        }
        $row.$name configure -textvariable $variable -width [expr {max(3, $width)}]
        tooltip::add $row.$name [dict get $tips $name]
        bind $row.$name <Return> [list $row.do invoke]
        pack $row.$name -side left -padx [list $gap 0] -fill x -expand [expr {$width == 0}]
    }
}

# Showing -----------------------------------------------------------------------

# Input for one object must not be used for the next.
proc actions::showFor {object} {
    variable frame
    variable table
    pack forget {*}[lmap {type -} $table {string cat $frame. $type}]
    pack $frame.[lindex $object 0] -side top -fill x
    reset [lindex $object 0]
    showOutcome
    showCancel
}

proc actions::reset {type} {
    variable table
    variable field
    foreach {action - fields} [dict get $table $type] {
        foreach {name - value -} $fields {
            set field($type,$action,$name) $value
        }
    }
}

# Disables what is of no use now: all actions if the object has vanished, otherwise those that
# the table names. If a disabled field had the focus, the tree gets it.
proc actions::applyStates {} {
    variable frame
    variable applies
    set object [side::shown]
    if {$object eq ""} return
    foreach row [winfo children $frame.[lindex $object 0]] {
        set action [winfo name $row]
        set isOn [expr {![side::gone] && (![dict exists $applies $action]
                                          || [expr [dict get $applies $action]])}]
        foreach part [winfo children $row] {
            $part state [expr {$isOn ? "!disabled" : "disabled"}]
            if {!$isOn && [::focus] eq $part} {
                tree::focus
            }
        }
    }
}

# Shows the outcome of an action. If another object is shown by now, it goes to
# the log.
proc actions::tell {object quality text} {
    variable outcomes
    set outcomes($object) [list $quality $text]
    if {$object eq [side::shown]} {
        showOutcome
    } else {
        log::add $quality "[printable [lindex $object 1]]: $text"
    }
}

proc actions::showOutcome {} {
    variable frame
    variable outcomes
    set object [side::shown]
    lassign [expr {[info exists outcomes($object)] ? $outcomes($object) : {good ""}}] \
        quality text
    $frame.outcome configure -text $text -style [string totitle $quality].TLabel
    tooltip::change $frame.outcome $text
}

proc actions::showCancel {} {
    variable frame
    set count [llength [waiting]]
    $frame.cancel configure -text [expr {$count ? "Cancel [words::count $count call]"
                                               : "Cancel waiting"}]
    $frame.cancel state [expr {$count ? "!disabled" : "disabled"}]
}

# The first field of the chosen object's actions.
proc actions::focus {} {
    variable frame
    variable table
    set type [lindex [side::shown] 0]
    if {$type ne "" && [side::page] eq "object"} {
        foreach {action - fields} [dict get $table $type] {
            set row $frame.$type.$action
            if {[$row.do instate !disabled]} {
                ::focus $row.[lindex [concat $fields do] 0]
                break
            }
        }
    }
}
