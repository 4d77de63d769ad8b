/// What may happen in a step, and how often.
enum Action: CaseIterable {
    case save
    case openForm
    case saveForm
    case loadPhone
    case writeOnPhone
    case deliverPhone
    case exchange
    case writeStick
    case readStick
    case takeSnapshot
    case rollBack
    case rollBackTogether
    case restore
    case copy
    case replace
    case revoke
    case jumpClock
    case restart
    case rebuild
    case move
    case erase
    case attack
}

/// How often each action comes, and how rough the carriers are.
struct Weights {
    private let shares: [(action: Action, share: Int)]
    private let total: Int
    /// Per cent of exchanges that are cut, and of operations in which a machine stops.
    let cuts: Int
    let crashes: Int

    /// - Parameter profile: 0 no accidents; 1 and 2 some; 3 many.
    init(profile: Int) {
        let accident = [0, 10, 10, 25][profile]
        shares = Action.allCases.map { action in
            switch action {
            case .save: (action, 300)
            case .openForm, .saveForm: (action, 60)
            case .loadPhone: (action, 40)
            case .writeOnPhone, .deliverPhone: (action, 70)
            case .exchange: (action, 300)
            case .writeStick, .readStick: (action, 40)
            case .takeSnapshot: (action, accident * 4)
            case .rollBack: (action, accident * 2)
            case .rollBackTogether, .restore, .copy: (action, accident)
            case .replace, .revoke: (action, accident / 2)
            case .jumpClock: (action, 10)
            case .restart, .rebuild: (action, 10)
            case .move: (action, 15)
            case .erase: (action, profile == 0 ? 0 : 6)
            case .attack: (action, 15)
            }
        }
        total = shares.reduce(0) { $0 + $1.share }
        cuts = [5, 15, 30, 40][profile]
        crashes = [0, 5, 10, 10][profile]
    }

    func action(_ number: UInt64) -> Action {
        var rest = Int(number % UInt64(total))
        for (action, share) in shares {
            if rest < share { return action }
            rest -= share
        }
        return .save
    }
}
