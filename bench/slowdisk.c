/* A disk that always takes as long: preloaded (LD_PRELOAD), each sync takes $SLOWDISK_US microseconds and nothing else,
   so that figures do not depend on the machine's disk. For bench/log.py. */

#include <stdlib.h>
#include <unistd.h>

static int wait_for_it(void) {
    static long microseconds = -1;
    if (microseconds < 0) microseconds = getenv("SLOWDISK_US") ? atol(getenv("SLOWDISK_US")) : 0;
    if (microseconds) usleep((useconds_t)microseconds);
    return 0;
}

int fsync(int fd) { (void)fd; return wait_for_it(); }
int fdatasync(int fd) { (void)fd; return wait_for_it(); }
