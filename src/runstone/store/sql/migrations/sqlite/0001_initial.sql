-- The embedded store.  Large tables begin with the run.  A metric that is NaN is NULL here: SQLite has no NaN,
-- and a row's presence already says that the key was logged.

CREATE TABLE experiments (
    experiment_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    artifact_location TEXT NOT NULL,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    deleted_ms INTEGER
);

CREATE TABLE experiment_tags (
    experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (experiment_id, key)
) WITHOUT ROWID;

-- Names of params, metrics and tags, each once.
CREATE TABLE keys (
    key_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE runs (
    run_no INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments,
    name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    deleted_ms INTEGER,
    parent_run_id TEXT
);
CREATE INDEX runs_by_start ON runs (start_ms DESC, run_id);
CREATE INDEX runs_by_experiment ON runs (experiment_id, start_ms DESC, run_id);
CREATE INDEX runs_by_name ON runs (name, start_ms DESC, run_id);
CREATE INDEX runs_by_end ON runs (end_ms, start_ms DESC, run_id);
CREATE INDEX runs_by_duration ON runs ((end_ms - start_ms), start_ms DESC, run_id);
CREATE INDEX runs_by_parent ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_user ON runs (user_id, start_ms DESC, run_id);
CREATE INDEX runs_by_status ON runs (status, start_ms DESC, run_id);

-- What a run logged, whole, as MessagePack maps: one row to read a run.  The three tables below index it.
CREATE TABLE run_documents (
    run_no INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    params BLOB NOT NULL,
    metrics BLOB NOT NULL,
    tags BLOB NOT NULL
);

-- A text's head is its first 200 characters: what is indexed.
CREATE TABLE run_params (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    head TEXT NOT NULL,
    number REAL,
    PRIMARY KEY (run_no, key_id)
) WITHOUT ROWID;
CREATE INDEX run_params_by_text ON run_params (key_id, head, run_no);
CREATE INDEX run_params_by_number ON run_params (key_id, number, run_no) WHERE number IS NOT NULL;

CREATE TABLE run_tags (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    head TEXT NOT NULL,
    number REAL,
    PRIMARY KEY (run_no, key_id)
) WITHOUT ROWID;
CREATE INDEX run_tags_by_text ON run_tags (key_id, head, run_no);
CREATE INDEX run_tags_by_number ON run_tags (key_id, number, run_no) WHERE number IS NOT NULL;

CREATE TABLE run_metrics (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key_id INTEGER NOT NULL,
    last REAL,
    min REAL,
    max REAL,
    mean REAL,
    first REAL,
    count INTEGER NOT NULL,
    first_open INTEGER NOT NULL DEFAULT 0,
    next_chunk INTEGER NOT NULL DEFAULT 0,
    tail_points INTEGER NOT NULL DEFAULT 0,
    open_points INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_no, key_id)
) WITHOUT ROWID;
CREATE INDEX run_metrics_by_last ON run_metrics (key_id, last, run_no);
CREATE INDEX run_metrics_by_min ON run_metrics (key_id, min, run_no);
CREATE INDEX run_metrics_by_max ON run_metrics (key_id, max, run_no);
CREATE INDEX run_metrics_by_mean ON run_metrics (key_id, mean, run_no);
CREATE INDEX run_metrics_by_first ON run_metrics (key_id, first, run_no);
CREATE INDEX run_metrics_by_count ON run_metrics (key_id, count, run_no);

-- Points, in order of arrival.  Raw chunks (sealed = 0) are the tail of a series and are merged as it grows.
CREATE TABLE chunks (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key_id INTEGER NOT NULL,
    chunk_no INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    count INTEGER NOT NULL,
    min_step INTEGER NOT NULL,
    max_step INTEGER NOT NULL,
    min_ms INTEGER NOT NULL,
    max_ms INTEGER NOT NULL,
    buckets BLOB,
    data BLOB NOT NULL,
    PRIMARY KEY (run_no, key_id, chunk_no)
);

-- For charts of long series: the bucket summaries of each 16 full chunks, joined.
CREATE TABLE overviews (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    key_id INTEGER NOT NULL,
    overview_no INTEGER NOT NULL,
    min_step INTEGER NOT NULL,
    max_step INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (run_no, key_id, overview_no)
);

-- How far each journal has been taken in.  metric_keys: MessagePack map, the metric by the journal's number for it.
-- beat_ms is when the writer was last known alive, 0 once it has let go.
CREATE TABLE writers (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    writer_id TEXT NOT NULL,
    events_to INTEGER NOT NULL,
    points_to INTEGER NOT NULL,
    metric_keys BLOB NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    beat_ms INTEGER NOT NULL,
    PRIMARY KEY (run_no, writer_id)
) WITHOUT ROWID;

CREATE TABLE console (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    piece_no INTEGER NOT NULL,
    stream TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run_no, piece_no)
);

CREATE TABLE run_artifacts (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    path TEXT NOT NULL,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (run_no, path)
) WITHOUT ROWID;
CREATE INDEX run_artifacts_by_digest ON run_artifacts (digest);

CREATE TABLE datasets (
    dataset_no INTEGER PRIMARY KEY,
    experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source TEXT NOT NULL,
    schema TEXT,
    profile TEXT,
    UNIQUE (experiment_id, name, digest)
);
CREATE INDEX datasets_by_digest ON datasets (digest);

CREATE TABLE run_inputs (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    dataset_no INTEGER NOT NULL REFERENCES datasets ON DELETE CASCADE,
    context TEXT,
    tags BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (run_no, dataset_no)
) WITHOUT ROWID;
CREATE INDEX run_inputs_by_dataset ON run_inputs (dataset_no, run_no);

CREATE TABLE run_models (
    run_no INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    role TEXT NOT NULL,
    model_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (run_no, role, model_id)
) WITHOUT ROWID;
CREATE INDEX run_models_by_model ON run_models (model_id, role);

-- Edges that no other table implies: who used whose bytes.
CREATE TABLE edges (
    source_kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    label TEXT NOT NULL,
    run_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (source_kind, source_id, target_kind, target_id, relation, label)
) WITHOUT ROWID;
CREATE INDEX edges_by_target ON edges (target_kind, target_id);

CREATE TABLE logged_models (
    model_id TEXT PRIMARY KEY,
    experiment_id INTEGER NOT NULL REFERENCES experiments,
    name TEXT NOT NULL,
    artifact_location TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    model_type TEXT,
    source_run_id TEXT,
    status TEXT NOT NULL,
    status_message TEXT,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    deleted_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX logged_models_by_experiment ON logged_models (experiment_id, created_ms DESC, model_id);
CREATE INDEX logged_models_by_run ON logged_models (source_run_id) WHERE source_run_id IS NOT NULL;

CREATE TABLE logged_model_params (
    model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

CREATE TABLE logged_model_tags (
    model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

CREATE TABLE logged_model_metrics (
    model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
    key TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    step INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    value REAL,
    dataset_name TEXT NOT NULL DEFAULT '',
    dataset_digest TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (model_id, key, timestamp_ms, step, run_id, dataset_name, dataset_digest)
) WITHOUT ROWID;

CREATE TABLE model_artifacts (
    model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
    path TEXT NOT NULL,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (model_id, path)
) WITHOUT ROWID;
CREATE INDEX model_artifacts_by_digest ON model_artifacts (digest);

CREATE TABLE registered_models (
    name TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    description TEXT NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE registered_model_tags (
    name TEXT NOT NULL REFERENCES registered_models ON DELETE CASCADE ON UPDATE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name, key)
) WITHOUT ROWID;

CREATE TABLE registered_model_aliases (
    name TEXT NOT NULL REFERENCES registered_models ON DELETE CASCADE ON UPDATE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, alias)
) WITHOUT ROWID;

-- Where aliases pointed, and since when; no version: the alias was removed.
CREATE TABLE alias_moves (
    move_no INTEGER PRIMARY KEY,
    name TEXT NOT NULL REFERENCES registered_models ON DELETE CASCADE ON UPDATE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER,
    moved_ms INTEGER NOT NULL,
    user_id TEXT NOT NULL
);
CREATE INDEX alias_moves_by_name ON alias_moves (name, move_no DESC);

CREATE TABLE model_versions (
    name TEXT NOT NULL REFERENCES registered_models ON DELETE CASCADE ON UPDATE CASCADE,
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    description TEXT NOT NULL,
    user_id TEXT NOT NULL,
    registry_stage TEXT NOT NULL,
    source TEXT NOT NULL,
    storage_location TEXT,
    run_id TEXT,
    run_link TEXT NOT NULL,
    model_id TEXT,
    status TEXT NOT NULL,
    status_message TEXT NOT NULL,
    PRIMARY KEY (name, version)
) WITHOUT ROWID;
CREATE INDEX model_versions_by_run ON model_versions (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX model_versions_by_model ON model_versions (model_id) WHERE model_id IS NOT NULL;

CREATE TABLE model_version_tags (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name, version, key),
    FOREIGN KEY (name, version) REFERENCES model_versions ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- One row: how often the registry was changed, for who watches it.
CREATE TABLE registry_changes (
    number INTEGER NOT NULL
);
INSERT INTO registry_changes (number) VALUES (0);

CREATE TABLE webhooks (
    webhook_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT,
    secret TEXT,
    status TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE webhook_events (
    webhook_id TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    entity TEXT NOT NULL,
    action TEXT NOT NULL,
    PRIMARY KEY (webhook_id, entity, action)
) WITHOUT ROWID;

CREATE TABLE webhook_deliveries (
    delivery_id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    entity TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_ms INTEGER,
    delivered_ms INTEGER,
    response_status INTEGER,
    error_message TEXT
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_ms) WHERE next_attempt_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_ms DESC);

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    password_hash TEXT,
    is_active INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE user_grants (
    name TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    scope TEXT NOT NULL,
    pattern TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (name, scope, pattern)
) WITHOUT ROWID;

-- A token's digest is the SHA-256 of its secret, which is random and long.  Setup tokens have no user.
CREATE TABLE tokens (
    token_id TEXT PRIMARY KEY,
    user_name TEXT REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    grants BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    last_used_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX tokens_by_user ON tokens (user_name, created_ms DESC);

-- What the servers of this store sign with, for each purpose.
CREATE TABLE shared_secrets (
    purpose TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
    audit_no INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    token_id TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX audit_by_actor ON audit (actor, audit_no);
CREATE INDEX audit_by_target ON audit (target, audit_no);
CREATE INDEX audit_by_action ON audit (action, audit_no);

INSERT INTO experiments (experiment_id, name, artifact_location, created_ms, updated_ms)
SELECT 0, 'Default', 'runstone-artifacts:/0', now_ms, now_ms FROM (SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now_ms) AS clock;
