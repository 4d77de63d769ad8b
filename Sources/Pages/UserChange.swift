import Causality
import HTTP
import Node
import Survey

/// Changing what a user does, and where.
extension Page {
    /// As `doorstep user set` does, with its rules: villages that are not ticked are taken away.
    static func changeUser(
        _ user: User,
        _ caller: Caller,
        _ rooms: PageRooms
    ) throws -> Response {
        guard caller.may(.manageUsers) else { return Errors.page(403, caller) }
        guard let role = Role(rawValue: caller.form["role"]) else {
            return Errors.page(400, caller)
        }
        let known = Set(try rooms.node(caller) { try $0.villages().map(\.scope) })
        // What the form does not show stays as it is.
        let others = user.villages.filter { !known.contains($0) }
        let chosen = caller.form.all("village").filter { known.contains($0) }
        let draft = UserDraft(
            displayName: caller.form["full-name"],
            role: role,
            villages: others + chosen
        )
        let closed: [String]
        do {
            closed = try rooms.node(caller) { try $0.setUser(user.name, draft) }
        } catch NodeError.user(let error) {
            let places = try rooms.node(caller) { try $0.villages() }
            var errors = problem(error, caller.say)
            // Here the one word that may be wrong otherwise is the role: the last administrator.
            if let words = errors.removeValue(forKey: "name") { errors["role"] = words }
            return userForm(user, places, caller, errors)
        }
        let path = LocalPath("/users", user.id.description)
        let done = closed.isEmpty ? Done.changed : .moved
        return done.redirect(to: path, in: caller.signedIn?.token)
    }

    /// What was typed stays where it could not be saved.
    static func changeForm(
        _ user: User,
        _ places: [Village],
        _ forms: FormBuilder,
        _ typed: FormFields
    ) -> HTML {
        let say = forms.say
        let isTyped = !forms.errors.isEmpty
        return forms.form(LocalPath("/users", user.id.description)) {
            forms.field(
                "full-name",
                say("Họ và tên", "Full name"),
                value: isTyped ? typed["full-name"] : user.displayName,
                [Attribute("required"), off]
            )
            roleAndVillages(
                forms,
                places,
                role: isTyped ? typed["role"] : user.role?.rawValue ?? "",
                chosen: isTyped ? Set(typed.all("village")) : Set(user.villages)
            )
            forms.button(say("Lưu thay đổi", "Save the changes"), .main, value: "change")
        }
    }

    @HTMLBuilder static func roleAndVillages(
        _ forms: FormBuilder,
        _ places: [Village],
        role: String,
        chosen: Set<String>
    ) -> HTML {
        let say = forms.say
        forms.choice(
            "role",
            say("Vai trò", "Role"),
            Role.allCases.map { ($0.rawValue, say($0.label)) },
            chosen: role
        )
        forms.choices(
            "village",
            say("Thôn phụ trách", "Villages"),
            places.map { ($0.scope, $0.name) },
            chosen: chosen,
            hint: say(
                "Cán bộ xã, người kiểm tra, quản trị: không chọn là cả xã.",
                "Officers, auditors and administrators: none means the whole commune."
            )
        )
    }
}
