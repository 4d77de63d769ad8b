import SQLite

/// Eight indicators by village in one plain query over the workload's tables.
///
/// The yardstick for indicators: ages at a day, joins to household, accounts and devices.
enum ReferenceQuery {
    private static let sql: StaticString = """
        SELECT r.vil, count(*),
            sum(r.birth <= '2012-06-30' AND r.vn_lv = 2),
            sum(r.birth <= '2012-06-30'),
            sum(r.birth <= '2011-06-30' AND EXISTS (
                SELECT 1 FROM account a WHERE a.res = r.id AND a.active = 1)),
            sum(r.birth <= '1966-06-30' AND EXISTS (
                SELECT 1 FROM account a WHERE a.res = r.id AND a.active = 1 AND a.payout = 1)),
            sum(r.birth <= '2008-06-30' AND r.esig = 1),
            sum(r.birth <= '2008-06-30' AND r.dvc = 1),
            sum(r.health = 1),
            sum(h.poor > 0 AND EXISTS (
                SELECT 1 FROM device d WHERE d.hh = h.id AND d.kind = 0 AND d.net > 0))
        FROM resident r JOIN household h ON h.id = r.hh
        WHERE h.result = 1
        GROUP BY r.vil
        """

    static func run(_ db: Connection) throws {
        _ = try db.cached(sql).rows { $0.integer(0) }
    }
}
