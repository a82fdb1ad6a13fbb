/* A directory seen through a file system that is slow, as one behind a network is.
 *
 *     gcc -O2 -o latfs latfs.c $(pkg-config --cflags --libs fuse3)
 *     LATFS_ROOT=/some/tree LATFS_US=1000 ./latfs -f MOUNTPOINT -o max_threads=64
 *
 * Reading only. Every operation that a network file system would send to its server takes LATFS_US
 * microseconds. What the kernel knows of a file it believes for LATFS_TIMEOUT seconds (1.0).
 * LATFS_NOTYPE=1: directories are listed without the types of their entries. LATFS_FAIL=name: what
 * has this name can be listed and looked at, but neither be opened nor read (EIO).
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *root, *failing;
static long latency_us;
static double timeout = 1.0;
static int without_types;

static void wait_as_a_network_would(void)
{
    struct timespec time = {latency_us / 1000000, latency_us % 1000000 * 1000};
    if (latency_us)
        nanosleep(&time, NULL);
}

static int real_path(char *real, size_t size, const char *path)
{
    return (size_t)snprintf(real, size, "%s%s", root, path) >= size ? -ENAMETOOLONG : 0;
}

static int fails(const char *path)
{
    return failing && strcmp(strrchr(path, '/') + 1, failing) == 0;
}

static void *lat_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    config->use_ino = 1;
    config->entry_timeout = config->attr_timeout = timeout;
    config->negative_timeout = 0;
    return NULL;
}

static int lat_getattr(const char *path, struct stat *status, struct fuse_file_info *info)
{
    char real[8192];
    int error = real_path(real, sizeof real, path);
    (void)info;
    wait_as_a_network_would();
    if (error)
        return error;
    return lstat(real, status) ? -errno : 0;
}

static int lat_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
                       struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
    char real[8192];
    int error = real_path(real, sizeof real, path);
    DIR *directory;
    struct dirent *entry;
    (void)offset, (void)info, (void)flags;
    wait_as_a_network_would();
    if (error || fails(path))
        return error ? error : -EIO;
    directory = opendir(real);
    if (!directory)
        return -errno;
    while ((entry = readdir(directory))) {
        struct stat status = {.st_ino = entry->d_ino};
        status.st_mode = without_types ? 0 : (mode_t)entry->d_type << 12;
        if (fill(buffer, entry->d_name, &status, 0, 0))
            break;
    }
    closedir(directory);
    return 0;
}

static int lat_open(const char *path, struct fuse_file_info *info)
{
    char real[8192];
    int error = real_path(real, sizeof real, path);
    int fd;
    wait_as_a_network_would();
    if (error || fails(path))
        return error ? error : -EIO;
    fd = open(real, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    info->fh = (uint64_t)fd;
    return 0;
}

static int lat_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *info)
{
    ssize_t count;
    (void)path;
    wait_as_a_network_would();
    count = pread((int)info->fh, buffer, size, offset);
    return count < 0 ? -errno : (int)count;
}

static int lat_release(const char *path, struct fuse_file_info *info)
{
    (void)path;
    close((int)info->fh);
    return 0;
}

static const struct fuse_operations operations = {
    .init = lat_init,
    .getattr = lat_getattr,
    .readdir = lat_readdir,
    .open = lat_open,
    .read = lat_read,
    .release = lat_release,
};

int main(int count, char **arguments)
{
    const char *microseconds = getenv("LATFS_US"), *seconds = getenv("LATFS_TIMEOUT");
    root = getenv("LATFS_ROOT");
    failing = getenv("LATFS_FAIL");
    without_types = getenv("LATFS_NOTYPE") != NULL;
    if (!root) {
        fprintf(stderr, "latfs: LATFS_ROOT is not set\n");
        return 1;
    }
    if (microseconds)
        latency_us = atol(microseconds);
    if (seconds)
        timeout = atof(seconds);
    return fuse_main(count, arguments, &operations, NULL);
}
