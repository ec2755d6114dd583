/* Randomness for tests, put before the C library: while the file RANDOMNESS/none is there, nothing is
 * drawn, and while RANDOMNESS/short is there, one octet at a time. What the standard library of Rust
 * draws for its hash tables is left alone: it says that it needs no secret (GRND_INSECURE). */

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_so(const char *what) {
    char path[PATH_MAX];
    const char *folder = getenv("RANDOMNESS");
    if (!folder) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, what);
    return access(path, F_OK) == 0;
}

ssize_t getrandom(void *to, size_t length, unsigned flags) {
    int is_secret = length > 0 && !(flags & GRND_INSECURE), error = errno;
    if (is_secret && is_so("none")) {
        errno = EIO;
        return -1;
    }
    if (is_secret && is_so("short")) length = 1;
    errno = error;
    return syscall(SYS_getrandom, to, length, flags);
}
