import Foundation
import Processes
import Terminal
import Testing

/// A hub that runs as a process, on a port that the system has chosen.
final class ServedHub {
    let doorstep: Doorstep
    let port: Int
    private let process: ChildProcess
    private let log: URL

    /// Serves a folder; ready when this returns.
    init(_ doorstep: Doorstep, folder: String = "hub", _ words: [String] = []) throws {
        self.doorstep = doorstep
        log = doorstep.folder.appendingPathComponent("serve-\(folder).log")
        try Data().write(to: log)
        let output = Pipe()
        process = ChildProcess(
            Doorstep.command,
            ["serve", folder, "--json", "--listen", "127.0.0.1:0", "--name", "127.0.0.1"] + words,
            in: doorstep.folder,
            environment: ["USER": "lan", "PATH": "/usr/bin:/bin"]
        )
        try process.run(
            output: output.fileHandleForWriting,
            errors: FileHandle(forWritingTo: log)
        )
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let byte = output.fileHandleForReading.readData(ofLength: 1)
            guard let byte = byte.first else { break }
            line.append(byte)
        }
        guard case .integer(let port)? = try JSONText.decode(line)["port"] else {
            port = 0
            return
        }
        self.port = Int(port)
    }

    deinit {
        process.kill()
    }

    var address: String { "127.0.0.1:\(port)" }

    /// Ends it as systemd does, and returns its exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends it as a power cut does.
    func kill() {
        process.kill()
    }

    func logged() throws -> String { try String(contentsOf: log, encoding: .utf8) }
}
