import Survey
import Testing

/// The description against the text of the domain: what is asked, what must be filled, the codes with
/// the labels that the text gives, and the targets.
@Suite struct DomainTextTests {
    private let survey = DataDescription.doorstep

    private struct Row {
        let type: String
        let field: String
        let requirement: Requirement
        var choices: [(code: String, label: String?)] = []
    }

    @Test func `fields, requirements, codes and labels are those of the data model`() throws {
        let rows = Self.rows(Self.people) + Self.rows(Self.others)
        #expect(rows.count > 85)
        for row in rows {
            let name = "\(row.type).\(row.field)"
            let field = try #require(survey.type(row.type)?.field(row.field), "\(name)")
            #expect(field.requirement == row.requirement, "\(name)")
            guard !row.choices.isEmpty else { continue }
            let choices = try #require(field.choices, "\(name)")
            #expect(choices.map(\.code) == row.choices.map(\.code), "\(name)")
            for (choice, expected) in zip(choices, row.choices) {
                guard let label = expected.label else { continue }
                // The text writes / where the label has a comma, and leaves words in brackets out.
                #expect(Self.words(choice.label.vi).starts(with: Self.words(label)), "\(name)")
            }
        }
    }

    @Test func `targets are those of the plan`() throws {
        let targets = Self.targets.split(separator: ",").map { $0.split(separator: " ") }
        #expect(targets.count == 40)
        for words in targets {
            let name = words[0].trimmingNewlines
            #expect(survey.indicator(name)?.target == Int(words[1].trimmingNewlines), "\(name)")
        }
    }

    private static func words(_ text: String) -> [String] {
        TextFold.words(TextFold.fold(text)).filter { !["hoac", "con"].contains($0) }
    }

    /// Reads a field a line.
    ///
    /// With its requirement, where the text has a column for it: what section 8 asks of
    /// whoever has an account is needed for a complete visit. Codes and labels are in the indented lines
    /// below it.
    private static func rows(_ text: String) -> [Row] {
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("    ") else {
                let words = line.split(separator: " ")
                let names = words[0].split(separator: ".").map(String.init)
                let requirement: Requirement =
                    switch words.dropFirst().first {
                    case "save": .save
                    case "complete": .complete
                    default: .optional
                    }
                rows.append(Row(type: names[0], field: names[1], requirement: requirement))
                continue
            }
            for part in line.split(separator: "·") where !part.allSatisfy({ $0 == " " }) {
                let pair = part.split(separator: "=").map(\.trimmingSpaces)
                rows[rows.count - 1].choices.append((pair[0], pair.count > 1 ? pair[1] : nil))
            }
        }
        return rows
    }

    /// Data model, sections 1 to 4.
    private static let people = """
        household.code complete
        household.register_code
        household.head complete
        household.group
        household.address complete
        household.state save
            occupied=Đang ở · vacant=Vắng cả hộ · moved=Đã chuyển đi ·
            dissolved=Đã xóa/nhập hộ · not-found=Không tìm thấy · duplicate=Trùng ·
        household.state_on
        household.policy
            poor=Hộ nghèo · near-poor=Hộ cận nghèo · merit=Gia đình có công ·
            social-protection=Có người hưởng bảo trợ xã hội ·
            ethnic-minority-policy=Diện chính sách dân tộc · none=Không ·
        household.policy_until
        household.phone
        household.smartphone complete
        household.tablet complete
        household.computer
        household.smart_tv
        household.feature_phone
        household.internet
            fiber=Cáp quang · mobile-4g5g=4G/5G · weak-signal=Sóng yếu · none=Không có ·
        household.no_device_reason complete
            cost=Không đủ tiền · no-need=Không có nhu cầu · cannot-use=Không biết dùng ·
            broken=Bị hỏng · no-signal=Không có sóng · no-power=Không có điện ổn định ·
            other=Khác · refused=Từ chối trả lời ·
        household.note
        resident.household save
        resident.full_name save
        resident.other_name
        resident.personal_id complete
        resident.old_cmnd
        resident.birth save
        resident.sex save
            male=Nam · female=Nữ · other=Khác/chưa rõ ·
        resident.relation complete
            head=Chủ hộ · spouse=Vợ/chồng · child=Con · child-in-law=Con dâu/rể ·
            parent=Cha/mẹ · parent-in-law=Cha/mẹ vợ, chồng · grandparent=Ông/bà ·
            grandchild=Cháu · sibling=Anh/chị/em · other-kin=Họ hàng khác ·
            lodger=Người ở trọ/ở nhờ · worker=Người giúp việc/làm thuê · other=Khác ·
        resident.nationality save
            vn=Việt Nam · foreign=Nước ngoài ·
            vn-origin-undetermined=Người gốc Việt chưa xác định quốc tịch ·
        resident.ethnicity
        resident.residence save
            permanent=Thường trú · temporary=Tạm trú · unregistered=Đang ở, chưa đăng ký ·
        resident.presence save
            here=Đang ở đây · away-short=Vắng ngắn hạn · away-long=Vắng dài hạn ·
            moved=Đã chuyển đi · deceased=Đã mất · not-found=Không có ở địa chỉ này ·
        resident.presence_on complete
        resident.away_kind
            work=Đi làm xa · study=Đi học · abroad=Nước ngoài · treatment=Chữa bệnh ·
            military=Nghĩa vụ/quân đội, công an · other=Khác ·
        resident.away_place
        resident.occupation
            farmer=Nông, lâm nghiệp · fisher=Ngư nghiệp · worker=Công nhân ·
            trade=Buôn bán, dịch vụ · household-business=Chủ hộ kinh doanh ·
            official=Cán bộ, công chức, viên chức · armed=Lực lượng vũ trang ·
            student=Học sinh, sinh viên · retired=Hưu trí · homemaker=Nội trợ ·
            none=Không việc làm · child=Còn nhỏ · other=Khác ·
        resident.phone complete
        resident.phone_own
        resident.guardian complete
        resident.needs_help
            elderly=Già yếu · disability=Khó đi lại/khuyết tật · illiterate=Không biết chữ ·
            no-vietnamese=Không rành tiếng Việt · none ·
        resident.idcard_kind complete
            can-cuoc=Thẻ căn cước · cccd-chip=CCCD gắn chíp · cccd-barcode=CCCD mã vạch ·
            cmnd=CMND · gcn-can-cuoc=Giấy chứng nhận căn cước · none=Chưa có ·
        resident.idcard_status complete
            valid=Còn hạn · expired=Hết hạn · lost=Mất · damaged=Hỏng ·
            applied=Đã làm, chưa nhận · none=Chưa có ·
        resident.idcard_issued_on
        resident.idcard_expires_on
        resident.idcard_wrong_info
            old-place-name=Địa danh trước sáp nhập · name · birth · sex · other ·
        resident.idcard_missing_reason complete
            not-due=Chưa đến hạn/mới đủ 14 tuổi · no-birth-record=Vướng khai sinh/hộ tịch ·
            data-mismatch=Sai lệch dữ liệu · away=Đi xa · frail=Già yếu, không đi được ·
            no-fingerprint=Không lấy được vân tay/ảnh · declined=Không muốn làm ·
            applied=Đã nộp, chờ trả · unaware=Chưa biết · other · refused ·
        resident.vneid_level complete
            0=Chưa có · 1=Mức 1 · 2=Mức 2 · unknown ·
        resident.vneid_state complete
            none · applied=Đã đăng ký, chờ duyệt · issued=Đã cấp, chưa kích hoạt ·
            activated=Đã kích hoạt · locked=Bị khóa/quên mật khẩu ·
        resident.vneid_activated_on
        resident.vneid_device
            own=Máy của mình · family=Máy người thân · none=Không có máy ·
        resident.vneid_obstacle complete
            no-smartphone=Không có điện thoại thông minh · old-phone=Máy cũ, không cài được ·
            no-sim=Không có SIM/SIM không chính chủ · otp=Không nhận được OTP ·
            forgot-password=Quên mật khẩu · no-card=Chưa có căn cước ·
            data-mismatch=Sai lệch dữ liệu · cannot-use=Không biết dùng · frail=Già yếu ·
            no-signal=Không có mạng · afraid=Sợ lừa đảo · declined=Không muốn ·
            waiting=Chờ duyệt · other · refused ·
        """

    /// Data model, sections 5 and 7 to 10.
    private static let others = """
        resident.payment_has_any complete
        payment_account.kind save
            bank=Tài khoản ngân hàng · ewallet=Ví điện tử · mobile-money=Mobile Money ·
        payment_account.provider
        payment_account.last4
        payment_account.own_name
        payment_account.usable
        payment_account.linked_vneid
        resident.payment_missing_reason complete
            cash=Quen dùng tiền mặt · no-phone=Không có điện thoại ·
            cannot-use=Không biết dùng · far=Xa ngân hàng · no-card=Chưa có/hết hạn căn cước ·
            afraid=Sợ lừa đảo, phí · no-income=Không có nhu cầu · frail=Già yếu · declined ·
            other · refused ·
        benefit.kind save
            pension=Lương hưu · social-insurance-monthly=Trợ cấp BHXH hằng tháng ·
            merit=Ưu đãi người có công · social-pension=Trợ cấp hưu trí xã hội ·
            social-assistance=Trợ cấp bảo trợ xã hội · care-allowance=Hỗ trợ chăm sóc · other ·
        benefit.channel complete
            bank-own=Tài khoản ngân hàng của mình · bank-other=Tài khoản người khác ·
            mobile-money · cash-point=Tiền mặt tại điểm chi trả · cash-home=Nhận tại nhà ·
            unknown ·
        benefit.linked_vneid complete
        benefit.missing_reason complete
            prefers-cash · no-account · far-atm=Xa ATM · frail ·
            guardian=Người giám hộ nhận thay · cannot-use · partial=Một phần · other · refused ·
        benefit.since
        benefit.until
        resident.signature_state complete
            has=Có · none=Chưa · applied=Đã đăng ký · expired=Hết hạn · unknown ·
        resident.signature_where complete
            vneid=Trên VNeID · public-ca=Nhà cung cấp khác · official=Chuyên dùng công vụ ·
        resident.signature_want complete
        resident.signature_missing_reason
            unaware · cannot-use · no-vneid2 · error=Lỗi khi đăng ký · fee=Sợ tốn phí · other ·
        resident.official_email_state
            none · created=Đã tạo · used=Đang dùng · unknown ·
        resident.service_used_online_12m complete
            self=Tự làm · helped=Có người giúp · no=Không · unknown ·
        resident.service_needed_12m
        resident.service_obstacle
            no-account · cannot-use · no-device · rather-office=Thích ra trực tiếp ·
            procedure-unsupported · other ·
        resident.bhyt_insured
        resident.bhyt_on_idcard
        resident.skill
            none · basic · good ·
        visit.round save
        visit.started_at save
        visit.ended_at save
        visit.by save
        visit.outcome save
            complete=Hoàn thành · partial=Một phần · no-contact=Không gặp ai · refused=Từ chối ·
            postponed=Hẹn lại · vacant=Nhà không có người ở · moved=Cả hộ đã chuyển ·
            not-found=Không tìm thấy nhà · inaccessible=Không tới được ·
        visit.next_on complete
        visit.respondent_kind complete
        visit.refusal_scope complete
            visit=cả buổi · some-questions=một số câu ·
        notice.basis save
            state-task=Hoạt động của cơ quan nhà nước theo luật · consent=Đồng ý ·
        notice.notice_version save
        notice.given_how save
            read-aloud · paper · screen ·
        notice.given_by complete
        notice.evidence
            signature-on-screen · paper-form-no · verbal-witnessed ·
        notice.withdrawn_on
        """

    /// Indicators, sections 2 and 3; percent.
    private static let targets = """
        id-card 100, id-card-valid 100, vneid-level2 100, vneid-level2-active 100,
        household-smart-device 100, epayment-account 100, ssa-on-vneid 100,
        epayment-and-ssa 100, epayment-on-vneid 100, benefit-bank-vneid 80,
        digital-signature 100, official-email-person 100, online-service-use-person 70,
        official-email-business 100, online-service-use-business 70,
        ecommerce-identified-tax 100, facility-digital-payment 100,
        facility-idcard-for-bhyt 100, idcard-for-bhyt-person 100, staff-digital-training 100,
        staff-equipment 100, staff-signature 100, staff-equipment-and-signature 100,
        dvc-field-catalogue 50, dvc-confirm-abolished 50, dvc-auto-5min 50,
        dvc-status-vneid 50, dvctt-essential-full 100, dvctt-common-full 80,
        dvctt-essential-data-reuse 80, dvctt-common-data-reuse 50, files-fully-online 80,
        business-once-only 80, results-linked-id 100, units-vneid-login 100,
        results-electronic 100, legacy-results-digitised 50, tthc-boundary-free 100,
        cashless-online-services 100, tthc-results-vneid 50
        """
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    fileprivate var trimmingNewlines: String { String(filter { $0 != "\n" }) }
}
