# SPDX-License-Identifier: BSD-3-Clause
# families.tcl --
#
#       What the tests of all families must know of each. A new family gets an entry here, and a row in
#       library/families.tcl. It needs no package: the faults read it too.
#
#       noun        what messages call an object
#       small       the options of open for a small object
#       attributes  those that only this family's handles have
#       live        the attributes that only an open handle has
#       calls       arguments for every method that needs an open handle
#       info        the keys of info that not all families have
#       use         a script that uses an object by $handle
#       used        its result
#       isSegment   1 if the object is a shared segment with our own layout, which counts its waiters by itself

set descriptions {
    sem {
        noun semaphore
        small {}
        attributes {-value}
        live {-value}
        calls {close acquire {acquire -timeout 0} release {release 2} {with {}} configure}
        info {value waiters}
        use {$handle release; $handle acquire}
        used {}
        isSegment 0
    }
    shm {
        noun "shared memory"
        small {-size 4096}
        attributes {-fd -size -readonly}
        live {-fd -size}
        calls {close read {read 0 1} {write 0 x} {resize 10} configure {get 0 int32} {set 0 int32 1} {incr 0 int32}
            {swap 0 int32 1} {cas 0 int32 0 1} {wait 0 1} {wake 0}}
        info size
        use {$handle write 0 hello; $handle resize 5; $handle read}
        used hello
        isSegment 0
    }
    mq {
        noun "message queue"
        small {-maxmessages 4 -maxmessagesize 64}
        attributes {-mqd -maxmessages -maxmessagesize -currentmessages -blocking -encoding -read -write}
        live {-mqd -currentmessages}
        calls {close {send x} {send x -timeout 0} receive {receive -timeout 0} configure {configure -blocking 0}
            {notify -command list} {event readable}}
        info {maxmessages maxmessagesize currentmessages bytes notifypid}
        use {$handle send hello; $handle receive}
        used {hello 0}
        isSegment 0
    }
    lock {
        noun lock
        small {}
        attributes {-permits -free -held -abandoned}
        live {-free -held -abandoned}
        calls {close acquire {acquire -timeout 0} release {with {}} {wait -timeout 0} notify configure}
        info {permits free abandoned owners waiters}
        use {$handle acquire; $handle release}
        used {}
        isSegment 1
    }
    ring {
        noun ring
        small {-size 4096}
        attributes {-size -encoding -messages -bytes -taken}
        live {-messages -bytes -taken}
        calls {close {send x} {sendlist x} receive {receive -timeout 0} receivelist take {ack t} {requeue t}
            {with m {}} {event readable} configure}
        info {size messages bytes taken waiters}
        use {$handle send hello; $handle receive}
        used hello
        isSegment 1
    }
    topic {
        noun topic
        small {-size 4096}
        attributes {-size -encoding -readonly -published}
        live {-published}
        calls {close {publish x} receive {receive -timeout 0} latest {event readable} configure}
        info {size published bytes}
        use {$handle publish hello; $handle latest}
        used hello
        isSegment 1
    }
}

# described --
#
#       One of these properties of a family.

proc described {family property} {
    return [dict get $::descriptions $family $property]
}
