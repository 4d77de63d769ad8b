import Foundation
import Processes
import Testing

/// How tests start programmes.
@Suite struct ProcessTests {
    @Test func `a child has its three streams and nothing else of this process`() throws {
        let pipes = (0..<5).map { _ in Pipe() }
        let list = ChildProcess(URL(fileURLWithPath: "/bin/ls"), ["/proc/self/fd"])
        let (code, output) = try withExtendedLifetime(pipes) { try list.collect() }
        // The fourth is the folder that is listed.
        #expect(code == 0 && String(decoding: output, as: UTF8.self) == "0\n1\n2\n3\n")
    }
}
