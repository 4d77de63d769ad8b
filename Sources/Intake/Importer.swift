package import Survey

/// Reads a population list into households with a report of every decision.
///
/// Bytes in, values out: nothing is written anywhere. One household is held at a time.
package struct Importer: Sendable {
    private let today: CalendarDay
    private let policy: ImportPolicy
    private let residence: String?
    private let columns: ColumnNames
    private let isOfAgency: Bool
    private let limits: IntakeLimits

    /// What to know of a list before it is read.
    ///
    /// `today` bounds dates of birth and tells newborns; `residence` is the code of those of whom the
    /// list does not say how they are registered; `columns` come before the table of headers.
    /// `isOfAgency`: the list is of the police or a paying agency, whose rows make nobody and need no
    /// birth where they have a number.
    package init(
        today: CalendarDay,
        policy: ImportPolicy = .certainOnly,
        residence: String? = nil,
        columns: ColumnNames = .init(),
        isOfAgency: Bool = false,
        limits: IntakeLimits = .init()
    ) {
        self.today = today
        self.policy = policy
        self.residence = residence
        self.columns = columns
        self.isOfAgency = isOfAgency
        self.limits = limits
    }

    /// Hands each household to `receive` in the order of the list.
    ///
    /// Throws ``IntakeError`` where the file as a whole cannot be read, and what `receive` throws;
    /// households handed over before that stand.
    package func run(
        _ source: @escaping ByteSource,
        receive: (ImportedHousehold) throws -> Void
    ) throws -> ImportReport {
        try columns.check()
        var text = UTF8Source(source)
        var head: [UInt8] = []
        while head.count < limits.headBytes, let chunk = try text.next() { head += chunk }
        guard !head.isEmpty else { throw IntakeError.empty }
        let layout = try Layout.find(head, columns, limits)
        var pending: [UInt8]? = head
        let reader = CSVReader(separator: layout.separator, limits: limits) {
            () throws(IntakeError) in
            defer { pending = nil }
            return if let pending { pending } else { try text.next() }
        }
        var pass = ImportPass(
            layout: layout,
            limits: limits,
            policy: policy,
            persons: PersonReader(
                today: today,
                policy: policy,
                residence: residence,
                marksRelations: layout.marksRelations,
                isOwnExport: layout.header.isOwnExport,
                isOfAgency: isOfAgency
            )
        )
        return try pass.run(reader, receive)
    }

    /// Reads a whole list that is in memory.
    package func read(
        _ bytes: [UInt8]
    ) throws -> (
        households: [ImportedHousehold], report: ImportReport
    ) {
        var households: [ImportedHousehold] = []
        let report = try run(ByteChunks.source(bytes)) { households.append($0) }
        return (households, report)
    }
}

/// A byte array as a source of chunks.
package enum ByteChunks {
    /// Chunks of `size` bytes.
    package static func source(_ bytes: [UInt8], size: Int = 65_536) -> ByteSource {
        var position = 0
        return {
            guard position < bytes.count else { return nil }
            let end = min(bytes.count, position + size)
            defer { position = end }
            return Array(bytes[position..<end])
        }
    }
}
