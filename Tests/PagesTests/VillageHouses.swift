import Causality
import Node
import Survey
import Testing

extension PagesHub {
    /// Names that a page must not take for its own words.
    static let personName = "Vũ <i>Thị</i> \"Ví Dụ\" & con"

    /// A household with one adult at home, in a village of this commune.
    @discardableResult
    func addHouse(
        _ address: String,
        village: String = "thon-1",
        group: String? = nil,
        head: String = PagesHub.personName,
        phone: String? = nil,
        assignedTo: String? = nil
    ) throws -> RecordID {
        try node("hoa") { node in
            var home = [FieldInput("state", "occupied"), FieldInput("address", address)]
            if let group { home.append(FieldInput("group", group)) }
            if let assignedTo { home.append(FieldInput("assigned_to", assignedTo)) }
            let saved = try node.addRecord("household", home, place: Self.path + "/" + village)
            let id = try #require(saved.id, "\(saved.problems)")
            var person = [
                FieldInput("household", id.description), FieldInput("full_name", head),
                FieldInput("birth", "5/3/1985"), FieldInput("sex", "nu"),
                FieldInput("nationality", "vn"), FieldInput("residence", "permanent"),
                FieldInput("presence", "here"), FieldInput("relation", "head"),
            ]
            if let phone { person.append(FieldInput("phone", phone)) }
            let resident = try node.addRecord("resident", person, acceptsProposals: true)
            _ = try #require(resident.id, "\(resident.problems)")
            return id
        }
    }

    func visit(_ household: RecordID, _ outcome: String, by user: String = "lan") throws {
        let saved = try node(user) { try $0.addVisit(to: household, outcome: outcome) }
        #expect(saved.id != nil, "\(saved.problems)")
    }
}
