/* Preloaded into the driver: the n-th write of the process to a file or socket takes only half of its bytes.
 * Mode 1: it says so (a short write). Mode 2: the process dies there (a torn write).
 * Mode 3 counts the calls that change names instead: the n-th is done, yet reported as failed with EIO (as a network
 * filesystem may).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static int mode, left, fired;

void edid_arm(int wanted, int number) { mode = wanted; left = number; fired = 0; }
int edid_fired(void) { return fired; }

static int hit(int wanted)
{
    if (mode != wanted || __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST) != 0) return 0;
    fired = 1;
    return 1;
}

static int half(void) { return hit(1) || hit(2); }
static size_t part(size_t size) { return size > 1 ? size / 2 : size; }
static void die(void) { if (mode == 2) kill(getpid(), SIGKILL); }
static long told(long done) { if (done < 0) return done; errno = EIO; return -1; }

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(ssize_t, write, int, const void *, size_t);
    if (fd > 2 && half()) { ssize_t done = real(fd, data, part(size)); die(); return done; }
    return real(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    if (fd > 2 && half()) { ssize_t done = real(fd, data, part(size), at); die(); return done; }
    return real(fd, data, size, at);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    REAL(ssize_t, send, int, const void *, size_t, int);
    if (half()) { ssize_t done = real(fd, data, part(size), flags); die(); return done; }
    return real(fd, data, size, flags);
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    return hit(3) ? told(real(from, to)) : real(from, to);
}

int renameat(int a, const char *from, int b, const char *to)
{
    REAL(int, renameat, int, const char *, int, const char *);
    return hit(3) ? told(real(a, from, b, to)) : real(a, from, b, to);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned int flags)
{
    REAL(int, renameat2, int, const char *, int, const char *, unsigned int);
    return hit(3) ? told(real(a, from, b, to, flags)) : real(a, from, b, to, flags);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    return hit(3) ? told(real(path)) : real(path);
}

int unlinkat(int at, const char *path, int flags)
{
    REAL(int, unlinkat, int, const char *, int);
    return hit(3) ? told(real(at, path, flags)) : real(at, path, flags);
}

int mkdir(const char *path, mode_t rights)
{
    REAL(int, mkdir, const char *, mode_t);
    return hit(3) ? told(real(path, rights)) : real(path, rights);
}

int rmdir(const char *path)
{
    REAL(int, rmdir, const char *);
    return hit(3) ? told(real(path)) : real(path);
}
