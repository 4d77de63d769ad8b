private import Glibc
import Terminal

func exitProcess(_ code: ExitCode) -> Never {
    exit(code.rawValue)
}

/// A variable of the environment; nil where it is not set or empty.
func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}
