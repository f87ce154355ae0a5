/*
 * Preloaded into a process, it keeps a journal of what that process does to the files of one folder, in order: what is
 * written where, what is flushed, and what the process prints. From it a test makes the states in which a power loss
 * could have left the folder (power-loss.ts).
 *
 *   JOURNAL_FOLDER  the folder; JOURNAL_FILE  where to append
 *
 * An entry is a line `kind path offset length`, then `length` bytes. A flush has two entries, `flush` before it and
 * `flushed` behind it with the same number in `offset`: it covers what was written before it began.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>


static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static long flushes = 0;

static const char *name_of(int fd, char *buffer, size_t size) {
  const char *folder = getenv("JOURNAL_FOLDER");
  char link[64];
  if (folder == NULL || fd < 0) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length <= 0) return NULL;
  buffer[length] = 0;
  size_t prefix = strlen(folder);
  if (strncmp(buffer, folder, prefix) != 0) return NULL;
  if (buffer[prefix] == 0) return ".";
  return buffer[prefix] == '/' ? buffer + prefix + 1 : NULL;
}

/* By system calls: the journal must not journal itself. */
static void put(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t done = syscall(SYS_write, journal, at, length);
    if (done <= 0) abort();
    at += done;
    length -= (size_t)done;
  }
}

static void note(const char *kind, const char *path, long offset, const void *bytes, size_t length) {
  char line[600];
  pthread_mutex_lock(&lock);
  if (journal < 0) journal = (int)syscall(SYS_openat, AT_FDCWD, getenv("JOURNAL_FILE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int size = snprintf(line, sizeof line, "%s %s %ld %zu\n", kind, path, offset, length);
  put(line, (size_t)size);
  if (length > 0) put(bytes, length);
  pthread_mutex_unlock(&lock);
}

static ssize_t positioned(int fd, const void *bytes, size_t length, off_t offset) {
  char buffer[512];
  const char *path = name_of(fd, buffer, sizeof buffer);
  ssize_t done = syscall(SYS_pwrite64, fd, bytes, length, offset);
  if (path != NULL && done > 0) note("write", path, (long)offset, bytes, (size_t)done);
  return done;
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return positioned(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return positioned(fd, bytes, length, offset); }

ssize_t write(int fd, const void *bytes, size_t length) {
  char buffer[512];
  const char *path = name_of(fd, buffer, sizeof buffer);
  off_t offset = path == NULL ? 0 : lseek(fd, 0, SEEK_CUR);
  /* What is printed is noted first: whoever reads it may act on it at once. */
  if (fd == 1 && getenv("JOURNAL_FILE") != NULL) note("print", "-", 0, bytes, length);
  ssize_t done = syscall(SYS_write, fd, bytes, length);
  if (path != NULL && done > 0) note("write", path, (long)offset, bytes, (size_t)done);
  return done;
}

static int truncated(int fd, off_t size) {
  char buffer[512];
  const char *path = name_of(fd, buffer, sizeof buffer);
  int result = (int)syscall(SYS_ftruncate, fd, size);
  if (path != NULL && result == 0) note("truncate", path, (long)size, NULL, 0);
  return result;
}
int ftruncate(int fd, off_t size) { return truncated(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncated(fd, size); }

static int flushed(int fd, long call) {
  char buffer[512];
  const char *path = name_of(fd, buffer, sizeof buffer);
  long number = __sync_add_and_fetch(&flushes, 1);
  if (path != NULL) note("flush", path, number, NULL, 0);
  int result = (int)syscall(call, fd);
  if (path != NULL && result == 0) note("flushed", path, number, NULL, 0);
  return result;
}
int fsync(int fd) { return flushed(fd, SYS_fsync); }
int fdatasync(int fd) { return flushed(fd, SYS_fdatasync); }

int unlink(const char *path) {
  const char *folder = getenv("JOURNAL_FOLDER");
  int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (folder != NULL && result == 0 && strncmp(path, folder, strlen(folder)) == 0)
    note("unlink", path + strlen(folder) + 1, 0, NULL, 0);
  return result;
}
