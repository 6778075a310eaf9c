// SPDX-License-Identifier: BSD-3-Clause
// boost WHAT NAME ?ARGUMENT...?: one call of Boost.Interprocess, for a partner in Tcl.
//
//   make-sem NAME VALUE     wait NAME     post NAME
//   make-shm NAME SIZE TEXT     read NAME     write NAME TEXT
//
// Boost prepends the slash to the names of semaphores and segments.
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <boost/interprocess/sync/named_semaphore.hpp>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

using namespace boost::interprocess;

static char *Map(shared_memory_object &segment, mapped_region &region)
{
    mapped_region(segment, read_write).swap(region);
    return static_cast<char *>(region.get_address());
}

int main(int argc, char **argv)
{
    const std::string what = argc > 2 ? argv[1] : "";
    const char *name = argv[2], *argument = argc > 3 ? argv[3] : "";
    mapped_region region;

    if (what == "make-sem") {
        named_semaphore(create_only, name, static_cast<unsigned>(std::atoi(argument)));
    } else if (what == "wait") {
        named_semaphore semaphore(open_only, name);
        std::cout << "waiting" << std::endl;
        semaphore.wait();
        std::cout << "acquired" << std::endl;
    } else if (what == "post") {
        named_semaphore(open_only, name).post();
    } else if (what == "make-shm") {
        shared_memory_object segment(create_only, name, read_write);
        segment.truncate(std::atoi(argument));
        std::strcpy(Map(segment, region), argv[4]);
    } else if (what == "read") {
        shared_memory_object segment(open_only, name, read_write);
        std::cout << Map(segment, region) << " " << region.get_size() << std::endl;
    } else if (what == "write") {
        shared_memory_object segment(open_only, name, read_write);
        std::strcpy(Map(segment, region), argument);
    } else {
        return 2;
    }
    return 0;
}
