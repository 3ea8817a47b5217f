import { fillReactions } from './reactions.ts'

/** The tables of one channel as migration steps; the list is append-only. Every index costs a row per write. */
export const schema: readonly (readonly string[])[] = [
  [
    `CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
    // No AUTOINCREMENT: it costs a row and leaves gaps where an insert was refused.
    // at: ms since the Unix epoch; user: the author's id, '' for the room itself; id: the sender's id of the command, null
    // if it gave none; data: JSON; origin: JSON, or null; edits: JSON list of the seqs that edited this message, or null.
    `CREATE TABLE events (
      seq INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      user TEXT NOT NULL,
      id TEXT,
      data TEXT NOT NULL,
      origin TEXT,
      edits TEXT
    )`,
    `CREATE UNIQUE INDEX events_by_id ON events (user, id) WHERE id IS NOT NULL`,
    `CREATE TABLE tickets (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`,
    // seq: of the prompt; asker: user id; state: queued, running; attempt: calls so far; due: ms: when it may be called
    // (queued), when its lease ends (running); text: the reply so far, written about once a second.
    `CREATE TABLE turns (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      agent TEXT NOT NULL,
      session TEXT NOT NULL,
      asker TEXT NOT NULL,
      hop INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      due INTEGER NOT NULL,
      text TEXT NOT NULL
    ) WITHOUT ROWID`,
  ],
  [], // was: the search index, made anew below
  [
    // role: null: that of the token.
    `CREATE TABLE members (
      user TEXT PRIMARY KEY,
      role TEXT,
      muted INTEGER NOT NULL,
      banned INTEGER NOT NULL
    ) WITHOUT ROWID`,
    // expires: ms; uses: left.
    `CREATE TABLE invitations (
      hash TEXT PRIMARY KEY,
      role TEXT NOT NULL,
      expires INTEGER NOT NULL,
      uses INTEGER NOT NULL
    ) WITHOUT ROWID`,
  ],
  [
    `ALTER TABLE turns ADD COLUMN decisions TEXT NOT NULL DEFAULT '[]'`, // JSON, in order
    `ALTER TABLE turns ADD COLUMN note TEXT`, // JSON of a reminder, or null
    // role: the lowest that may decide; users: JSON list of those who may, or null; expires: ms.
    `CREATE TABLE approvals (
      id TEXT PRIMARY KEY,
      turn TEXT NOT NULL,
      role TEXT NOT NULL,
      users TEXT,
      expires INTEGER NOT NULL
    ) WITHOUT ROWID`,
  ],
  [
    // A log that is being imported, until it is complete.
    `CREATE TABLE arriving (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, user TEXT NOT NULL,
      id TEXT, data TEXT NOT NULL, origin TEXT, edits TEXT)`,
  ],
  [], // was: digests, now a component's own table
  [], // was: webhooks, now a component's own table
  [], // was: secure-delete of the search index
  [], // was: meter, now a component's own table
  [`ALTER TABLE turns ADD COLUMN request TEXT`], // the id in the log of the request that prompted, or null
  [`ALTER TABLE schema_version ADD COLUMN components TEXT`], // JSON: the version of each component's own tables, by name
  [`CREATE TABLE arriving_rows (n INTEGER PRIMARY KEY, component TEXT NOT NULL, row TEXT NOT NULL)`], // JSON, as 'arriving'
  [
    // JSON of the question; null: requested before this step, by an event that is no longer kept
    `ALTER TABLE approvals ADD COLUMN question TEXT`,
    // json_patch leaves out what is null.
    `UPDATE approvals SET question = (
      SELECT json_patch('{}', json_object(
          'description', json_extract(data, '$.description'), 'role', nullif(role, 'member'), 'users', json(users)))
        FROM events WHERE type = 'approval_requested' AND json_extract(data, '$.approval') = approvals.id)`,
    // n: among the turn's steps of this name; result: JSON, or null: none.
    `CREATE TABLE turn_steps (
      turn TEXT NOT NULL,
      name TEXT NOT NULL,
      n INTEGER NOT NULL,
      result TEXT,
      PRIMARY KEY (turn, name, n)
    ) WITHOUT ROWID`,
  ],
  [
    `ALTER TABLE members ADD COLUMN assigned INTEGER NOT NULL DEFAULT 0`, // ms: when an owner set the role; 0: an invitation did
    `ALTER TABLE members ADD COLUMN gone INTEGER NOT NULL DEFAULT 0`, // 1: they left or were removed, and the role only limits them
    `ALTER TABLE members ADD COLUMN token TEXT`, // the role that their last token granted, 'revoked', or null: not known
    `UPDATE members SET assigned = 1 WHERE role IS NOT NULL`, // who gave it is not known: no older invitation changes it
    `ALTER TABLE invitations ADD COLUMN maker TEXT`, // null: made before this was kept
    `ALTER TABLE invitations ADD COLUMN made INTEGER NOT NULL DEFAULT 0`, // ms
    `ALTER TABLE approvals ADD COLUMN except_user TEXT`, // who may not approve it, or null
    `DELETE FROM invitations WHERE role IN ('moderator', 'owner')`, // nobody knows whether their makers may still give that
  ],
  [
    `CREATE TABLE reactions (target INTEGER NOT NULL, user TEXT NOT NULL, emoji TEXT NOT NULL,
      PRIMARY KEY (target, user, emoji)) WITHOUT ROWID`,
    fillReactions,
  ],
  [
    // The index holds words as search-tokens.ts spells them; searches fill it again.
    `DROP TABLE IF EXISTS line_text`,
    `CREATE VIRTUAL TABLE line_text USING fts5
      (content, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'")`, // rowid: seq
    `INSERT INTO line_text (line_text, rank) VALUES ('secure-delete', 1)`, // deleted text leaves no trace in the index
    `DELETE FROM settings WHERE key = 'search'`,
  ],
  [
    // Activity was stored with the names of private circles, and of tools. Which circles were private is not known here.
    `UPDATE events SET data = json_set(iif(json_extract(data, '$.activity') = 'status', json_remove(data, '$.detail'), data),
        '$.channel', substr(json_extract(data, '$.channel'), 1, instr(json_extract(data, '$.channel'), ':')) || 'private')
      WHERE type = 'agent_activity' AND json_extract(data, '$.channel') NOT LIKE '%:~%'`,
    // The alarm counts it again.
    `DELETE FROM settings WHERE key = 'log_size'
      AND EXISTS (SELECT 1 FROM events WHERE type = 'agent_activity')`,
  ],
  [
    // Since then, more scripts without spaces, and ẞ as ß.
    `DELETE FROM line_text`,
    `DELETE FROM settings WHERE key = 'search'`,
  ],
]
