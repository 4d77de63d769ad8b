#pragma once
#include <spawn.h>

/* glibc (2.34) declares them for _GNU_SOURCE only, without which Swift reads its headers. */

extern int posix_spawn_file_actions_addclosefrom_np(
    posix_spawn_file_actions_t *actions, int first);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *actions, const char *folder);
