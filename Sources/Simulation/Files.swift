import Glibc

/// Removes a database and its side files.
func removeDatabase(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { _ = unsafe remove(path + suffix) }
}
