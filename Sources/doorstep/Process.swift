private import Glibc
import Terminal

func exitProcess(_ code: ExitCode) -> Never {
    exit(code.rawValue)
}

/// The sign-in name at this machine: of the environment, else of its user; empty where it has none.
func systemUser() -> String {
    if let name = environmentVariable("USER") ?? environmentVariable("LOGNAME") { return name }
    guard let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name else {
        return ""
    }
    return unsafe String(cString: name)
}

/// One write for each line, so that lines of several threads do not mix.
func writeLogLine(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
