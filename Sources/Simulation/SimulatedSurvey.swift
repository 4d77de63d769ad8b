import Survey

extension DataDescription {
    /// Two small record types with one field of each merge rule: enough for every rule of the merge.
    static let simulated = simulated(with: [])

    /// The survey of a later version: one field of a house more, which others keep and do not show.
    static let simulatedLater = simulated(
        with: [Field(laterField, Label("Mái", "Roof"), .text(max: 100))]
    )

    static let laterField = "roof"

    private static func simulated(with later: [Field]) -> DataDescription {
        DataDescription(
            types: [
                RecordType(
                    "house",
                    Label("Nhà", "House"),
                    fields: [
                        Field("name", Label("Tên", "Name"), .text(max: 100)),
                        Field("rooms", Label("Phòng", "Rooms"), .integer(0...1_000_000)),
                        Field("tags", Label("Nhãn", "Tags"), .text(max: 100), merge: .union),
                        Field(
                            "visits",
                            Label("Lượt", "Visits"),
                            .integer(0...1_000_000),
                            merge: .maximum
                        ),
                    ] + later
                ),
                RecordType(
                    "person",
                    Label("Người", "Person"),
                    parent: "house",
                    fields: [
                        Field(
                            "house",
                            Label("Nhà", "House"),
                            .reference(to: "house"),
                            indexed: true
                        ),
                        Field("name", Label("Tên", "Name"), .text(max: 100)),
                        Field("phone", Label("Điện thoại", "Phone"), .text(max: 20)),
                        Field("born", Label("Sinh", "Born"), .partialDate),
                    ]
                ),
            ],
            indicators: []
        )
    }
}
