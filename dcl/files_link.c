/* SPDX-License-Identifier: Apache-2.0
 *
 * files_link.c - symbolic links as switches, and folders that they lead to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

veridac_status vd_link_set(const char *folder, const char *name, const char *target,
                           veridac_error *err)
{
    char path[VD_PATH], tmp[VD_PATH];

    if (!vd_path(path, folder, name) || snprintf(tmp, sizeof tmp, "%s.tmp", path) >= VD_PATH)
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", folder);
    (void)unlink(tmp); /* of a process that was killed; the folder is locked */
    if (symlink(target, tmp) != 0 || rename(tmp, path) != 0) {
        const int why = errno;
        (void)unlink(tmp);
        return vd_fail(err, VERIDAC_IO, "%s: cannot write: %s", path, strerror(why));
    }
    return vd_folder_sync(folder, err);
}

bool vd_link_read(const char *folder, const char *name, char *ret, size_t room)
{
    char path[VD_PATH];
    ssize_t n;

    if (!vd_path(path, folder, name))
        return false;
    n = readlink(path, ret, room);
    if (n < 0 || (size_t)n >= room)
        return false;
    ret[n] = '\0';
    return true;
}

bool vd_file_link(const char *from_folder, const char *from, const char *folder, const char *name)
{
    char a[VD_PATH], b[VD_PATH];
    return vd_path(a, from_folder, from) && vd_path(b, folder, name) && link(a, b) == 0;
}

bool vd_folder_is_link(const char *folder, const char *name, bool *ret_there)
{
    char path[VD_PATH];
    struct stat st;
    *ret_there = vd_path(path, folder, name) && lstat(path, &st) == 0;
    return *ret_there && S_ISLNK(st.st_mode);
}

veridac_status vd_folder_move(const char *folder, const char *from, const char *to, veridac_error *err)
{
    char a[VD_PATH], b[VD_PATH];
    if (vd_path(a, folder, from) && vd_path(b, folder, to) && rename(a, b) == 0)
        return VERIDAC_OK;
    return vd_fail(err, VERIDAC_IO, "%s/%s: cannot be moved: %s", folder, from, strerror(errno));
}

static bool remove_one(void *user, const char *name)
{
    vd_file_remove(user, name);
    return true;
}

void vd_folder_remove(char *path)
{
    (void)vd_folder_each(path, remove_one, path, NULL);
    (void)rmdir(path);
}
