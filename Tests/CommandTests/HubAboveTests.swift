import Foundation
import Node
import Replication
import Testing

/// A commune's hub comes under a city's, through the command.
@Suite struct HubAboveTests {
    private let doorstep: Doorstep

    init() throws { doorstep = try Doorstep() }

    private func makeHub(_ folder: String, _ path: String) throws {
        let words = ["init", folder, "--hub", "--commune", path, "--name", "Máy \(path)"]
        #expect(try doorstep.run(words).code == 0)
    }

    private func ask(_ more: String...) throws -> Doorstep.Result {
        try doorstep.run(["enrol", "xa", "--request", "xa.req", "--name", "Xã Mẫu"] + more)
    }

    private func approve(_ path: String) throws -> Doorstep.Result {
        try doorstep("node", "approve", "tp", "xa.req", "xa.cert", "--scope", path, "--kind", "hub")
    }

    @Test(arguments: [["tp", "xa"], ["xa", "tp"]])
    func `whichever hub was made first, the commune's comes under the city's`(
        order: [String]
    ) throws {
        for folder in order { try makeHub(folder, folder == "tp" ? "48" : "48/21004") }
        _ = try doorstep("village", "add", "xa", "Mẫu 1")
        #expect(try ask().code == 0)
        #expect(try approve("48/21004").code == 0)
        #expect(try doorstep("enrol", "xa", "--certificate", "xa.cert").code == 0)
        try FileManager.default.createDirectory(
            atPath: doorstep.path("usb"),
            withIntermediateDirectories: false
        )
        for folder in ["xa", "tp", "xa"] {
            #expect(try doorstep("sync", folder, "usb").code == 0)
        }
        let places = try doorstep("status", "tp", "--json").output
        #expect(places.contains("48/21004"))
        #expect(try doorstep("village", "list", "xa").output.contains("48/21004/mau-1"))
    }

    @Test func `a hub asks for no other path than its own`() throws {
        try makeHub("xa", "21004")
        let result = try ask("--scope", "48/21004")
        #expect(result.code != 0 && result.errors.contains("giữ 21004"))
    }

    @Test func `a hub takes up no certificate for another path`() throws {
        try makeHub("xa", "48/21004")
        try makeHub("tp", "48")
        let commune = try LocalNode(opening: NodeFolder(doorstep.path("xa")), user: "minh")
        let city = try LocalNode(opening: NodeFolder(doorstep.path("tp")), user: "minh")
        // By a code the path is not asked for, so that the city cannot see it.
        let request = try Enrolment.request(commune.store, name: "Xã Mẫu", kind: .hub, scopes: [])
        let grant = Enrolment.Grant(name: "Xã Mẫu", kind: .hub, scopes: ["48/21005"])
        let reply = try Enrolment.approve(request, as: grant, at: city.store)
        #expect(throws: NodeError.otherHubPath(own: "48/21004")) {
            try Enrolment.accept(reply, at: commune.store)
        }
        #expect(try commune.addVillage("Mẫu 1").scope == "48/21004/mau-1")
    }

    @Test func `a city grants a hub no other path than it asks for`() throws {
        try makeHub("xa", "48/21004")
        try makeHub("tp", "48")
        #expect(try ask().code == 0)
        let result = try approve("48/21005")
        #expect(result.code == 1 && result.errors.contains("--scope 48/21004 --kind hub"))
        #expect(!FileManager.default.fileExists(atPath: doorstep.path("xa.cert")))
        #expect(!(try doorstep("node", "list", "tp").output.contains("48/21005")))
        #expect(try approve("48/21004").code == 0)
    }

    @Test func `a city of another path says why it cannot take the commune in`() throws {
        try makeHub("xa", "48/21004")
        try makeHub("tp", "31")
        #expect(try ask().code == 0)
        let result = try approve("48/21004")
        #expect(result.code != 0 && result.errors.contains("48/21004 không nằm dưới 31"))
    }
}
