#pragma once
#include <sqlite3.h>

// sqlite3_db_config is variadic, which Swift cannot call. Double-quoted strings are switched off:
// Debian's build accepts "text" as a string literal, which hides misspelt column names.
static inline int doorstep_sqlite_refuse_double_quoted_strings(sqlite3 *db) {
    int code = sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    if (code != SQLITE_OK) return code;
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
}

// Without it whoever closes the file last copies the write-ahead log into it.
static inline int doorstep_sqlite_keep_journal(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// The destructor constants are casts of integers to function pointers, which Swift does not import.
static inline sqlite3_destructor_type doorstep_sqlite_transient(void) { return SQLITE_TRANSIENT; }
static inline sqlite3_destructor_type doorstep_sqlite_static(void) { return SQLITE_STATIC; }
