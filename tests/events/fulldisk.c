/* A full disk that has room again when a test says so, for a program that is started with this (LD_PRELOAD).

   While the link $FULLDISK leads to a folder, no file in that folder grows: what would make one longer is refused with
   ENOSPC, as a disk does it that has no block left. What stands in a file may be written over, as there. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int full(int fd, off_t until) {
    const char *link = getenv("FULLDISK");
    struct stat about;
    char folder[PATH_MAX], own[64], path[PATH_MAX];
    ssize_t length = link ? readlink(link, folder, sizeof folder - 1) : -1;
    if (length <= 0 || fstat(fd, &about) || !S_ISREG(about.st_mode) || until <= about.st_size) return 0;
    snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
    ssize_t named = readlink(own, path, sizeof path - 1);
    if (named <= length || strncmp(path, folder, length) || path[length] != '/') return 0;
    errno = ENOSPC;
    return 1;
}

static off_t sum(const struct iovec *parts, int count) {
    off_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    return length;
}

static off_t here(int fd) {
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at < 0 ? 0 : at;
}

ssize_t write(int fd, const void *b, size_t n) { return full(fd, here(fd) + n) ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { return full(fd, at + n) ? -1 : REAL(pwrite)(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) {
    return full(fd, at + n) ? -1 : REAL(pwrite64)(fd, b, n, at);
}
ssize_t pwritev(int fd, const struct iovec *p, int n, off_t at) {
    return full(fd, at + sum(p, n)) ? -1 : REAL(pwritev)(fd, p, n, at);
}
ssize_t pwritev64(int fd, const struct iovec *p, int n, off64_t at) {
    return full(fd, at + sum(p, n)) ? -1 : REAL(pwritev64)(fd, p, n, at);
}
int posix_fallocate(int fd, off_t at, off_t n) { return full(fd, at + n) ? ENOSPC : REAL(posix_fallocate)(fd, at, n); }
int posix_fallocate64(int fd, off64_t at, off64_t n) {
    return full(fd, at + n) ? ENOSPC : REAL(posix_fallocate64)(fd, at, n);
}
