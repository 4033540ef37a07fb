-- SPDX-License-Identifier: ISC
-- A database of mediachanged as the first version of its schema had it: one pending question, one that
-- was answered.  Newer programs must open it, keep everything and go on.
CREATE TABLE alert (
 seq INTEGER PRIMARY KEY,
 id TEXT NOT NULL UNIQUE,
 version INTEGER NOT NULL,
 key TEXT,
 asker TEXT NOT NULL,
 "from" TEXT NOT NULL,
 host TEXT NOT NULL,
 title TEXT,
 text TEXT NOT NULL,
 kind TEXT NOT NULL,
 labels TEXT NOT NULL,
 severity TEXT NOT NULL,
 tags TEXT,
 default_label TEXT,
 timeout_ms INTEGER NOT NULL,
 created_at INTEGER NOT NULL,
 deadline_at INTEGER NOT NULL,
 attempt INTEGER NOT NULL,
 wait INTEGER NOT NULL,
 line INTEGER NOT NULL,
 state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
 joined TEXT,
 answer TEXT,
 text_answer TEXT,
 answer_id TEXT,
 by TEXT,
 desk TEXT,
 note TEXT,
 reason TEXT,
 closed_at INTEGER NOT NULL CHECK ((closed_at > 0) = (state > 0)),
 confirmed INTEGER NOT NULL,
 claimed_by TEXT,
 claimed_until INTEGER NOT NULL,
 snoozed_until INTEGER NOT NULL);
CREATE INDEX alert_pending ON alert (seq) WHERE state = 0;
CREATE INDEX alert_closed ON alert (closed_at) WHERE closed_at > 0;
CREATE INDEX alert_key ON alert (asker, key, seq) WHERE key IS NOT NULL;
CREATE TABLE life (
 seq INTEGER NOT NULL REFERENCES alert,
 at INTEGER NOT NULL,
 what TEXT NOT NULL,
 by TEXT,
 note TEXT);
CREATE INDEX life_seq ON life (seq);
INSERT INTO alert VALUES (1, '00000001-0000-4000-8000-000000000000', 2, 'tape', 'joe@local', 'joe (local)', 'local', 'Tape',
 'Insert volume 2', 'okcancel', 'Ok
Cancel', 'warning', 'nightly', NULL, 0, 1000, 0, 1, 1, 0, 1, NULL, 'Ok', NULL,
 '00000065-0000-4000-8000-000000000000', 'ann@local', 'desk', 'in the left drive', NULL, 2000, 1, NULL, 0, 0);
INSERT INTO alert VALUES (2, '00000002-0000-4000-8000-000000000000', 3, 'tape', 'joe@local', 'joe (local)', 'local', NULL,
 'Insert volume 3', 'okcancel', 'Ok
Cancel', 'critical', NULL, NULL, 60000, 3000, 63000, 2, 1, 0, 0, NULL, NULL, NULL,
 NULL, NULL, NULL, NULL, NULL, 0, 0, 'ann@local', 9000, 0);
INSERT INTO life VALUES (2, 4000, 'claimed', 'ann@local', NULL);
PRAGMA application_id = 0x6f70646b;
PRAGMA user_version = 1;
