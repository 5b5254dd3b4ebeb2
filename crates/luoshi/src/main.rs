//! The one binary: reads plans, serves the pages, proves the journal.

mod audit;
mod bench;
mod calendar;
mod cli;
mod demo;
mod files;
mod hooks;
mod mail;
mod oidc;
mod organisation;
mod packs;
mod plan;
mod policy;
mod refiner;
mod secrets;
mod serve;
mod worker;

use std::process::ExitCode;

use clap::Parser;
use cli::{
    AuditCommand, CalendarCommand, Cli, Command, FilesCommand, OrganisationCommand, PlanCommand,
    PolicyCommand,
};

/// What the person gave cannot be used; nothing was stored.
const BAD_INPUT: u8 = 2;

/// It ran, and the answer is no: the journal is broken, the tables differ.
const NOT_AS_IT_SHOULD_BE: u8 = 1;

/// How a command ended.
enum Outcome {
    Done,
    /// The answer is no; it was printed.
    No,
    /// The input cannot be used; the sentence says why and what to do.
    BadInput(String),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("LUOSHI_LOG")
                .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new("info,sqlx=warn")),
        )
        .init();
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(NOT_AS_IT_SHOULD_BE),
        Ok(Outcome::BadInput(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::from(BAD_INPUT)
        }
        Err(error) => {
            eprintln!("出错了：{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Outcome> {
    // Reading a plan or a pack needs no runtime and no database.
    if let Command::Plan {
        command: PlanCommand::Extract(args),
    } = &cli.command
    {
        return plan::extract(args);
    }
    if let Command::Calendar {
        command: CalendarCommand::Check { files },
    } = &cli.command
    {
        return calendar::check(files);
    }
    if let Command::Pack { command } = &cli.command {
        return packs::run(command);
    }
    if let Command::Policy {
        command: PolicyCommand::Check,
    } = &cli.command
    {
        return Ok(policy::check());
    }
    if let Command::Policy {
        command: PolicyCommand::Routes,
    } = &cli.command
    {
        print!(
            "{}",
            luoshi_web::routes::documented(luoshi_web::table().entries())
        );
        return Ok(Outcome::Done);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::serve(&args).await,
            Command::Demo(args) => Box::pin(demo::demo(&args)).await,
            Command::Organisation {
                command: OrganisationCommand::Load(args),
            } => organisation::load(&args).await,
            Command::Audit {
                command: AuditCommand::Verify(place),
            } => audit::verify(&place).await,
            Command::Audit {
                command: AuditCommand::Rebuild(args),
            } => audit::rebuild(&args).await,
            Command::Files {
                command: FilesCommand::Verify(args),
            } => files::verify(&args).await,
            Command::Bench(args) => bench::bench(&args).await,
            Command::Calendar {
                command: CalendarCommand::Import(args),
            } => calendar::import(&args).await,
            Command::Policy {
                command: PolicyCommand::Explain(args),
            } => policy::explain(&args).await,
            Command::Plan { .. }
            | Command::Pack { .. }
            | Command::Calendar { .. }
            | Command::Policy { .. } => Ok(Outcome::Done),
        }
    })
}
