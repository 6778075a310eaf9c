# SPDX-License-Identifier: BSD-3-Clause
# topic.tcl --
#
#       Messages of 64 bytes through a topic, beside a queue of the system, where the
#       ratio is the fraction of its time that a topic takes; and what readers cost a
#       publisher, beside a topic without readers.

source [file join [file dirname [info script]] rivals.tcl]

# readAll --
#
#       The other side, which runs until it is killed.

proc readAll {name} {
    posix_ipc::topic open $name -as topic
    puts ready
    flush stdout
    while 1 {
        topic receive
    }
}

# newReaders --
#
#       Creates a topic, whose handle gets this name, and processes that wait for its messages.

proc newReaders {command count} {
    posix_ipc::topic open /bench-[pid]-$command -flags CREX -as $command
    return [lmap - [lrepeat $count -] {
        set reader [bench::again readAll [$command cget -name]]
        gets $reader
        pid $reader
    }]
}

# publishing --
#
#       A contender that publishes to a topic.

proc publishing {command} {
    return [bench::script "$command publish \$message" $rivals::message]
}

proc compareTopics {} {
    posix_ipc::topic open /bench-[pid] -flags CREX -as topic
    posix_ipc::mq open /bench-[pid] -flags CREX -maxmessages 4 -maxmessagesize 64 -as mq
    bench::compare "topic: publish + receive, beside a queue" {} \
        [bench::script {topic publish $message; topic receive} $rivals::message] \
        [list [bench::script {mq send $message; mq receive} $rivals::message]]
    newReaders busy 1
    bench::compare "topic: publish, 1 reader, beside none" 1.5 [publishing busy] [list [publishing topic]]
    foreach id [newReaders stopped 8] {
        exec kill -STOP $id
    }
    bench::compare "topic: publish, 8 stopped readers, beside none" 1.5 [publishing stopped] \
        [list [publishing topic]]
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    compareTopics
}
