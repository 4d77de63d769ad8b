import HTTP
import SQLite
import Store

/// What a backup carries of a node's line: its authority and the key of its server.
///
/// Phones were told to trust the one, and other nodes know the other; the certificate for the names of
/// the day is made anew from them.
///
/// Settings of the copied database, called as the files in the node's folder; a node that serves has
/// them in files only. What somebody else has certified is not among them: it stays where it was given.
enum CarriedAuthority {
    /// Writes what the folder of a node's line holds into a copy of its database.
    ///
    /// Where the node was restored and not served since, the copy has it already.
    static func put(from folder: String, into copy: borrowing Connection) throws {
        for name in names where Files.exists("\(folder)/\(name)") {
            let bytes = try Files.read("\(folder)/\(name)", limit: CertificateLimits.pemBytes)
            try copy.prepare("INSERT OR REPLACE INTO setting(name, value) VALUES (?1, ?2)")
                .run(setting(name), bytes)
        }
    }

    /// Whether there is an authority that phones may have trusted, and its key.
    static func isThere(in store: Store) throws -> Bool {
        guard let certificate = try store.setting(setting("authority.pem")),
            let key = try store.setting(setting("authority.key"))
        else { return false }
        let identity = try? TLSIdentity(
            certificatePEM: LineIdentity.text(certificate),
            key: PrivateKeyPEM(text: LineIdentity.text(key))
        )
        return identity != nil
    }

    /// Moves what a restored database has of it to the folder of the node's line.
    ///
    /// Killed in between, it begins again.
    static func takeOut(of store: Store, to folder: String) throws {
        let found = try names.filter { try store.setting(setting($0)) != nil }
        guard !found.isEmpty else { return }
        for name in found {
            // Nothing that a node has made is longer.
            guard let bytes = try store.setting(setting(name)),
                bytes.count <= CertificateLimits.pemBytes
            else { continue }
            try Files.write(bytes, to: "\(folder)/\(name)")
        }
        try store.transaction { for name in found { try store.removeSetting(setting(name)) } }
    }

    private static let names = [
        "authority.key", "authority.pem", "authority.earlier.key", "authority.earlier.pem",
        "server.key",
    ]

    private static func setting(_ name: String) -> String {
        "\(LineIdentity.folderName)/\(name)"
    }
}
