import Causality

extension World {
    /// One thing that happens.
    func step() throws {
        switch weights.action(random.next()) {
        case .save: try save()
        case .openForm: try openForm()
        case .saveForm: try saveForm()
        case .loadPhone: try loadPhone()
        case .writeOnPhone: writeOnPhone()
        case .deliverPhone: try deliverPhone()
        case .exchange: try exchangeSomewhere()
        case .writeStick: try writeStick()
        case .readStick: try readStick()
        case .takeSnapshot: try takeSnapshot()
        case .rollBack: try rollBack()
        case .rollBackTogether: try rollBackTogether()
        case .restore: try restore()
        case .copy: try copy()
        case .replace: try replace()
        case .revoke: try revoke()
        case .jumpClock: jumpClock()
        case .restart: try restart()
        case .rebuild: try rebuild()
        case .move: try move()
        case .erase: try erase()
        case .attack: try attack()
        }
    }
}
