-- The journal of a case. Entries are added and never changed; everything else is told from them.
CREATE TABLE ops (
    seq      INTEGER PRIMARY KEY CHECK (seq > 0),
    at_ms    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    host     TEXT NOT NULL,
    tool     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    payload  TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER ops_stay BEFORE UPDATE ON ops BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER ops_last BEFORE DELETE ON ops BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;

-- Who writes to the case now, process 0 for nobody: one row at most. `epoch` grows with every change of hands.
CREATE TABLE holder (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    epoch    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    host     TEXT NOT NULL,
    pid      INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;

-- The last word on every target and every lens.
CREATE VIEW marks (target, annotation, seq) AS
SELECT key, value, seq FROM (
    SELECT said.key, said.value, ops.seq, row_number() OVER (PARTITION BY said.key ORDER BY ops.seq DESC) AS age
    FROM ops, json_each(ops.payload, '$.marks') AS said
) WHERE age = 1 AND value IS NOT NULL;

CREATE VIEW lenses (name, lens, saved_ms, seq) AS
SELECT key, json_extract(value, '$.lens'), json_extract(value, '$.saved_ms'), seq FROM (
    SELECT said.key, said.value, ops.seq, row_number() OVER (PARTITION BY said.key ORDER BY ops.seq DESC) AS age
    FROM ops, json_each(ops.payload, '$.lenses') AS said
) WHERE age = 1 AND value IS NOT NULL;

CREATE VIEW exports (seq, at_ms, actor, payload) AS SELECT seq, at_ms, actor, payload FROM ops WHERE kind = 'export';
CREATE VIEW questions (seq, at_ms, actor, payload) AS
SELECT seq, at_ms, actor, payload FROM ops WHERE kind IN ('ask', 'look');
