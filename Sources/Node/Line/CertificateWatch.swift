import HTTP

/// Looks once a day whether the certificate that a node shows is still the right one to show.
///
/// libmicrohttpd takes a certificate at its start alone; so a new one needs a new server, which the
/// owner of the server makes.
struct CertificateWatch: Sendable {
    /// What was found.
    enum Finding: Hashable, Sendable {
        /// A start of the server would show another certificate.
        case due
        /// The files that were given hold none that would do: the one shown stays.
        case unusable(reason: String)
        case fine
    }

    /// Seconds between two looks.
    private static let interval: Int64 = 86_400

    private let shown: TLSIdentity
    /// Where the certificate and its key were given; nil for the node's own authority.
    private let files: (certificate: String, key: String)?
    /// When the node itself was certified, seconds since 1970; nil for one that is not enrolled.
    private let born: Int64?
    private var lookedAt: Int64

    /// `now`: seconds since 1970.
    init(
        _ shown: TLSIdentity,
        files: (certificate: String, key: String)?,
        born: Int64?,
        now: Int64
    ) {
        self.shown = shown
        self.files = files
        self.born = born
        lookedAt = now
    }

    /// What there is to say at a time, in seconds since 1970; nothing within a day of the last look.
    mutating func look(now: Int64) -> Finding? {
        // With the clock set back it is time as well.
        guard now < lookedAt || now - lookedAt >= Self.interval else { return nil }
        lookedAt = now
        guard let files else {
            let isEarly = LineIdentity.isOfClockAhead(from: shown.validFrom, born: born, now: now)
            return isEarly || shown.needsRenewal(now) ? .due : .fine
        }
        do {
            let found = try LineIdentity.given(certificate: files.certificate, key: files.key)
            try found.checkDates(now)
            return found.certificateDigest == shown.certificateDigest ? .fine : .due
        } catch {
            return .unusable(reason: LineLog.reason(error))
        }
    }
}
