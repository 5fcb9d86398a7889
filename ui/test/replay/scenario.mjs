// A made-up platform at work, for tests of the page alone: the same tick gives the same message.

const TITLES = ['The Silent Harbour', 'Salt & the Ledger', 'Overture in Tromsø', 'Goodbye, Xiomara', 'Untitled Kinshasa Project', 'Velvet Requiem', 'The Tide of Łódź', 'Glass Meridian'];
const PHASES = ['DEVELOPMENT', 'PREP', 'SHOOT', 'POST', 'RELEASED'];
const PLACES = ['Stage 7', 'Vasquez Rocks', 'Reykjanes coast', 'Old Havana set', 'Almería desert', 'Budapest baths'];
const CRAFTS = ['actor', 'editor', 'composer', 'gaffer', 'cinematographer', 'costume designer'];

const SOURCES = [
  ['cast_member', 0.9, 1_560],
  ['deal', 2.1, 1_190],
  ['movie', 2.6, 3_395],
  ['reshoot_day', 0.5, 74],
  ['schedule_day', 3.4, 2_236],
  ['talent', 0.8, 1_800],
  ['vendor', 0.3, 240],
  ['vendor_payment', 1.4, 1_377],
];

/** The message of one tick (a second each) of a scenario: `busy`, `starting`, `trouble` or `empty`. */
export function message(scenario, tick, now, acknowledged = new Set()) {
  const base = {
    now: new Date(now).toISOString(),
    platform: { version: '0.1.0', started_at: new Date(now - 754_000).toISOString() },
    services: services(scenario),
    connections: [],
    sources: [],
    pipelines: [],
    tables: [],
    incidents: [],
  };
  if (scenario === 'empty') return base;
  base.connections = [{ name: 'studio', owner: 'production-systems', state: scenario === 'starting' ? 'starting' : 'streaming', reason: null }];
  base.sources = sources(scenario, tick, now);
  base.pipelines = pipelines(scenario, tick, now);
  base.tables = scenario === 'starting' ? [] : tables(tick, now).map((table, i) => ({ ...table, ...proof(scenario, i, now) }));
  base.incidents = scenario === 'trouble' ? incidents(now, acknowledged) : [];
  return base;
}

function proof(scenario, i, now) {
  if (scenario === 'trouble') {
    return [
      { audit: 'different', proven_equal_as_of: null, differences: 3 },
      { audit: 'waiting', proven_equal_as_of: null, differences: 0 },
      { audit: 'unproven', proven_equal_as_of: null, differences: 0 },
    ][i];
  }
  return { audit: 'equal', proven_equal_as_of: new Date(now - 95_000 - i * 61_000).toISOString(), differences: 0 };
}

function incidents(now, acknowledged) {
  const one = (id, kind, severity, subject, owner, minutes, reason) => ({
    id,
    kind,
    severity,
    subject,
    owner,
    state: acknowledged.has(id) ? 'acknowledged' : 'open',
    reason,
    since: new Date(now - minutes * 60_000).toISOString(),
  });
  return [
    one(7, 'audit_difference', 'critical', { kind: 'table', name: 'studio.deal_desk' }, 'business-affairs', 4, "Table 'studio.deal_desk' differs from 'studio.public.deal' in 3 keys. Repair it: `./backlot audit studio.deal_desk --repair`."),
    one(5, 'heartbeat_silent', 'critical', { kind: 'table', name: 'studio.movie_report' }, 'studio-tech', 12, "No heartbeat of connection 'studio' has come to table 'studio.movie_report' for more than 60 s: pipeline 'movie_report' stands still, whatever its job says. See which step waits: `backlot describe pipeline movie_report`."),
    { ...one(4, 'wal_over_alert', 'warning', { kind: 'connection', name: 'studio' }, 'production-systems', 75, "The database of connection 'studio' retains 11.2 GB of log, over 10 GB."), state: 'acknowledged' },
  ];
}

/** An hour of readings, as `GET /api/v1/history` answers. */
export function readings(subject, names, now) {
  const seed = subject.length;
  const times = Array.from({ length: 360 }, (_, i) => Math.floor(now / 10_000) * 10 - (359 - i) * 10).filter((_, i) => i % 97 > 6);
  const shape = {
    lag_seconds: (t) => (Math.floor(t / 10) % 71 === 0 ? 3.2 : 0.4 + 0.3 * Math.sin(t / 300 + seed)),
    heartbeat_seconds: (t) => 0.9 + 0.25 * Math.sin(t / 170 + seed) + (Math.floor(t / 10) % 53 === 0 ? 1.1 : 0),
  };
  const series = Object.fromEntries(names.map((name) => [name, times.map((t) => (shape[name] ? Math.max(0, shape[name](t)) : null))]));
  return { subject, step_seconds: 10, times, series };
}

function services(scenario) {
  const state = (name) => {
    if (scenario === 'starting' && name === 'flink') return 'starting';
    if (scenario === 'trouble' && name === 'capture') return 'degraded';
    return 'healthy';
  };
  return ['postgres', 'kafka', 'capture', 'flink', 'controller'].map((name) => ({ name, state: state(name), detail: null }));
}

function wave(tick, seed, mean) {
  return Math.max(0, mean * (1 + 0.55 * Math.sin(tick / 9 + seed * 1.7) + 0.3 * Math.sin(tick / 3.1 + seed * 4.1)));
}

function sources(scenario, tick, now) {
  return SOURCES.map(([table, mean, rows], i) => {
    const dumping = scenario === 'starting' && table === 'movie';
    const stopped = scenario === 'trouble' && table === 'vendor';
    return {
      name: `studio.public.${table}`,
      connection: 'studio',
      description: `The studio's table ${table}.`,
      state: dumping ? 'dumping' : stopped ? 'stopped' : 'streaming',
      reason: stopped ? "Cannot capture table 'public.vendor': it has no primary key. Add one, or set tables.keyless to full_row." : null,
      rate: scenario === 'starting' || stopped ? null : Math.round(wave(tick, i, mean) * 10) / 10,
      messages: dumping ? null : rows + Math.round(tick * mean),
      newest_change_at: scenario === 'starting' ? null : new Date(now - 350 - ((tick * 7 + i * 13) % 9) * 900 / mean).toISOString(),
      dump: dumping
        ? { id: 1, state: 'running', done_rows: Math.min(3_395, 400 + tick * 120), total_rows: 3_390, estimated: true, rate: 120, seconds_left: tick < 25 ? 25 - tick : undefined }
        : null,
    };
  });
}

function pipelines(scenario, tick, now) {
  const one = (name, owner, state, seed, mean, sources, extra = {}) => ({
    name,
    owner,
    description: null,
    state,
    reason: null,
    rate: Math.round(wave(tick, seed, mean) * 10) / 10,
    lag_seconds: Math.round((0.6 + 0.4 * Math.sin(tick / 5 + seed)) * 10) / 10,
    lag_records: (tick * 3 + seed) % 5,
    caught_up: tick % 4 !== 1,
    heartbeat_seconds: Math.round((0.9 + 0.3 * Math.sin(tick / 7 + seed)) * 100) / 100,
    heartbeat_still_since: null,
    jobs: [{ id: `9f3c2ab${seed}4d5e`, state: 'RUNNING', started_at: new Date(now - 700_000).toISOString() }],
    sources: sources.map((s) => `studio.public.${s}`),
    tables: [`studio.${name}`],
    ...extra,
  });
  const unknown = { rate: null, lag_seconds: null, lag_records: null, caught_up: null, heartbeat_seconds: null, jobs: [] };
  const trouble = scenario === 'trouble';
  return [
    scenario === 'starting'
      ? one('deal_desk', 'business-affairs', 'deploying', 1, 2.1, ['deal'], unknown)
      : one('deal_desk', 'business-affairs', trouble ? 'paused' : 'running', 1, 2.1, ['deal'], trouble ? unknown : {}),
    one('movie_report', 'studio-tech', scenario === 'starting' ? 'catching_up' : trouble ? 'blocked' : 'running', 2, 2.6, ['movie'], {
      ...(scenario === 'starting' ? { caught_up: false, lag_seconds: 41, lag_records: 1_804 } : {}),
      ...(trouble
        ? {
            caught_up: false,
            lag_seconds: 754,
            lag_records: 1_922,
            heartbeat_still_since: new Date(now - 754_000).toISOString(),
            rate: 0,
            reason: "Cannot read source 'studio.public.movie': its schema 14 is not covered by the plan. Apply the pipeline again to replan.",
          }
        : {}),
    }),
    one('work_calendar', 'production-office', trouble ? 'failed' : 'running', 3, 3.9, ['schedule_day', 'reshoot_day'], trouble ? { ...unknown, reason: 'Cannot write table ‘studio.work_calendar’: the disk is full. Free space; the pipeline goes on by itself.' } : {}),
  ];
}

function tables(tick, now) {
  const rows = (seed, every, make) =>
    Array.from({ length: 8 }, (_, i) => {
      const n = Math.floor(tick / every) - i + 40;
      return { id: `t${seed}/${n}`, op: 'ucuuduru'[(n * 5 + seed) % 8], at: new Date(now - 600 - i * every * 1_000).toISOString(), values: make(n) };
    });
  return [
    {
      name: 'studio.deal_desk',
      pipeline: 'deal_desk',
      key: ['deal_id'],
      columns: ['deal_id', 'movie_id', 'talent_id', 'hired_as', 'deal_status', 'fee_amount', 'fee_currency', 'sent_at', 'signed_at'],
      row_count: 1_190 + tick,
      age_seconds: 0.6,
      rows: rows(1, 2, (n) => ({
        deal_id: `${(n * 7919 + 268435456).toString(16).padStart(8, '0')}-5c1d-4e0a-9b2f-1f0c3a5d7e9b`,
        movie_id: 10_000 + (n % 190),
        talent_id: 1 + ((n * 37) % 1_800),
        hired_as: CRAFTS[n % 6],
        deal_status: ['DRAFT', 'SENT', 'NEGOTIATING', 'SIGNED'][n % 4],
        fee_amount: `${12_500 + ((n * 7_919) % 900_000)}.50`,
        fee_currency: ['USD', 'EUR', 'GBP', 'INR'][n % 4],
        sent_at: new Date(now - 86_400_000).toISOString(),
        signed_at: null,
      })),
    },
    {
      name: 'studio.movie_report',
      pipeline: 'movie_report',
      key: ['movie_id'],
      columns: ['movie_id', 'title', 'phase', 'release_date', 'production_budget', 'us_gross', 'worldwide_gross', 'us_dvd_sales', 'mpaa_rating', 'running_time_minutes', 'distributor', 'genre'],
      row_count: 3_383,
      age_seconds: 1.2,
      rows: rows(2, 3, (n) => ({
        movie_id: 10_000 + (n % 190),
        title: TITLES[n % 8],
        phase: PHASES[n % 5],
        release_date: n % 3 ? `2027-0${1 + (n % 9)}-1${n % 9}` : null,
        production_budget: `${4 + (n % 90)}500000.00`,
        us_gross: null,
        worldwide_gross: n % 5 === 4 ? `${n * 1_931}.20` : null,
      })),
    },
    {
      name: 'studio.work_calendar',
      pipeline: 'work_calendar',
      key: ['movie_id', 'unit', 'day_number'],
      columns: ['movie_id', 'unit', 'day_number', 'work_date', 'call_time', 'location', 'status'],
      row_count: 2_310,
      age_seconds: 0.4,
      rows: rows(3, 2, (n) => ({
        movie_id: 10_000 + ((n * 3) % 190),
        unit: ['MAIN', 'SECOND'][n % 7 === 0 ? 1 : 0],
        day_number: 1 + (n % 28),
        work_date: `2026-12-${String(1 + (n % 27)).padStart(2, '0')}`,
        call_time: n % 9 ? `0${6 + (n % 3)}:30:00` : null,
        location: PLACES[n % 6],
        status: ['PLANNED', 'MOVED', 'WRAPPED'][n % 3],
      })),
    },
  ];
}
