import Foundation
import Terminal
import Testing

@Suite struct BasicTests {
    @Test func `a hub is made once, for its owner only`() throws {
        let doorstep = try Doorstep()
        let made = try doorstep(
            "init",
            "hub",
            "--hub",
            "--commune",
            "48/21004",
            "--name",
            "Xã Tam Mỹ",
            "--json"
        )
        #expect(made.code == 0)
        #expect(try made.json()["scope"] == "48/21004")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: doorstep.path("hub/node.sqlite")
        )
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let again = try doorstep("init", "hub", "--hub", "--commune", "48/21004", "--name", "X")
        #expect(again.code == 1)
        #expect(again.errors.contains("exists already"))
    }
}
