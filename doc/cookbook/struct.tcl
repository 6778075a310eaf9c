# SPDX-License-Identifier: BSD-3-Clause
# struct.tcl: a program in C and this one share a struct. Needs a C
# compiler.

package require posix_ipc

set source {
    #include <fcntl.h>
    #include <stdatomic.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <sys/mman.h>

    struct Board {
        _Atomic int32_t clicks; double average; char title[16];
    };

    int main(void) {
        int fd = shm_open("/example-struct", O_RDWR, 0);
        struct Board *board = mmap(NULL, sizeof *board,
            PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        board->average = 2.5;
        snprintf(board->title, sizeof board->title, "from C");
        return atomic_fetch_add(&board->clicks, 1) != 41;
    }
}
set board {clicks int32 average double title {chars[16]}}

set shm [posix_ipc::shm open /example-struct -flags CREX \
    -size [dict get [posix_ipc::layout $board] size]]
$shm set 0 $board {clicks 41 title "from Tcl"}
close [file tempfile program]
exec cc -x c -o $program - -lrt << $source
exec $program
puts [$shm get 0 $board]
$shm unlink
file delete $program

# It prints:
# clicks 42 average 2.5 title {from C}
