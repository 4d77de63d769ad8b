import CBOR
import Causality
import Sealing
import Survey

/// What was confirmed as it stands, như lần trước, is confirmed as long as it stands so.
extension VisitForm {
    /// A section as it stands now, of the day.
    func confirmation(of section: SectionID) -> VisitDraft.Confirmation {
        VisitDraft.Confirmation(day: day, shown: digest(of: section))
    }

    /// Whether a section was confirmed and nobody has changed it since.
    func isConfirmed(_ section: SectionID) -> Bool {
        guard let confirmation = draft.confirmed[section] else { return false }
        return confirmation.shown.map { $0 == digest(of: section) } ?? true
    }

    /// Eight bytes of a hash of what the store says of a section, its day left out: who confirms gives
    /// it another.
    private func digest(of section: SectionID) -> UInt64 {
        var writer = CBORWriter(capacity: 256)
        if let record = record(section.record) {
            for field in record.type.fields
            where field.section == section.section && !field.isProvenance {
                writer.write(field.name)
                (record.values[field.name] ?? .null).write(to: &writer)
            }
        }
        return Hash.blake2b(writer.bytes).prefix
    }
}
