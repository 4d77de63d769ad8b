import Foundation
import Processes
import Terminal
import Testing

/// The hub of a folder, served by the built command on loopback.
final class ServedHub {
    let port: Int
    private let process: ChildProcess

    /// Listens when this returns.
    ///
    /// `port`: the one wanted; another where somebody has taken it meanwhile.
    /// `more`: further words of `serve`.
    convenience init(_ command: KilledCommand, port: Int = 0, more: [String] = []) throws {
        do {
            try self.init(command, listeningAt: port, more)
        } catch is NotServed where port != 0 {
            try self.init(command, listeningAt: 0, more)
        }
    }

    private init(_ command: KilledCommand, listeningAt port: Int, _ more: [String]) throws {
        let output = Pipe()
        process = try command.start(
            [
                "serve", "hub", "--json", "--listen", "127.0.0.1:\(port)", "--name", "127.0.0.1",
            ] + more,
            output: output.fileHandleForWriting
        )
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            guard let byte = output.fileHandleForReading.readData(ofLength: 1).first else {
                process.waitUntilExit()
                throw NotServed()
            }
            line.append(byte)
        }
        guard case .integer(let found)? = try JSONText.decode(line)["port"] else {
            throw NotServed()
        }
        self.port = Int(found)
    }

    struct NotServed: Error {}

    deinit { kill() }

    /// The number of the process.
    var id: Int32 { process.processIdentifier }

    /// Ends it as a power cut does.
    func kill() {
        process.kill()
    }
}
