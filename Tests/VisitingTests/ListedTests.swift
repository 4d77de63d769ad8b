import Causality
import Node
import Replication
import Store
import Survey
import Testing
import Visiting

/// Somebody of whom an imported list says one thing and the door another.
@Suite struct ListedTests {
    @Test(arguments: [("vneid", "vneid_state"), ("idcard", "idcard_status")])
    func `who got what the list does not know of yet is asked as one who has it`(
        section: String,
        field: String
    ) throws {
        let doors = try Doorsteps(seed: 4)
        let desk = try doors.desk("lan")
        let home = try doors.family(of: 2)
        let person = try doors.somebody(at: home)
        let listed = [
            Cell("idcard_status_register", .text("none")),
            Cell("vneid_level_register", .text("0")), Cell("vneid_state_register", .text("none")),
        ]
        try doors.hub.store.save(scope: Doorsteps.scope, author: "admin") {
            $0.set("resident", person, listed)
        }
        let key = try desk.begin(home)
        try desk.meet(key)
        _ = try desk.change(key) { try $0.answer(SectionID(person, section), .no) }
        _ = try desk.change(key) { try $0.answer(SectionID(person, section), .yes) }
        let form = try desk.form(key)
        let group = try #require(
            form.screen(.person(person))?.groups.first { $0.id.section == section }
        )
        #expect(group.answers.first { $0.isChosen }?.kind == .yes)
        #expect(form.values(of: person)[field] != nil)
    }
}
