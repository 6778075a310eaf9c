# SPDX-License-Identifier: BSD-3-Clause
# families.tcl --
#
#       What programs know of all families of objects. A new family gets a row here; monitor.tcl, cleanup.tcl and
#       the demos read it.
#
#       all             the families, in the order in which programs show them
#       nouns           what error messages call an object
#       shortNouns      what tables and sentences call it
#       attributes      an attribute that only handles of this family have, by which they are recognized
#                       ("" for semaphores)
#       figures         the facts of "info" that change while programs run, the most important one first

namespace eval ::posix_ipc::families {
    variable all {} nouns {} shortNouns {} attributes {} figures {}
}

apply {rows {
    variable all
    foreach {family noun shortNoun attribute itsFigures} $rows {
        lappend all $family
        foreach {property value} [list nouns $noun shortNouns $shortNoun attributes $attribute figures $itsFigures] {
            variable $property
            dict set $property $family $value
        }
    }
} ::posix_ipc::families} {
    sem   semaphore       semaphore {}         value
    shm   "shared memory" segment   -fd        size
    mq    "message queue" queue     -mqd       {currentmessages bytes}
    lock  lock            lock      -permits   {free waiters}
    ring  ring            ring      -taken     {messages bytes}
    topic topic           topic     -published {published bytes}
}
