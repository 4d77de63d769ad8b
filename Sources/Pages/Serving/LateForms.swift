import Causality
import HTTP
import Node
import Sealing
private import Synchronization

/// Whose a form is, told by the form itself when its session is over.
///
/// It opens nothing: it only proves that this node made the page for that user, so that nobody can have
/// a form of his own shown to somebody else after the sign-in. The key is of one run of the program.
final class FormOwners: Sendable {
    private let proof = UserProof(label: "doorstep-form-owner-1", key: randomBytes(32))

    func text(for user: RecordID) -> String { proof.text(for: user) }

    func owner(in text: String) -> RecordID? { proof.user(in: text) }
}

/// A user's record with a proof that the holder of a key has written it.
struct UserProof: Sendable {
    let label: String
    let key: [UInt8]

    /// `<user's record>.<64 hexadecimal digits>`.
    func text(for user: RecordID) -> String { "\(user).\(digits(user))" }

    /// Nil for whatever ``text(for:)`` does not write.
    func user(in text: String) -> RecordID? {
        guard text.utf8.count <= 200, let dot = text.firstIndex(of: "."),
            let user = RecordID(String(text[..<dot]))
        else { return nil }
        let given = Array(text[text.index(after: dot)...].utf8)
        return constantTimeEquals(given, Array(digits(user).utf8)) ? user : nil
    }

    private func digits(_ user: RecordID) -> String {
        Hash.blake2b(Array("\(label) \(user) ".utf8) + key).bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// A form that was sent when its session had ended: what was typed is not lost.
struct LateForm: Sendable {
    let owner: RecordID
    let path: LocalPath
    let fields: [(name: String, value: String)]

    /// Offers to send it again; nothing is done before.
    func page(_ caller: Caller) -> Response {
        let say = caller.say
        let forms = caller.forms
        let frame = caller.frame(say("Gửi lại", "Send again"), isNarrow: true)
        return Replies.page(
            frame.page {
                Component.notice(.information) {
                    element("p") {
                        say(
                            "Phiên đăng nhập đã hết trước khi trang này được gửi, nên chưa có gì được ghi. Những gì đã điền còn nguyên.",
                            "The session had ended before this page was sent, so nothing of it is recorded yet. What was typed is all here."
                        )
                    }
                }
                forms.form(path) {
                    for field in fields { forms.kept(field.name, field.value) }
                    forms.button(say("Gửi lại", "Send again"))
                }
                Component.link(
                    LocalPath("/"),
                    say("Bỏ, về trang đầu", "Leave it, to the first page")
                )
            }
        )
    }
}

/// The numbers that bound what is kept of them.
enum LateFormLimits {
    /// Of all users: with the largest forms some 4 MiB.
    static let kept = 32
    /// Of one user; the oldest gives way.
    static let ofUser = 4
    /// Milliseconds.
    static let age: UInt64 = 3_600_000
}

/// Forms that wait for their senders to sign in, in memory alone.
final class LateForms: Sendable {
    private struct Entry {
        let key: String
        let at: UInt64
        let form: LateForm
    }

    private let entries = Mutex<[Entry]>([])

    /// Returns what asks for it.
    func keep(_ form: LateForm, at now: UInt64) -> String {
        let key = SessionToken.random().text
        entries.withLock { entries in
            entries.removeAll { now > $0.at + LateFormLimits.age }
            let own = entries.count { $0.form.owner == form.owner }
            if own >= LateFormLimits.ofUser,
                let oldest = entries.firstIndex(where: { $0.form.owner == form.owner })
            {
                entries.remove(at: oldest)
            } else if entries.count >= LateFormLimits.kept {
                entries.removeFirst()
            }
            entries.append(Entry(key: key, at: now, form: form))
        }
        return key
    }

    /// Nil for one that is too old or gave way.
    func form(_ key: String, at now: UInt64) -> LateForm? {
        entries.withLock { entries in
            entries.first { $0.key == key && now <= $0.at + LateFormLimits.age }?.form
        }
    }
}

extension Page {
    /// Where the sign-in leads whose form came too late.
    static func again(_ key: String) -> Page {
        Page(
            label: "again",
            gate: .signedIn,
            show: { caller, rooms in
                guard let form = rooms.late.form(key, at: caller.around.now) else {
                    return Errors.page(404, caller, .goneForm)
                }
                guard form.owner == caller.signedIn?.user.id else {
                    return Errors.page(403, caller, .othersForm)
                }
                return form.page(caller)
            }
        )
    }
}
