# SPDX-License-Identifier: BSD-3-Clause
# pictures.tcl --
#
#       Takes the pictures of the monitor in doc/pictures anew:
#
#           TCLLIBPATH=<the build directory> tclsh8.6 tools/pictures.tcl ?directory?
#
#       It needs Debian's packages xvfb, imagemagick, tk8.6 and
#       fonts-dejavu-core. If the system allows it, it works in namespaces of
#       its own, which contain only the objects of living.tcl; otherwise the
#       pictures also show the other objects in the system.

package require Tcl 8.6-

set here [file dirname [file normalize [info script]]]
set monitor [file join $here .. demos monitor.tcl]
set alone {unshare --user --map-root-user --mount --ipc sh -euc {
    mount -t tmpfs none /dev/shm
    exec "$@"
} sh}

# name, dots per inch, window, settings, the object to choose, the steps after that
set pictures {
    monitor        96 1280x800  {}       {mq /jobs}      {wait 25000}
    monitor-bytes  96 1000x600  {dark 1} {shm /camera}   {press Control-Key-3 wait 3000}
    monitor-small  96 800x470   {}       {sem /printers} {wait 12000}
    monitor-new    96 1000x600  {}       {mq /jobs}      {press Control-n}
    monitor-unlink 96 1000x600  {}       {mq /jobs}      {press Control-a press Delete}
    monitor-double 192 2000x1200 {dark 1} {mq /jobs}     {wait 12000}
}

# The part with Tk: the monitor itself, which performs the actions and takes its
# own picture.
set taking {
    package require Tk
    lassign $argv monitor file object steps
    set argv {}
    source $monitor
    proc wait {milliseconds} {
        after $milliseconds {set ::waited 1}
        vwait ::waited
    }
    proc press {key} {
        event generate [focus] <$key>
        wait 1000
    }
    while {![winfo viewable .panes.top.tree.list]} {
        wait 100
    }
    focus -force .panes.top.tree.list
    wait 2000
    tree::choose $object
    wait 1000
    foreach {step argument} $steps {
        $step $argument
    }
    exec import -window root +dither -colors 128 \
        -define png:compression-level=9 -define png:compression-filter=0 PNG8:$file
    exit
}

# take --
#
#       One picture, in an X server of its own that is as large as the window.

proc take {file dots window settings object steps} {
    global env monitor taking
    close [file tempfile folder]
    file delete $folder
    file mkdir [file join $folder posix_ipc]
    set env(XDG_CONFIG_HOME) $folder
    lassign [split $window x] width height
    writeFile [file join $folder posix_ipc monitor.conf] \
        [join [lmap {name value} [list geometry $window+0+0 {*}$settings] {
            string cat $name = $value
        }] \n]
    writeFile [file join $folder taking.tcl] $taking
    set menu [expr {27 * $dots / 96}]
    set server [open |[list Xvfb -displayfd 1 -noreset -nolisten tcp -dpi $dots \
        -screen 0 ${width}x[expr {$height + $menu}]x24 2>/dev/null]]
    try {
        set env(DISPLAY) :[gets $server]
        exec wish8.6 [file join $folder taking.tcl] $monitor $file $object $steps >@stdout 2>@stderr
    } finally {
        exec sh -c "kill [pid $server]"
        catch {close $server}
        file delete -force $folder
    }
}

proc writeFile {name text} {
    set channel [open $name w]
    puts $channel $text
    close $channel
}

proc main {folder} {
    global here pictures
    file mkdir $folder
    set living [open |[list [info nameofexecutable] [file join $here living.tcl]] r+]
    gets $living
    try {
        foreach {name dots window settings object steps} $pictures {
            puts "$name.png"
            take [file join $folder $name.png] $dots $window $settings $object $steps
        }
    } finally {
        close $living
    }
}

if {[lindex $argv 0] eq "alone"} {
    main [lindex $argv 1]
} else {
    set folder [file normalize [lindex [concat $argv [list [file join $here .. doc pictures]]] 0]]
    if {[catch {exec {*}$alone true}]} {
        main $folder
    } else {
        exec {*}$alone [info nameofexecutable] [info script] alone $folder >@stdout 2>@stderr
    }
}
