/* A disk for tests, put before the C library: of the files whose path has the text HOLDS in it, none
 * grows while the file FOLDER/full is there, and no sync succeeds while FOLDER/failing is there.
 *
 * Whatever was synced is copied to FOLDER/kept, as it would be found after the power was lost: of a
 * file all that was there at its last sync, and nothing since; one that was deleted is gone when
 * its folder was synced. While FOLDER/lying is there a sync succeeds and keeps nothing. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of an open file. */
static int is_named(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

/* Whether a file is on this disk, and its path. */
static int is_here(int file, char *path) {
    const char *holds = getenv("DISK_HOLDS");
    return holds && is_named(file, path) && strstr(path, holds) != NULL;
}

/* Whether it is the folder of what is on this disk, and its path. */
static int is_folder(int file, char *path) {
    const char *holds = getenv("DISK_HOLDS");
    if (!holds || !is_named(file, path)) return 0;
    size_t part = strrchr(holds, '/') - holds, length = strlen(path);
    return length > part && strncmp(path + length - part, holds, part) == 0;
}

static int is_so(const char *what) {
    char path[PATH_MAX];
    const char *folder = getenv("DISK_FOLDER");
    if (!folder) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, what);
    return access(path, F_OK) == 0;
}

/* Copies what is in a file now, whole or not at all. */
static int keep(int file, const char *path) {
    char as[PATH_MAX], next[PATH_MAX + 4];
    struct stat now;
    const char *name = strrchr(path, '/') + 1;
    snprintf(as, sizeof as, "%s/kept/%s", getenv("DISK_FOLDER"), name);
    snprintf(next, sizeof next, "%s.new", as);
    int from = open(path, O_RDONLY), to = open(next, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    off_t at = 0;
    int failed = from < 0 || to < 0 || fstat(file, &now) != 0;
    while (!failed && at < now.st_size) failed = sendfile(to, from, &at, now.st_size - at) <= 0;
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    return failed ? -1 : rename(next, as);
}

/* Forgets what was deleted from a folder. */
static void forget(const char *folder) {
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/kept", getenv("DISK_FOLDER"));
    DIR *kept = opendir(path);
    struct dirent *one;
    while (kept && (one = readdir(kept))) {
        snprintf(path, sizeof path, "%s/%s", folder, one->d_name);
        if (access(path, F_OK) == 0) continue;
        snprintf(path, sizeof path, "%s/kept/%s", getenv("DISK_FOLDER"), one->d_name);
        unlink(path);
    }
    if (kept) closedir(kept);
}

static int synced(int file, const char *by) {
    int (*real)(int) = dlsym(RTLD_NEXT, by);
    char path[PATH_MAX];
    int error = errno;
    if (!is_here(file, path)) {
        if (is_folder(file, path) && !is_so("lying")) forget(path);
        errno = error;
        return real(file);
    }
    if (is_so("failing")) {
        errno = EIO;
        return -1;
    }
    if (real(file) != 0) return -1;
    return is_so("lying") ? 0 : keep(file, path);
}

int fsync(int file) { return synced(file, "fsync"); }

int fdatasync(int file) { return synced(file, "fdatasync"); }

/* Whether there is no room for so many octets from there on. */
static int is_refused(int file, off_t from, size_t octets) {
    char path[PATH_MAX];
    struct stat now;
    int error = errno;
    int refused = is_here(file, path) && is_so("full") && fstat(file, &now) == 0
        && from + (off_t)octets > now.st_size;
    errno = refused ? ENOSPC : error;
    return refused;
}

ssize_t write(int file, const void *from, size_t octets) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (file > 2 && is_refused(file, lseek(file, 0, SEEK_CUR), octets)) return -1;
    return real(file, from, octets);
}

ssize_t pwrite64(int file, const void *from, size_t octets, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (is_refused(file, at, octets)) return -1;
    return real(file, from, octets, at);
}

ssize_t pwrite(int file, const void *from, size_t octets, off_t at) {
    return pwrite64(file, from, octets, at);
}
