import Foundation
import HTTP
import Processes
import Testing

/// Which ways of TLS are spoken, whatever key the certificate has; asked by another implementation.
@Suite struct CipherTests {
    private static let openssl = "/usr/bin/openssl"
    private static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: openssl)

    private func run(_ words: [String]) throws -> Int32 {
        // Not Foundation's: its children hold what other tests have open, thousands of connections.
        let process = ChildProcess(URL(fileURLWithPath: Self.openssl), words)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// An RSA key could be used without forward secrecy.
    private func rsaIdentity() throws -> TLSIdentity {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.path + "/k.pem", folder.path + "/c.pem")
        let code = try run([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
            "-days", "30", "-keyout", key, "-out", certificate,
        ])
        try #require(code == 0)
        func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }
        return try TLSIdentity(
            certificatePEM: text(certificate),
            key: PrivateKeyPEM(text: text(key)),
            now: secondsSince1970()
        )
    }

    @Test(.enabled(if: hasOpenSSL, "needs openssl"))
    func `forward secrecy and authenticated encryption, or no connection`() throws {
        let server = try Server.onLoopback(try TestSite(), identity: rsaIdentity())
        defer { server.stop(grace: .seconds(5)) }
        func isSpoken(_ words: String...) throws -> Bool {
            let place = ["s_client", "-connect", "127.0.0.1:\(server.port)", "-brief"]
            return try run(place + words) == 0
        }
        #expect(try isSpoken("-tls1_3"))
        #expect(try isSpoken("-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"))
        for cipher in ["AES256-GCM-SHA384", "AES128-SHA", "ECDHE-RSA-AES256-SHA", "DES-CBC3-SHA"] {
            #expect(try !isSpoken("-tls1_2", "-cipher", cipher + ":@SECLEVEL=0"), "\(cipher)")
        }
        #expect(try !isSpoken("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
    }
}
