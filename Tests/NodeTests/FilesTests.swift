import Foundation
import Node
import Testing

@Suite struct FilesTests {
    let folder = TestFolder()
    var file: String { folder.path + "/file" }

    @Test func `a written file is whole, private, and alone in its folder`() throws {
        try Files.write([1, 2, 3], to: file)
        try Files.write([4, 5], to: file)
        #expect(try Files.read(file, limit: 2) == [4, 5])
        #expect(try Files.list(folder.path) == ["file"])
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a file over the limit is refused`() throws {
        try Files.write([1, 2, 3], to: file)
        #expect(throws: NodeError.tooLarge(path: file)) { try Files.read(file, limit: 2) }
    }

    @Test func `a device and a folder are no files`() {
        for path in ["/dev/zero", folder.path] {
            #expect(throws: NodeError.notThatFile(path: path, wanted: .file)) {
                try Files.read(path, limit: 1)
            }
        }
    }

    @Test func `a unit of ours is replaced, another's only where the person insists`() throws {
        let unit = try ServiceUnit(
            name: "doorstep",
            executable: "/usr/bin/doorstep",
            folder: "/srv/hub",
            user: "doorstep",
            arguments: []
        )
        for (kind, text) in [(OwnFile.unit, unit.text), (.unitUser, unit.usersText)] {
            try Files.write(Array(text.utf8), to: file)
            _ = try FileWriter(named: file, as: kind)
            try Files.write(Array("[Unit]\nDescription=OpenSSH\n".utf8), to: file)
            #expect(throws: NodeError.foreignFile(path: file)) {
                try FileWriter(named: file, as: kind)
            }
            _ = try FileWriter(named: file, as: kind, force: true)
            #expect(throws: NodeError.foreignFile(path: file)) {
                try FileWriter(named: file, as: .bundle)
            }
        }
    }

    @Test func `a file that is never committed leaves the old one and nothing else`() throws {
        try Files.write([1], to: file)
        do {
            let writer = try FileWriter(file)
            try writer.write([2])
            #expect(writer.count == 1)
        }
        #expect(try Files.read(file, limit: 9) == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test func `a file that must be new does not replace another`() throws {
        try Files.write([1], to: file)
        #expect(throws: NodeError.exists(path: file)) {
            try Files.write([2], to: file, mayExist: false)
        }
        #expect(try Files.read(file, limit: 9) == [1])
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 200_000])
    func `a copy equals its source`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Files.write(bytes, to: file)
        try Files.copy(file, to: folder.path + "/copy")
        #expect(try Files.read(folder.path + "/copy", limit: count) == bytes)
    }

    @Test func `what a power cut left of a file is not listed, and goes when the file is written`()
        throws
    {
        let names = [".file.1k2j.unfinished", ".other.1k2j.unfinished"]
        for name in names { try Data([1]).write(to: URL(filePath: folder.path + "/" + name)) }
        #expect(try Files.list(folder.path).isEmpty)
        try Files.write([1], to: folder.path + "/file")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(left) == ["file", names[1]])
    }

    @Test func `a file that is still being written is not taken for one that was left`() throws {
        let writer = try FileWriter(file)
        try writer.write([1, 2])
        try Files.write([3], to: file)
        #expect(try Files.read(file, limit: 9) == [3])
        try writer.commit()
        #expect(try Files.read(file, limit: 9) == [1, 2])
    }

    @Test func `a folder with too many names is refused`() throws {
        for name in ["a", "b", "c"] { try Files.write([], to: folder.path + "/" + name) }
        #expect(try Files.list(folder.path, limit: 3) == ["a", "b", "c"])
        #expect(throws: NodeError.tooLarge(path: folder.path)) {
            try Files.list(folder.path, limit: 2)
        }
    }

    @Test func `folders and names of paths`() {
        #expect(Files.folder(of: "/a/b") == "/a")
        #expect(Files.folder(of: "/a") == "/")
        #expect(Files.folder(of: "a") == ".")
        #expect(Files.name(of: "/a/b") == "b")
        #expect(Files.name(of: "b") == "b")
    }

    @Test func `a missing folder is named with its error`() {
        #expect(throws: NodeError.cannotRead(path: folder.path + "/none", code: 2)) {
            try Files.list(folder.path + "/none")
        }
    }
}
