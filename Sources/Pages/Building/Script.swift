import Compression
import Sealing

/// A script of the pages: files beside the Swift sources, sent as one without their comments and indents.
///
/// Each file is a module, a function whose result has a name of its own, and finds what it needs of those
/// before it by their names. The whole is named by its content, so that browsers may keep it for ever.
struct Script: Sendable {
    /// File name under `/assets`.
    let name: String
    let file: StaticText

    /// In the order in which the files run.
    init(_ sources: [UInt8]...) {
        file = StaticText(sources.flatMap(Self.stripped))
        name = assetName(of: file.bytes) + ".js"
    }

    var path: LocalPath { LocalPath("/assets", name) }

    /// Leaves out indents, empty lines, and comments that have lines of their own; texts of several
    /// lines are none of our scripts'.
    private static func stripped(_ source: [UInt8]) -> [UInt8] {
        var lines: [Substring] = []
        var isComment = false
        for line in String(decoding: source, as: UTF8.self).split(separator: "\n") {
            let words = line.drop { $0 == " " }
            if words.hasPrefix("/*") { isComment = true }
            if isComment {
                if words.hasSuffix("*/") { isComment = false }
            } else if !words.isEmpty, !words.hasPrefix("//") {
                lines.append(words)
            }
        }
        return Array(lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    }
}

extension Script {
    private typealias Files = PackageResources

    /// Keeps a visit's answers as they are given, and reads cards with the camera.
    static let visit = Script(
        Files.swipes_js,
        Files.showing_js,
        Files.camera_js,
        Files.position_js,
        Files.visit_js
    )
    /// What is typed or scanned on a phone, read as the node reads it.
    static let reading = Script(
        Files.texts_js,
        Files.dates_js,
        Files.numbers_js,
        Files.scan_js,
        Files.reading_js
    )
    /// The form of a visit as the phone has it.
    static let form = Script(
        Files.conditions_js,
        Files.answers_js,
        Files.checked_js,
        Files.form_js,
        Files.matches_js
    )
    /// What the phone keeps, and who can open it.
    static let vault = Script(Files.shelf_js, Files.keys_js, Files.vault_js)
    /// How that reaches the node.
    static let phone = Script(
        Files.speech_js,
        Files.address_js,
        Files.asking_js,
        Files.clock_js,
        Files.sign_js,
        Files.naming_js,
        Files.delivery_js,
        Files.meeting_js,
        Files.typed_js,
        Files.leaving_js,
        Files.phone_js
    )
    /// The phone's own pages.
    static let phoneView = Script(
        Files.parts_js,
        Files.card_js,
        Files.hand_js,
        Files.frame_js,
        Files.visits_js,
        Files.list_js,
        Files.keeping_js,
        Files.house_js,
        Files.questions_js,
        Files.ending_js,
        Files.steps_js,
        Files.outbox_js,
        Files.lock_js,
        Files.routes_js
    )

    static let all = [visit, reading, form, vault, phone, phoneView]
    /// Those of every page on which somebody signs in or is signed in, whatever he may do: a phone
    /// that keeps visits of one user is also in the hands of others.
    static let ofSession = [vault, phone]
    /// Those of the phone's own page.
    static let ofPhone = [reading, form] + ofSession + [phoneView]

    /// What stays when the node is away; it is at the root, so that it serves every page.
    static let worker: StaticText = {
        let files = (["/phone", Stylesheet.path.text] + ofPhone.map(\.path.text)).map { "'\($0)'" }
        let list = files.joined(separator: ",")
        let text = Script(Files.worker_js).file.bytes
        let version = assetName(of: Array(list.utf8) + text)
        let shell = "'use strict';\nconst shell={version:'\(version)',files:[\(list)]};\n"
        return StaticText(Array(shell.utf8) + text)
    }()
}

/// A text of the program, as it is and compressed once for all.
struct StaticText: Sendable {
    let bytes: [UInt8]
    let gzip: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        gzip = Gzip.compress(bytes, level: 9)
    }
}

/// Sixteen hexadecimal digits that change with the content.
func assetName(of bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return Hash.blake2b(bytes).bytes.prefix(8).map { byte in
        "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
}
