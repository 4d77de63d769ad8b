package import Causality

/// A value of a synthetic record; references name other records by their key.
package enum SyntheticValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// The ``SyntheticRecord/key`` of the record that is meant.
    case reference(Int)
}

/// One field that is set.
package struct SyntheticField: Hashable, Sendable {
    package let name: String
    package let value: SyntheticValue

    init(_ name: String, _ value: SyntheticValue) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ text: String) {
        self.init(name, .text(text))
    }
}

/// A record to create, or fields to change in one that was created before.
package struct SyntheticRecord: Hashable, Sendable {
    /// Name of the record type in the data description.
    package let type: String
    /// Unique in the commune, from 1, the same whenever it is generated.
    package let key: Int
    /// Index of the village in the shape.
    package let village: Int
    /// Whether the record is to be created; a change names a record that came earlier.
    package let isNew: Bool
    package private(set) var fields: [SyntheticField]

    init(
        _ type: String,
        key: Int,
        village: Int,
        isNew: Bool = true,
        _ fields: [SyntheticField] = []
    ) {
        self.type = type
        self.key = key
        self.village = village
        self.isNew = isNew
        self.fields = fields
    }

    /// The fields as the store takes them, references resolved by the caller's table of keys.
    package func values(_ record: (Int) -> RecordID) -> [(name: String, value: Value)] {
        fields.map { field in
            switch field.value {
            case .text(let text): (field.name, .text(text))
            case .integer(let number): (field.name, .integer(number))
            case .reference(let key): (field.name, .reference(record(key)))
            }
        }
    }

    /// The text that a field is set to; nil for other kinds of values and fields that are not set.
    package func text(_ name: String) -> String? {
        guard case .text(let text) = fields.first(where: { $0.name == name })?.value else {
            return nil
        }
        return text
    }

    mutating func set(_ name: String, _ text: String?) {
        if let text { fields.append(SyntheticField(name, text)) }
    }

    mutating func set(_ name: String, _ number: Int) {
        fields.append(SyntheticField(name, .integer(Int64(number))))
    }

    mutating func set(_ name: String, key: Int) {
        fields.append(SyntheticField(name, .reference(key)))
    }
}

/// Keys without coordination: each household owns 64, units come behind all households, reports last.
enum Keys {
    private static let perHousehold = 64

    /// Slots of a household's keys.
    static let visitSlot = 48
    static let noticeSlot = 60
    static let duplicateSlot = 63

    static func household(_ ordinal: Int) -> Int { ordinal * perHousehold + 1 }

    static func resident(_ ordinal: Int, _ member: Int) -> Int { household(ordinal) + 1 + member }

    static func account(_ ordinal: Int, _ member: Int) -> Int { household(ordinal) + 17 + member }

    static func benefit(_ ordinal: Int, _ member: Int) -> Int { household(ordinal) + 33 + member }

    static func slot(_ ordinal: Int, _ slot: Int) -> Int { household(ordinal) + slot }

    static func unit(_ shape: CommuneShape, _ index: Int) -> Int {
        household(shape.households) + index
    }

    /// Behind all units, of which there are far fewer than a million.
    static func report(_ shape: CommuneShape, _ index: Int) -> Int {
        unit(shape, 1 << 20) + index
    }
}
