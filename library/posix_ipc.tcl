# posix_ipc.tcl --
#
#       The part of the package that is written in Tcl. It is read after the
#       compiled part has made its commands.

namespace eval ::posix_ipc {
    namespace export sem shm mq await handles constants
}
