import SQLite
import Survey

/// The tables of a node's file, by number of migration; shipped steps are never edited.
enum Schema {
    static var migrations: [Migration] {
        [
            Migration(
                """
                CREATE TABLE setting(
                    name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE scope(
                    n INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
                -- Local numbers of record origins: the upper half of a record's key.
                CREATE TABLE origin(
                    n INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope,
                    id INTEGER NOT NULL, UNIQUE(scope, id)) STRICT;
                CREATE TABLE log(
                    n INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE,
                    scope INTEGER NOT NULL REFERENCES scope, node INTEGER NOT NULL,
                    certificate BLOB NOT NULL,
                    -- Last sequence number in a sealed segment, and the chain hash there.
                    seq INTEGER NOT NULL, hash BLOB NOT NULL,
                    -- 1: this node writes it now. 0: another's, or an own one left behind.
                    is_open INTEGER NOT NULL,
                    -- 1: the parent's history is to be fetched from the beginning.
                    is_refetched INTEGER NOT NULL DEFAULT 0) STRICT;
                CREATE TABLE segment(
                    arrival INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log,
                    first INTEGER NOT NULL, last INTEGER NOT NULL,
                    header BLOB NOT NULL, signature BLOB NOT NULL, payload BLOB NOT NULL,
                    -- How many redaction orders the payload has gone through.
                    redaction INTEGER NOT NULL DEFAULT 0, UNIQUE(log, first)) STRICT;
                CREATE TABLE pending_entry(
                    log INTEGER NOT NULL REFERENCES log, seq INTEGER NOT NULL,
                    entry BLOB NOT NULL, PRIMARY KEY(log, seq)) STRICT, WITHOUT ROWID;
                -- Fields that have more than one value, all of them.
                CREATE TABLE sibling(
                    record INTEGER NOT NULL, field TEXT NOT NULL, log INTEGER NOT NULL,
                    seq INTEGER NOT NULL, time INTEGER NOT NULL,
                    -- 0 cleared, 1 number, 2 text, 3 bytes, 4 key of a record, 5 erased
                    kind INTEGER NOT NULL, value ANY,
                    PRIMARY KEY(record, field, log, seq)) STRICT, WITHOUT ROWID;
                -- Changes and deletions, or moves, that had not seen each other.
                CREATE TABLE clash(
                    record INTEGER NOT NULL, field TEXT NOT NULL, log INTEGER NOT NULL,
                    seq INTEGER NOT NULL, fate TEXT NOT NULL, fate_log INTEGER NOT NULL,
                    fate_seq INTEGER NOT NULL,
                    PRIMARY KEY(record, field, log, seq, fate, fate_log, fate_seq)
                    ) STRICT, WITHOUT ROWID;
                -- Records merged into another, followed to the end.
                CREATE TABLE alias(
                    record INTEGER PRIMARY KEY, target INTEGER NOT NULL,
                    is_cycle INTEGER NOT NULL) STRICT;
                -- Changes that may be submitted twice.
                CREATE TABLE change(
                    client INTEGER NOT NULL, counter INTEGER NOT NULL, log INTEGER NOT NULL,
                    seq INTEGER NOT NULL,
                    PRIMARY KEY(client, counter, log, seq)) STRICT, WITHOUT ROWID;
                -- What a peer holds: 0 as it last said, 1 if it took all that it was last sent.
                CREATE TABLE peer(
                    node INTEGER NOT NULL, kind INTEGER NOT NULL, scope TEXT NOT NULL,
                    vector BLOB NOT NULL,
                    at INTEGER NOT NULL, PRIMARY KEY(node, kind, scope)) STRICT, WITHOUT ROWID;
                -- The beginning of a segment that a cut left here.
                CREATE TABLE partial(
                    node INTEGER PRIMARY KEY, header BLOB NOT NULL, bytes BLOB NOT NULL,
                    at INTEGER NOT NULL) STRICT;
                -- Segments set aside: of revoked nodes, and branches of forks that lost.
                CREATE TABLE quarantine(
                    n INTEGER PRIMARY KEY, log INTEGER NOT NULL, first INTEGER NOT NULL,
                    header BLOB NOT NULL UNIQUE, signature BLOB NOT NULL, payload BLOB NOT NULL,
                    is_redacted INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
                    -- A branch: 0 to be offered to the parent, 1 offered or taken up.
                    is_settled INTEGER NOT NULL DEFAULT 0) STRICT;
                -- Own entries of a lost branch, until they are written again: what their author had
                -- seen that still stands, and what he had seen of own logs before the branch was lost.
                CREATE TABLE aside_entry(
                    log INTEGER NOT NULL, seq INTEGER NOT NULL, scope INTEGER NOT NULL,
                    entry BLOB NOT NULL, context BLOB NOT NULL, own BLOB NOT NULL,
                    PRIMARY KEY(log, seq)) STRICT, WITHOUT ROWID;
                -- Where entries of a lost branch went.
                CREATE TABLE rewritten(
                    log INTEGER NOT NULL, seq INTEGER NOT NULL, entry_hash INTEGER NOT NULL,
                    new_log INTEGER NOT NULL, new_seq INTEGER NOT NULL,
                    PRIMARY KEY(log, seq, entry_hash)) STRICT, WITHOUT ROWID;
                -- What redaction orders say of segments, in their order, whether or not these are here yet.
                CREATE TABLE redacted(
                    log INTEGER NOT NULL, first INTEGER NOT NULL, number INTEGER NOT NULL,
                    seqs BLOB NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL,
                    PRIMARY KEY(log, first, number)) STRICT, WITHOUT ROWID;
                CREATE TABLE redaction_done(record INTEGER PRIMARY KEY) STRICT;
                """
            ),
            version2,
        ]
    }

    /// What a node on a line keeps of others: invitations, wrong tries, how exchanges went, signed
    /// hellos of the parent, who is signed in, visits that were begun; and what is derived of records tells their types apart.
    private static var version2: Migration {
        Migration(
            """
            CREATE TABLE invite(
                -- What the code's first two characters say.
                number INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL,
                -- Paths, one a line.
                scopes TEXT NOT NULL,
                key BLOB NOT NULL, made_at INTEGER NOT NULL, made_by TEXT NOT NULL,
                ends_at INTEGER NOT NULL,
                -- 1: whoever knows the code is taken in without being looked at.
                is_trusted INTEGER NOT NULL,
                -- The node whose place the new one takes.
                replaces INTEGER,
                wrong_tries INTEGER NOT NULL DEFAULT 0,
                -- 0 open, 1 a node has called and waits, 2 approved, 3 refused
                state INTEGER NOT NULL DEFAULT 0,
                request BLOB, address TEXT, called_at INTEGER, reply BLOB) STRICT;
            CREATE TABLE wrong_try(
                address TEXT PRIMARY KEY, count INTEGER NOT NULL, since INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
            CREATE TABLE contact(
                node INTEGER PRIMARY KEY,
                -- The last exchange that reached its end, and the last that was tried.
                at INTEGER, tried_at INTEGER NOT NULL,
                -- How the last one failed; null where it did not.
                problem TEXT,
                -- Milliseconds that the peer's clock is ahead.
                clock_offset INTEGER, software TEXT) STRICT;
            -- Signed hellos of the parent: what it has stated of its holdings.
            CREATE TABLE receipt(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
            -- Where an order stands decides what it may erase: the roster's scope; null from before
            -- this was kept.
            ALTER TABLE redacted ADD COLUMN scope INTEGER REFERENCES scope;
            -- What came back is not kept beside the log.
            UPDATE quarantine SET payload = x'' WHERE reason = 'branch' AND is_settled = 1;
            -- A record is named by its type and its id.
            DROP TABLE sibling;
            CREATE TABLE sibling(
                type TEXT NOT NULL, record INTEGER NOT NULL, field TEXT NOT NULL,
                log INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL,
                -- 0 cleared, 1 number, 2 text, 3 bytes, 4 key of a record, 5 erased
                kind INTEGER NOT NULL, value ANY,
                PRIMARY KEY(type, record, field, log, seq)) STRICT, WITHOUT ROWID;
            DROP TABLE clash;
            CREATE TABLE clash(
                type TEXT NOT NULL, record INTEGER NOT NULL, field TEXT NOT NULL,
                log INTEGER NOT NULL, seq INTEGER NOT NULL, fate TEXT NOT NULL,
                fate_log INTEGER NOT NULL, fate_seq INTEGER NOT NULL,
                PRIMARY KEY(type, record, field, log, seq, fate, fate_log, fate_seq)
                ) STRICT, WITHOUT ROWID;
            DROP TABLE alias;
            CREATE TABLE alias(
                type TEXT NOT NULL, record INTEGER NOT NULL, target INTEGER NOT NULL,
                is_cycle INTEGER NOT NULL, PRIMARY KEY(type, record)) STRICT, WITHOUT ROWID;
            CREATE INDEX alias_target ON alias(type, target);
            -- Times are milliseconds since 1970.
            CREATE TABLE session(
                -- Hash of the token: whoever reads the file cannot take a session over.
                token BLOB PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL,
                -- The scopes that it opens, joined by spaces.
                scopes TEXT NOT NULL,
                -- Hash of the credentials that it was opened with.
                stamp BLOB NOT NULL,
                -- 1: opened with a one-time code, only to set a password.
                is_restricted INTEGER NOT NULL,
                begun INTEGER NOT NULL, used INTEGER NOT NULL,
                -- Hash of its PIN under the token; null where it has none.
                pin BLOB,
                -- Wrong ones since the last right one.
                pin_tries INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
            CREATE INDEX session_user ON session(user, begun);
            -- Wrong tries to sign in, by a hash of the name or of the address they came from.
            CREATE TABLE sign_in_try(
                key BLOB PRIMARY KEY, failures INTEGER NOT NULL,
                at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX sign_in_try_weight ON sign_in_try(failures, at);
            -- Visits that somebody has begun and not finished: his answers so far. Never travels.
            CREATE TABLE draft(
                user TEXT NOT NULL, visit INTEGER NOT NULL, household TEXT NOT NULL,
                begun INTEGER NOT NULL, changed INTEGER NOT NULL,
                -- Null once it is finished: a page that is sent twice finds what came of it.
                content BLOB, saved TEXT,
                -- Of what a phone has sent: the same visit with other content is told apart.
                digest BLOB,
                -- Which entries a phone's visit has become here.
                wrote BLOB,
                PRIMARY KEY(user, visit)) STRICT, WITHOUT ROWID;
            CREATE INDEX draft_household ON draft(household);
            -- The projection is made anew from the log.
            DELETE FROM setting WHERE name = 'projection';
            """
        )
    }

    /// The statements that create a record type's table and indexes.
    static func create(_ type: RecordType) -> String {
        var columns = [
            "id INTEGER PRIMARY KEY", "_scope INTEGER NOT NULL", "_flags INTEGER NOT NULL",
            "_log INTEGER NOT NULL", "_seq INTEGER NOT NULL", "_cells BLOB", "_deleted TEXT",
            "_merged_into INTEGER", "_moved_to TEXT",
        ]
        for field in type.fields {
            columns.append("\"\(field.name)\" \(field.kind.column.sql)")
        }
        var sql = "CREATE TABLE \"\(type.name)\"(\(columns.joined(separator: ", "))) STRICT;\n"
        for field in type.fields where field.indexed {
            sql += """
                CREATE INDEX "\(type.name)_\(field.name)" ON "\(type.name)"("\(field.name)");

                """
        }
        sql += """
            CREATE INDEX "\(type.name)_merged" ON "\(type.name)"(_merged_into)
                WHERE _merged_into IS NOT NULL;
            CREATE INDEX "\(type.name)_flagged" ON "\(type.name)"(_flags) WHERE _flags <> 0;

            """
        return sql
    }

    /// Counts the rules by which the log becomes the projection.
    private static let projectionRules = 3

    /// A text that changes whenever the typed tables or the rules would: the projection is rebuilt then.
    static func fingerprint(_ types: [RecordType]) -> String {
        "rules \(projectionRules)" + types.map(create).joined()
            + types.flatMap(\.fields).map { "\($0.name) \($0.merge)" }.joined(separator: ",")
    }
}

/// How a field's values are kept in its column.
enum ColumnClass: Hashable {
    case text
    case integer
    case reference
    case bytes

    var sql: String {
        switch self {
        case .text: "TEXT"
        case .integer, .reference: "INTEGER"
        case .bytes: "BLOB"
        }
    }
}

extension FieldKind {
    var column: ColumnClass {
        switch self {
        case .text, .personName, .date, .partialDate, .localTime, .code, .codeSet, .fourValued,
            .phone, .personalID, .oldPersonalID, .taxCode:
            .text
        case .integer, .microdegrees: .integer
        case .reference: .reference
        case .bytes: .bytes
        }
    }
}
