# SPDX-License-Identifier: BSD-3-Clause
# topics.tcl --
#
#       Helpers for tests of topics. A test file sources this after common.tcl.
#
#       topic, untopic      a new topic with the handles $topic and $other, and
#                           the end of all handles and of its name
#       fileOfTopic         its file, under the constraint shmFiles
#       overwrite           writes bytes there
#       publishAll          publishes a list of messages
#       receiveAll          receives all that is there
#       outcome             for -command: keeps what came in a global variable

proc topic {args} {
    uplevel 1 [list set name [uniqueName]]
    uplevel 1 [list set topic [posix_ipc::topic open [uplevel 1 {set name}] -flags CREX {*}$args]]
    uplevel 1 {set other [posix_ipc::topic open $name]}
}

proc untopic {} {
    uplevel 1 {
        foreach handle [posix_ipc::handles] {
            $handle destroy
        }
        posix_ipc::topic unlink -nocomplain $name
    }
}

proc fileOfTopic {name} {
    return /dev/shm/posix_ipc.topic.[string range $name 1 end]
}

# The places of what a topic has of its own: posixIpcLayout.h.

set place {head 256 tail 264 bytes 272 data 69632}

proc overwrite {name where bytes} {
    set file [open [fileOfTopic $name] r+b]
    seek $file $where
    puts -nonewline $file $bytes
    close $file
}

proc publishAll {topic messages} {
    foreach message $messages {
        $topic publish $message
    }
}

proc receiveAll {topic} {
    set all {}
    while {![catch {$topic receive -timeout 0} got]} {
        lappend all $got
    }
    return $all
}

proc outcome {variable code result options} {
    set ::$variable [list $code [expr {$code ? [dict get $options -errorcode] : $result}]]
}
