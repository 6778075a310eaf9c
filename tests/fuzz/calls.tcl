# SPDX-License-Identifier: BSD-3-Clause
# calls.tcl --
#
#       Random calls of the package: valid, nearly valid and absurd ones. Only
#       expr's rand() chooses, so the same srand() gives the same calls.
#
#       calls::next     a call, as a list of words
#       calls::mayStay  whether the call may rightly wait forever
#       calls::trapped  from now on, calls also ask for signals, which are trapped

namespace eval calls {}

# The calls, as the manual writes them, each with its weight. A word in <> is a
# value of that kind; words between ? and ? are optional. The words "turn", "fork",
# "die" and so on are commands of the player; "starving" makes the call that follows
# it while no descriptor is left.

set calls::forms {
    6 {posix_ipc::sem open <name> ?-flags <flags>? ?-mode <mode>? ?-value <integer>? ?-as <sem>?}
    6 {posix_ipc::shm open <name> ?-flags <flags>? ?-mode <mode>? ?-size <size>? ?-readonly <boolean>? ?-as <shm>?}
    6 {posix_ipc::mq open <name> ?-flags <flags>? ?-mode <mode>? ?-maxmessages <few>? ?-maxmessagesize <few>?
        ?-read <boolean>? ?-write <boolean>? ?-blocking <boolean>? ?-encoding <encoding>? ?-as <mq>?}
    12 {posix_ipc::sem open <shared> -flags CREAT -value <few> -as <sem>}
    12 {posix_ipc::shm open <shared> -flags CREAT -size <few> -as <shm>}
    12 {posix_ipc::mq open <shared> -flags CREAT -maxmessages 4 -maxmessagesize 64 -as <mq>}
    6 {posix_ipc::topic open <name> ?-flags <flags>? ?-mode <mode>? ?-size <size>? ?-from <from>? ?-encoding <encoding>?
        ?-readonly <boolean>? ?-as <topic>?}
    12 {posix_ipc::topic open <shared> -flags CREAT -size 4096 -as <topic>}
    4 {posix_ipc::topic open <shared> -readonly 1 -from <from> -as <topic>}
    6 {posix_ipc::ring open <name> ?-flags <flags>? ?-mode <mode>? ?-size <size>? ?-encoding <encoding>? ?-as <ring>?}
    12 {posix_ipc::ring open <shared> -flags CREAT -size 4096 -as <ring>}
    4 {posix_ipc::ring peek <shared> ?-max <units>? ?-bytes <few>?}
    1 {posix_ipc::ring peek <name> ?-max <units>? ?-bytes <size>?}
    6 {posix_ipc::lock open <name> ?-flags <flags>? ?-mode <mode>? ?-permits <few>? ?-as <lock>?}
    12 {posix_ipc::lock open <shared> -flags CREAT -permits <permits> -as <lock>}
    2 {posix_ipc::<family> unlink <name>}
    1 {posix_ipc::<family> list ?<pattern>?}
    1 {posix_ipc::<family> info <name>}
    .3 {posix_ipc::<family> holders ?<name>? ?-pids <pids>?}
    1 {posix_ipc::handles}
    1 {posix_ipc::constants ?<constant>?}

    1 {<handle> close}
    1 {<handle> unlink}
    2 {<handle> destroy}
    4 {<handle> cget <attribute>}
    1 {<handle> configure}
    1 {<handle> configure <attribute>}
    2 {<handle> configure <attribute> <boolean> ?<attribute> <encoding>?}
    3 {<handle> cancel <token>}
    .5 {rename <handle> <handle>}
    .3 {rename <handle> {}}

    9 {<sem> acquire -timeout <timeout>}
    4 {<sem> acquire ?-timeout <seconds>? -command <prefix>}
    8 {<sem> release ?<units>?}
    5 {<sem> with -timeout <timeout> <body>}

    9 {<shm> read ?<size>? ?<size>?}
    9 {<shm> write <size> <bytes>}
    4 {<shm> resize <size>}
    9 {<shm> get <size> <type>}
    9 {<shm> set <size> <type> <value> ?-wake <units>?}
    6 {<shm> incr <size> <type> ?<integer>? ?-wake <units>?}
    4 {<shm> swap <size> <type> <value> ?-wake <units>?}
    4 {<shm> cas <size> <type> <value> <value> ?-wake <units>?}
    4 {<shm> wait <size> <integer> -timeout <timeout>}
    4 {<shm> wait <size> <integer> ?-timeout <seconds>? -command <prefix>}
    4 {<shm> wake <size> ?<units>?}
    1 {posix_ipc::layout <type>}
    4 {posix_ipc::sem at <shm> <size> ?-value <few>? -as <sem>}

    9 {<mq> send <bytes> -timeout <timeout> ?-priority <integer>?}
    4 {<mq> send <bytes> ?-timeout <seconds>? ?-priority <integer>? -command <prefix>}
    9 {<mq> receive -timeout <timeout>}
    4 {<mq> receive ?-timeout <seconds>? -command <prefix>}
    4 {<mq> notify ?-command <prefix>? ?-signal <signal>?}
    4 {<mq> event <event> ?<script>?}

    9 {<topic> publish <bytes>}
    9 {<topic> receive -timeout <timeout>}
    4 {<topic> receive ?-timeout <seconds>? -command <prefix>}
    4 {<topic> latest}
    4 {<topic> event readable ?<script>?}

    9 {<ring> send <bytes> -timeout <timeout>}
    4 {<ring> send <bytes> ?-timeout <seconds>? -command <prefix>}
    4 {<ring> sendlist <value> -timeout <timeout>}
    2 {<ring> sendlist <value> ?-timeout <seconds>? -command <prefix>}
    9 {<ring> receive -timeout <timeout>}
    4 {<ring> receive ?-timeout <seconds>? -command <prefix>}
    6 {<ring> receivelist ?-max <units>? -timeout <timeout>}
    2 {<ring> receivelist ?-max <units>? -command <prefix>}
    9 {<ring> take -timeout <timeout>}
    4 {<ring> take ?-timeout <seconds>? -command <prefix>}
    6 {<ring> ack <message>}
    4 {<ring> requeue <message>}
    5 {<ring> with -timeout <timeout> message <body>}
    4 {<ring> event <event> ?<script>?}

    9 {<lock> acquire ?-permits <permits>? -timeout <timeout> ?-takeover <boolean>?}
    4 {<lock> acquire ?-permits <permits>? ?-timeout <seconds>? ?-takeover <boolean>? -command <prefix>}
    9 {<lock> release ?-abandon <boolean>?}
    5 {<lock> with ?-permits <permits>? -timeout <timeout> ?-recover <body>? <body>}
    4 {<lock> wait ?-timeout <seconds>? -command <prefix>}
    6 {<lock> notify ?<permits>?}

    2 {coroutine <coroutine> posix_ipc::await <sem> acquire ?-timeout <seconds>?}
    2 {coroutine <coroutine> posix_ipc::await <mq> send <bytes> ?-timeout <seconds>? ?-priority <integer>?}
    2 {coroutine <coroutine> posix_ipc::await <mq> receive ?-timeout <seconds>?}
    2 {coroutine <coroutine> posix_ipc::await <topic> receive ?-timeout <seconds>?}
    2 {coroutine <coroutine> posix_ipc::await <ring> take ?-timeout <seconds>?}
    2 {coroutine <coroutine> <ring> with -timeout <timeout> message <body>}
    2 {coroutine <coroutine> posix_ipc::await <lock> acquire ?-permits <permits>? ?-timeout <seconds>?}
    2 {coroutine <coroutine> posix_ipc::await <lock> wait ?-timeout <seconds>?}
    2 {coroutine <coroutine> <lock> with ?-permits <permits>? -timeout <timeout> ?-recover <body>? <body>}
    2 {coroutine <coroutine> posix_ipc::await <shm> wait <size> <integer> ?-timeout <seconds>?}
    2 {coroutine <coroutine> <sem> with -timeout <timeout> <body>}
    1 {coroutine <coroutine> eval <script>}
    .5 {posix_ipc::await <handle> <method>}
    1 {rename <coroutine> {}}
    1 {<coroutine>}

    1 {starving posix_ipc::<family> open <name> -flags CREAT}
    1 {starving posix_ipc::<family> <query> ?<name>?}
    1 {starving <sem> acquire -timeout <timeout> -command <prefix>}
    1 {starving <mq> notify -command <prefix>}
    1 {starving <mq> event <event> <script>}
    1 {starving <mq> receive -timeout <timeout> -command <prefix>}
    1 {starving <handle> destroy}

    3 {<handle> <method> ?<anything>? ?<anything>? ?<anything>?}
    1 {posix_ipc::<family> <method> ?<anything>? ?<anything>?}
    6 {turn}
    .1 {fork}
    .05 {die}
    .01 {<sem> acquire}
    .01 {<sem> with <body>}
    .01 {<lock> acquire}
    .01 {<lock> wait}
    .01 {<mq> receive}
    .01 {<topic> receive}
    .01 {<ring> receive}
    .01 {<mq> send <bytes>}
}

# The values of each kind: usual ones, and values at or beyond its bounds.

set calls::kinds [dict create \
    shared {{/one /two /three} {/four}} \
    name [list {/one /two /three /four /five ""} [list \
        / // /. /.. /../one /a/b one /one/ //one /\0 /one\0two /sem.one /\u00e9 /\u20ac /\U1F600 /\ud800 \
        " " /\n {/$x[y]} /\{ -flags /[string repeat n 250] /[string repeat n 251] /[string repeat n 252] \
        /[string repeat n 255] /[string repeat n 256] [string repeat / 300] /[string repeat \u00e9 127] \
        [string repeat n 70000] [binary format c* {47 255 254}]]] \
    family {{sem shm mq lock ring topic} {sem shm mq lock ring topic}} \
    pids [list [list {} 1 [pid] [list 1 [pid]]] {0 -1 {2 2147483647 2147483648} -4294967295 18446744073709551617 x {1 x} 1.0 \{}] \
    query {{list info holders} {info}} \
    flags {{{} CREAT CREAT CREX {CREAT EXCL} TRUNC {CREAT TRUNC} O_CREAT {O_CREAT O_EXCL}}
        {EXCL O_EXCL {CREAT TRUNC EXCL CREX O_TRUNC} creat O_ {CREAT ""} \{ "CREAT \0" 64 {CREAT CREAT CREAT}}} \
    mode {{0600 0o600 0666 0400 0} {0777 +0400 " 0400" 0_400 01000 07777 08 0x180 0b110 600 -1 0o7777 00000000600 0600x "0600\0" " 0600 " ""}} \
    boolean {{0 1} {true off yes 2 -1 0.0 NaN "" tru \0 0x0 18446744073709551616}} \
    few {{1 2 4 10 64 4096} {0 -1 11 8192 8193 65536 9223372036854775807 9223372036854775808 x}} \
    size {{0 1 7 64 4095 4096 4097 65536}
        {-1 1099511627776 1099511627766 4294967296 4611686018427387904
        9223372036854775807 9223372036854775808 -9223372036854775808 18446744073709551615 18446744073709551617 1.0 "" x}} \
    type {{int8 uint16 int32 int64 uint64 float double int32[4] bytes[8] chars[8] chars.unicode[8] {a int8 b int32}
        {array 3 {a int8 b double}} {packed {a int8 b int64}} {a int8 b {x int16 y {chars[3]}}} double[1000]}
        {int {} int8[0] int8[99999999999999999999] {array 4611686018427387904 {array 4611686018427387904 int8}} {a int8 a int8}
        {packed int8} {array 0 int8} {array x y} chars.nope[3] chars.[3] {a \{} \{ bytes {a {b {c {d {e int8}}}}} {packed int8 b int8}
        int8[9223372036854775807] bytes[1099511627776] "int8\0" {chars[8] chars[8]}}} \
    value {{0 1 -1 255 1.5 {1 2 3 4} abc {a 1} {a 1 b 2} {{a 1 b 2} {a 3 b 4} {b 5}} {b {x 1 y ab}}}
        {256 NaN -Inf 1e300 18446744073709551615 18446744073709551616 -9223372036854775809 {} {a} {c 1} \{ \u20ac a\0b \ud800
        int8 {a int8 b int32} {chars[8] chars[8]} 0x1p3 {a {a 1}}}} \
    integer {{1 2 3 0} {-1 32767 32768 2147483647 2147483648 4294967296 9223372036854775807 9223372036854775808
        -9223372036854775808 -9223372036854775809 18446744073709551616 36893488147419103233 0x10 010 0o17 0b1
        " 1 " 1.0 1e3 1_0 "1\0" \u0661 x "" NaN Inf}} \
    units {{1 2 3 0} {-1 100000 2147483648 9223372036854775807 9223372036854775808 18446744073709551616 010 1.0 x ""}} \
    timeout {{0 0 0 0 0.0001 0.001 0.02} {0.0 -0.0 1e-9 1e-300 4.9e-324 -1 -1e-300 NaN -NaN -Inf .001 0x0 00 1e-3x x "" "0\0"}} \
    seconds {{0 0.001 0.01 Inf} {1e300 9223372036 9223372037 9223372036.854775807 99999999999999999999 1e-9 -1 NaN -Inf x ""}} \
    encoding {{binary utf-8 iso8859-1 ascii} {shiftjis iso2022-jp unicode utf-16 identity symbol nope "" utf-8\0 Binary ../x}} \
    signal {{SIGWINCH SIGURG SIGCONT SIGCHLD 28} {0 -1 65 1000 18446744073709551644 -4294967268 SIGRTMIN+ SIGRTMIN++1 SIGNONE CHLD sigchld "" SIG 28.0 0x1c "SIGURG\0"}} \
    event {{readable writable} {read exception "" readable\0 Readable -command}} \
    pattern {{* /o* {/[a-t]*}} {"" \\ \[ {[} \0 /one [string repeat *? 20]}} \
    constant {{PAGE_SIZE VERSION SEMAPHORE_VALUE_MAX QUEUE_MESSAGES_MAX} {"" page_size PAGE -as "VERSION\0"}} \
    attribute {{-name -value -fd -size -readonly -mqd -maxmessages -maxmessagesize -currentmessages -blocking -encoding
        -read -write -published -messages -bytes -taken -permits -free -held -abandoned -linked -created} {- "" -Name -name\0 name -size\u00e9}} \
    method {{close unlink destroy cget configure acquire release with read write resize send receive notify event cancel get set incr swap cas wait wake publish latest
        sendlist receivelist take ack requeue}
        {open list info "" acq Acquire release\0 \u00e9 -timeout}} \
    token {{call#0 call#1 call#5 call#20 call#100} {call# call#-1 call#99999999999999999999 call#0x1 "" call#1x call#4294967296
        "call#1\0" call1}} \
    sem {{s0 s1 s2} {s3 ::s0 posix_ipc::s0 nowhere::s}} \
    shm {{h0 h1 h2} {h3 ::h0 posix_ipc::h0 ::nowhere::h}} \
    mq {{q0 q1 q2} {q3 ::q0 posix_ipc::q0 ::nowhere::q}} \
    lock {{l0 l1 l2} {l3 ::l0 posix_ipc::l0 ::nowhere::l}} \
    permits {{1 2 3 all} {0 4 -1 1000000 1000001 18446744073709551617 ALL al 1.0 x ""}} \
    ring {{r0 r1 r2} {r3 ::r0 posix_ipc::r0 ::nowhere::r}} \
    message {{message#1 message#2 message#3 message#5 message#8 message#20} {message# message#0 message#-1 call#1 message#1x
        message#99999999999999999999999 "message#1\0"}} \
    topic {{t0 t1 t2} {t3 ::t0 posix_ipc::t0 ::nowhere::t}} \
    from {{new oldest latest} {"" New all new\0}} \
    handle {{s0 s1 h0 h1 q0 q1 l0 l1 r0 r1 t0 t1 s2 h2 q2 l2 r2 t2}
        {::posix_ipc::sem0 ::posix_ipc::shm1 ::posix_ipc::mq2 set :: "" "a b" s\0 \u20ac ::posix_ipc::sem}} \
    coroutine {{c0 c1 c2 c3} {c4}} \
    prefix {{ended {ended more words} {ended closing} {ended destroying} {ended renaming} {ended again} {ended throwing}
        {ended turning} {ended canceling} {ended stopping} {ended posting}}
        {{ended forking} {ended unwinding} {} \{ nowhere {ended \0 \u20ac \{} set "a {b}c" {ended dying}}} \
    script {{{take q0} {take q1} {take q2} {take t0} {take t1} {take r0} {take r1} {act destroying} {act throwing} {act closing} {}}
        {{act dying} {act forking} {act halting} {act turning} {throw {OWN ERROR} odd} {act stopping} nowhere}} \
    body {{{} {set x 1} {s0 release} {act throwing} {act closing} {act destroying} {act renaming} {return 1} {break} {continue}
        {act forking} {act turning} {l0 release} {s1 with -timeout 0 {s0 release}} {s0 with -timeout 0 {s0 destroy}} {pause} {act stopping}}
        {{return -code 7 x} {act dying} {act unwinding} {pause; act throwing} {return -level 3 -code error -errorcode {OWN DEEP} x} {throw {OWN ERROR} odd}}} \
    absurd [list {} \0 \{ \u0100 \ud800 \udc00 \U1F600 [string repeat \u00ff 5000] -- -timeout -command -flags -as ::posix_ipc::sem \
        [binary format H* 00ff80c080edb080] [list a [list b \{]] [string repeat "a " 3000] {[die]} {$x} "\n" %s%n NaN]]

# Messages of every length near a bound; binary ones and others.

dict set calls::kinds bytes [list \
    [list "" x hello \0\0\0 [string repeat m 63] [string repeat m 64] [binary format H* 00ff80c080]] \
    [list [string repeat m 65] [string repeat \u00ff 64] \u0100 \u20ac \U1F600 \ud83d \ude00 \ud83dx [string repeat b 4096] \
        [string repeat m 8192] [string repeat m 8193] [string repeat l 70000] [string repeat \u20ac 40]]]

# calls::OneOf, calls::chance --
#
#       One element of a list; true with a probability.

proc calls::OneOf {list} {
    return [lindex $list [expr {int(rand() * [llength $list])}]]
}

proc calls::chance {probability} {
    return [expr {rand() < $probability}]
}

# calls::Value --
#
#       A value of a kind, in one of Tcl's internal representations.

proc calls::Value {kind} {
    variable kinds
    if {$kind eq "anything"} {
        set kind [OneOf {name flags integer size timeout bytes absurd attribute prefix boolean method}]
    } elseif {$kind ne "signal" && [chance .01]} {
        set kind absurd
    }
    lassign [dict get $kinds $kind] usual odd
    set value [OneOf [expr {$odd eq {} || ![chance .1] ? $usual : $odd}]]
    return [Shape $value [OneOf {as-is as-is as-is as-is fresh list bytes number}]]
}

# calls::Shape --
#
#       The same string with another internal representation.

proc calls::Shape {value form} {
    switch $form {
        fresh   {return [string range $value 0 end]}
        list    {catch {llength $value}}
        bytes   {binary scan $value H2 -}
        number  {catch {expr {$value + 0}}}
    }
    return $value
}

# calls::Parse --
#
#       The parts of a form: whether each is optional, and its words.

proc calls::Parse {form} {
    return [lmap part [regexp -all -inline {\?[^?]*\?|[^\s?]+} $form] {
        list [string match {\?*} $part] [string trim $part ?]
    }]
}

# calls::Fill --
#
#       A word of a form with its value in place.

proc calls::Fill {word} {
    if {![regexp {^(.*)<(\w+)>$} $word - before kind]} {
        return [lindex $word 0]
    }
    if {$before ne ""} {
        return $before[Value $kind]
    }
    return [Value $kind]
}

# calls::Make --
#
#       A call of a form.

proc calls::Make {parts} {
    set call {}
    foreach part $parts {
        lassign $part mayMiss words
        if {!$mayMiss || [chance .5]} {
            foreach word $words {
                lappend call [Fill $word]
            }
        }
    }
    return $call
}

# calls::Mutate --
#
#       A call with one word removed, doubled, moved, added or replaced.

proc calls::Mutate {call} {
    set place [expr {1 + int(rand() * [llength $call])}]
    set word [lindex $call $place]
    switch [OneOf {drop double swap add replace}] {
        drop    {return [lreplace $call $place $place]}
        double  {return [linsert $call $place $word]}
        swap    {return [linsert [lreplace $call $place $place] 1+[expr {int(rand() * [llength $call])}] $word]}
        add     {return [linsert $call $place [Value absurd]]}
        replace {return [lreplace $call $place $place [Value absurd]]}
    }
}

# calls::mayStay --
#
#       Whether a call may wait forever: it has no timeout, or a very long one, and
#       no -command. The timeout of a lock's wait does not limit the acquiring.

proc calls::mayStay {call} {
    switch [lindex $call 0] {
        starving    {set call [lrange $call 1 end]}
        coroutine   {set call [lrange $call 2 end]}
    }
    set method [lindex $call 1]
    if {$method eq "wait" && [string match {*l[0-9]} [lindex $call 0]]} {
        return [expr {"-command" ni $call}]
    }
    if {$method ni {acquire receive receivelist send sendlist take with} || "-command" in $call} {
        return 0
    }
    set times [lsearch -all $call -timeout]
    set time [lindex $call [lindex $times end]+1]
    return [expr {$times eq {} || ![string is double -strict $time] || $time > 1}]
}

# calls::trapped --
#
#       Adds signals to those that calls ask for.

proc calls::trapped {signals} {
    variable kinds
    lassign [dict get $kinds signal] usual odd
    dict set kinds signal [list [concat $usual $signals] $odd]
}

# calls::next --
#
#       The next call. A mutated call that may wait forever is rare.

proc calls::next {} {
    variable parsed
    while 1 {
        set form [lindex $parsed [expr {int(rand() * [llength $parsed])}]]
        set call [Make $form]
        if {[chance .08]} {
            set call [Mutate $call]
        }
        if {![mayStay $call] || [llength $form] <= 3} {
            return $call
        }
    }
}

# In this list, each form is repeated according to its weight.

set calls::parsed {}
foreach {weight form} $calls::forms {
    lappend calls::parsed {*}[lrepeat [expr {int($weight * 100)}] [calls::Parse $form]]
}
