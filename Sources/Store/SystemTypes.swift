import Survey

/// Record types that the protocol itself reads; the survey has no say in them.
enum SystemTypes {
    /// An enrolled node: its certificate, and where its logs are cut if it is revoked.
    static let node = RecordType(
        "node",
        Label("Máy", "Node"),
        fields: [
            Field("name", Label("Tên", "Name"), .text(max: 200), .save),
            Field("node_id", Label("Mã máy", "Node id"), .text(max: 16), .save, indexed: true),
            Field(
                "certificate",
                Label("Chứng thư", "Certificate"),
                .bytes(max: 64 << 10),
                .save
            ),
            Field(
                "state",
                Label("Trạng thái", "State"),
                .code([
                    Choice("active", "Đang dùng", "Active"),
                    Choice("revoked", "Đã thu hồi", "Revoked"),
                ]),
                .save
            ),
            // The hub's vector of the node's logs when it was revoked, one for all scopes.
            Field("cut", Label("Mốc cắt", "Cut"), .bytes(max: 64 << 10)),
            Field("revoked_on", Label("Ngày thu hồi", "Revoked on"), .date),
        ]
    )

    /// An order to erase the values of some entries for good.
    static let redaction = RecordType(
        "redaction",
        Label("Lệnh xóa", "Redaction order"),
        fields: [
            Field("reason", Label("Căn cứ", "Reason"), .text(max: 200), .save),
            Field("ordered_on", Label("Ngày lệnh", "Ordered on"), .date),
            Field("segments", Label("Đoạn", "Segments"), .bytes(max: 60 << 10), .save),
        ]
    )

    /// Two records that a person has found to be two persons, however alike they look.
    static let dismissal = RecordType(
        "dismissal",
        Label("Không trùng", "Not a duplicate"),
        fields: [
            // As texts: the records may lie in other scopes than the decision.
            Field("first", Label("Bản ghi thứ nhất", "First record"), .text(max: 40), .save),
            Field("second", Label("Bản ghi thứ hai", "Second record"), .text(max: 40), .save),
        ]
    )

    static let all = [node, redaction, dismissal, user, credential, access]

    /// Types that the store keeps in memory or acts upon: a change of them is looked at at once.
    static let roster: Set = [node.name, redaction.name]

    /// Types that nobody decides about: what shows of their fields is all that ever counts.
    static let unreviewed: Set = [credential.name, access.name]
}
