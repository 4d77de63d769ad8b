/// Whether a word can be a Vietnamese syllable: how a column in a wrong encoding is told from text.
enum Syllable {
    /// Onset, rime and tone must each exist; any case.
    static func isVietnamese(_ word: String) -> Bool {
        let letters = TextFold.letters(word)
        guard !letters.isEmpty, letters.count <= 7,
            letters.allSatisfy({ $0.base >= UInt8(ascii: "a") && $0.base != TextFold.foreignBase })
        else { return false }
        let tones = letters.map(\.tone).filter { $0 != .level }
        guard tones.count <= 1 else { return false }
        let plain = TextFold.string(letters.lazy.map(\.withoutTone))
        // A syllable that ends in a stop has the sắc or the nặng tone.
        let isStopped = ["c", "ch", "p", "t"].contains { plain.hasSuffix($0) }
        guard !isStopped || tones == [.sac] || tones == [.nang] else { return false }
        return onsets.contains { onset in
            plain.hasPrefix(onset) && rimes.contains(plain.dropFirst(onset.count))
        }
    }

    private static let onsets: [String] =
        "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
        .split(separator: " ").map(String.init) + [""]

    private static let rimes: Set<Substring> = Set(
        """
        a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
        e em en eng eo ec ep et ê êu ên êm ênh êch êt êp êng \
        i ia iu im in inh ich it ip iêc iêm iên iêng iêt iêp iêu y yên yêm yêt yêu yêng ynh ych yt \
        yu ya o oi oc om on ong op ot oa oai oao oay oac oach oam oan oang oanh oat oap \
        oăc oăm oăn oăng oăt oe oen oeo oet oong ooc ô ôi ôc ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt \
        u ua ui uc um un ung up ut uân uâng uât uây uê uênh uêch uên uêu uy uya uych uynh uyn uyt \
        uyu uyên uyêt uơ uôc uôi uôm uôn uông uôt ư ưa ưi ưu ưc ưm ưn ưng ưt \
        ươc ươi ươm ươn ương ươp ươt ươu
        """.split(separator: " ")
    )
}
