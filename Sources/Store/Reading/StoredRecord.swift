package import Causality
package import Survey

/// One value of a field, with who wrote it, where and when.
package struct StoredValue: Hashable, Sendable {
    package let dot: Dot
    package let value: Value
    /// Sign-in name; empty for the node itself.
    package let author: String
    /// Name of the node that wrote it.
    package let node: String
    package let time: HybridTime
}

/// A field of a record that somebody has set, to a value or to nothing.
package struct StoredField: Hashable, Sendable {
    package let name: String
    /// Nil for the reserved fields.
    package let field: Field?
    /// What forms and reports show: of several values the provisional one.
    package let value: Value
    /// Values that did not see each other and differ; empty where nothing is to be decided.
    package let siblings: [StoredValue]

    package var isDisputed: Bool { !siblings.isEmpty }
}

/// A record as it stands: every field that was ever set, and what a form needs to save it again.
package struct StoredRecord: Sendable {
    package let id: RecordID
    package let type: RecordType
    package let scope: String
    /// ``RecordFlags``.
    package let flags: Int64
    package let fields: [StoredField]
    /// What whoever sees the record has seen: to be given back when it is saved.
    package let token: Token
    let key: Int64

    package subscript(name: String) -> Value {
        fields.first { $0.name == name }?.value ?? .null
    }

    /// All values by field, as checks across fields want them.
    package var values: [String: Value] {
        Dictionary(
            uniqueKeysWithValues: fields.filter { $0.field != nil }.map { ($0.name, $0.value) }
        )
    }

    /// Deleted, merged into another, or moved elsewhere: lists and figures leave it out.
    package var isGone: Bool { flags & RecordFlags.gone != 0 }

    package func text(_ name: String) -> String? { self[name].text }

    func isDisputed(_ name: String) -> Bool {
        fields.contains { $0.name == name && $0.isDisputed }
    }
}

/// One row of a record type, for lists: values by position of the type's fields.
package struct RecordRow: Hashable, Sendable {
    package let id: RecordID
    package let type: RecordType
    package let scope: String
    /// ``RecordFlags``.
    package let flags: Int64
    package let values: [Value]
    let key: Int64

    package subscript(name: String) -> Value {
        type.positions[name].map { values[$0] } ?? .null
    }

    package func text(_ name: String) -> String? { self[name].text }

    package var isGone: Bool { flags & RecordFlags.gone != 0 }
}

extension Value {
    /// The text of a text; nil for anything else.
    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The record that a reference names; nil for anything else.
    package var record: RecordID? {
        if case .reference(let record) = self { return record }
        return nil
    }
}
