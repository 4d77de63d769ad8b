import Node
import Sealing
private import Synchronization

/// What one session has left to be asked for by a random key, in memory alone.
final class SessionShelf<Value: Sendable>: Sendable {
    private struct Entry {
        let key: String
        let session: Digest
        let at: UInt64
        let value: Value
    }

    /// Of all sessions; the oldest gives way.
    private let kept: Int
    /// Milliseconds.
    private let age: UInt64
    private let entries = Mutex<[Entry]>([])

    init(kept: Int, age: UInt64) {
        self.kept = kept
        self.age = age
    }

    /// Keeps a value for the session that made it; returns what asks for it.
    func keep(_ value: Value, of token: SessionToken, at now: UInt64) -> String {
        let key = SessionToken.random().text
        entries.withLock { entries in
            entries.removeAll { now > $0.at + age }
            if entries.count >= kept { entries.removeFirst() }
            entries.append(Entry(key: key, session: token.hash, at: now, value: value))
        }
        return key
    }

    /// Nil for what is too old, was taken away, or is another session's.
    func value(_ key: String, of token: SessionToken, at now: UInt64) -> Value? {
        entries.withLock { entries in
            index(of: key, token, now, in: entries).map { entries[$0].value }
        }
    }

    /// The same, once: it is gone then.
    func take(_ key: String, of token: SessionToken, at now: UInt64) -> Value? {
        entries.withLock { entries in
            index(of: key, token, now, in: entries).map { entries.remove(at: $0).value }
        }
    }

    private func index(
        of key: String,
        _ token: SessionToken,
        _ now: UInt64,
        in entries: [Entry]
    ) -> Int? {
        entries.firstIndex {
            $0.key == key && $0.session == token.hash && now <= $0.at + age
        }
    }
}

/// What one page shows one time.
enum ShownSecret: Sendable {
    case invitation(name: String, code: String, text: String?, fingerprint: String, hours: Int)
    case code(user: String, code: String, hours: Int)
}
