package import Survey

/// What a visit at the door cannot do, and what to do instead.
package enum VisitingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The visit was never begun here, or was given up.
    case noVisit
    case noHousehold
    /// As many visits are begun and not finished as one person may have.
    case tooManyVisits(limit: Int)
    /// A visit holds as many answers as is allowed.
    case tooLarge
    /// What is kept of the visit was written by another version, or is damaged.
    case unreadable
    /// The page asked about something that the form does not hold.
    case noQuestion
    /// Nobody of this name may visit the village.
    case noSuchStaff
    /// Whose visit it is can end it himself.
    case notLeft
    /// Somebody who is to be moved here is of this household already.
    case livesHere
    case livesInOtherVillage
    /// Two changes that did not know of each other say where; nobody has decided.
    case livesInTwoHouseholds
    /// The head of a household that would be left without one.
    case headsOtherHousehold

    package var label: Label {
        switch self {
        case .noVisit:
            Label(
                "lượt đến này chưa bắt đầu hoặc đã bỏ: mở lại từ danh sách hộ",
                "this visit was not begun, or was discarded: begin from the list of households"
            )
        case .noHousehold:
            Label(
                "không có hộ này trên máy: tải lại danh sách hộ",
                "this household is not here: load the list of households again"
            )
        case .tooManyVisits(let limit):
            Label(
                "đang có \(limit) lượt đến chưa kết thúc: kết thúc hoặc bỏ bớt rồi mở lượt mới",
                "\(limit) visits are begun: finish some, or discard them, before the next"
            )
        case .tooLarge:
            Label(
                "lượt đến đã ghi quá nhiều: kết thúc rồi mở lượt mới",
                "the visit holds too much: finish it, then begin another"
            )
        case .unreadable:
            Label(
                "không đọc được phần đã ghi của lượt đến (phiên bản khác): cập nhật Doorstep",
                "what was kept of the visit cannot be read (another version): update Doorstep"
            )
        case .noQuestion:
            Label(
                "phiếu không có câu hỏi này: tải lại trang",
                "the form has no such question: load the page again"
            )
        case .livesHere:
            Label(
                "người này đã ở trong hộ này: bỏ người vừa thêm",
                "is of this household already: take the added person back"
            )
        case .livesInOtherVillage:
            Label(
                "người này đang ở thôn khác: nhờ cán bộ xã chuyển về thôn này",
                "is of another village: ask the commune's officer to move the record"
            )
        case .livesInTwoHouseholds:
            Label(
                "đang có hai ý kiến về hộ của người này: nhờ trưởng nhóm quyết định trước",
                "two changes disagree about this person's household: let the lead decide first"
            )
        case .headsOtherHousehold:
            Label(
                "người này là chủ hộ của một hộ còn người khác: đến hộ đó chọn chủ hộ mới trước",
                "heads a household in which others live: choose another head there first"
            )
        case .notLeft:
            Label(
                "người này vẫn vào được: để người đó kết thúc hoặc bỏ lượt đến",
                "its author can still sign in here: let him finish or discard the visit"
            )
        case .noSuchStaff:
            Label(
                "không có người dùng này, hoặc người này không phụ trách thôn: chọn người khác",
                "no such user, or one who may not visit this village: choose another"
            )
        }
    }

    /// Whether it is about moving somebody into the household.
    package var isOfMove: Bool {
        switch self {
        case .livesHere, .livesInOtherVillage, .livesInTwoHouseholds, .headsOtherHousehold: true
        default: false
        }
    }

    package var description: String { label.en }
}

/// The numbers that bound what visits may hold.
package enum VisitingLimits {
    /// Begun and not finished, of one user on one node; a day has some thirty.
    package static let openVisits = 60
    /// Finished ones of a user that are remembered, so that a page sent twice is no second visit.
    package static let finishedVisits = 200
    /// Bytes of what is kept of one visit; a family of twelve with everything new stays below 20 KB.
    package static let draftBytes = 1 << 17
    /// Answers of one visit.
    package static let answers = 3000
    /// Records that one visit may add.
    package static let newRecords = 60
    /// Households that a phone takes along; a day has some thirty.
    package static let phoneHouseholds = 300
    /// Visits whose standing a phone asks for at once.
    package static let phoneVisits = 200
    /// Bytes of one visit as a phone sends it.
    package static let phoneVisitBytes = 1 << 18
    /// Milliseconds between a visit on a phone and its reaching a node; older ones have a wrong clock.
    package static let phoneVisitAge: UInt64 = 90 * 24 * 3_600_000
    /// Likely matches shown while a person is typed in.
    package static let matches = 5
    /// Bytes of one answer as it is typed.
    package static let inputBytes = 4096
    /// Households that one page assigns at once.
    package static let assignments = 1000
    /// Failed tries after which a household is a matter for the village's lead (indicators 1.4).
    package static let triesBeforeLead = 3
}
