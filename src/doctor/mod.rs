//! `sockets doctor`: what this system allows, tried and not guessed, and the
//! command that allows what is missing.

mod private;
mod probe;
pub(crate) mod tools;

use std::fmt::Display;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use crate::cli::Context;
use crate::lab::Style;
use crate::manifest::{Lab, Needs, System};
use crate::text::{Lang, say};
use private::{Attempt, Step};
use probe::Version;
use tools::{Manager, TOOLS};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is there and works.
    Good,
    /// Good to know; nothing to do.
    Note,
    /// It is missing; something of the project cannot run.
    Missing,
    /// It is missing, and nothing runs without it.
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at; the same in every language.
    pub id: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found, in a sentence.
    pub says: String,
    /// The command, or the setting, that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// Whether a lab can run here.
#[derive(Clone, Debug, Serialize)]
pub struct LabFinding {
    /// Id of the lab.
    pub lab: String,
    /// Whether its checks can run.
    pub runs: bool,
    /// Why, or why not.
    pub says: String,
}

/// All that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Thing by thing.
    pub findings: Vec<Finding>,
    /// Lab by lab.
    pub labs: Vec<LabFinding>,
}

impl Report {
    /// Whether all that is necessary is there.
    #[must_use]
    pub fn healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.state != State::Fault)
    }
}

/// The command line of `doctor`, described in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help(say(lang, "doctor.arg.json", &[]));
    Command::new("doctor").about(say(lang, "doctor.about", &[])).arg(json)
}

/// Answers `sockets doctor`.
///
/// # Errors
///
/// The report cannot be written as JSON.
pub fn run(context: &Context, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let report = examine(context);
    if matches.get_flag("json") {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        tell(context.lang, &report);
    }
    Ok(if report.healthy() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Looks at everything.
#[must_use]
pub fn examine(context: &Context) -> Report {
    let mut doctor = Doctor { lang: context.lang, findings: Vec::new() };
    doctor.rust();
    let loopback = doctor.loopback();
    let raw = if cfg!(target_os = "linux") { doctor.raw() } else { false };
    if cfg!(target_os = "linux") {
        doctor.linux(context);
    }
    doctor.tools();
    let labs = doctor.labs(context, loopback, raw);
    Report { findings: doctor.findings, labs }
}

struct Doctor {
    lang: Lang,
    findings: Vec<Finding>,
}

impl Doctor {
    fn find(&mut self, id: &'static str, state: State, text: &str, values: &[(&str, &dyn Display)], fix: Option<&str>) {
        let says = say(self.lang, text, values);
        self.findings.push(Finding { id, state, says, fix: fix.map(str::to_string) });
    }

    fn rust(&mut self) {
        let needed = env!("CARGO_PKG_RUST_VERSION");
        // cargo says which rustc and cargo it is itself using.
        let of = |name: &str, program: &str| std::env::var(name).unwrap_or_else(|_| program.to_string());
        for (id, program) in [("rustc", of("RUSTC", "rustc")), ("cargo", of("CARGO", "cargo"))] {
            match probe::version(&program) {
                Ok(version) if Version::of(&version) >= Version::of(needed) => {
                    self.find(id, State::Good, "doctor.rust.good", &[("version", &version), ("needed", &needed)], None);
                }
                Ok(version) => {
                    let values: [(&str, &dyn Display); 2] = [("version", &version), ("needed", &needed)];
                    self.find(id, State::Fault, "doctor.rust.old", &values, Some("rustup update stable"));
                }
                Err(error) => {
                    let values: [(&str, &dyn Display); 2] = [("program", &program), ("error", &error)];
                    self.find(id, State::Fault, "doctor.rust.missing", &values, Some("https://rustup.rs"));
                }
            }
        }
    }

    fn loopback(&mut self) -> bool {
        let v4 = probe::loopback("127.0.0.1");
        match &v4 {
            Ok(()) => self.find("loopback", State::Good, "doctor.loopback.good", &[], None),
            Err(error) => {
                self.find(
                    "loopback",
                    State::Fault,
                    "doctor.loopback.bad",
                    &[("error", error)],
                    Some("ip link set lo up"),
                );
            }
        }
        match probe::loopback("[::1]") {
            Ok(()) => self.find("loopback6", State::Good, "doctor.loopback6.good", &[], None),
            Err(error) => self.find("loopback6", State::Note, "doctor.loopback6.bad", &[("error", &error)], None),
        }
        v4.is_ok()
    }

    /// Whether raw sockets can be had, in a private network or here.
    fn raw(&mut self) -> bool {
        let attempt = private::attempt();
        let here = private::raw_here();
        match &attempt {
            Attempt::Works => self.find("private-network", State::Good, "doctor.private.good", &[], None),
            Attempt::Untried(error) => {
                self.find("private-network", State::Missing, "doctor.private.untried", &[("error", error)], None);
            }
            Attempt::Fails(step, error) => {
                let (why, fix) = cause();
                let step = match step {
                    Step::Unshare => say(self.lang, "doctor.private.step.unshare", &[]),
                    Step::Map => say(self.lang, "doctor.private.step.map", &[]),
                    Step::Raw => say(self.lang, "doctor.private.step.raw", &[]),
                    Step::Loopback => say(self.lang, "doctor.private.step.loopback", &[]),
                };
                let why = say(self.lang, why, &[]);
                let values: [(&str, &dyn Display); 3] = [("step", &step), ("error", error), ("why", &why)];
                self.find("private-network", State::Missing, "doctor.private.bad", &values, fix);
            }
        }
        match &here {
            Ok(()) => self.find("raw-socket", State::Good, "doctor.raw.good", &[], None),
            Err(error) => self.find("raw-socket", State::Note, "doctor.raw.bad", &[("error", error)], None),
        }
        matches!(attempt, Attempt::Works) || here.is_ok()
    }

    fn linux(&mut self, context: &Context) {
        const APPARMOR: &str = "kernel.apparmor_restrict_unprivileged_userns";
        if let Some(value) = probe::setting(APPARMOR) {
            let text = if value == 0 { "doctor.apparmor.off" } else { "doctor.apparmor.on" };
            self.find("apparmor", State::Note, text, &[("setting", &APPARMOR), ("value", &value)], None);
        }
        let range = probe::ping_groups().unwrap_or_default();
        match private::ping_here() {
            Ok(()) => self.find("ping-groups", State::Good, "doctor.ping.good", &[("range", &range)], None),
            Err(error) => {
                let fix = "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'";
                let values: [(&str, &dyn Display); 2] = [("range", &range), ("error", &error)];
                self.find("ping-groups", State::Note, "doctor.ping.bad", &values, Some(fix));
            }
        }
        match probe::tun() {
            Ok(()) => self.find("tun", State::Good, "doctor.tun.good", &[], None),
            Err(error) => self.find("tun", State::Note, "doctor.tun.bad", &[("error", &error)], None),
        }
        match tools::BWRAP.find() {
            None => {
                let fix = tools::BWRAP.install(Manager::here());
                self.find("bwrap", State::Note, "doctor.bwrap.missing", &[], fix.as_deref());
            }
            Some(path) => match probe::sandbox(&path) {
                Ok(()) => self.find("bwrap", State::Good, "doctor.bwrap.good", &[], None),
                Err(error) => self.find("bwrap", State::Note, "doctor.bwrap.bad", &[("error", &error)], None),
            },
        }
        self.inotify();
        if let Some(version) = probe::wsl() {
            let on_windows = context.root.starts_with("/mnt/");
            match (version, on_windows) {
                (1, _) => {
                    let fix = Some("wsl --set-version DISTRIBUTION 2");
                    self.find("wsl", State::Missing, "doctor.wsl.one", &[], fix);
                }
                (_, true) => self.find("wsl", State::Missing, "doctor.wsl.mnt", &[], Some("lab watch --poll")),
                (_, false) => self.find("wsl", State::Note, "doctor.wsl.two", &[], None),
            }
        }
        if let Some(kind) = probe::container() {
            self.find("container", State::Note, "doctor.container", &[("kind", &kind)], None);
        }
    }

    fn inotify(&mut self) {
        const WATCHES: &str = "fs.inotify.max_user_watches";
        const INSTANCES: &str = "fs.inotify.max_user_instances";
        let (Some(watches), Some(instances)) = (probe::setting(WATCHES), probe::setting(INSTANCES)) else { return };
        let values: [(&str, &dyn Display); 2] = [("watches", &watches), ("instances", &instances)];
        // An editor with language server easily takes ten thousand watches,
        // and each watching program an instance.
        if watches < 16_384 || instances < 64 {
            let fix = format!("sudo sysctl -w {WATCHES}=524288 {INSTANCES}=512");
            self.find("inotify", State::Missing, "doctor.inotify.low", &values, Some(&fix));
        } else {
            self.find("inotify", State::Good, "doctor.inotify.good", &values, None);
        }
    }

    fn tools(&mut self) {
        let manager = Manager::here();
        for tool in TOOLS {
            match tool.find() {
                Some(path) => {
                    let values: [(&str, &dyn Display); 2] = [("program", &tool.program), ("path", &path.display())];
                    self.find(tool.program, State::Good, "doctor.tool.found", &values, None);
                }
                None => {
                    let fix = tool.install(manager);
                    let values: [(&str, &dyn Display); 1] = [("program", &tool.program)];
                    self.find(tool.program, State::Note, "doctor.tool.missing", &values, fix.as_deref());
                }
            }
        }
    }

    fn labs(&mut self, context: &Context, loopback: bool, raw: bool) -> Vec<LabFinding> {
        let system = if cfg!(target_os = "linux") {
            System::Linux
        } else if cfg!(target_os = "macos") {
            System::Macos
        } else {
            System::Windows
        };
        let mut labs = Vec::new();
        for lab in Lab::all(&context.root.join("labs")) {
            let lab = match lab {
                Ok(lab) => lab,
                Err(error) => {
                    self.find("lab", State::Missing, "doctor.lab.unreadable", &[("error", &error)], None);
                    continue;
                }
            };
            let (runs, text) = match lab.needs {
                _ if !lab.systems.contains(&system) => (false, "doctor.lab.system"),
                _ if !loopback => (false, "doctor.lab.loopback"),
                Needs::User => (true, "doctor.lab.runs"),
                Needs::PrivateNetwork if raw => (true, "doctor.lab.runs"),
                Needs::PrivateNetwork => (false, "doctor.lab.private"),
            };
            labs.push(LabFinding { says: say(context.lang, text, &[]), lab: lab.id, runs });
        }
        labs
    }
}

/// What most likely forbids a private network, and the command that allows it.
pub(crate) fn obstacle(lang: Lang) -> (String, Option<&'static str>) {
    let (why, fix) = cause();
    (say(lang, why, &[]), fix)
}

/// What most likely forbids a private network, as a text id, and what allows
/// it. The settings are read in the order in which the kernel asks them.
fn cause() -> (&'static str, Option<&'static str>) {
    if probe::setting("user.max_user_namespaces") == Some(0) {
        return ("doctor.private.why.limit", Some("sudo sysctl -w user.max_user_namespaces=15000"));
    }
    if probe::setting("user.max_net_namespaces") == Some(0) {
        return ("doctor.private.why.limit", Some("sudo sysctl -w user.max_net_namespaces=15000"));
    }
    if probe::setting("kernel.unprivileged_userns_clone") == Some(0) {
        return ("doctor.private.why.debian", Some("sudo sysctl -w kernel.unprivileged_userns_clone=1"));
    }
    if probe::setting("kernel.apparmor_restrict_unprivileged_userns").is_some_and(|value| value != 0) {
        return ("doctor.private.why.apparmor", Some("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
    }
    if probe::container().is_some() {
        return ("doctor.private.why.container", Some("docker run --security-opt seccomp=unconfined …"));
    }
    ("doctor.private.why.unknown", None)
}

fn tell(lang: Lang, report: &Report) {
    let style = Style::of_stdout();
    for finding in &report.findings {
        let (good, note) = (say(lang, "doctor.state.good", &[]), say(lang, "doctor.state.note", &[]));
        let (missing, fault) = (say(lang, "doctor.state.missing", &[]), say(lang, "doctor.state.fault", &[]));
        let mark = match finding.state {
            State::Good => style.good(&good),
            State::Note => style.faint(&note),
            State::Missing => style.warn(&missing),
            State::Fault => style.bad(&fault),
        };
        println!("{mark}  {}", finding.says);
        if let Some(fix) = &finding.fix {
            println!("        -> {fix}");
        }
    }
    println!("\n{}", style.strong(&say(lang, "doctor.labs", &[])));
    let width = report.labs.iter().map(|lab| lab.lab.len()).max().unwrap_or(0);
    for lab in &report.labs {
        let says = if lab.runs { style.good(&lab.says) } else { style.warn(&lab.says) };
        println!("  {:width$}  {says}", lab.lab);
    }
    let end = if report.healthy() { "doctor.end.good" } else { "doctor.end.bad" };
    println!("\n{}", say(lang, end, &[]));
}
