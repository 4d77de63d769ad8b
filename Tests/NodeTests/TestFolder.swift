import Foundation

/// A folder of one test, removed with it.
final class TestFolder {
    let path: String

    init() {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("doorstep-test-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
