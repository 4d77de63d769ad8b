import Foundation
import Glibc
import Terminal
import Testing

/// A node that runs as an account of its own, and root who looks after it.
@Suite struct TwoAccountsTests {
    private static let other: uid_t = 65_534
    private static let setpriv = "/usr/bin/setpriv"
    private static let canSwitch =
        geteuid() == 0 && FileManager.default.isExecutableFile(atPath: setpriv)

    private let doorstep: Doorstep

    init() throws {
        doorstep = try Doorstep()
        try doorstep.makeHub()
    }

    private func asOther(_ words: String...) throws -> Doorstep.Result {
        let id = Self.other
        let wrapper = [Self.setpriv, "--reuid=\(id)", "--regid=\(id)", "--clear-groups"]
        return try doorstep.run(words, language: "en", wrapper: wrapper)
    }

    private func files() throws -> [String] {
        try [doorstep.path("hub")]
            + FileManager.default.contentsOfDirectory(atPath: doorstep.path("hub"))
            .map { doorstep.path("hub/\($0)") }
    }

    private func owners() throws -> Set<uid_t> {
        Set(
            try files().map { path in
                let found = try FileManager.default.attributesOfItem(atPath: path)
                return uid_t((found[.ownerAccountID] as? NSNumber)?.uint32Value ?? .max)
            }
        )
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `what root does leaves the node its owner's, and no copy`() throws {
        for path in try files() {
            let owner: [FileAttributeKey: Any] = [
                .ownerAccountID: Self.other, .groupOwnerAccountID: Self.other,
            ]
            try FileManager.default.setAttributes(owner, ofItemAtPath: path)
        }
        #expect(try asOther("village", "add", "hub", "Mẫu 1").code == 0)
        func logs() throws -> [JSONValue?] {
            guard case .array(let scopes)? = try asOther("status", "hub", "--json").json()["scopes"]
            else { return [] }
            return scopes.map { $0["logs"] }
        }
        let before = try logs()
        for name in ["Mẫu 2", "Mẫu 3"] {
            #expect(try doorstep("village", "add", "hub", name).code == 0)
            #expect(try owners() == [Self.other])
            let result = try asOther("village", "add", "hub", "\(name) b")
            #expect(!result.errors.contains("copy"), "\(result.errors)")
        }
        let listed = try asOther("village", "list", "hub")
        #expect(listed.code == 0 && listed.errors.isEmpty, "\(listed.errors)")
        #expect(listed.output.contains("Mẫu 3"))
        #expect(try !before.isEmpty && logs() == before)
    }

    @Test(.enabled(if: canSwitch, "needs root and setpriv"))
    func `a node of another account is refused by its words and stays as it was`() throws {
        let hub = doorstep.path("hub")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hub)
        let result = try asOther("village", "add", "hub", "Mẫu 1")
        #expect(result.code != 0)
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        for word in ["unexpected", "copy"] { #expect(!result.errors.contains(word)) }
        #expect(try doorstep("verify", "hub").code == 0)
        #expect(try owners() == [0])
    }
}
