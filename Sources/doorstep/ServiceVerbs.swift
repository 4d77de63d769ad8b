import Node
import Survey
import Terminal

/// The node as a service of the system, beside ``serve``.
extension Verb {
    static let uninstallService = Verb(
        in: "service",
        Command(
            "uninstall",
            summary: Label(
                "Xóa tệp systemd; thư mục của máy giữ nguyên",
                "Remove the systemd unit; the node's folder stays"
            ),
            options: [.unit],
            examples: [
                Example(
                    "service uninstall",
                    "Xóa doorstep.service.",
                    "Removes doorstep.service."
                )
            ]
        )
    ) { context in
        let unit = try ServiceUnit(
            name: context.text("unit"),
            executable: "/doorstep",
            folder: "/",
            user: "doorstep",
            arguments: []
        )
        guard Files.exists(unit.path) else { throw NodeError.noUnit(unit.path) }
        try Files.remove(unit.path)
        try Files.remove(unit.usersPath)
        let commands = ["systemctl disable --now \(unit.name)", "systemctl daemon-reload"]
        context.report(
            ["removed": .string(unit.path), "next": .array(commands.map { .string($0) })],
            "Đã xóa \(unit.path); tiếp theo: \(commands.joined(separator: "; "))",
            "Removed \(unit.path); next: \(commands.joined(separator: "; "))"
        )
        return .ok
    }
}
