//! The command line: what it may say, and which command is carried out.

mod certificates;
mod files;
mod phones;

pub(crate) use certificates::CertOptions;
pub(crate) use files::{ExportCommand, ImportCommand, ImportFile};
pub(crate) use phones::{NewPhone, PasswordForPhone, PhoneCommand, SrtpOfPhone};

use crate::{
    ageing, backup_command, cert_command, check_command,
    config::Source,
    database, directory_command, document_reader,
    exit::Fault,
    file_limit, heap, journal_command, knowledge_command, logging, people_command, phone_command,
    serve::{self, ServeOptions},
    token_command, trace_command, user_command,
};
use clap::{Args, Parser, Subcommand, error::ErrorKind};
use kring_journal::CallId;
use std::{ffi::OsString, future::Future, path::PathBuf, process::ExitCode};

/// A SIP call-centre daemon: every caller hears at most three rings.
#[derive(Debug, Parser)]
#[command(name = "kringd", version, disable_help_subcommand = true)]
struct Arguments {
    /// Configuration; without it ./kring.toml if it is there, else defaults that work.
    #[arg(long, global = true, value_name = "FILE", env = "KRING_CONFIG")]
    config: Option<PathBuf>,

    /// Writes the process id into this file while the daemon runs.
    #[arg(long, global = true, value_name = "FILE")]
    pid_file: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon. This is what happens without a command, too.
    Serve,
    /// Runs the daemon with a simulated PBX, citizens and phones, in a fresh folder.
    Demo(DemoOptions),
    /// Looks at configuration and surroundings and says what to mend.
    Check,
    /// Makes a private certificate authority and a server's certificate, for HTTPS in the local network.
    Cert(CertOptions),
    /// Prints what happened, call by call.
    Journal(JournalOptions),
    /// Prints SIP messages: of a call, the last ones outside calls, or all from now on.
    Trace(TraceOptions),
    /// People who may sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Phones that may register with kring.
    #[command(subcommand)]
    Phone(PhoneCommand),
    /// Tokens for programs that use the API.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Reads rows of a file (CSV in UTF-8) into the database.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Writes rows of the database as such a file.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Takes away now what is older than the rules say; the daemon does it once a day.
    Retention(RetentionOptions),
}

/// How the demo runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoOptions {
    /// Ends by itself after so many seconds.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) seconds: Option<u64>,
    /// Port of the console and the API on 127.0.0.1; 0 takes any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
}

/// What of the journal is printed, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct JournalOptions {
    /// Only this call, told in a sentence before its lines; with --verify, whether its facts are unchanged.
    #[arg(long, value_name = "ID", conflicts_with = "follow")]
    pub(crate) call: Option<CallId>,
    /// In which language the call is told.
    #[arg(long, value_name = "LANG", requires = "call", default_value = "both")]
    pub(crate) lang: Lang,
    /// Goes on printing what happens from now on.
    #[arg(long, conflicts_with = "verify")]
    pub(crate) follow: bool,
    /// Computes the hash chain again and says whether anything was changed.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Shows callers' numbers whole.
    #[arg(long)]
    pub(crate) unmask: bool,
}

/// In which language a call is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// Thai.
    Th,
    /// English.
    En,
    /// One after the other.
    Both,
}

/// Which SIP messages are printed, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct TraceOptions {
    /// Those of this call, live or stored.
    #[arg(long, value_name = "ID", conflicts_with = "follow")]
    pub(crate) call: Option<CallId>,
    /// All from now on, until Ctrl+C.
    #[arg(long)]
    pub(crate) follow: bool,
    /// With their whole text.
    #[arg(long)]
    pub(crate) raw: bool,
    /// Only those that hold this text, in the line or in the message.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Erases the stored messages of the call; its journal stays as it is.
    #[arg(long, requires = "call", conflicts_with_all = ["raw", "filter"])]
    pub(crate) erase: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a person.
    Add(NewUser),
    /// Sets a person's password and signs them out everywhere.
    Passwd(PasswordFor),
    /// Lists everybody.
    List,
    /// Takes a person's right to sign in, and signs them out everywhere.
    Disable {
        /// The login.
        login: String,
    },
}

/// A person to be added.
#[derive(Clone, Debug, Args)]
pub(crate) struct NewUser {
    /// The login: 1 to 64 of a-z, 0-9, '.', '_' and '-'.
    pub(crate) login: String,
    /// agent, supervisor, admin, tip_officer, unit_officer, kb_editor, dpo or auditor.
    #[arg(long, default_value = "agent")]
    pub(crate) role: String,
    /// The name that colleagues see; without it, the login.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A phone: sip:USER@HOST:PORT, pbx:EXTENSION of the first trunk's PBX, or phone:USER. Once for each;
    /// several ring together and count as one.
    #[arg(long)]
    pub(crate) device: Vec<String>,
    /// A queue to serve, once for each; without any, all of them.
    #[arg(long)]
    pub(crate) queue: Vec<String>,
    /// Asks the phones to answer by themselves, for people with headsets: a beep, then the caller.
    #[arg(long)]
    pub(crate) auto_answer: bool,
    /// What the person can do, once for each: NAME, or NAME:LEVEL with a level of 1 to 9.
    #[arg(long)]
    pub(crate) skill: Vec<String>,
    /// The unit of a unit_officer, by its short name: they see the cases of that unit.
    #[arg(long)]
    pub(crate) department: Option<String>,
    /// Changes a person who is there already; the password stays unless one is given.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Reads the password from standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// Whose password is set.
#[derive(Clone, Debug, Args)]
pub(crate) struct PasswordFor {
    /// The login.
    pub(crate) login: String,
    /// Reads the password from standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it, this once.
    Add {
        /// Its name, for the list and for revoking it.
        name: String,
        /// What it may do, once for each; admin is everything.
        #[arg(long, required = true)]
        scope: Vec<String>,
    },
    /// Lists the tokens, without their secrets.
    List,
    /// Ends a token.
    Revoke {
        /// Its name.
        name: String,
    },
}

/// How old rows are taken away.
#[derive(Clone, Debug, Args)]
pub(crate) struct RetentionOptions {
    /// Only tells what would go.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Carries out what the arguments say. Whatever goes wrong is one line and an exit code.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // No command for people: it has its own rules, and needs no configuration.
    if let Some(kind) = document_reader::asked(&arguments) {
        return ended(document_reader::run(kind));
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(told) => return tell(&told),
    };
    ended(carry_out(arguments).map(|()| ExitCode::SUCCESS))
}

/// Whatever went wrong is one line and an exit code.
fn ended(done: Result<ExitCode, Fault>) -> ExitCode {
    done.unwrap_or_else(|fault| {
        eprintln!("{fault}");
        fault.exit_code()
    })
}

/// Help and version are no mistakes.
fn tell(told: &clap::Error) -> ExitCode {
    // Standard output may be a closed pipe; there is nobody left to tell that to.
    let _ = told.print();
    match told.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => Fault::Arguments(String::new()).exit_code(),
    }
}

fn carry_out(arguments: Arguments) -> Result<(), Fault> {
    let Arguments {
        config,
        pid_file,
        command,
    } = arguments;
    if let Some(Command::Demo(demo)) = command {
        logging::begin(true);
        file_limit::raise();
        return block_on_threads(crate::demo::run(demo, pid_file));
    }
    let file = config;
    let source = Source::open(file.as_deref())?;
    let config = source.alone()?;
    match command.unwrap_or(Command::Serve) {
        Command::Serve | Command::Demo(_) => {
            logging::begin(config.privacy.mask_numbers_in_logs);
            file_limit::raise();
            block_on_threads(serve::run(
                config,
                ServeOptions {
                    pid_file,
                    config: file,
                },
            ))
        }
        Command::Check => block_on(check_command::run(&source, config)),
        Command::Cert(options) => cert_command::run(&config, options),
        Command::Journal(options) => block_on(journal_command::run(&config, options)),
        Command::Trace(options) => block_on(trace_command::run(&config, options)),
        Command::User(command) => block_on(async {
            let (config, _) = database::layered(&source, config).await;
            user_command::run(&config, command).await
        }),
        Command::Phone(command) => block_on(phone_command::run(&config, command)),
        Command::Token(command) => block_on(token_command::run(&config, command)),
        Command::Import(ImportCommand::Backup { file }) => {
            block_on(backup_command::import(&config, &file))
        }
        Command::Import(ImportCommand::Knowledge(file)) => {
            block_on(knowledge_command::import(&config, file))
        }
        Command::Export(ExportCommand::Knowledge { file }) => {
            block_on(knowledge_command::export(&config, file))
        }
        Command::Export(ExportCommand::Backup { file }) => {
            block_on(backup_command::export(&config, &file))
        }
        Command::Retention(options) => block_on(ageing::command(&config, options)),
        Command::Import(ImportCommand::Contacts(file)) => {
            block_on(people_command::import_contacts(&config, file))
        }
        Command::Export(ExportCommand::Contacts { file }) => {
            block_on(people_command::export_contacts(&config, file))
        }
        Command::Import(ImportCommand::Agents(file)) => {
            block_on(people_command::import_agents(&config, file))
        }
        Command::Export(ExportCommand::Agents { file }) => {
            block_on(people_command::export_agents(&config, file))
        }
        Command::Import(ImportCommand::Departments(file)) => {
            block_on(directory_command::import(&config, file))
        }
        Command::Export(ExportCommand::Departments { file }) => {
            block_on(directory_command::export(&config, file))
        }
    }
}

/// For the daemon: the store and the web beside the calls.
fn block_on_threads(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    heap::keep_together();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(no_runtime)?.block_on(work)
}

/// For commands that do one thing.
fn block_on(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(no_runtime)?.block_on(work)
}

fn no_runtime(refused: std::io::Error) -> Fault {
    Fault::Unavailable(format!(
        "cannot begin: {refused}. Raise the limits of processes and files (ulimit -u, ulimit -n)."
    ))
}
