import Terminal

extension WorkloadVillage {
    /// The village's records as JSON Lines: the text whose compressed size others are measured by.
    package func jsonLines() -> String {
        var text = ""
        for kind in WorkloadKind.allCases {
            for (index, record) in self[kind].enumerated() {
                text += "{\"t\":\"\(kind.letter)\",\"id\":\"\(id(kind, index + 1))\""
                for (column, value) in zip(kind.columns, record.values) {
                    text += ",\"\(column.name)\":\(json(value, column.kind))"
                }
                text += "}\n"
            }
        }
        return text
    }

    private func id(_ kind: WorkloadKind, _ number: Int) -> String {
        Self.id(self.number, kind, number)
    }

    static func id(_ village: Int, _ kind: WorkloadKind, _ number: Int) -> String {
        (village < 10 ? "0" : "") + "\(village)\(kind.letter)\(number)"
    }

    private func json(_ value: WorkloadValue, _ kind: WorkloadColumn.Kind) -> String {
        switch (value, kind) {
        case (.text(let text), _): JSONText.encode(.string(text))
        case (.integer(let number), .microdegrees): JSONText.encode(.real(Double(number) / 1e6))
        case (.integer(let number), _): String(number)
        case (.reference(let number), .reference(let kind)): "\"\(id(kind, number))\""
        case (.reference, _): "null"
        }
    }
}

extension WorkloadEdit {
    /// One line of the file of edits, without its end.
    package func jsonLine() -> String {
        let set = changes.map { column, value in
            let text =
                switch value {
                case .text(let text): JSONText.encode(.string(text))
                case .integer(let number): String(number)
                case .reference(let number): String(number)
                }
            return "\"\(kind.columns[column].name)\":\(text)"
        }
        let id = WorkloadVillage.id(village, kind, number)
        return "{\"vil\":\(village),\"t\":\"\(kind.letter)\",\"id\":\"\(id)\","
            + "\"set\":{\(set.joined(separator: ","))}}"
    }
}
