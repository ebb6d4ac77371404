/* A power cut that can be repeated: what a program wrote and did not sync can be taken back.

   A kill leaves the page cache, so it cannot show what a power cut loses. Preloaded into a program (LD_PRELOAD), this
   notes what stood in a file of the folder $POWERCUT before each write, in $POWERCUT/undo/<inode>, and forgets the notes
   when the file is synced. tests/events/powercut.py puts back what is still noted. The program itself notices nothing;
   the disk is spared, since nobody's power goes.

   A note: four 8-byte numbers (where, how many old bytes follow, how long the file was, a mark), then the old bytes.
   Writers of one file take turns themselves in the places that matter (SQLite's WAL and PostgreSQL's). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MARK 0x6461796b6e6f7465ULL

static int undo_of(int fd, struct stat *about, char *path) {
    static const char *folder;
    if (!folder && !(folder = getenv("POWERCUT"))) folder = "";
    if (!*folder || fstat(fd, about) || !S_ISREG(about->st_mode)) return 0;
    char link[64], name[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    size_t prefix = strlen(folder);
    if (length <= (ssize_t)prefix || strncmp(name, folder, prefix) || name[prefix] != '/') return 0;
    name[length] = 0;
    if (!strncmp(name + prefix, "/undo/", 6)) return 0;
    snprintf(path, PATH_MAX, "%s/undo/%lu", folder, (unsigned long)about->st_ino);
    return 1;
}

static void note(int fd, off_t where, size_t length) {
    struct stat about;
    char path[PATH_MAX];
    if (!undo_of(fd, &about, path)) return;
    size_t old = where < about.st_size ? (size_t)(about.st_size - where) : 0;
    if (old > length) old = length;
    char *bytes = malloc(old + 1);
    /* read by the program's own descriptor: to open the file again and close it would drop the process's locks on it */
    ssize_t got = pread(fd, bytes, old, where);
    int undo = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    uint64_t head[4] = {(uint64_t)where, (uint64_t)(got > 0 ? got : 0), (uint64_t)about.st_size, MARK};
    struct iovec parts[2] = {{head, sizeof head}, {bytes, head[1]}};
    if (undo < 0 || REAL(writev)(undo, parts, 2) < 0) abort();
    close(undo);
    free(bytes);
}

static size_t sum(const struct iovec *parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    return length;
}

static off_t here(int fd) {
    struct stat about;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND) && !fstat(fd, &about)) return about.st_size;
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at < 0 ? 0 : at;
}

static int sync_now(int fd) {
    struct stat about;
    char path[PATH_MAX];
    if (undo_of(fd, &about, path)) unlink(path);
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t n) { note(fd, here(fd), n); return REAL(write)(fd, bytes, n); }
ssize_t writev(int fd, const struct iovec *p, int n) { note(fd, here(fd), sum(p, n)); return REAL(writev)(fd, p, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { note(fd, at, n); return REAL(pwrite)(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) { note(fd, at, n); return REAL(pwrite64)(fd, b, n, at); }
ssize_t pwritev(int fd, const struct iovec *p, int n, off_t at) {
    note(fd, at, sum(p, n));
    return REAL(pwritev)(fd, p, n, at);
}
ssize_t pwritev64(int fd, const struct iovec *p, int n, off64_t at) {
    note(fd, at, sum(p, n));
    return REAL(pwritev64)(fd, p, n, at);
}
int ftruncate(int fd, off_t size) { note(fd, size, SSIZE_MAX); return REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { note(fd, size, SSIZE_MAX); return REAL(ftruncate64)(fd, size); }
int posix_fallocate(int fd, off_t at, off_t n) { note(fd, at, 0); return REAL(posix_fallocate)(fd, at, n); }
int posix_fallocate64(int fd, off64_t at, off64_t n) { note(fd, at, 0); return REAL(posix_fallocate64)(fd, at, n); }
int fsync(int fd) { return sync_now(fd); }
int fdatasync(int fd) { return sync_now(fd); }
