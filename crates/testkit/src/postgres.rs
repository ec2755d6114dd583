//! A real PostgreSQL server for tests: in a folder of its own, at a socket in that folder, as a
//! user who is not root, and gone when the process that asked for it is.
//!
//! A shell keeps the server. It reads what this process never writes, and stops the server when
//! that ends: at the end of the tests, and also when they are killed.
//!
//! What this deliberately does not do: fall back. Where PostgreSQL is missing its tests say so and
//! pass; where `CI=true` they fail.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Where packages put the programs, if they are not in the path. Debian has a folder a version.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql",
    "/usr/pgsql",
    "/opt/homebrew/opt/postgresql",
    "/usr/local/opt/postgresql",
];
/// Who runs the server where the tests are run by root, whom PostgreSQL refuses.
const USER: &str = "postgres";

/// What the keeper does: `$1` is the programs' folder, `$2` the server's.
const KEEP: &str = r#"
trap '' INT TERM HUP
"$1/initdb" -D "$2/data" -U openset --auth=trust --encoding=UTF8 --locale=C --data-checksums \
    --no-sync >"$2/log" 2>&1 || { cat "$2/log" >&2; exit 1; }
cat >>"$2/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$2'
max_connections = 300
shared_buffers = 32MB
deadlock_timeout = 100ms
CONF
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 start >/dev/null || { cat "$2/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
rm -rf "$2"
"#;

/// A server.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    keeper: Child,
}

/// One schema of a server, empty at first: a party's whole database, as that party is told it.
#[derive(Debug, Clone)]
pub struct Schema {
    psql: PathBuf,
    server: String,
}

/// The server that the tests of this process share. Nothing where there is none.
///
/// # Panics
///
/// Where PostgreSQL is missing and `CI=true`, or does not start.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(Server::start).as_ref()
}

/// An empty schema of the shared server.
pub fn schema() -> Option<Schema> {
    shared().map(Server::schema)
}

impl Server {
    /// Starts a server. Nothing where PostgreSQL is missing.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is missing and `CI=true`, or does not start.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let what = "PostgreSQL is missing (apt-get install postgresql)";
            assert!(!is_ci(), "{what}");
            eprintln!("skipped: {what}");
            return None;
        };
        let folder = folder();
        let mut keeper = as_user("sh")
            .args(["-c", KEEP, "keep"])
            .args([&programs, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut said = String::new();
        let stdout = keeper.stdout.take().expect("it was asked for");
        BufReader::new(stdout).read_line(&mut said).expect("a pipe");
        assert_eq!(said, "ready\n", "PostgreSQL does not start");
        Some(Self { programs, folder, keeper })
    }

    /// Makes an empty schema.
    pub fn schema(&self) -> Schema {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", LAST.fetch_add(1, Ordering::Relaxed));
        let at = format!("host={} user=openset dbname=postgres", self.folder.display());
        let server = format!("{at} options='-c search_path={name}'");
        let schema = Schema { psql: self.programs.join("psql"), server };
        schema.run(&format!("CREATE SCHEMA {name}")).expect("a new name");
        schema
    }

    /// Stops the server at once, as a crash does: nobody is told, nothing is written any more.
    pub fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Starts the server again after a crash.
    pub fn recover(&self) {
        let log = self.folder.join("log");
        self.control(&["-l", &log.to_string_lossy(), "-w", "-t", "60", "start"]);
    }

    /// Changes a setting of the server for connections from now on.
    pub fn set(&self, setting: &str, value: &str) {
        let schema = self.schema();
        for sql in [&format!("ALTER SYSTEM SET {setting} = {value}"), "SELECT pg_reload_conf()"] {
            schema.run(sql).expect("a setting");
        }
    }

    fn control(&self, arguments: &[&str]) {
        let status = as_user(&self.programs.join("pg_ctl").to_string_lossy())
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .expect("a program that is there");
        assert!(status.success(), "pg_ctl {arguments:?}");
    }
}

impl Drop for Server {
    /// Ends what the keeper reads, and waits until the folder is gone.
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

impl Schema {
    /// Where it is, as `libpq` writes it.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Runs SQL in it, as somebody else would, and gives what that printed.
    ///
    /// # Errors
    ///
    /// What the server said if it refused.
    pub fn run(&self, sql: &str) -> Result<String, String> {
        let Output { status, stdout, stderr } = Command::new(&self.psql)
            .args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", &self.server, "-c", sql])
            .output()
            .expect("psql comes with the server");
        let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).trim().to_owned();
        if status.success() { Ok(text(stdout)) } else { Err(text(stderr)) }
    }
}

/// The folder of the newest programs.
fn programs() -> Option<PathBuf> {
    let has_all = |folder: &Path| {
        ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|name| folder.join(name).is_file())
    };
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for root in FOLDERS {
        let (parent, prefix) = match root.rsplit_once('/') {
            Some((parent, name)) if !Path::new(root).is_dir() => (parent, name),
            _ => (root, ""),
        };
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix(prefix).map(|rest| rest.trim_matches(['@', '-']));
            let bin = entry.path().join("bin");
            if let Some(Ok(version)) = version.map(str::parse)
                && has_all(&bin)
            {
                found.push((version, bin));
            }
        }
    }
    let newest = found.into_iter().max().map(|(_, bin)| bin);
    newest.or_else(|| search_path().into_iter().find(|folder| has_all(folder)))
}

/// A folder for the server that its user may write in, with a short name: the names of sockets are.
fn folder() -> PathBuf {
    let made = done(as_user("mktemp").args(["-d", "--tmpdir", "openset-pg-XXXXXX"]));
    PathBuf::from(made)
}

/// A program as somebody who is not root.
fn as_user(program: &str) -> Command {
    if done(Command::new("id").arg("-u")) != "0" {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let ids = [format!("--reuid={USER}"), format!("--regid={USER}")];
    command.args(ids).arg("--init-groups").arg(program).current_dir("/");
    command
}

/// What a program printed that must succeed.
fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("a program that is there");
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the machine says which tools it has")]
fn search_path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the machine says whether a missing tool is an error"
)]
fn is_ci() -> bool {
    env::var("CI").as_deref() == Ok("true")
}
