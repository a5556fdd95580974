"""A database as the original Monitorix leaves it, made on a private PostgreSQL: its tables, its enumerations, its naive
times, and the odd rows that years of use leave behind. Nothing in it is random."""
import subprocess
import urllib.parse

CANARY = "canary-Qx7"  # in every secret; must never be printed
# "correct horse battery staple" with two of bcrypt's prefixes
BCRYPT = "$2b$12$abcdefghijklmnopqrstuu0sDWleciW5uGBGYwxpcgAsh9WK4bWNy"
BCRYPT_PHP = "$2y$12$abcdefghijklmnopqrstuu0sDWleciW5uGBGYwxpcgAsh9WK4bWNy"

SCHEMA = """
CREATE TYPE severity AS ENUM ('INFO', 'WARNING', 'CRITICAL', 'FATAL');
CREATE TYPE servicetype AS ENUM ('HTTP', 'HTTPS', 'PING', 'PORT', 'CUSTOM', 'FTP');
CREATE TABLE users(id serial PRIMARY KEY, username varchar(50), email varchar(255), hashed_password varchar(255), is_active boolean,
  is_admin boolean, totp_secret varchar(64), totp_enabled boolean, refresh_token text, reset_token text, created_at timestamp);
CREATE TABLE nodes(id serial PRIMARY KEY, name varchar(100), url varchar(255), username varchar(100), token text, verify_ssl boolean,
  is_local boolean, is_active boolean, maintenance_mode boolean, status varchar(20), tags json, last_check timestamp, created_at timestamp);
CREATE TABLE vms(id serial PRIMARY KEY, node_id integer, vmid integer, name varchar(100), status varchar(20), cpu_usage double precision,
  memory_usage double precision, memory_total bigint, disk_usage double precision, disk_total bigint, uptime bigint, tags text,
  last_check timestamp, created_at timestamp);
CREATE TABLE services(id serial PRIMARY KEY, vm_id integer, name varchar(100), type servicetype, target varchar(500), port integer,
  check_interval integer, timeout integer, is_active boolean, maintenance_mode boolean, expected_status integer, custom_command text,
  custom_script text, created_at timestamp);
CREATE TABLE health_checks(id serial PRIMARY KEY, service_id integer, status varchar(20), response_time double precision,
  status_code integer, error_message text, checked_at timestamp);
CREATE TABLE metrics(id serial PRIMARY KEY, node_id integer, vm_id integer, metric_type varchar(20), value double precision,
  unit varchar(10), recorded_at timestamp);
CREATE TABLE alerts(id serial PRIMARY KEY, alert_type varchar(50), severity severity, title varchar(255), message text, node_id integer,
  vm_id integer, service_id integer, is_resolved boolean, resolved_at timestamp, created_at timestamp);
CREATE TABLE webhooks(id serial PRIMARY KEY, name varchar(100), url text, method varchar(10), headers json, alert_types json, is_active boolean);
CREATE TABLE notification_channels(id serial PRIMARY KEY, name varchar(100), type varchar(20), webhook_url text, alert_types json,
  severity_filter json, is_active boolean);
CREATE TABLE alert_rules(id serial PRIMARY KEY, name varchar(100), metric_type varchar(20), operator varchar(5), threshold double precision,
  severity severity, node_id integer, vm_id integer, service_id integer, cooldown_minutes integer, is_active boolean, last_triggered timestamp);
CREATE TABLE audit_logs(id serial PRIMARY KEY, user_id integer, username varchar(50), action varchar(50), resource_type varchar(50),
  resource_id varchar(50), resource_name varchar(100), changes json, ip_address varchar(50), user_agent text, success boolean,
  error_message text, created_at timestamp);
CREATE TABLE alembic_version(version_num varchar(32));
"""

ROWS = """
INSERT INTO users VALUES
  (1, 'Kari', 'kari@example.org', '{bcrypt}', TRUE, TRUE, 'JBSWY3DP{canary}', TRUE, 'r-{canary}', NULL, '2024-02-01 10:00:00.123456'),
  (2, 'ola', 'kari@example.org', '{bcrypt_php}', TRUE, FALSE, NULL, FALSE, NULL, NULL, '2024-03-01 10:00:00'),
  (3, 'eva', NULL, 'pbkdf2:sha256:{canary}', FALSE, FALSE, NULL, NULL, NULL, NULL, '2024-04-01');
INSERT INTO services VALUES
  (1, 1, 'web', 'HTTPS', 'https://a.example.org', 443, 60, 5, TRUE, FALSE, 200, NULL, NULL, '2024-02-02'),
  (2, 2, 'ping', 'PING', '10.0.0.2', NULL, 60, 5, TRUE, FALSE, NULL, NULL, NULL, '2024-02-02'),
  (3, 3, 'ssh', 'PORT', '10.0.0.3', 22, 30, 5, TRUE, TRUE, NULL, NULL, NULL, '2024-02-02'),
  (4, 4, 'script', 'CUSTOM', 'x', NULL, 60, 5, TRUE, FALSE, NULL, 'rm -rf /', NULL, '2024-02-02'),
  (5, 999, 'of nobody', 'HTTP', 'http://b', 0, NULL, NULL, TRUE, FALSE, 200, NULL, NULL, '2024-02-02'),
  (6, 5, 'ftp', 'FTP', 'ftp://c', 21, 60, 5, TRUE, FALSE, NULL, NULL, NULL, '2024-02-02');
INSERT INTO health_checks SELECT g, CASE WHEN g % 1000 = 0 THEN 77 ELSE 1 + g % 6 END,
  CASE WHEN g % 997 = 0 THEN 'purple' WHEN g % 50 = 0 THEN 'down' ELSE 'up' END, g % 90 + 0.5, 200,
  CASE WHEN g % 50 = 0 THEN 'connection refused: "x"' END, timestamp '{now}' - g * interval '30 minutes' FROM generate_series(1, 5000) g;
INSERT INTO alerts SELECT g, 'vm_down', (ARRAY['INFO', 'WARNING', 'CRITICAL', 'FATAL'])[1 + g % 4]::severity, 'title ' || g, 'message ' || g, 1,
  CASE WHEN g % 7 = 0 THEN 999 ELSE 1 + g % 30 END, NULL, g % 10 <> 0, CASE WHEN g % 10 <> 0 THEN timestamp '{now}' - g * interval '1 hour' END,
  timestamp '{now}' - g * interval '2 hours' FROM generate_series(1, 200) g;
INSERT INTO webhooks VALUES (1, 'hook', 'https://hooks.example.org/{canary}', 'POST', '{{"X-Key": "{canary}"}}', '["vm_down"]', TRUE);
INSERT INTO notification_channels VALUES (1, 'slack', 'slack', 'https://slack.example.org/{canary}', '[]', '["critical"]', TRUE),
  (2, 'discord', 'discord', 'https://discord.example.org/{canary}', NULL, NULL, FALSE);
INSERT INTO alert_rules VALUES (1, 'cpu', 'cpu', '>', 90, 'WARNING', NULL, 7, NULL, 5, TRUE, NULL),
  (2, 'disk', 'disk', '>=', 80, 'CRITICAL', 1, NULL, NULL, 15, FALSE, '2026-01-01');
INSERT INTO audit_logs SELECT g, 1 + g % 3, 'kari', 'update', 'vm', g::text, 'guest ' || g, '{{"a": 1, "was": [{{"api_token": "{canary}"}}]}}', '10.0.0.9', 'Firefox', g % 20 <> 0, NULL,
  timestamp '{now}' - g * interval '3 hours' FROM generate_series(1, 300) g;

-- every three hours of each guest and node for 120 days, and whole minutes of guest 1 for some hours
CREATE FUNCTION v(g bigint, k integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT 10 + (g * (7 + k) % 800) / 10.0';
INSERT INTO metrics(node_id, vm_id, metric_type, value, unit, recorded_at)
SELECT CASE WHEN o <= 30 THEN 1 + o % 2 ELSE o - 30 END, CASE WHEN o <= 30 THEN o END, (ARRAY['cpu', 'memory', 'disk'])[k], v(h * 31 + o, k), '%',
  timestamp '{now}' - h * interval '3 hours' - interval '7 minutes' + o * interval '0.2 seconds'
FROM generate_series(1, 960) h, generate_series(1, 32) o, generate_series(1, 3) k;
INSERT INTO metrics(node_id, vm_id, metric_type, value, unit, recorded_at)
SELECT 2, 1, (ARRAY['cpu', 'memory', 'disk'])[k], v(m * 13, k), '%', date_trunc('day', timestamp '{now}') - d * interval '1 day' + m * interval '1 minute'
FROM generate_series(0, 359) m, unnest(ARRAY[3, 10, 40, 80, 100, 110]) d, generate_series(1, 3) k;
INSERT INTO metrics(node_id, vm_id, metric_type, value, unit, recorded_at) VALUES
  (1, 2, 'cpu', 140, '%', timestamp '{now}' - interval '5 days'), (1, 2, 'cpu', -1, '%', timestamp '{now}' - interval '5 days'),
  (1, 2, 'cpu', NULL, '%', timestamp '{now}' - interval '5 days'), (1, 2, 'cpu', 'NaN', '%', timestamp '{now}' - interval '5 days'),
  (1, 999, 'cpu', 5, '%', timestamp '{now}' - interval '5 days'), (NULL, NULL, 'cpu', 5, '%', timestamp '{now}' - interval '5 days'),
  (1, 2, 'colour', 5, '%', timestamp '{now}' - interval '5 days'), (1, 2, 'cpu', 5, '%', NULL), (1, 2, 'cpu', 5, '%', 'infinity'),
  (1, 2, 'cpu', 5, '%', timestamp '{now}' + interval '90 days'), (1, 2, 'cpu', 5, '%', '2001-01-01'),
  (1, 3, 'cpu', 0, '%', timestamp '{now}' - interval '6 days 1 minute'), (1, 3, 'memory', 0, '%', timestamp '{now}' - interval '6 days 1 minute'),
  (1, 3, 'disk', 0, '%', timestamp '{now}' - interval '6 days 1 minute');
"""
METRICS_MADE = 960 * 32 * 3 + 360 * 6 * 3 + 14
ODD_METRICS = 11 + 3  # of which the last three are zeros that stand for unknown


class Original:
    def __init__(self, server, name="original"):
        self.server, self.name = server, name
        self.address = server.rsplit("/", 1)[0] + "/" + name
        # The server asks for no password; one stands in the URL all the same, so that it could leak.
        self.url = self.address.replace("monitorix@", f"monitorix:{CANARY}@")

    def sql(self, text, address=None):
        done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", address or self.address], input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[:2000])
        return done.stdout.strip()

    def number(self, question):
        return float(self.sql(question))

    def make(self, nodes, guests, now):
        """nodes: (name, url, username, token, verify_ssl); guests: (place of the node, vmid, name)."""
        self.sql(f'CREATE DATABASE "{self.name}"', self.server)
        quoted = lambda text: "'" + text.replace("'", "''") + "'"  # noqa: E731
        rows = [f"({i}, {quoted(name)}, {quoted(url)}, {quoted(user)}, {quoted(token)}, {verify}, FALSE, TRUE, FALSE, 'online', '[\"a\", \"b\"]', "
                f"'{now}', '2024-02-01 08:00:00')" for i, (name, url, user, token, verify) in enumerate(nodes, 1)]
        machines = [f"({i}, {node}, {vmid}, {quoted(name)}, 'running', {'NULL' if i % 5 == 0 else i}, 40, 4294967296, 0, 34359738368, 100, "
                    f"'web, prod', '{now}', '2024-02-01 09:00:00')" for i, (node, vmid, name) in enumerate(guests, 1)]
        machines.append(f"(900, 77, 900, 'of no node', 'running', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")
        self.sql(SCHEMA + f"INSERT INTO nodes VALUES {', '.join(rows)};\nINSERT INTO vms VALUES {', '.join(machines)};\n" +
                 ROWS.format(bcrypt=BCRYPT, bcrypt_php=BCRYPT_PHP, canary=CANARY, now=now))
        return self

    def copy(self, name, changes):
        """The same again, changed: as an older version has it, or by a person."""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"', self.server)
        other = Original(self.server, name)
        other.sql(changes)
        return other


def host_and_port(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port
