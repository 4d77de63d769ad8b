import Causality
import Store
import Testing

/// The way to a visit's pages, as everybody takes it.
extension ServedVillage {
    /// Somebody who is asked everything, and his household.
    struct Adult {
        let id: String
        let home: String
    }

    /// An adult who is at home, whose household was not visited.
    func adult() throws -> Adult {
        let person = try #require(
            try records(of: "resident").first {
                $0.text("presence") == "here" && ($0.text("birth") ?? "9") < "1990"
                    && $0.text("birth")?.count == 10
            }
        )
        let home = try #require(person["household"].record)
        return Adult(id: person.id.description, home: home.description)
    }
}

extension WebBrowser {
    /// `path`: where the sign-in leads.
    func signIn(
        _ name: String = "lan",
        at node: ServedNode,
        leadingTo path: String = "/today"
    ) throws {
        try open("\(node.address)/sign-in?next=\(path)")
        guard try address.contains("/sign-in") else { return }
        try type("#name", name)
        try type("#password", ServedVillage.password)
        try tap("form[action='/sign-in'] button")
        try wait(until: "location.pathname === '\(path)'")
    }

    /// Begins a visit at which another adult answers, and opens the page of one of the household.
    ///
    /// Returns what the addresses of the visit's pages begin with.
    @discardableResult
    func meet(_ person: ServedVillage.Adult, at node: ServedNode) throws -> String {
        try open("\(node.address)/household/\(person.home)")
        try tap("form[action='/begin'] button")
        try tap(saying: "Hoàn thành")
        try tap(saying: "Người lớn khác")
        try wait(until: "location.pathname.endsWith('/members')")
        let base = String(try address.prefix { $0 != "#" }.dropLast("members".count))
        try open("\(base)person-\(person.id)")
        return base
    }
}
